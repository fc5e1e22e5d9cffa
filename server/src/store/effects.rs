//! Rules that were carried out: once per record and occasion, with what held.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::RecordId;
use chuda_record::rules::Firing;
use rusqlite::named_params;

use super::database::Tx;

impl Tx<'_> {
    /// Notes that a rule is carried out for a record; false when it was before.
    pub(crate) fn claim_effect(&self, firing: &Firing, now: DateTime<Utc>) -> Result<bool> {
        let added = self.sql.run(
            "INSERT INTO effects (rule, record, occasion, config, because, at)
             VALUES (:rule, :record, :occasion, :config, :because, :at) ON CONFLICT DO NOTHING",
            named_params! {
                ":rule": firing.rule,
                ":record": firing.record.as_bytes(),
                ":occasion": firing.occasion,
                ":config": firing.config,
                ":because": firing.because,
                ":at": now.timestamp_millis(),
            },
        )?;
        Ok(added > 0)
    }

    /// The rules that were carried out for a record: rule, version of the configuration, what held, and when.
    pub(crate) fn effects_of(&self, record: RecordId) -> Result<Vec<(String, i64, String, i64)>> {
        self.sql.all(
            "SELECT rule, config, because, at FROM effects WHERE record = :record ORDER BY at, rule LIMIT 1000",
            named_params! { ":record": record.as_bytes() },
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
    }
}

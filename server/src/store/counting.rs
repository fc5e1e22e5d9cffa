//! The facts that figures are counted from, kept beside the documents: brought up to date with each record, and made anew when what they
//! say changes.

use chuda_record::id::{EvidenceId, PersonId, RecordId};
use chuda_record::time::{day_of, to_millis};
use chuda_record::{Customer, Evidence, Fields, Kind, Lead, Result, Stage, Touch};
use rusqlite::named_params;

use super::database::Tx;
use super::dialect::{bytes, ids};
use super::rows::typed;

/// Counts up whenever what the tables hold changes, so that they are made anew.
const VERSION: &[u8] = b"2";

impl Tx<'_> {
    /// Makes the tables anew if they are not what this version keeps in them.
    pub(super) fn keep_figures(&self) -> Result<()> {
        if self.meta("figures")?.as_deref() == Some(VERSION) {
            return Ok(());
        }
        for table in ["figure_touches", "figure_evidence", "figure_customers", "figure_leads"] {
            self.sql.run(&format!("DELETE FROM {table}"), [])?;
        }
        for kind in [Kind::Lead, Kind::Customer, Kind::Evidence, Kind::Touch] {
            for record in self.documents_of_kind(kind)? {
                if let Some(document) = self.document(record)? {
                    self.count(record, kind, &document.fields)?;
                }
            }
        }
        self.set_meta("figures", VERSION)
    }

    /// Makes the tables anew.
    pub(crate) fn recount(&self) -> Result<()> {
        self.set_meta("figures", &[])?;
        self.keep_figures()
    }

    /// Brings the tables up to date with a record that has just been stored.
    pub(super) fn count(&self, record: RecordId, kind: Kind, fields: &Fields) -> Result<()> {
        match kind {
            Kind::Touch => self.count_touch(record, fields),
            Kind::Evidence => self.count_evidence(record, fields),
            Kind::Lead => self.count_lead(record, fields),
            Kind::Customer => self.count_customer(record, fields),
            _ => Ok(()),
        }
    }

    fn count_touch(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let touch: Touch = typed(fields)?;
        let (named, parameter) = (bytes(":named"), ids(touch.evidence.iter().map(EvidenceId::as_bytes)));
        // Somebody else's proves nothing.
        let valid: Option<i64> = self.sql.one(
            &format!("SELECT count(*) FROM figure_evidence WHERE evidence IN ({named}) AND valid = 1 AND author = :author"),
            named_params! { ":named": parameter, ":author": touch.author.as_bytes() },
            |row| row.get(0),
        )?;
        self.sql
            .run(
                "INSERT INTO figure_touches (at, touch, customer, person, action, day, counted, valid, feedback_at, next_date)
             VALUES (:at, :touch, :customer, :person, :action, :day, :counted, :valid, :feedback_at, :next_date)
             ON CONFLICT (at, touch) DO UPDATE SET counted = excluded.counted, valid = excluded.valid,
                 feedback_at = excluded.feedback_at, next_date = excluded.next_date",
                named_params! {
                    ":at": to_millis(touch.at),
                    ":touch": record.as_bytes(),
                    ":customer": touch.customer.as_bytes(),
                    ":person": touch.author.as_bytes(),
                    ":action": touch.action,
                    ":day": day_of(touch.at, touch.zone).to_string(),
                    ":counted": !touch.evidence.is_empty(),
                    ":valid": valid,
                    ":feedback_at": touch.feedback.then(|| to_millis(touch.feedback_at.unwrap_or(touch.at))),
                    ":next_date": touch.next_date.map(|date| date.to_string()),
                },
            )
            .map(drop)
    }

    /// A touch can name evidence that comes later: whether that is valid changes what the touch is worth.
    fn count_evidence(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let evidence: Evidence = typed(fields)?;
        self.sql.run(
            "INSERT INTO figure_evidence (evidence, author, valid) VALUES (:evidence, :author, :valid)
             ON CONFLICT (evidence) DO UPDATE SET author = excluded.author, valid = excluded.valid",
            named_params! { ":evidence": record.as_bytes(), ":author": evidence.author.as_bytes(), ":valid": evidence.is_valid() },
        )?;
        for touch in self.touches_with(record.into())? {
            if let Some(document) = self.document(touch.into())?.filter(|document| document.kind == Kind::Touch) {
                self.count_touch(document.id, &document.fields)?;
            }
        }
        Ok(())
    }

    fn count_lead(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let lead: Lead = typed(fields)?;
        let Some(claimed_at) = lead.claimed_at else { return Ok(()) };
        self.sql.run(
            "INSERT INTO figure_leads (lead, customer, holder, claimed_at, valid, quoted_at)
             VALUES (:lead, :customer, :holder, :claimed_at, :valid, :quoted_at)
             ON CONFLICT (lead) DO UPDATE SET holder = excluded.holder, claimed_at = excluded.claimed_at, valid = excluded.valid,
                 quoted_at = excluded.quoted_at",
            named_params! {
                ":lead": record.as_bytes(),
                ":customer": lead.customer.as_bytes(),
                ":holder": lead.holder.as_ref().map(PersonId::as_bytes),
                ":claimed_at": to_millis(claimed_at),
                ":valid": lead.holder.is_some() && lead.invalid_at.is_none(),
                ":quoted_at": (lead.stage >= Stage::Quoted).then(|| to_millis(lead.corrected_at.unwrap_or(lead.moved_at))),
            },
        )?;
        self.sql
            .run(
                "UPDATE figure_customers SET claimed_at = (SELECT min(claimed_at) FROM figure_leads WHERE customer = :customer)
             WHERE customer = :customer",
                named_params! { ":customer": lead.customer.as_bytes() },
            )
            .map(drop)
    }

    fn count_customer(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let customer: Customer = typed(fields)?;
        let Some(holder) = customer.holder.filter(|_| !customer.closed && customer.merged_into.is_none()) else {
            return self
                .sql
                .run("DELETE FROM figure_customers WHERE customer = :record", named_params! { ":record": record.as_bytes() })
                .map(drop);
        };
        self.sql
            .run(
                "INSERT INTO figure_customers (customer, holder, created_at, claimed_at)
             VALUES (:customer, :holder, :created_at, (SELECT min(claimed_at) FROM figure_leads WHERE customer = :customer))
             ON CONFLICT (customer) DO UPDATE SET holder = excluded.holder",
                named_params! {
                    ":customer": record.as_bytes(),
                    ":holder": holder.as_bytes(),
                    ":created_at": to_millis(customer.created_at),
                },
            )
            .map(drop)
    }
}

#[cfg(test)]
mod tests;

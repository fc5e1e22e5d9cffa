//! Versions of the configuration (T6), as this phone has them.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Ask;
use super::view::PersonView;
use chuda_record::Release;
use chuda_record::error::Result;
use chuda_record::rules::Config;

/// A version of the configuration (T6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseView {
    /// Its number.
    pub version: i64,
    /// Whether this phone goes by it.
    pub in_force: bool,
    /// Who published it; nobody: it is the one that the product ships.
    pub published_by: Option<PersonView>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What was changed.
    pub note: Option<String>,
    /// The least version of the app that understands it.
    pub min_app: String,
}

impl Ask<'_> {
    /// The newest first, at most so many, and the one that the product ships at last.
    pub fn releases(&self, in_force: i64, limit: u32) -> Result<Vec<ReleaseView>> {
        let mut published = self.tx.list::<Release>(None, false, limit)?;
        published.sort_by_key(|row| std::cmp::Reverse(row.record.version));
        let published = published.into_iter().map(|row| ReleaseView {
            version: row.record.version,
            in_force: row.record.version == in_force,
            published_by: Some(self.person(row.record.published_by)),
            at: Some(row.record.at),
            note: Some(row.record.note),
            min_app: row.record.min_app,
        });
        let shipped = Config::builtin();
        let first = ReleaseView {
            version: shipped.version,
            in_force: shipped.version == in_force,
            published_by: None,
            at: None,
            note: None,
            min_app: shipped.min_app.clone(),
        };
        Ok(published.chain([first]).collect())
    }
}

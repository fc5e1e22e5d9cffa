//! Versions of the configuration (T6), as this phone has them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Ask;
use super::view::PersonView;
use crate::store::Tx;
use chuda_record::Release;
use chuda_record::error::{Error, ErrorKind, Result};
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

/// One version; none where this phone has not heard of it.
pub(crate) fn version(tx: &Tx<'_>, version: i64) -> Result<Option<Config>> {
    let shipped = Config::builtin();
    if version == shipped.version {
        return Ok(Some(shipped.clone()));
    }
    let Some(row) = tx.record::<Release>(Release::id_of(version))? else { return Ok(None) };
    let config = Config::read(&row.record.content);
    config.map(Some).map_err(|_| Error::new(ErrorKind::Server, "config.not_understood").with("version", version))
}

/// The version a record was made under (T6); the one in force where this phone does not have it.
pub(crate) fn made_under<'c>(tx: &Tx<'_>, in_force: &'c Config, version: i64) -> Result<Cow<'c, Config>> {
    if version == in_force.version {
        return Ok(Cow::Borrowed(in_force));
    }
    match self::version(tx, version) {
        Err(error) if error.kind == ErrorKind::Server => Ok(Cow::Borrowed(in_force)),
        found => Ok(found?.map_or(Cow::Borrowed(in_force), Cow::Owned)),
    }
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

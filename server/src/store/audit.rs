//! The audit log as it is kept: rows that are only ever added.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use chuda_evidence::audit::{About, Entry};
use chuda_record::Result;
use chuda_record::id::{EvidenceId, Hash, PersonId, RecordId};
use rusqlite::{Row, named_params};

use super::chain;
use super::database::Tx;
use super::dialect::{bytes, ids};
use super::rows::{optional_id, unreadable};

/// An entry as [`entry_row`] reads it.
const COLUMNS: &str = "a.n, a.at, a.person, a.via, a.verb, a.record, a.kind, a.about, a.object, a.detail, a.hash,
    (SELECT p.hash FROM audit p WHERE p.n = a.n - 1)";
/// Most entries that are looked through for one page of somebody who may see few of them.
const MAX_SCAN: u64 = 20_000;

/// Which entries to list, latest first.
#[derive(Clone, Debug)]
pub(crate) struct AuditFilter {
    pub(crate) record: Option<RecordId>,
    pub(crate) person: Option<PersonId>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only what this person may read, of the records of these people.
    pub(crate) line: Option<(PersonId, Vec<PersonId>)>,
    /// Only entries before this one.
    pub(crate) before: Option<u64>,
    pub(crate) limit: usize,
}

/// Entries with their hashes, latest first, and where to go on.
pub(crate) struct AuditPage {
    pub(crate) entries: Vec<(Entry, Hash)>,
    pub(crate) next: Option<u64>,
}

impl Tx<'_> {
    /// Appends an act: number and previous hash are filled in here.
    pub(crate) fn append(&self, entry: Entry) -> Result<()> {
        chain::append(self.sql, entry)
    }

    /// Number and hash of the last entry.
    pub(crate) fn audit_head(&self) -> Result<Option<(u64, Hash)>> {
        chain::head(self.sql)
    }

    /// The numbers of the first and the last entry of a time; the entries between them belong to it, whatever their clock said.
    pub(crate) fn audit_span(&self, from: i64, to: i64) -> Result<Option<(u64, u64)>> {
        let span: Option<(Option<i64>, Option<i64>)> = self.sql.one(
            "SELECT min(n), max(n) FROM audit WHERE at >= :from AND at < :to",
            named_params! { ":from": from, ":to": to },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(span.and_then(|(first, last)| Some((first?.cast_unsigned(), last?.cast_unsigned()))))
    }

    /// Hands out the entries from one number to another, in their order, with the hashes that are stored for them.
    pub(crate) fn audit_walk(&self, first: u64, last: u64, mut take: impl FnMut(&Entry, Hash) -> Result<()>) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM audit a WHERE a.n BETWEEN :first AND :last ORDER BY a.n");
        let values = named_params! { ":first": first.cast_signed(), ":last": last.cast_signed() };
        self.sql.each(&sql, values, entry_row, |(entry, hash)| {
            take(&entry, hash)?;
            Ok(ControlFlow::Continue(()))
        })
    }

    /// A page of the log.
    pub(crate) fn audit_page(&self, filter: &AuditFilter) -> Result<AuditPage> {
        let before = filter.before.unwrap_or(i64::MAX.cast_unsigned());
        // Whoever may see little of it gets short pages rather than a search through all of it.
        let floor = match (&filter.line, filter.record) {
            (Some(_), None) => {
                let top = self.audit_head()?.map_or(1, |(n, _)| n + 1).min(before);
                top.saturating_sub(MAX_SCAN)
            }
            _ => 0,
        };
        // The parts are fixed texts: they say which index leads.
        let by = match (filter.record, filter.person) {
            (Some(_), _) => "a.record = :record AND (:person IS NULL OR a.person = :person)",
            (None, Some(_)) => ":record IS NULL AND a.person = :person",
            (None, None) => ":record IS NULL AND :person IS NULL",
        };
        let line = match filter.line {
            Some(_) => in_line(),
            None => ":line IS NULL AND :reader IS NULL".to_owned(),
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM audit a
             WHERE {by} AND a.at BETWEEN :from AND :to AND a.n >= :floor AND a.n < :before AND {line} ORDER BY a.n DESC LIMIT :limit"
        );
        let (reader, line) = filter.line.as_ref().map(|(reader, line)| (reader, ids(line.iter().map(PersonId::as_bytes)))).unzip();
        let entries = self.sql.all(
            &sql,
            named_params! {
                ":record": filter.record.as_ref().map(RecordId::as_bytes),
                ":person": filter.person.as_ref().map(PersonId::as_bytes),
                ":from": filter.from.map_or(i64::MIN, |at| at.timestamp_millis()),
                ":to": filter.to.map_or(i64::MAX, |at| at.timestamp_millis()),
                ":floor": floor.cast_signed(),
                ":before": before.cast_signed(),
                ":limit": filter.limit as i64,
                ":line": line,
                ":reader": reader.map(PersonId::as_bytes),
            },
            entry_row,
        )?;
        let next = match entries.get(filter.limit - 1) {
            Some((entry, _)) => Some(entry.n),
            None => Some(floor).filter(|floor| *floor > 1),
        };
        Ok(AuditPage { entries, next })
    }

    /// Whether it is logged that these bytes were refused to this device.
    pub(crate) fn is_refusal_logged(&self, object: Hash, via: &str) -> Result<bool> {
        self.sql.exists(
            "SELECT 1 FROM audit WHERE verb = 'refused' AND object = :object AND via = :via",
            named_params! { ":object": object.0, ":via": via },
        )
    }

    /// The key that the log names last.
    pub(crate) fn audit_key(&self) -> Result<Option<Hash>> {
        self.sql.one("SELECT object FROM audit WHERE about = 'key' ORDER BY n DESC LIMIT 1", [], |row| row.get(0).map(Hash))
    }

    /// The bytes of a change that was accepted or refused, if they were kept.
    pub(crate) fn raw_change(&self, document: RecordId, hash: Hash) -> Result<Option<Vec<u8>>> {
        self.sql.one(
            "SELECT bytes FROM changes WHERE document = :document AND hash = :hash
             UNION ALL SELECT bytes FROM quarantine WHERE document = :document AND hash = :hash LIMIT 1",
            named_params! { ":document": document.as_bytes(), ":hash": hash.0 },
            |row| row.get(0),
        )
    }

    /// Who looked at a piece of evidence, and when, oldest first.
    pub(crate) fn views(&self, evidence: EvidenceId) -> Result<Vec<(i64, Option<PersonId>, String)>> {
        self.sql.all(
            "SELECT at, person, via FROM audit WHERE record = :evidence AND verb = 'viewed' ORDER BY n LIMIT 1000",
            named_params! { ":evidence": evidence.as_bytes() },
            |row| Ok((row.get(0)?, optional_id(row, 1, PersonId::from_slice)?, row.get(2)?)),
        )
    }
}

/// Acts on records of the people in `:line`: what they wrote themselves, they themselves, and of the kinds that several people stand by
/// what `:reader` may read. A record that never came to be belongs to whoever tried to write it.
fn in_line() -> String {
    let line = bytes(":line");
    format!(
        "CASE
         WHEN a.record IS NULL THEN FALSE
         WHEN a.kind = 'person' THEN a.record IN ({line})
         ELSE coalesce(
             (SELECT CASE WHEN d.kind IN ('touch', 'evidence', 'report') THEN coalesce(d.author IN ({line}), FALSE)
                     ELSE EXISTS (SELECT 1 FROM readers r WHERE r.document = d.id AND r.person = :reader) END
              FROM documents d WHERE d.id = a.record),
             a.person IN ({line}))
         END"
    )
}

fn entry_row(row: &Row<'_>) -> rusqlite::Result<(Entry, Hash)> {
    let about: Option<String> = row.get(7)?;
    let about = match about {
        Some(what) => Some(About::of(&what, Hash(row.get(8)?)).ok_or_else(|| unreadable(7))?),
        None => None,
    };
    let entry = Entry {
        n: row.get::<_, i64>(0)?.cast_unsigned(),
        at: row.get(1)?,
        person: optional_id(row, 2, PersonId::from_slice)?,
        via: row.get(3)?,
        verb: row.get(4)?,
        record: optional_id(row, 5, RecordId::from_slice)?,
        kind: row.get(6)?,
        about,
        detail: row.get(9)?,
        previous: row.get::<_, Option<[u8; 32]>>(11)?.map(Hash),
    };
    Ok((entry, Hash(row.get(10)?)))
}

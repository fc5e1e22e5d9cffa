//! The audit log as it is kept: rows that are only ever added, each tied to the one before.

use chrono::{DateTime, Utc};
use chuda_evidence::audit::{About, Entry};
use chuda_record::Result;
use chuda_record::id::{EvidenceId, Hash, PersonId, RecordId};
use rusqlite::{Row, params};

use super::Tx;
use super::sqlite::{id, optional_id, storage, unreadable};

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
    pub(crate) fn append(&self, mut entry: Entry) -> Result<()> {
        let head = self.audit_head()?;
        entry.n = head.map_or(1, |(n, _)| n + 1);
        entry.previous = head.map(|(_, hash)| hash);
        let about = entry.about.map(About::parts);
        self.run(
            "INSERT INTO audit (n, at, person, via, verb, record, kind, about, object, detail, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                entry.n.cast_signed(),
                entry.at,
                entry.person.as_ref().map(PersonId::as_bytes),
                entry.via,
                entry.verb,
                entry.record.as_ref().map(RecordId::as_bytes),
                entry.kind,
                about.map(|(what, _)| what),
                about.map(|(_, hash)| hash.0),
                entry.detail,
                entry.hash().0,
            ],
        )
        .map(drop)
    }

    /// Number and hash of the last entry.
    pub(crate) fn audit_head(&self) -> Result<Option<(u64, Hash)>> {
        self.one("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), Hash(row.get(1)?)))
        })
    }

    /// The numbers of the first and the last entry of a time; the entries between them belong to it, whatever their clock said.
    pub(crate) fn audit_span(&self, from: i64, to: i64) -> Result<Option<(u64, u64)>> {
        let span: Option<(Option<i64>, Option<i64>)> =
            self.one("SELECT min(n), max(n) FROM audit WHERE at >= ?1 AND at < ?2", params![from, to], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        Ok(span.and_then(|(first, last)| Some((first?.cast_unsigned(), last?.cast_unsigned()))))
    }

    /// Hands out the entries from one number to another, in their order, with the hashes that are stored for them.
    pub(crate) fn audit_walk(&self, first: u64, last: u64, mut take: impl FnMut(&Entry, Hash) -> Result<()>) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM audit a WHERE a.n BETWEEN ?1 AND ?2 ORDER BY a.n");
        let mut statement = self.0.prepare_cached(&sql).map_err(storage)?;
        let mut rows = statement.query(params![first.cast_signed(), last.cast_signed()]).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            let (entry, hash) = entry_row(row).map_err(storage)?;
            take(&entry, hash)?;
        }
        Ok(())
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
            (Some(_), _) => "a.record = ?1 AND (?2 IS NULL OR a.person = ?2)",
            (None, Some(_)) => "?1 IS NULL AND a.person = ?2",
            (None, None) => "?1 IS NULL AND ?2 IS NULL",
        };
        let line = match filter.line {
            Some(_) => IN_LINE,
            None => "?8 IS NULL AND ?9 IS NULL",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM audit a
             WHERE {by} AND a.at BETWEEN ?3 AND ?4 AND a.n >= ?5 AND a.n < ?6 AND {line} ORDER BY a.n DESC LIMIT ?7"
        );
        let people = filter.line.as_ref().map(|(_, line)| {
            let ids: Vec<String> = line.iter().map(|person| hex::encode_upper(person.as_bytes())).collect();
            serde_json::json!(ids).to_string()
        });
        let entries = self.all(
            &sql,
            params![
                filter.record.as_ref().map(RecordId::as_bytes),
                filter.person.as_ref().map(PersonId::as_bytes),
                filter.from.map_or(i64::MIN, |at| at.timestamp_millis()),
                filter.to.map_or(i64::MAX, |at| at.timestamp_millis()),
                floor.cast_signed(),
                before.cast_signed(),
                filter.limit as i64,
                people,
                filter.line.as_ref().map(|(person, _)| person.as_bytes()),
            ],
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
        self.exists("SELECT 1 FROM audit WHERE verb = 'refused' AND object = ?1 AND via = ?2", &[&object.0, &via])
    }

    /// The key that the log names last.
    pub(crate) fn audit_key(&self) -> Result<Option<Hash>> {
        self.one("SELECT object FROM audit WHERE about = 'key' ORDER BY n DESC LIMIT 1", [], |row| row.get(0).map(Hash))
    }

    /// The bytes of a change that was accepted or refused, if they were kept.
    pub(crate) fn raw_change(&self, document: RecordId, hash: Hash) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT bytes FROM changes WHERE document = ?1 AND hash = ?2
             UNION ALL SELECT bytes FROM quarantine WHERE document = ?1 AND hash = ?2 LIMIT 1",
            params![document.as_bytes(), hash.0],
            |row| row.get(0),
        )
    }

    /// Who looked at a piece of evidence, and when, oldest first.
    pub(crate) fn views(&self, evidence: EvidenceId) -> Result<Vec<(i64, Option<PersonId>, String)>> {
        self.all(
            "SELECT at, person, via FROM audit WHERE record = ?1 AND verb = 'viewed' ORDER BY n LIMIT 1000",
            params![evidence.as_bytes()],
            |row| Ok((row.get(0)?, optional_id(row, 1, PersonId::from_slice)?, row.get(2)?)),
        )
    }

    /// Puts the looks that were kept before there was this log into it.
    pub(super) fn adopt_views(&self) -> Result<()> {
        let mut statement = self.0.prepare("SELECT at, person, via, evidence FROM views ORDER BY n").map_err(storage)?;
        let mut rows = statement.query([]).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            let read = |row: &Row<'_>| {
                Ok(Entry {
                    n: 0,
                    at: row.get(0)?,
                    person: optional_id(row, 1, PersonId::from_slice)?,
                    via: row.get(2)?,
                    verb: "viewed".into(),
                    record: Some(id(row, 3, RecordId::from_slice)?),
                    kind: Some("evidence".into()),
                    about: None,
                    detail: None,
                    previous: None,
                })
            };
            self.append(read(row).map_err(storage)?)?;
        }
        drop(rows);
        drop(statement);
        self.0.execute_batch("DROP TABLE views").map_err(storage)
    }

    /// Adds the entries that another database's log has beyond this one's, where it continues this one.
    ///
    /// The other one is attached as `live`. The result is its head; false: it is another log, or forked from this one before its end.
    pub(super) fn continue_from_live(&self) -> Result<(Option<(u64, Hash)>, bool)> {
        let live = self.one("SELECT n, hash FROM live.audit ORDER BY n DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), Hash(row.get(1)?)))
        })?;
        let (Some((live_n, live_hash)), own) = (live, self.audit_head()?) else { return Ok((live, true)) };
        let (own_n, own_hash) = own.unwrap_or((0, Hash([0; 32])));
        if own_n == 0 || self.exists("SELECT 1 FROM live.audit WHERE n = ?1 AND hash = ?2", &[&own_n.cast_signed(), &own_hash.0])? {
            self.run("INSERT INTO audit SELECT * FROM live.audit WHERE n > ?1 ORDER BY n", params![own_n.cast_signed()])?;
            return Ok((live, true));
        }
        let behind = self.exists("SELECT 1 FROM audit WHERE n = ?1 AND hash = ?2", &[&live_n.cast_signed(), &live_hash.0])?;
        Ok((live, behind))
    }
}

/// Acts on records of the people in `?8` (a list of their ids in hexadecimal): what they wrote themselves, they themselves, and of the
/// kinds that several people stand by what `?9` may read. A record that never came to be belongs to whoever tried to write it.
const IN_LINE: &str = "CASE
    WHEN a.record IS NULL THEN 0
    WHEN a.kind = 'person' THEN hex(a.record) IN (SELECT value FROM json_each(?8))
    ELSE coalesce(
        (SELECT CASE WHEN d.kind IN ('touch', 'evidence', 'report') THEN hex(d.author) IN (SELECT value FROM json_each(?8))
                ELSE EXISTS (SELECT 1 FROM readers r WHERE r.document = d.id AND r.person = ?9) END
         FROM documents d WHERE d.id = a.record),
        hex(a.person) IN (SELECT value FROM json_each(?8)))
    END";

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

//! The audit log's chain: each entry is tied to the one before.

use chuda_evidence::audit::{About, Entry};
use chuda_record::Result;
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_sqlite::Sql;
use rusqlite::named_params;

/// Appends an act: number and previous hash are filled in here.
pub(super) fn append(sql: Sql<'_>, mut entry: Entry) -> Result<()> {
    let head = head(sql)?;
    entry.n = head.map_or(1, |(n, _)| n + 1);
    entry.previous = head.map(|(_, hash)| hash);
    let about = entry.about.map(About::parts);
    sql.run(
        "INSERT INTO audit (n, at, person, via, verb, record, kind, about, object, detail, hash)
         VALUES (:n, :at, :person, :via, :verb, :record, :kind, :about, :object, :detail, :hash)",
        named_params! {
            ":n": entry.n.cast_signed(),
            ":at": entry.at,
            ":person": entry.person.as_ref().map(PersonId::as_bytes),
            ":via": entry.via,
            ":verb": entry.verb,
            ":record": entry.record.as_ref().map(RecordId::as_bytes),
            ":kind": entry.kind,
            ":about": about.map(|(what, _)| what),
            ":object": about.map(|(_, hash)| hash.0),
            ":detail": entry.detail,
            ":hash": entry.hash().0,
        },
    )
    .map(drop)
}

/// Number and hash of the last entry.
pub(super) fn head(sql: Sql<'_>) -> Result<Option<(u64, Hash)>> {
    sql.one("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", [], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), Hash(row.get(1)?)))
    })
}

//! Projections: what lists are made from. All their SQL is here. They are disposable: dropped and made again, they are the same.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;

use super::Tx;
use super::columns::Columns;
use chuda_record::doc::{DocError, State};
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, EvidenceId, Hash, PersonId, RecordId, TouchId};
use chuda_record::rules::world::{LOOKED_THROUGH, World};
use chuda_record::time::{from_millis, to_millis};
use chuda_record::{
    Change, Contact, Customer, Event, Evidence, Fields, Kind, Lead, Misshapen, Person, Record, Report, Role, Task, Touch,
    from_fields, to_fields,
};
use chuda_words::keys;

/// A record with its id.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// Its id.
    pub id: RecordId,
    /// The record.
    pub record: T,
    /// Fields that two writers changed at the same time.
    pub conflicts: Vec<String>,
}

/// What the health formula needs, for one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthRow {
    /// The customer.
    pub customer: CustomerId,
    /// Touches that count in the window.
    pub touches: i64,
    /// Their valid evidence.
    pub evidence: i64,
    /// The last touch ever.
    pub last_touch: Option<DateTime<Utc>>,
    /// When it was claimed or, without a lead, entered.
    pub claimed_at: DateTime<Utc>,
    /// Since when its holder has it, or the customer was entered.
    pub since: DateTime<Utc>,
    /// The date that the last touch agreed on, if that was asked for.
    pub next_date: Option<NaiveDate>,
}

/// Which leads to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of this person.
    Of(PersonId),
    /// Those that nobody has and that are valid (投放).
    Nobodys,
    /// Those that somebody else than this person has.
    Others(PersonId),
}

const TABLES: [&str; 9] =
    ["records", "customers", "contacts", "leads", "touches", "touch_evidence", "evidence", "reports", "tasks"];

/// Evidence is looked up by touch, which `CROSS JOIN` insists on: by its author it would be everything a rep ever captured, each time.
const HEALTH: &str = "SELECT c.id,
    (SELECT count(*) FROM touches t WHERE t.customer = c.id AND t.draft = 0 AND t.at > ?2 AND t.at <= ?3),
    (SELECT count(*) FROM touches t CROSS JOIN touch_evidence te ON te.touch = t.id CROSS JOIN evidence e ON e.id = te.evidence
      WHERE t.customer = c.id AND t.draft = 0 AND t.at > ?2 AND t.at <= ?3 AND e.valid = 1 AND e.author = t.person),
    (SELECT max(t.at) FROM touches t WHERE t.customer = c.id AND t.draft = 0 AND t.at <= ?3),
    coalesce((SELECT min(l.claimed_at) FROM leads l WHERE l.customer = c.id), c.created_at),
    coalesce((SELECT max(coalesce(l.held_at, l.moved_at)) FROM leads l WHERE l.customer = c.id), c.created_at),
    CASE WHEN ?4 THEN
      (SELECT t.next_date FROM touches t WHERE t.customer = c.id AND t.draft = 0 AND t.at <= ?3
       ORDER BY t.at DESC, t.id DESC LIMIT 1)
    END
 FROM customers c WHERE";
const ONE: &str = "c.id = ?1";
const HELD: &str = "c.closed = 0 AND c.holder IS NOT NULL";

impl Tx<'_> {
    /// Brings the projections of one document up to date. Most kinds are found by their row alone, lists look into columns of the others;
    /// one of a kind that this version does not know has none.
    pub(super) fn project(&self, id: RecordId, state: &State) -> Result<()> {
        let Some(kind) = chuda_record::kind_of(&state.fields) else { return Ok(()) };
        match kind {
            Kind::Customer => self.project_as::<Customer>(id, state),
            Kind::Contact => self.project_as::<Contact>(id, state),
            Kind::Lead => self.project_as::<Lead>(id, state),
            Kind::Touch => self.project_as::<Touch>(id, state),
            Kind::Evidence => self.project_as::<Evidence>(id, state),
            Kind::Report => self.project_as::<Report>(id, state),
            Kind::Task => self.project_as::<Task>(id, state),
            _ => self.put_row(id, kind, kind.to_json(&state.fields), state),
        }
    }

    /// Drops the projections of one document.
    pub(super) fn unproject(&self, id: RecordId) -> Result<()> {
        for table in TABLES {
            let column = if table == "touch_evidence" { "touch" } else { "id" };
            self.run(&format!("DELETE FROM {table} WHERE {column} = ?1"), [id.as_bytes()])?;
        }
        Ok(())
    }

    /// Makes the projections of one document anew from its changes.
    pub(super) fn reproject(&self, id: RecordId) -> Result<()> {
        self.unproject(id)?;
        self.project(id, &self.state(id)?)
    }

    /// Makes all projections anew. A document that does not load is left out and told in the log.
    pub(super) fn rebuild(&self) -> Result<()> {
        for table in TABLES {
            self.run(&format!("DELETE FROM {table}"), [])?;
        }
        self.each_document(|id, changes| {
            let parsed: Result<Vec<Change>, DocError> = changes.iter().map(|bytes| Change::parse(bytes)).collect();
            match parsed.and_then(State::of) {
                Ok(state) => self.project(id, &state),
                Err(error) => {
                    tracing::error!(document = %id, %error, "document does not load");
                    Ok(())
                }
            }
        })
    }

    /// Every projected row in a fixed order, as text: what "rebuild gives the same" is checked with.
    #[doc(hidden)]
    pub fn dump(&self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for table in TABLES {
            lines.extend(self.0.all(&format!("SELECT * FROM {table} ORDER BY 1, 2"), [], |row| {
                let width = row.as_ref().column_count();
                let cells: rusqlite::Result<Vec<String>> =
                    (0..width).map(|cell| row.get_ref(cell).map(|value| format!("{value:?}"))).collect();
                Ok(format!("{table} {}", cells?.join(" ")))
            })?);
        }
        Ok(lines)
    }

    /// A record by id; `None` when there is none of this kind.
    pub fn record<T: Record>(&self, id: impl Into<RecordId>) -> Result<Option<Row<T>>> {
        self.first("WHERE id = ?1 AND kind = ?2", (id.into().as_bytes(), T::KIND.as_str()))
    }

    /// A record that has to be there.
    pub fn find<T: Record>(&self, id: impl Into<RecordId>) -> Result<Row<T>> {
        self.record(id)?.ok_or_else(|| Error::not_found(not_found(T::KIND)))
    }

    /// Records of a kind, newest first: of one customer or of all, open ones alone or all.
    pub fn list<T: Record>(&self, customer: Option<CustomerId>, only_open: bool, limit: u32) -> Result<Vec<Row<T>>> {
        let kind = T::KIND.as_str();
        match customer {
            Some(customer) => self.rows(
                "WHERE customer = ?1 AND kind = ?2 AND (NOT ?3 OR open = 1) ORDER BY at DESC, id DESC LIMIT ?4",
                (customer.as_bytes(), kind, only_open, limit),
            ),
            None if only_open => self.rows("WHERE kind = ?1 AND open = 1 ORDER BY at DESC, id DESC LIMIT ?2", (kind, limit)),
            None => self.rows("WHERE kind = ?1 ORDER BY at DESC, id DESC LIMIT ?2", (kind, limit)),
        }
    }

    /// The kind of a record.
    pub fn kind_of(&self, id: RecordId) -> Result<Option<Kind>> {
        let kind: Option<String> = self.0.one("SELECT kind FROM records WHERE id = ?1", [id.as_bytes()], |row| row.get(0))?;
        Ok(kind.as_deref().and_then(Kind::parse))
    }

    /// All people.
    pub fn people(&self) -> Result<Vec<Row<Person>>> {
        self.rows("WHERE kind = 'person' LIMIT 10000", [])
    }

    /// Customers that somebody has and that are not closed.
    pub fn customers(&self) -> Result<Vec<Row<Customer>>> {
        self.rows("WHERE id IN (SELECT id FROM customers WHERE closed = 0 AND holder IS NOT NULL)", [])
    }

    /// Customers whose full or short name contains these words; all names equal to them come first.
    pub fn customers_named(&self, words: &str, limit: u32) -> Result<Vec<Row<Customer>>> {
        self.rows(
            "JOIN customers USING (id) WHERE instr(name, ?1) > 0 OR instr(short, ?1) > 0
             ORDER BY name = ?1 OR short = ?1 DESC, length(name), name LIMIT ?2",
            (words, limit),
        )
    }

    /// Contact persons of a customer.
    pub fn contacts(&self, customer: CustomerId) -> Result<Vec<Row<Contact>>> {
        self.rows("WHERE id IN (SELECT id FROM contacts WHERE customer = ?1) LIMIT 1000", [customer.as_bytes()])
    }

    /// The lead of a customer that was moved last.
    pub fn lead_of(&self, customer: CustomerId) -> Result<Option<Row<Lead>>> {
        self.first("WHERE id = (SELECT id FROM leads WHERE customer = ?1 ORDER BY moved_at DESC LIMIT 1)", [customer.as_bytes()])
    }

    /// Leads, those that were moved last first.
    pub fn leads(&self, whose: Whose, limit: u32) -> Result<Vec<Row<Lead>>> {
        let which = match whose {
            Whose::Of(_) => "l.holder = ?1",
            Whose::Nobodys => "l.holder IS NULL AND l.invalid = 0 AND ?1 IS NULL",
            Whose::Others(_) => "l.holder IS NOT NULL AND l.holder <> ?1",
        };
        let person = match whose {
            Whose::Of(person) | Whose::Others(person) => Some(*person.as_bytes()),
            Whose::Nobodys => None,
        };
        self.rows(&format!("JOIN leads l USING (id) WHERE {which} ORDER BY l.moved_at DESC, id DESC LIMIT ?2"), (person, limit))
    }

    /// What has been done with a customer since then: each action with its brief once.
    pub fn touched_with(&self, customer: CustomerId, since: Option<DateTime<Utc>>) -> Result<Vec<(String, Option<String>)>> {
        let since = since.map_or(i64::MIN, to_millis);
        self.0.all(
            "SELECT DISTINCT action, brief FROM touches WHERE customer = ?1 AND draft = 0 AND at >= ?2",
            (customer.as_bytes(), since),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// Touches with one of these actions that count, newest first.
    pub fn touches_doing(&self, actions: &[&str], limit: u32) -> Result<Vec<Row<Touch>>> {
        self.rows(
            "JOIN touches t USING (id) WHERE t.action IN (SELECT value FROM json_each(?1)) AND t.draft = 0
             ORDER BY t.at DESC, id DESC LIMIT ?2",
            (serde_json::json!(actions).to_string(), limit),
        )
    }

    /// The newest touch of a customer that counts.
    pub fn last_touch(&self, customer: CustomerId) -> Result<Option<Row<Touch>>> {
        let last = "WHERE id = (SELECT id FROM touches WHERE customer = ?1 AND draft = 0 ORDER BY at DESC, id DESC LIMIT 1)";
        self.first(last, [customer.as_bytes()])
    }

    /// The tasks of a customer that came from a record, in the order they came up.
    pub fn tasks_from(&self, customer: CustomerId, source: RecordId) -> Result<Vec<Row<Task>>> {
        self.rows(
            "WHERE customer = ?1 AND kind = 'task' AND json_extract(record, '$.source') = ?2 ORDER BY at, id LIMIT 1000",
            (customer.as_bytes(), source.to_string()),
        )
    }

    /// What health needs, for one customer or for all that somebody has. Next dates cost a look-up each, so only on demand.
    pub fn health(
        &self,
        customer: Option<CustomerId>,
        window_start: DateTime<Utc>,
        now: DateTime<Utc>,
        next_dates: bool,
    ) -> Result<Vec<HealthRow>> {
        let params = (customer.map(|id| *id.as_bytes()), to_millis(window_start), to_millis(now), next_dates);
        self.0.all(&format!("{HEALTH} {}", if customer.is_some() { ONE } else { HELD }), params, |row| {
            Ok(HealthRow {
                customer: record_id(row, 0)?.into(),
                touches: row.get(1)?,
                evidence: row.get(2)?,
                last_touch: row.get::<_, Option<i64>>(3)?.map(from_millis),
                claimed_at: from_millis(row.get(4)?),
                since: from_millis(row.get(5)?),
                next_date: row.get::<_, Option<String>>(6)?.and_then(|date| date.parse().ok()),
            })
        })
    }

    /// A customer's touches, newest first.
    pub fn touches_of_customer(&self, customer: CustomerId, limit: u32) -> Result<Vec<Row<Touch>>> {
        self.rows("JOIN touches t USING (id) WHERE t.customer = ?1 ORDER BY t.at DESC LIMIT ?2", (customer.as_bytes(), limit))
    }

    /// What outside systems saw with a customer from an instant on, oldest first.
    pub fn events_since(&self, customer: CustomerId, since: DateTime<Utc>, limit: u32) -> Result<Vec<Row<Event>>> {
        self.rows(
            "WHERE customer = ?1 AND kind = 'event' AND at >= ?2 ORDER BY at, id LIMIT ?3",
            (customer.as_bytes(), to_millis(since), limit),
        )
    }

    /// A person's touches of a day, newest first.
    pub fn touches_of_day(&self, person: PersonId, day: NaiveDate) -> Result<Vec<Row<Touch>>> {
        self.rows(
            "JOIN touches t USING (id) WHERE t.person = ?1 AND t.day = ?2 ORDER BY t.at DESC, t.id DESC LIMIT 500",
            (person.as_bytes(), day.to_string()),
        )
    }

    /// A person's touches, newest first, drafts included.
    pub fn latest_touches(&self, person: PersonId, limit: u32) -> Result<Vec<Row<Touch>>> {
        self.rows(
            "JOIN touches t USING (id) WHERE t.person = ?1 ORDER BY t.day DESC, t.at DESC LIMIT ?2",
            (person.as_bytes(), limit),
        )
    }

    /// A person's evidence since an instant that belongs to no touch, newest first.
    pub fn loose_evidence(&self, person: PersonId, since: DateTime<Utc>, limit: u32) -> Result<Vec<Row<Evidence>>> {
        self.rows(
            "JOIN evidence e USING (id) WHERE e.author = ?1 AND e.captured_at >= ?2
             AND NOT EXISTS (SELECT 1 FROM touch_evidence t WHERE t.evidence = e.id) ORDER BY e.captured_at DESC LIMIT ?3",
            (person.as_bytes(), to_millis(since), limit),
        )
    }

    /// The touches that count and happened from one instant until before another, with whose they are.
    pub fn counted_touches(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<(TouchId, PersonId)>> {
        self.0.all(
            "SELECT id, person FROM touches WHERE draft = 0 AND at >= ?1 AND at < ?2 LIMIT 1000000",
            (to_millis(from), to_millis(to)),
            |row| Ok((record_id(row, 0)?.into(), record_id(row, 1)?.into())),
        )
    }

    /// A person's touches whose next step is due from one day to another, soonest first.
    pub fn next_steps(&self, person: PersonId, from: NaiveDate, to: NaiveDate, limit: u32) -> Result<Vec<Row<Touch>>> {
        self.rows(
            "JOIN touches t USING (id) WHERE t.person = ?1 AND t.next_date BETWEEN ?2 AND ?3 ORDER BY t.next_date, t.at DESC LIMIT ?4",
            (person.as_bytes(), from.to_string(), to.to_string(), limit),
        )
    }

    /// Evidence with these bytes.
    pub fn evidence_by_hash(&self, sha256: Hash) -> Result<Vec<EvidenceId>> {
        self.0.all("SELECT id FROM evidence WHERE sha256 = ?1 ORDER BY captured_at LIMIT 100", [sha256.0], |row| {
            Ok(record_id(row, 0)?.into())
        })
    }

    /// Perceptual hashes of the newest photos.
    pub fn looks(&self, limit: u32) -> Result<Vec<String>> {
        self.0.all("SELECT look FROM evidence WHERE look IS NOT NULL ORDER BY captured_at DESC LIMIT ?1", [limit], |row| row.get(0))
    }

    /// The touch that a piece of evidence is attached to.
    pub fn touch_of_evidence(&self, evidence: EvidenceId) -> Result<Option<TouchId>> {
        self.0.one("SELECT touch FROM touch_evidence WHERE evidence = ?1 LIMIT 1", [evidence.as_bytes()], |row| {
            Ok(record_id(row, 0)?.into())
        })
    }

    /// Reports of a day.
    pub fn reports_of_day(&self, day: NaiveDate) -> Result<Vec<Row<Report>>> {
        self.rows("WHERE id IN (SELECT id FROM reports WHERE day = ?1) LIMIT 1000", [day.to_string()])
    }

    /// Open tasks of a person or of one of the roles, most urgent first: those to do, or notices.
    pub fn open_tasks(&self, person: PersonId, roles: &[Role], notices: bool, limit: u32) -> Result<Vec<Row<Task>>> {
        let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        self.rows(
            "JOIN tasks t USING (id) WHERE t.done = 0 AND t.notice = ?3 AND (t.assignee = ?1 OR t.assignee IS NULL AND instr(?2, ',' || t.role || ',') > 0)
             ORDER BY t.due IS NULL, t.due, t.created_at LIMIT ?4",
            (person.as_bytes(), format!(",{},", roles.join(",")), notices, limit),
        )
    }

    /// Records that two people changed at the same time.
    pub fn conflicted(&self) -> Result<Vec<(RecordId, Kind)>> {
        self.kinds("WHERE conflicts IS NOT NULL LIMIT 1000")
    }

    /// Every document, for those who move all of them.
    pub fn all_records(&self) -> Result<Vec<(RecordId, Kind)>> {
        self.kinds("ORDER BY id")
    }

    fn kinds(&self, rest: &str) -> Result<Vec<(RecordId, Kind)>> {
        let read = |row: &rusqlite::Row<'_>| Ok((record_id(row, 0)?, row.get::<_, String>(1)?));
        let rows = self.0.all(&format!("SELECT id, kind FROM records {rest}"), [], read)?;
        Ok(rows.into_iter().filter_map(|(id, kind)| Some((id, Kind::parse(&kind)?))).collect())
    }

    /// The row of a kind that has columns beside it, and these.
    fn project_as<T: Columns>(&self, id: RecordId, state: &State) -> Result<()> {
        let record: Result<T, Misshapen> = from_fields(&state.fields);
        let json = match &record {
            Ok(record) => serde_json::to_string(record).map_err(|error| Misshapen(error.to_string())),
            Err(misshapen) => Err(misshapen.clone()),
        };
        self.put_row(id, T::KIND, json, state)?;
        record.map_or(Ok(()), |record| record.put(self, id))
    }

    fn put_row(
        &self,
        id: RecordId,
        kind: Kind,
        json: Result<String, Misshapen>,
        State { fields, conflicts }: &State,
    ) -> Result<()> {
        // A newer version may have written what this one can't read: the document is kept, and shown after an update.
        let Ok(json) = json else {
            tracing::warn!(document = %id, kind = kind.as_str(), "record is of a newer version");
            return Ok(());
        };
        let conflicts = (!conflicts.is_empty()).then(|| conflicts.keys().cloned().collect::<Vec<_>>().join(","));
        self.run(
            "INSERT INTO records (id, kind, record, conflicts, customer, at, open) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET record = ?3, conflicts = ?4, customer = ?5, at = ?6, open = ?7",
            (
                id.as_bytes(),
                kind.as_str(),
                json,
                conflicts,
                kind.customer_of(id, fields).map(|customer| *customer.as_bytes()),
                kind.time_of(fields),
                kind.is_open(fields),
            ),
        )
    }

    fn first<T: DeserializeOwned>(&self, rest: &str, params: impl rusqlite::Params) -> Result<Option<Row<T>>> {
        let row = self.0.one(&format!("SELECT records.id, record, conflicts FROM records {rest}"), params, raw)?;
        row.map(typed).transpose()
    }

    fn rows<T: DeserializeOwned>(&self, rest: &str, params: impl rusqlite::Params) -> Result<Vec<Row<T>>> {
        let rows = self.0.all(&format!("SELECT records.id, record, conflicts FROM records {rest}"), params, raw)?;
        rows.into_iter().map(typed).collect()
    }
}

impl World for Tx<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        let row = self.0.one("SELECT kind, record FROM records WHERE id = ?1", [id.as_bytes()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let Some((kind, json)) = row else { return Ok(None) };
        let Some(kind) = Kind::parse(&kind) else { return Ok(None) };
        Ok(Some((kind, flat(&json)?)))
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        let sql = "SELECT record FROM records WHERE customer = ?1 AND kind = ?2 ORDER BY at DESC LIMIT ?3";
        let rows = self.0.all(sql, (customer.as_bytes(), kind.as_str(), LOOKED_THROUGH), |row| row.get::<_, String>(0))?;
        rows.iter().map(|json| flat(json)).collect()
    }
}

/// What is said of a record of a kind that is not there.
fn not_found(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => keys::CUSTOMER_NOT_FOUND,
        Kind::Lead => keys::LEAD_NOT_FOUND,
        Kind::Touch => keys::TOUCH_NOT_FOUND,
        Kind::Evidence => keys::EVIDENCE_NOT_FOUND,
        Kind::Report => keys::REPORT_NOT_FOUND,
        Kind::Contract => keys::CONTRACT_NOT_FOUND,
        Kind::Order => keys::ORDER_NOT_FOUND,
        Kind::Question => keys::QUESTION_NOT_FOUND,
        Kind::Demand => keys::DEMAND_NOT_FOUND,
        Kind::Meeting => keys::MEETING_NOT_FOUND,
        Kind::Finding => keys::FINDING_NOT_FOUND,
        Kind::BackCheck => keys::BACKCHECK_NOT_FOUND,
        Kind::Task => keys::TASK_NOT_FOUND,
        _ => keys::RECORD_NOT_FOUND,
    }
}

/// A projected record as fields again.
fn flat(json: &str) -> Result<Fields> {
    let misshapen = |error: &dyn std::fmt::Display| Error::internal("record.misshapen", error);
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| misshapen(&error))?;
    to_fields(&value).map_err(|error| misshapen(&error))
}

/// An id in a column; any other length than 16 bytes is damage.
pub(super) fn record_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    let bytes: [u8; 16] = row.get(column)?;
    Ok(RecordId(uuid::Uuid::from_bytes(bytes)))
}

type Raw = (RecordId, String, Option<String>);

fn raw(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    Ok((record_id(row, 0)?, row.get(1)?, row.get(2)?))
}

fn typed<T: DeserializeOwned>((id, json, conflicts): Raw) -> Result<Row<T>> {
    let record = serde_json::from_str(&json).map_err(|error| Error::internal("record.misshapen", error))?;
    let conflicts = conflicts.map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default();
    Ok(Row { id, record, conflicts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn health_reads_no_more_than_the_touches_of_its_window() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), [1; 32]).unwrap();
        for (whose, scanned) in [(ONE, 0), (HELD, 1)] {
            let plan = store.read(|tx| {
                let plan = format!("EXPLAIN QUERY PLAN {HEALTH} {whose}");
                tx.0.all(&plan, (None::<Vec<u8>>, 0, 1, true), |row| row.get::<_, String>(3))
            });
            let plan = plan.unwrap();
            let scans: Vec<&String> = plan.iter().filter(|step| step.starts_with("SCAN ")).collect();
            assert!(scans.len() == scanned && scans.iter().all(|step| *step == "SCAN c"), "{plan:?}");
            let by_touch = "SEARCH e USING INDEX sqlite_autoindex_evidence_1 (id=?)";
            assert!(plan.iter().any(|step| step == by_touch), "{plan:?}");
        }
    }
}

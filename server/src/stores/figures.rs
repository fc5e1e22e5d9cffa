//! What figures are counted from: kept in columns beside the documents, so that three months of a team are one scan.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{CustomerId, LeadId, PersonId, RecordId, TouchId};
use chuda_record::rules::metrics::{FeedbackFact, HoldingFact, LeadFact, SendingFact, Source, Span, TouchFact, Week};
use chuda_record::rules::stage::Steps;
use chuda_record::time::{day_of, from_millis, to_millis};
use chuda_record::{Customer, Evidence, Fields, Kind, Lead, Stage, Touch, from_fields};
use chuda_record::{Error, Result};
use rusqlite::{Row, params};

use super::Tx;
use super::sqlite::{id, optional_id};

/// Counts up whenever what the tables hold changes, so that they are made anew.
const VERSION: &[u8] = b"2";

/// What health needs of a customer that somebody has (T3).
pub(crate) struct HealthRow {
    pub(crate) customer: CustomerId,
    pub(crate) holder: PersonId,
    /// Touches that count in the window.
    pub(crate) touches: i64,
    /// Their valid evidence.
    pub(crate) evidence: i64,
    pub(crate) last_touch: Option<DateTime<Utc>>,
    /// When it was claimed or, without a lead, entered.
    pub(crate) claimed_at: DateTime<Utc>,
    /// The date that the last touch agreed on, if that was asked for.
    pub(crate) next_date: Option<NaiveDate>,
}

/// A touch of a day.
pub(crate) struct DayTouch {
    pub(crate) touch: TouchId,
    pub(crate) person: PersonId,
    pub(crate) customer: CustomerId,
    pub(crate) customer_name: String,
    pub(crate) action: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) counted: bool,
    pub(crate) valid: i64,
}

impl Tx<'_> {
    /// What health needs, of every customer that somebody has, or of those that a person may read. Next dates cost a look-up each, so
    /// only on demand.
    pub(crate) fn health(
        &self,
        reader: Option<PersonId>,
        window_start: DateTime<Utc>,
        now: DateTime<Utc>,
        next_dates: bool,
    ) -> Result<Vec<HealthRow>> {
        self.all(
            "SELECT c.customer, c.holder, coalesce(t.touches, 0), coalesce(t.valid, 0), t.last, coalesce(c.claimed_at, c.created_at),
                CASE WHEN ?3 THEN
                  (SELECT n.next_date FROM figure_touches n WHERE n.customer = c.customer AND n.counted = 1 AND n.at <= ?2
                   ORDER BY n.at DESC, n.touch DESC LIMIT 1)
                END
             FROM figure_customers c LEFT JOIN
                (SELECT customer, sum(at > ?1) AS touches, sum(iif(at > ?1, valid, 0)) AS valid, max(at) AS last
                 FROM figure_touches INDEXED BY figure_touches_by_customer WHERE counted = 1 AND at <= ?2 GROUP BY customer) t
                USING (customer)
             WHERE ?4 IS NULL OR EXISTS (SELECT 1 FROM readers r WHERE r.document = c.customer AND r.person = ?4)",
            params![to_millis(window_start), to_millis(now), next_dates, reader.as_ref().map(PersonId::as_bytes)],
            |row| {
                Ok(HealthRow {
                    customer: id(row, 0, CustomerId::from_slice)?,
                    holder: id(row, 1, PersonId::from_slice)?,
                    touches: row.get(2)?,
                    evidence: row.get(3)?,
                    last_touch: row.get::<_, Option<i64>>(4)?.map(from_millis),
                    claimed_at: from_millis(row.get(5)?),
                    next_date: row.get::<_, Option<String>>(6)?.and_then(|date| date.parse().ok()),
                })
            },
        )
    }

    /// What was done with a customer since then, each action with its brief once, and whether a contract was signed since.
    pub(crate) fn steps(&self, customer: CustomerId, since: Option<DateTime<Utc>>) -> Result<Steps> {
        let since = since.map_or(i64::MIN, |since| since.timestamp_millis());
        let touched = self.all(
            "SELECT DISTINCT t.action, json_extract(d.fields, '$.brief') FROM figure_touches t JOIN documents d ON d.id = t.touch
             WHERE t.customer = ?1 AND t.counted = 1 AND t.at >= ?2",
            params![customer.as_bytes(), since],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let signed = self.one(
            "SELECT EXISTS (SELECT 1 FROM documents WHERE customer = ?1 AND kind = 'contract' AND json_extract(fields, '$.signed_at') >= ?2)",
            params![customer.as_bytes(), since],
            |row| row.get(0),
        )?;
        Ok(Steps { touched, signed: signed.unwrap_or_default() })
    }

    /// The lead of a customer that was moved last.
    pub(crate) fn lead_of(&self, customer: CustomerId) -> Result<Option<Lead>> {
        let found = self.one(
            "SELECT id FROM documents WHERE customer = ?1 AND kind = 'lead' ORDER BY at DESC LIMIT 1",
            params![customer.as_bytes()],
            |row| id(row, 0, RecordId::from_slice),
        )?;
        let document = found.map(|lead| self.document(lead)).transpose()?.flatten();
        document.map(|document| read(&document.fields)).transpose()
    }

    /// The touches of a day, newest first.
    pub(crate) fn touches_of_day(&self, day: NaiveDate, limit: usize) -> Result<Vec<DayTouch>> {
        self.all(
            "SELECT t.touch, t.person, t.customer, coalesce(json_extract(c.fields, '$.name'), ''), t.action, t.at, t.counted, t.valid
             FROM figure_touches t LEFT JOIN documents c ON c.id = t.customer WHERE t.day = ?1 ORDER BY t.at DESC LIMIT ?2",
            params![day.to_string(), limit as i64],
            |row| {
                Ok(DayTouch {
                    touch: id(row, 0, TouchId::from_slice)?,
                    person: id(row, 1, PersonId::from_slice)?,
                    customer: id(row, 2, CustomerId::from_slice)?,
                    customer_name: row.get(3)?,
                    action: row.get(4)?,
                    at: from_millis(row.get(5)?),
                    counted: row.get(6)?,
                    valid: row.get(7)?,
                })
            },
        )
    }

    /// The last week that weekly rules have looked at.
    pub(crate) fn last_week(&self) -> Result<Option<Week>> {
        let stored = self.meta("week")?;
        Ok(stored.and_then(|name| std::str::from_utf8(&name).ok()?.parse().ok()))
    }

    /// Notes the last week that weekly rules have looked at.
    pub(crate) fn set_last_week(&self, week: Week) -> Result<()> {
        self.set_meta("week", week.to_string().as_bytes())
    }

    /// Makes the tables anew if they are not what this version keeps in them.
    pub(super) fn keep_figures(&self) -> Result<()> {
        if self.meta("figures")?.as_deref() == Some(VERSION) {
            return Ok(());
        }
        for table in ["figure_touches", "figure_evidence", "figure_customers", "figure_leads"] {
            self.run(&format!("DELETE FROM {table}"), [])?;
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
        let touch: Touch = read(fields)?;
        let named: Vec<String> = touch.evidence.iter().map(|evidence| evidence.0.simple().to_string()).collect();
        // Somebody else's proves nothing.
        let valid: Option<i64> = self.one(
            "SELECT count(*) FROM json_each(?1) named CROSS JOIN figure_evidence e ON e.evidence = unhex(named.value)
             WHERE e.valid = 1 AND e.author = ?2",
            params![serde_json::json!(named).to_string(), touch.author.as_bytes()],
            |row| row.get(0),
        )?;
        self.run(
            "INSERT INTO figure_touches (at, touch, customer, person, action, day, counted, valid, feedback_at, next_date)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT DO UPDATE SET counted = excluded.counted, valid = excluded.valid, feedback_at = excluded.feedback_at,
                 next_date = excluded.next_date",
            params![
                to_millis(touch.at),
                record.as_bytes(),
                touch.customer.as_bytes(),
                touch.author.as_bytes(),
                touch.action,
                day_of(touch.at, touch.zone).to_string(),
                !touch.evidence.is_empty(),
                valid,
                touch.feedback.then(|| to_millis(touch.feedback_at.unwrap_or(touch.at))),
                touch.next_date.map(|date| date.to_string()),
            ],
        )
        .map(drop)
    }

    /// A touch can name evidence that comes later: whether that is valid changes what the touch is worth.
    fn count_evidence(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let evidence: Evidence = read(fields)?;
        self.run(
            "INSERT INTO figure_evidence (evidence, author, valid) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET author = excluded.author, valid = excluded.valid",
            params![record.as_bytes(), evidence.author.as_bytes(), evidence.is_valid()],
        )?;
        for touch in self.touches_with(record.into())? {
            if let Some(document) = self.document(touch.into())?.filter(|document| document.kind == Kind::Touch) {
                self.count_touch(document.id, &document.fields)?;
            }
        }
        Ok(())
    }

    fn count_lead(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let lead: Lead = read(fields)?;
        let Some(claimed_at) = lead.claimed_at else { return Ok(()) };
        self.run(
            "INSERT INTO figure_leads (lead, customer, holder, claimed_at, valid, quoted_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET holder = excluded.holder, claimed_at = excluded.claimed_at, valid = excluded.valid,
                 quoted_at = excluded.quoted_at",
            params![
                record.as_bytes(),
                lead.customer.as_bytes(),
                lead.holder.as_ref().map(PersonId::as_bytes),
                to_millis(claimed_at),
                lead.holder.is_some() && lead.invalid_at.is_none(),
                (lead.stage >= Stage::Quoted).then(|| to_millis(lead.corrected_at.unwrap_or(lead.moved_at))),
            ],
        )?;
        self.run(
            "UPDATE figure_customers SET claimed_at = (SELECT min(claimed_at) FROM figure_leads WHERE customer = ?1) WHERE customer = ?1",
            params![lead.customer.as_bytes()],
        )
        .map(drop)
    }

    fn count_customer(&self, record: RecordId, fields: &Fields) -> Result<()> {
        let customer: Customer = read(fields)?;
        let Some(holder) = customer.holder.filter(|_| !customer.closed && customer.merged_into.is_none()) else {
            return self.run("DELETE FROM figure_customers WHERE customer = ?1", params![record.as_bytes()]).map(drop);
        };
        self.run(
            "INSERT INTO figure_customers (customer, holder, created_at, claimed_at)
             VALUES (?1, ?2, ?3, (SELECT min(claimed_at) FROM figure_leads WHERE customer = ?1))
             ON CONFLICT DO UPDATE SET holder = excluded.holder",
            params![record.as_bytes(), holder.as_bytes(), to_millis(customer.created_at)],
        )
        .map(drop)
    }
}

impl Source for Tx<'_> {
    fn touches(&self, actions: Option<&[&str]>, span: Span) -> Result<Vec<TouchFact>> {
        const COLUMNS: &str = "SELECT touch, customer, person, at, action, counted, valid FROM figure_touches";
        let (from, until) = (to_millis(span.from), to_millis(span.until));
        match actions {
            None => self.all(&format!("{COLUMNS} WHERE at >= ?1 AND at < ?2"), params![from, until], touch_fact),
            Some(actions) => self.all(
                &format!("{COLUMNS} WHERE counted = 1 AND action IN (SELECT value FROM json_each(?3)) AND at >= ?1 AND at < ?2"),
                params![from, until, list(actions)],
                touch_fact,
            ),
        }
    }

    fn leads(&self, quoted: &[&str]) -> Result<Vec<LeadFact>> {
        self.all(
            "SELECT l.lead, l.customer, l.holder, l.claimed_at, l.valid, t.at, k.at, l.quoted_at
             FROM figure_leads l
             LEFT JOIN (SELECT customer, min(at) AS at FROM figure_touches
                        WHERE counted = 1 AND action IN (SELECT value FROM json_each(?1)) GROUP BY customer) t USING (customer)
             LEFT JOIN (SELECT customer, min(at) AS at FROM documents WHERE kind = 'contract' GROUP BY customer) k USING (customer)
             WHERE l.holder IS NOT NULL",
            params![list(quoted)],
            |row| {
                let instants: [Option<i64>; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
                Ok(LeadFact {
                    lead: id(row, 0, LeadId::from_slice)?,
                    customer: id(row, 1, CustomerId::from_slice)?,
                    holder: id(row, 2, PersonId::from_slice)?,
                    claimed_at: from_millis(row.get(3)?),
                    valid: row.get(4)?,
                    quoted_at: instants.into_iter().flatten().min().map(from_millis),
                })
            },
        )
    }

    fn feedback(&self, customers: &BTreeSet<CustomerId>, span: Span) -> Result<Vec<FeedbackFact>> {
        let asked: Vec<String> = customers.iter().map(|customer| customer.0.simple().to_string()).collect();
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        self.all(
            "WITH asked AS MATERIALIZED (SELECT unhex(value) AS customer FROM json_each(?1))
             SELECT t.customer, t.feedback_at FROM asked CROSS JOIN figure_touches t
                ON t.customer = asked.customer AND t.counted = 1 AND t.feedback_at >= ?2 AND t.feedback_at < ?3
             UNION ALL
             SELECT e.customer, e.at FROM asked CROSS JOIN documents e ON e.customer = asked.customer AND e.kind = 'event'
             WHERE e.at >= ?2 AND e.at < ?3 AND json_extract(e.fields, '$.feedback') = 1",
            params![list(&asked), to_millis(span.from), to_millis(span.until)],
            |row| Ok(FeedbackFact { customer: id(row, 0, CustomerId::from_slice)?, at: from_millis(row.get(1)?) }),
        )
    }

    fn holdings(&self) -> Result<Vec<HoldingFact>> {
        self.all("SELECT customer, holder, coalesce(claimed_at, created_at) FROM figure_customers", [], |row| {
            Ok(HoldingFact {
                customer: id(row, 0, CustomerId::from_slice)?,
                holder: id(row, 1, PersonId::from_slice)?,
                from: from_millis(row.get(2)?),
                until: None,
            })
        })
    }

    fn sendings(&self, sent: &[&str], opened: &[&str], span: Span) -> Result<Vec<SendingFact>> {
        let sendings = self.all(
            "SELECT s.customer, s.author, s.at,
                (SELECT min(o.at) FROM documents o WHERE o.customer = s.customer AND o.kind = 'event'
                   AND json_extract(o.fields, '$.event') IN (SELECT value FROM json_each(?4))
                   AND (json_extract(o.fields, '$.thread') = json_extract(s.fields, '$.thread')
                     OR json_extract(o.fields, '$.touch') = json_extract(s.fields, '$.touch')))
             FROM documents s WHERE s.kind = 'event' AND s.at >= ?1 AND s.at < ?2
               AND json_extract(s.fields, '$.event') IN (SELECT value FROM json_each(?3))",
            params![to_millis(span.from), to_millis(span.until), list(sent), list(opened)],
            |row| {
                let Some(person) = optional_id(row, 1, PersonId::from_slice)? else { return Ok(None) };
                Ok(Some(SendingFact {
                    customer: id(row, 0, CustomerId::from_slice)?,
                    person,
                    sent_at: from_millis(row.get(2)?),
                    opened_at: row.get::<_, Option<i64>>(3)?.map(from_millis),
                }))
            },
        )?;
        Ok(sendings.into_iter().flatten().collect())
    }
}

fn touch_fact(row: &Row<'_>) -> rusqlite::Result<TouchFact> {
    Ok(TouchFact {
        touch: id(row, 0, TouchId::from_slice)?,
        customer: id(row, 1, CustomerId::from_slice)?,
        person: id(row, 2, PersonId::from_slice)?,
        at: from_millis(row.get(3)?),
        action: row.get(4)?,
        counted: row.get(5)?,
        valid_evidence: row.get(6)?,
        quote: false,
    })
}

/// Words as one parameter.
fn list(words: &[&str]) -> String {
    serde_json::json!(words).to_string()
}

fn read<T: serde::de::DeserializeOwned>(fields: &Fields) -> Result<T> {
    from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeDelta;
    use chuda_record::id::{DeviceId, EvidenceId, Hash};
    use chuda_record::{ContactMode, Event, Origin, Record};
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::ingest::Ingest;
    use crate::stores::Store;

    fn now() -> DateTime<Utc> {
        "2026-11-23T10:00:00Z".parse().unwrap()
    }

    fn store() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("chuda.db")).unwrap();
        (folder, store)
    }

    fn write<T: Record>(tx: &Tx<'_>, id: impl Into<RecordId>, record: &T) {
        let mut ingest = Ingest::open(tx, now()).unwrap();
        ingest.write(id.into(), &record.to_new_fields().unwrap()).unwrap();
        ingest.finish().unwrap();
    }

    fn person(n: u8) -> PersonId {
        PersonId::derived(&format!("person {n}"))
    }

    fn customer_id(n: u8) -> CustomerId {
        CustomerId::derived(&format!("customer {n}"))
    }

    fn customer(holder: Option<u8>, closed: bool) -> Customer {
        Customer {
            author: person(0),
            name: "杭州智联科技".into(),
            short: None,
            holder: holder.map(person),
            intent: None,
            created_at: now(),
            closed,
            contact: None,
            address: None,
            model: None,
            external_id: None,
            crm_intent: None,
            merged_into: None,
        }
    }

    fn event(key: &str, hours: i64, thread: Option<&str>, author: Option<u8>) -> Event {
        Event {
            author: author.map(person),
            event: key.into(),
            customer: customer_id(1),
            touch: None,
            at: now() + TimeDelta::hours(hours),
            system: "mail".into(),
            external_id: format!("{key} {hours}"),
            thread: thread.map(str::to_owned),
            feedback: key == "mail_received",
            origin: Origin { source: None, rule: None, config: None, because: None, created_at: now() },
        }
    }

    #[test]
    fn an_opening_belongs_to_the_sending_of_its_thread_or_touch_and_an_answer_to_its_customer() {
        let (_folder, store) = store();
        let around = Span { from: now() - TimeDelta::days(1), until: now() + TimeDelta::days(2) };
        store
            .write(|tx| {
                write(tx, customer_id(1), &customer(Some(1), false));
                let touch = Some(TouchId::derived("quote"));
                let events = [
                    event("mail_sent", 0, Some("one"), Some(1)),
                    event("mail_sent", 1, Some("other"), Some(1)),
                    Event { touch, ..event("mail_sent", 2, None, Some(1)) },
                    Event { touch, ..event("mail_opened", 9, None, None) },
                    event("mail_sent", 3, Some("nobody's"), None),
                    event("mail_opened", 30, Some("one"), None),
                    event("attachment_downloaded", 20, Some("one"), None),
                    event("mail_received", 5, Some("other"), None),
                ];
                for event in &events {
                    write(tx, RecordId::derived(&event.external_id), event);
                }
                let sendings = tx.sendings(&["mail_sent"], &["mail_opened", "attachment_downloaded"], around)?;
                let mut hours: Vec<_> =
                    sendings.iter().map(|one| (hours(one.sent_at), one.opened_at.map(hours), one.person == person(1))).collect();
                hours.sort();
                assert_eq!(hours, [(0, Some(20), true), (1, None, true), (2, Some(9), true)]);
                let answers = |customers: &[u8], span| {
                    let customers = customers.iter().map(|n| customer_id(*n)).collect();
                    Ok::<_, Error>(tx.feedback(&customers, span)?.iter().map(|answer| self::hours(answer.at)).collect::<Vec<_>>())
                };
                assert_eq!((answers(&[1, 2], around)?, answers(&[2], around)?), (vec![5], vec![]));
                assert_eq!(answers(&[1], Span { until: now() + TimeDelta::hours(5), ..around })?, [0; 0]);
                Ok(())
            })
            .unwrap();
    }

    fn hours(at: DateTime<Utc>) -> i64 {
        (at - now()).num_hours()
    }

    fn dump(tx: &Tx<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        for (table, columns) in [
            ("figure_touches", "at, hex(touch), hex(customer), hex(person), action, day, counted, valid, feedback_at, next_date"),
            ("figure_evidence", "hex(evidence), hex(author), valid"),
            ("figure_customers", "hex(customer), hex(holder), created_at, claimed_at"),
            ("figure_leads", "hex(lead), hex(customer), hex(holder), claimed_at, valid, quoted_at"),
        ] {
            let sql = format!("SELECT json_array({columns}) FROM {table} ORDER BY 1");
            lines.extend(tx.all(&sql, [], |row| row.get::<_, String>(0)).unwrap());
        }
        lines
    }

    fn apply(tx: &Tx<'_>, (what, n, variant, later): (u8, u8, u8, i64)) {
        let at = now() + TimeDelta::hours(later);
        match what {
            0 => write(tx, customer_id(n), &customer((variant > 0).then_some(variant), later % 3 == 0)),
            1 => {
                let lead = Lead {
                    author: person(0),
                    customer: customer_id(n),
                    stage: Stage::ALL[usize::from(variant) + 2],
                    holder: (variant > 0).then_some(person(variant)),
                    held_at: None,
                    corrected_at: None,
                    moved_by: person(0),
                    moved_at: at,
                    reason: None,
                    channel: None,
                    claimed_at: (later % 2 == 0).then_some(at),
                    invalid_at: (later % 5 == 0).then_some(at),
                    requests: BTreeMap::new(),
                    settled: BTreeMap::new(),
                };
                write(tx, LeadId::derived(&format!("lead {n} {variant}")), &lead);
            }
            2 => {
                let named = (0..variant).map(|m| EvidenceId::derived(&format!("evidence {n} {m}"))).collect();
                let touch = Touch {
                    author: person(1),
                    customer: customer_id(n),
                    mode: ContactMode::Phone,
                    action: "demo".into(),
                    evidence: named,
                    // A touch is never at another time.
                    at: now() + TimeDelta::hours(n.into()),
                    zone: chuda_record::time::DEFAULT_ZONE,
                    config: 1,
                    brief: None,
                    tech_owner: None,
                    response_by: None,
                    amount: None,
                    custom_development: false,
                    intent: None,
                    feedback: later % 2 == 0,
                    feedback_at: (later % 4 == 0).then_some(at),
                    contact: None,
                    next_action: None,
                    next_date: (later % 3 == 0).then(|| at.date_naive()),
                    next_time: None,
                    note: None,
                    category: None,
                    flags: BTreeSet::new(),
                    extra: BTreeMap::new(),
                };
                write(tx, TouchId::derived(&format!("touch {n}")), &touch);
            }
            _ => {
                let evidence = Evidence {
                    author: person(1 + u8::from(later % 4 == 0)),
                    device: DeviceId::derived("phone"),
                    sha256: Hash::of(&[n, variant]),
                    size: 1,
                    mime: "application/pdf".into(),
                    source: "file".into(),
                    captured_at: now(),
                    claim: Hash::of(&[variant, n]),
                    unreadable: (later % 3 == 0).then(|| "pdf.truncated".into()),
                    flags: BTreeSet::new(),
                    consent: None,
                    look: None,
                    touch: None,
                    customer: None,
                    transcript: None,
                    stored_at: None,
                };
                write(tx, EvidenceId::derived(&format!("evidence {n} {variant}")), &evidence);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn made_anew_the_tables_are_the_same(writes in prop::collection::vec((0..4u8, 0..3u8, 0..3u8, 0..60i64), 1..40)) {
            let (_folder, store) = store();
            store
                .write(|tx| {
                    for one in writes {
                        apply(tx, one);
                    }
                    let before = dump(tx);
                    tx.set_meta("figures", b"of another version")?;
                    tx.keep_figures()?;
                    assert_eq!(dump(tx), before);
                    Ok(())
                })
                .unwrap();
        }
    }
}

//! What figures are counted from: the same facts as on the server, of what is on this phone.

use std::collections::BTreeSet;

use rusqlite::Row;
use serde_json::json;

use super::Tx;
use super::projection::record_id;
use chuda_record::Stage;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, PersonId};
use chuda_record::rules::metrics::{FeedbackFact, HoldingFact, LeadFact, SendingFact, Source, Span, TouchFact};
use chuda_record::time::{from_millis, to_millis};

impl Source for Tx<'_> {
    fn touches(&self, actions: Option<&[&str]>, span: Span) -> Result<Vec<TouchFact>> {
        self.0.all(
            "SELECT t.id, t.customer, t.person, t.at, t.action, t.draft = 0,
                (SELECT count(*) FROM touch_evidence te CROSS JOIN evidence e ON e.id = te.evidence
                 WHERE te.touch = t.id AND e.valid = 1 AND e.author = t.person)
             FROM records r JOIN touches t ON t.id = r.id
             WHERE r.kind = 'touch' AND r.at >= ?1 AND r.at < ?2 AND (?3 IS NULL OR t.action IN (SELECT value FROM json_each(?3)))",
            (to_millis(span.from), to_millis(span.until), actions.map(|actions| json!(actions).to_string())),
            |row| {
                Ok(TouchFact {
                    touch: record_id(row, 0)?.into(),
                    customer: record_id(row, 1)?.into(),
                    person: person(row, 2)?,
                    at: from_millis(row.get(3)?),
                    action: row.get(4)?,
                    counted: row.get(5)?,
                    valid_evidence: row.get(6)?,
                    quote: false,
                })
            },
        )
    }

    fn leads(&self, quoted: &[&str]) -> Result<Vec<LeadFact>> {
        let proven: Vec<&str> = Stage::ALL.into_iter().filter(|stage| *stage >= Stage::Quoted).map(Stage::as_str).collect();
        let found = self.0.all(
            "SELECT r.id, r.customer, json_extract(r.record, '$.holder'), l.claimed_at, json_extract(r.record, '$.invalid_at') IS NULL,
                (SELECT min(t.at) FROM touches t
                 WHERE t.customer = r.customer AND t.draft = 0 AND t.action IN (SELECT value FROM json_each(?1))),
                (SELECT min(k.at) FROM records k WHERE k.customer = r.customer AND k.kind = 'contract'),
                iif(json_extract(r.record, '$.stage') IN (SELECT value FROM json_each(?2)),
                    coalesce(json_extract(r.record, '$.corrected_at'), l.moved_at), NULL)
             FROM leads l JOIN records r USING (id) WHERE l.claimed_at IS NOT NULL",
            (json!(quoted).to_string(), json!(proven).to_string()),
            |row| {
                let holder: Option<String> = row.get(2)?;
                let Some(holder) = holder.and_then(|id| id.parse().ok()) else { return Ok(None) };
                let instants: [Option<i64>; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
                Ok(Some(LeadFact {
                    lead: record_id(row, 0)?.into(),
                    customer: record_id(row, 1)?.into(),
                    holder,
                    claimed_at: from_millis(row.get(3)?),
                    valid: row.get(4)?,
                    quoted_at: instants.into_iter().flatten().min().map(from_millis),
                }))
            },
        )?;
        Ok(found.into_iter().flatten().collect())
    }

    fn feedback(&self, customers: &BTreeSet<CustomerId>, span: Span) -> Result<Vec<FeedbackFact>> {
        let mut facts = Vec::new();
        for customer in customers {
            facts.extend(self.0.all(
                "SELECT * FROM (
                    SELECT coalesce(json_extract(record, '$.feedback_at'), t.at) AS at FROM records JOIN touches t USING (id)
                     WHERE records.customer = ?1 AND kind = 'touch' AND t.draft = 0 AND json_extract(record, '$.feedback') = 1
                    UNION ALL
                    SELECT at FROM records WHERE customer = ?1 AND kind = 'event' AND json_extract(record, '$.feedback') = 1
                 ) WHERE at >= ?2 AND at < ?3",
                (customer.as_bytes(), to_millis(span.from), to_millis(span.until)),
                |row| Ok(FeedbackFact { customer: *customer, at: from_millis(row.get(0)?) }),
            )?);
        }
        Ok(facts)
    }

    fn holdings(&self) -> Result<Vec<HoldingFact>> {
        self.0.all(
            "SELECT c.id, c.holder, coalesce((SELECT min(l.claimed_at) FROM leads l WHERE l.customer = c.id), c.created_at)
             FROM customers c WHERE c.closed = 0 AND c.holder IS NOT NULL",
            [],
            |row| {
                Ok(HoldingFact {
                    customer: record_id(row, 0)?.into(),
                    holder: person(row, 1)?,
                    from: from_millis(row.get(2)?),
                    until: None,
                })
            },
        )
    }

    fn sendings(&self, sent: &[&str], opened: &[&str], span: Span) -> Result<Vec<SendingFact>> {
        let found = self.0.all(
            "SELECT s.customer, json_extract(s.record, '$.author'), s.at,
                (SELECT min(o.at) FROM records o WHERE o.customer = s.customer AND o.kind = 'event'
                   AND json_extract(o.record, '$.event') IN (SELECT value FROM json_each(?4))
                   AND (json_extract(o.record, '$.thread') = json_extract(s.record, '$.thread')
                     OR json_extract(o.record, '$.touch') = json_extract(s.record, '$.touch')))
             FROM records s WHERE s.kind = 'event' AND s.at >= ?1 AND s.at < ?2
               AND json_extract(s.record, '$.event') IN (SELECT value FROM json_each(?3))",
            (to_millis(span.from), to_millis(span.until), json!(sent).to_string(), json!(opened).to_string()),
            |row| {
                let author: Option<String> = row.get(1)?;
                let Some(person) = author.and_then(|id| id.parse().ok()) else { return Ok(None) };
                Ok(Some(SendingFact {
                    customer: record_id(row, 0)?.into(),
                    person,
                    sent_at: from_millis(row.get(2)?),
                    opened_at: row.get::<_, Option<i64>>(3)?.map(from_millis),
                }))
            },
        )?;
        Ok(found.into_iter().flatten().collect())
    }
}

fn person(row: &Row<'_>, column: usize) -> rusqlite::Result<PersonId> {
    Ok(record_id(row, column)?.into())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::store::{Own, Store};
    use chuda_record::id::{DeviceId, RecordId, TouchId};
    use chuda_record::policy::Writer;
    use chuda_record::{Actor, Event, Origin};

    fn now() -> DateTime<Utc> {
        "2026-11-23T10:00:00Z".parse().unwrap()
    }

    fn hours(at: DateTime<Utc>) -> i64 {
        (at - now()).num_hours()
    }

    /// The server shows the same of the same events.
    #[test]
    fn an_opening_belongs_to_the_sending_of_its_thread_or_touch_and_an_answer_to_its_customer() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), [7; 32]).unwrap();
        let own = Own::new(Actor { device: DeviceId::derived("phone"), incarnation: 1 }, Writer::Server, now());
        let (rep, customer, other) =
            (PersonId::derived("李雷"), CustomerId::derived("杭州智联科技"), CustomerId::derived("佛山乐居"));
        let event = |key: &str, hours: i64, thread: Option<&str>, author: Option<PersonId>| Event {
            author,
            event: key.into(),
            customer,
            touch: None,
            at: now() + TimeDelta::hours(hours),
            system: "mail".into(),
            external_id: format!("{key} {hours}"),
            thread: thread.map(str::to_owned),
            feedback: key == "mail_received",
            origin: Origin { source: None, rule: None, config: None, because: None, created_at: now() },
        };
        let around = Span { from: now() - TimeDelta::days(1), until: now() + TimeDelta::days(2) };
        store
            .write(|tx| {
                let touch = Some(TouchId::derived("quote"));
                for event in [
                    event("mail_sent", 0, Some("one"), Some(rep)),
                    event("mail_sent", 1, Some("other"), Some(rep)),
                    Event { touch, ..event("mail_sent", 2, None, Some(rep)) },
                    Event { touch, ..event("mail_opened", 9, None, None) },
                    event("mail_sent", 3, Some("nobody's"), None),
                    event("mail_opened", 30, Some("one"), None),
                    event("attachment_downloaded", 20, Some("one"), None),
                    event("mail_received", 5, Some("other"), None),
                ] {
                    tx.create(&own, RecordId::derived(&event.external_id), &event)?;
                }
                let sendings = tx.sendings(&["mail_sent"], &["mail_opened", "attachment_downloaded"], around)?;
                let seen = sendings.iter().map(|one| (hours(one.sent_at), one.opened_at.map(hours), one.person == rep));
                assert_eq!(seen.collect::<Vec<_>>(), [(0, Some(20), true), (1, None, true), (2, Some(9), true)]);
                let answers = |customers: &[CustomerId], span| {
                    let answers = tx.feedback(&customers.iter().copied().collect(), span)?;
                    Ok::<_, chuda_record::Error>(answers.iter().map(|answer| hours(answer.at)).collect::<Vec<_>>())
                };
                assert_eq!((answers(&[customer, other], around)?, answers(&[other], around)?), (vec![5], vec![]));
                assert_eq!(answers(&[customer], Span { until: now() + TimeDelta::hours(5), ..around })?, [0; 0]);
                Ok(())
            })
            .unwrap();
    }
}

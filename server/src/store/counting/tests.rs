//! The tables of figures, made anew, and what is asked of them.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_kit::records;
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, LeadId, TouchId};
use chuda_record::rules::metrics::{Source as _, Span};
use chuda_record::{Error, Event, Origin, Record};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::ingest::Ingest;
use crate::store::Store;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("chuda.db")).unwrap();
    (folder, store)
}

fn write<T: Record>(tx: &Tx<'_>, id: impl Into<RecordId>, record: &T) {
    let mut ingest = Ingest::open(tx, now(), &[]).unwrap();
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
    Customer { holder: holder.map(person), closed, ..records::customer(person(0), "杭州智联科技", now()) }
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
        lines.extend(tx.sql.all(&sql, [], |row| row.get::<_, String>(0)).unwrap());
    }
    lines
}

fn apply(tx: &Tx<'_>, (what, n, variant, later): (u8, u8, u8, i64)) {
    let at = now() + TimeDelta::hours(later);
    match what {
        0 => write(tx, customer_id(n), &customer((variant > 0).then_some(variant), later % 3 == 0)),
        1 => {
            let lead = Lead {
                stage: Stage::ALL[usize::from(variant) + 2],
                moved_at: at,
                claimed_at: (later % 2 == 0).then_some(at),
                invalid_at: (later % 5 == 0).then_some(at),
                ..Lead::new(person(0), customer_id(n), (variant > 0).then_some(person(variant)), at)
            };
            write(tx, LeadId::derived(&format!("lead {n} {variant}")), &lead);
        }
        2 => {
            let named = (0..variant).map(|m| EvidenceId::derived(&format!("evidence {n} {m}"))).collect();
            // A touch is never at another time.
            let made = now() + TimeDelta::hours(n.into());
            let touch = Touch {
                evidence: named,
                feedback: later % 2 == 0,
                feedback_at: (later % 4 == 0).then_some(at),
                next_date: (later % 3 == 0).then(|| at.date_naive()),
                ..records::touch(person(1), customer_id(n), "demo", &[], made)
            };
            write(tx, TouchId::derived(&format!("touch {n}")), &touch);
        }
        _ => {
            let author = person(1 + u8::from(later % 4 == 0));
            let evidence = Evidence {
                claim: Hash::of(&[variant, n]),
                unreadable: (later % 3 == 0).then(|| "pdf.truncated".into()),
                ..records::evidence(author, DeviceId::derived("phone"), &[n, variant], "application/pdf", now())
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

//! The result layer (M1): which touch an outside event belongs to, and whether the customer opened within 24 h what was sent.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Config;
use super::metrics::{Outcome, SendingFact};
use crate::id::{RecordId, TouchId};
use crate::table::List;
use crate::{ContactMode, Event, Touch};

/// How far a mail and the touch that reports it are apart at most: it is written down before or after it is sent.
const APART: TimeDelta = TimeDelta::hours(24);

/// An event with its id.
pub type Seen = (RecordId, Event);

/// A touch with its id.
pub type Made = (TouchId, Touch);

/// Which touch each event of a customer belongs to: that of its thread, else the latest one before it with which something was sent.
/// A mail that was sent belongs to the nearest one. The answer does not depend on the order in which things arrived.
pub fn belong(config: &Config, events: &[Seen], touches: &[Made]) -> BTreeMap<RecordId, TouchId> {
    let mut sent: Vec<&Made> = touches.iter().filter(|(_, touch)| sends(config, touch)).collect();
    sent.sort_by_key(|(id, touch)| (touch.at, *id));
    let mut events: Vec<&Seen> = events.iter().collect();
    events.sort_by_key(|(id, event)| (event.at, *id));
    let mut threads: BTreeMap<(&str, &str), TouchId> = BTreeMap::new();
    let mut belong = BTreeMap::new();
    for (id, event) in events {
        let thread = event.thread.as_deref().map(|thread| (event.system.as_str(), thread));
        let known = thread.and_then(|thread| threads.get(&thread).copied());
        let by_time = || if is_sending(config, event) { nearest(&sent, event.at) } else { latest(&sent, event.at) };
        let Some(touch) = known.or_else(by_time) else { continue };
        belong.insert(*id, touch);
        if let Some(thread) = thread {
            threads.entry(thread).or_insert(touch);
        }
    }
    belong
}

/// Whether an event proves the touch it belongs to: a mail that went out at that time, an attachment that was downloaded.
pub fn proves(config: &Config, event: &Event, touch: &Touch) -> bool {
    let proof = config.events.iter().any(|option| option.key == event.event && option.evidence);
    proof && (!is_sending(config, event) || (event.at - touch.at).abs() <= APART)
}

/// What was sent with a touch, and when it was opened first. `None` where nobody can tell: nothing was mailed, and no event came.
pub fn sending<'e>(config: &Config, touch: &Touch, events: impl IntoIterator<Item = &'e Event>) -> Option<SendingFact> {
    let option = |event: &Event| config.events.iter().find(|option| option.key == event.event);
    let (mut sent_at, mut opened_at, mut seen) = (None, None, false);
    let first = |so_far: Option<DateTime<Utc>>, at| Some(so_far.map_or(at, |so_far| so_far.min(at)));
    for event in events {
        seen = true;
        if is_sending(config, event) {
            sent_at = first(sent_at, event.at);
        }
        if option(event).is_some_and(|option| option.opened) {
            opened_at = first(opened_at, event.at);
        }
    }
    let told = seen || touch.mode == ContactMode::Email;
    told.then(|| SendingFact { customer: touch.customer, person: touch.author, sent_at: sent_at.unwrap_or(touch.at), opened_at })
}

/// Whether it was opened in time after it was sent: within 24 h, unless the targets say otherwise.
pub fn opened<'e>(
    config: &Config,
    touch: &Touch,
    events: impl IntoIterator<Item = &'e Event>,
    now: DateTime<Utc>,
) -> Option<Outcome> {
    sending(config, touch, events).map(|sending| sending.outcome(config.targets.opened_hours, now))
}

/// Whether it was opened in time, as a word: `yes`, `no` or `pending`.
pub fn opened_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "yes",
        Outcome::Open => "pending",
        Outcome::Missed => "no",
    }
}

/// Whether something is sent with a touch that the customer can open.
pub fn sends(config: &Config, touch: &Touch) -> bool {
    let mut marked = config.actions.iter().filter(|option| option.sends);
    touch.mode == ContactMode::Email || marked.any(|option| config.is_part_of(List::Actions, &touch.action, &option.key))
}

fn is_sending(config: &Config, event: &Event) -> bool {
    config.events.iter().any(|option| option.key == event.event && option.sends)
}

fn latest(sent: &[&Made], at: DateTime<Utc>) -> Option<TouchId> {
    sent.iter().rev().find(|(_, touch)| touch.at <= at).map(|(id, _)| *id)
}

fn nearest(sent: &[&Made], at: DateTime<Utc>) -> Option<TouchId> {
    let before_or_soon = sent.iter().filter(|(_, touch)| touch.at <= at + APART);
    before_or_soon.min_by_key(|(_, touch)| (at - touch.at).abs()).map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::Origin;
    use crate::id::{CustomerId, EvidenceId, PersonId};
    use crate::time::from_millis;

    fn at(hours: i64) -> DateTime<Utc> {
        from_millis(1_772_000_000_000) + TimeDelta::hours(hours)
    }

    fn touch(number: u128, mode: ContactMode, action: &str, hours: i64) -> Made {
        let touch = Touch {
            evidence: [EvidenceId::derived("photo")].into(),
            ..Touch::new(
                PersonId::derived("李雷"),
                CustomerId::derived("杭州智联科技"),
                mode,
                action,
                at(hours),
                crate::time::DEFAULT_ZONE,
                1,
            )
        };
        (TouchId(uuid::Uuid::from_u128(number)), touch)
    }

    fn event(number: u128, word: &str, thread: Option<&str>, hours: i64) -> Seen {
        let origin = Origin { source: None, rule: None, config: None, because: None, created_at: at(hours) };
        let event = Event {
            author: None,
            event: word.into(),
            customer: CustomerId::derived("杭州智联科技"),
            touch: None,
            at: at(hours),
            system: "mail".into(),
            external_id: number.to_string(),
            thread: thread.map(str::to_owned),
            feedback: false,
            origin,
        };
        (RecordId(uuid::Uuid::from_u128(number)), event)
    }

    fn where_to(events: &[Seen], touches: &[Made]) -> Vec<Option<u128>> {
        let belong = belong(Config::builtin(), events, touches);
        events.iter().map(|(id, _)| belong.get(id).map(|touch| touch.0.as_u128())).collect()
    }

    #[test]
    fn an_event_follows_what_was_sent_and_its_thread_knows_better() {
        let touches = [
            touch(1, ContactMode::Email, "quote", 0),
            touch(2, ContactMode::Visit, "demo", 5),
            touch(3, ContactMode::Wechat, "send_material", 10),
        ];
        let events = [
            event(11, "mail_opened", None, -1),
            event(12, "mail_sent", Some("a"), 1),
            event(13, "attachment_opened", None, 6),
            event(14, "attachment_downloaded", None, 11),
            event(15, "mail_received", Some("a"), 12),
            event(16, "mail_received", Some("b"), 13),
        ];
        assert_eq!(where_to(&events, &touches), [None, Some(1), Some(1), Some(3), Some(1), Some(3)]);
    }

    #[test]
    fn a_mail_is_written_down_before_or_after_it_is_sent() {
        let touches = [touch(1, ContactMode::Email, "send_material", 0), touch(2, ContactMode::Email, "quote", 9)];
        let events = [event(11, "mail_sent", None, 1), event(12, "mail_sent", None, 8), event(13, "mail_sent", None, 200)];
        assert_eq!(where_to(&events, &touches), [Some(1), Some(2), Some(2)]);
        let proves = |event: &Seen, touch: &Made| proves(Config::builtin(), &event.1, &touch.1);
        assert!(proves(&events[0], &touches[0]) && proves(&events[1], &touches[1]));
        assert!(!proves(&events[2], &touches[1]), "a mail of another day proves nothing about this touch");
        assert!(proves(&event(14, "attachment_downloaded", None, 200), &touches[1]));
        assert!(!proves(&event(15, "mail_opened", None, 10), &touches[1]));
        // Nobody writes down today what is sent tomorrow night.
        assert_eq!(where_to(&[event(16, "mail_sent", None, -25)], &touches), [None]);
    }

    #[test]
    fn opened_within_a_day_counts_from_the_sending() {
        let outcome = |mode, events: &[Seen], now| {
            opened(Config::builtin(), &touch(1, mode, "quote", 0).1, events.iter().map(|(_, event)| event), at(now))
        };
        let (mail, visit) = (ContactMode::Email, ContactMode::Visit);
        assert_eq!(outcome(mail, &[], 24), Some(Outcome::Open));
        assert_eq!(outcome(mail, &[], 25), Some(Outcome::Missed));
        assert_eq!(outcome(visit, &[], 25), None, "nobody can tell");
        let sent = event(11, "mail_sent", None, 2);
        assert_eq!(outcome(visit, std::slice::from_ref(&sent), 26), Some(Outcome::Open));
        assert_eq!(outcome(visit, std::slice::from_ref(&sent), 27), Some(Outcome::Missed));
        assert_eq!(outcome(visit, &[sent.clone(), event(12, "mail_opened", None, 26)], 90), Some(Outcome::Met));
        assert_eq!(outcome(visit, &[sent, event(12, "attachment_downloaded", None, 27)], 90), Some(Outcome::Missed));
        assert_eq!(outcome(mail, &[event(12, "mail_received", None, 1)], 90), Some(Outcome::Missed), "an answer is no opening");
    }

    proptest! {
        #[test]
        fn no_order_of_arrival_changes_where_an_event_belongs(
            touches in proptest::collection::vec((0..3usize, -60..60i64), 0..6),
            events in proptest::collection::vec((0..4usize, 0..3usize, -60..60i64), 0..10),
            turn in any::<usize>(),
        ) {
            let touches: Vec<Made> = touches.into_iter().zip(1..).map(|((kind, hours), number)| {
                let (mode, action) = [(ContactMode::Email, "demo"), (ContactMode::Visit, "quote"), (ContactMode::Visit, "demo")][kind];
                touch(number, mode, action, hours)
            }).collect();
            let events: Vec<Seen> = events.into_iter().zip(100..).map(|((word, thread, hours), number)| {
                let word = ["mail_sent", "mail_opened", "mail_received", "call"][word];
                event(number, word, [None, Some("a"), Some("b")][thread], hours)
            }).collect();
            let expected = belong(Config::builtin(), &events, &touches);
            let (mut other_events, mut other_touches) = (events.clone(), touches.clone());
            other_events.rotate_left(turn % events.len().max(1));
            other_touches.rotate_right(turn % touches.len().max(1));
            other_events.reverse();
            prop_assert_eq!(&belong(Config::builtin(), &other_events, &other_touches), &expected);
            let sending: HashSet<TouchId> = touches.iter().filter(|(_, touch)| sends(Config::builtin(), touch)).map(|(id, _)| *id).collect();
            prop_assert!(expected.values().all(|touch| sending.contains(touch)));
        }
    }
}

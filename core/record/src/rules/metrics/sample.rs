//! Facts for tests: a small team and its customers around one moment, with instants at the very edges of days, weeks and windows.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{Facts, FeedbackFact, HoldingFact, LeadFact, SendingFact, TouchFact, Week};
use crate::id::{CustomerId, LeadId, PersonId, TouchId};

/// Monday the 23rd of November 2026, 18:00 in Shanghai; in week 48.
pub(super) fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

/// A person; 1 is 李雷, 2 is 韩梅.
pub(super) fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

/// A customer.
pub(super) fn customer(n: u128) -> CustomerId {
    CustomerId(Uuid::from_u128(n))
}

/// A touch with evidence, of which so many are valid.
pub(super) fn touch(customer_n: u128, person_n: u128, at: DateTime<Utc>, action: &str, valid_evidence: i64) -> TouchFact {
    TouchFact {
        touch: TouchId::derived(&format!("{customer_n}/{at}/{action}")),
        customer: customer(customer_n),
        person: person(person_n),
        at,
        action: action.to_owned(),
        counted: true,
        valid_evidence,
        quote: action == "quote",
    }
}

/// A quote with its PDF.
pub(super) fn quote(customer_n: u128, person_n: u128, at: DateTime<Utc>) -> TouchFact {
    touch(customer_n, person_n, at, "quote", 1)
}

/// A valid lead.
pub(super) fn lead(holder: u128, claimed_at: DateTime<Utc>, quoted_at: Option<DateTime<Utc>>) -> LeadFact {
    let lead = LeadId::derived(&format!("{holder}/{claimed_at}"));
    LeadFact { lead, customer: customer(1), holder: person(holder), claimed_at, valid: true, quoted_at }
}

/// Where the team works.
pub(super) const ZONE: Tz = Tz::Asia__Shanghai;

/// A week by its name.
pub(super) fn week(name: &str) -> Week {
    name.parse().unwrap()
}

/// So many of 李雷's leads, claimed on the Wednesday of a week, of which some were quoted the day after.
pub(super) fn claimed(name: &str, quoted: usize, all: usize) -> Vec<LeadFact> {
    let wednesday = week(name).span(ZONE).from + TimeDelta::hours(60);
    (0..all).map(|n| lead(1, wednesday, (n < quoted).then_some(wednesday + TimeDelta::days(1)))).collect()
}

/// A customer that somebody has had for years.
pub(super) fn holding(customer_n: u128, holder: u128) -> HoldingFact {
    HoldingFact { customer: customer(customer_n), holder: person(holder), from: now() - TimeDelta::days(900), until: None }
}

/// Zones with and without daylight saving, whole hours and not.
pub(super) fn zone() -> impl Strategy<Value = Tz> {
    select(vec![
        Tz::Asia__Shanghai,
        Tz::Europe__Berlin,
        Tz::America__New_York,
        Tz::Asia__Kolkata,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Apia,
        Tz::Africa__Cairo,
        Tz::UTC,
    ])
}

/// Instants of some three months around the moment: anywhere, at the edges of weeks, and at round distances from the moment.
pub(super) fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let anywhere = (-90 * 86_400_000..20 * 86_400_000i64).prop_map(|ms| now() + TimeDelta::milliseconds(ms));
    let edge = (zone(), -13..3i64, -1..=1i64)
        .prop_map(|(zone, weeks, ms)| Week::of(now(), zone).plus(weeks).span(zone).from + TimeDelta::milliseconds(ms));
    let round = (-60..10i64, -1..=1i64).prop_map(|(days, ms)| now() + TimeDelta::days(days) + TimeDelta::milliseconds(ms));
    prop_oneof![anywhere, edge, round]
}

/// What a team of four may have done.
pub(super) fn facts() -> impl Strategy<Value = Facts> {
    let action = select(vec!["send_material", "book_demo", "demo", "quote", "new_demand", "tech_question", "gone_option"]);
    let touch = (0..6u128, 0..4u128, instant(), action, 0..3i64, prop::bool::weighted(0.8)).prop_map(
        |(customer, person, at, action, valid_evidence, counted)| TouchFact {
            counted,
            ..touch(customer, person, at, action, valid_evidence)
        },
    );
    // Most answers come so long after one of the touches that they are near a deadline.
    let feedback = (0..60usize, 0..6u128, instant(), select(vec![0, 24, 71, 72, 72]), -1..=1i64);
    let lead = (0..4u128, instant(), prop::option::weighted(0.2, 0..40i64), prop::bool::weighted(0.8))
        .prop_map(|(holder, at, days, valid)| LeadFact { valid, ..lead(holder, at, days.map(|days| at + TimeDelta::days(days))) });
    let sending =
        (0..6u128, 0..4u128, instant(), prop::option::of((-1..30i64, -1..=1i64))).prop_map(|(to, by, sent_at, opened)| {
            let opened_at = opened.map(|(hours, ms)| sent_at + TimeDelta::hours(hours) + TimeDelta::milliseconds(ms));
            SendingFact { customer: customer(to), person: person(by), sent_at, opened_at }
        });
    // Each customer has a first holder, who may hand it to a second; either holding may end.
    let held = prop::option::of((0..4u128, 0..4u128, instant(), instant(), prop::option::of(instant())));
    let holdings = prop::collection::vec(held, 6).prop_map(|held| {
        let mut holdings = Vec::new();
        for (n, (first, second, a, b, end)) in held.into_iter().enumerate().filter_map(|(n, held)| Some((n as u128, held?))) {
            let (from, handed) = (a.min(b), a.max(b));
            holdings.push(HoldingFact { customer: customer(n), holder: person(first), from, until: Some(handed) });
            if end.is_none_or(|end| end > handed) {
                holdings.push(HoldingFact { customer: customer(n), holder: person(second), from: handed, until: end });
            }
        }
        holdings
    });
    let lists =
        (prop::collection::vec(touch, 0..40), prop::collection::vec(lead, 0..30), prop::collection::vec(feedback, 0..20), holdings);
    (lists, prop::collection::vec(sending, 0..20)).prop_map(|((touches, leads, feedback, holdings), sendings)| {
        let answer = |(n, someone, sometime, hours, ms): (usize, u128, DateTime<Utc>, i64, i64)| match touches.get(n) {
            Some(TouchFact { customer, at, .. }) => {
                FeedbackFact { customer: *customer, at: *at + TimeDelta::hours(hours) + TimeDelta::milliseconds(ms) }
            }
            None => FeedbackFact { customer: customer(someone), at: sometime },
        };
        let feedback = feedback.into_iter().map(answer).collect();
        Facts { touches, leads, feedback, holdings, sendings }
    })
}

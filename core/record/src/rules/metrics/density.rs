//! Touch density (D1): how many of the active customers are touched often enough, with something to show for it.
//!
//! It is a property of customers: whoever touched them, the touch counts, and the customer counts for its holder.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Facts, Ratio, Scope, TouchFact, Week};
use crate::id::{CustomerId, PersonId};
use crate::rules::config::Choice;

/// What makes a customer well touched; configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DensityRule {
    /// How far back touches count, in days of 24 hours.
    pub window_days: i64,
    /// How many touches there must be.
    pub touches: i64,
    /// How many of them must have valid evidence.
    pub with_evidence: i64,
}

/// Where one customer stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Touches in the window whose action counts for density.
    pub touches: i64,
    /// Those with valid evidence.
    pub with_evidence: i64,
}

impl Default for DensityRule {
    fn default() -> Self {
        Self { window_days: 30, touches: 2, with_evidence: 1 }
    }
}

impl DensityRule {
    /// Whether a customer counts as well touched.
    pub fn suffices(&self, standing: Standing) -> bool {
        standing.touches >= self.touches && standing.with_evidence >= self.with_evidence
    }

    /// Where the customers stand at an instant. One without a touch that counts is not among them.
    pub fn standings(&self, touches: &[TouchFact], options: &[Choice], at: DateTime<Utc>) -> BTreeMap<CustomerId, Standing> {
        let counting: BTreeSet<&str> =
            options.iter().filter(|option| option.counts_for_density).map(|option| option.key.as_str()).collect();
        let window = TimeDelta::try_days(self.window_days).unwrap_or(TimeDelta::MAX);
        let mut standings: BTreeMap<CustomerId, Standing> = BTreeMap::new();
        // A touch counts at its own instant, and no longer when exactly the window has passed: as for health.
        for touch in touches.iter().filter(|touch| touch.counted && touch.at <= at && at - touch.at < window) {
            if counting.contains(touch.action.as_str()) {
                let standing = standings.entry(touch.customer).or_default();
                standing.touches += 1;
                standing.with_evidence += i64::from(touch.valid_evidence > 0);
            }
        }
        standings
    }

    /// For each person who has an active customer, the share of these that are well touched at an instant.
    pub fn by_person(&self, facts: &Facts, options: &[Choice], at: DateTime<Utc>) -> BTreeMap<PersonId, Ratio> {
        let standings = self.standings(&facts.touches, options, at).into_iter();
        let well: HashSet<CustomerId> =
            standings.filter(|(_, standing)| self.suffices(*standing)).map(|(customer, _)| customer).collect();
        let mut shares: BTreeMap<PersonId, Ratio> = BTreeMap::new();
        for holding in facts.holdings.iter().filter(|holding| holding.holds(at)) {
            let share = shares.entry(holding.holder).or_insert(Ratio::new(0, 0));
            share.whole += 1;
            share.part += i64::from(well.contains(&holding.customer));
        }
        shares
    }

    /// The same at the end of each of some weeks, oldest first, of which this is the last. A running week is seen as of now.
    pub fn trend(
        &self,
        facts: &Facts,
        options: &[Choice],
        week: Week,
        weeks: u32,
        zone: Tz,
        now: DateTime<Utc>,
    ) -> Vec<(Week, BTreeMap<PersonId, Ratio>)> {
        let at_end = |week: Week| (week, self.by_person(facts, options, week.span(zone).last_moment(now)));
        week.last_of(weeks).map(at_end).collect()
    }
}

/// What some people have together: a customer is in one person's hands at a time, so shares add up. `None` when they have no customer.
pub(super) fn together(shares: &BTreeMap<PersonId, Ratio>, scope: &Scope) -> Option<Ratio> {
    let ours = shares.iter().filter(|(person, _)| scope.has(**person));
    let (part, whole) = ours.fold((0, 0), |(part, whole), (_, share)| (part + share.part, whole + share.whole));
    Ratio::some(part, whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Config;
    use crate::rules::metrics::sample::{customer, facts, holding, now, person, touch, zone};
    use crate::time::to_millis;

    const MS: TimeDelta = TimeDelta::milliseconds(1);

    fn options() -> &'static [Choice] {
        &Config::builtin().actions
    }

    fn share_of(rule: DensityRule, facts: &Facts, scope: &Scope, at: DateTime<Utc>) -> Option<Ratio> {
        together(&rule.by_person(facts, options(), at), scope)
    }

    /// One customer of 李雷's, and these touches: action, how long ago, valid evidence.
    fn share(touches: &[(&str, TimeDelta, i64)]) -> Ratio {
        let mut facts = Facts { holdings: vec![holding(1, 1)], ..Facts::default() };
        facts.touches = touches.iter().map(|(action, ago, valid)| touch(1, 1, now() - *ago, action, *valid)).collect();
        share_of(DensityRule::default(), &facts, &Scope::person(person(1)), now()).unwrap()
    }

    #[test]
    fn two_touches_of_which_one_proves_something() {
        let day = TimeDelta::days(1);
        let (yes, no) = (Ratio::new(1, 1), Ratio::new(0, 1));
        assert_eq!(share(&[("quote", day, 1), ("send_material", day, 0)]), yes);
        assert_eq!(share(&[("quote", day, 0), ("send_material", day, 0)]), no, "neither has valid evidence");
        assert_eq!(share(&[("demo", day, 3)]), no, "one touch with much evidence is one touch");
        assert_eq!(share(&[("demo", day, 1), ("book_demo", day, 1)]), no, "a booked demo does not count");
        assert_eq!(share(&[("demo", day, 1), ("no_such_option", day, 1)]), no);
        assert_eq!(share(&[]), no);
    }

    #[test]
    fn thirty_days_to_the_millisecond() {
        let month = TimeDelta::days(30);
        let touched = |ago| share(&[("demo", ago, 1), ("demo", TimeDelta::zero(), 1)]).part;
        assert_eq!([touched(month - MS), touched(month), touched(month + MS)], [1, 0, 0]);
        let touched = |ago| share(&[("demo", ago, 1), ("demo", TimeDelta::days(1), 1)]).part;
        assert_eq!([touched(TimeDelta::zero()), touched(-MS)], [1, 0], "a touch counts at once, one of the future does not");
    }

    #[test]
    fn drafts_and_closed_customers_are_left_out() {
        let mut facts = Facts { holdings: vec![holding(1, 1), holding(2, 1)], ..Facts::default() };
        facts.touches = vec![touch(1, 1, now(), "demo", 1), touch(1, 2, now(), "quote", 1)];
        let share = |facts: &Facts| share_of(DensityRule::default(), facts, &Scope::All, now());
        assert_eq!(share(&facts), Some(Ratio::new(1, 2)), "韩梅's touch of 李雷's customer counts for the customer");
        facts.holdings[1].until = Some(now());
        assert_eq!(share(&facts), Some(Ratio::new(1, 1)));
        facts.touches[0].counted = false;
        assert_eq!(share(&facts), Some(Ratio::new(0, 1)));
        facts.holdings.clear();
        assert_eq!(share(&facts), None);
    }

    #[test]
    fn a_trend_shows_each_week_as_it_ended() {
        // Week 46 ended on Sunday the 15th of November; the touches fall into week 47, of which the 23rd is past.
        let zone = Tz::Asia__Shanghai;
        let midnight: DateTime<Utc> = "2026-11-15T16:00:00Z".parse().unwrap();
        let mut facts = Facts { holdings: vec![holding(1, 1)], ..Facts::default() };
        facts.touches = vec![touch(1, 1, midnight, "demo", 1), touch(1, 1, midnight, "quote", 0)];
        let trend = |facts: &Facts, now| {
            let trend = DensityRule::default().trend(facts, options(), Week::of(now, zone), 3, zone, now);
            trend.into_iter().map(|(week, shares)| (week, together(&shares, &Scope::All))).collect::<Vec<_>>()
        };
        let shown = trend(&facts, now());
        let names: Vec<String> = shown.iter().map(|(week, _)| week.to_string()).collect();
        assert_eq!(names, ["2026-W46", "2026-W47", "2026-W48"]);
        assert_eq!(shown.iter().map(|(_, share)| share.unwrap().part).collect::<Vec<_>>(), [0, 1, 1]);
        assert_eq!(trend(&facts, midnight)[2].1, Some(Ratio::new(1, 1)), "the running week as of now");
        assert_eq!(trend(&facts, midnight - MS)[2].1, Some(Ratio::new(0, 1)));
        // Handed to nobody since: the past stays as it was.
        facts.holdings[0].until = Some(now());
        assert_eq!(trend(&facts, now()).iter().map(|(_, share)| share.is_some()).collect::<Vec<_>>(), [true, true, false]);
    }

    /// The definition, read aloud, for one customer.
    fn well_touched(rule: DensityRule, facts: &Facts, customer: CustomerId, at: i64) -> bool {
        let (mut valid, mut proven) = (0, 0);
        for touch in &facts.touches {
            let ago = at - to_millis(touch.at);
            let counts = ["send_material", "demo", "quote"].contains(&touch.action.as_str());
            if touch.customer == customer && touch.counted && counts && (0..rule.window_days * 24 * 60 * 60 * 1000).contains(&ago) {
                valid += 1;
                if touch.valid_evidence >= 1 {
                    proven += 1;
                }
            }
        }
        valid >= rule.touches && proven >= rule.with_evidence
    }

    fn slow(rule: DensityRule, facts: &Facts, people: &[PersonId], at: DateTime<Utc>) -> Option<Ratio> {
        let (mut active, mut good) = (0, 0);
        for n in 0..20 {
            let held = facts.holdings.iter().any(|h| {
                h.customer == customer(n)
                    && people.contains(&h.holder)
                    && at >= h.from
                    && (h.until.is_none() || at < h.until.unwrap())
            });
            if held {
                active += 1;
                good += i64::from(well_touched(rule, facts, customer(n), to_millis(at)));
            }
        }
        if active == 0 { None } else { Some(Ratio::new(good, active)) }
    }

    /// Mostly the default, so that its edges are met.
    fn rule() -> impl Strategy<Value = DensityRule> {
        let other = (1..60i64, 1..4i64, 1..3i64).prop_map(|(window_days, touches, with_evidence)| DensityRule {
            window_days,
            touches,
            with_evidence,
        });
        prop_oneof![Just(DensityRule::default()), other]
    }

    proptest! {
        #[test]
        fn the_share_is_that_of_the_definition(facts in facts(), days in -40..5i64, rule in rule()) {
            let at = now() + TimeDelta::days(days);
            let everybody: Vec<PersonId> = (0..5).map(person).collect();
            let pair = Scope::People([person(1), person(2)].into());
            prop_assert_eq!(share_of(rule, &facts, &Scope::All, at), slow(rule, &facts, &everybody, at));
            prop_assert_eq!(share_of(rule, &facts, &pair, at), slow(rule, &facts, &[person(1), person(2)], at));
            let each = rule.by_person(&facts, options(), at);
            for someone in everybody {
                prop_assert_eq!(each.get(&someone).copied(), slow(rule, &facts, &[someone], at));
            }
        }

        #[test]
        fn a_trend_is_the_share_at_each_sunday_midnight(facts in facts(), zone in zone()) {
            let everybody: Vec<PersonId> = (0..5).map(person).collect();
            let rule = DensityRule::default();
            let trend = rule.trend(&facts, options(), Week::of(now(), zone), 8, zone, now());
            prop_assert_eq!(trend.len(), 8);
            let mut monday = now().with_timezone(&zone).date_naive();
            while monday.format("%u").to_string() != "1" {
                monday = monday.pred_opt().unwrap();
            }
            for (week, shares) in trend.into_iter().rev() {
                prop_assert_eq!(week.monday(), monday);
                let mut at = crate::time::start_of_day(monday + chrono::Days::new(7), zone) - MS;
                if at > now() {
                    at = now();
                }
                prop_assert_eq!(together(&shares, &Scope::All), slow(rule, &facts, &everybody, at));
                monday = monday - chrono::Days::new(7);
            }
        }

        #[test]
        fn the_order_of_facts_and_one_more_touch_never_hurt(facts in facts(), extra in 0..20u128) {
            let rule = DensityRule::default();
            let before = share_of(rule, &facts, &Scope::All, now());
            let mut turned = facts.clone();
            turned.touches.reverse();
            turned.holdings.reverse();
            prop_assert_eq!(share_of(rule, &turned, &Scope::All, now()), before);
            turned.touches.push(touch(extra, 1, now(), "demo", 1));
            let after = share_of(rule, &turned, &Scope::All, now());
            prop_assert!(after.zip(before).is_none_or(|(after, before)| after.at_least(before)));
        }
    }
}

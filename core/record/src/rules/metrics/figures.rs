//! Everything that is counted of some people in a week (G1, G2, G3, D1, D2, M1): what a screen shows of a team and of each rep in it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::density::together;
use super::{Facts, Ratio, Scope, Tally, Watch, Week, Weekly, conversion, non_standard, openings};
use crate::Role;
use crate::id::{CustomerId, PersonId};
use crate::rules::Config;
use crate::rules::audience::{People, superiors};
use crate::rules::rule::Metric;
use crate::rules::targets::Judged;

/// So many weeks has a trend (D1).
pub const TREND: u32 = 8;

/// Whose figures are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Everybody whose work counts.
    pub scope: Scope,
    /// The reps among them, who have figures of their own.
    pub reps: BTreeSet<PersonId>,
    /// How many reps there are altogether: what they should bring together is shared among them.
    pub all_reps: usize,
}

/// The figures of a team in a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The week.
    pub week: Week,
    /// Whether it is over; a running week only grows.
    pub over: bool,
    /// Of all together.
    pub team: Line,
    /// Of each rep.
    pub people: BTreeMap<PersonId, Line>,
}

/// The figures of a person, or of some people together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The baselines of the week with their lights (G1, G2): leads, touches per customer, feedback.
    pub baselines: [Judged; 3],
    /// Touch density at the end of each of the last weeks, oldest first (D1); the last is that of the week.
    pub density: Vec<(Week, Option<Ratio>)>,
    /// Conversion of valid leads (G3).
    pub conversion: Option<Ratio>,
    /// How many weeks in a row it has been too low, where a rule watches it.
    pub low_weeks: u32,
    /// Whether so many call for help.
    pub needs_help: bool,
    /// How often each action outside the standard was used (D2).
    pub non_standard: BTreeMap<String, i64>,
    /// What became of the mails and attachments that were sent (M1).
    pub opened: Tally,
}

impl Team {
    /// Someone with everybody below; without one, everybody.
    pub fn of(people: &People, top: Option<PersonId>) -> Self {
        let reps = || people.iter().filter(|(_, person)| !person.left && person.roles.contains(&Role::Rep)).map(|(id, _)| *id);
        let all_reps = reps().count();
        let Some(top) = top else { return Self { scope: Scope::All, reps: reps().collect(), all_reps } };
        let below = people.keys().copied().filter(|person| superiors(*person, people).contains(&top));
        let scope = Scope::People(below.chain([top]).collect());
        Self { reps: reps().filter(|rep| scope.has(*rep)).collect(), scope, all_reps }
    }
}

impl Figures {
    /// Counts a week as of `now`.
    pub fn of(config: &Config, facts: &Facts, team: &Team, week: Week, now: DateTime<Utc>) -> Self {
        let zone = config.calendar.zone;
        let density = config.targets.density.trend(facts, &config.actions, week, TREND, zone, now);
        let line = |facts: &Facts, scope: &Scope, reps: usize| Line::of(config, facts, scope, &density, team.part(reps), week, now);
        let mut of_people = facts.by_person();
        let mut own = |rep: PersonId| line(&of_people.remove(&rep).unwrap_or_default(), &Scope::person(rep), 1);
        Self {
            week,
            over: week.span(zone).until <= now,
            people: team.reps.iter().map(|rep| (*rep, own(*rep))).collect(),
            team: line(facts, &team.scope, team.reps.len()),
        }
    }
}

impl Team {
    /// What part of all reps so many are.
    fn part(&self, reps: usize) -> Ratio {
        Ratio::new(reps as i64, self.all_reps.max(1) as i64)
    }
}

impl Line {
    fn of(
        config: &Config,
        facts: &Facts,
        scope: &Scope,
        density: &[(Week, BTreeMap<PersonId, Ratio>)],
        part: Ratio,
        week: Week,
        now: DateTime<Utc>,
    ) -> Self {
        let (zone, targets) = (config.calendar.zone, &config.targets);
        let span = week.span(zone);
        let weekly = Weekly::of(facts, span, scope, targets.weekly.feedback_hours, now);
        let watch = Watch::first(config, Metric::Conversion);
        let low = watch.map_or(0, |watch| watch.row(facts, scope, week).len());
        Self {
            baselines: targets.judge(week, &weekly, part),
            density: density.iter().map(|(week, shares)| (*week, together(shares, scope))).collect(),
            conversion: conversion(&facts.leads, scope, week, targets.conversion_over_weeks, zone),
            low_weeks: u32::try_from(low).unwrap_or(u32::MAX),
            needs_help: watch.is_some_and(|watch| watch.calls_for_help(low)),
            non_standard: non_standard(&facts.touches, &config.actions, span, scope),
            opened: openings(&facts.sendings, span, scope, targets.opened_hours, now),
        }
    }
}

impl Facts {
    /// What each person's weeks are made from, without holdings: with each the own touches, leads and sendings, and the answers of the
    /// customers that the person quoted.
    pub fn by_person(&self) -> BTreeMap<PersonId, Self> {
        let mut all: BTreeMap<PersonId, Self> = BTreeMap::new();
        let mut quoting: BTreeMap<CustomerId, BTreeSet<PersonId>> = BTreeMap::new();
        for touch in &self.touches {
            all.entry(touch.person).or_default().touches.push(touch.clone());
            if touch.quote {
                quoting.entry(touch.customer).or_default().insert(touch.person);
            }
        }
        for lead in &self.leads {
            all.entry(lead.holder).or_default().leads.push(*lead);
        }
        for sending in &self.sendings {
            all.entry(sending.person).or_default().sendings.push(*sending);
        }
        for answer in &self.feedback {
            for person in quoting.get(&answer.customer).into_iter().flatten() {
                all.entry(*person).or_default().feedback.push(*answer);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::Person;
    use crate::rules::metrics::sample::{ZONE, facts, holding, lead, now, person, touch, week, zone};

    /// 韩梅 (2) leads 李雷 (0) and 王芳 (1); 赵强 (3) has nobody above.
    fn people() -> People {
        let one = |n: u128, role, reports_to: Option<u128>| {
            let reports_to = reports_to.map(person);
            (person(n), Person { name: n.to_string(), roles: [role].into(), reports_to, zone: ZONE, left: false })
        };
        [one(0, Role::Rep, Some(2)), one(1, Role::Rep, Some(2)), one(2, Role::Supervisor, None), one(3, Role::Rep, None)].into()
    }

    #[test]
    fn a_team_is_someone_with_everybody_below() {
        let mut people = people();
        let team = |people: &People, n: u128| Team::of(people, Some(person(n)));
        let reps = |team: &Team| team.reps.iter().copied().collect::<Vec<_>>();
        assert_eq!((reps(&team(&people, 2)), team(&people, 2).all_reps), (vec![person(0), person(1)], 3));
        assert_eq!(reps(&team(&people, 0)), [person(0)]);
        assert_eq!(Team::of(&people, None).reps.len(), 3);
        people.get_mut(&person(1)).unwrap().left = true;
        assert_eq!((reps(&team(&people, 2)), team(&people, 2).all_reps), (vec![person(0)], 2));
        assert!(team(&people, 2).scope.has(person(1)), "what somebody did who has left is still the team's");
    }

    #[test]
    fn a_rep_owes_the_own_share_of_the_leads_and_a_team_that_of_its_reps() {
        let facts = Facts {
            leads: (0..30).map(|n| lead(0, now() - TimeDelta::minutes(n), None)).collect(),
            touches: vec![touch(1, 0, now(), "custom_comparison", 1)],
            holdings: vec![holding(1, 0), holding(2, 1)],
            ..Facts::default()
        };
        let figures = Figures::of(Config::builtin(), &facts, &Team::of(&people(), Some(person(2))), week("2026-W48"), now());
        let leads = |line: &Line| line.baselines[0].sum.clone();
        assert_eq!(leads(&figures.team), "30 / (160 / 3) = 56.2 %");
        assert_eq!(leads(&figures.people[&person(0)]), "30 / (80 / 3) = 112.5 %");
        assert_eq!(figures.people.keys().copied().collect::<Vec<_>>(), [person(0), person(1)]);
        assert_eq!(figures.people[&person(0)].non_standard["custom_comparison"], 1);
        assert_eq!(figures.team.density.last().unwrap().1, Some(Ratio::new(0, 2)));
        assert_eq!((figures.team.low_weeks, figures.team.needs_help, figures.over), (1, false, false));
    }

    proptest! {
        #[test]
        fn a_rep_has_the_figures_of_a_team_of_one_and_a_team_what_its_people_have(facts in facts(), zone in zone(), back in 0..9i64) {
            let mut config = Config::builtin().clone();
            config.calendar.zone = zone;
            let week = Week::of(now(), zone).plus(-back);
            let figures = |top: Option<u128>| {
                Figures::of(&config, &facts, &Team::of(&people(), top.map(person)), week, now())
            };
            let (all, team) = (figures(None), figures(Some(2)));
            for n in [0, 1, 3] {
                let alone = figures(Some(n));
                prop_assert_eq!(&alone.team, &all.people[&person(n)]);
                prop_assert_eq!(Some(&alone.team), alone.people.get(&person(n)));
            }
            prop_assert_eq!(&team.people[&person(1)], &all.people[&person(1)]);
            // Density by the definition, of the whole team.
            for (week, share) in &team.team.density {
                let at = week.span(zone).last_moment(now());
                let scope = Scope::People([0, 1, 2].map(person).into());
                prop_assert_eq!(*share, together(&config.targets.density.by_person(&facts, &config.actions, at), &scope));
            }
            prop_assert_eq!(team.team.density.len(), TREND as usize);
        }
    }
}

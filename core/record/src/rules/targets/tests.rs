//! Baselines, goals broken down to weeks, and lights, by hand and as laws.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::rules::metrics::Tally;

fn week(name: &str) -> Week {
    name.parse().unwrap()
}

fn with(goals: &[(&str, Goal)]) -> Targets {
    let goals = goals.iter().map(|(period, goal)| PeriodGoal { period: period.parse().unwrap(), goal: *goal }).collect();
    Targets { goals, ..Targets::default() }
}

fn counted(leads: i64, touches: i64, customers: i64, met: i64, missed: i64) -> Weekly {
    Weekly { leads, touches, customers, feedback: Tally { met, open: 0, missed }, over: true }
}

fn judged(weekly: &Weekly) -> [Judged; 3] {
    Targets::default().judge(week("2026-W47"), weekly, Ratio::new(1, 1))
}

/// Leads of each week of a period.
fn leads(targets: &Targets, period: &str) -> Vec<i64> {
    targets.breakdown(Metric::Leads, period.parse().unwrap()).iter().map(|(_, ratio)| ratio.part / ratio.whole).collect()
}

#[test]
fn a_week_is_shown_with_its_sums() {
    let shown = judged(&counted(68, 319, 100, 13, 7)).map(|judged| (judged.light.unwrap(), judged.sum));
    assert_eq!(
        shown,
        [
            (Light::Yellow, "68 / 80 = 85.0 %".to_owned()),
            (Light::Yellow, "319 / 100 / 3.2 = 99.6 %".to_owned()),
            (Light::Green, "13 / 20 / 65 % = 100.0 %".to_owned()),
        ]
    );
    let [_, touches, feedback] = judged(&counted(0, 0, 0, 0, 0));
    assert_eq!((touches.light, touches.sum.as_str()), (Some(Light::Red), "0 / 1 / 3.2 = 0.0 %"));
    assert_eq!((feedback.light, feedback.ratio, feedback.sum.as_str()), (None, None, "– / 65 % = –"), "no quote, no verdict");
}

#[test]
fn exactly_the_threshold_is_enough() {
    let light = |leads| judged(&counted(leads, 0, 0, 0, 0))[0].light.unwrap();
    assert_eq!(
        [81, 80, 79, 64, 63, 0].map(light),
        [Light::Green, Light::Green, Light::Yellow, Light::Yellow, Light::Red, Light::Red]
    );
    let light = |touches, customers| judged(&counted(0, touches, customers, 0, 0))[1].light.unwrap();
    assert_eq!(
        [light(16, 5), light(3199, 1000), light(256, 100), light(2559, 1000)],
        [Light::Green, Light::Yellow, Light::Yellow, Light::Red]
    );
    let light = |met, missed| judged(&counted(0, 0, 0, met, missed))[2].light.unwrap();
    assert_eq!(
        [light(65, 35), light(649, 351), light(52, 48), light(519, 481)],
        [Light::Green, Light::Yellow, Light::Yellow, Light::Red]
    );
}

#[test]
fn a_team_owes_the_leads_of_its_people_and_the_same_averages() {
    let judged = Targets::default().judge(week("2026-W47"), &counted(10, 32, 10, 0, 0), Ratio::new(8, 63));
    assert_eq!((judged[0].light, judged[0].sum.as_str()), (Some(Light::Yellow), "10 / (640 / 63) = 98.4 %"));
    assert_eq!(judged[1].light, Some(Light::Green));
    let judged = Targets::default().judge(week("2026-W47"), &counted(11, 0, 0, 0, 0), Ratio::new(8, 63));
    assert_eq!(judged[0].light, Some(Light::Green));
    let owes_nothing = Targets::default().judge(week("2026-W47"), &counted(0, 0, 0, 0, 0), Ratio::new(0, 63));
    assert_eq!((owes_nothing[0].light, owes_nothing[0].ratio), (Some(Light::Green), None));
}

#[test]
fn goals_break_down_to_whole_leads_of_weeks() {
    let targets = with(&[("2026", Goal::Leads(4240))]);
    assert_eq!(leads(&targets, "2026"), [80; 53], "a year of 53 weeks");
    let targets = with(&[("2024-Q1", Goal::Leads(100))]);
    assert_eq!(leads(&targets, "2024-Q1"), [7, 8, 8, 7, 8, 8, 7, 8, 8, 7, 8, 8, 8]);
    assert_eq!(leads(&targets, "2024-Q2"), [80; 13], "no goal, the weekly baseline");
    assert_eq!(leads(&with(&[("2025", Goal::Leads(30))]), "2025").iter().sum::<i64>(), 30, "less than one a week");
    // The quarter has its own, the rest of the year shares what is left.
    let targets = with(&[("2026", Goal::Leads(1000)), ("2026-Q4", Goal::Leads(609))]);
    targets.check().unwrap();
    assert_eq!((leads(&targets, "2026-Q4").iter().sum::<i64>(), leads(&targets, "2026").iter().sum::<i64>()), (609, 1000));
    assert_eq!((leads(&targets, "2026-Q1"), leads(&targets, "2026-Q3").iter().sum()), (vec![10; 13], 131));
}

#[test]
fn averages_and_shares_hold_in_each_week_of_their_period() {
    let goals = [
        ("2026", Goal::Feedback(Ratio::percent(70))),
        ("2026-Q2", Goal::Feedback(Ratio::percent(75))),
        ("2026-Q2", Goal::TouchesPerCustomer(Ratio::new(4, 1))),
    ];
    let targets = with(&goals);
    targets.check().unwrap();
    let at = |metric, name| targets.baseline(metric, week(name));
    assert_eq!(at(Metric::Feedback, "2026-W14"), Ratio::percent(75), "Thursday the 2nd of April");
    assert_eq!(at(Metric::Feedback, "2026-W13"), Ratio::percent(70));
    assert_eq!(at(Metric::Feedback, "2025-W52"), Ratio::percent(65));
    assert_eq!(
        [at(Metric::TouchesPerCustomer, "2026-W14"), at(Metric::TouchesPerCustomer, "2026-W13")],
        [Ratio::new(4, 1), Ratio::new(32, 10)]
    );
}

#[test]
fn a_week_that_straddles_belongs_where_its_thursday_lies() {
    let quarter = |day: &str| Period::quarter_of(Week::containing(day.parse().unwrap())).to_string();
    assert_eq!([quarter("2026-12-31"), quarter("2027-01-01"), quarter("2027-01-04")], ["2026-Q4", "2026-Q4", "2027-Q1"]);
    assert_eq!([quarter("2024-12-30"), quarter("2024-12-29")], ["2025-Q1", "2024-Q4"]);
    assert_eq!([quarter("2026-03-30"), quarter("2026-06-29"), quarter("2026-10-01")], ["2026-Q2", "2026-Q3", "2026-Q4"]);
    let weeks = |period: &str| period.parse::<Period>().unwrap().weeks().len();
    assert_eq!([weeks("2024"), weeks("2025"), weeks("2026"), weeks("2028"), weeks("2032")], [52, 52, 53, 52, 53]);
    assert_eq!([weeks("2026-Q1"), weeks("2026-Q2"), weeks("2026-Q3"), weeks("2026-Q4")], [13, 13, 13, 14]);
    assert_eq!([Period::Year(i32::MAX).weeks(), Period::Quarter(2026, 9).weeks(), Period::Quarter(2026, 0).weeks()], [[]; 3]);
}

#[test]
fn the_defaults_are_the_ones_that_were_agreed() {
    let targets = Targets::default();
    targets.check().unwrap();
    let text = serde_json::to_value(&targets).unwrap();
    assert_eq!(
        text,
        serde_json::json!({
            "weekly": {
                "leads": 80,
                "touches_per_customer": { "part": 32, "whole": 10 },
                "feedback": { "part": 65, "whole": 100 },
                "feedback_hours": 72,
            },
            "lights": { "green": { "part": 100, "whole": 100 }, "yellow": { "part": 80, "whole": 100 } },
            "conversion_over_weeks": 4,
            "density": { "window_days": 30, "touches": 2, "with_evidence": 1 },
            "opened_hours": 24,
            "goals": [],
        })
    );
    assert_eq!(serde_json::from_value::<Targets>(text).unwrap(), targets);
    assert_eq!(serde_json::from_str::<Targets>("{}").unwrap(), targets);
    let goals = r#"{ "goals": [{ "period": "2026-Q3", "goal": { "leads": 1040 } }, { "period": "2026", "goal": { "feedback": { "part": 7, "whole": 10 } } }] }"#;
    let read = serde_json::from_str::<Targets>(goals).unwrap();
    assert_eq!(read.goals, with(&[("2026-Q3", Goal::Leads(1040)), ("2026", Goal::Feedback(Ratio::new(7, 10)))]).goals);
    for wrong in [
        r#"{ "weekley": {} }"#,
        r#"{ "weekly": { "leads": 80.5 } }"#,
        r#"{ "weekly": { "calls": 80 } }"#,
        r#"{ "goals": [{ "period": "2026-Q5", "goal": { "leads": 1 } }] }"#,
        r#"{ "goals": [{ "period": "2026-Q03", "goal": { "leads": 1 } }] }"#,
        r#"{ "goals": [{ "period": "1999", "goal": { "leads": 1 } }] }"#,
        r#"{ "goals": [{ "period": "2026", "goal": { "call_minutes": 1 } }] }"#,
    ] {
        assert!(serde_json::from_str::<Targets>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn targets_that_cannot_be_worked_with_are_refused_by_name() {
    let refused = |change: fn(&mut Targets)| {
        let mut targets = Targets::default();
        change(&mut targets);
        match targets.check() {
            Err(TargetsError::OutOfRange(error)) => error.field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|t| t.weekly.leads = 0), "weekly.leads");
    assert_eq!(refused(|t| t.weekly.leads = i64::MAX), "weekly.leads");
    assert_eq!(refused(|t| t.weekly.touches_per_customer.whole = 0), "weekly.touches_per_customer");
    assert_eq!(refused(|t| t.weekly.touches_per_customer.part = -32), "weekly.touches_per_customer");
    assert_eq!(refused(|t| t.weekly.feedback = Ratio::percent(101)), "weekly.feedback");
    assert_eq!(refused(|t| t.weekly.feedback_hours = 8785), "weekly.feedback_hours");
    assert_eq!(refused(|t| t.lights.green = Ratio::percent(79)), "lights.yellow");
    assert_eq!(refused(|t| t.lights.yellow = Ratio::percent(0)), "lights.yellow");
    assert_eq!(refused(|t| t.conversion_over_weeks = 0), "conversion_over_weeks");
    assert_eq!(refused(|t| t.conversion_over_weeks = 53), "conversion_over_weeks");
    assert_eq!(refused(|t| t.density.window_days = 367), "density.window_days");
    assert_eq!(refused(|t| t.density.with_evidence = 3), "density.with_evidence");
    assert_eq!(refused(|t| t.opened_hours = -24), "opened_hours");
    assert_eq!(refused(|t| *t = with(&[("2026", Goal::Leads(0))])), "goals.leads");

    let error = Error::from(Targets { opened_hours: 0, ..Targets::default() }.check().unwrap_err());
    assert_eq!(error.to_string(), "config.out_of_range field=opened_hours least=1 most=8784");
}

#[test]
fn goals_that_contradict_each_other_are_refused() {
    let twice = with(&[("2026", Goal::Leads(1)), ("2026", Goal::Feedback(Ratio::percent(70))), ("2026", Goal::Leads(2))]);
    assert!(matches!(twice.check(), Err(TargetsError::Twice { metric: Metric::Leads, .. })));
    let quarters = |goals: [i64; 4], year: i64| {
        let mut targets = with(&[("2026", Goal::Leads(year))]);
        for (period, goal) in Period::Year(2026).quarters().zip(goals).filter(|(_, goal)| *goal > 0) {
            targets.goals.push(PeriodGoal { period, goal: Goal::Leads(goal) });
        }
        targets.check()
    };
    assert_eq!(quarters([10, 20, 30, 40], 100), Ok(()));
    assert_eq!(quarters([10, 20, 30, 0], 60), Ok(()));
    assert_eq!(quarters([10, 20, 30, 0], 59), Err(TargetsError::QuartersAndYear { year: 2026, quarters: 60, goal: 59 }));
    assert_eq!(quarters([10, 20, 30, 39], 100), Err(TargetsError::QuartersAndYear { year: 2026, quarters: 99, goal: 100 }));
    let many = Targets { goals: vec![twice.goals[0]; MOST_GOALS + 1], ..Targets::default() };
    assert_eq!(many.check(), Err(TargetsError::TooMany { most: MOST_GOALS }));
}

/// The weeks of some months: walks through the calendar and takes each Thursday.
fn thursdays(year: i32, months: std::ops::RangeInclusive<u32>) -> Vec<NaiveDate> {
    let mut day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let mut found = Vec::new();
    while day.year() == year {
        if day.weekday() == Weekday::Thu && months.contains(&day.month()) {
            found.push(day);
        }
        day = day + Days::new(1);
    }
    found
}

proptest! {
    #[test]
    fn weeks_of_a_period_are_the_thursdays_of_the_calendar(year in 1990..2100i32) {
        let found = |period: Period| period.weeks().into_iter().map(Week::thursday).collect::<Vec<_>>();
        prop_assert_eq!(found(Period::Year(year)), thursdays(year, 1..=12));
        for quarter in 1..=4 {
            prop_assert_eq!(found(Period::Quarter(year, quarter)), thursdays(year, quarter * 3 - 2..=quarter * 3));
        }
        let last = NaiveDate::from_ymd_opt(year, 12, 28).unwrap();
        prop_assert_eq!(Period::Year(year).weeks().len(), last.iso_week().week() as usize);
    }

    #[test]
    fn a_breakdown_is_even_and_adds_up_exactly(
        year in 2000..2100i32,
        goal in 1..50_000i64,
        parts in prop::collection::vec(prop::option::of(0..30i64), 4),
    ) {
        // Some quarters have goals, which take up to 90 % of the year's between three of them.
        let mut targets = Targets { goals: vec![PeriodGoal { period: Period::Year(year), goal: Goal::Leads(goal) }], ..Targets::default() };
        for (quarter, part) in (1..).zip(parts.iter().take(3)) {
            if let Some(leads) = part.map(|part| goal * part / 100).filter(|leads| *leads > 0) {
                targets.goals.push(PeriodGoal { period: Period::Quarter(year, quarter), goal: Goal::Leads(leads) });
            }
        }
        prop_assert_eq!(targets.check(), Ok(()));
        let all = leads(&targets, &year.to_string());
        prop_assert_eq!(all.iter().sum::<i64>(), goal);
        let mut free = Vec::new();
        for quarter in 1..=4 {
            let period = Period::Quarter(year, quarter);
            let weeks = leads(&targets, &period.to_string());
            match targets.leads_goal(period) {
                Some(goal) => {
                    prop_assert_eq!(weeks.iter().sum::<i64>(), goal);
                    prop_assert!(weeks.iter().max().unwrap() - weeks.iter().min().unwrap() <= 1);
                }
                None => free.extend(weeks),
            }
        }
        prop_assert!(free.iter().max().unwrap() - free.iter().min().unwrap() <= 1);
        // Spread in time too: no stretch from the beginning is a whole lead behind or ahead.
        let total: i64 = free.iter().sum();
        let mut so_far = 0;
        for (n, leads) in (1..).zip(&free) {
            so_far += leads;
            let fair = total * n;
            prop_assert!(so_far * free.len() as i64 <= fair && fair < (so_far + 1) * free.len() as i64);
        }
    }

    #[test]
    fn a_light_is_that_of_percentages_by_hand(
        leads in 0..400i64,
        baseline in 1..300i64,
        yellow in 1..100i64,
        more in 0..50i64,
        people in select(vec![(1, 1), (8, 63), (1, 63)]),
    ) {
        let green = yellow + more;
        let mut targets = Targets { lights: Thresholds { green: Ratio::percent(green), yellow: Ratio::percent(yellow) }, ..Targets::default() };
        targets.weekly.leads = baseline;
        prop_assert_eq!(targets.check(), Ok(()));
        let [judged, _, _] = targets.judge(week("2026-W47"), &counted(leads, 0, 0, 0, 0), Ratio::new(people.0, people.1));
        // Leads per hundred of what these people owe.
        let (have, owe) = (leads * people.1 * 100, baseline * people.0);
        let expected = if have >= green * owe { Light::Green } else if have >= yellow * owe { Light::Yellow } else { Light::Red };
        prop_assert_eq!(judged.light, Some(expected));
        let percent = format!(" = {}.{} %", have / owe, have * 10 / owe % 10);
        prop_assert!(judged.sum.ends_with(&percent), "{}, not{}", judged.sum, percent);
    }

    #[test]
    fn whatever_passes_the_check_can_be_worked_with(
        leads: i64,
        a: i64,
        b: i64,
        year: i32,
        counts in prop::array::uniform5(0..i64::from(u32::MAX)),
    ) {
        let goal = |period, goal| PeriodGoal { period, goal };
        let goals = vec![
            goal(Period::Year(year), Goal::Leads(leads)),
            goal(Period::Quarter(2026, 4), Goal::Leads(b)),
            goal(Period::Quarter(2026, 4), Goal::Feedback(Ratio::new(a, b))),
        ];
        let mut targets = Targets { goals, ..Targets::default() };
        targets.weekly.leads = leads;
        targets.weekly.touches_per_customer = Ratio::new(a, b);
        let _ = targets.check();
        let [leads, touches, customers, met, missed] = counts;
        let judged = targets.judge(week("2026-W47"), &counted(leads, touches, customers, met, missed), Ratio::new(a, b));
        prop_assert!(judged.iter().all(|judged| !judged.sum.is_empty()));
        let _ = targets.breakdown(Metric::Leads, Period::Year(year));
    }
}

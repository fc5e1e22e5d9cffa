//! What is aimed at, and how near it is (G1, G2): baselines of a week, goals of a year or quarter broken down to weeks, and lights.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use chuda_words::Word;
use serde::{Deserialize, Serialize};

use super::metrics::{DensityRule, Ratio, Week, Weekly};
use super::range::{OutOfRange, ratio, whole};
use crate::error::Error;

/// Most goals of years and quarters.
const MOST_GOALS: usize = 200;
/// Most hours that something is waited for: a year.
const MOST_HOURS: i64 = 8_784;
/// Most leads of a year.
const MOST_LEADS: i64 = 1_000_000_000;

/// Everything that is aimed at; configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Targets {
    /// What a week should bring, unless its year or quarter has a goal.
    pub weekly: Baselines,
    /// When a light is green, yellow or red (G2).
    pub lights: Thresholds,
    /// The leads of so many weeks, up to the end of the week in question, count for its conversion. What is too low, and for how
    /// long, a weekly rule says (G3).
    pub conversion_over_weeks: u32,
    /// When a customer counts as well touched (D1).
    pub density: DensityRule,
    /// Within how many calendar hours something sent should be opened (M1).
    pub opened_hours: i64,
    /// Goals of years and quarters, which break down to weeks.
    pub goals: Vec<PeriodGoal>,
}

/// What a week should bring (G1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Baselines {
    /// New valid leads of everybody together.
    pub leads: i64,
    /// Touches per customer that was touched.
    pub touches_per_customer: Ratio,
    /// Share of quotes that the customer answers in time.
    pub feedback: Ratio,
    /// What in time means, in calendar hours.
    pub feedback_hours: i64,
}

/// From which part of the baseline on a light is green or yellow (G2). Exactly that much is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Green from here.
    pub green: Ratio,
    /// Yellow from here, red below.
    pub yellow: Ratio,
}

/// A goal of a year or quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodGoal {
    /// Of which year or quarter. A quarter's goal stands before its year's.
    pub period: Period,
    /// What.
    pub goal: Goal,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// So many new valid leads in the whole period: its weeks get whole numbers that add up to exactly this.
    Leads(i64),
    /// So many touches per customer in each of its weeks.
    TouchesPerCustomer(Ratio),
    /// Such a share of answered quotes in each of its weeks.
    Feedback(Ratio),
}

/// A year or a quarter. A week belongs to the one its Thursday lies in, as ISO 8601 has it. Written as `2026` or `2026-Q3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// A year.
    Year(i32),
    /// A quarter, 1 to 4, of a year.
    Quarter(i32, u32),
}

/// What is judged against a baseline (G1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// New valid leads.
    Leads,
    /// Average touches per customer.
    TouchesPerCustomer,
    /// Customer feedback in time after a quote.
    Feedback,
}

/// How near the baseline (G2). Never shown as a colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 达标.
    Green,
    /// 接近.
    Yellow,
    /// 未达标.
    Red,
}

/// A number against its baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Which number.
    pub metric: Metric,
    /// What was reached; `None` when there was nothing to have a share of.
    pub value: Option<Ratio>,
    /// What was aimed at.
    pub baseline: Ratio,
    /// How much of the baseline that is; `None` when either is missing.
    pub ratio: Option<Ratio>,
    /// The light; `None` without a value.
    pub light: Option<Light>,
    /// The sum spelled out, such as `68 / 80 = 85.0 %`.
    pub sum: String,
}

/// Why targets can't be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetsError {
    /// A number is not acceptable.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A period has two goals for the same number.
    #[error("{period} has two goals for {}", metric.as_str())]
    Twice {
        /// The period.
        period: Period,
        /// The number.
        metric: Metric,
    },
    /// The quarters of a year can't add up to the goal of the year.
    #[error("the quarters of {year} aim at {quarters} leads, the year at {goal}")]
    QuartersAndYear {
        /// The year.
        year: i32,
        /// What its quarters aim at.
        quarters: i64,
        /// What the year aims at.
        goal: i64,
    },
    /// There are too many goals.
    #[error("more than {most} goals")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
}

/// Text that names no year or quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is written like 2026 or 2026-Q3")]
pub struct NoPeriod;

impl Default for Targets {
    fn default() -> Self {
        Self {
            weekly: Baselines::default(),
            lights: Thresholds::default(),
            conversion_over_weeks: 4,
            density: DensityRule::default(),
            opened_hours: 24,
            goals: Vec::new(),
        }
    }
}

impl Default for Baselines {
    fn default() -> Self {
        Self { leads: 80, touches_per_customer: Ratio::new(32, 10), feedback: Ratio::percent(65), feedback_hours: 72 }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { green: Ratio::percent(100), yellow: Ratio::percent(80) }
    }
}

impl Targets {
    /// Whether every number can be worked with and no two goals contradict each other.
    pub fn check(&self) -> Result<(), TargetsError> {
        let Self { weekly, lights, conversion_over_weeks, density, opened_hours, goals } = self;
        whole("weekly.leads", weekly.leads, 1..=MOST_LEADS)?;
        ratio("weekly.touches_per_customer", weekly.touches_per_customer, Ratio::new(1000, 1))?;
        ratio("weekly.feedback", weekly.feedback, Ratio::new(1, 1))?;
        whole("weekly.feedback_hours", weekly.feedback_hours, 1..=MOST_HOURS)?;
        ratio("lights.green", lights.green, Ratio::new(10, 1))?;
        ratio("lights.yellow", lights.yellow, lights.green)?;
        whole("conversion_over_weeks", (*conversion_over_weeks).into(), 1..=52)?;
        whole("density.window_days", density.window_days, 1..=366)?;
        whole("density.touches", density.touches, 1..=1000)?;
        whole("density.with_evidence", density.with_evidence, 1..=density.touches)?;
        whole("opened_hours", *opened_hours, 1..=MOST_HOURS)?;
        if goals.len() > MOST_GOALS {
            return Err(TargetsError::TooMany { most: MOST_GOALS });
        }
        for (n, PeriodGoal { period, goal }) in goals.iter().enumerate() {
            match goal {
                Goal::Leads(leads) => whole("goals.leads", *leads, 1..=MOST_LEADS)?,
                Goal::TouchesPerCustomer(touches) => ratio("goals.touches_per_customer", *touches, Ratio::new(1000, 1))?,
                Goal::Feedback(share) => ratio("goals.feedback", *share, Ratio::new(1, 1))?,
            }
            if goals[..n].iter().any(|other| other.period == *period && other.goal.metric() == goal.metric()) {
                return Err(TargetsError::Twice { period: *period, metric: goal.metric() });
            }
        }
        goals.iter().try_for_each(|goal| match (goal.period, goal.goal) {
            (Period::Year(year), Goal::Leads(goal)) => self.check_quarters(year, goal),
            _ => Ok(()),
        })
    }

    /// What everybody together should reach in a week.
    pub fn baseline(&self, metric: Metric, week: Week) -> Ratio {
        let goal = || self.goal(Period::quarter_of(week), metric).or_else(|| self.goal(Period::year_of(week), metric));
        match (metric, goal()) {
            (_, Some(Goal::TouchesPerCustomer(ratio) | Goal::Feedback(ratio))) => ratio,
            (Metric::TouchesPerCustomer, _) => self.weekly.touches_per_customer,
            (Metric::Feedback, _) => self.weekly.feedback,
            (Metric::Leads, _) => Ratio::new(self.leads_of(week).unwrap_or(self.weekly.leads), 1),
        }
    }

    /// A period broken down: its weeks and what each should reach.
    pub fn breakdown(&self, metric: Metric, period: Period) -> Vec<(Week, Ratio)> {
        period.weeks().into_iter().map(|week| (week, self.baseline(metric, week))).collect()
    }

    /// A week against its baselines: leads, touches per customer, feedback.
    ///
    /// `share` is the part of all people whose week it is, such as 8 of 63: of what is counted together they owe that part.
    /// Averages and shares hold for every team alike.
    pub fn judge(&self, week: Week, counted: &Weekly, share: Ratio) -> [Judged; 3] {
        let leads = self.baseline(Metric::Leads, week).times(share);
        [
            self.light(Metric::Leads, Some(Ratio::new(counted.leads, 1)), leads),
            self.light(
                Metric::TouchesPerCustomer,
                Some(counted.touches_per_customer()),
                self.baseline(Metric::TouchesPerCustomer, week),
            ),
            self.light(Metric::Feedback, counted.feedback_share(), self.baseline(Metric::Feedback, week)),
        ]
    }

    fn light(&self, metric: Metric, value: Option<Ratio>, baseline: Ratio) -> Judged {
        let ratio = value.and_then(|value| value.over(baseline));
        let light = value.map(|_| match ratio {
            Some(ratio) if ratio.below(self.lights.yellow) => Light::Red,
            Some(ratio) if ratio.below(self.lights.green) => Light::Yellow,
            // A week that owes nothing is on target.
            _ => Light::Green,
        });
        let reached = match value {
            None => "–".to_owned(),
            Some(value) if metric == Metric::Leads => value.to_string(),
            Some(Ratio { part, whole }) => format!("{part} / {whole}"),
        };
        let aim =
            if metric == Metric::Feedback { format!("{} %", baseline.times(Ratio::new(100, 1))) } else { baseline.to_string() };
        let percent = ratio.map_or_else(|| "–".to_owned(), Ratio::as_percent);
        Judged { metric, value, baseline, ratio, light, sum: format!("{reached} / {aim} = {percent}") }
    }

    fn goal(&self, period: Period, metric: Metric) -> Option<Goal> {
        self.goals.iter().find(|goal| goal.period == period && goal.goal.metric() == metric).map(|goal| goal.goal)
    }

    fn leads_goal(&self, period: Period) -> Option<i64> {
        match self.goal(period, Metric::Leads) {
            Some(Goal::Leads(leads)) => Some(leads),
            _ => None,
        }
    }

    /// The leads that a week owes to the goal of its quarter or, in a quarter without one, to what is left of the goal of its year.
    fn leads_of(&self, week: Week) -> Option<i64> {
        let (quarter, year) = (Period::quarter_of(week), Period::year_of(week));
        if let Some(goal) = self.leads_goal(quarter) {
            return share_of(goal, &quarter.weeks(), week);
        }
        let of_quarters: i64 = year.quarters().filter_map(|quarter| self.leads_goal(quarter)).sum();
        let left = self.leads_goal(year)?.saturating_sub(of_quarters).max(0);
        let free = year.quarters().filter(|quarter| self.leads_goal(*quarter).is_none());
        share_of(left, &free.flat_map(Period::weeks).collect::<Vec<_>>(), week)
    }

    /// The goals of the quarters must leave something for the quarters without one, and be all of it when each has one.
    fn check_quarters(&self, year: i32, goal: i64) -> Result<(), TargetsError> {
        let goals: Vec<i64> = Period::Year(year).quarters().filter_map(|quarter| self.leads_goal(quarter)).collect();
        let quarters = goals.iter().sum();
        let fits = if goals.len() == 4 { quarters == goal } else { quarters <= goal };
        if fits { Ok(()) } else { Err(TargetsError::QuartersAndYear { year, quarters, goal }) }
    }
}

impl Goal {
    /// The number it is a goal for.
    pub fn metric(self) -> Metric {
        match self {
            Self::Leads(_) => Metric::Leads,
            Self::TouchesPerCustomer(_) => Metric::TouchesPerCustomer,
            Self::Feedback(_) => Metric::Feedback,
        }
    }
}

impl Metric {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::TouchesPerCustomer => "touches_per_customer",
            Self::Feedback => "feedback",
        }
    }

    /// The word on screen.
    pub fn label(self) -> Word {
        chuda_words::label("figure", self.as_str())
    }
}

impl Light {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// The word on screen.
    pub fn label(self) -> Word {
        chuda_words::label("light", self.as_str())
    }

    /// The shape that is shown with the word: each of the three has its own.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Green => "●",
            Self::Yellow => "▲",
            Self::Red => "■",
        }
    }
}

impl Period {
    /// The year a week belongs to.
    pub fn year_of(week: Week) -> Self {
        Self::Year(week.thursday().year())
    }

    /// The quarter a week belongs to.
    pub fn quarter_of(week: Week) -> Self {
        Self::Quarter(week.thursday().year(), week.thursday().quarter())
    }

    /// Its weeks in order: 52 or 53 of a year, 12 to 14 of a quarter. None where the calendar ends.
    pub fn weeks(self) -> Vec<Week> {
        let first_day = match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1),
            Self::Quarter(year, quarter) => NaiveDate::from_ymd_opt(year, quarter.saturating_mul(3).saturating_sub(2), 1),
        };
        let from_there = |day| (0..54).map(move |n| Week::containing(day).plus(n));
        first_day.into_iter().flat_map(from_there).filter(|week| self.has(*week)).collect()
    }

    fn has(self, week: Week) -> bool {
        match self {
            Self::Year(_) => Self::year_of(week) == self,
            Self::Quarter(..) => Self::quarter_of(week) == self,
        }
    }

    fn quarters(self) -> impl Iterator<Item = Self> {
        let (Self::Year(year) | Self::Quarter(year, _)) = self;
        (1..=4).map(move |quarter| Self::Quarter(year, quarter))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Period({self})")
    }
}

impl FromStr for Period {
    type Err = NoPeriod;
    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let number = |text: &str| text.parse::<i32>().map_err(|_| NoPeriod);
        let period = match text.split_once("-Q") {
            Some((year, quarter)) => Self::Quarter(number(year)?, quarter.parse().map_err(|_| NoPeriod)?),
            None => Self::Year(number(text)?),
        };
        let (Self::Year(year) | Self::Quarter(year, _)) = period;
        let known = (2000..=2200).contains(&year) && !matches!(period, Self::Quarter(_, quarter) if !(1..=4).contains(&quarter));
        // Written in one way only, so that two goals of a period are seen to be.
        if known && period.to_string() == text { Ok(period) } else { Err(NoPeriod) }
    }
}

impl TryFrom<String> for Period {
    type Error = NoPeriod;
    fn try_from(text: String) -> Result<Self, NoPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl From<TargetsError> for Error {
    fn from(error: TargetsError) -> Self {
        match error {
            TargetsError::OutOfRange(error) => error.into(),
            TargetsError::Twice { period, metric } => {
                Self::invalid("targets.two_goals").with("period", period).with("metric", metric.as_str())
            }
            TargetsError::QuartersAndYear { year, quarters, goal } => {
                Self::invalid("targets.quarters_and_year").with("year", year).with("quarters", quarters).with("goal", goal)
            }
            TargetsError::TooMany { most } => Self::invalid("targets.too_many_goals").with("most", most),
        }
    }
}

/// What one of some weeks owes to their goal: as evenly as whole numbers can be, and together exactly the goal.
fn share_of(goal: i64, weeks: &[Week], week: Week) -> Option<i64> {
    let position = weeks.iter().position(|other| *other == week)? as i128;
    // After each week, as much is owed as has been earned by then, rounded down; a week owes what is new.
    let owed_after = |weeks_done: i128| i128::from(goal) * weeks_done / weeks.len() as i128;
    i64::try_from(owed_after(position + 1) - owed_after(position)).ok()
}

#[cfg(test)]
mod tests {
    use chrono::{Days, Weekday};
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
}

//! What is aimed at, and how near it is (G1, G2): baselines of a week, goals of a year or quarter broken down to weeks, and lights.

use chuda_words::Word;
use serde::{Deserialize, Serialize};

use super::metrics::{DensityRule, Ratio, Week, Weekly};
use super::period::Period;
use super::range::{MAX_HOURS, OutOfRange, ratio, whole};
use crate::error::Error;
use chuda_words::keys;

/// Most goals of years and quarters.
const MOST_GOALS: usize = 200;
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

crate::words! {
    /// What is judged against a baseline (G1).
    pub enum Metric {
        /// New valid leads.
        Leads = "leads",
        /// Average touches per customer.
        TouchesPerCustomer = "touches_per_customer",
        /// Customer feedback in time after a quote.
        Feedback = "feedback",
    }
}

crate::words! {
    /// How near the baseline (G2). Never shown as a colour alone.
    pub enum Light {
        /// 达标.
        Green = "green",
        /// 接近.
        Yellow = "yellow",
        /// 未达标.
        Red = "red",
    }
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
        whole("weekly.feedback_hours", weekly.feedback_hours, 1..=MAX_HOURS)?;
        ratio("lights.green", lights.green, Ratio::new(10, 1))?;
        ratio("lights.yellow", lights.yellow, lights.green)?;
        whole("conversion_over_weeks", (*conversion_over_weeks).into(), 1..=52)?;
        whole("density.window_days", density.window_days, 1..=366)?;
        whole("density.touches", density.touches, 1..=1000)?;
        whole("density.with_evidence", density.with_evidence, 1..=density.touches)?;
        whole("opened_hours", *opened_hours, 1..=MAX_HOURS)?;
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
        let ratio = value.and_then(|value| value.divided_by(baseline));
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
    /// The word on screen.
    pub fn label(self) -> Word {
        chuda_words::label("figure", self.as_str())
    }
}

impl Light {
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

impl From<TargetsError> for Error {
    fn from(error: TargetsError) -> Self {
        match error {
            TargetsError::OutOfRange(error) => error.into(),
            TargetsError::Twice { period, metric } => {
                Self::invalid(keys::TARGETS_TWO_GOALS).with("period", period).with("metric", metric.as_str())
            }
            TargetsError::QuartersAndYear { year, quarters, goal } => {
                Self::invalid(keys::TARGETS_QUARTERS_AND_YEAR).with("year", year).with("quarters", quarters).with("goal", goal)
            }
            TargetsError::TooMany { most } => Self::invalid(keys::TARGETS_TOO_MANY_GOALS).with("most", most),
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
mod tests;

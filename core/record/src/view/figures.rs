//! The figures of a week as every way out speaks of them: exact shares, lights as a word and a shape, sums spelled out.

use serde::Serialize;

use super::Word;
use crate::rules::metrics::{Line, Ratio, Tally};
use crate::rules::targets::{Judged, Light};

/// The figures of a rep, or of a team together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counted {
    /// New valid leads, touches per customer, feedback after a quote (G1).
    pub baselines: Vec<BaselineView>,
    /// Share of the customers that are well touched (D1).
    pub density: DensityView,
    /// Share of the valid leads of four weeks that reached 方案报价 (G3).
    pub conversion: ConversionView,
    /// How often each action outside the standard was used (D2).
    pub non_standard: Vec<CountView>,
    /// What became of the mails and attachments that were sent (M1).
    pub opened: Tally,
}

/// A number against its baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BaselineView {
    /// Which number.
    pub metric: Word,
    /// What was reached; none when there was nothing to have a share of.
    pub value: Option<RatioView>,
    /// What was aimed at.
    pub baseline: RatioView,
    /// How much of the baseline that is.
    pub ratio: Option<RatioView>,
    /// How near it is (G2).
    pub light: Option<LightView>,
    /// The sum spelled out: `68 / 80 = 85.0 %`.
    pub sum: String,
}

/// How near the baseline: always a word and a shape, so that no colour is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LightView {
    /// Its word.
    #[serde(flatten)]
    pub word: Word,
    /// `●` for green, `▲` for yellow, `■` for red.
    pub icon: String,
}

/// An exact share or average: `part` of `whole`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RatioView {
    /// What is counted.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
    /// In percent, rounded down to tenths: `85.0 %`.
    pub percent: String,
}

/// Touch density.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DensityView {
    /// That of the week.
    pub share: Option<RatioView>,
    /// That at the end of each of the last eight weeks, oldest first.
    pub trend: Vec<DensityWeek>,
}

/// Touch density of one week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DensityWeek {
    /// The week.
    pub week: String,
    /// Its share; none without customers.
    pub share: Option<RatioView>,
}

/// Conversion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversionView {
    /// The share; none without valid leads.
    pub share: Option<RatioView>,
    /// For how many weeks in a row it has been too low.
    pub low_weeks: u32,
    /// Whether so many call for help: script pack to the rep, alert to the supervisor.
    pub needs_help: bool,
}

/// How often something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountView {
    /// What.
    pub action: Word,
    /// How often.
    pub count: i64,
}

impl Counted {
    /// From what was counted, with the words of the actions outside the standard, in the order of the options.
    pub fn of(line: &Line, non_standard: Vec<CountView>) -> Self {
        let trend: Vec<DensityWeek> =
            line.density.iter().map(|(week, share)| DensityWeek { week: week.to_string(), share: share.map(Into::into) }).collect();
        Self {
            baselines: line.baselines.iter().map(Into::into).collect(),
            density: DensityView { share: line.density.last().and_then(|(_, share)| share.map(Into::into)), trend },
            conversion: ConversionView {
                share: line.conversion.map(Into::into),
                low_weeks: line.low_weeks,
                needs_help: line.needs_help,
            },
            non_standard,
            opened: line.opened,
        }
    }
}

impl From<&Judged> for BaselineView {
    fn from(judged: &Judged) -> Self {
        Self {
            metric: Word::fixed("figure", judged.metric.as_str()),
            value: judged.value.map(Into::into),
            baseline: judged.baseline.into(),
            ratio: judged.ratio.map(Into::into),
            light: judged.light.map(Into::into),
            sum: judged.sum.clone(),
        }
    }
}

impl From<Light> for LightView {
    fn from(light: Light) -> Self {
        Self { word: Word::fixed("light", light.as_str()), icon: light.icon().into() }
    }
}

impl From<Ratio> for RatioView {
    fn from(ratio: Ratio) -> Self {
        Self { part: ratio.part, whole: ratio.whole, percent: ratio.as_percent() }
    }
}

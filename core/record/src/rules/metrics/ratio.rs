//! Exact shares and averages: two whole numbers, compared by cross-multiplying. A percentage is for show and rounded down.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// `part` of `whole`. `whole` is positive; what has no whole has no ratio either, see [`Ratio::some`].
///
/// Two ratios are equal when both numbers are; compare what they are worth with [`Ratio::compare`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// What is counted.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
}

impl Ratio {
    /// `part` of `whole`.
    pub const fn new(part: i64, whole: i64) -> Self {
        Self { part, whole }
    }

    /// So many percent.
    pub const fn percent(percent: i64) -> Self {
        Self::new(percent, 100)
    }

    /// `part` of `whole`, unless there is nothing to have a part of.
    pub fn some(part: i64, whole: i64) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// Which one is worth more.
    pub fn compare(self, other: Self) -> Ordering {
        (i128::from(self.part) * i128::from(other.whole)).cmp(&(i128::from(other.part) * i128::from(self.whole)))
    }

    /// Worth as much as the other, or more.
    pub fn at_least(self, other: Self) -> bool {
        self.compare(other).is_ge()
    }

    /// Worth less than the other; exactly as much is not below.
    pub fn below(self, other: Self) -> bool {
        self.compare(other).is_lt()
    }

    /// How many times the other it is; `None` when the other is nothing.
    pub fn divided_by(self, other: Self) -> Option<Self> {
        let whole = i128::from(self.whole) * i128::from(other.part);
        (whole > 0).then(|| reduced(i128::from(self.part) * i128::from(other.whole), whole))
    }

    /// That part of it.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        reduced(i128::from(self.part) * i128::from(other.part), i128::from(self.whole) * i128::from(other.whole))
    }

    /// Tenths of a percent, rounded down: 850 is 85.0 %.
    pub fn tenths_of_percent(self) -> i64 {
        let tenths = (i128::from(self.part) * 1000).checked_div_euclid(i128::from(self.whole)).unwrap_or(0);
        tenths.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// As a percentage for show, rounded down to tenths, such as `85.0 %`.
    pub fn as_percent(self) -> String {
        let tenths = self.tenths_of_percent();
        format!("{}.{} %", tenths / 10, (tenths % 10).abs())
    }

    /// Spelled out, such as `12 / 40 = 30.0 %`.
    pub fn sum(self) -> String {
        format!("{} / {} = {}", self.part, self.whole, self.as_percent())
    }
}

/// The exact number: a decimal such as `3.2` where three places hold it, else the fraction such as `(640 / 63)`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thousandths, whole) = (i128::from(self.part) * 1000, i128::from(self.whole));
        if whole <= 0 || thousandths % whole != 0 {
            return write!(f, "({} / {})", self.part, self.whole);
        }
        let (sign, exact) = (if thousandths < 0 { "-" } else { "" }, (thousandths / whole).abs());
        let text = format!("{sign}{}.{:03}", exact / 1000, exact % 1000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// In lowest terms. Numbers that no count reaches are halved until they fit, rather than overflow.
fn reduced(part: i128, whole: i128) -> Ratio {
    let divisor = common_divisor(part.unsigned_abs(), whole.unsigned_abs()).max(1) as i128;
    let (mut part, mut whole) = (part / divisor, whole / divisor);
    loop {
        if let (Ok(part), Ok(whole)) = (i64::try_from(part), i64::try_from(whole)) {
            return Ratio { part, whole: whole.max(1) };
        }
        (part, whole) = (part / 2, whole / 2);
    }
}

fn common_divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_percentage_is_rounded_down_to_tenths() {
        assert_eq!(Ratio::new(68, 80).sum(), "68 / 80 = 85.0 %");
        assert_eq!(Ratio::new(2, 3).as_percent(), "66.6 %");
        assert_eq!(Ratio::new(9999, 10_000).as_percent(), "99.9 %", "nearly all is not all");
        assert_eq!(Ratio::new(0, 7).as_percent(), "0.0 %");
        assert_eq!(Ratio::new(32, 10).as_percent(), "320.0 %");
    }

    #[test]
    fn a_number_is_shown_exactly_or_as_a_fraction() {
        let shown = |part, whole| Ratio::new(part, whole).to_string();
        assert_eq!([shown(32, 10), shown(80, 1), shown(1, 8), shown(0, 3)], ["3.2", "80", "0.125", "0"]);
        assert_eq!([shown(640, 63), shown(1, 16), shown(-1, 2), shown(1, 0)], ["(640 / 63)", "(1 / 16)", "-0.5", "(1 / 0)"]);
    }

    #[test]
    fn exactly_as_much_is_at_least_and_not_below() {
        assert!(Ratio::new(16, 5).at_least(Ratio::new(32, 10)));
        assert!(!Ratio::new(16, 5).below(Ratio::new(32, 10)));
        assert!(Ratio::new(3199, 1000).below(Ratio::new(32, 10)));
        assert_eq!(Ratio::some(0, 0), None);
        assert_eq!(Ratio::new(5, 1).divided_by(Ratio::new(0, 1)), None);
    }

    proptest! {
        #[test]
        fn a_comparison_is_that_of_whole_numbers_over_a_common_whole(a in 0..5000i64, b in 1..500i64, c in 0..5000i64, d in 1..500i64) {
            // Seconds of an hour, so to speak: both counted in the same small pieces.
            let pieces = b * d;
            let (left, right) = (a * (pieces / b), c * (pieces / d));
            let (x, y) = (Ratio::new(a, b), Ratio::new(c, d));
            prop_assert_eq!(x.compare(y), left.cmp(&right));
            prop_assert_eq!(x.at_least(y), left >= right);
            prop_assert_eq!(x.below(y), left < right);
        }

        #[test]
        fn the_shown_percentage_is_the_largest_that_is_not_too_much(part in 0..1_000_000_000i64, whole in 1..1_000_000i64) {
            let tenths = Ratio::new(part, whole).tenths_of_percent();
            prop_assert!(tenths * whole <= part * 1000 && part * 1000 < (tenths + 1) * whole);
        }

        #[test]
        fn quotients_and_products_are_exact(a in 0..100_000i64, b in 1..1000i64, c in 1..100_000i64, d in 1..1000i64) {
            let (x, y) = (Ratio::new(a, b), Ratio::new(c, d));
            let quotient = x.divided_by(y).unwrap();
            prop_assert!(quotient.times(y).compare(x).is_eq());
            prop_assert!(quotient.at_least(Ratio::new(1, 1)) == x.at_least(y));
        }

        #[test]
        fn no_number_overflows(a: i64, b: i64, c: i64, d: i64) {
            let (x, y) = (Ratio::new(a, b), Ratio::new(c, d));
            let _ = (x.compare(y), x.divided_by(y), x.times(y), x.sum(), x.to_string());
        }
    }
}

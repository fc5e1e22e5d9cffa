//! Money, in whole fen: no amount is ever a float.

use serde::{Deserialize, Serialize};

/// Money in fen (1/100 CNY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// The most that a record may say: ten thousand million yuan.
    pub const MOST: Self = Self(10_000_000_000 * 100);

    /// Whether it is an amount that a record may say.
    pub fn is_sound(self) -> bool {
        (Self(0)..=Self::MOST).contains(&self)
    }

    /// From an amount in yuan with at most two decimals, such as `428000` or `99.5`.
    pub fn from_yuan(text: &str) -> Option<Self> {
        let (yuan, cents) = text.split_once('.').unwrap_or((text, ""));
        if cents.len() > 2
            || !cents.bytes().all(|byte| byte.is_ascii_digit())
            || yuan.is_empty()
            || !yuan.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let cents: i64 = format!("{cents:0<2}").parse().ok()?;
        yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).map(Self)
    }

    /// In yuan, for JSON and exports: a whole number where it is one.
    pub fn to_yuan(self) -> String {
        let (sign, fen) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        if fen % 100 == 0 { format!("{sign}{}", fen / 100) } else { format!("{sign}{}.{:02}", fen / 100, fen % 100) }
    }
}

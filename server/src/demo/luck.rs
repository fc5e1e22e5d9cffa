//! Chance that can be repeated: the same seed draws the same, on every machine and in every build.

use chrono::{DateTime, Utc};
use chuda_record::id::Hash;
use uuid::Uuid;

/// A stream of draws (`SplitMix64`). Nothing here is a secret: keys and codes are drawn from the system instead.
#[derive(Clone, Debug)]
pub(super) struct Luck(u64);

impl Luck {
    /// The stream of a seed for one purpose; another purpose has another stream.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let hash = Hash::of(format!("{seed}/{purpose}").as_bytes()).0;
        Self(hash.iter().take(8).rev().fold(0, |start, byte| (start << 8) | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// From the one to the other, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(usize::try_from(to - from + 1).unwrap_or(1)) as i64
    }

    /// True so many times of a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these; there has to be one.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// One of these, each as often as its weight says; there has to be one with a weight.
    pub(super) fn weighted<T: Copy>(&mut self, from: &[(T, usize)]) -> T {
        let total = from.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(total);
        for (one, weight) in from {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *one,
            }
        }
        from[0].0
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// A new id that sorts by the time it was made, as a phone draws it.
    pub(super) fn id(&mut self, now: DateTime<Utc>) -> Uuid {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(now.timestamp_millis().unsigned_abs(), &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_everywhere() {
        let mut luck = Luck::new(1, "test");
        let drawn: Vec<usize> = (0..8).map(|_| luck.below(1000)).collect();
        assert_eq!(drawn, [194, 43, 369, 883, 154, 348, 567, 424]);
        assert_ne!(drawn[0], Luck::new(2, "test").below(1000));
    }

    #[test]
    fn draws_keep_their_bounds_and_their_weights() {
        let mut luck = Luck::new(7, "test");
        let drawn: Vec<i64> = (0..1000).map(|_| luck.between(-1, 2)).collect();
        assert!((-1..=2).all(|value| drawn.contains(&value)) && drawn.iter().all(|value| (-1..=2).contains(value)));
        let ones = (0..1000).filter(|_| luck.weighted(&[(1, 90), (2, 0), (3, 10)]) == 1).count();
        assert!((850..950).contains(&ones), "{ones}");
        let mut list = [1, 2, 3, 4, 5];
        luck.shuffle(&mut list);
        list.sort_unstable();
        assert_eq!(list, [1, 2, 3, 4, 5]);
    }
}

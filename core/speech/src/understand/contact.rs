//! How the customer was reached, from what was done.

use std::ops::Range;
use std::sync::LazyLock;

use super::clause::{Clause, Tense, find_all, is_denied};
use super::lists::meanings;
use chuda_record::ContactMode;

/// Words that tell a mode, and how clearly. Longer words win where they overlap.
static CUES: LazyLock<Vec<(&str, (ContactMode, f32))>> = LazyLock::new(|| {
    meanings("mode", |cue| {
        let (mode, weight) = cue.split_once(' ')?;
        Some((ContactMode::parse(mode)?, weight.parse().ok()?))
    })
});
/// A mode after one of these is only planned or wished for.
const PLANNED: [&str; 10] = ["预约", "想", "打算", "准备", "约他", "改天", "安排", "再去", "要去", "邀请"];
/// Less than this is a hint, not a statement.
const ENOUGH: f32 = 1.0;

/// The mode, where it is said, and how sure that is.
pub(super) fn mode(chars: &[char], clauses: &[Clause]) -> Option<(ContactMode, Range<usize>, f32)> {
    let mut cues: Vec<(Range<usize>, ContactMode, f32)> = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.tense == Tense::Done) {
        for &(word, (mode, weight)) in CUES.iter() {
            for at in find_all(chars, clause.range.clone(), word) {
                let before = at.saturating_sub(4).max(clause.range.start)..at;
                let planned = PLANNED.iter().any(|word| super::clause::find(chars, before.clone(), word).is_some());
                // A call that nobody answered was still a call.
                let denied = is_denied(chars, &clause.range, at) && word != "没接";
                if !planned && !denied {
                    cues.push((at..at + word.chars().count(), mode, weight));
                }
            }
        }
    }
    // 打了电话 holds 电话, 去他们 holds 去他: only the longest counts.
    cues.sort_by_key(|(range, ..)| (range.start, std::cmp::Reverse(range.end)));
    let mut kept: Vec<(Range<usize>, ContactMode, f32)> = Vec::new();
    for cue in cues {
        match kept.last() {
            Some((last, mode, weight)) if cue.0.start < last.end && (*mode == cue.1 || cue.2 <= *weight) => {}
            _ => kept.push(cue),
        }
    }
    let total = |mode: ContactMode| {
        kept.iter().filter(|cue| cue.1 == mode).map(|cue| cue.2).fold(0.0, f32::max)
            + 0.3 * (kept.iter().filter(|cue| cue.1 == mode).count() as f32 - 1.0).clamp(0.0, 2.0)
    };
    let first = |mode: ContactMode| kept.iter().position(|cue| cue.1 == mode).unwrap_or(usize::MAX);
    let mut ranked: Vec<(ContactMode, f32)> =
        ContactMode::ALL.into_iter().map(|mode| (mode, total(mode))).filter(|(_, total)| *total >= ENOUGH).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(first(a.0).cmp(&first(b.0))));
    let &(mode, best) = ranked.first()?;
    let second = ranked.get(1).map_or(0.0, |(_, total)| *total);
    let cue = kept.iter().filter(|cue| cue.1 == mode).max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.start.cmp(&a.0.start)))?;
    let confidence = (0.55 + 0.12 * best.min(3.0) - 0.1 * second).clamp(0.3, 0.95);
    Some((mode, cue.0.clone(), confidence))
}

//! How the customer was reached, from what was done.

use std::ops::Range;

use super::clause::{Clause, Tense, find_all, is_denied};
use chuda_record::ContactMode;

/// Words that tell a mode, and how clearly. Longer words win where they overlap.
const CUES: [(&str, ContactMode, f32); 83] = [
    ("打了电话", ContactMode::Phone, 3.0),
    ("打了个电话", ContactMode::Phone, 3.0),
    ("打过电话", ContactMode::Phone, 3.0),
    ("打电话", ContactMode::Phone, 3.0),
    ("通了电话", ContactMode::Phone, 3.0),
    ("通了个电话", ContactMode::Phone, 3.0),
    ("电话联系", ContactMode::Phone, 3.0),
    ("电话沟通", ContactMode::Phone, 3.0),
    ("电话里", ContactMode::Phone, 3.0),
    ("电话上", ContactMode::Phone, 3.0),
    ("来电话", ContactMode::Phone, 3.0),
    ("回了电话", ContactMode::Phone, 3.0),
    ("接了电话", ContactMode::Phone, 3.0),
    ("电话", ContactMode::Phone, 2.0),
    ("通话", ContactMode::Phone, 2.0),
    ("打过去", ContactMode::Phone, 2.5),
    ("打过来", ContactMode::Phone, 2.5),
    ("打给", ContactMode::Phone, 2.5),
    ("回电", ContactMode::Phone, 2.0),
    ("来电", ContactMode::Phone, 2.0),
    ("致电", ContactMode::Phone, 2.5),
    ("没接", ContactMode::Phone, 1.5),
    ("占线", ContactMode::Phone, 1.5),
    ("加了我微信", ContactMode::Wechat, 3.0),
    ("加了微信", ContactMode::Wechat, 3.0),
    ("微信上", ContactMode::Wechat, 3.0),
    ("微信里", ContactMode::Wechat, 3.0),
    ("微信联系", ContactMode::Wechat, 3.0),
    ("发微信", ContactMode::Wechat, 3.0),
    ("发了微信", ContactMode::Wechat, 3.0),
    ("回微信", ContactMode::Wechat, 3.0),
    ("企业微信", ContactMode::Wechat, 3.0),
    ("微信", ContactMode::Wechat, 2.0),
    ("企微", ContactMode::Wechat, 2.0),
    ("语音聊", ContactMode::Wechat, 1.5),
    ("群里", ContactMode::Wechat, 1.5),
    ("发邮件", ContactMode::Email, 3.0),
    ("发了邮件", ContactMode::Email, 3.0),
    ("发了封邮件", ContactMode::Email, 3.0),
    ("回邮件", ContactMode::Email, 3.0),
    ("回了邮件", ContactMode::Email, 3.0),
    ("邮件", ContactMode::Email, 2.5),
    ("邮箱", ContactMode::Email, 1.0),
    ("拜访", ContactMode::Visit, 3.0),
    ("上门", ContactMode::Visit, 3.0),
    ("登门", ContactMode::Visit, 3.0),
    ("走访", ContactMode::Visit, 3.0),
    ("面访", ContactMode::Visit, 3.0),
    ("当面", ContactMode::Visit, 3.0),
    ("面谈", ContactMode::Visit, 3.0),
    ("见面", ContactMode::Visit, 2.5),
    ("见了面", ContactMode::Visit, 3.0),
    ("碰了面", ContactMode::Visit, 3.0),
    ("见到了", ContactMode::Visit, 2.5),
    ("见了", ContactMode::Visit, 2.0),
    ("去了一趟", ContactMode::Visit, 3.0),
    ("去了趟", ContactMode::Visit, 3.0),
    ("跑了一趟", ContactMode::Visit, 3.0),
    ("跑了趟", ContactMode::Visit, 3.0),
    ("过去了一趟", ContactMode::Visit, 3.0),
    ("去了", ContactMode::Visit, 1.8),
    ("来我们公司", ContactMode::Visit, 3.0),
    ("来公司", ContactMode::Visit, 2.5),
    ("来我们", ContactMode::Visit, 2.0),
    ("到访", ContactMode::Visit, 2.5),
    ("到他们公司", ContactMode::Visit, 3.0),
    ("去他们", ContactMode::Visit, 2.5),
    ("去他", ContactMode::Visit, 2.0),
    ("到他们", ContactMode::Visit, 2.0),
    ("到了他们", ContactMode::Visit, 2.5),
    ("在他们", ContactMode::Visit, 1.5),
    ("从他们", ContactMode::Visit, 2.0),
    ("展厅", ContactMode::Visit, 1.5),
    ("厂里", ContactMode::Visit, 1.0),
    ("车间", ContactMode::Visit, 1.0),
    ("现场", ContactMode::Visit, 1.0),
    ("办公室", ContactMode::Visit, 1.5),
    ("会议室", ContactMode::Visit, 1.5),
    ("上去聊", ContactMode::Visit, 2.0),
    ("楼下", ContactMode::Visit, 1.0),
    ("前台", ContactMode::Visit, 1.0),
    ("吃了饭", ContactMode::Visit, 2.0),
    ("吃了个饭", ContactMode::Visit, 2.0),
];
/// A mode after one of these is only planned or wished for.
const PLANNED: [&str; 10] = ["预约", "想", "打算", "准备", "约他", "改天", "安排", "再去", "要去", "邀请"];
/// Less than this is a hint, not a statement.
const ENOUGH: f32 = 1.0;

/// The mode, where it is said, and how sure that is.
pub(super) fn mode(chars: &[char], clauses: &[Clause]) -> Option<(ContactMode, Range<usize>, f32)> {
    let mut cues: Vec<(Range<usize>, ContactMode, f32)> = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.tense == Tense::Done) {
        for (word, mode, weight) in CUES {
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

//! What happened in a contact: the touch's core action, and what follows for the progress brief.

use std::ops::Range;

use super::amount::AmountMention;
use super::clause::{Clause, Tense, find, find_all, is_denied};
use super::lists::list;

/// Keys of the core actions, as in the default configuration.
pub(super) const SEND_MATERIAL: &str = "send_material";
pub(super) const BOOK_DEMO: &str = "book_demo";
pub(super) const DEMO: &str = "demo";
pub(super) const QUOTE: &str = "quote";
pub(super) const SIGN: &str = "sign";
pub(super) const NEW_DEMAND: &str = "new_demand";
pub(super) const TECH_QUESTION: &str = "tech_question";

/// An action, where it is said, and how sure that is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Action {
    pub(super) key: &'static str,
    pub(super) range: Range<usize>,
    pub(super) confidence: f32,
}

/// A text with its clauses, as the finders below look at it.
struct Told<'a> {
    chars: &'a [char],
    clauses: &'a [Clause],
    amounts: &'a [AmountMention],
}

/// The action that says most about this contact; of several, the one furthest along.
pub(super) fn action(chars: &[char], clauses: &[Clause], amounts: &[AmountMention]) -> Option<Action> {
    let told = Told { chars, clauses, amounts };
    let found = [
        told.signed(),
        told.tech_question(),
        told.new_demand(),
        told.quoted(),
        told.demo_booked(),
        told.demo_given(),
        told.material_sent(),
    ];
    // Order breaks ties: what is later in the course of a sale comes first.
    let mut best: Option<Action> = None;
    for action in found.into_iter().flatten() {
        if best.as_ref().is_none_or(|best| action.confidence > best.confidence + 0.01) {
            best = Some(action);
        }
    }
    best
}

impl Told<'_> {
    fn in_tense(&self, tense: Tense) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |clause| clause.tense == tense)
    }

    /// The first of `words` in a clause of this tense that is neither denied nor after one of `unless`.
    fn said(&self, tense: Tense, words: &[&str], unless: &[&str]) -> Option<Range<usize>> {
        self.in_tense(tense).find_map(|clause| self.said_in(clause, words, unless))
    }

    fn said_in(&self, clause: &Clause, words: &[&str], unless: &[&str]) -> Option<Range<usize>> {
        words.iter().find_map(|word| {
            find_all(self.chars, clause.range.clone(), word)
                .find(|&at| !is_denied(self.chars, &clause.range, at) && !self.before(clause, at, 4, unless))
                .map(|at| at..at + word.chars().count())
        })
    }

    /// Whether one of `words` stands within `reach` characters before `at`.
    fn before(&self, clause: &Clause, at: usize, reach: usize, words: &[&str]) -> bool {
        let window = at.saturating_sub(reach).max(clause.range.start)..at;
        words.iter().any(|word| find(self.chars, window.clone(), word).is_some())
    }

    fn signed(&self) -> Option<Action> {
        let planned = list("signed.planned");
        let clear = list("signed.clear");
        if let Some(range) = self.said(Tense::Done, clear, &["等", "没", "准备", "才"]) {
            return Some(Action { key: SIGN, range, confidence: 0.95 });
        }
        let plain = ["签约", "签合同", "签了", "签单"];
        self.said(Tense::Done, &plain, planned).map(|range| Action { key: SIGN, range, confidence: 0.88 })
    }

    fn tech_question(&self) -> Option<Action> {
        let clear = ["技术答疑", "协调技术", "技术负责人", "技术来答", "技术支持", "答疑"];
        let any = |words: &[&str]| self.clauses.iter().find_map(|clause| self.said_in(clause, words, &["做了", "完成", "已经"]));
        if let Some(range) = any(&clear) {
            return Some(Action { key: TECH_QUESTION, range, confidence: 0.93 });
        }
        let hints = list("tech_question.hints");
        let range = any(hints)?;
        let count = hints.iter().filter(|hint| any(&[**hint]).is_some()).count();
        Some(Action { key: TECH_QUESTION, range, confidence: if count > 1 { 0.8 } else { 0.62 } })
    }

    fn new_demand(&self) -> Option<Action> {
        let clear = ["新需求", "新的需求", "提了需求", "提了个需求", "提出需求", "提了一个需求", "提需求"];
        let any = |words: &[&str], tense: Tense| self.said(tense, words, &["没有", "什么"]);
        if let Some(range) = any(&clear, Tense::Done).or_else(|| any(&clear, Tense::Wish)).or_else(|| any(&clear, Tense::Next)) {
            return Some(Action { key: NEW_DEMAND, range, confidence: 0.92 });
        }
        let hints = list("new_demand.hints");
        let plain = any(hints, Tense::Done).or_else(|| any(hints, Tense::Wish));
        let range = plain.or_else(|| self.wished_feature())?;
        Some(Action { key: NEW_DEMAND, range, confidence: 0.7 })
    }

    /// 希望系统支持导出, 想让设备加上报警: a wish, and a few words later what is to be added.
    fn wished_feature(&self) -> Option<Range<usize>> {
        const WISHED: [&str; 5] = ["希望", "想让", "要求", "提出", "想要"];
        const ADDED: [&str; 8] = ["支持", "增加", "加上", "加个", "加一个", "做成", "改成", "能接入"];
        self.clauses.iter().filter(|clause| clause.tense != Tense::Next).find_map(|clause| {
            let wish = self.said_in(clause, &WISHED, &[])?;
            let rest = wish.end..clause.range.end.min(wish.end + 8);
            ADDED.iter().find_map(|word| find(self.chars, rest.clone(), word).map(|at| at..at + word.chars().count()))
        })
    }

    fn quoted(&self) -> Option<Action> {
        let not_ours = list("quoted.not_ours");
        let clear = list("quoted.clear");
        if let Some(range) = self.said(Tense::Done, clear, not_ours) {
            return Some(Action { key: QUOTE, range, confidence: 0.93 });
        }
        for clause in self.in_tense(Tense::Done) {
            // 报了三万五, 报价两百万: the amount follows, perhaps in the next clause.
            for word in ["报价", "报了", "报的", "报到", "报"] {
                for at in find_all(self.chars, clause.range.clone(), word) {
                    let end = at + word.chars().count();
                    let priced = self.amounts.iter().any(|amount| amount.range.start >= end && amount.range.start - end <= 3);
                    if priced && !is_denied(self.chars, &clause.range, at) && !self.before(clause, at, 4, not_ours) {
                        return Some(Action { key: QUOTE, range: at..end, confidence: 0.92 });
                    }
                }
            }
        }
        // 价格报了, 报价他嫌贵.
        self.said(Tense::Done, &["报价", "价格报"], not_ours).map(|range| Action { key: QUOTE, range, confidence: 0.68 })
    }

    /// Where a demonstration is spoken of as agreed for later.
    fn demo_booked(&self) -> Option<Action> {
        const FIXED: [&str; 9] = ["时间定", "定在", "约在", "约到", "安排在", "排在", "约好", "约了", "时间约"];
        let agreed = list("demo.agreed");
        for (at, clause) in self.clauses.iter().enumerate() {
            let Some(demo) = find(self.chars, clause.range.clone(), "演示") else { continue };
            if is_denied(self.chars, &clause.range, demo) || self.is_cancelled(clause, demo) {
                continue;
            }
            let range = demo..demo + 2;
            let agreed_here = agreed.iter().any(|word| {
                find_all(self.chars, clause.range.clone(), word)
                    .any(|at| at < demo && demo - at <= 14 && !is_denied(self.chars, &clause.range, at))
            });
            let held = self.is_held(clause, demo);
            // 约了 and 约的 before a held demonstration are about something else.
            if agreed_here && !held && clause.tense != Tense::Wish {
                return Some(Action { key: BOOK_DEMO, range, confidence: 0.9 });
            }
            let previous = at.checked_sub(1).map(|at| &self.clauses[at]);
            let agreed_before = previous.is_some_and(|previous| {
                previous.range.end + 1 >= clause.range.start
                    && list("demo.agreed_before").iter().any(|word| {
                        find(self.chars, previous.range.clone(), word).is_some_and(|at| !is_denied(self.chars, &previous.range, at))
                    })
            });
            if clause.tense == Tense::Next && agreed_before {
                return Some(Action { key: BOOK_DEMO, range, confidence: 0.88 });
            }
            let fixed_after = self.clauses[at..]
                .iter()
                .take(2)
                .any(|next| FIXED.iter().any(|word| find(self.chars, next.range.clone(), word).is_some_and(|fixed| fixed > demo)));
            if fixed_after && !held && clause.tense == Tense::Done {
                return Some(Action { key: BOOK_DEMO, range, confidence: 0.85 });
            }
        }
        None
    }

    /// Whether the demonstration at `at` fell through: 演示没做成, 演示取消了.
    fn is_cancelled(&self, clause: &Clause, at: usize) -> bool {
        let after = at + 2..(at + 6).min(clause.range.end);
        ["没", "取消", "推迟", "延期", "改期", "黄了"].iter().any(|word| find(self.chars, after.clone(), word).is_some())
    }

    /// Whether the demonstration at `at` has taken place, by the words around it.
    fn is_held(&self, clause: &Clause, at: usize) -> bool {
        let after_words = list("demo.held_after");
        let after = at + 2..(at + 5).min(clause.range.end);
        let seen = at.saturating_sub(6).max(clause.range.start)..at;
        after_words.iter().any(|word| find(self.chars, after.clone(), word).is_some_and(|found| found <= at + 3))
            || ["看了", "做了", "给了", "看完", "做完", "当面", "搞了", "参加了"]
                .iter()
                .any(|word| find(self.chars, seen.clone(), word).is_some())
    }

    fn demo_given(&self) -> Option<Action> {
        let not_yet = list("demo.not_yet");
        for clause in self.in_tense(Tense::Done) {
            for at in find_all(self.chars, clause.range.clone(), "演示") {
                if is_denied(self.chars, &clause.range, at) || self.is_cancelled(clause, at) {
                    continue;
                }
                let held = self.is_held(clause, at);
                if held && !self.before(clause, at, 4, &["约", "想", "要求", "同意"]) {
                    return Some(Action { key: DEMO, range: at..at + 2, confidence: 0.9 });
                }
                if !held && !self.before(clause, at, 8, not_yet) {
                    return Some(Action { key: DEMO, range: at..at + 2, confidence: 0.65 });
                }
            }
        }
        self.said(Tense::Done, &["试了样机", "看了样机", "现场试了", "操作给他看", "操作了一遍"], &["没"]).map(|range| Action {
            key: DEMO,
            range,
            confidence: 0.7,
        })
    }

    fn material_sent(&self) -> Option<Action> {
        let sent = list("material.sent");
        // These come from the customer, or are still to come.
        let not_ours = list("material.not_ours");
        for (at, clause) in self.clauses.iter().enumerate().filter(|(_, clause)| clause.tense == Tense::Done) {
            if not_ours.iter().any(|word| find(self.chars, clause.range.clone(), word).is_some()) {
                continue;
            }
            let Some(material) = list("material")
                .iter()
                .find_map(|word| find(self.chars, clause.range.clone(), word).map(|at| at..at + word.chars().count()))
            else {
                continue;
            };
            let verb = |clause: &Clause| {
                sent.iter().find_map(|word| {
                    find_all(self.chars, clause.range.clone(), word).find(|&at| !is_denied(self.chars, &clause.range, at))
                })
            };
            if let Some(verb) = verb(clause) {
                let near = verb.abs_diff(material.start) <= 16;
                return Some(Action { key: SEND_MATERIAL, range: material, confidence: if near { 0.9 } else { 0.7 } });
            }
            // 资料,已经发过去了: the verb can come in the clause after.
            let next = self.clauses.get(at + 1).filter(|next| next.tense == Tense::Done && verb(next).is_some());
            if next.is_some() {
                return Some(Action { key: SEND_MATERIAL, range: material, confidence: 0.7 });
            }
        }
        None
    }
}

/// The progress brief's option that the text itself calls for, as key and place.
pub(super) fn brief(chars: &[char], clauses: &[Clause], action: Option<&Action>) -> Option<Action> {
    let poc = ["POC", "poc", "测试环境", "试用环境", "试点"].iter().find_map(|word| {
        clauses.iter().find_map(|clause| {
            let at = find(chars, clause.range.clone(), word)?;
            (!is_denied(chars, &clause.range, at)).then(|| at..at + word.chars().count())
        })
    });
    match action.map(|action| action.key) {
        Some(TECH_QUESTION) => action.map(|action| Action { key: "tech_needed", ..action.clone() }),
        Some(DEMO) => action.map(|action| Action { key: "demo_done", ..action.clone() }),
        _ => poc.map(|range| Action { key: "poc_needed", range, confidence: 0.75 }),
    }
}

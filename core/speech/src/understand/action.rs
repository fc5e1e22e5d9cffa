//! What happened in a contact: the touch's core action, and what follows for the progress brief.

use std::ops::Range;

use super::amount::AmountMention;
use super::clause::{Clause, Tense, find, find_all, is_denied};

/// Keys of the core actions, as in the default configuration.
pub(super) const SEND_MATERIAL: &str = "send_material";
pub(super) const BOOK_DEMO: &str = "book_demo";
pub(super) const DEMO: &str = "demo";
pub(super) const QUOTE: &str = "quote";
pub(super) const SIGN: &str = "sign";
pub(super) const NEW_DEMAND: &str = "new_demand";
pub(super) const TECH_QUESTION: &str = "tech_question";

/// What is sent to a customer to read or to try.
pub(super) const MATERIAL: [&str; 19] = [
    "资料",
    "手册",
    "案例",
    "彩页",
    "方案",
    "样本",
    "样册",
    "介绍",
    "白皮书",
    "目录",
    "说明书",
    "参数表",
    "PPT",
    "ppt",
    "视频",
    "样品",
    "规格书",
    "宣传册",
    "文档",
];

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
        const PLANS: [&str; 15] =
            ["再", "准备", "要", "等", "想", "才", "之后", "考虑", "打算", "争取", "催", "谈", "快", "前", "下"];
        let clear = [
            "签下",
            "签了合同",
            "合同签了",
            "签完",
            "签好",
            "签了字",
            "签约了",
            "签了约",
            "已签",
            "同意签约",
            "合同已经签",
            "盖了章",
            "成交了",
            "签掉",
        ];
        if let Some(range) = self.said(Tense::Done, &clear, &["等", "没", "准备", "才"]) {
            return Some(Action { key: SIGN, range, confidence: 0.95 });
        }
        let plain = ["签约", "签合同", "签了", "签单"];
        self.said(Tense::Done, &plain, &PLANS).map(|range| Action { key: SIGN, range, confidence: 0.88 })
    }

    fn tech_question(&self) -> Option<Action> {
        let clear = ["技术答疑", "协调技术", "技术负责人", "技术来答", "技术支持", "答疑"];
        let any = |words: &[&str]| self.clauses.iter().find_map(|clause| self.said_in(clause, words, &["做了", "完成", "已经"]));
        if let Some(range) = any(&clear) {
            return Some(Action { key: TECH_QUESTION, range, confidence: 0.93 });
        }
        let hints = [
            "答不上来",
            "技术问题",
            "找研发",
            "让研发",
            "请研发",
            "找技术",
            "让技术",
            "请技术",
            "回答不了",
            "技术上的问题",
            "技术细节",
        ];
        let range = any(&hints)?;
        let count = hints.iter().filter(|hint| any(&[**hint]).is_some()).count();
        Some(Action { key: TECH_QUESTION, range, confidence: if count > 1 { 0.8 } else { 0.62 } })
    }

    fn new_demand(&self) -> Option<Action> {
        let clear = ["新需求", "新的需求", "提了需求", "提了个需求", "提出需求", "提了一个需求", "提需求"];
        let any = |words: &[&str], tense: Tense| self.said(tense, words, &["没有", "什么"]);
        if let Some(range) = any(&clear, Tense::Done).or_else(|| any(&clear, Tense::Wish)).or_else(|| any(&clear, Tense::Next)) {
            return Some(Action { key: NEW_DEMAND, range, confidence: 0.92 });
        }
        let hints = [
            "想加一个",
            "想加个",
            "希望加",
            "要求加",
            "希望增加",
            "要求增加",
            "希望支持",
            "能不能加",
            "能不能支持",
            "希望能支持",
            "想增加",
        ];
        let plain = any(&hints, Tense::Done).or_else(|| any(&hints, Tense::Wish));
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
        const NOT_OURS: [&str; 20] = [
            "要",
            "等",
            "让",
            "催",
            "想要",
            "需要",
            "求",
            "问",
            "再",
            "准备",
            "竞品",
            "对手",
            "别家",
            "同行",
            "没",
            "收到了他们",
            "看看",
            "才能",
            "之前",
            "下次",
        ];
        let clear = [
            "报了价格",
            "给了价格",
            "给了个价",
            "报了一下价",
            "价格报了",
            "价格报过",
            "价格给了",
            "报了价",
            "报过价",
            "报了个价",
            "报完价",
            "给了报价",
            "谈了报价",
            "谈的报价",
            "发了报价",
            "报价发",
            "报价单发",
            "报价给",
            "报价单给",
            "做了报价",
            "递了报价",
            "送了报价",
            "提交了报价",
            "报价已经",
        ];
        if let Some(range) = self.said(Tense::Done, &clear, &NOT_OURS) {
            return Some(Action { key: QUOTE, range, confidence: 0.93 });
        }
        for clause in self.in_tense(Tense::Done) {
            // 报了三万五, 报价两百万: the amount follows, perhaps in the next clause.
            for word in ["报价", "报了", "报的", "报到", "报"] {
                for at in find_all(self.chars, clause.range.clone(), word) {
                    let end = at + word.chars().count();
                    let priced = self.amounts.iter().any(|amount| amount.range.start >= end && amount.range.start - end <= 3);
                    if priced && !is_denied(self.chars, &clause.range, at) && !self.before(clause, at, 4, &NOT_OURS) {
                        return Some(Action { key: QUOTE, range: at..end, confidence: 0.92 });
                    }
                }
            }
        }
        // 价格报了, 报价他嫌贵.
        self.said(Tense::Done, &["报价", "价格报"], &NOT_OURS).map(|range| Action { key: QUOTE, range, confidence: 0.68 })
    }

    /// Where a demonstration is spoken of as agreed for later.
    fn demo_booked(&self) -> Option<Action> {
        const AGREED: [&str; 21] = [
            "约了",
            "约好",
            "约定",
            "约在",
            "约到",
            "约的",
            "预约",
            "约",
            "定了",
            "定好",
            "敲定",
            "同意",
            "答应",
            "愿意",
            "安排了",
            "说好",
            "排了",
            "定在",
            "定到",
            "排到",
            "敲好",
        ];
        const FIXED: [&str; 9] = ["时间定", "定在", "约在", "约到", "安排在", "排在", "约好", "约了", "时间约"];
        for (at, clause) in self.clauses.iter().enumerate() {
            let Some(demo) = find(self.chars, clause.range.clone(), "演示") else { continue };
            if is_denied(self.chars, &clause.range, demo) || self.is_cancelled(clause, demo) {
                continue;
            }
            let range = demo..demo + 2;
            let agreed_here = AGREED.iter().any(|word| {
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
                    && ["约好", "约了", "约定", "定了", "定好", "说好", "敲定", "约的", "约在", "定在", "同意", "答应"].iter().any(
                        |word| {
                            find(self.chars, previous.range.clone(), word)
                                .is_some_and(|at| !is_denied(self.chars, &previous.range, at))
                        },
                    )
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
        const AFTER: [&str; 12] = ["了", "完", "过", "很", "得", "效果", "结束", "挺", "非常", "比较", "顺利", "给他看"];
        let after = at + 2..(at + 5).min(clause.range.end);
        let seen = at.saturating_sub(6).max(clause.range.start)..at;
        AFTER.iter().any(|word| find(self.chars, after.clone(), word).is_some_and(|found| found <= at + 3))
            || ["看了", "做了", "给了", "看完", "做完", "当面", "搞了", "参加了"]
                .iter()
                .any(|word| find(self.chars, seen.clone(), word).is_some())
    }

    fn demo_given(&self) -> Option<Action> {
        const NOT_YET: [&str; 17] = [
            "约",
            "定",
            "同意",
            "安排",
            "想",
            "要",
            "希望",
            "等",
            "准备",
            "下次",
            "再",
            "没",
            "答应",
            "愿意",
            "说好",
            "还没",
            "能不能",
        ];
        for clause in self.in_tense(Tense::Done) {
            for at in find_all(self.chars, clause.range.clone(), "演示") {
                if is_denied(self.chars, &clause.range, at) || self.is_cancelled(clause, at) {
                    continue;
                }
                let held = self.is_held(clause, at);
                if held && !self.before(clause, at, 4, &["约", "想", "要求", "同意"]) {
                    return Some(Action { key: DEMO, range: at..at + 2, confidence: 0.9 });
                }
                if !held && !self.before(clause, at, 8, &NOT_YET) {
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
        const SENT: [&str; 27] = [
            "发了",
            "发过去",
            "发给",
            "发到",
            "已发",
            "已经发",
            "发他",
            "寄了",
            "寄过去",
            "寄给",
            "寄到",
            "附了",
            "附上",
            "传了",
            "传给",
            "送了",
            "送过去",
            "留了",
            "给了",
            "拿了",
            "发送了",
            "带了",
            "也给了",
            "给他了",
            "留下",
            "发出去",
            "送到",
        ];
        // These come from the customer, or are still to come.
        const OTHER: [&str; 12] =
            ["发过来", "发给我", "发我", "给了我", "寄给我", "传给我", "要", "等", "让我", "准备", "明天", "回头"];
        for (at, clause) in self.clauses.iter().enumerate().filter(|(_, clause)| clause.tense == Tense::Done) {
            if OTHER.iter().any(|word| find(self.chars, clause.range.clone(), word).is_some()) {
                continue;
            }
            let Some(material) = MATERIAL
                .iter()
                .find_map(|word| find(self.chars, clause.range.clone(), word).map(|at| at..at + word.chars().count()))
            else {
                continue;
            };
            let verb = |clause: &Clause| {
                SENT.iter().find_map(|word| {
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

//! The words of field sales, put back where the model wrote something else that sounds the same.

use super::number::{digit, is_numeral};
use super::sound::{Sound, sounds};

/// Words that are put back when the sound is identical (two characters) or nearly so (more). Never numerals, never weekdays.
const WORDS: [&str; 120] = [
    // what is done
    "拜访",
    "上门拜访",
    "上门",
    "走访",
    "当面",
    "演示",
    "演示产品",
    "现场演示",
    "看演示",
    "预约演示",
    "报价",
    "报价单",
    "报了价",
    "签约",
    "同意签约",
    "签合同",
    "签了合同",
    "签下来",
    "续签",
    "跟进",
    "再跟进",
    "再联系",
    "再约时间",
    "电话联系",
    "微信联系",
    "打电话",
    "通了电话",
    "发邮件",
    "回邮件",
    "回了邮件",
    "发了邮件",
    "发资料",
    "发到",
    "发报价单",
    "发合同",
    "寄样品",
    "走流程",
    "答复",
    "对接",
    "培训",
    "验收",
    "安装",
    "调试",
    "部署",
    "回款",
    "付款",
    "开票",
    "盖章",
    "盖章件",
    "下单",
    // what it is about
    "客户",
    "邮件",
    "邮箱",
    "微信",
    "电话",
    "资料",
    "产品资料",
    "方案资料",
    "产品手册",
    "手册",
    "案例",
    "彩页",
    "方案",
    "技术方案",
    "合同",
    "合同金额",
    "样机",
    "样品",
    "设备",
    "产品",
    "客户提出新需求",
    "提出新需求",
    "新需求",
    "需求",
    "接口",
    "模块",
    "定制开发",
    "二次开发",
    "维保",
    "质保",
    "测试环境",
    "启动会",
    "需要协调技术答疑",
    "协调技术答疑",
    "技术答疑",
    "技术负责人",
    "技术支持",
    "总价",
    "单价",
    "金额",
    "预算",
    "折扣",
    "首付",
    "尾款",
    "招标",
    "投标",
    "中标",
    "采购",
    "展厅",
    "厂里",
    "车间",
    "现场",
    "办公室",
    // when
    "下一步",
    "月底前",
    "年底前",
    "月底",
    "面谈",
    "见面",
    "回访",
    "续约",
    "订单",
    "交付",
    "发货",
    "审批",
    "发票",
    "送样",
    "报了价格",
    "产品演示",
    "远程演示",
];

/// Words that sound like one of [`WORDS`] and are meant as they stand, and what must follow for that (`""`: nothing in particular).
const LEFT_ALONE: [(&str, &str); 17] = [
    ("延时", "问秒毫高大低"),
    ("岩石", ""),
    ("按理", ""),
    ("摆放", ""),
    ("保价", ""),
    ("计数", ""),
    ("借口", ""),
    ("街口", ""),
    ("维新", ""),
    ("汇款", ""),
    ("订金", ""),
    ("越低", ""),
    ("菜叶", ""),
    ("和同", "事学行伴样"),
    ("有件", "事"),
    ("为保", "证护持障"),
    ("之保", "证"),
];
/// Characters that carry the grammar of a sentence are what they are: 这条是 does not hold 调试.
const GRAMMAR: &str = "是的了不没未别在我他她它你们这那就都也又跟到要想像向说会来去过把被让很再还等能只才够将以而且或";

/// Everyday words: a customer's short name that only sounds like one of them is not meant.
const EVERYDAY: [&str; 96] = [
    "今天", "明天", "后天", "昨天", "上午", "下午", "中午", "晚上", "早上", "时间", "现在", "刚才", "已经", "然后", "但是", "因为",
    "所以", "如果", "可以", "没有", "他们", "我们", "你们", "对方", "这边", "那边", "公司", "老板", "经理", "主任", "领导", "同事",
    "朋友", "大家", "自己", "一个", "这个", "那个", "什么", "怎么", "觉得", "希望", "需要", "想要", "同意", "确认", "收到", "知道",
    "考虑", "商量", "讨论", "内部", "流程", "问题", "情况", "效果", "价格", "优惠", "便宜", "贵了", "满意", "顺利", "可能", "应该",
    "不错", "非常", "比较", "马上", "之前", "之后", "以后", "以前", "回复", "回来", "过来", "过去", "出来", "起来", "下来", "一下",
    "一次", "一趟", "一起", "继续", "开始", "结束", "完成", "准备", "安排", "联系", "沟通", "介绍", "了解", "使用", "试用", "竞品",
];

/// Whether these characters are a word of the trade or of every day.
pub(super) fn is_ordinary(chars: &[char]) -> bool {
    let is = |words: &[&str]| words.iter().any(|word| word.chars().eq(chars.iter().copied()));
    is(&WORDS) || is(&EVERYDAY)
}

/// How far a word of three characters, and each character of a longer one, may be from what was written.
const MAX_THREE: f32 = 0.3;
const MAX_MEAN: f32 = 0.17;
const MAX_ONE: f32 = 0.5;

/// Puts words back by their sound. Lengths never change, `protected` characters stay.
pub(super) fn correct(chars: &mut [char], protected: &mut [bool]) {
    let heard = sounds(chars);
    let mut words: Vec<(Vec<char>, Vec<Sound>)> =
        WORDS.iter().map(|word| word.chars().collect::<Vec<_>>()).map(|word| (word.clone(), sounds(&word))).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));

    // What is written right is right, and holds off a longer word that only resembles.
    for (word, _) in words.iter().filter(|(word, _)| word.len() >= 3) {
        for at in 0..(chars.len() + 1).saturating_sub(word.len()) {
            if chars[at..at + word.len()] == word[..] {
                protected[at..at + word.len()].fill(true);
            }
        }
    }
    for (word, sound) in &words {
        for at in 0..(chars.len() + 1).saturating_sub(word.len()) {
            let here = at..at + word.len();
            if protected[here.clone()].contains(&true) || here.clone().any(|at| is_counting(chars, at)) {
                continue;
            }
            let costs: Vec<f32> = sound.iter().zip(&heard[here.clone()]).map(|(a, b)| a.cost(*b)).collect();
            let changed = || word.iter().zip(&chars[here.clone()]).filter(|(a, b)| a != b).map(|(_, b)| *b);
            let limit = match word.len() {
                2 => 0.0,
                3 => MAX_THREE,
                length => MAX_MEAN * length as f32,
            };
            let fits = costs.iter().sum::<f32>() <= limit
                && costs.iter().all(|cost| *cost <= MAX_ONE)
                && costs.contains(&0.0)
                // Four syllables in a row that are all right are no accident.
                && (word.len() >= 4 && costs.iter().all(|cost| *cost == 0.0) || changed().all(|c| !GRAMMAR.contains(c)))
                && !(word.len() == 2 && left_alone(chars, at));
            if fits {
                chars[here.clone()].copy_from_slice(word);
                protected[here].fill(true);
            }
        }
    }
}

/// Whether a character is punctuation or part of a number. A unit without any digit beside it is a word.
fn is_counting(chars: &[char], at: usize) -> bool {
    let numeral = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|&c| is_numeral(c));
    let c = chars[at];
    !c.is_alphabetic()
        || digit(c).is_some()
        || is_numeral(c) && (numeral(at.checked_sub(1)) || numeral(Some(at + 1)) || !matches!(c, '千' | '百' | '十'))
}

/// Whether two characters are meant as they stand, or belong to the words around them (和同事, 有件事).
fn left_alone(chars: &[char], at: usize) -> bool {
    let is = |word: &str| word.chars().eq(chars[at..at + 2].iter().copied());
    let followed = |by: &str| by.is_empty() || chars.get(at + 2).is_some_and(|next| by.contains(*next));
    EVERYDAY.iter().any(|word| is(word)) || LEFT_ALONE.iter().any(|(word, by)| is(word) && followed(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let mut protected = vec![false; chars.len()];
        correct(&mut chars, &mut protected);
        chars.into_iter().collect()
    }

    #[test]
    fn words_are_put_back_by_sound() {
        for (heard, meant) in [
            ("今天掩饰了", "今天演示了"),
            ("发了有件过去", "发了邮件过去"),
            ("需要协调技术答应", "需要协调技术答疑"),
            ("和同签了", "合同签了"),
            ("越底钱给", "月底前给"),
            ("明天发爆假弹", "明天发报价单"),
        ] {
            assert_eq!(corrected(heard), meant);
        }
    }

    #[test]
    fn what_is_meant_as_it_stands_stays() {
        for text in [
            "和同事商量",
            "有件事要说",
            "周三三点",
            "设备延时高",
            "他们已经同意",
            "按理说",
            "这条是客户的",
            "他又想加",
            "还未报给我",
            "为保证质量",
            "价格越低越好",
            "三百五十万",
            "上周五",
            "我跟他说了",
        ] {
            assert_eq!(corrected(text), text);
        }
    }
}

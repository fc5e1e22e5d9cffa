//! Amounts of money as they are spoken, kept apart from counts, durations and telephone numbers.

use std::ops::Range;

use super::number;
use chuda_record::Fen;

/// An amount in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AmountMention {
    pub(super) range: Range<usize>,
    pub(super) amount: Fen,
    pub(super) confidence: f32,
    /// How likely it is the amount of this touch, and not of someone else or of a part.
    pub(super) weight: i32,
}

/// What makes a number a count of something.
const COUNTED: &str =
    "台套个件人家次天年月号点米吨条张份平公小分秒度岁期层楼路页只支瓶盒箱吋寸升克斤亩位名辆头把块%周倍成折股票届代楼科组间";
/// Words before an amount that make it this touch's.
const PRICE: [&str; 14] =
    ["报价", "报了", "报到", "报的", "总价", "金额", "价格", "价", "合同", "一共", "总共", "合计", "单子", "款"];
/// Words before an amount that is the last one agreed.
const FINAL: [&str; 9] = ["最后", "降到", "改成", "优惠到", "谈到", "调整到", "打到", "定在", "成交"];
/// Words before an amount that is another one.
const OTHER: [&str; 14] =
    ["预算", "竞品", "对手", "别家", "同行", "原价", "原来", "预付", "定金", "首付", "尾款", "去年", "之前报", "其他家"];

/// All amounts of a text, in order.
pub(super) fn amounts(chars: &[char]) -> Vec<AmountMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if number::digit(chars[at]).is_none() && chars[at] != '十' {
            at += 1;
            continue;
        }
        let Some(number) = number::parse(chars, at) else {
            // The rest of a vague number is no number either: 几十万, 十来万.
            at += 1 + chars[at + 1..].iter().take_while(|&&c| number::is_numeral(c)).count();
            continue;
        };
        let start = at;
        at = number.end;
        if let Some(mention) = mention(chars, start, number) {
            at = mention.range.end;
            found.push(mention);
        }
    }
    found
}

fn mention(chars: &[char], start: usize, number: number::Number) -> Option<AmountMention> {
    let before: String = chars[start.saturating_sub(6)..start].iter().collect();
    // Only what stands in the same clause speaks about it.
    let before = before.rsplit(['，', '。', '、', '；', ',']).next().unwrap_or_default();
    if before.ends_with(['第', '几', '多', '近', '号', '.', '-']) || before.ends_with("百分之") {
        return None;
    }
    let rest = |at: usize| chars.get(at).copied();
    let currency = ["元", "块钱", "块", "人民币", "圆"]
        .into_iter()
        .find(|word| word.chars().enumerate().all(|(i, c)| rest(number.end + i) == Some(c)));
    let end = number.end + currency.map_or(0, |word| word.chars().count());
    // 三块屏 counts screens; 八千块 is money.
    let currency = currency.filter(|word| *word != "块" || number.whole().is_some_and(|value| value >= 100));
    let priced = PRICE.iter().any(|word| before.contains(word));
    if currency.is_none() {
        let counted = rest(number.end).is_some_and(|next| COUNTED.contains(next));
        // Seven digits or more without a unit are a telephone number.
        if counted || !number.large && (!priced || number.digits >= 7 || number.hundredths().is_some_and(|value| value < 10_000)) {
            return None;
        }
    }
    let fen = number.hundredths().filter(|fen| *fen > 0)?;
    let has = |words: &[&str]| words.iter().any(|word| before.contains(word));
    let weight = 2 * i32::from(priced) + 3 * i32::from(has(&FINAL)) - 4 * i32::from(has(&OTHER));
    let confidence = match (number.large || currency.is_some(), priced) {
        (true, true) => 0.95,
        (true, false) => 0.88,
        _ => 0.7,
    };
    Some(AmountMention { range: start..end, amount: Fen(fen), confidence, weight })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::score::chinese;

    fn yuan(text: &str) -> Vec<i64> {
        amounts(&text.chars().collect::<Vec<_>>()).into_iter().map(|mention| mention.amount.0 / 100).collect()
    }

    #[test]
    fn amounts_as_people_say_them() {
        for (text, expected) in [
            ("金额五十八万，含", 580_000),
            ("报了3万5一年", 35_000),
            ("报价一百二十万他说", 1_200_000),
            ("42万8含3年维保", 428_000),
            ("二十三万五", 235_000),
            ("报价1.2万", 12_000),
            ("总价八千", 8_000),
            ("八千块", 8_000),
            ("12500元", 12_500),
            ("我报价两百三十五万，他们", 2_350_000),
        ] {
            assert_eq!(yuan(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_no_money() {
        for text in [
            "演示了一个小时",
            "三年维保",
            "要五万台",
            "电话13800138000",
            "三点半",
            "11月28号",
            "第二次",
            "几十万",
            "二十多万",
            "百分之八十",
            "问了三个问题",
            "两天内",
            "三块屏",
            "300套",
            "一次",
        ] {
            assert_eq!(yuan(text), [0; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(amount in 1_i64..=100_000_000, ascii: bool) {
            let text = if ascii { amount.to_string() } else {
                chinese(amount as u64)
            };
            prop_assert_eq!(yuan(&format!("合同金额{text}元，下周付款")), [amount]);
        }

        #[test]
        fn shortened_amounts_read_back(ten_thousands in 1_i64..10_000, thousands in 1_i64..10, ascii: bool) {

            let text = if ascii { format!("报了{ten_thousands}万{thousands}") } else { format!("报了{}万{}", chinese(ten_thousands as u64), chinese(thousands as u64)) };
            prop_assert_eq!(yuan(&text), [ten_thousands * 10_000 + thousands * 1_000]);
        }
    }
}

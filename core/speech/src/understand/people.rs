//! People as they are called in business: a surname and a title (王总, 李工, 郑科长).

use std::ops::Range;

use super::lists::list;
use super::sound::Sound;

/// Common surnames, the commonest first: of several with one sound the first is the likeliest.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑罗梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

/// What makes one of the short titles part of another word: 总价, 工作, 局面.
const NO_TITLE: [(char, &str); 4] =
    [('总', "价额部是共结体数量计之在会有觉金款要"), ('工', "作程厂期业地具资人艺单序"), ('董', "事"), ('局', "面部长")];

/// The title that starts at a place, as its length in characters.
pub(super) fn title_at(chars: &[char], at: usize) -> Option<usize> {
    let rest = chars.get(at..)?;
    let title = list("titles").iter().find(|title| title.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c)))?;
    let length = title.chars().count();
    let spoilt = NO_TITLE.iter().any(|(c, next)| length == 1 && rest[0] == *c && rest.get(1).is_some_and(|c| next.contains(*c)));
    (!spoilt).then_some(length)
}

/// People in a text: where surname and title stand.
pub(super) fn people(chars: &[char]) -> Vec<Range<usize>> {
    (0..chars.len())
        .filter(|&at| SURNAMES.contains(chars[at]))
        .filter_map(|at| Some(at..at + 1 + title_at(chars, at + 1)?))
        .collect()
}

/// Corrects surnames by their sound: 流经理 → 刘经理, 政科长 → 郑科长, 张公 → 张工.
/// People, corrected or not, are `protected` from then on.
pub(super) fn correct(chars: &mut [char], protected: &mut [bool]) {
    for at in 0..chars.len().saturating_sub(1) {
        if protected[at] || protected[at + 1] {
            continue;
        }
        let led = at == 0 || list("person.leads").iter().any(|lead| ends_with(&chars[..at], lead));
        if !led {
            continue;
        }
        // 工 is written as 公 all the time; 公司 and 公里 stay.
        let gong = chars[at + 1] == '公' && chars.get(at + 2).is_none_or(|c| !"司里元开室安园告众式寓关斤认用".contains(*c));
        let Some(surname) = surname_like(chars[at]).filter(|_| gong || title_at(chars, at + 1).is_some()) else { continue };
        chars[at] = surname;
        if gong {
            chars[at + 1] = '工';
        }
    }
    for person in people(chars) {
        protected[person].fill(true);
    }
}

/// The character itself when it is a surname, else the likeliest surname that sounds the same.
fn surname_like(c: char) -> Option<char> {
    // 老总, 小王, 副总, 大客户经理 and the like are no surnames.
    if SURNAMES.contains(c) {
        return Some(c);
    }
    if "老小副大各本该某几这那他她我你们的了两一二三四五六七八九十".contains(c) {
        return None;
    }
    SURNAMES
        .chars()
        .find(|surname| matches!(Sound::of(*surname), Sound::Syllable(..)) && Sound::of(*surname).cost(Sound::of(c)) == 0.0)
}

fn ends_with(chars: &[char], text: &str) -> bool {
    text.chars().rev().enumerate().all(|(i, c)| chars.len() > i && chars[chars.len() - 1 - i] == c)
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
    fn surnames_are_corrected_by_sound() {
        assert_eq!(corrected("跟采购流经理谈"), "跟采购刘经理谈");
        assert_eq!(corrected("设备科的政科长"), "设备科的郑科长");
        assert_eq!(corrected("找研发的张公处理"), "找研发的张工处理");
        assert_eq!(corrected("技术负责人理工"), "技术负责人李工");
    }

    #[test]
    fn other_words_stay() {
        for text in ["客户经理来了", "跟老总谈", "我们公司", "的总价", "给项目经理", "和公司的人", "请总工看"]
        {
            assert_eq!(corrected(text), text);
        }
    }

    #[test]
    fn people_are_found() {
        let chars: Vec<char> = "王总和李工，总价".chars().collect();
        assert_eq!(people(&chars), [0..2, 3..5]);
    }
}

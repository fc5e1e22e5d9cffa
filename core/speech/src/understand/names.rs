//! Which customer is meant: names are looked for by sound, because the model rarely writes them right.

use std::ops::Range;

use super::KnownCustomer;
use super::lists::list;
use super::sound::{Sound, sounds};
use super::vocabulary;

/// What a text says about its customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// The one customer that is meant, where, and as which part of the name.
    pub(super) decided: Option<Decided>,
    /// Customers that the sound cannot tell apart, best first; empty when one is decided.
    pub(super) candidates: Vec<usize>,
}

/// One customer that is meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    /// Place in the list of customers.
    pub(super) customer: usize,
    /// The characters of the text that name it.
    pub(super) range: Range<usize>,
    /// What they should have been.
    pub(super) name: String,
    pub(super) confidence: f32,
}

/// A syllable of the distinguishing part may cost this much, and all of them this much on average.
const MAX_SYLLABLE: f32 = 0.4;
const MAX_CORE: f32 = 0.26;
/// Between a place and a trade that both fit, one syllable may be half wrong; wholly wrong, the customer is only offered.
const FULL_SUPPORT: f32 = 2.2;
const HALF_WRONG: f32 = 0.5;
/// What place and trade around the distinguishing part have to add before a name that is not identical in sound decides.
const SUPPORT: f32 = 1.2;
/// Names closer to the best than this are offered beside it.
const MARGIN: f32 = 0.4;
/// A place says less than a name, because many customers share it; so does a trade.
const PLACE_WEIGHT: f32 = 0.6;
const TRADE_WEIGHT: f32 = 0.8;
/// More to choose from than this is no help.
const MAX_CANDIDATES: usize = 5;

/// A customer's name, taken apart.
struct Name {
    chars: Vec<char>,
    sounds: Vec<Sound>,
    /// The part that people say for short.
    core: Range<usize>,
}

/// A place in the text that sounds like a customer.
#[derive(Clone, Debug)]
struct Mention {
    customer: usize,
    range: Range<usize>,
    /// The part of the name that was said.
    said: Range<usize>,
    score: f32,
    /// Mean cost of the distinguishing part, 0 for identical.
    cost: f32,
    /// How much place and trade add.
    support: f32,
    /// Whether it is too unlike to decide, whatever stands around it.
    doubtful: bool,
}

/// Looks for one of the customers in a text.
pub(super) fn find(chars: &[char], customers: &[KnownCustomer]) -> Found {
    let text = sounds(chars);
    let names: Vec<Option<Name>> = customers.iter().map(Name::new).collect();
    let mut mentions: Vec<Mention> = Vec::new();
    for (customer, name) in names.iter().enumerate() {
        if let Some(name) = name {
            mentions.extend(mentions_of(customer, name, &text, chars));
        }
    }
    mentions.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.range.start.cmp(&b.range.start)));

    // Of what a correction takes back (宏达,不对,是鸿大) only what replaces it counts.
    let last_correction = mentions
        .iter()
        .filter(|m| is_strong(m, &names))
        .filter(|m| super::clause::follows_correction(chars, m.range.start))
        .max_by_key(|m| m.range.start);
    if let Some(from) = last_correction.map(|mention| mention.range.start) {
        mentions.retain(|mention| mention.range.start >= from);
    }

    let Some(best) = mentions.first().cloned() else { return Found::default() };
    let mut rivals: Vec<&Mention> = vec![&best];
    for mention in &mentions[1..] {
        let known = rivals.iter().any(|rival| rival.customer == mention.customer);
        let here = mention.range.start < best.range.end && best.range.start < mention.range.end;
        // At another place a second customer counts when it is named as clearly.
        let rival = if here {
            mention.score >= best.score - MARGIN
        } else {
            is_strong(mention, &names) && mention.score >= best.score - 2.0
        };
        if rival && !known {
            rivals.push(mention);
        }
    }
    let exact = best.cost == 0.0;
    let strong = is_strong(&best, &names);
    if rivals.len() == 1 && !best.doubtful && (strong || exact && is_addressed(chars, &best.range)) {
        let name = names[best.customer].as_ref().map_or_else(String::new, |name| name.chars[best.said.clone()].iter().collect());
        let confidence = if strong { 0.97 - 1.2 * best.cost } else { 0.75 };
        return Found {
            decided: Some(Decided { customer: best.customer, range: best.range, name, confidence }),
            candidates: vec![],
        };
    }
    // A short name that only resembles, without anything that says a customer is meant, is a coincidence.
    if !strong && !is_addressed(chars, &best.range) {
        return Found::default();
    }
    let mut candidates: Vec<usize> = rivals.iter().map(|rival| rival.customer).collect();
    candidates.truncate(MAX_CANDIDATES);
    Found { decided: None, candidates }
}

/// Whether a mention is more than a short name that could be anything.
fn is_strong(mention: &Mention, names: &[Option<Name>]) -> bool {
    let length = names[mention.customer].as_ref().map_or(0, |name| name.core.len());
    mention.support >= SUPPORT || mention.cost == 0.0 && length >= 3
}

impl Name {
    fn new(customer: &KnownCustomer) -> Option<Self> {
        let chars: Vec<char> = customer.name.chars().filter(|c| c.is_alphanumeric()).take(40).collect();
        let short: Vec<char> = customer.short.iter().flat_map(|short| short.chars()).filter(|c| c.is_alphanumeric()).collect();
        let core = (0..chars.len()).find(|&at| short.len() >= 2 && chars[at..].starts_with(&short)).map(|at| at..at + short.len());
        let core = core.or_else(|| short_of(&chars))?;
        Some(Self { sounds: sounds(&chars), chars, core })
    }
}

/// The distinguishing part of a name without a short form: what is left without place, trade and legal form; two characters of it.
fn short_of(chars: &[char]) -> Option<Range<usize>> {
    let start = list("places")
        .iter()
        .filter(|place| place.chars().eq(chars.iter().take(place.chars().count()).copied()))
        .map(|place| place.chars().count())
        .max()
        .unwrap_or(0);
    let start = start + usize::from(start > 0 && chars.get(start).is_some_and(|c| matches!(c, '市' | '省')));
    let rest = &chars[start..];
    match rest.len() {
        0 | 1 => (chars.len() >= 2).then_some(0..2),
        // A brand in letters is said as a whole.
        _ if rest[0].is_ascii_alphanumeric() => Some(start..start + rest.iter().take_while(|c| c.is_ascii_alphanumeric()).count()),
        _ => Some(start..start + 2),
    }
}

/// Where a name sounds out of the text.
fn mentions_of<'a>(customer: usize, name: &'a Name, text: &'a [Sound], chars: &'a [char]) -> impl Iterator<Item = Mention> + 'a {
    let core = &name.sounds[name.core.clone()];
    let last = text.len().saturating_sub(core.len());
    (0..=last).filter_map(move |at| {
        if at + core.len() > text.len() {
            return None;
        }
        let (mut total, mut worst, mut wrong) = (0.0, 0.0_f32, 0);
        for (a, b) in core.iter().zip(&text[at..]) {
            let cost = a.cost(*b);
            wrong += usize::from(cost > 0.1);
            worst = worst.max(cost);
            total += cost;
            if wrong > 1 && worst > MAX_SYLLABLE {
                return None;
            }
        }
        let cost = total / core.len() as f32;
        let alike = worst <= MAX_SYLLABLE && cost <= MAX_CORE;
        if !alike && wrong > 1 {
            return None;
        }
        let before: Vec<Sound> = name.sounds[..name.core.start].iter().rev().copied().collect();
        let text_before: Vec<Sound> = text[..at].iter().rev().take(before.len() + 2).copied().collect();
        let place = extend(&before, &text_before);
        let trade = extend(&name.sounds[name.core.end..], &text[at + core.len()..]);
        let support = PLACE_WEIGHT * place.gain + TRADE_WEIGHT * trade.gain;
        if !alike && support < FULL_SUPPORT {
            return None;
        }
        // Words of the trade are no customer: 方案 when one is called 方安.
        let ordinary = support < SUPPORT && vocabulary::is_ordinary(&chars[at..at + core.len()]);
        (!ordinary).then(|| Mention {
            customer,
            range: at - place.text..at + core.len() + trade.text,
            said: name.core.start - place.name..name.core.end + trade.name,
            score: core.len() as f32 - 2.0 * total + support,
            cost,
            support,
            doubtful: !alike && worst > HALF_WRONG,
        })
    })
}

/// How far a name goes on in the text.
#[derive(Clone, Copy, Default)]
struct Extension {
    gain: f32,
    /// Characters of the name and of the text that belong to it.
    name: usize,
    text: usize,
}

/// The best alignment of a beginning of `name` with a beginning of `text`; each may leave out a syllable of the other.
fn extend(name: &[Sound], text: &[Sound]) -> Extension {
    const GAP: f32 = -0.6;
    let text = &text[..text.len().min(name.len() + 1)];
    let mut best = Extension::default();
    let mut row: Vec<f32> = (0..=text.len()).map(|at| GAP * at as f32).collect();
    for (i, sound) in name.iter().enumerate() {
        let mut next = vec![GAP * (i + 1) as f32];
        for (j, heard) in text.iter().enumerate() {
            let value = (1.0 - 2.0 * sound.cost(*heard)).max(-0.6);
            let along = row[j] + value;
            let score = along.max(row[j + 1] + GAP).max(next[j] + GAP);
            // A syllable that hardly fits belongs to the sentence, unless the one before it fits well.
            let fits = value >= 0.4 && score > best.gain || value >= 0.0 && score >= best.gain && score >= 0.8;
            if fits && along >= score {
                best = Extension { gain: score, name: i + 1, text: j + 1 };
            }
            next.push(score);
        }
        row = next;
    }
    best
}

/// Whether what stands around a short name says that a customer is meant: 跟…的, 拜访…, …那边.
fn is_addressed(chars: &[char], range: &Range<usize>) -> bool {
    const BEFORE: &str = "跟和给与找去到访系见约在陪帮问对完了是为回来，。、！？；：";
    const AFTER: &str = "的那这公厂老，。、！？；：";
    let before = chars[..range.start].last().is_none_or(|c| BEFORE.contains(*c));
    let after = chars.get(range.end).is_none_or(|c| AFTER.contains(*c));
    let titled = super::people::title_at(chars, range.end + 1).is_some();
    before && (after || titled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chuda_record::id::CustomerId;

    fn book(names: &[(&str, Option<&str>)]) -> Vec<KnownCustomer> {
        names
            .iter()
            .map(|(name, short)| KnownCustomer {
                id: CustomerId::derived(name),
                name: (*name).into(),
                short: short.map(Into::into),
            })
            .collect()
    }

    fn found(text: &str, names: &[(&str, Option<&str>)]) -> Found {
        find(&text.chars().collect::<Vec<_>>(), &book(names))
    }

    fn decided(text: &str, names: &[(&str, Option<&str>)]) -> Option<(usize, String)> {
        found(text, names).decided.map(|decided| (decided.customer, decided.name))
    }

    const BOOK: &[(&str, Option<&str>)] = &[
        ("绍兴金禾纺织", Some("金禾")),
        ("绍兴锦和印染", Some("锦和")),
        ("长沙远航机床", Some("远航")),
        ("大连瑞丰水产有限公司", None),
        ("ABB电气", None),
    ];

    #[test]
    fn a_name_is_found_by_its_sound() {
        assert_eq!(decided("今天拜访少兴今和方职的周总", BOOK), Some((0, "绍兴金禾纺织".into())));
        assert_eq!(decided("给大连锐风水产打了电话", BOOK), Some((3, "大连瑞丰水产".into())));
        assert_eq!(decided("到长沙远行机床看了样机", BOOK), Some((2, "长沙远航机床".into())));
        assert_eq!(decided("去了abb电器", BOOK), Some((4, "ABB电气".into())));
    }

    #[test]
    fn a_short_name_decides_only_when_nothing_sounds_like_it() {
        assert_eq!(decided("跟远航的王总约了演示", BOOK), Some((2, "远航".into())));
        let both = found("跟今和的王总约了演示", BOOK);
        assert_eq!((both.decided, both.candidates), (None, vec![0, 1]));
    }

    #[test]
    fn another_company_is_not_taken_for_a_customer() {
        for text in ["拜访了绍兴大同纺织", "去了长沙机床厂", "远程航运的事", "客户说方案不错", "给大连的客户打了电话"]
        {
            assert_eq!(found(text, BOOK), Found::default(), "{text}");
        }
        let name = &[("杭州方安科技", Some("方安"))][..];
        assert_eq!(found("资料发了，方案，下周再谈", name), Found::default());
    }

    #[test]
    fn one_wrong_syllable_between_place_and_trade_is_offered_or_decided() {
        // 航 heard as 行 with another rhyme is half wrong, heard as 山 it is wholly wrong.
        assert_eq!(decided("去了绍兴金河纺织", BOOK).map(|(customer, _)| customer), Some(0));
        let found = found("去了长沙远山机床", BOOK);
        assert_eq!((found.decided, found.candidates), (None, vec![2]));
    }

    #[test]
    fn two_customers_in_one_note_are_both_offered() {
        let found = found("上午去了长沙远航机床，下午去了大连瑞丰水产", BOOK);
        assert_eq!(found.decided, None);
        assert_eq!(found.candidates.len(), 2);
    }

    #[test]
    fn a_correction_replaces_what_was_said_before() {
        assert_eq!(decided("今天去了长沙远航机床，不对，是大连瑞丰水产", BOOK).map(|(customer, _)| customer), Some(3));
    }

    #[test]
    fn odd_names_do_no_harm() {
        let odd = &[("", None), ("的", Some("的")), ("？？", Some("？")), ("科", None)][..];
        assert_eq!(found("今天的客户的科的", odd), Found::default());
        assert_eq!(found("", BOOK), Found::default());
    }
}

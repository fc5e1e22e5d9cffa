//! What the team of the demo sells, to whom, and what people write about it. Companies, people and products are invented; any
//! likeness is accidental.

use chuda_evidence::claim::Location;
use chuda_record::{ContactMode, Fen};
use chuda_words::fill;

use super::luck::Luck;

/// What people say and write, and what they sell to whom: the occasion, and one of the phrases or rows for it.
const PHRASES: &str = include_str!("goods.tsv");

const FIRST: &str = "澜霁岚珩栩翎澍煦砚峤汀槿曜筠湛霖珺沅琅浔";
const SECOND: &str = "禾序屿棠岑泊榆垣弦壑桓澈鹿圃野川朔微寻渡";
const FAMILY: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐";

/// A company as somebody enters it.
pub(super) struct Company {
    pub(super) name: String,
    pub(super) short: String,
    pub(super) address: String,
    pub(super) model: &'static str,
    pub(super) place: (i32, i32),
}

/// A person on the customer's side.
pub(super) struct Face {
    pub(super) name: String,
    pub(super) position: &'static str,
    pub(super) role: &'static str,
    pub(super) phone: String,
}

pub(super) fn company(luck: &mut Luck) -> Company {
    // In millionths of a degree.
    let [town, latitude, longitude] = row("town", luck);
    let letters = |list: &str, luck: &mut Luck| luck.pick(&list.chars().collect::<Vec<_>>());
    let core = format!("{}{}", letters(FIRST, luck), letters(SECOND, luck));
    let [trade, in_short] = row("trade", luck);
    let around = |degrees_e6: &str, luck: &mut Luck| degrees_e6.parse().unwrap_or(0) + luck.between(-60_000, 60_000) as i32;
    Company {
        name: format!("{town}{core}{trade}{}", phrase("form", luck)),
        short: format!("{core}{in_short}"),
        address: format!("{town}市{}{} 号", phrase("road", luck), luck.between(1, 999)),
        model: phrase("model", luck),
        place: (around(latitude, luck), around(longitude, luck)),
    }
}

pub(super) fn face(luck: &mut Luck) -> Face {
    let family = luck.pick(&FAMILY.chars().collect::<Vec<_>>());
    let [role, position] = row("position", luck);
    Face {
        name: format!("{family}{}", phrase("called", luck)),
        position,
        role,
        // Of a range that is given to nobody.
        phone: format!("100{:08}", luck.below(100_000_000)),
    }
}

pub(super) fn near(place: (i32, i32), mock: bool, luck: &mut Luck) -> Location {
    let mut about = |degrees_e6: i32| degrees_e6 + luck.between(-900, 900) as i32;
    Location {
        latitude_e6: about(place.0),
        longitude_e6: about(place.1),
        accuracy_m: luck.between(4, 60) as u32,
        age_ms: luck.below(30_000) as u64,
        mock,
    }
}

/// An amount: mostly a few machines, sometimes a line; exactly the kickoff's limit now and then.
pub(super) fn amount(luck: &mut Luck) -> Fen {
    let yuan = match luck.below(100) {
        0..=3 => 500_000,
        4..=14 => luck.between(501, 1_480) * 1_000,
        15..=40 => luck.between(160, 498) * 1_000,
        _ => luck.between(290, 1_590) * 100,
    };
    Fen(yuan * 100)
}

/// One of the phrases for an occasion.
pub(super) fn phrase(occasion: &str, luck: &mut Luck) -> &'static str {
    luck.pick(&phrases(occasion).collect::<Vec<_>>())
}

/// One of the rows for an occasion, as its cells.
fn row<const N: usize>(occasion: &str, luck: &mut Luck) -> [&'static str; N] {
    let mut cells = phrase(occasion, luck).split('\t');
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

fn phrases(occasion: &str) -> impl Iterator<Item = &'static str> {
    PHRASES.lines().filter_map(|row| row.split_once('\t')).filter(move |(known, _)| *known == occasion).map(|(_, text)| text)
}

pub(super) fn note(action: &str, contact: &str, model: &str, luck: &mut Luck) -> String {
    let occasion = match action {
        "demo_on_site" | "demo_remote" => "note.demo".to_owned(),
        action => format!("note.{action}"),
    };
    phrase(&occasion, luck).replace("{contact}", contact).replace("{model}", model)
}

pub(super) fn tomorrow(customer: Option<&str>, luck: &mut Luck) -> String {
    let Some(customer) = customer else { return phrase("tomorrow.alone", luck).to_owned() };
    phrase("tomorrow", luck).replace("{contact}", customer)
}

/// How a recording sounds in words.
pub(super) fn spoken(note: &str, own: bool, luck: &mut Luck) -> String {
    format!("{}{note}", phrase(if own { "spoken.own" } else { "spoken.told" }, luck))
}

/// How the customer was reached for an action.
pub(super) fn mode(action: &str, luck: &mut Luck) -> ContactMode {
    let known = format!("mode.{action}");
    let occasion = if phrases(&known).next().is_some() { &known } else { "mode.other" };
    ContactMode::parse(weighted(occasion, luck)).unwrap_or(ContactMode::Phone)
}

/// One of the words for an occasion, each as often as its weight says; a single one is not drawn.
pub(super) fn weighted(occasion: &str, luck: &mut Luck) -> &'static str {
    let weighed = |row: &'static str| row.split_once('\t').and_then(|(word, weight)| Some((word, weight.parse().ok()?)));
    match phrases(occasion).filter_map(weighed).collect::<Vec<_>>()[..] {
        [(word, _)] => word,
        ref words => luck.weighted(words),
    }
}

pub(super) fn quote_lines(customer: &str, contact: &str, model: &str, amount: Fen, number: &str, day: &str) -> Vec<String> {
    let yuan = amount.0 / 100;
    let machines = yuan * 82 / 100;
    let (yuan, machines, rest) = (yuan.to_string(), machines.to_string(), (yuan - machines).to_string());
    let values = [
        ("customer", customer),
        ("contact", contact),
        ("model", model),
        ("number", number),
        ("day", day),
        ("yuan", &yuan),
        ("machines", &machines),
        ("rest", &rest),
    ];
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    phrases("quote").map(|line| fill(line, value)).collect()
}

pub(super) fn catalogue_lines(model: &str) -> Vec<String> {
    phrases("catalogue").map(|line| line.replace("{model}", model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_something_to_say_on_every_occasion_that_is_named() {
        for source in [include_str!("goods.rs"), include_str!("days.rs"), include_str!("desk.rs"), include_str!("pool.rs")] {
            for named in source.split("phrase(\"").skip(1) {
                let occasion = named.split('"').next().unwrap();
                assert!(phrases(occasion).next().is_some(), "{occasion}");
            }
        }
    }
}

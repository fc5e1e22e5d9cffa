//! What the team of the demo sells, to whom, and what people write about it. Companies, people and products are invented; any
//! likeness is accidental.

use chuda_evidence::claim::Location;
use chuda_record::{ContactMode, Fen};
use chuda_words::fill;

use super::luck::Luck;

/// What people say and write: the occasion, and one of the phrases for it.
const PHRASES: &str = include_str!("phrases.tsv");

/// Towns with their place, in thousandths of a degree.
const TOWNS: [(&str, i32, i32); 20] = [
    ("杭州", 30_274, 120_155),
    ("苏州", 31_299, 120_585),
    ("宁波", 29_874, 121_550),
    ("无锡", 31_491, 120_312),
    ("嘉兴", 30_746, 120_756),
    ("绍兴", 30_030, 120_580),
    ("常州", 31_811, 119_974),
    ("南通", 31_980, 120_894),
    ("合肥", 31_821, 117_227),
    ("芜湖", 31_353, 118_433),
    ("佛山", 23_021, 113_121),
    ("东莞", 23_021, 113_752),
    ("中山", 22_517, 113_393),
    ("惠州", 23_112, 114_416),
    ("厦门", 24_480, 118_089),
    ("泉州", 24_874, 118_676),
    ("青岛", 36_067, 120_383),
    ("烟台", 37_464, 121_448),
    ("武汉", 30_593, 114_305),
    ("成都", 30_573, 104_066),
];
const FIRST: &str = "澜霁岚珩栩翎澍煦砚峤汀槿曜筠湛霖珺沅琅浔";
const SECOND: &str = "禾序屿棠岑泊榆垣弦壑桓澈鹿圃野川朔微寻渡";
const TRADES: [(&str, &str); 14] = [
    ("食品", "食品"),
    ("包装材料", "包材"),
    ("精密机械", "精机"),
    ("电子科技", "电子"),
    ("家居用品", "家居"),
    ("阀门制造", "阀门"),
    ("日用化工", "日化"),
    ("医疗器械", "医械"),
    ("汽车配件", "汽配"),
    ("纺织印染", "纺织"),
    ("物流", "物流"),
    ("饮料", "饮料"),
    ("五金制品", "五金"),
    ("生物科技", "生物"),
];
/// Machines with their price in yuan.
pub(super) const MODELS: [(&str, i64); 8] = [
    ("TB-200 贴标机", 68_000),
    ("SX-12 输送线", 62_000),
    ("CZ-50 称重分选机", 45_800),
    ("VS-3 视觉检测站", 128_000),
    ("SM-8 扫码入库工位", 36_000),
    ("MD-40 码垛机", 215_000),
    ("KX-6 开箱机", 52_500),
    ("FH-15 封箱机", 29_800),
];

const FAMILY: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐";
const POSITIONS: [(&str, &str); 8] = [
    ("decision_maker", "总经理"),
    ("purchasing", "采购经理"),
    ("technical", "设备部主管"),
    ("it", "信息部负责人"),
    ("end_user", "车间主任"),
    ("legal", "法务专员"),
    ("finance", "财务经理"),
    ("other", "行政助理"),
];
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

/// A company.
pub(super) fn company(luck: &mut Luck) -> Company {
    let (town, latitude, longitude) = luck.pick(&TOWNS);
    let letters = |list: &str, luck: &mut Luck| luck.pick(&list.chars().collect::<Vec<_>>());
    let core = format!("{}{}", letters(FIRST, luck), letters(SECOND, luck));
    let (trade, in_short) = luck.pick(&TRADES);
    let around = |thousandths: i32, luck: &mut Luck| thousandths * 1_000 + luck.between(-60_000, 60_000) as i32;
    Company {
        name: format!("{town}{core}{trade}{}", phrase("form", luck)),
        short: format!("{core}{in_short}"),
        address: format!("{town}市{}{} 号", phrase("road", luck), luck.between(1, 999)),
        model: luck.pick(&MODELS).0,
        place: (around(latitude, luck), around(longitude, luck)),
    }
}

/// A contact person.
pub(super) fn face(luck: &mut Luck) -> Face {
    let family = luck.pick(&FAMILY.chars().collect::<Vec<_>>());
    let (role, position) = luck.pick(&POSITIONS);
    Face {
        name: format!("{family}{}", phrase("called", luck)),
        position,
        role,
        // Of a range that is given to nobody.
        phone: format!("100{:08}", luck.below(100_000_000)),
    }
}

/// A place near one.
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

fn phrases(occasion: &str) -> impl Iterator<Item = &'static str> {
    PHRASES.lines().filter_map(|row| row.split_once('\t')).filter(move |(known, _)| *known == occasion).map(|(_, text)| text)
}

/// What a rep notes down.
pub(super) fn note(action: &str, contact: &str, model: &str, luck: &mut Luck) -> String {
    let occasion = match action {
        "demo_on_site" | "demo_remote" => "note.demo".to_owned(),
        action => format!("note.{action}"),
    };
    phrase(&occasion, luck).replace("{contact}", contact).replace("{model}", model)
}

/// A key action for tomorrow.
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
    use ContactMode::{Email, Phone, Visit, Wechat};
    match action {
        "demo_on_site" => Visit,
        "demo_remote" => Wechat,
        "demo" => luck.weighted(&[(Visit, 75), (Wechat, 25)]),
        "quote" => luck.weighted(&[(Email, 45), (Wechat, 40), (Visit, 15)]),
        "send_material" => luck.weighted(&[(Wechat, 50), (Phone, 15), (Email, 20), (Visit, 15)]),
        "sign" => luck.weighted(&[(Visit, 85), (Email, 15)]),
        "book_demo" => luck.weighted(&[(Phone, 70), (Wechat, 30)]),
        _ => luck.weighted(&[(Phone, 40), (Wechat, 25), (Visit, 35)]),
    }
}

/// The lines of a quote.
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

/// The lines of a catalogue.
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

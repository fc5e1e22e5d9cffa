//! Who is in the team of the demo: names, roles, reporting lines, and how each rep goes about the work. Everybody is invented.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_record::Role;
use chuda_record::id::PersonId;

use super::luck::Luck;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const GIVEN: &str = "伟 芳 娜 敏 静 磊 洋 艳 勇 军 杰 娟 涛 明 超 霞 平 刚 辉 玲 鑫 波 斌 宇 浩 凯 健 俊 帆 雪 倩 婷 宁 琳 欣 颖 晨 旭 阳 岩 \
    志强 建华 晓东 丽华 海燕 国栋 文博 雨桐 思远 佳怡 子涵 嘉豪 梦瑶 一鸣 俊熙 诗涵 浩然 欣怡 宇轩 梓萱 晓峰 春梅 立新 永康 少华 \
    明哲 若曦 天佑 书瑶 景行 云飞 清扬 婉清 致远 知夏 向阳 长青 秋实 沐阳 安琪 乐天 承志 德明 庆华 素梅 玉兰 振宇 启航 远航 瑞雪 \
    小军 小燕 大勇 大伟 亚楠 亚男 红梅 红军 金凤 金鑫 宏伟 宏亮 家辉 家明 学文 学军 新宇 新民 彦博 彦君 思琪 思源 雅琴 雅文 慧敏 慧娟";

/// The other roles of a team of [`FULL`] reps.
const OTHERS: [(Role, usize); 10] = [
    (Role::Presales, 18),
    (Role::Finance, 10),
    (Role::Delivery, 24),
    (Role::DeliveryDirector, 2),
    (Role::CustomerSuccess, 14),
    (Role::Product, 10),
    (Role::Tech, 20),
    (Role::Legal, 6),
    (Role::Admin, 4),
    (Role::Auditor, 4),
];
/// The reps of a whole team.
pub(super) const FULL: usize = 63;
const PER_SUPERVISOR: usize = 9;
const PER_DIRECTOR: usize = 3;

/// Someone of the team.
pub(super) struct Member {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) reports_to: Option<PersonId>,
    pub(super) manner: Manner,
    pub(super) left: bool,
}

/// How a rep goes about the work; shares are percent.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Fewest and most touches on a day.
    pub(super) touches: (i64, i64),
    /// Of touches that get evidence.
    pub(super) evidence: usize,
    /// Of days without a report.
    pub(super) missing: usize,
    /// Of reports that are filed later.
    pub(super) late: usize,
    /// Of quotes that the customer answers at some time.
    pub(super) answers: usize,
    /// How readily customers of this rep get on.
    pub(super) drive: usize,
}

const KEEN: Manner = Manner { touches: (4, 6), evidence: 98, missing: 2, late: 2, answers: 84, drive: 60 };
const STEADY: Manner = Manner { touches: (3, 4), evidence: 95, missing: 4, late: 5, answers: 72, drive: 45 };
const SLOW: Manner = Manner { touches: (1, 3), evidence: 88, missing: 9, late: 9, answers: 55, drive: 30 };
const IDLE: Manner = Manner { touches: (0, 1), evidence: 75, missing: 25, late: 12, answers: 35, drive: 18 };

/// Makes a team with so many reps, superiors first. One supervisor has a single rep, where there are supervisors enough.
pub(super) fn team(reps: usize, luck: &mut Luck, now: DateTime<Utc>) -> Vec<Member> {
    let mut names = names(luck);
    let mut member = |role: Role, reports_to: Option<PersonId>, manner: Manner, luck: &mut Luck| Member {
        id: PersonId(luck.id(now)),
        name: names.pop().unwrap_or_default(),
        role,
        reports_to,
        manner,
        left: false,
    };
    let supervisors = (reps / PER_SUPERVISOR + 1).max(2);
    let mut team: Vec<Member> = Vec::new();
    for _ in 0..supervisors.div_ceil(PER_DIRECTOR) {
        team.push(member(Role::Director, None, STEADY, luck));
    }
    for number in 0..supervisors {
        let director = team[number / PER_DIRECTOR].id;
        team.push(member(Role::Supervisor, Some(director), Manner { touches: (0, 1), ..KEEN }, luck));
    }
    let (first, alone) = (supervisors.div_ceil(PER_DIRECTOR), supervisors - 1);
    for number in 0..reps {
        let of = if number == reps - 1 { alone } else { number % alone };
        // Whatever its size, a team has all of them.
        let manner = match number % 16 {
            0 | 5 | 10 => KEEN,
            3 | 13 => SLOW,
            7 => IDLE,
            _ => STEADY,
        };
        let supervisor = team[first + of].id;
        team.push(member(Role::Rep, Some(supervisor), manner, luck));
    }
    for (role, count) in OTHERS {
        let lead = member(role, None, STEADY, luck);
        let id = lead.id;
        team.push(lead);
        for _ in 1..(count * reps).div_ceil(FULL).max(1) {
            team.push(member(role, Some(id), STEADY, luck));
        }
    }
    team
}

/// Names enough for everybody, no two alike.
fn names(luck: &mut Luck) -> Vec<String> {
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let given: Vec<&str> = GIVEN.split_whitespace().collect();
    let mut all: BTreeSet<String> = BTreeSet::new();
    // Common names come first in the list of surnames, so they are drawn more often.
    while all.len() < 600 {
        let surname = surnames[luck.below(surnames.len()).min(luck.below(surnames.len()))];
        all.insert(format!("{surname}{}", luck.pick(&given)));
    }
    let mut names: Vec<String> = all.into_iter().collect();
    luck.shuffle(&mut names);
    names
}

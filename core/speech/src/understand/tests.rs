//! Notes as reps speak them, with what a person would read out of them. Written for these tests; nothing here is from a recording.

use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn read(text: &str) -> Draft {
    let customers: Vec<KnownCustomer> =
        [("嘉兴同创模具", "同创"), ("温州百川阀门", "百川"), ("济南瑞禾农机", "瑞禾"), ("福州闽峰茶业", "闽峰")]
            .iter()
            .map(|(name, short)| KnownCustomer {
                id: CustomerId::derived(name),
                name: (*name).into(),
                short: Some((*short).into()),
            })
            .collect();
    let draft = understand(text, &customers, today());
    for words in [
        draft.customer.as_ref().map(|slot| &slot.words),
        draft.contact_mode.as_ref().map(|slot| &slot.words),
        draft.action.as_ref().map(|slot| &slot.words),
        draft.brief.as_ref().map(|slot| &slot.words),
        draft.next_action.as_ref().map(|slot| &slot.words),
        draft.next_date.as_ref().map(|slot| &slot.words),
        draft.next_time.as_ref().map(|slot| &slot.words),
        draft.amount.as_ref().map(|slot| &slot.words),
        draft.tech_owner.as_ref().map(|slot| &slot.words),
    ]
    .into_iter()
    .flatten()
    {
        assert!(!words.is_empty() && draft.text.contains(words.as_str()), "{words} is not in {}", draft.text);
    }
    draft
}

fn action(text: &str) -> Option<String> {
    read(text).action.map(|slot| slot.value)
}

fn mode(text: &str) -> Option<ContactMode> {
    read(text).contact_mode.map(|slot| slot.value)
}

fn yuan(text: &str) -> Option<i64> {
    read(text).amount.map(|slot| slot.value.0 / 100)
}

fn next(text: &str) -> (Option<String>, Option<String>) {
    let draft = read(text);
    (draft.next_date.map(|slot| slot.value.to_string()), draft.next_action.map(|slot| slot.value))
}

#[test]
fn a_whole_note() {
    let draft = read("嗯，今天去嘉兴同创模具拜访了陈总，给他演示了新设备，报了三十二万五，下周二下午三点再去签合同。");
    assert_eq!(draft.customer_name.as_deref(), Some("嘉兴同创模具"));
    assert_eq!(draft.contact_mode.map(|slot| slot.value), Some(ContactMode::Visit));
    assert_eq!(draft.action.map(|slot| slot.value).as_deref(), Some("quote"));
    assert_eq!(draft.amount.map(|slot| slot.value), Some(Fen(32_500_000)));
    assert_eq!(draft.next_date.map(|slot| slot.value.to_string()).as_deref(), Some("2026-12-01"));
    assert_eq!(draft.next_time.map(|slot| slot.value.to_string()).as_deref(), Some("15:00:00"));
    assert!(draft.next_action.unwrap().value.contains("签合同"));
}

#[test]
fn nothing_said_gives_an_empty_draft() {
    assert_eq!(read(""), Draft::default());
    let draft = read("今天天气不错，路上有点堵。");
    assert_eq!(Draft { text: String::new(), ..draft }, Draft::default());
}

#[test]
fn a_quote_is_given_or_asked_for() {
    for text in ["给百川报了价", "今天报价八万六", "报价单已经发给他了", "电话里报了个价，他嫌贵", "抱了十二万"]
    {
        assert_eq!(action(text).as_deref(), Some("quote"), "{text}");
    }
    for text in ["他让我们尽快报价", "客户要一份报价", "还没报价", "等我们的报价", "下周给他报价", "对手报了二十万"]
    {
        assert_eq!(action(text), None, "{text}");
    }
}

#[test]
fn a_demonstration_is_held_or_booked() {
    for text in ["演示了一遍系统", "给他们做了演示", "今天演示很成功", "现场演示完了"] {
        assert_eq!(action(text).as_deref(), Some("demo"), "{text}");
    }
    for text in ["约了下周三演示", "对方答应看演示", "约好后天去厂里演示", "预约演示，时间定在周五", "跟他们定了演示时间"]
    {
        assert_eq!(action(text).as_deref(), Some("book_demo"), "{text}");
    }
    for text in ["演示没做成", "还没演示", "下一步给他们演示", "他说不用演示"] {
        assert_eq!(action(text), None, "{text}");
    }
}

#[test]
fn a_contract_is_signed_or_about_to_be() {
    for text in ["合同签了", "今天签约", "终于签下来了", "对方同意签约", "合同已经签好，金额二十万"]
    {
        assert_eq!(action(text).as_deref(), Some("sign"), "{text}");
    }
    for text in ["合同还没签", "准备下周签合同", "等老板回来再签", "合同快签了", "月底前签合同"] {
        assert_eq!(action(text), None, "{text}");
    }
}

#[test]
fn material_is_sent_by_us() {
    for text in ["资料发给他了", "把产品手册寄过去了", "微信发了案例给他", "方案已经发到他邮箱"] {
        assert_eq!(action(text).as_deref(), Some("send_material"), "{text}");
    }
    for text in ["他把资料发过来了", "明天发资料", "资料还没发", "他要一份资料", "让我发资料"] {
        assert_eq!(action(text), None, "{text}");
    }
}

#[test]
fn demands_and_technical_questions() {
    let draft = read("客户有个新需求，想加一个报表。");
    assert_eq!(draft.action.map(|slot| slot.value).as_deref(), Some("new_demand"));
    let draft = read("接口的问题我答不上来，需要协调技术答疑，找研发的孙工，三天内答复。");
    assert_eq!(draft.action.map(|slot| slot.value).as_deref(), Some("tech_question"));
    assert_eq!(draft.brief.map(|slot| slot.value).as_deref(), Some("tech_needed"));
    assert_eq!(draft.tech_owner.map(|slot| slot.value).as_deref(), Some("孙工"));
    assert_eq!(draft.response_within_days.map(|slot| slot.value), Some(3));
    assert_eq!(action("没有新需求"), None);
    assert_eq!(action("不需要技术答疑"), None);
}

#[test]
fn modes_by_word_and_by_verb() {
    for (text, expected) in [
        ("给他打了个电话", ContactMode::Phone),
        ("打过去没接", ContactMode::Phone),
        ("微信上聊了聊", ContactMode::Wechat),
        ("发了邮件给他", ContactMode::Email),
        ("刚从他们厂里出来", ContactMode::Visit),
        ("当面聊了一个小时", ContactMode::Visit),
        ("去了一趟他们公司", ContactMode::Visit),
        ("电话里说好了，资料发他邮箱", ContactMode::Phone),
        ("拜访完了，下周打电话确认", ContactMode::Visit),
    ] {
        assert_eq!(mode(text), Some(expected), "{text}");
    }
    for text in ["合同签了", "下周去拜访", "没打电话", "明天上门演示"] {
        assert_eq!(mode(text), None, "{text}");
    }
}

#[test]
fn self_corrections_replace_what_was_said() {
    assert_eq!(yuan("报了三十万，不对，是三十二万"), Some(320_000));
    assert_eq!(next("下周三，不对，下周四再谈").0.as_deref(), Some("2026-12-03"));
    let draft = read("今天拜访了温州百川阀门，说错了，是济南瑞禾农机");
    assert_eq!(draft.customer_name.as_deref(), Some("济南瑞禾农机"));
}

#[test]
fn only_the_amount_of_this_touch() {
    assert_eq!(yuan("他们预算五十万，我报了四十八万"), Some(480_000));
    assert_eq!(yuan("从六十万降到五十五万"), Some(550_000));
    assert_eq!(yuan("预算大概五十万"), None);
    assert_eq!(yuan("要两百台，下个月交货"), None);
    assert_eq!(yuan("他电话是13912345678"), None);
}

#[test]
fn next_steps_with_and_without_a_day() {
    assert_eq!(next("演示完了，后天给他发方案"), (Some("2026-11-25".into()), Some("给他发方案".into())));
    assert_eq!(next("资料发了，下一步约演示"), (None, Some("约演示".into())));
    assert_eq!(next("上周五拜访的，今天补记"), (None, None));
    assert_eq!(next("周五去拜访了，谈得不错").0, None);
    assert_eq!(next("他说再考虑考虑").0, None);
}

#[test]
fn custom_development_and_intent() {
    assert!(read("合同签了，含定制开发").custom_development);
    assert!(!read("合同签了，不含定制开发").custom_development);
    assert_eq!(read("意向等级A，很想买").intent.map(|slot| slot.value), Some(Intent::A));
    assert_eq!(read("算是B类客户").intent.map(|slot| slot.value), Some(Intent::B));
    assert_eq!(read("在A座三楼").intent, None);
}

#[test]
fn a_name_is_shown_right_and_hides_its_own_words() {
    let draft = read("给温州百穿阀门发了油件");
    assert!(draft.text.contains("温州百川阀门") && draft.text.contains("邮件"), "{}", draft.text);
    // 电话 inside a name is no call.
    let customer =
        KnownCustomer { id: CustomerId::derived("a"), name: "广州电话亭传媒".into(), short: Some("电话亭".into()) };
    assert_eq!(understand("广州电话亭传媒的合同签了", &[customer], today()).contact_mode, None);
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "[今明后天下周三五月号底前上午点半报价了签合同演示约没不微信电话邮件资料发万千百十一二两三12.,，。王总李工A-D嗯\u{e000}😀 ]{0,60}") {
        read(&text);
    }
}

#[test]
fn a_day_in_words_is_a_legal_next_step() {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
    let read = |text: &str| read_day(text, today).map(|(day, rest)| (day.to_string(), rest));
    let expected = |day: &str, rest: Option<&str>| Some((day.to_owned(), rest.map(str::to_owned)));
    assert_eq!(read("2026-12-01"), expected("2026-12-01", None));
    assert_eq!(read("三个月后"), expected("2027-02-24", None));
    assert_eq!(read("3 个月后再联系"), expected("2027-02-24", Some("再联系")));
    assert_eq!(read("下周三，带样机过去"), expected("2026-12-02", Some("带样机过去")));
    assert_eq!(read("月底前"), expected("2026-11-30", None));
    assert_eq!(read("再联系"), None);
    assert_eq!(read("明天或者后天"), None, "which of them?");
    assert_eq!(read("上周三"), None, "that has passed");
}

//! T6, R3, F3 in the words of the people: a supervisor configures without code, tries it out before publishing, and every phone follows.

use std::collections::HashMap;

use chuda_kit::{Host, Phone, of};
use chuda_phone::query::view::TouchStatus;
use chuda_phone::workbench::TouchDraft;
use chuda_record::ErrorKind;
use chuda_record::Role;
use chuda_record::rules::config::{ExtraType, MAX_RESPONSES};
use chuda_record::rules::{Config, Edit, Rule};
use serde_json::{Value, json};

/// A rule that gives the product manager a to-do for every touch with an action.
fn node(id: &str, action: &str) -> Edit {
    let rule: Value = json!({
        "id": id, "zh": "自定义响应", "en": "A response of one's own", "trigger": {"record": "touch"},
        "when": {"field": {"name": "action", "is": action}},
        "then": [{"task": {"kind": "assess_demand", "to": {"role": "product"}, "choices": ["planned", "declined"]}}],
    });
    Edit::AddRule(Box::new(serde_json::from_value::<Rule>(rule).expect("rule")))
}

/// Publishes one change on top of what is in force, and fetches it.
async fn publish(boss: &Phone, edit: Edit) -> i64 {
    let draft = boss.workbench.edit_config(edit).expect("draft");
    let version = boss.workbench.publish_config(&draft, "按复盘调整").await.expect("published");
    boss.settle().await;
    version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_tries_out_a_change_on_past_records_then_publishes_it_and_phones_ask_for_it_offline() {
    let mut host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let product = host.phone("产品", Role::Product, None).await;
    let customer = rep.customer("杭州智联科技");
    let before = rep.touch(customer, "演示");
    rep.settle().await;
    boss.settle().await;

    // Dry run: what would have come of the records there are, and for whom; nothing comes of it.
    let draft = boss.workbench.edit_config(node("demo-feedback", "demo")).unwrap();
    let run = boss.workbench.try_config(&draft, Some(30)).await.unwrap();
    assert_eq!((run.totals.added, run.totals.removed), (1, 0));
    assert_eq!((run.added[0].record, run.added[0].customer), (before.id.into(), Some(customer)));
    assert_eq!(run.added[0].whom, ["product"]);
    product.settle().await;
    assert!(product.workbench.tasks().unwrap().is_empty());
    assert_eq!(boss.workbench.releases().unwrap().len(), 1);

    assert_eq!(boss.workbench.publish_config(&draft, "演示后评估需求").await.unwrap(), 2);
    boss.settle().await;
    let field =
        Edit::AddField { key: "units".into(), holds: ExtraType::Number, zh: "台数".into(), en: "Units".into(), required: true };
    assert_eq!(publish(&boss, field).await, 3);
    let releases = boss.workbench.releases().unwrap();
    assert_eq!(
        releases.iter().map(|release| (release.version, release.in_force)).collect::<Vec<_>>(),
        [(3, true), (2, false), (1, false)]
    );
    assert_eq!(
        (releases[1].note.as_deref(), &releases[1].published_by.as_ref().unwrap().name),
        (Some("演示后评估需求"), &"韩梅".to_owned())
    );
    assert_eq!(boss.workbench.config_version(1).unwrap(), *Config::builtin());
    assert_eq!(boss.workbench.config_version(4).unwrap_err().key, "config.no_such_version");

    // A phone that has not heard of it goes on under the version it has, and that is accepted.
    let unaware = rep.touch(customer, "演示");
    rep.settle().await;
    product.settle().await;
    assert_eq!(rep.workbench.touch(unaware.id).unwrap().status, TouchStatus::Recorded);
    assert!(product.workbench.tasks().unwrap().is_empty(), "a record keeps the version it was made under");

    // From now on the form asks for the new field, without any network.
    assert_eq!(rep.workbench.config().version, 3);
    host.stop().await;
    let touch = |units: Option<&str>| TouchDraft {
        evidence: vec![rep.note()],
        extra: units.map(|units| ("units".to_owned(), units.to_owned())).into_iter().collect::<HashMap<_, _>>(),
        ..of(customer, "演示")
    };
    let missing = rep.workbench.record_touch(touch(None)).unwrap_err();
    assert_eq!((missing.key, missing.params["field"].as_str()), ("touch.field_missing", "x/units"));
    assert_eq!(rep.workbench.record_touch(touch(Some("  "))).unwrap_err().key, "touch.field_missing");
    assert_eq!(rep.workbench.record_touch(touch(Some("几台"))).unwrap_err().key, "touch.extra_misshapen");
    let saved = rep.workbench.record_touch(touch(Some("12"))).unwrap();
    assert_eq!((saved.touch.extra[0].field.zh.as_str(), saved.touch.extra[0].value.as_str()), ("台数", "12"));
    assert!(saved.triggered.iter().any(|one| one.rule == "demo-feedback"), "the new rule is announced before there is a network");
    host.resume().await;
    rep.settle().await;
    boss.settle().await;
    product.settle().await;
    assert_eq!(boss.workbench.touch(saved.touch.id).unwrap().extra, saved.touch.extra);
    let tasks = product.workbench.tasks().unwrap();
    assert_eq!(tasks.iter().map(|task| task.source).collect::<Vec<_>>(), [saved.touch.id.into()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_splits_an_option_and_old_records_keep_theirs() {
    let host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let product = host.phone("产品", Role::Product, None).await;
    let customer = rep.customer("杭州智联科技");
    let old = rep.touch(customer, "演示");
    rep.settle().await;
    assert_eq!(publish(&boss, node("demo-feedback", "demo")).await, 2);
    let split = Edit::SplitOption {
        list: "actions".into(),
        key: "demo".into(),
        into: vec![
            ("demo_on_site".into(), "客户现场操作设备".into(), "Device operated on site".into()),
            ("demo_remote".into(), "远程共享屏幕完成全流程".into(), "Whole flow on a shared screen".into()),
        ],
        prompt: Some("请上传操作界面截图".into()),
    };
    assert_eq!(publish(&boss, split).await, 3);
    rep.settle().await;

    let config = rep.workbench.config();
    let offered: Vec<&str> = Config::offered(&config.actions).map(|choice| choice.zh.as_str()).collect();
    assert!(offered.contains(&"客户现场操作设备") && offered.contains(&"远程共享屏幕完成全流程") && !offered.contains(&"演示"));
    let refused = TouchDraft { evidence: vec![rep.note()], ..of(customer, "演示") };
    assert_eq!(rep.workbench.record_touch(refused).unwrap_err().key, "touch.unknown_action");
    let prompt = Config::find(&config.actions, "客户现场操作设备").and_then(|choice| choice.prompt.as_deref());
    assert_eq!(prompt, Some("请上传操作界面截图"));
    // Spoken 演示 can be either by now: it is asked, not guessed.
    let heard = rep.workbench.understand("今天去杭州智联科技做了产品演示").unwrap().draft;
    assert!(heard.customer.is_some() && heard.action.is_none());

    let new = rep.touch(customer, "客户现场操作设备");
    assert_eq!(new.brief.unwrap().key, "demo_done", "what 演示 suggested, its parts suggest");
    rep.settle().await;
    product.settle().await;
    let sources: Vec<_> = product.workbench.tasks().unwrap().iter().map(|task| task.source).collect();
    assert_eq!(sources, [new.id.into()], "the rule on 演示 holds for its parts");
    let old = rep.workbench.touch(old.id).unwrap();
    assert_eq!((old.action.key.as_str(), old.action.zh.as_str()), ("demo", "演示"));
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_response_nodes_and_the_thirteenth_is_refused_with_a_clear_message() {
    let host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    boss.settle().await;
    let shipped = boss.workbench.config().rules.iter().filter(|rule| rule.response).count();
    for number in shipped..MAX_RESPONSES {
        publish(&boss, node(&format!("node-{number}"), "quote")).await;
    }
    let refused = boss.workbench.edit_config(node("one-too-many", "quote")).unwrap_err();
    assert_eq!((refused.kind, refused.key), (ErrorKind::Invalid, "config.flawed"));
    assert_eq!((refused.params["flaw"].as_str(), refused.params["most"].as_str()), ("flaw.too_many_nodes", "12"));
    // The server says the same to whoever does not ask first.
    let draft = node("one-too-many", "quote").apply(&boss.workbench.config()).unwrap();
    let refused = boss.workbench.publish_config(&draft, "第十三个").await.unwrap_err();
    assert_eq!(
        (refused.kind, refused.key, refused.params["problem"].as_str()),
        (ErrorKind::Invalid, "server.refused", "config.flawed")
    );
    assert_eq!(refused.params["flaw"], "flaw.too_many_nodes");
    // One of them makes room.
    publish(&boss, Edit::RemoveRule(format!("node-{shipped}"))).await;
    publish(&boss, node("in-its-place", "quote")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_server_can_do_says_why_it_was_not_done() {
    let mut host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let other = host.phone("张伟", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let draft = other.workbench.edit_config(node("mine", "demo")).unwrap();
    publish(&boss, node("first", "quote")).await;

    let stale = other.workbench.publish_config(&draft, "我的").await.unwrap_err();
    assert_eq!(
        (stale.kind, stale.params["problem"].as_str(), stale.params["current"].as_str()),
        (ErrorKind::Invalid, "config.stale", "2")
    );
    other.settle().await;
    assert_eq!(publish(&other, node("mine", "demo")).await, 3);
    boss.settle().await;
    assert!(["first", "mine"].iter().all(|id| boss.workbench.config().rules.iter().any(|rule| rule.id == *id)));

    let refused = rep.workbench.try_config(&draft, None).await.unwrap_err();
    assert_eq!((refused.kind, refused.params["problem"].as_str()), (ErrorKind::NotAllowed, "config.not_allowed"));
    assert_eq!(boss.workbench.releases().unwrap().len(), 3);

    host.stop().await;
    assert_eq!(boss.workbench.try_config(&draft, None).await.unwrap_err().kind, ErrorKind::Offline);
    assert_eq!(boss.workbench.publish_config(&draft, "离线").await.unwrap_err().kind, ErrorKind::Offline);
    assert_eq!(boss.workbench.config().version, 3, "looking works without a network");
    let alone = Phone::offline("王芳");
    assert_eq!(alone.workbench.try_config(&draft, None).await.unwrap_err().key, "sync.no_server");
}

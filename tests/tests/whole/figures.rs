//! Figures in the words of the mission, through real phones and a real server; and both count alike, whatever a team did.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Hand, Host, Phone, of, sample};
use chuda_phone::query::view::FiguresView;
use chuda_phone::workbench::TouchDraft;
use chuda_record::Role;
use chuda_record::id::{CustomerId, EvidenceId};
use chuda_record::rules::metrics::{Ratio, Week};
use chuda_record::time::DEFAULT_ZONE;
use chuda_server::Scope;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// Monday the 2nd of November 2026, 10:00 in Shanghai; in week 45.
fn monday() -> DateTime<Utc> {
    "2026-11-02T10:00:00+08:00".parse().unwrap()
}

fn token(host: &Host, name: &str, person: Option<&Phone>, now: DateTime<Utc>) -> String {
    let person = person.map(|phone| phone.person().to_string());
    host.admin().add_token(name, &[Scope::Metrics], person.as_deref(), now).unwrap()
}

/// Something that does not open: it is kept, and proves nothing.
fn unreadable(phone: &Phone, number: usize) -> EvidenceId {
    let whole = std::fs::read(sample("quote.pdf")).unwrap();
    phone.keep(&phone.file(&whole[..whole.len() / 3 + number]))
}

/// T3: touches in the last 30 days × 2 + valid evidence × 5 − days beyond 72 h without follow-up × 3. Worked example: 4 touches,
/// 2 valid evidence, 5 days since the last touch.
#[tokio::test(flavor = "multi_thread")]
async fn twelve_is_four_touches_two_valid_evidence_and_two_days_overdue_on_phone_and_board_alike() {
    let clock = Hand::set_to(monday());
    let host = Host::start_at(clock.clone()).await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let customer = rep.customer("杭州智联科技");
    let evidence = [rep.keep(&sample("quote.pdf")), rep.keep(&sample("photo.jpg")), unreadable(&rep, 1), unreadable(&rep, 2)];
    for (action, evidence) in ["发送资料", "预约演示", "演示", "报价"].into_iter().zip(evidence) {
        rep.workbench.record_touch(TouchDraft { evidence: vec![evidence], ..of(customer, action) }).unwrap();
    }
    rep.settle().await;
    clock.pass(TimeDelta::days(5));
    boss.settle().await;

    let sum = "12 = 4×2 + 2×5 − 2×3";
    for phone in [&rep, &boss] {
        let health = phone.workbench.customer(customer).unwrap().health;
        assert_eq!((health.score, health.red, health.sum.as_str()), (12, true, sum));
        assert_eq!(phone.workbench.red_customers().unwrap().len(), 1);
    }
    let token = token(&host, "board", Some(&boss), clock.now());
    let board = host.get(&token, "/api/v1/board").await;
    let red = &board["red"][0];
    assert_eq!(
        (&red["name"], &red["health"]["sum"], &red["holder"]["name"]),
        (&json!("杭州智联科技"), &json!(sum), &json!("李雷"))
    );
    assert_eq!(
        (&red["stage"]["label"], &board["reports"][0]["state"]["label"]),
        (&json!("方案报价"), &json!("休息日")),
        "it is a Saturday"
    );

    // Three days more cost nine points; a touch with proof on top of it is worth its seven and stops the count.
    clock.pass(TimeDelta::days(3));
    assert_eq!(rep.workbench.customer(customer).unwrap().health.sum, "3 = 4×2 + 2×5 − 5×3");
    rep.touch(customer, "demo");
    rep.settle().await;
    boss.settle().await;
    let health = boss.workbench.customer(customer).unwrap().health;
    assert_eq!((health.sum.as_str(), health.red), ("25 = 5×2 + 3×5 − 0×3", false));
    assert_eq!(host.get(&token, "/api/v1/board").await["red"], json!([]));
}

/// G3: valid-lead conversion below 12 % in 3 weeks running → 《高潜力线索识别话术包》 to the rep, alert to the direct supervisor.
#[tokio::test(flavor = "multi_thread")]
async fn three_weeks_below_twelve_percent_bring_the_script_pack_to_the_rep_and_alert_the_supervisor_once() {
    let clock = Hand::set_to(monday());
    let host = Host::start_at(clock.clone()).await;
    let director = host.phone("总监", Role::Director, None).await;
    let boss = host.phone("韩梅", Role::Supervisor, Some(director.person())).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    for number in 0..9 {
        rep.customer(&format!("客户{number}"));
    }
    // One of nine is quoted: 11.1 %.
    let quoted = rep.workbench.customers().unwrap()[0].id;
    rep.touch(quoted, "报价");
    rep.settle().await;
    let kinds = async |phone: &Phone| {
        host.run_due_jobs().await;
        phone.settle().await;
        let tasks = phone.workbench.tasks().unwrap().into_iter().chain(phone.workbench.notices().unwrap());
        let of_rule = tasks.filter(|task| matches!(task.kind.key.as_str(), "coaching" | "conversion_alert"));
        of_rule.map(|task| (task.kind.zh, task.script_pack.map(|pack| pack.title.zh))).collect::<Vec<_>>()
    };
    clock.pass(TimeDelta::weeks(2));
    assert_eq!((kinds(&rep).await, kinds(&boss).await), (vec![], vec![]));
    assert_eq!(rep.workbench.figures(Some("2026-W46".parse().unwrap()), None).unwrap().team.line.low_weeks, 2);
    for _ in 0..2 {
        clock.pass(TimeDelta::weeks(1));
        let pack = Some("高潜力线索识别话术包".to_owned());
        assert_eq!(kinds(&rep).await, [("高潜力线索识别".to_owned(), pack)]);
        assert_eq!(kinds(&boss).await, [("有效线索转化率连续偏低".to_owned(), None)]);
        assert_eq!(kinds(&director).await, []);
    }
    let week = boss.workbench.figures(Some("2026-W47".parse().unwrap()), Some(rep.person())).unwrap();
    assert_eq!((week.team.line.conversion, week.team.line.low_weeks, week.team.line.needs_help), (Some(Ratio::new(1, 9)), 3, true));
    assert_eq!(
        rep.workbench.figures(None, Some(boss.person())).unwrap_err().key,
        "person.not_found",
        "figures go up the line only"
    );
}

/// What someone of a team does.
#[derive(Clone, Copy, Debug)]
enum Step {
    Customer,
    Touch(usize, Proof),
    Feedback,
    Pass(i64),
    Sync,
}

#[derive(Clone, Copy, Debug)]
enum Proof {
    None,
    Unreadable,
    Note,
}

const ACTIONS: [&str; 6] = ["send_material", "book_demo", "demo", "quote", "custom_comparison", "new_demand"];

fn step() -> impl Strategy<Value = (usize, Step)> {
    let proof = prop_oneof![Just(Proof::None), Just(Proof::Unreadable), Just(Proof::Note), Just(Proof::Note)];
    let touch = (0..ACTIONS.len(), proof).prop_map(|(action, proof)| Step::Touch(action, proof));
    let step = prop_oneof![
        2 => Just(Step::Customer),
        6 => touch,
        2 => Just(Step::Feedback),
        3 => (0..70i64).prop_map(Step::Pass),
        2 => Just(Step::Sync),
    ];
    (0..3usize, step)
}

async fn take(phone: &Phone, step: Step, number: usize) {
    match step {
        Step::Customer => drop(phone.customer(&format!("客户{number}"))),
        Step::Touch(action, proof) => {
            let customers: Vec<CustomerId> = phone.workbench.customers().unwrap().iter().map(|customer| customer.id).collect();
            let Some(customer) = customers.get(number % customers.len().max(1)) else { return };
            let evidence = match proof {
                Proof::None => vec![],
                Proof::Unreadable => vec![unreadable(phone, number)],
                Proof::Note => vec![phone.note()],
            };
            let note = Some(format!("第 {number} 步"));
            let draft = TouchDraft {
                evidence,
                allow_draft: true,
                feedback: number.is_multiple_of(7),
                note,
                ..of(*customer, ACTIONS[action])
            };
            phone.workbench.record_touch(draft).unwrap();
        }
        Step::Feedback => {
            for customer in phone.workbench.customers().unwrap() {
                if let Some(touch) = phone.workbench.timeline(customer.id, 1).unwrap().first()
                    && touch.person.id == phone.person()
                {
                    phone.workbench.note_feedback(touch.id).unwrap();
                    return;
                }
            }
        }
        Step::Pass(hours) => phone.clock.pass(TimeDelta::hours(hours)),
        Step::Sync => drop(phone.sync().await.unwrap()),
    }
}

/// What the API says of the same figures: a team there is nobody's in particular.
fn as_api(view: &FiguresView) -> Value {
    let mut object = bare(json!(view));
    object.as_object_mut().unwrap().remove("week");
    object["team"].as_object_mut().unwrap().remove("person");
    object
}

/// What an answer says, without the words for it.
fn bare(answer: Value) -> Value {
    match answer {
        Value::Array(list) => list.into_iter().map(bare).collect(),
        Value::Object(fields) => {
            let words = ["label", "label_en", "week", "from", "until"];
            let kept =
                fields.into_iter().filter(|(key, value)| !words.contains(&key.as_str()) || key == "week" && value.is_string());
            Value::Object(kept.map(|(key, value)| (key, bare(value))).collect())
        }
        other => other,
    }
}

#[test]
fn a_phone_and_the_server_count_alike_whatever_a_team_did() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 6, max_shrink_iters: 20, ..Config::default() });
    let steps = proptest::collection::vec(step(), 30..90);
    runner
        .run(&steps, |steps| {
            runtime.block_on(async {
                let clock = Hand::set_to(monday());
                let host = Host::start_at(clock.clone()).await;
                let boss = host.phone("韩梅", Role::Supervisor, None).await;
                let one = host.phone("李雷", Role::Rep, Some(boss.person())).await;
                let other = host.phone("王芳", Role::Rep, Some(boss.person())).await;
                host.phone("赵强", Role::Rep, None).await.customer("别人的客户");
                let team = [&one, &other, &boss];
                for (number, (who, step)) in steps.into_iter().enumerate() {
                    take(team[who], step, number).await;
                }
                for phone in [&one, &other, &boss, &one, &other] {
                    phone.settle().await;
                }
                for (name, phone) in [("boss", &boss), ("rep", &one)] {
                    let token = token(&host, name, Some(phone), clock.now());
                    let running = Week::of(clock.now(), DEFAULT_ZONE);
                    for back in 0..6 {
                        let week = running.plus(-back);
                        let mut answer = bare(host.get(&token, &format!("/api/v1/metrics?week={week}")).await);
                        answer.as_object_mut().unwrap().remove("week");
                        let here = phone.workbench.figures(Some(week), None).unwrap();
                        prop_assert_eq!(as_api(&here), answer, "{} in {}", name, week);
                    }
                    let answer = host.get(&token, "/api/v1/customers").await;
                    let mut there: Vec<(Value, Value)> = answer["customers"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|one| (one["id"].clone(), one["health"].clone()))
                        .collect();
                    let mut here: Vec<(Value, Value)> = phone
                        .workbench
                        .customers()
                        .unwrap()
                        .iter()
                        .map(|one| (json!(one.id), json!(one)["health"].clone()))
                        .collect();
                    there.sort_by_key(|one| one.0.to_string());
                    here.sort_by_key(|one| one.0.to_string());
                    prop_assert_eq!(&here, &there);
                    let red = host.get(&token, "/api/v1/customers?red=true").await;
                    let red: Vec<&Value> = red["customers"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
                    let here: Vec<Value> = phone.workbench.red_customers().unwrap().iter().map(|one| json!(one.id)).collect();
                    prop_assert_eq!(here.iter().collect::<Vec<_>>(), red);
                }
                Ok(())
            })
        })
        .unwrap();
}

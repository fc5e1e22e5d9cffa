//! From a lead to a work order, by the commands that people and scripts use, through a real server.

use chuda_kit::Host;
use chuda_record::Role;
use chuda_record::id::PersonId;
use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

/// A team with a terminal each.
struct Team {
    _host: Host,
    boss: Phone,
    rep: Phone,
    other: Phone,
    finance: Phone,
    legal: Phone,
    delivery: Phone,
    presales: Phone,
    success: Phone,
}

impl Team {
    async fn start() -> Self {
        let host = Host::start().await;
        let enrolled = |name: &str, role, reports_to: Option<PersonId>| {
            let (person, code) = host.person(name, role, reports_to);
            (person, Phone::enrolled(&host.url(), &code))
        };
        let (above, boss) = enrolled("韩梅", Role::Supervisor, None);
        let phone = |name: &str, role| enrolled(name, role, None).1;
        Self {
            rep: enrolled("李强", Role::Rep, Some(above)).1,
            other: enrolled("王芳", Role::Rep, Some(above)).1,
            finance: phone("陈静", Role::Finance),
            legal: phone("周敏", Role::Legal),
            delivery: phone("孙涛", Role::Delivery),
            presales: phone("吴鹏", Role::Presales),
            success: phone("钱悦", Role::CustomerSuccess),
            boss,
            _host: host,
        }
    }

    fn sync(&self) {
        let phones =
            [&self.boss, &self.rep, &self.other, &self.finance, &self.legal, &self.delivery, &self.presales, &self.success];
        for phone in phones.repeat(2) {
            assert_eq!(phone.json(&["sync"])["rejected"], json!([]));
        }
    }
}

fn only<'a>(object: &'a Value, list: &str) -> &'a Value {
    let list = object[list].as_array().unwrap();
    assert_eq!(list.len(), 1, "{list:?}");
    &list[0]
}

fn kinds(object: &Value, list: &str) -> Vec<String> {
    let mut kinds: Vec<String> =
        object[list].as_array().unwrap().iter().map(|task| task["kind"]["key"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

fn task(phone: &Phone, kind: &str) -> String {
    let tasks = phone.json(&["task", "list"])["tasks"].as_array().unwrap().clone();
    let task = tasks.iter().find(|task| task["kind"]["key"] == kind).unwrap_or_else(|| panic!("{kind} in {tasks:?}"));
    task["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_claimed_given_back_and_on_and_its_way_is_shown() {
    let team = Team::start().await;
    let added = team.boss.json(&["lead", "add", "杭州智联科技", "--short", "智联", "--contact", "王总", "--channel", "展会"]);
    assert_eq!((&added["stage"]["label"], &added["holder"], &added["channel"]), (&json!("投放"), &Value::Null, &json!("展会")));
    team.sync();
    let id = added["id"].as_str().unwrap();
    assert_eq!(only(&team.rep.json(&["lead", "list", "--pool"]), "leads")["id"], id);
    let asked = team.rep.json(&["lead", "claim", "智联"]);
    assert_eq!((&asked["request"]["what"]["label"], &asked["request"]["state"]["label"]), (&json!("认领"), &json!("待确认")));
    assert_eq!(team.rep.refused(&["lead", "claim", "智联"]), "lead.already_asked");
    team.other.json(&["lead", "claim", id]);
    team.sync();
    let own = only(&team.rep.json(&["lead", "list"]), "leads").clone();
    assert_eq!(
        (&own["stage"]["label"], &own["holder"]["name"], &own["request"]["state"]["label"]),
        (&json!("认领"), &json!("李强"), &json!("已确认"))
    );
    let late = team.other.json(&["lead", "show", id]);
    assert_eq!((&late["request"]["state"]["key"], &late["holder"]["name"]), (&json!("refused"), &json!("李强")));
    let told = team.other.json(&["task", "list"]);
    let notice = only(&told, "notices");
    assert_eq!(
        (&notice["kind"]["key"], &notice["about"]["holder"]["label"], &told["tasks"]),
        (&json!("lead_taken"), &json!("李强"), &json!([]))
    );
    assert!(team.other.run(&["home"]).out.contains("杭州智联科技"), "the screen says which lead that was");

    assert_eq!(team.rep.refused(&["lead", "assign", "智联", "--to", "王芳"]), "lead.not_superior");
    assert_eq!(team.boss.refused(&["lead", "assign", "智联", "--to", "没有这个人"]), "person.not_found");
    team.boss.json(&["lead", "assign", "智联", "--to", "王芳"]);
    team.sync();
    let held = only(&team.other.json(&["lead", "list"]), "leads").clone();
    assert_eq!(held["holder"]["name"], "王芳");
    let customer = team.other.json(&["customer", "show", "智联"]);
    assert_eq!((&customer["holder"]["name"], &customer["lead"], &customer["since"]), (&json!("王芳"), &held["id"], &held["since"]));
    assert_eq!(
        team.other.json_ending(3, &["lead", "stage", "智联", "成交", "--reason", "x"])["choices"].as_array().unwrap().len(),
        6
    );
    team.other.json(&["lead", "stage", "智联", "需求确认", "--reason", "电话里已谈过"]);
    team.other.json(&["lead", "release", "智联", "--reason", "行业不熟"]);
    team.sync();
    let shown = team.boss.json(&["lead", "show", "智联"]);
    let trace: Vec<[&str; 3]> = shown["trace"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            [one["what"]["label"].as_str().unwrap(), one["by"]["name"].as_str().unwrap(), one["reason"].as_str().unwrap_or("")]
        })
        .collect();
    assert_eq!(
        trace,
        [
            ["投放", "韩梅", ""],
            ["认领", "李强", ""],
            ["申请未通过", "王芳", ""],
            ["分配", "韩梅", ""],
            ["阶段更正", "王芳", "电话里已谈过"],
            ["释放", "王芳", "行业不熟"]
        ]
    );
    let printed = team.boss.run(&["lead", "show", "智联"]).out;
    assert!(printed.contains("行业不熟") && printed.contains("无人认领"), "{printed}");
    team.boss.json(&["lead", "invalid", "智联", "--reason", "空号"]);
    team.sync();
    assert_eq!(team.rep.json(&["lead", "list", "--pool"])["leads"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_goes_all_the_way_to_a_kickoff_in_commands() {
    let team = Team::start().await;
    let rep = &team.rep;
    rep.json(&["customer", "add", "杭州智联科技", "--short", "智联", "--contact", "王总", "--phone", "13800000000"]);
    let set = rep.json(&["customer", "set", "智联", "--address", "杭州市滨江区江南大道 1 号", "--model", "ZL-200"]);
    assert_eq!((&set["address"], &set["model"]), (&json!("杭州市滨江区江南大道 1 号"), &json!("ZL-200")));
    let pdf = rep.file("quote.pdf", &files::pdf("quote"));
    let quote =
        ["touch", "--customer", "智联", "--mode", "邮件", "--action", "报价", "--amount", "500000.01", "--custom-development"];
    rep.json(&[&quote[..], &["--evidence", &pdf]].concat());
    team.sync();
    let quote = only(&rep.json(&["quote", "list"]), "quotes").clone();
    assert_eq!((&quote["category"]["label"], &quote["amount_cny"]), (&json!("待审批报价单"), &json!(500_000.01)));
    let id = quote["id"].as_str().unwrap();
    assert_eq!(rep.refused(&["quote", "approve", id]), "quote.not_yours");
    let approved = team.finance.json(&["quote", "approve", id]);
    assert_eq!((&approved["approval"]["choice"]["label"], &approved["approval"]["by"]["name"]), (&json!("批准"), &json!("陈静")));
    team.sync();

    let contract = only(&rep.json(&["contract", "list"]), "contracts").clone();
    let number = contract["number"].as_str().unwrap();
    assert_eq!((&contract["contact"]["name"], &contract["missing"]), (&json!("王总"), &json!(["promised_service"])));
    assert!(contract["text"].as_str().unwrap().contains(number));
    let refused = rep.json_ending(3, &["contract", "set", number, "--service", "包月"]);
    assert_eq!((&refused["error"]["key"], refused["choices"].as_array().unwrap().len()), (&json!("service.unknown"), 4));
    rep.json(&["contract", "set", number, "--service", "现场培训"]);
    let early = rep.json_ending(3, &["contract", "sign", number]);
    let waiting: Vec<&str> = early["waiting"].as_array().unwrap().iter().map(|step| step["key"].as_str().unwrap()).collect();
    assert_eq!((early["error"]["key"].as_str(), waiting), (Some("contract.not_ready"), vec!["legal_review", "seal"]));
    team.sync();
    let todo = team.legal.json(&["task", "list"]);
    assert_eq!(kinds(&todo, "tasks"), ["legal_review", "seal"]);
    assert_eq!(todo["tasks"][0]["about"]["model"]["label"], "ZL-200");
    let seen = team.legal.run(&["contract", "show", number]).out;
    assert!(seen.contains("现场培训") && seen.contains("法务审核"), "{seen}");
    team.legal.json(&["task", "done", &task(&team.legal, "legal_review"), "--choice", "批准"]);
    team.legal.json(&["task", "done", &task(&team.legal, "seal"), "--choice", "已用印"]);
    team.sync();
    assert_eq!(rep.refused(&["contract", "set", number, "--model", "ZL-300"]), "contract.agreed");
    let signed = rep.json(&["contract", "sign", number]);
    assert!(signed["signed_at"].is_string() && signed["signature"].is_string(), "{signed}");
    team.sync();
    assert_eq!(rep.json(&["contract", "list"])["contracts"], json!([]));
    let signed = only(&rep.json(&["contract", "list", "--all"]), "contracts").clone();
    assert_eq!((&signed["status"]["label"], &signed["steps"][3]["by"]["name"]), (&json!("已签署"), &json!("李强")));
    assert_eq!(rep.json(&["customer", "show", "智联"])["stage"]["label"], "合同签署");

    let order = only(&team.delivery.json(&["order", "list"]), "orders").clone();
    assert_eq!((&order["contact"]["phone"], &order["model"]), (&json!("13800000000"), &json!("ZL-200")));
    assert_eq!((&order["address"], &order["contract"]["number"]), (&json!("杭州市滨江区江南大道 1 号"), &json!(number)));
    let id = order["id"].as_str().unwrap();
    assert_eq!(rep.refused(&["order", "take", id]), "order.not_yours");
    assert_eq!(team.delivery.json(&["order", "take", id])["assignee"]["name"], "孙涛");
    assert_eq!(team.delivery.json(&["order", "need", id, "远程支持"])["needed_service"]["key"], "remote_support");
    let schedule = ["order", "schedule", id, "--delivery", "2026-12-01", "--service-contact", "刘工", "--training", "2026-12-03"];
    team.delivery.json(&schedule);
    assert_eq!(team.delivery.refused(&["order", "schedule", id]), "order.nothing_to_schedule");
    team.sync();
    let heard = team.presales.json(&["task", "list"]);
    assert_eq!(kinds(&heard, "notices"), ["contract_signed", "delivery_scheduled"]);
    assert!(kinds(&rep.json(&["task", "list"]), "notices").contains(&"delivery_scheduled".to_owned()));
    let shown = rep.json(&["order", "show", id]);
    assert_eq!((&shown["status"]["label"], &shown["training_on"]), (&json!("已排期"), &json!("2026-12-03")));
    assert!(team.delivery.json(&["order", "done", id])["done_at"].is_string());

    let meeting = only(&team.success.json(&["meeting", "list"]), "meetings").clone();
    let id = meeting["id"].as_str().unwrap();
    assert_eq!(meeting["title"], "交付启动会：杭州智联科技");
    let answered = team.success.json(&["meeting", "answer", id, "yes"]);
    let own = answered["attendees"].as_array().unwrap().iter().find(|one| one["person"]["name"] == "钱悦").unwrap();
    assert_eq!(own["comes"], true);
    let moved = team.success.json(&["meeting", "move", id, "--at", "2026-12-02T14:00", "--place", "滨江会议室"]);
    assert_eq!((&moved["at"], &moved["place"]), (&json!("2026-12-02T06:00:00Z"), &json!("滨江会议室")));
    team.sync();
    let file = rep.folder().join("kickoff.ics");
    rep.json(&["meeting", "show", id, "--ics", file.to_str().unwrap()]);
    let ics = std::fs::read_to_string(file).unwrap().replace("\r\n ", "");
    for line in ["METHOD:REQUEST", "SEQUENCE:1", "DTSTART:20261202T060000Z", "LOCATION:滨江会议室"] {
        assert!(ics.contains(&format!("\r\n{line}\r\n")), "{line} in {ics}");
    }
    assert!(ics.contains("ORGANIZER;CN=李强:") && ics.contains("CN=钱悦;PARTSTAT=ACCEPTED"), "{ics}");
}

#[test]
fn every_list_is_there_when_it_is_empty_in_both_languages() {
    let phone = Phone::offline();
    for (words, list, said) in [
        (&["lead", "list"][..], "leads", "没有线索"),
        (&["lead", "list", "--pool"], "leads", "没有线索"),
        (&["quote", "list"], "quotes", "没有报价"),
        (&["contract", "list", "--all"], "contracts", "没有合同"),
        (&["order", "list"], "orders", "没有工单"),
        (&["meeting", "list"], "meetings", "没有会议"),
    ] {
        assert_eq!(phone.json(words)[list], json!([]));
        assert!(phone.run(words).out.contains(said));
        assert!(phone.run(&[words, &["--lang", "en"]].concat()).out.starts_with("No "));
    }
    let id = "0199c0de-0000-7000-8000-000000000000";
    for (words, key) in [
        (["lead", "show", id], "customer.not_found"),
        (["contract", "show", id], "contract.not_found"),
        (["contract", "show", "HT-1"], "contract.not_found"),
        (["order", "show", id], "order.not_found"),
        (["meeting", "show", id], "meeting.not_found"),
        (["quote", "approve", id], "quote.not_found"),
    ] {
        assert_eq!(phone.refused(&words), key, "{words:?}");
    }
}

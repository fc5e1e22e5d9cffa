//! Questions, demands, findings, events, briefs and imports as scripts and people use them.

use chuda_kit::{Host, sample};
use chuda_record::Role;
use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

struct Team {
    _host: Host,
    rep: Phone,
    boss: Phone,
    tech: Phone,
    product: Phone,
    finance: Phone,
}

impl Team {
    async fn start() -> Self {
        let host = Host::start().await;
        let boss = host.person("韩梅", Role::Supervisor, None);
        let rep = host.person("李雷", Role::Rep, Some(boss.0));
        let [tech, product, finance] = [("赵工", Role::Tech), ("产品经理", Role::Product), ("财务", Role::Finance)]
            .map(|(name, role)| Phone::enrolled(&host.url(), &host.person(name, role, None).1));
        let rep = Phone::enrolled(&host.url(), &rep.1);
        let boss = Phone::enrolled(&host.url(), &boss.1);
        rep.json(&["sync"]);
        rep.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
        rep.json(&["sync"]);
        Self { _host: host, rep, boss, tech, product, finance }
    }

    fn sync(&self) {
        for phone in [&self.rep, &self.tech, &self.product, &self.finance, &self.boss, &self.rep] {
            phone.json(&["sync"]);
        }
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_put_answered_and_told() {
    let team = Team::start().await;
    let pdf = team.rep.file("q.pdf", &files::pdf("q"));
    let ask = [
        "touch",
        "--customer",
        "智联",
        "--mode",
        "微信",
        "--action",
        "需协调技术答疑",
        "--evidence",
        &pdf,
        "--note",
        "能否接 Modbus",
    ];
    assert_eq!(team.rep.refused(&ask), "touch.tech_owner_missing");
    let owned = [&ask[..], &["--tech-owner", "外聘李工"]].concat();
    assert_eq!(team.rep.refused(&owned), "touch.response_by_missing");
    let touch = team.rep.json(&[&owned[..], &["--response-by", "2040-01-02"]].concat());
    assert_eq!(touch["tech_owner_unknown"], true);
    team.sync();
    let question = team.tech.json(&["question", "list"])["questions"][0].clone();
    assert_eq!((&question["owner"], &question["owner_unknown"]), (&json!("外聘李工"), &json!(true)));
    let which = id(&question);
    assert!(team.tech.run(&["question", "list"]).out.contains("未在通讯录"));
    assert_eq!(team.tech.json(&["question", "take", &which])["assignee"]["name"], "赵工");
    assert_eq!(team.tech.json(&["question", "promise", &which, "--by", "2040-02-01"])["promised"], "2040-02-01");
    team.sync();
    team.sync();
    let todo = team.tech.json(&["task", "list"])["tasks"][0].clone();
    assert_eq!(
        (&todo["about"]["text"]["label"], todo["due"].as_str().unwrap().get(..10)),
        (&json!("能否接 Modbus"), Some("2040-02-01"))
    );
    assert_eq!(team.rep.refused(&["question", "answer", &which, "可以"]), "record.not_allowed");
    assert_eq!(team.tech.json(&["question", "answer", &which, "可以"])["answer"], "可以");
    assert_eq!(team.tech.refused(&["question", "answer", &which, "不行"]), "question.already_answered");
    assert_eq!(team.tech.json(&["task", "list"])["tasks"], json!([]));
    team.sync();
    team.sync();
    assert_eq!(team.rep.json(&["task", "list"])["notices"][0]["kind"]["label"], "技术已答复");
    assert_eq!(team.rep.json(&["question", "show", &which])["answered_by"]["name"], "赵工");
    assert_eq!(team.rep.json(&["question", "list"])["questions"], json!([]));
    assert_eq!(team.rep.json(&["question", "list", "--all"])["questions"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demand_is_assessed_and_a_finding_settled() {
    let team = Team::start().await;
    let proof = team.rep.file("proof.png", files::PNG);
    let given = ["touch", "--customer", "智联", "--mode", "微信", "--evidence", &proof, "--intent", "A"];
    let touch = team.rep.json(&[&given[..], &["--action", "客户提出新需求", "--note", "扫码枪离线"]].concat());
    assert_eq!(team.rep.json(&["feedback", &id(&touch)])["feedback"], true);
    team.sync();
    let card = team.product.json(&["demand", "list"])["demands"][0].clone();
    assert_eq!((&card["status"]["label"], &card["text"]), (&json!("待技术评估"), &json!("扫码枪离线")));
    let refused = team.product.json_ending(3, &["demand", "assess", &id(&card), "--choice", "也许"]);
    assert_eq!(refused["choices"].as_array().unwrap().len(), 3);
    let assess = ["demand", "assess", &id(&card), "--choice", "需进一步澄清", "--reason", "多少台？"];
    let assessed = team.product.json(&assess);
    assert_eq!((&assessed["status"]["key"], &assessed["assessment"]), (&json!("clarify"), &json!("多少台？")));
    team.sync();
    assert_eq!(team.rep.json(&["demand", "show", &id(&card)])["status"]["label"], "需进一步澄清");

    let crm = team.boss.file("crm.csv", "名称,意向等级\n杭州智联科技,C\n".as_bytes());
    assert_eq!(team.boss.json(&["import", "customers", &crm])["changed"], 1);
    team.sync();
    let finding = team.rep.json(&["finding", "list"])["findings"][0].clone();
    assert_eq!(
        (&finding["left"], &finding["right"], &finding["finding"]["label"]),
        (&json!("A"), &json!("C"), &json!("意向等级不一致"))
    );
    assert!(team.rep.run(&["finding", "list"]).out.contains("A ≠ C"));
    let resolve =
        |resolution| ["finding", "resolve", finding["id"].as_str().unwrap(), "--resolution", resolution, "--reason", "刚见过"];
    assert_eq!(team.rep.json_ending(3, &resolve("合并客户"))["choices"], finding["resolutions"]);
    let settled = team.rep.json(&resolve("以左值为准"));
    assert_eq!((&settled["resolution"]["key"], &settled["reason"]), (&json!("left_right"), &json!("刚见过")));
    assert_eq!(team.rep.json(&["finding", "list"])["findings"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_in_through_the_server_as_the_role_that_may() {
    let team = Team::start().await;
    let (customers, slips) = (sample("customers.xlsx"), sample("slips.csv"));
    let (customers, slips) = (customers.to_str().unwrap(), slips.to_str().unwrap());
    let preview = team.boss.json(&["import", "customers", customers, "--dry-run"]);
    assert_eq!((&preview["created"], &preview["changed"], &preview["dry_run"]), (&json!(2), &json!(1), &json!(true)));
    assert_eq!(team.boss.json(&["import", "customers", customers])["created"], 2);
    assert_eq!(team.rep.json_ending(3, &["import", "slips", slips])["error"]["params"]["problem"], "import.not_allowed");
    let said = team.finance.run(&["import", "slips", slips]);
    assert!(said.out.contains("付款单 2026030901：合同号 HT-2026-001 ≠ 无"), "{said:?}");
    let broken = team.boss.file("broken.csv", "客户名称,意向等级\n甲公司,A\n,B\n乙公司,X\n".as_bytes());
    let told = team.boss.json_ending(3, &["import", "leads", &broken]);
    assert_eq!((&told["error"]["key"], &told["mistakes"]), (&json!("import.mistakes"), &json!(2)));
    assert_eq!((&told["errors"][1]["line"], &told["errors"][1]["column"]), (&json!(4), &json!("意向等级")));
    let said = team.boss.run(&["import", "leads", &broken, "--lang", "en"]);
    assert!(said.err.contains("Line 4, 意向等级 “X”: the intent must be A, B, C or D"), "{said:?}");
    assert_eq!(team.rep.json(&["event", "list", "--customer", "智联"])["events"], json!([]));
    assert_eq!(team.boss.refused(&["import", "leads", "/nowhere.csv"]), "file.not_found");
}

#[test]
fn a_next_step_in_words_a_role_and_a_brief_stay_one_line() {
    let phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    let pdf = phone.file("a.pdf", &files::pdf("a"));
    let touch = ["touch", "--customer", "智联", "--mode", "面访", "--action", "演示", "--evidence", &pdf];
    let more = ["--next", "3 个月后再联系", "--contact", "刘工", "--contact-role", "IT"];
    let saved = phone.json(&[&touch[..], &more].concat());
    assert_eq!((&saved["next_date"], &saved["next_action"]), (&json!("2027-02-23"), &json!("再联系")));
    assert_eq!(
        (&saved["contact"], &saved["contact_role"]),
        (&json!("刘工"), &json!({"key": "it", "label": "IT", "label_en": "IT"}))
    );
    assert_eq!(saved["opened_within_24h"], Value::Null);
    let vague = phone.json_ending(2, &[&touch[..], &["--next", "看情况"]].concat());
    assert!(vague["error"]["message"].as_str().unwrap().contains("三个月后再联系"), "{vague}");
    let briefs = phone.json(&["brief"]);
    assert_eq!((&briefs["briefs"][0]["brief"]["label"], &briefs["briefs"][0]["filed"]), (&json!("已演示产品"), &json!(false)));
    assert_eq!(briefs["options"].as_array().unwrap().len(), 4);
    let report = |brief: &'static str| ["report", "--reason", "travel", "--tomorrow", "回访", "--brief", brief];
    assert_eq!(phone.json_ending(3, &report("智联=赢单"))["briefs"], briefs["options"]);
    assert_eq!(phone.json(&report("智联=待提供POC环境"))["briefs"][0]["brief"]["key"], "poc_needed");
    let shown = phone.json(&["customer", "show", "智联"]);
    assert_eq!((&shown["briefs"][0]["brief"]["label"], &shown["briefs"][0]["filed"]), (&json!("待提供POC环境"), &json!(true)));
    assert_eq!(shown["contacts"][0]["role"]["label"], "IT");
    assert!(phone.run(&["brief", "智联"]).out.contains("待提供POC环境"));
}

//! B5 in its own words: what does not agree is flagged with both values side by side, settled with a reason, and nothing else is flagged.

use std::sync::Arc;

use chrono::TimeDelta;
use chuda_kit::{Hand, Host, Phone, of, sample};
use chuda_phone::query::view::{FindingView, ItemState, TaskView};
use chuda_phone::workbench::{ContractEdit, TouchDraft};
use chuda_record::id::CustomerId;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Intent, Role};

struct Sales {
    clock: Arc<Hand>,
    host: Host,
    boss: Phone,
    rep: Phone,
    colleague: Phone,
    finance: Phone,
    customer: CustomerId,
}

impl Sales {
    /// 李雷 holds a customer that 王芳 has touched, too.
    async fn on_monday() -> Self {
        let clock = Hand::at("2026-03-09T09:00:00+08:00");
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
        let colleague = host.phone("王芳", Role::Rep, Some(boss.person())).await;
        let finance = host.phone("财务", Role::Finance, None).await;
        // Imported, so that everybody who sells sees it until somebody holds it.
        let file = boss.file("名称\n杭州智联科技\n".as_bytes());
        boss.workbench.import(ImportKind::Leads, &file, false).await.unwrap();
        colleague.settle().await;
        let customer = colleague.workbench.find_customers("杭州智联科技").unwrap().remove(0).id;
        let sales = Self { clock, host, boss, rep, colleague, finance, customer };
        sales.touch(&sales.colleague, None);
        sales.colleague.settle().await;
        let file = sales.boss.file("名称,负责人\n杭州智联科技,李雷\n".as_bytes());
        sales.boss.workbench.import(ImportKind::Leads, &file, false).await.unwrap();
        sales.settle().await;
        sales
    }

    async fn settle(&self) {
        for _ in 0..2 {
            for phone in [&self.rep, &self.colleague, &self.boss, &self.finance] {
                phone.settle().await;
            }
            self.host.run_due_jobs().await;
        }
        for phone in [&self.rep, &self.colleague, &self.boss, &self.finance] {
            phone.settle().await;
        }
    }

    /// A touch that saw a level.
    fn touch(&self, phone: &Phone, intent: Option<Intent>) {
        self.clock.pass(TimeDelta::minutes(1));
        let draft = TouchDraft { intent, evidence: vec![phone.note()], ..of(self.customer, "演示") };
        phone.workbench.record_touch(draft).unwrap();
    }

    /// Has the CRM say a level.
    async fn crm(&self, level: &str) {
        let file = self.boss.file(format!("名称,意向等级\n杭州智联科技,{level}\n").as_bytes());
        self.boss.workbench.import(ImportKind::Customers, &file, false).await.unwrap();
        self.settle().await;
    }

    fn level(&self) -> Option<Intent> {
        self.boss.workbench.customer(self.customer).unwrap().intent
    }
}

fn findings(phone: &Phone) -> Vec<FindingView> {
    phone.workbench.findings(true).unwrap()
}

fn sides(finding: &FindingView) -> (&str, Option<&str>, Option<&str>) {
    (finding.finding.zh.as_str(), finding.left.as_deref(), finding.right.as_deref())
}

fn todos(phone: &Phone) -> Vec<TaskView> {
    phone.workbench.tasks().unwrap().into_iter().filter(|task| task.kind.zh == "一致性核对").collect()
}

fn key<T: std::fmt::Debug>(result: chuda_record::Result<T>) -> String {
    result.unwrap_err().key.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holders_own_touch_changes_the_level_and_is_no_disagreement() {
    let sales = Sales::on_monday().await;
    sales.touch(&sales.rep, Some(Intent::B));
    sales.settle().await;
    assert_eq!(sales.level(), Some(Intent::B));
    // Several levels of a day without signal, sent at once.
    for level in [Intent::C, Intent::A, Intent::D] {
        sales.touch(&sales.rep, Some(level));
    }
    sales.settle().await;
    assert_eq!((sales.level(), findings(&sales.boss)), (Some(Intent::D), vec![]));
    // Much later the old touches are looked at again, and still agree with what was then.
    let first = sales.rep.workbench.timeline(sales.customer, 10).unwrap().pop().unwrap();
    sales.clock.pass(TimeDelta::days(2));
    sales.rep.workbench.note_feedback(first.id).unwrap();
    sales.settle().await;
    assert_eq!(findings(&sales.boss), vec![]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_level_that_differs_is_shown_beside_the_customers_and_settled_with_a_reason() {
    let sales = Sales::on_monday().await;
    sales.touch(&sales.rep, Some(Intent::B));
    sales.settle().await;
    sales.touch(&sales.colleague, Some(Intent::B));
    sales.settle().await;
    assert_eq!(findings(&sales.boss), vec![], "they agree");
    sales.touch(&sales.colleague, Some(Intent::D));
    sales.settle().await;
    let [finding] = &findings(&sales.boss)[..] else { panic!("one finding") };
    assert_eq!(sides(finding), ("意向等级不一致", Some("D"), Some("B")));
    assert_eq!(finding.author.as_ref().unwrap().name, "王芳");
    assert_eq!(sales.level(), Some(Intent::B), "nothing is overwritten");
    let [todo] = &todos(&sales.colleague)[..] else { panic!("one to-do") };
    let side = |field: &str| todo.about.iter().find(|fact| fact.field == field).map(|fact| fact.value.zh.as_str());
    assert_eq!((side("left"), side("right")), (Some("D"), Some("B")));
    assert!(todos(&sales.rep).is_empty() && findings(&sales.finance).is_empty());

    // By whose touch it is, by the holder, by the supervisor; with a reason.
    let resolve = |phone: &Phone, resolution, reason| phone.workbench.resolve_finding(finding.id, resolution, reason);
    assert_eq!(key(resolve(&sales.finance, "left_right", "不知道")), "finding.not_found");
    assert_eq!(key(resolve(&sales.boss, "以左值为准", "  ")), "finding.reason_missing");
    assert_eq!(key(resolve(&sales.boss, "merge", "不是客户")), "finding.unknown_resolution");
    assert_eq!(key(resolve(&sales.boss, "agreed_later", "随便")), "finding.unknown_resolution");
    let resolved = resolve(&sales.boss, "以右值为准", "已和客户确认").unwrap();
    assert_eq!(resolved.resolution.unwrap().key, "right_right");
    sales.settle().await;
    let seen = sales.colleague.workbench.finding(finding.id).unwrap();
    assert_eq!((seen.reason.as_deref(), seen.resolved_by.unwrap().name.as_str()), (Some("已和客户确认"), "韩梅"));
    assert_eq!(seen.state, ItemState::Verified);
    assert!(todos(&sales.colleague).is_empty(), "the to-do is closed with it");
    assert_eq!(key(resolve(&sales.rep, "left_right", "再来")), "finding.already_resolved");

    // The next one is settled in the to-do.
    sales.touch(&sales.colleague, Some(Intent::A));
    sales.settle().await;
    let todo = todos(&sales.colleague).remove(0);
    assert_eq!(key(sales.colleague.workbench.complete_task(todo.id, Some("以左值为准"), None)), "task.reason_missing");
    sales.colleague.workbench.complete_task(todo.id, Some("以左值为准"), Some("客户刚刚改口")).unwrap();
    sales.settle().await;
    let settled = sales.boss.workbench.findings(false).unwrap();
    assert_eq!(settled.iter().filter(|finding| finding.resolution.is_some()).count(), 2);
    assert!(findings(&sales.boss).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_touch_that_arrives_late_is_not_held_against_what_the_holder_has_found_since() {
    let sales = Sales::on_monday().await;
    sales.touch(&sales.rep, Some(Intent::B));
    sales.settle().await;
    sales.touch(&sales.colleague, Some(Intent::B));
    sales.clock.pass(TimeDelta::days(5));
    sales.touch(&sales.rep, Some(Intent::A));
    sales.rep.settle().await;
    sales.settle().await;
    assert_eq!((sales.level(), findings(&sales.boss)), (Some(Intent::A), vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crm_that_says_another_level_is_flagged_once_per_pair_of_values() {
    let sales = Sales::on_monday().await;
    sales.crm("B").await;
    assert_eq!((sales.level(), findings(&sales.boss)), (Some(Intent::B), vec![]), "what nobody knew is filled in");
    sales.touch(&sales.rep, Some(Intent::A));
    sales.settle().await;
    let found = findings(&sales.boss);
    assert_eq!(found.iter().map(sides).collect::<Vec<_>>(), [("意向等级不一致", Some("A"), Some("B"))]);
    assert_eq!(todos(&sales.rep).len(), 1, "the holder can tell");
    for _ in 0..2 {
        sales.crm("B").await;
    }
    assert_eq!(findings(&sales.boss).len(), 1, "the same again is no news");
    sales.rep.workbench.resolve_finding(found[0].id, "left_right", "CRM 还没更新").unwrap();
    sales.crm("A").await;
    assert!(findings(&sales.boss).is_empty());
    sales.crm("D").await;
    assert_eq!(findings(&sales.boss).iter().map(sides).collect::<Vec<_>>(), [("意向等级不一致", Some("A"), Some("D"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_with_another_contracts_number_is_finances_to_settle() {
    let sales = Sales::on_monday().await;
    let draft = TouchDraft { evidence: vec![sales.rep.keep(&sample("quote.pdf"))], ..of(sales.customer, "报价") };
    sales.rep.workbench.record_touch(draft).unwrap();
    sales.settle().await;
    let approval = sales.finance.workbench.tasks().unwrap().remove(0);
    sales.finance.workbench.complete_task(approval.id, Some("批准"), None).unwrap();
    sales.settle().await;

    let file = sales.finance.file("流水号,合同号,金额,付款方\nP-1,HT-9,28.6万,杭州智联科技\n".as_bytes());
    let preview = sales.finance.workbench.import(ImportKind::Slips, &file, true).await.unwrap();
    let expected = preview.lines[0].mismatch.as_ref().and_then(|mismatch| mismatch.right.clone()).unwrap();
    assert!(expected.starts_with("HT20260309-"), "the payer's own contract");
    sales.finance.workbench.import(ImportKind::Slips, &file, false).await.unwrap();
    sales.settle().await;
    let [finding] = &findings(&sales.finance)[..] else { panic!("one finding") };
    assert_eq!(sides(finding), ("付款单合同号不符", Some("HT-9"), Some(expected.as_str())));
    assert_eq!(todos(&sales.finance).len(), 1);
    assert!(todos(&sales.rep).is_empty());

    // The right number, however the bank writes it, is no finding.
    let loose = expected.to_lowercase().replace('-', "－");
    let right = sales.finance.file(format!("流水号,合同号,金额,付款方\nP-2,{loose},1000,杭州智联科技\n").as_bytes());
    let preview = sales.finance.workbench.import(ImportKind::Slips, &right, false).await.unwrap();
    assert!(preview.lines[0].mismatch.is_none());
    sales.settle().await;
    assert_eq!(findings(&sales.finance).len(), 1);
    sales.finance.workbench.resolve_finding(finding.id, "right_right", "客户写错了").unwrap();
    sales.settle().await;
    assert!(todos(&sales.finance).is_empty() && findings(&sales.boss).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_gets_its_number_later_gets_its_waiting_slips_and_what_was_found_settles_itself() {
    let sales = Sales::on_monday().await;
    let rows = "流水号,合同号,金额,付款方\nP-1,HT-2026-001,100,杭州智联科技\nP-2,HT-2026-002,200,宁波海川机械\n";
    let file = sales.finance.file(rows.as_bytes());
    let report = sales.finance.workbench.import(ImportKind::Slips, &file, false).await.unwrap();
    assert_eq!(report.created, 2);
    sales.settle().await;
    assert_eq!((findings(&sales.finance).len(), todos(&sales.finance).len()), (2, 2));

    let draft = TouchDraft { evidence: vec![sales.rep.keep(&sample("quote.pdf"))], ..of(sales.customer, "报价") };
    let quote = sales.rep.workbench.record_touch(draft).unwrap().touch.id;
    sales.settle().await;
    sales.finance.workbench.answer_quote(quote.into(), true, None).unwrap();
    sales.settle().await;
    assert_eq!(findings(&sales.finance).len(), 2, "there is a contract, by another number");
    let contract = sales.rep.workbench.contracts(true).unwrap().remove(0);
    let edit = ContractEdit { number: Some("ht2026－001".into()), ..ContractEdit::default() };
    sales.rep.workbench.set_contract(contract.id, edit).unwrap();
    sales.settle().await;
    let [left] = &findings(&sales.finance)[..] else { panic!("the other customer's slip still waits") };
    assert_eq!(sides(left).1, Some("HT-2026-002"));
    assert_eq!(todos(&sales.finance).len(), 1);
    let all = sales.finance.workbench.findings(false).unwrap();
    let settled = all.into_iter().find(|finding| finding.resolved_at.is_some()).unwrap();
    assert_eq!((settled.resolution.unwrap().zh.as_str(), settled.resolved_by), ("后来已一致", None));
    let again = sales.finance.workbench.import(ImportKind::Slips, &file, false).await.unwrap();
    assert_eq!((again.unchanged, again.lines[0].mismatch.is_none()), (2, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_differs_from_what_was_promised_is_found_whichever_is_said_last() {
    for promised_last in [false, true] {
        let sales = Sales::on_monday().await;
        let delivery = sales.host.phone("交付经理", Role::Delivery, None).await;
        let draft = TouchDraft { evidence: vec![sales.rep.note()], ..of(sales.customer, "签约") };
        sales.rep.workbench.record_touch(draft).unwrap();
        sales.settle().await;
        delivery.settle().await;
        let contract = sales.rep.workbench.contracts(false).unwrap().remove(0);
        let order = delivery.workbench.orders(true).unwrap().remove(0);
        let promise = async || {
            let edit = ContractEdit { promised_service: Some("标准安装".into()), ..ContractEdit::default() };
            sales.rep.workbench.set_contract(contract.id, edit).unwrap();
            sales.settle().await;
        };
        let need = async |service: &str| {
            delivery.workbench.need_service(order.id, service).unwrap();
            delivery.settle().await;
            sales.settle().await;
        };
        if promised_last {
            need("现场培训").await;
            assert_eq!(findings(&sales.rep), vec![], "nothing was promised yet");
            promise().await;
        } else {
            promise().await;
            need("标准安装").await;
            assert_eq!(findings(&sales.rep), vec![], "they agree");
            need("现场培训").await;
        }
        let [finding] = &findings(&sales.rep)[..] else { panic!("one finding") };
        assert_eq!(sides(finding), ("服务需求与承诺不一致", Some("标准安装"), Some("现场培训")));
        assert_eq!(todos(&sales.rep).len(), 1);
        sales.rep.workbench.resolve_finding(finding.id, "both_right", "培训另行报价").unwrap();
        sales.settle().await;
        assert!(findings(&sales.boss).is_empty() && todos(&sales.rep).is_empty());
    }
}

//! B1, B2, F1, F2, M2 and N1 in their own words: what a rep is asked for and what not, and who has to answer until when.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Hand, Host, Phone, of};
use chuda_phone::query::view::{ItemState, TaskView};
use chuda_phone::workbench::{BlobChoice, Cancel, ReportRequest, TouchDraft};
use chuda_record::id::{CustomerId, TouchId};
use chuda_record::{ContactMode, Role};

/// A Monday morning in Shanghai.
const MONDAY: &str = "2026-03-02T09:00:00+08:00";

struct Sales {
    clock: Arc<Hand>,
    host: Host,
    boss: Phone,
    rep: Phone,
    tech: Phone,
    product: Phone,
    customer: CustomerId,
}

impl Sales {
    async fn on_monday() -> Self {
        let clock = Hand::at(MONDAY);
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
        let tech = host.phone("赵工", Role::Tech, None).await;
        let product = host.phone("产品经理", Role::Product, None).await;
        let customer = rep.customer("杭州智联科技");
        let sales = Self { clock, host, boss, rep, tech, product, customer };
        sales.settle().await;
        sales
    }

    async fn settle(&self) {
        for phone in [&self.rep, &self.tech, &self.product, &self.boss, &self.rep] {
            phone.settle().await;
        }
    }

    /// Lets time pass, and what has come up is done.
    async fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
        self.host.run_due_jobs().await;
        self.settle().await;
    }

    /// A touch with a note as evidence.
    fn record(&self, draft: TouchDraft) -> TouchId {
        let draft = TouchDraft { evidence: vec![self.rep.note()], ..draft };
        self.rep.workbench.record_touch(draft).unwrap().touch.id
    }

    /// A technical question to somebody, by a day.
    fn ask(&self, owner: &str, by: &str) -> TouchId {
        self.record(TouchDraft {
            tech_owner: Some(owner.into()),
            response_by: Some(day(by)),
            note: Some("能否接 Modbus？".into()),
            ..of(self.customer, "需协调技术答疑")
        })
    }

    fn today(&self) -> NaiveDate {
        self.rep.workbench.today()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The open tasks and notices of a kind.
fn tasks(phone: &Phone, kind: &str) -> Vec<TaskView> {
    let told = phone.workbench.notices().unwrap();
    phone.workbench.tasks().unwrap().into_iter().chain(told).filter(|task| task.kind.zh == kind).collect()
}

fn key<T: std::fmt::Debug>(result: chuda_record::Result<T>) -> String {
    result.unwrap_err().key.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_technical_question_needs_an_owner_and_a_day_offline_by_action_and_by_brief_alike() {
    let mut sales = Sales::on_monday().await;
    sales.host.stop().await;
    let bench = &sales.rep.workbench;
    for draft in [
        of(sales.customer, "需协调技术答疑"),
        TouchDraft { brief: Some("需协调技术答疑".into()), ..of(sales.customer, "演示") },
        TouchDraft { brief: Some("tech_needed".into()), ..of(sales.customer, "发送资料") },
    ] {
        assert_eq!(key(bench.check_touch(&draft)), "touch.tech_owner_missing");
        let owned = TouchDraft { tech_owner: Some("赵工".into()), ..draft.clone() };
        assert_eq!(key(bench.check_touch(&owned)), "touch.response_by_missing");
        let dated = TouchDraft { response_by: Some(day("2026-03-05")), ..draft };
        assert_eq!(key(bench.record_touch(TouchDraft { evidence: vec![sales.rep.note()], ..dated })), "touch.tech_owner_missing");
        bench.check_touch(&TouchDraft { response_by: Some(day("2026-03-05")), ..owned }).unwrap();
    }
    assert!(bench.touches_of(sales.today()).unwrap().is_empty(), "nothing was kept of it");
    // And nothing else asks for it.
    bench.check_touch(&of(sales.customer, "演示")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tech_owner_gets_a_to_do_with_the_promised_day_and_the_answer_reaches_the_rep() {
    let sales = Sales::on_monday().await;
    let touch = sales.ask("赵工", "2026-03-05");
    let shown = sales.rep.workbench.touch(touch).unwrap();
    assert_eq!((shown.tech_owner.as_deref(), shown.tech_owner_unknown), (Some("赵工"), false));
    sales.settle().await;

    let [todo] = &tasks(&sales.tech, "技术答疑")[..] else { panic!("one to-do") };
    assert_eq!(todo.customer_name.as_deref(), Some("杭州智联科技"));
    assert_eq!(about(todo, "text"), Some("能否接 Modbus？"));
    assert_eq!(todo.due.unwrap(), "2026-03-05T23:59:59.999+08:00".parse::<DateTime<Utc>>().unwrap());
    assert!(tasks(&sales.rep, "技术答疑").is_empty() && tasks(&sales.product, "技术答疑").is_empty());
    assert_eq!(key(sales.tech.workbench.complete_task(todo.id, None, None)), "task.reason_missing", "an answer has words");

    // Answered without signal: the own list is done at once, the rep hears of it later.
    let [question] = &sales.tech.workbench.questions(true).unwrap()[..] else { panic!("one question") };
    assert_eq!(key(sales.rep.workbench.answer_question(question.id, "可以")), "record.not_allowed");
    let answered = sales.tech.workbench.answer_question(question.id, "可以，走 RTU。").unwrap();
    assert_eq!((answered.answer.as_deref(), answered.state), (Some("可以，走 RTU。"), ItemState::Waiting));
    assert!(tasks(&sales.tech, "技术答疑").is_empty());
    sales.settle().await;
    let [told] = &tasks(&sales.rep, "技术已答复")[..] else { panic!("the rep is told once") };
    assert_eq!((about(told, "answer"), told.choices.len()), (Some("可以，走 RTU。"), 0));
    let seen = sales.rep.workbench.question(question.id).unwrap();
    assert_eq!(seen.answered_by.unwrap().name, "赵工");
    assert!(sales.rep.workbench.questions(true).unwrap().is_empty());
    assert_eq!(key(sales.tech.workbench.answer_question(question.id, "还是不行")), "question.already_answered");
    sales.rep.workbench.complete_task(told.id, None, None).unwrap();
    sales.pass(TimeDelta::days(10)).await;
    for phone in [&sales.rep, &sales.tech, &sales.boss] {
        assert!(tasks(phone, "技术答疑超时").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_in_the_people_list_goes_to_the_tech_role_until_somebody_takes_it_on() {
    let sales = Sales::on_monday().await;
    let second = sales.host.phone("钱工", Role::Tech, None).await;
    let touch = sales.ask("外聘李工", "2026-03-05");
    assert!(sales.rep.workbench.touch(touch).unwrap().tech_owner_unknown, "未在通讯录");
    sales.settle().await;
    second.settle().await;
    assert_eq!([&sales.tech, &second].map(|phone| tasks(phone, "技术答疑").len()), [1, 1]);
    let question = second.workbench.questions(true).unwrap().remove(0);
    assert!(question.owner_unknown && question.assignee.is_none());
    assert_eq!(question.role, Some(Role::Tech));
    assert_eq!(key(sales.product.workbench.take_question(question.id)), "question.not_found");

    second.workbench.take_question(question.id).unwrap();
    second.settle().await;
    sales.settle().await;
    second.settle().await;
    assert_eq!([&sales.tech, &second].map(|phone| tasks(phone, "技术答疑").len()), [0, 1]);
    assert_eq!(sales.rep.workbench.question(question.id).unwrap().assignee.unwrap().name, "钱工");
    // The answer in the to-do is as good as the one to the question.
    let todo = tasks(&second, "技术答疑").remove(0);
    second.workbench.complete_task(todo.id, None, Some("需要网关")).unwrap();
    second.settle().await;
    sales.settle().await;
    let answered = sales.rep.workbench.question(question.id).unwrap();
    assert_eq!((answered.answer.as_deref(), answered.answered_by.unwrap().name.as_str()), (Some("需要网关"), "钱工"));
    assert_eq!(tasks(&sales.rep, "技术已答复").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_day_that_passes_is_told_to_owner_rep_and_supervisor_once() {
    let sales = Sales::on_monday().await;
    sales.ask("赵工", "2026-03-05");
    sales.settle().await;
    let told = |sales: &Sales| [&sales.tech, &sales.rep, &sales.boss].map(|phone| tasks(phone, "技术答疑超时").len());
    let overdue = |sales: &Sales| sales.rep.workbench.questions(false).unwrap()[0].overdue;
    // Thursday 23:59:59 in Shanghai, then Friday.
    sales.pass("2026-03-05T23:59:59+08:00".parse::<DateTime<Utc>>().unwrap() - sales.clock.now()).await;
    assert_eq!((told(&sales), overdue(&sales)), ([0, 0, 0], false));
    sales.pass(TimeDelta::seconds(1)).await;
    assert_eq!((told(&sales), overdue(&sales)), ([1, 1, 1], true));
    sales.pass(TimeDelta::days(3)).await;
    assert_eq!(told(&sales), [1, 1, 1], "once");
    assert_eq!(tasks(&sales.tech, "技术答疑").len(), 1, "it still has to be answered");
    // A late answer ends the to-do.
    let question = sales.tech.workbench.questions(true).unwrap().remove(0);
    sales.tech.workbench.answer_question(question.id, "抱歉，可以。").unwrap();
    sales.settle().await;
    assert!(tasks(&sales.tech, "技术答疑").is_empty() && !overdue(&sales));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_promised_day_moves_the_to_do_and_counts_instead_of_the_first() {
    let sales = Sales::on_monday().await;
    sales.ask("赵工", "2026-03-05");
    sales.settle().await;
    let question = sales.tech.workbench.questions(true).unwrap().remove(0);
    assert_eq!(key(sales.tech.workbench.promise_answer(question.id, day("2026-03-01"))), "question.promise_past");
    sales.tech.workbench.promise_answer(question.id, day("2026-03-10")).unwrap();
    sales.settle().await;
    assert_eq!(tasks(&sales.tech, "技术答疑")[0].due.unwrap(), "2026-03-10T23:59:59.999+08:00".parse::<DateTime<Utc>>().unwrap());
    let told = |sales: &Sales| [&sales.tech, &sales.rep, &sales.boss].map(|phone| tasks(phone, "技术答疑超时").len());
    sales.pass(TimeDelta::days(6)).await;
    assert_eq!(told(&sales), [0, 0, 0], "the first day was put off");
    sales.pass(TimeDelta::days(3)).await;
    assert_eq!(told(&sales), [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_demand_becomes_a_card_of_the_product_manager_and_no_proposal_is_forced() {
    let sales = Sales::on_monday().await;
    // 客户提出新需求, and nothing more: no brief, no amount, no competitor, no next step.
    let draft = TouchDraft { note: Some("希望扫码枪支持离线".into()), ..of(sales.customer, "客户提出新需求") };
    sales.record(draft);
    sales.settle().await;
    let [card] = &sales.product.workbench.demands(true).unwrap()[..] else { panic!("one card") };
    assert_eq!((card.status.zh.as_str(), card.text.as_deref()), ("待技术评估", Some("希望扫码枪支持离线")));
    assert_eq!((card.author.name.as_str(), card.customer_name.as_str()), ("李雷", "杭州智联科技"));
    let [todo] = &tasks(&sales.product, "需求评估")[..] else { panic!("one to-do") };
    assert_eq!(todo.choices.iter().map(|choice| choice.zh.as_str()).collect::<Vec<_>>(), ["需进一步澄清", "暂不支持", "纳入规划"]);

    assert_eq!(key(sales.product.workbench.assess_demand(card.id, "待技术评估", None)), "demand.unknown_choice");
    assert_eq!(key(sales.product.workbench.assess_demand(card.id, "暂不支持", None)), "demand.reason_missing");
    assert_eq!(key(sales.rep.workbench.assess_demand(card.id, "纳入规划", None)), "record.not_allowed");
    let assessed = sales.product.workbench.assess_demand(card.id, "暂不支持", Some("芯片不支持")).unwrap();
    assert_eq!(assessed.status.zh, "暂不支持");
    assert!(tasks(&sales.product, "需求评估").is_empty(), "at once, without signal");
    sales.settle().await;
    let [told] = &tasks(&sales.rep, "需求已评估")[..] else { panic!("the rep is told once") };
    assert_eq!(about(told, "assessment"), Some("芯片不支持"));
    assert_eq!(sales.rep.workbench.demand(card.id).unwrap().assessed_by.unwrap().name, "产品经理");
    assert!(sales.product.workbench.demands(true).unwrap().is_empty());

    // The to-do is as good a place: the next card is assessed there.
    sales.clock.pass(TimeDelta::minutes(1));
    sales.record(of(sales.customer, "客户提出新需求"));
    sales.settle().await;
    let todo = tasks(&sales.product, "需求评估").remove(0);
    sales.product.workbench.complete_task(todo.id, Some("纳入规划"), None).unwrap();
    sales.settle().await;
    assert_eq!(sales.rep.workbench.demands(false).unwrap()[0].status.zh, "纳入规划");
    assert_eq!(tasks(&sales.rep, "需求已评估").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn seventy_two_hours_after_a_quote_without_an_answer_the_value_is_confirmed_again_and_nothing_is_lost() {
    let sales = Sales::on_monday().await;
    let quote = sales.record(of(sales.customer, "报价"));
    sales.settle().await;
    let asked = || tasks(&sales.rep, "二次价值确认");
    sales.pass(TimeDelta::hours(71) + TimeDelta::minutes(59)).await;
    assert!(asked().is_empty());
    sales.pass(TimeDelta::minutes(1)).await;
    let [task] = &asked()[..] else { panic!("exactly one") };
    assert_eq!((task.source, task.customer), (quote.into(), Some(sales.customer)));
    let mut choices: Vec<_> = task.choices.iter().map(|choice| choice.zh.as_str()).collect();
    choices.sort_unstable();
    assert_eq!(choices, ["需补充行业案例", "需重新测算成本"]);
    let pack = task.script_pack.as_ref().unwrap();
    assert_eq!(pack.title.zh, "客户当前痛点再确认话术包");
    assert!(pack.text.contains("痛点") || pack.text.contains("问题"));
    assert!(tasks(&sales.boss, "二次价值确认").is_empty(), "it is the rep's");
    // Never 丢单: customer and stage are as they were.
    let customer = sales.rep.workbench.customer(sales.customer).unwrap();
    assert_eq!(customer.stage.as_str(), "quoted");
    sales.rep.workbench.complete_task(task.id, Some("需重新测算成本"), None).unwrap();
    sales.pass(TimeDelta::days(30)).await;
    assert!(asked().is_empty(), "a quote is looked at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_by_tap_or_in_a_later_touch_is_an_answer() {
    let sales = Sales::on_monday().await;
    let others: Vec<CustomerId> = ["宁波海川机械", "佛山乐居家具", "苏州恒通电子"].map(|name| sales.rep.customer(name)).to_vec();
    let earlier = sales.record(of(others[1], "发送资料"));
    sales.clock.pass(TimeDelta::minutes(1));
    let quotes: Vec<_> = others.iter().map(|customer| sales.record(of(*customer, "报价"))).collect();
    sales.record(of(sales.customer, "报价"));
    sales.settle().await;
    sales.pass(TimeDelta::hours(70)).await;
    // A tap on the quote; a tap on an older touch; a later touch. The fourth stays silent.
    sales.rep.workbench.note_feedback(quotes[0]).unwrap();
    sales.rep.workbench.note_feedback(earlier).unwrap();
    sales.record(TouchDraft { feedback: true, ..of(others[2], "演示") });
    sales.settle().await;
    sales.pass(TimeDelta::hours(2)).await;
    let silent: Vec<_> = tasks(&sales.rep, "二次价值确认").into_iter().map(|task| task.customer_name.unwrap()).collect();
    assert_eq!(silent, ["杭州智联科技"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_before_the_quote_or_in_a_touch_without_evidence_is_none() {
    let sales = Sales::on_monday().await;
    let before = sales.record(TouchDraft { feedback: true, ..of(sales.customer, "演示") });
    sales.rep.workbench.note_feedback(before).unwrap();
    sales.clock.pass(TimeDelta::hours(1));
    sales.record(of(sales.customer, "报价"));
    sales.clock.pass(TimeDelta::hours(1));
    let draft = TouchDraft { feedback: true, allow_draft: true, ..of(sales.customer, "演示") };
    sales.rep.workbench.record_touch(draft).unwrap();
    sales.settle().await;
    sales.pass(TimeDelta::hours(72)).await;
    assert_eq!(tasks(&sales.rep, "二次价值确认").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_syncs_five_days_late_is_asked_at_once_unless_the_customer_has_answered_since() {
    let sales = Sales::on_monday().await;
    let other = sales.rep.customer("宁波海川机械");
    sales.record(of(sales.customer, "报价"));
    sales.record(of(other, "报价"));
    sales.clock.pass(TimeDelta::days(2));
    sales.record(TouchDraft { feedback: true, ..of(other, "演示") });
    sales.clock.pass(TimeDelta::days(3));
    assert!(tasks(&sales.rep, "二次价值确认").is_empty());
    sales.rep.workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await.unwrap();
    sales.host.run_due_jobs().await;
    sales.settle().await;
    let asked: Vec<_> = tasks(&sales.rep, "二次价值确认").into_iter().map(|task| task.customer).collect();
    assert_eq!(asked, [Some(sales.customer)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brief_is_one_option_per_customer_and_day_and_one_tap_stays_one_tap() {
    let sales = Sales::on_monday().await;
    let other = sales.rep.customer("宁波海川机械");
    let third = sales.rep.customer("佛山乐居家具");
    sales.record(of(sales.customer, "发送资料"));
    sales.clock.pass(TimeDelta::minutes(1));
    sales.record(of(sales.customer, "演示"));
    sales.record(TouchDraft { brief: Some("待提供POC环境".into()), ..of(other, "演示") });
    sales.record(of(third, "发送资料"));
    let card = sales.rep.workbench.report_card(sales.today()).unwrap();
    let mut briefs: Vec<_> =
        card.briefs.iter().map(|brief| (brief.customer_name.as_str(), brief.brief.zh.as_str(), brief.filed)).collect();
    briefs.sort_unstable();
    assert_eq!(
        briefs,
        [("佛山乐居家具", "正常跟进", false), ("宁波海川机械", "待提供POC环境", false), ("杭州智联科技", "已演示产品", false)]
    );

    // Another option is one more tap; what needs an owner and a day is not to be had without them.
    let with = |customer: CustomerId, brief: &str| ReportRequest {
        briefs: HashMap::from([(customer, brief.to_owned())]),
        ..ReportRequest::default()
    };
    let file = |request| sales.rep.workbench.file_report(request);
    assert_eq!(key(file(with(third, "需协调技术答疑"))), "report.brief_needs_touch");
    assert_eq!(key(file(with(third, "赢单"))), "report.unknown_brief");
    assert_eq!(key(file(with(sales.rep.customer("苏州恒通电子"), "已演示产品"))), "report.brief_without_touch");
    let filed = file(with(third, "已演示产品")).unwrap();
    assert_eq!(filed.briefs.len(), 3, "one per customer, without being asked");
    sales.settle().await;
    let day = sales.boss.workbench.briefs(third, 10).unwrap();
    let [brief] = &day[..] else { panic!("one brief") };
    assert_eq!((brief.brief.zh.as_str(), brief.filed, brief.person.name.as_str()), ("已演示产品", true, "李雷"));

    // A later touch the same day moves it on with the update, and the next day has its own.
    sales.clock.pass(TimeDelta::hours(1));
    sales.record(TouchDraft { brief: Some("poc_needed".into()), ..of(third, "演示") });
    assert_eq!(sales.rep.workbench.briefs(third, 10).unwrap()[0].brief.zh, "待提供POC环境");
    file(ReportRequest::default()).unwrap();
    sales.clock.pass(TimeDelta::days(1));
    sales.record(of(third, "演示"));
    sales.settle().await;
    let days = sales.boss.workbench.briefs(third, 10).unwrap();
    let days: Vec<_> = days.iter().map(|brief| (brief.day.to_string(), brief.brief.zh.as_str(), brief.filed)).collect();
    assert_eq!(days, [("2026-03-03".into(), "已演示产品", false), ("2026-03-02".into(), "待提供POC环境", true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_forced_that_a_rep_cannot_know_and_three_months_later_is_a_legal_answer() {
    let sales = Sales::on_monday().await;
    // A first visit: whom, how, what, and a proof. That is all.
    let first = sales.record(of(sales.customer, "演示"));
    assert!(sales.rep.workbench.touch(first).unwrap().note.is_none());
    let read = |words| sales.rep.workbench.read_day(words);
    assert_eq!(read("3 个月后再联系"), Some((day("2026-06-02"), Some("再联系".into()))));
    assert_eq!(read("下周三"), Some((day("2026-03-11"), None)));
    assert_eq!(read("月底前"), Some((day("2026-03-31"), None)));
    assert_eq!(read("2026-04-01"), Some((day("2026-04-01"), None)));
    assert_eq!(read("看情况"), None);
    let (next_date, next_action) = read("3个月后再联系").unwrap();
    let later = sales.record(TouchDraft { next_date: Some(next_date), next_action, ..of(sales.customer, "发送资料") });
    sales.settle().await;
    let seen = sales.boss.workbench.touch(later).unwrap();
    assert_eq!((seen.next_date, seen.next_action.as_deref(), seen.state), (Some(next_date), Some("再联系"), ItemState::Verified));
    let report = ReportRequest { reason: Some("travel".into()), ..ReportRequest::default() };
    sales.rep.workbench.file_report(report).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_touched_on_the_customers_side_is_recorded_with_what_they_are_to_the_deal() {
    let sales = Sales::on_monday().await;
    let touch = |contact: &str, role: Option<&str>| {
        let draft = TouchDraft {
            contact: Some(contact.into()),
            contact_role: role.map(str::to_owned),
            mode: Some(ContactMode::Wechat),
            ..of(sales.customer, "发送资料")
        };
        sales.record(draft)
    };
    let legal = touch("孙律师", Some("法务"));
    touch("小周", None);
    // What somebody is turns out later.
    touch("小周", Some("最终使用人"));
    touch("刘工", Some("IT"));
    let wrong = TouchDraft { contact: Some("谁".into()), contact_role: Some("董事会".into()), ..of(sales.customer, "演示") };
    let wrong = TouchDraft { evidence: vec![sales.rep.note()], ..wrong };
    assert_eq!(key(sales.rep.workbench.record_touch(wrong)), "contact.unknown_role");
    sales.settle().await;
    let seen = sales.boss.workbench.touch(legal).unwrap();
    assert_eq!((seen.contact.as_deref(), seen.contact_role.unwrap().zh.as_str()), (Some("孙律师"), "法务"));
    let contacts = sales.boss.workbench.customer(sales.customer).unwrap().contacts;
    let mut roles: Vec<_> = contacts.iter().map(|one| (one.name.as_str(), one.role.as_ref().unwrap().zh.as_str())).collect();
    roles.sort_unstable();
    assert_eq!(roles, [("刘工", "IT"), ("孙律师", "法务"), ("小周", "最终使用人")]);
}

/// What a task says of the record that it came from.
fn about<'t>(task: &'t TaskView, field: &str) -> Option<&'t str> {
    task.about.iter().find(|fact| fact.field == field).map(|fact| fact.value.zh.as_str())
}

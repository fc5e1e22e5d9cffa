//! From a quote to a work order and a kickoff (T2, H2, H3, H4, B3, B4), as the phones of every role see it, through a real server.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chuda_kit::{Hand, Host, Phone, of, sample};
use chuda_phone::query::view::{ContractView, OrderView, QuoteView, StepState, TaskView};
use chuda_phone::workbench::{ContractEdit, CustomerDraft, Schedule, TouchDraft};
use chuda_record::ErrorKind;
use chuda_record::id::{ContractId, CustomerId, TouchId};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{Fen, Role, Stage};

/// Everybody a contract passes.
struct Team {
    host: Host,
    clock: Arc<Hand>,
    boss: Phone,
    rep: Phone,
    finance: Phone,
    legal: Phone,
    delivery: Phone,
    presales: Phone,
    head_of_delivery: Phone,
    success: Phone,
    /// A rep of another team.
    stranger: Phone,
}

impl Team {
    async fn start() -> Self {
        let clock = Hand::at("2026-11-24T01:00:00Z");
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let team = Self {
            rep: host.phone("李雷", Role::Rep, Some(boss.person())).await,
            finance: host.phone("陈静", Role::Finance, None).await,
            legal: host.phone("周敏", Role::Legal, None).await,
            delivery: host.phone("孙涛", Role::Delivery, None).await,
            presales: host.phone("吴鹏", Role::Presales, None).await,
            head_of_delivery: host.phone("郑华", Role::DeliveryDirector, None).await,
            success: host.phone("钱悦", Role::CustomerSuccess, None).await,
            stranger: host.phone("赵强", Role::Rep, None).await,
            boss,
            clock,
            host,
        };
        team.settle().await;
        team
    }

    fn phones(&self) -> [&Phone; 9] {
        [
            &self.rep,
            &self.boss,
            &self.finance,
            &self.legal,
            &self.delivery,
            &self.presales,
            &self.head_of_delivery,
            &self.success,
            &self.stranger,
        ]
    }

    async fn settle(&self) {
        // Twice: what the last one sends is for the first one too.
        for phone in self.phones().repeat(2) {
            phone.settle().await;
        }
        self.clock.pass(TimeDelta::minutes(1));
    }

    /// A customer of the rep with everything that forms will ask for.
    fn customer(&self) -> CustomerId {
        let draft = CustomerDraft {
            name: "杭州智联科技".into(),
            contact: Some("王总".into()),
            phone: Some("13800000000".into()),
            address: Some("杭州市滨江区江南大道 1 号".into()),
            model: Some("ZL-200".into()),
            ..CustomerDraft::default()
        };
        self.rep.workbench.add_customer(draft).unwrap().id
    }

    fn quote(&self, customer: CustomerId, yuan: &str, custom_development: bool) -> TouchId {
        let draft = TouchDraft {
            evidence: vec![self.rep.keep(&sample("quote.pdf"))],
            amount: Fen::from_yuan(yuan),
            custom_development,
            ..of(customer, "报价")
        };
        self.rep.workbench.record_touch(draft).unwrap().touch.id
    }

    /// A quote that finance has approved: the contract it starts, on the rep's phone.
    async fn contract(&self, yuan: &str, custom_development: bool) -> ContractView {
        let touch = self.quote(self.customer(), yuan, custom_development);
        self.settle().await;
        self.finance.workbench.answer_quote(touch.into(), true, None).unwrap();
        self.settle().await;
        self.rep.workbench.contracts(true).unwrap().remove(0)
    }

    /// One that legal has agreed to and sealed.
    async fn ready(&self, yuan: &str, custom_development: bool) -> ContractId {
        let contract = self.contract(yuan, custom_development).await;
        self.do_task(&self.legal, "legal_review", "批准");
        self.do_task(&self.legal, "seal", "已用印");
        self.settle().await;
        contract.id
    }

    async fn signed(&self, yuan: &str, custom_development: bool) -> ContractId {
        let id = self.ready(yuan, custom_development).await;
        self.rep.workbench.sign_contract(id).unwrap();
        self.settle().await;
        id
    }

    #[expect(clippy::unused_self, reason = "reads as what the team does")]
    fn do_task(&self, phone: &Phone, kind: &str, choice: &str) {
        let task = task(phone, kind).unwrap_or_else(|| panic!("{kind} is to be done"));
        phone.workbench.complete_task(task.id, Some(choice), None).unwrap();
    }
}

fn task(phone: &Phone, kind: &str) -> Option<TaskView> {
    phone.workbench.tasks().unwrap().into_iter().find(|task| task.kind.key == kind)
}

fn kinds(tasks: &[TaskView]) -> Vec<&str> {
    let mut kinds: Vec<&str> = tasks.iter().map(|task| task.kind.key.as_str()).collect();
    kinds.sort_unstable();
    kinds
}

fn todo(phone: &Phone) -> Vec<String> {
    kinds(&phone.workbench.tasks().unwrap()).into_iter().map(str::to_owned).collect()
}

fn heard(phone: &Phone) -> Vec<String> {
    kinds(&phone.workbench.notices().unwrap()).into_iter().map(str::to_owned).collect()
}

fn fact<'a>(task: &'a TaskView, field: &str) -> Option<&'a str> {
    task.about.iter().find(|fact| fact.field == field).map(|fact| fact.value.zh.as_str())
}

fn quote(phone: &Phone) -> QuoteView {
    phone.workbench.quotes().unwrap().remove(0)
}

fn order(phone: &Phone) -> OrderView {
    let orders = phone.workbench.orders(true).unwrap();
    assert_eq!(orders.len(), 1);
    orders.into_iter().next().unwrap()
}

fn steps(contract: &ContractView) -> Vec<(&str, StepState, Option<&str>)> {
    contract.steps.iter().map(|step| (step.step.key.as_str(), step.state, step.by.as_ref().map(|by| by.name.as_str()))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_with_a_pdf_is_filed_and_finance_is_asked_and_its_answer_reaches_the_rep() {
    let team = Team::start().await;
    let customer = team.customer();
    team.rep.touch(customer, "quote");
    let touch = team.quote(customer, "286000", false);
    team.settle().await;
    let filed = team.rep.workbench.quote(touch.into()).unwrap();
    assert_eq!((filed.category.unwrap().zh.as_str(), filed.amount), ("待审批报价单", Fen::from_yuan("286000")));
    let open = filed.approval.unwrap();
    assert_eq!((open.mine, open.at, open.choice), (false, None, None));
    assert_eq!(team.rep.workbench.answer_quote(touch.into(), true, None).unwrap_err().key, "quote.not_yours");
    let plain = team.rep.workbench.quotes().unwrap().into_iter().find(|quote| quote.id != touch).unwrap();
    assert_eq!((plain.category, plain.approval), (None, None), "without a PDF nobody is asked");

    assert_eq!(todo(&team.finance), ["quote_approval"], "once, however many quotes without a PDF there are");
    let asked = task(&team.finance, "quote_approval").unwrap();
    assert_eq!((fact(&asked, "amount"), fact(&asked, "author")), (Some("286000"), Some("李雷")));
    assert_eq!(asked.because.as_deref(), Some("action = quote, evidence = application/pdf"));
    assert_eq!(team.finance.workbench.answer_quote(touch.into(), false, None).unwrap_err().key, "task.reason_missing");
    team.finance.workbench.answer_quote(asked.id.into(), false, Some("折扣太大")).unwrap();
    team.settle().await;
    let rejected = team.rep.workbench.quote(touch.into()).unwrap();
    assert_eq!(rejected.category.unwrap().zh, "报价被驳回");
    let answer = rejected.approval.unwrap();
    assert_eq!((answer.by.unwrap().name.as_str(), answer.reason.as_deref()), ("陈静", Some("折扣太大")));
    assert_eq!(heard(&team.rep), ["quote_rejected"]);
    assert!(team.rep.workbench.contracts(false).unwrap().is_empty());
    assert!(team.stranger.workbench.quotes().unwrap().is_empty());
    let done = team.finance.workbench.task(asked.id).unwrap();
    assert_eq!((done.done_by.unwrap().name.as_str(), done.choice.unwrap().zh.as_str()), ("陈静", "驳回"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_quote_becomes_a_signed_contract_and_a_work_order_and_everybody_hears_of_it() {
    let team = Team::start().await;
    let contract = team.contract("286000", false).await;
    assert_eq!(quote(&team.rep).category.unwrap().zh, "报价已批准");
    // H2, H4: text, seal and legal steps are there by themselves, filled with what was entered once.
    assert_eq!((contract.status.zh.as_str(), contract.amount), ("审核与用印中", Fen::from_yuan("286000")));
    let contact = contract.contact.as_ref().unwrap();
    assert_eq!((contact.name.as_str(), contact.phone.as_deref()), ("王总", Some("13800000000")));
    assert_eq!((contract.model.as_deref(), contract.address.as_deref()), (Some("ZL-200"), Some("杭州市滨江区江南大道 1 号")));
    assert_eq!(contract.missing, ["promised_service"]);
    let text = contract.text.clone().unwrap();
    for known in [&contract.number, "杭州智联科技", "王总", "286000", "ZL-200", "杭州市滨江区江南大道 1 号", "服务：____"]
    {
        assert!(text.contains(known), "{known} in {text}");
    }
    assert_eq!(todo(&team.rep), ["contract_details"]);
    assert_eq!(todo(&team.legal), ["legal_review", "seal"]);
    let seen = team.legal.workbench.contract(contract.id).unwrap();
    assert_eq!((seen.text.as_ref(), seen.customer_name.as_str()), (Some(&text), "杭州智联科技"));
    assert!(seen.contact.is_some() && team.legal.workbench.customer(contract.customer).is_ok());

    // What the rep adds stands in the text, also when it is changed back, until legal has seen it.
    let service = |word: &str| ContractEdit { promised_service: Some(word.into()), ..ContractEdit::default() };
    for (word, shown) in [("现场培训", "服务：现场培训"), ("远程支持", "服务：远程支持"), ("现场培训", "服务：现场培训")]
    {
        team.rep.workbench.set_contract(contract.id, service(word)).unwrap();
        team.settle().await;
        let text = team.legal.workbench.contract(contract.id).unwrap().text.unwrap();
        assert!(text.contains(shown), "{text}");
    }
    assert_eq!(team.rep.workbench.set_contract(contract.id, service("包月")).unwrap_err().key, "service.unknown");

    // Not signed while a step is open, not even when one of two is done.
    let refused = team.rep.workbench.sign_contract(contract.id).unwrap_err();
    assert_eq!((refused.key, refused.params["waiting"].as_str()), ("contract.not_ready", "legal_review,seal"));
    team.do_task(&team.legal, "legal_review", "批准");
    team.settle().await;
    let refused = team.rep.workbench.sign_contract(contract.id).unwrap_err();
    assert_eq!((refused.key, refused.params["waiting"].as_str()), ("contract.not_ready", "seal"));
    let locked = team.rep.workbench.set_contract(contract.id, service("标准安装")).unwrap_err();
    assert_eq!((locked.key, locked.params["field"].as_str()), ("contract.agreed", "promised_service"));
    team.do_task(&team.legal, "seal", "已用印");
    team.settle().await;
    assert!(todo(&team.rep).contains(&"e_sign".to_owned()));
    let ready = team.rep.workbench.contract(contract.id).unwrap();
    assert_eq!((ready.status.zh.as_str(), ready.can_sign), ("待电子签", true));
    let other = team.boss.workbench.sign_contract(contract.id).unwrap_err();
    assert_eq!((other.kind, other.key), (ErrorKind::NotAllowed, "contract.not_yours"));

    // The task is done by signing, and only by that.
    let todo_sign = task(&team.rep, "e_sign").unwrap();
    team.rep.workbench.complete_task(todo_sign.id, None, None).unwrap();
    let signed = team.rep.workbench.contract(contract.id).unwrap();
    assert!(signed.signed_at.is_some() && signed.signature.is_some());
    assert_eq!(team.rep.workbench.sign_contract(contract.id).unwrap_err().key, "contract.signed_already");
    team.settle().await;
    let signed = team.rep.workbench.contract(contract.id).unwrap();
    assert_eq!((signed.status.zh.as_str(), signed.signed_by.as_ref().unwrap().name.as_str()), ("已签署", "李雷"));
    assert_eq!(
        steps(&signed),
        [
            ("contract_details", StepState::Ended, None),
            ("legal_review", StepState::Done, Some("周敏")),
            ("seal", StepState::Done, Some("周敏")),
            ("e_sign", StepState::Done, Some("李雷")),
        ]
    );
    assert!(todo(&team.rep).is_empty(), "nothing is left to do: {:?}", todo(&team.rep));
    assert_eq!(team.rep.workbench.customer(contract.customer).unwrap().stage, Stage::Signed);

    // B3, H3: the work order, with all that delivery needs.
    let work = order(&team.delivery);
    assert_eq!((work.status.zh.as_str(), work.contract.and_then(|of| of.number).as_ref()), ("待排期", Some(&contract.number)));
    let contact = work.contact.unwrap();
    assert_eq!((contact.name.as_str(), contact.phone.as_deref()), ("王总", Some("13800000000")));
    assert_eq!((work.model.as_deref(), work.address.as_deref()), (Some("ZL-200"), Some("杭州市滨江区江南大道 1 号")));
    assert_eq!((work.customer_name.as_str(), work.promised_service.unwrap().zh.as_str()), ("杭州智联科技", "现场培训"));
    assert_eq!(todo(&team.delivery), ["work_order"]);
    let asked = task(&team.delivery, "work_order").unwrap();
    assert_eq!((fact(&asked, "contact"), fact(&asked, "model")), (Some("王总 13800000000"), Some("ZL-200")));
    assert_eq!(
        (heard(&team.delivery), heard(&team.presales)),
        (vec!["contract_signed".into()], vec!["contract_signed".to_owned()])
    );
    assert!(team.delivery.workbench.contract(contract.id).is_ok() && team.presales.workbench.contract(contract.id).is_ok());
    for nobody in [&team.stranger, &team.head_of_delivery, &team.success] {
        assert!(nobody.workbench.contracts(false).unwrap().is_empty() && heard(nobody).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn schedule_service_contact_and_first_training_reach_presales_delivery_and_the_rep() {
    let team = Team::start().await;
    team.signed("286000", false).await;
    let work = order(&team.delivery);
    assert_eq!(team.rep.workbench.take_order(work.id).unwrap_err().key, "order.not_yours");
    let taken = team.delivery.workbench.take_order(work.id).unwrap();
    assert_eq!(taken.assignee.unwrap().name, "孙涛");
    let day = |text: &str| Some(text.parse().unwrap());
    let schedule = Schedule { delivery_on: day("2026-12-01"), training_on: day("2026-12-03"), ..Schedule::default() };
    team.delivery.workbench.schedule_order(work.id, schedule).unwrap();
    team.settle().await;
    assert_eq!(heard(&team.rep), [] as [String; 0], "not before all of it is known");
    let rest = Schedule { service_contact: Some("刘工 13900000000".into()), ..Schedule::default() };
    team.delivery.workbench.schedule_order(work.id, rest).unwrap();
    team.settle().await;
    for phone in [&team.rep, &team.presales, &team.delivery] {
        let told: Vec<TaskView> =
            phone.workbench.notices().unwrap().into_iter().filter(|one| one.kind.key == "delivery_scheduled").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(
            [fact(&told[0], "delivery_on"), fact(&told[0], "service_contact"), fact(&told[0], "training_on")],
            [Some("2026-12-01"), Some("刘工 13900000000"), Some("2026-12-03")]
        );
        assert_eq!(order(phone).status.zh, "已排期");
        phone.workbench.complete_task(told[0].id, None, None).unwrap();
    }
    team.settle().await;
    assert_eq!(heard(&team.rep), [] as [String; 0]);

    // What changes is told again.
    let later = Schedule { delivery_on: day("2026-12-08"), ..Schedule::default() };
    team.delivery.workbench.schedule_order(work.id, later).unwrap();
    team.settle().await;
    assert_eq!(heard(&team.rep), ["delivery_scheduled"]);
    assert_eq!(order(&team.presales).delivery_on, day("2026-12-08"));

    team.delivery.workbench.finish_order(work.id).unwrap();
    team.settle().await;
    assert_eq!(todo(&team.delivery), [] as [String; 0]);
    let done = team.rep.workbench.order(work.id).unwrap();
    assert_eq!((done.status.zh.as_str(), done.done_at.is_some()), ("已完成", true));
    assert_eq!(team.delivery.workbench.finish_order(work.id).unwrap_err().key, "order.done_already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_delivery_needs_and_sales_did_not_promise_is_shown_with_both_values() {
    let team = Team::start().await;
    let contract = team.contract("286000", false).await;
    let promise = ContractEdit { promised_service: Some("现场培训".into()), ..ContractEdit::default() };
    team.rep.workbench.set_contract(contract.id, promise).unwrap();
    team.settle().await;
    team.do_task(&team.legal, "legal_review", "批准");
    team.do_task(&team.legal, "seal", "已用印");
    team.settle().await;
    team.rep.workbench.sign_contract(contract.id).unwrap();
    team.settle().await;
    let work = order(&team.delivery);
    team.delivery.workbench.need_service(work.id, "现场培训").unwrap();
    team.settle().await;
    assert!(team.rep.workbench.findings(true).unwrap().is_empty(), "what was promised is what is needed");
    team.delivery.workbench.need_service(work.id, "定制集成").unwrap();
    team.settle().await;
    let found = team.rep.workbench.findings(true).unwrap();
    assert_eq!((found.len(), found[0].finding.key.as_str()), (1, "service_mismatch"));
    assert_eq!((found[0].left.as_deref(), found[0].right.as_deref()), (Some("现场培训"), Some("定制集成")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kickoff_is_held_above_half_a_million_with_custom_development_and_only_then() {
    for (yuan, custom_development, held) in
        [("500000.00", true, false), ("500000.01", true, true), ("500000.01", false, false), ("800000", false, false)]
    {
        let team = Team::start().await;
        let contract = team.signed(yuan, custom_development).await;
        let meetings = team.rep.workbench.meetings().unwrap();
        assert_eq!(meetings.len(), usize::from(held), "{yuan} {custom_development}");
        if !held {
            continue;
        }
        let invited: Vec<&str> = meetings[0].attendees.iter().map(|one| one.person.name.as_str()).collect();
        let mut expected = ["李雷", "郑华", "钱悦"];
        let mut named = invited.clone();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
        assert_eq!(
            (meetings[0].title.as_str(), meetings[0].contract.as_ref().map(|of| of.id)),
            ("交付启动会：杭州智联科技", Some(contract))
        );
        let local = meetings[0].at.with_timezone(&DEFAULT_ZONE);
        assert!(local.weekday().number_from_monday() <= 5 && local.format("%H:%M").to_string() == "10:00", "{local}");
        for phone in [&team.rep, &team.head_of_delivery, &team.success] {
            let id = phone.workbench.meetings().unwrap()[0].id;
            assert_eq!(heard(phone).iter().filter(|kind| *kind == "kickoff").count(), 1);
            assert!(phone.workbench.contract(contract).unwrap().contact.is_some(), "who is invited can prepare");
            assert_eq!(phone.workbench.meeting(id).unwrap().customer_name, "杭州智联科技");
        }
        assert!(team.delivery.workbench.meetings().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kickoff_is_a_calendar_event_that_everybody_answers_and_anybody_invited_moves() {
    let team = Team::start().await;
    team.signed("500000.01", true).await;
    let id = team.rep.workbench.meetings().unwrap()[0].id;
    let ics = |phone: &Phone| {
        let text = phone.workbench.invitation(id).unwrap();
        text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect::<Vec<_>>()
    };
    let value = |lines: &[String], name: &str| lines.iter().find_map(|line| Some(line.strip_prefix(name)?.to_owned()));
    let first = ics(&team.rep);
    assert!(first.contains(&"METHOD:REQUEST".to_owned()) && first.contains(&"SEQUENCE:0".to_owned()), "{first:#?}");
    assert!(first.iter().any(|line| line.starts_with("ORGANIZER;CN=李雷:")));
    for name in ["李雷", "郑华", "钱悦"] {
        assert!(first.iter().any(|line| line.starts_with("ATTENDEE;") && line.contains(&format!("CN={name};"))), "{first:#?}");
    }

    team.success.workbench.answer_meeting(id, true).unwrap();
    team.head_of_delivery.workbench.answer_meeting(id, false).unwrap();
    let refused = team.boss.workbench.answer_meeting(id, true).unwrap_err();
    assert_eq!((refused.kind, refused.key), (ErrorKind::NotAllowed, "meeting.not_invited"));
    team.settle().await;
    let answers: Vec<_> = team
        .rep
        .workbench
        .meeting(id)
        .unwrap()
        .attendees
        .into_iter()
        .filter_map(|one| Some((one.person.name, one.comes?)))
        .collect();
    assert_eq!(answers.len(), 2);
    assert!(answers.contains(&("钱悦".into(), true)) && answers.contains(&("郑华".into(), false)));
    assert!(ics(&team.rep).iter().any(|line| line.contains("CN=郑华") && line.contains("PARTSTAT=DECLINED")));

    let at: DateTime<Utc> = "2026-12-02T06:00:00Z".parse().unwrap();
    team.head_of_delivery.workbench.move_meeting(id, Some(at), Some("滨江会议室".into())).unwrap();
    team.settle().await;
    for phone in [&team.rep, &team.success] {
        let moved = ics(phone);
        assert_eq!(value(&moved, "UID:"), value(&first, "UID:"), "the same event");
        assert_eq!(
            (value(&moved, "SEQUENCE:").as_deref(), value(&moved, "DTSTART:").as_deref()),
            (Some("1"), Some("20261202T060000Z"))
        );
        assert_eq!(value(&moved, "LOCATION:").as_deref(), Some("滨江会议室"));
        assert_eq!(heard(phone).iter().filter(|kind| *kind == "kickoff").count(), 2, "told again when it is moved");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_legal_turns_down_goes_back_to_the_rep_and_is_signed_by_nobody() {
    let team = Team::start().await;
    let contract = team.contract("286000", false).await;
    let review = task(&team.legal, "legal_review").unwrap();
    team.legal.workbench.complete_task(review.id, Some("驳回"), Some("付款条件不行")).unwrap();
    team.settle().await;
    assert_eq!(heard(&team.rep), ["contract_rejected"]);
    assert_eq!(todo(&team.rep), [] as [String; 0]);
    assert_eq!(todo(&team.legal), [] as [String; 0], "nobody seals what was turned down");
    let rejected = team.rep.workbench.contract(contract.id).unwrap();
    assert_eq!((rejected.status.zh.as_str(), rejected.reason.as_deref()), ("已退回", Some("付款条件不行")));
    assert_eq!(rejected.steps[1].state, StepState::Rejected);
    assert_eq!(team.rep.workbench.sign_contract(contract.id).unwrap_err().key, "contract.rejected");
    let edit = ContractEdit { model: Some("ZL-300".into()), ..ContractEdit::default() };
    assert_eq!(team.rep.workbench.set_contract(contract.id, edit).unwrap_err().key, "contract.rejected");
    assert!(team.delivery.workbench.orders(false).unwrap().is_empty());
    assert!(team.rep.workbench.contracts(true).unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_to_the_same_task_the_first_to_reach_the_server_counts() {
    let team = Team::start().await;
    let colleague = team.host.phone("方圆", Role::Finance, None).await;
    let touch = team.quote(team.customer(), "286000", false);
    team.settle().await;
    colleague.settle().await;
    team.finance.workbench.answer_quote(touch.into(), true, None).unwrap();
    colleague.workbench.answer_quote(touch.into(), false, Some("太便宜")).unwrap();
    team.finance.settle().await;
    let late = colleague.sync().await.unwrap();
    assert_eq!(late.rejected.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["field_locked"]);
    team.settle().await;
    assert_eq!(quote(&team.rep).category.unwrap().zh, "报价已批准");
    assert_eq!(heard(&team.rep), [] as [String; 0]);
    assert_eq!(team.rep.workbench.contracts(false).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reported_signature_makes_the_signed_contract_and_no_second_one_while_one_is_on_its_way() {
    let team = Team::start().await;
    let customer = team.customer();
    let report = |file: &str| {
        let draft = TouchDraft {
            evidence: vec![team.rep.keep(&sample(file))],
            amount: Fen::from_yuan("500000.01"),
            custom_development: true,
            ..of(customer, "签约")
        };
        team.rep.workbench.record_touch(draft).unwrap().touch.id
    };
    // Without evidence it counts for nothing.
    team.rep.workbench.record_touch(TouchDraft { allow_draft: true, ..of(customer, "签约") }).unwrap();
    team.settle().await;
    assert!(team.rep.workbench.contracts(false).unwrap().is_empty());

    let touch = report("photo.jpg");
    team.settle().await;
    let contract = team.rep.workbench.contracts(false).unwrap().remove(0);
    assert_eq!((contract.status.zh.as_str(), contract.touch, contract.steps.len()), ("已签署", Some(touch), 0));
    assert_eq!(order(&team.delivery).contact.unwrap().name, "王总");
    assert_eq!(heard(&team.presales), ["contract_signed"]);
    assert_eq!(team.head_of_delivery.workbench.meetings().unwrap().len(), 1);
    let edit = ContractEdit { promised_service: Some("现场培训".into()), ..ContractEdit::default() };
    team.rep.workbench.set_contract(contract.id, edit).unwrap();
    let edit = ContractEdit { number: Some("自己编的".into()), ..ContractEdit::default() };
    assert_eq!(team.rep.workbench.set_contract(contract.id, edit).unwrap_err().key, "contract.agreed");

    // The next deal is on its way when the rep reports that it was signed: that makes no second contract, not even afterwards.
    let quoted = team.quote(customer, "120000", false);
    team.settle().await;
    team.finance.workbench.answer_quote(quoted.into(), true, None).unwrap();
    team.settle().await;
    let reported = report("quote.pdf");
    team.settle().await;
    assert_eq!(team.rep.workbench.touch(reported).unwrap().category.unwrap().zh, "签约（合同流程中）");
    let open = team.rep.workbench.contracts(true).unwrap().remove(0);
    team.do_task(&team.legal, "legal_review", "批准");
    team.do_task(&team.legal, "seal", "已用印");
    team.settle().await;
    team.rep.workbench.sign_contract(open.id).unwrap();
    team.settle().await;
    team.rep.workbench.note_feedback(reported).unwrap();
    team.settle().await;
    assert_eq!(team.rep.workbench.contracts(false).unwrap().len(), 2);
    assert_eq!(team.delivery.workbench.orders(false).unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_effect_comes_once_however_often_things_are_sent_and_the_server_restarted() {
    let mut team = Team::start().await;
    let id = team.signed("500000.01", true).await;
    let count = |team: &Team| {
        (
            team.rep.workbench.contracts(false).unwrap().len(),
            team.delivery.workbench.orders(false).unwrap().len(),
            team.rep.workbench.meetings().unwrap().len(),
            team.phones().map(|phone| (todo(phone), heard(phone))),
        )
    };
    let once = count(&team);
    assert_eq!((once.0, once.1, once.2), (1, 1, 1));
    team.host.stop().await;
    team.host.resume().await;
    let touch = team.rep.workbench.contract(id).unwrap().touch.unwrap();
    team.rep.workbench.note_feedback(touch).unwrap();
    team.settle().await;
    team.rep.workbench.rebuild().unwrap();
    let edit = ContractEdit { promised_service: Some("远程支持".into()), ..ContractEdit::default() };
    team.rep.workbench.set_contract(id, edit).unwrap();
    team.settle().await;
    assert_eq!(count(&team), once);
}

//! Leads (H1): nobody's until the server grants a claim; every move leaves a trace; the stage follows what is done.

use std::sync::Arc;

use chrono::TimeDelta;
use chuda_kit::{Hand, Host, Phone};
use chuda_phone::query::view::{AskState, LeadList, LeadView, Moved};
use chuda_phone::workbench::{CustomerDraft, LeadDraft};
use chuda_record::ErrorKind;
use chuda_record::id::{LeadId, PersonId};
use chuda_record::{Role, Stage};

/// A supervisor with two reps, and a rep of another team.
struct Team {
    host: Host,
    clock: Arc<Hand>,
    boss: Phone,
    li: Phone,
    wang: Phone,
    zhao: Phone,
}

impl Team {
    async fn start() -> Self {
        let clock = Hand::at("2026-11-24T01:00:00Z");
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let li = host.phone("李雷", Role::Rep, Some(boss.person())).await;
        let wang = host.phone("王芳", Role::Rep, Some(boss.person())).await;
        let zhao = host.phone("赵强", Role::Rep, None).await;
        let team = Self { host, clock, boss, li, wang, zhao };
        team.settle().await;
        team
    }

    async fn settle(&self) {
        // Twice: what the last one sends is for the first one too.
        for phone in [&self.boss, &self.li, &self.wang, &self.zhao].repeat(2) {
            phone.settle().await;
        }
        self.clock.pass(TimeDelta::minutes(1));
    }

    /// A lead in the pool that everybody has heard of.
    async fn offered(&self, name: &str) -> LeadId {
        let customer = CustomerDraft { name: name.into(), contact: Some("王总".into()), ..CustomerDraft::default() };
        let lead = self.boss.workbench.add_lead(LeadDraft { customer, channel: Some("展会".into()) }).unwrap();
        assert_eq!((lead.stage, &lead.holder, lead.channel.as_deref()), (Stage::Offered, &None, Some("展会")));
        self.settle().await;
        lead.id
    }
}

fn lead(phone: &Phone, id: LeadId) -> LeadView {
    phone.workbench.lead(id).unwrap().lead
}

fn holder(phone: &Phone, id: LeadId) -> Option<PersonId> {
    lead(phone, id).holder.map(|person| person.id)
}

fn asked(phone: &Phone, id: LeadId) -> Option<AskState> {
    lead(phone, id).request.map(|request| request.state)
}

fn trace(phone: &Phone, id: LeadId) -> Vec<(Moved, String, Option<String>, Option<String>)> {
    let name = |person: Option<chuda_phone::query::view::PersonView>| person.map(|person| person.name);
    let moves = phone.workbench.lead(id).unwrap().trace.into_iter();
    moves.map(|one| (one.what, name(one.by).unwrap_or_default(), name(one.holder), one.reason)).collect()
}

fn names(leads: &[LeadView]) -> Vec<&str> {
    leads.iter().map(|lead| lead.customer_name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_reps_who_claim_offline_the_first_to_reach_the_server_gets_it_and_the_other_hears_who_has_it() {
    let mut team = Team::start().await;
    let id = team.offered("杭州智联科技").await;
    for phone in [&team.li, &team.wang, &team.zhao] {
        assert_eq!(names(&phone.workbench.leads(LeadList::Pool).unwrap()), ["杭州智联科技"]);
        assert!(phone.workbench.customers().unwrap().is_empty(), "what nobody has is nobody's customer");
    }

    team.host.stop().await;
    for phone in [&team.li, &team.wang] {
        let pending = phone.workbench.claim_lead(id).unwrap();
        assert_eq!((pending.request.unwrap().state, pending.holder), (AskState::Pending, None));
        assert_eq!(phone.workbench.claim_lead(id).unwrap_err().key, "lead.already_asked");
    }
    team.host.resume().await;
    team.wang.settle().await;
    assert_eq!((asked(&team.wang, id), holder(&team.wang, id)), (Some(AskState::Granted), Some(team.wang.person())));
    assert_eq!(lead(&team.wang, id).stage, Stage::Claimed);

    let sent = team.li.sync().await.unwrap();
    assert!(sent.rejected.is_empty(), "to be too late is no fault: {:?}", sent.rejected);
    team.settle().await;
    let late = lead(&team.li, id);
    assert_eq!((late.request.unwrap().state, late.holder.unwrap().name.as_str()), (AskState::Refused, "王芳"));
    let told = team.li.workbench.notices().unwrap();
    assert_eq!((told.len(), told[0].kind.key.as_str()), (1, "lead_taken"));
    assert_eq!(told[0].because.as_deref(), Some("customer = 杭州智联科技, holder = 王芳"));
    assert!(told[0].about.iter().any(|fact| fact.field == "holder" && fact.value.zh == "王芳"), "{:?}", told[0].about);
    assert!(team.li.workbench.tasks().unwrap().is_empty(), "there is nothing to do");
    assert_eq!(team.li.workbench.claim_lead(id).unwrap_err().key, "lead.taken");
    assert!(team.li.workbench.find_customers("杭州智联科技").unwrap().is_empty(), "the customer is not his to read");

    // Who has not asked does not see it any more; the line above does, with who was refused.
    assert!(team.zhao.workbench.lead(id).is_err());
    assert!(team.zhao.workbench.leads(LeadList::Pool).unwrap().is_empty());
    assert_eq!(names(&team.boss.workbench.leads(LeadList::Team).unwrap()), ["杭州智联科技"]);
    assert_eq!(
        trace(&team.boss, id),
        [
            (Moved::Offered, "韩梅".into(), None, None),
            (Moved::Claimed, "王芳".into(), Some("王芳".into()), None),
            (Moved::Refused, "李雷".into(), Some("王芳".into()), None),
        ]
    );
    let customer = team.wang.workbench.find_customers("杭州智联科技").unwrap().remove(0);
    assert_eq!((customer.holder.unwrap().name.as_str(), customer.lead, customer.contacts.len()), ("王芳", Some(id), 1));
    assert_eq!(names(&team.wang.workbench.leads(LeadList::Own).unwrap()), ["杭州智联科技"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_given_back_or_on_with_who_when_and_why() {
    let team = Team::start().await;
    let id = team.offered("杭州智联科技").await;
    team.li.workbench.claim_lead(id).unwrap();
    team.settle().await;
    assert_eq!(team.wang.workbench.release_lead(id, "不是我的").err().unwrap().kind, ErrorKind::NotFound, "it is not hers to see");
    assert_eq!(team.li.workbench.release_lead(id, "  ").unwrap_err().key, "lead.reason_missing");
    let own = team.li.workbench.assign_lead(id, team.wang.person()).unwrap_err();
    assert_eq!((own.kind, own.key), (ErrorKind::NotAllowed, "lead.not_superior"));

    assert_eq!(team.li.workbench.release_lead(id, "行业不熟").unwrap().request.unwrap().state, AskState::Pending);
    team.settle().await;
    let free = lead(&team.zhao, id);
    assert_eq!((free.stage, free.holder, free.reason.as_deref()), (Stage::Offered, None, Some("行业不熟")), "back in the pool");

    team.boss.workbench.assign_lead(id, team.wang.person()).unwrap();
    team.settle().await;
    assert_eq!(holder(&team.wang, id), Some(team.wang.person()));
    let told = team.wang.workbench.notices().unwrap();
    assert_eq!((told.len(), told[0].kind.key.as_str()), (1, "lead_assigned"));
    team.wang.workbench.complete_task(told[0].id, None, None).unwrap();
    team.boss.workbench.assign_lead(id, team.li.person()).unwrap();
    team.settle().await;
    assert_eq!(holder(&team.li, id), Some(team.li.person()));
    assert!(team.wang.workbench.leads(LeadList::Own).unwrap().is_empty());

    let moves = trace(&team.boss, id);
    assert_eq!(
        moves,
        [
            (Moved::Offered, "韩梅".into(), None, None),
            (Moved::Claimed, "李雷".into(), Some("李雷".into()), None),
            (Moved::Released, "李雷".into(), None, Some("行业不熟".into())),
            (Moved::Assigned, "韩梅".into(), Some("王芳".into()), None),
            (Moved::Assigned, "韩梅".into(), Some("李雷".into()), None),
        ]
    );
    let times: Vec<_> = team.boss.workbench.lead(id).unwrap().trace.into_iter().map(|one| one.at).collect();
    assert!(times.is_sorted() && times.windows(2).all(|pair| pair[0] < pair[1]));
    let last = lead(&team.li, id);
    assert_eq!((last.since, last.last.at, last.last.by.unwrap().name.as_str()), (times[4], times[4], "韩梅"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stage_follows_what_is_done_and_is_corrected_by_hand_with_a_reason() {
    let team = Team::start().await;
    let id = team.offered("杭州智联科技").await;
    team.li.workbench.claim_lead(id).unwrap();
    team.settle().await;
    let customer = lead(&team.li, id).customer;
    for (action, stage) in [("send_material", Stage::FirstTouch), ("demo", Stage::NeedConfirmed), ("quote", Stage::Quoted)] {
        team.li.touch(customer, action);
        team.settle().await;
        let (own, above) = (lead(&team.li, id), lead(&team.boss, id));
        assert_eq!((own.stage, above.stage), (stage, stage));
        assert_eq!(own.last.what.key, action);
    }
    assert_eq!(team.li.workbench.customer(customer).unwrap().last.unwrap().what.zh, "报价");

    assert_eq!(team.li.workbench.correct_stage(id, Stage::NeedConfirmed, "").unwrap_err().key, "lead.reason_missing");
    assert_eq!(team.li.workbench.correct_stage(id, Stage::Offered, "x").unwrap_err().key, "lead.release_instead");
    let corrected = team.li.workbench.correct_stage(id, Stage::NeedConfirmed, "报价作废，需求变了").unwrap();
    assert_eq!(corrected.stage, Stage::NeedConfirmed, "what was quoted before proves nothing any more");
    let since = corrected.since;
    team.settle().await;
    assert_eq!(lead(&team.boss, id).stage, Stage::NeedConfirmed);
    team.boss.workbench.correct_stage(id, Stage::FirstTouch, "还没有谈过需求").unwrap();
    team.settle().await;
    assert_eq!((lead(&team.li, id).stage, lead(&team.li, id).since), (Stage::FirstTouch, since), "it is held as long as before");
    team.li.touch(customer, "quote");
    team.settle().await;
    assert_eq!(lead(&team.boss, id).stage, Stage::Quoted);
    let by_hand: Vec<_> = trace(&team.li, id).into_iter().filter(|(what, ..)| *what == Moved::Corrected).collect();
    assert_eq!(by_hand.len(), 2);
    assert_eq!((by_hand[1].1.as_str(), by_hand[1].3.as_deref()), ("韩梅", Some("还没有谈过需求")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_is_none_leaves_the_pool_and_whoever_has_no_standing_cannot_say_so() {
    let team = Team::start().await;
    let id = team.offered("杭州智联科技").await;
    let refused = team.wang.workbench.invalidate_lead(id, "空号").unwrap_err();
    assert_eq!((refused.kind, refused.key), (ErrorKind::NotAllowed, "lead.not_yours"));
    assert_eq!(team.boss.workbench.correct_stage(id, Stage::Quoted, "x").unwrap_err().key, "lead.unheld");
    assert!(!team.boss.workbench.invalidate_lead(id, "空号").unwrap().valid, "who put it there looks after it");
    team.settle().await;
    assert!(team.wang.workbench.leads(LeadList::Pool).unwrap().is_empty());
    assert_eq!(team.wang.workbench.claim_lead(id).unwrap_err().key, "lead.invalid");
    assert_eq!(trace(&team.boss, id)[1], (Moved::Invalid, "韩梅".into(), None, Some("空号".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_nobody_can_grant_a_lead_but_it_can_be_put_there() {
    let phone = Phone::offline("李雷");
    let customer = CustomerDraft { name: "杭州智联科技".into(), ..CustomerDraft::default() };
    let lead = phone.workbench.add_lead(LeadDraft { customer: customer.clone(), channel: None }).unwrap();
    assert_eq!(phone.workbench.claim_lead(lead.id).unwrap_err().key, "sync.no_server");
    assert_eq!(phone.workbench.add_lead(LeadDraft { customer, channel: None }).unwrap_err().key, "customer.exists");
    let host = Host::start().await;
    let (_, code) = host.person("李雷", Role::Rep, None);
    phone.workbench.enrol(&host.url(), &code).await.unwrap();
    phone.settle().await;
    phone.workbench.claim_lead(lead.id).unwrap();
    phone.settle().await;
    assert_eq!(holder(&phone, lead.id), Some(phone.person()));
}

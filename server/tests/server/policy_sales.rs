//! Who may do what with leads, contracts, work orders, meetings and seals, as a table like that of `policy`: every role, every verb, on
//! the own records, the team's and others'. And what forgers try.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use chuda_record::id::{ContractId, CustomerId, DeviceId, LeadId, PersonId, RecordId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::wire::Rejected;
use chuda_record::{Contract, Fen, Fields, Lead, Record as _, Role, Scalar, Stage, from_fields, role::SELLING};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Signer as _;
use serde_json::json;

use crate::phone::{Phone, Team, now, reason, touch_by};

/// What someone tries.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    ClaimLead,
    ClaimInTheName,
    TakeLead,
    CorrectLead,
    CorrectWithoutReason,
    CreateContract,
    SetDetails,
    FileContractAs,
    SignTooEarly,
    ChangeSigned,
    ScheduleOrder,
    MoveMeeting,
    AnswerMeeting,
    AnswerForAnother,
    RewriteSeal,
}

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    Own,
    Team,
    Others,
}

const VERBS: [Verb; 15] = [
    Verb::ClaimLead,
    Verb::ClaimInTheName,
    Verb::TakeLead,
    Verb::CorrectLead,
    Verb::CorrectWithoutReason,
    Verb::CreateContract,
    Verb::SetDetails,
    Verb::FileContractAs,
    Verb::SignTooEarly,
    Verb::ChangeSigned,
    Verb::ScheduleOrder,
    Verb::MoveMeeting,
    Verb::AnswerMeeting,
    Verb::AnswerForAnother,
    Verb::RewriteSeal,
];

/// The table, in the order in which it is read.
#[allow(clippy::match_same_arms)]
fn expected(role: Role, verb: Verb, whose: Whose) -> &'static str {
    let sells = SELLING.contains(&role);
    let kickoff = matches!(role, Role::DeliveryDirector | Role::CustomerSuccess);
    match (verb, whose) {
        (Verb::CreateContract, _) => "not_allowed_to_create",
        // Those who don't sell have no records of their own.
        (_, Whose::Own) if !sells => "nothing",
        // Whoever sells may ask, and is told who has it; also for what is no longer theirs to see.
        (Verb::ClaimLead, _) if sells => "ok",
        (Verb::ClaimLead, _) => "field_locked",
        // Having asked, others read the lead; nobody asks in another's name, and nobody takes a lead without asking.
        (Verb::ClaimInTheName, _) if sells => "invalid",
        (Verb::ClaimInTheName | Verb::TakeLead | Verb::CorrectLead | Verb::CorrectWithoutReason, Whose::Others) => {
            if sells {
                "field_locked"
            } else {
                "not_allowed"
            }
        }
        (Verb::ClaimInTheName | Verb::TakeLead, _) => "field_locked",
        // Whoever audits changes nothing, whomever they stand above.
        (_, Whose::Team) if role == Role::Auditor => "field_locked",
        (Verb::CorrectLead, _) => "ok",
        (Verb::CorrectWithoutReason, _) => "invalid",
        // What is agreed is added by the rep; status and signature come from elsewhere, and what is signed stays.
        (Verb::SetDetails, Whose::Own) => "ok",
        (Verb::SignTooEarly, Whose::Own) => "invalid",
        (Verb::SetDetails | Verb::FileContractAs | Verb::SignTooEarly, Whose::Own | Whose::Team) => "field_locked",
        (Verb::SetDetails | Verb::FileContractAs | Verb::SignTooEarly, Whose::Others) if role == Role::Legal => "field_locked",
        (Verb::ChangeSigned, Whose::Own | Whose::Team) => "field_locked",
        // Delivery and pre-sales hear of every signed contract, and the kickoff's guests read what it is about.
        (Verb::ChangeSigned, Whose::Others) if kickoff || matches!(role, Role::Delivery | Role::Presales) => "field_locked",
        // A work order is delivery's, whoever sold it.
        (Verb::ScheduleOrder, _) if role == Role::Delivery => "ok",
        (Verb::ScheduleOrder, Whose::Own | Whose::Team) => "field_locked",
        // A meeting is moved and answered by those who were invited: of the roles that the kickoff is for, whoever was there then.
        (Verb::MoveMeeting | Verb::AnswerMeeting, Whose::Own) => "ok",
        (Verb::MoveMeeting | Verb::AnswerMeeting, Whose::Team) if kickoff => "ok",
        (Verb::MoveMeeting | Verb::AnswerMeeting | Verb::AnswerForAnother, Whose::Own | Whose::Team) => "field_locked",
        (Verb::MoveMeeting | Verb::AnswerMeeting | Verb::AnswerForAnother, Whose::Others) if kickoff => "field_locked",
        (Verb::RewriteSeal, Whose::Own | Whose::Team) => "field_locked",
        (_, Whose::Others) => "not_allowed",
    }
}

/// Finance and legal, who are asked on the way.
struct Offices {
    finance: Phone,
    legal: Phone,
}

impl Offices {
    async fn open(team: &Team) -> Self {
        let finance = team.phone("Clerk", &[Role::Finance], None).await;
        Self { finance, legal: team.phone("Keeper", &[Role::Legal], None).await }
    }

    /// Answers the open to-dos of a kind about a record or the contract of a touch.
    async fn answer(&self, team: &Team, kind: &str, source: RecordId, choice: &str) {
        let office = if kind == "quote_approval" { &self.finance } else { &self.legal };
        let (_, list) = office.api(team, "GET", "/api/v1/todos", None).await;
        let about = |todo: &&serde_json::Value| todo["kind"]["key"] == kind && todo["source"] == source.to_string();
        let todo = list["todos"].as_array().unwrap().iter().find(about).unwrap()["id"].as_str().unwrap().to_owned();
        let (status, body) =
            office.api(team, "POST", &format!("/api/v1/todos/{todo}/done"), Some(json!({ "choice": choice }))).await;
        assert_eq!(status, 200, "{body}");
    }
}

/// Someone's deal on the server, and the phone that has it.
struct Deal {
    phone: Phone,
    customer: CustomerId,
    lead: LeadId,
    /// Under review.
    reviewing: ContractId,
    /// Reported as signed.
    signed: ContractId,
    order: RecordId,
    meeting: RecordId,
    seal: RecordId,
}

impl Deal {
    async fn strike(team: &Team, offices: &Offices, mut phone: Phone) -> Self {
        let customer = phone.customer(&format!("Deal {}", phone.person));
        let lead = phone.lead(customer, Some(phone.person));
        let pdf = phone.evidence(b"%PDF", "application/pdf", None);
        let big =
            |touch: chuda_record::Touch| chuda_record::Touch { amount: Some(Fen(80_000_000)), custom_development: true, ..touch };
        let sign = RecordId::new(Utc::now());
        phone.create(sign, &big(touch_by(phone.person, customer, "sign", &[pdf])));
        assert_eq!(phone.sync(team).await, []);
        let quotes: Vec<RecordId> = (0..2).map(|_| phone.touch(customer, "quote", &[pdf]).into()).collect();
        assert_eq!(phone.sync(team).await, []);
        for quote in &quotes {
            offices.answer(team, "quote_approval", *quote, "approve").await;
        }
        phone.sync(team).await;
        let contract_of = |phone: &Phone, touch: RecordId| {
            let of = |id: &RecordId| phone.fields(*id)["touch"] == Scalar::Text(touch.to_string());
            ContractId::from(phone.of_kind("contract").into_iter().find(of).unwrap())
        };
        let (signed, reviewing, sealed) =
            (contract_of(&phone, sign), contract_of(&phone, quotes[0]), contract_of(&phone, quotes[1]));
        offices.answer(team, "seal", sealed.into(), "sealed").await;
        phone.sync(team).await;
        // Whoever stands above others has theirs too.
        let one = |phone: &Phone, kind: &str| {
            let of = |id: &RecordId| phone.fields(*id)["customer"] == Scalar::Text(customer.to_string());
            phone.of_kind(kind).into_iter().find(of).unwrap()
        };
        let (order, meeting, seal) = (one(&phone, "order"), one(&phone, "meeting"), one(&phone, "seal"));
        Self { phone, customer, lead, reviewing, signed, order, meeting, seal }
    }

    fn records(&self) -> [RecordId; 7] {
        let contracts = [self.reviewing.into(), self.signed.into()];
        [self.customer.into(), self.lead.into(), contracts[0], contracts[1], self.order, self.meeting, self.seal]
    }
}

/// Tries it on a phone that has a copy of everything, however it came by it, and says what the server answered.
async fn attempt(team: &Team, phone: &mut Phone, verb: Verb, on: &mut Deal) -> String {
    for id in on.records() {
        if on.phone.has(id) {
            on.phone.leak(id, phone);
        }
    }
    // What was refused before must not count: each attempt is a new installation's first change.
    phone.incarnation += 1;
    let me = phone.person;
    let number = i64::from(phone.incarnation);
    let text = |field: &str, value: String| Fields::from([(field.to_owned(), Scalar::Text(value))]);
    let claim = |by: PersonId| text(&format!("requests/{}", LeadId::new(Utc::now())), LeadRequest::Claim(by).to_text());
    let correct = |reason: Scalar| {
        Fields::from([
            ("stage".into(), if number % 2 == 0 { Stage::Quoted } else { Stage::Signed }.as_str().into()),
            ("corrected_at".into(), Scalar::Int(number)),
            ("moved_at".into(), Scalar::Int(number)),
            ("moved_by".into(), me.to_string().into()),
            ("reason".into(), reason),
        ])
    };
    match verb {
        Verb::ClaimLead => phone.write(on.lead.into(), &claim(me)),
        Verb::ClaimInTheName => phone.write(on.lead.into(), &claim(PersonId::new(Utc::now()))),
        Verb::TakeLead => phone.write(on.lead.into(), &text("holder", PersonId::new(Utc::now()).to_string())),
        Verb::CorrectLead => phone.write(on.lead.into(), &correct(format!("why {number}").into())),
        Verb::CorrectWithoutReason => phone.write(on.lead.into(), &correct(Scalar::Null)),
        Verb::CreateContract => {
            let mut fields = on.phone.fields(on.signed);
            fields.insert("author".into(), me.to_string().into());
            phone.write(RecordId::new(Utc::now()), &fields);
        }
        Verb::SetDetails => phone.write(on.reviewing.into(), &text("model", format!("ZL-{number} of {me}"))),
        Verb::FileContractAs => phone.write(on.reviewing.into(), &text("status", format!("signed-{number}"))),
        Verb::SignTooEarly => {
            let (device, key) = (phone.device, phone.key.clone());
            let fields = signature(&on.phone.fields(on.reviewing), on.reviewing, me, device, |bytes| key.sign(bytes));
            phone.write(on.reviewing.into(), &fields);
        }
        Verb::ChangeSigned => phone.write(on.signed.into(), &text("number", format!("HT-{number}"))),
        Verb::ScheduleOrder => phone.write(on.order, &text("service_contact", format!("{me} {number}"))),
        Verb::MoveMeeting => phone.write(on.meeting, &text("place", format!("room {number} of {me}"))),
        Verb::AnswerMeeting => {
            let key = format!("answers/{me}");
            let before = on.phone.fields(on.meeting).get(&key) == Some(&Scalar::Bool(true));
            phone.write(on.meeting, &Fields::from([(key, Scalar::Bool(!before))]));
        }
        Verb::AnswerForAnother => {
            phone.write(on.meeting, &Fields::from([(format!("answers/{}", PersonId::new(Utc::now())), Scalar::Bool(true))]));
        }
        Verb::RewriteSeal => phone.write(on.seal, &text("note", format!("never {number}"))),
    }
    assert_eq!(phone.outbox.len(), 1, "{verb:?} writes something");
    answer(&phone.sync(team).await)
}

/// The fields that sign a contract, as an honest phone makes them.
fn signature(contract: &Fields, id: ContractId, by: PersonId, device: DeviceId, sign: impl FnOnce(&[u8]) -> Signature) -> Fields {
    let at: DateTime<Utc> = now();
    let contract: Contract = from_fields(contract).unwrap();
    let signature = sign(&contract.to_sign(id, at, device));
    Fields::from([
        ("signed_at".into(), Scalar::Int(at.timestamp_millis())),
        ("signed_by".into(), by.to_string().into()),
        ("signed_with".into(), device.to_string().into()),
        ("signature".into(), BASE64.encode(signature.to_der().as_bytes()).into()),
    ])
}

fn answer(rejected: &[Rejected]) -> String {
    rejected.first().map_or_else(|| "ok".to_owned(), reason)
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let team = Team::start().await;
    let offices = Offices::open(&team).await;
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let mut others = Deal::strike(&team, &offices, stranger).await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let name = format!("The {}", role.as_str());
        let mut phone = team.phone(&name, &[role], None).await;
        let below = team.phone(&format!("Below {}", role.as_str()), &[Role::Rep], Some(&name)).await;
        let mut below = Deal::strike(&team, &offices, below).await;
        let mut own = if SELLING.contains(&role) {
            let second = team.another_phone(phone.person).await;
            Some(Deal::strike(&team, &offices, second).await)
        } else {
            None
        };
        for verb in VERBS {
            for whose in [Whose::Own, Whose::Team, Whose::Others] {
                phone.sync(&team).await;
                let on = match (whose, &mut own) {
                    (Whose::Own, Some(own)) => own,
                    (Whose::Own, None) => continue,
                    (Whose::Team, _) => &mut below,
                    (Whose::Others, _) => &mut others,
                };
                let expected = expected(role, verb, whose);
                on.phone.sync(&team).await;
                let answered = attempt(&team, &mut phone, verb, on).await;
                if answered != expected {
                    wrong.push(format!("{role:?} {verb:?} {whose:?}: {answered}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_forged_signature_is_refused_whatever_is_wrong_with_it() {
    let team = Team::start().await;
    let offices = Offices::open(&team).await;
    let rep = team.phone("Rep", &[Role::Rep], None).await;
    let thief = team.phone("Thief", &[Role::Rep], None).await;
    let mut deal = Deal::strike(&team, &offices, rep).await;
    let id = deal.reviewing;
    offices.answer(&team, "legal_review", id.into(), "approve").await;
    offices.answer(&team, "seal", id.into(), "sealed").await;
    deal.phone.sync(&team).await;
    let phone = &mut deal.phone;
    let (me, device, key) = (phone.person, phone.device, phone.key.clone());
    let honest = || key.clone();
    let agreed = phone.fields(id);
    assert_eq!(agreed["status"], Scalar::Text("signing".into()));

    // Ticking the task off is no signature.
    let task = phone.task("e_sign").unwrap();
    let ticked = Fields::from([("done_at".into(), Scalar::Int(1)), ("done_by".into(), me.to_string().into())]);
    phone.write(task, &ticked);
    assert_eq!(answer(&phone.sync(&team).await), "invalid");
    let (status, body) = phone.api(&team, "POST", &format!("/api/v1/todos/{task}/done"), Some(json!({}))).await;
    assert_eq!((status.as_u16(), &body["key"]), (422, &json!("todo.signature")));

    let right = signature(&agreed, id, me, device, |bytes| honest().sign(bytes));
    let with = |field: &str, value: Scalar| {
        let mut fields = right.clone();
        fields.insert(field.into(), value);
        fields
    };
    let mut cheaper = agreed.clone();
    cheaper.insert("amount".into(), Scalar::Int(1));
    let without = |field: &str| {
        let mut fields = right.clone();
        fields.remove(field);
        fields
    };
    let forgeries = [
        ("another's key", signature(&agreed, id, me, device, |bytes| thief.key.sign(bytes))),
        ("another's device", signature(&agreed, id, me, thief.device, |bytes| thief.key.sign(bytes))),
        ("another amount", signature(&cheaper, id, me, device, |bytes| honest().sign(bytes))),
        ("another contract", signature(&agreed, deal.signed, me, device, |bytes| honest().sign(bytes))),
        ("another moment", with("signed_at", Scalar::Int(1))),
        ("in another's name", with("signed_by", thief.person.to_string().into())),
        ("no signature", without("signature")),
        ("no base64", with("signature", "***".into())),
        ("half of it", Fields::from([("signed_with".into(), "a provider".into())])),
    ];
    for (what, fields) in forgeries {
        // On a copy, so that what was refused is not in the way of what comes.
        let mut copy = Phone { device, person: me, incarnation: phone.incarnation + 1, ..Phone::new() };
        copy.key = honest();
        phone.incarnation += 1;
        phone.leak(id, &mut copy);
        copy.write(id.into(), &fields);
        let sent = copy.exchange(&team, &copy.next_request()).await.unwrap();
        assert_eq!(answer(&sent.rejected), "invalid", "{what}");
    }
    phone.incarnation += 1;
    phone.write(id.into(), &right);
    assert_eq!(phone.sync(&team).await, []);
    phone.sync(&team).await;
    assert_eq!(phone.fields(id)["status"], Scalar::Text("signed".into()));
    // Once it is signed, nothing of it can be signed anew.
    phone.incarnation += 1;
    phone.write(id.into(), &with("signed_at", Scalar::Int(now().timestamp_millis() + 1)));
    assert_eq!(answer(&phone.sync(&team).await), "field_locked");
}

#[tokio::test]
async fn a_lead_of_ones_own_making_takes_no_customer_from_anybody() {
    let team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    let mut colleague = team.phone("Colleague", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    rep.lead(customer, Some(rep.person));
    assert_eq!(rep.sync(&team).await, []);
    // The supervisor sees the customer, and so does a colleague who visited it with the supervisor's copy.
    boss.sync(&team).await;
    for holder in [None, Some(boss.person)] {
        boss.lead(customer, holder);
        assert_eq!(answer(&boss.sync(&team).await), "invalid", "{holder:?}");
    }
    // A second lead of a customer in the pool is no way around whoever has the first.
    let free = colleague.free_customer("Pooled");
    let first = colleague.lead(free, None);
    let second = colleague.lead(free, None);
    assert_eq!(colleague.sync(&team).await, []);
    rep.sync(&team).await;
    let ask = |phone: &mut Phone, lead: LeadId| {
        let request = LeadRequest::Claim(phone.person).to_text();
        phone.set(lead, &format!("requests/{}", LeadId::new(Utc::now())), request);
    };
    ask(&mut rep, first);
    assert_eq!(rep.sync(&team).await, []);
    ask(&mut colleague, second);
    assert_eq!(colleague.sync(&team).await, []);
    colleague.sync(&team).await;
    rep.sync(&team).await;
    assert_eq!(rep.fields(free)["holder"], Scalar::Text(rep.person.to_string()));
    let state: Lead = from_fields(&colleague.fields(second)).unwrap();
    assert_eq!((state.holder, state.settled.values().map(String::as_str).collect::<Vec<_>>()), (None, vec!["refused"]));
    assert_eq!(Lead::KIND.as_str(), "lead");
}

//! Who may do what, as a table: every role, every verb, on the own records, the team's and others'. And what forgers try.

use std::collections::BTreeMap;

use chrono::Utc;
use chuda_record::id::{CustomerId, PersonId, RecordId, ReportId, TaskId, TouchId};
use chuda_record::role::SELLING;
use chuda_record::wire::Rejected;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Demand, Fields, Finding, Kind, Person, Question, Rejection, Role, Scalar, Task, Touch};
use chuda_server::Scope;
use reqwest::StatusCode;
use serde_json::json;

use crate::phone::{Phone, Team, client, json_of, now, reason, touch_by};

/// What someone tries.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    CreateCustomer,
    CreateInTheName,
    RenameCustomer,
    HandCustomerOver,
    AddTouch,
    RewriteTouch,
    NoteFeedback,
    FileTouchAs,
    AddEvidenceToTouch,
    ChangeReport,
    AnswerTask,
    CreateTask,
    CreatePerson,
}

/// Whose record it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    Own,
    Team,
    Others,
}

const VERBS: [Verb; 13] = [
    Verb::CreateCustomer,
    Verb::CreateInTheName,
    Verb::RenameCustomer,
    Verb::HandCustomerOver,
    Verb::AddTouch,
    Verb::RewriteTouch,
    Verb::NoteFeedback,
    Verb::FileTouchAs,
    Verb::AddEvidenceToTouch,
    Verb::ChangeReport,
    Verb::AnswerTask,
    Verb::CreateTask,
    Verb::CreatePerson,
];

/// The table, in the order in which it is read.
#[allow(clippy::match_same_arms)]
fn expected(role: Role, verb: Verb, whose: Whose) -> &'static str {
    let sells = [Role::Rep, Role::Supervisor, Role::Director, Role::Presales].contains(&role);
    match (verb, whose) {
        // People and tasks are made by the server alone, and nothing in another's name.
        (Verb::CreateTask | Verb::CreatePerson, _) => "not_allowed_to_create",
        (Verb::CreateInTheName, Whose::Own) if sells => "ok",
        (Verb::CreateInTheName, _) => "not_allowed_to_create",
        (Verb::CreateCustomer, _) => {
            if sells {
                "ok"
            } else {
                "not_allowed_to_create"
            }
        }
        // Those who don't sell have no records of their own.
        (_, Whose::Own) if !sells => "nothing",
        // Whose task it is says the role, not who made the quote.
        (Verb::AnswerTask, _) if role == Role::Finance => "ok",
        // Finance reads the quote and its customer, whoever made it, and legal the customer of a quote that finance has approved; that
        // gives no right to write.
        (Verb::RenameCustomer | Verb::HandCustomerOver, Whose::Others) if matches!(role, Role::Finance | Role::Legal) => {
            "field_locked"
        }
        (Verb::AddTouch, Whose::Others) if role == Role::Finance => "not_allowed_to_create",
        // A customer that may not be read is no customer.
        (Verb::AddTouch, Whose::Own | Whose::Team) => {
            if sells {
                "ok"
            } else {
                "not_allowed_to_create"
            }
        }
        (Verb::AddTouch, Whose::Others) => {
            if sells {
                "invalid"
            } else {
                "not_allowed_to_create"
            }
        }
        (_, Whose::Others) => "not_allowed",
        (Verb::HandCustomerOver | Verb::RewriteTouch | Verb::FileTouchAs | Verb::AnswerTask, _) => "field_locked",
        (Verb::RenameCustomer | Verb::NoteFeedback | Verb::AddEvidenceToTouch | Verb::ChangeReport, Whose::Own) => "ok",
        (Verb::RenameCustomer | Verb::NoteFeedback | Verb::AddEvidenceToTouch | Verb::ChangeReport, Whose::Team) => "field_locked",
    }
}

/// Someone's records on the server, and the phone that has them.
struct Records {
    phone: Phone,
    customer: CustomerId,
    touch: TouchId,
    report: ReportId,
    task: Option<TaskId>,
}

async fn records(team: &Team, mut phone: Phone) -> Records {
    // A name of its own: the same customer entered twice is another story.
    let customer = phone.customer(&format!("Huaxin {}", phone.person));
    let touch = phone.touch(customer, "demo", &[]);
    let pdf = phone.evidence(b"%PDF", "application/pdf", None);
    phone.touch(customer, "quote", &[pdf]);
    let report = phone.report("2026-03-02", &[touch]);
    phone.sync(team).await;
    phone.sync(team).await;
    let task = phone.task("quote_approval").map(TaskId::from);
    Records { phone, customer, touch, report, task }
}

/// Tries it on a phone that has a copy of everything, however it came by it, and says what the server answered.
async fn attempt(team: &Team, phone: &mut Phone, verb: Verb, on: &mut Records) -> String {
    for id in [RecordId::from(on.customer), on.touch.into(), on.report.into()].into_iter().chain(on.task.map(Into::into)) {
        if on.phone.docs.contains_key(&id) {
            on.phone.leak(id, phone);
        }
    }
    // What was refused before must not count: each attempt is a new installation's first change.
    phone.incarnation += 1;
    let owner = on.phone.person;
    let text = |field: &str, value: &str| Fields::from([(field.to_owned(), Scalar::Text(value.to_owned()))]);
    match verb {
        Verb::CreateCustomer => drop(phone.customer("New")),
        Verb::CreateInTheName => {
            phone.create(TouchId::new(Utc::now()), &touch_by(owner, on.customer, "demo", &[]));
        }
        Verb::RenameCustomer => phone.write(on.customer.into(), &text("name", &format!("Renamed {}", phone.incarnation))),
        Verb::HandCustomerOver => {
            let to = PersonId::new(Utc::now()).to_string();
            phone.write(on.customer.into(), &text("holder", &to));
        }
        Verb::AddTouch => drop(phone.touch(on.customer, "demo", &[])),
        Verb::RewriteTouch => phone.write(on.touch.into(), &text("note", "never said")),
        Verb::NoteFeedback => phone.write(on.touch.into(), &Fields::from([("feedback".into(), Scalar::Bool(true))])),
        Verb::FileTouchAs => phone.write(on.touch.into(), &text("category", "quote_pending")),
        Verb::AddEvidenceToTouch => {
            let evidence = RecordId::new(Utc::now());
            phone.write(on.touch.into(), &Fields::from([(format!("evidence/{evidence}"), Scalar::Bool(true))]));
        }
        Verb::ChangeReport => phone.write(on.report.into(), &text("tomorrow", &format!("other {}", phone.incarnation))),
        Verb::AnswerTask => {
            let Some(task) = on.task else { return "nothing".into() };
            let answer = Fields::from([
                ("done_at".into(), Scalar::Int(i64::from(phone.incarnation))),
                ("done_by".into(), Scalar::Text(phone.person.to_string())),
                ("choice".into(), Scalar::Text("approve".into())),
            ]);
            phone.write(task.into(), &answer);
        }
        Verb::CreateTask => phone.create(TaskId::new(Utc::now()), &some_task(on.touch.into())),
        Verb::CreatePerson => {
            let person = Person {
                name: "Invented".into(),
                roles: [Role::Admin].into(),
                reports_to: None,
                zone: chuda_record::time::DEFAULT_ZONE,
                left: false,
            };
            phone.create(PersonId::new(Utc::now()), &person);
        }
    }
    assert_eq!(phone.outbox.len(), 1, "{verb:?} writes something");
    answer(&phone.sync(team).await)
}

fn answer(rejected: &[Rejected]) -> String {
    rejected.first().map_or_else(|| "ok".to_owned(), reason)
}

fn some_task(source: RecordId) -> Task {
    Task {
        task: "quote_approval".into(),
        assignee: None,
        role: Some(Role::Finance),
        customer: None,
        source,
        rule: "quote-pdf".into(),
        config: 1,
        choices: ["approve".to_owned()].into(),
        script_pack: None,
        created_at: now(),
        due: None,
        done_at: None,
        done_by: None,
        choice: None,
        reason: None,
        because: None,
        notice: false,
    }
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_else() {
    let team = Team::start().await;
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let mut others = records(&team, stranger).await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let name = format!("The {}", role.as_str());
        let mut phone = team.phone(&name, &[role], None).await;
        let below = team.phone(&format!("Below {}", role.as_str()), &[Role::Rep], Some(&name)).await;
        let mut below = records(&team, below).await;
        // A second phone of the same person holds what is the person's own.
        let second = team.another_phone(phone.person).await;
        let mut own = records(&team, second).await;
        for verb in VERBS {
            for whose in [Whose::Own, Whose::Team, Whose::Others] {
                phone.sync(&team).await;
                let on = match whose {
                    Whose::Own => &mut own,
                    Whose::Team => &mut below,
                    Whose::Others => &mut others,
                };
                let expected = expected(role, verb, whose);
                if expected == "nothing" {
                    continue;
                }
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
async fn a_change_made_by_another_device_is_refused() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let mut thief = team.phone("Thief", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    thief.outbox.clone_from(&phone.outbox);
    assert_eq!(answer(&thief.sync(&team).await), "foreign_actor");
    assert_eq!(phone.sync(&team).await, []);
    assert!(phone.has(customer));
}

#[tokio::test]
async fn an_old_state_or_an_old_date_does_not_slip_past_a_lock() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let mut stale = team.another_phone(phone.person).await;
    let customer = phone.customer("Huaxin");
    let touch = phone.touch(customer, "demo", &[]);
    let evidence = phone.evidence(b"photo", "image/jpeg", None);
    phone.sync(&team).await;
    stale.sync(&team).await;
    // Set once, on one phone. The other one has not heard of it, and sets its clock back as well.
    phone.set(evidence, "touch", touch.to_string());
    assert_eq!(phone.sync(&team).await, []);
    let elsewhere = stale.touch(customer, "demo", &[]);
    stale.set(evidence, "touch", elsewhere.to_string());
    assert_eq!(stale.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["field_locked"]);
    assert_eq!(phone.fields(evidence)["touch"], Scalar::Text(touch.to_string()));
}

#[tokio::test]
async fn a_number_that_was_used_before_is_refused() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.sync(&team).await;
    // The installation is restored from a copy and goes on counting where the copy was.
    let mut copy = Phone { device: phone.device, person: phone.person, ..Phone::new() };
    copy.key = phone.key.clone();
    phone.leak(customer, &mut copy);
    phone.set(customer, "short", "HX");
    assert_eq!(phone.sync(&team).await, []);
    copy.set(customer, "short", "XH");
    assert_eq!(answer(&copy.sync(&team).await), "reused_sequence");
}

#[tokio::test]
async fn what_must_hold_between_records_does() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    let touch = phone.touch(customer, "demo", &[]);
    assert_eq!(phone.sync(&team).await, []);
    let invalid = |rejected: Vec<Rejected>, detail: &str| {
        assert_eq!(rejected.len(), 1);
        assert_eq!(rejected[0].rejection(), Rejection::Invalid { detail: detail.into() });
    };
    phone.touch(CustomerId::new(Utc::now()), "demo", &[]);
    invalid(phone.sync(&team).await, "customer");
    phone.evidence(b"photo", "image/jpeg", Some(TouchId::new(Utc::now())));
    invalid(phone.sync(&team).await, "touch");

    let report = phone.report("2026-03-02", &[touch]);
    let fields = phone.fields(report);
    phone.outbox.clear();
    phone.write(RecordId::new(Utc::now()), &fields);
    invalid(phone.sync(&team).await, "id");

    let mut given_away = phone.fields(customer);
    given_away.insert("holder".into(), Scalar::Text(PersonId::new(Utc::now()).to_string()));
    phone.write(RecordId::new(Utc::now()), &given_away);
    invalid(phone.sync(&team).await, "holder");

    let mut unknown = phone.fields(customer);
    unknown.insert("kind".into(), Scalar::Text("starship".into()));
    phone.write(RecordId::new(Utc::now()), &unknown);
    assert_eq!(answer(&phone.sync(&team).await), "unknown_kind");

    let mut incomplete = phone.fields(touch);
    incomplete.remove("mode");
    phone.write(RecordId::new(Utc::now()), &incomplete);
    assert_eq!(answer(&phone.sync(&team).await), "invalid");
    assert_eq!(Kind::Touch.table().fields.iter().filter(|(name, ..)| *name == "mode").count(), 1);
}

#[tokio::test]
async fn a_task_is_answered_with_one_of_its_choices_in_the_own_name() {
    let team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let rep = team.phone("Rep", &[Role::Rep], None).await;
    let mut quote = records(&team, rep).await;
    finance.sync(&team).await;
    let task = RecordId::from(quote.task.unwrap());
    let me = finance.person.to_string();
    for (by, choice, why, expected) in [
        (quote.phone.person.to_string(), "approve", None, "invalid"),
        (me.clone(), "postpone", None, "invalid"),
        (me.clone(), "reject", None, "invalid"),
        (me.clone(), "reject", Some("too cheap"), "ok"),
    ] {
        quote.phone.leak(task, &mut finance);
        finance.incarnation += 1;
        let mut answered = Fields::from([
            ("done_at".into(), Scalar::Int(1)),
            ("done_by".into(), Scalar::Text(by)),
            ("choice".into(), Scalar::Text(choice.into())),
        ]);
        answered.extend(why.map(|why| ("reason".to_owned(), Scalar::Text(why.to_owned()))));
        finance.write(task, &answered);
        assert_eq!(answer(&finance.sync(&team).await), expected, "{choice} {why:?}");
    }
    quote.phone.sync(&team).await;
    assert_eq!(quote.phone.fields(task)["choice"], Scalar::Text("reject".into()));
}

/// What someone tries with what waits for an answer, and with what only outside systems know.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    AnswerQuestion,
    AssessDemand,
    SettleFinding,
    RewriteSlip,
    RewriteEvent,
    Invent(Kind),
}

const WORDS: [Word; 10] = [
    Word::AnswerQuestion,
    Word::AssessDemand,
    Word::SettleFinding,
    Word::RewriteSlip,
    Word::RewriteEvent,
    Word::Invent(Kind::Question),
    Word::Invent(Kind::Demand),
    Word::Invent(Kind::Finding),
    Word::Invent(Kind::Slip),
    Word::Invent(Kind::Event),
];

/// The table: a question is the tech role's, a demand the product role's, a slip's finding finance's and of those who stand by the
/// customer; what came from outside is nobody's to change.
fn expected_word(role: Role, word: Word, whose: Whose) -> &'static str {
    match (word, whose) {
        (Word::Invent(_), _) => "not_allowed_to_create",
        (Word::AnswerQuestion, _) if role == Role::Tech => "ok",
        (Word::AssessDemand, _) if role == Role::Product => "ok",
        (Word::SettleFinding, _) if role == Role::Finance => "ok",
        (Word::RewriteSlip, Whose::Others) if role == Role::Finance => "field_locked",
        (_, Whose::Others) => "not_allowed",
        // Whoever holds the customer, and the line above; but an auditor changes nothing.
        (Word::SettleFinding, _) if role != Role::Auditor => "ok",
        _ => "field_locked",
    }
}

/// What waits for an answer about a rep's customer.
struct Waiting {
    phone: Phone,
    of_kind: BTreeMap<Kind, RecordId>,
}

async fn waiting(team: &Team, token: &str, mut phone: Phone) -> Waiting {
    let name = format!("Huaxin {}", phone.person);
    let customer = phone.customer(&name);
    for (action, owner) in [("tech_question", Some("Nobody we know")), ("new_demand", None)] {
        let evidence = phone.evidence(action.as_bytes(), "image/jpeg", None);
        let touch = Touch {
            tech_owner: owner.map(str::to_owned),
            response_by: owner.map(|_| "2026-12-01".parse().unwrap()),
            ..touch_by(phone.person, customer, action, &[evidence])
        };
        phone.create(TouchId::new(Utc::now()), &touch);
    }
    assert_eq!(phone.sync(team).await, []);
    let slip = format!("number,contract no,amount,payer\n{},HT-0,100,{name}\n", phone.person);
    let imported = team.admin().import(ImportKind::Slips, slip.as_bytes(), false, "Importer", Utc::now()).unwrap();
    assert_eq!(imported.created, 1);
    let event = json!([{
        "system": "mail", "external_id": phone.person, "event": "mail_opened", "customer": name, "at": Utc::now().to_rfc3339(),
    }]);
    let request = client().post(format!("{}/api/v1/events", team.url())).bearer_auth(token).body(event.to_string());
    assert_eq!(json_of(request.send().await.unwrap()).await["events"][0]["outcome"], "created");
    phone.sync(team).await;
    let kinds = [Kind::Question, Kind::Demand, Kind::Finding, Kind::Slip, Kind::Event];
    let one = |kind: Kind| {
        phone.of_kind(kind.as_str()).into_iter().find(|id| phone.fields(*id)["customer"] == Scalar::Text(customer.to_string()))
    };
    let of_kind = kinds.into_iter().map(|kind| (kind, one(kind).unwrap_or_else(|| panic!("{kind:?}")))).collect();
    Waiting { phone, of_kind }
}

async fn say(team: &Team, phone: &mut Phone, word: Word, on: &mut Waiting) -> String {
    on.of_kind.values().for_each(|id| on.phone.leak(*id, phone));
    phone.incarnation += 1;
    let me = phone.person;
    let (kind, writes): (Kind, Fields) = match word {
        Word::AnswerQuestion => (Kind::Question, Question::answer("yes", me, now())),
        Word::AssessDemand => (Kind::Demand, Demand::assess("planned", None, me, now())),
        Word::SettleFinding => (Kind::Finding, Finding::settle("left_right", "seen", me, now())),
        Word::RewriteSlip => (Kind::Slip, Fields::from([("amount".into(), Scalar::Int(1))])),
        Word::RewriteEvent => (Kind::Event, Fields::from([("feedback".into(), Scalar::Bool(true))])),
        Word::Invent(kind) => {
            let fields = phone.fields(on.of_kind[&kind]);
            phone.write(RecordId::new(Utc::now()), &fields);
            return answer(&phone.sync(team).await);
        }
    };
    phone.write(on.of_kind[&kind], &writes);
    assert_eq!(phone.outbox.len(), 1, "{word:?} writes something");
    answer(&phone.sync(team).await)
}

#[tokio::test]
async fn every_role_answers_what_waits_for_it_and_nothing_else() {
    let team = Team::start().await;
    team.person_of("Importer", &[Role::Finance], None);
    let token = team.admin().add_token("mail", &[Scope::EventsWrite], None, Utc::now()).unwrap();
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let mut others = waiting(&team, &token, stranger).await;
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let name = format!("The {}", role.as_str());
        let mut phone = team.phone(&name, &[role], None).await;
        let below = team.phone(&format!("Below {}", role.as_str()), &[Role::Rep], Some(&name)).await;
        let mut below = waiting(&team, &token, below).await;
        let sells = SELLING.contains(&role);
        let mut own = if sells { Some(waiting(&team, &token, team.another_phone(phone.person).await).await) } else { None };
        for word in WORDS {
            for whose in [Whose::Own, Whose::Team, Whose::Others] {
                phone.sync(&team).await;
                let on = match whose {
                    Whose::Own => own.as_mut(),
                    Whose::Team => Some(&mut below),
                    Whose::Others => Some(&mut others),
                };
                let Some(on) = on else { continue };
                on.phone.sync(&team).await;
                let (answered, expected) = (say(&team, &mut phone, word, on).await, expected_word(role, word, whose));
                if answered != expected {
                    wrong.push(format!("{role:?} {word:?} {whose:?}: {answered}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_role_imports_what_the_configuration_lets_it_and_nothing_else() {
    let team = Team::start().await;
    let token = |scopes: &[Scope], person| team.admin().add_token("t", scopes, person, Utc::now()).unwrap();
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let phone = team.phone(&format!("The {}", role.as_str()), &[role], None).await;
        for (kind, file) in [("customers", "name\nA\n"), ("leads", "name\nA\n"), ("slips", "number,amount\n1,1\n")] {
            let may = match kind {
                "slips" => matches!(role, Role::Finance | Role::Admin),
                _ => matches!(role, Role::Supervisor | Role::Admin),
            };
            let request = phone.request(&team, "POST", &format!("/api/v1/imports/{kind}?dry_run=true"), file.into());
            let status = request.header("content-type", "text/csv").send().await.unwrap().status();
            if status != if may { StatusCode::OK } else { StatusCode::FORBIDDEN } {
                wrong.push(format!("{role:?} {kind}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // A token needs the scope and a person; another type is no file; a phone hands in no events of its own making.
    let post = async |token: &str, path: &str, mime: &str| {
        let request = client().post(format!("{}{path}", team.url())).bearer_auth(token).header("content-type", mime);
        request.body("name\nA\n").send().await.unwrap().status()
    };
    let path = "/api/v1/imports/customers?dry_run=true";
    let (good, nobodys) = (token(&[Scope::ImportsWrite], Some("The supervisor")), token(&[Scope::ImportsWrite], None));
    let other = token(&[Scope::Touches], Some("The supervisor"));
    assert_eq!(post(&good, path, "text/csv; charset=utf-8").await, StatusCode::OK);
    assert_eq!(post(&nobodys, path, "text/csv").await, StatusCode::FORBIDDEN);
    assert_eq!(post(&other, path, "text/csv").await, StatusCode::FORBIDDEN);
    assert_eq!(post(&good, path, "image/png").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(post(&good, "/api/v1/imports/secrets", "text/csv").await, StatusCode::NOT_FOUND);
    assert_eq!(post(&good, "/api/v1/imports/customers?dry_run=maybe", "text/csv").await, StatusCode::BAD_REQUEST);
    assert_eq!(post("chuda_wrong", path, "text/csv").await, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&good, "/api/v1/events", "application/json").await, StatusCode::FORBIDDEN);
    let rep = team.phone("Another", &[Role::Rep], None).await;
    let (status, problem) = rep.api(&team, "POST", "/api/v1/events", Some(json!([]))).await;
    assert_eq!((status, problem["key"].as_str()), (StatusCode::FORBIDDEN, Some("token.needed")));
    let events = token(&[Scope::EventsWrite], None);
    let many = vec![json!({}); 501];
    let request = client().post(format!("{}/api/v1/events", team.url())).bearer_auth(&events);
    assert_eq!(request.body(json!(many).to_string()).send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

//! Random days of a team: whatever people do, every effect of a rule is there, once, and explains itself.
//!
//! What has to be there is worked out by a second, slow and obvious reading of the rules that shares no code with the first.
//! `CHUDA_DAYS` sets how many, `CHUDA_SEED` which: `scripts/soak` plays a thousand of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Hand, Host, Phone, number, of, sample};
use chuda_phone::workbench::TouchDraft;
use chuda_record::id::{CustomerId, RecordId, TouchId};
use chuda_record::time::from_millis;
use chuda_record::{Fen, Fields, Kind, Role, Scalar};
use fastrand::Rng;

const ACTIONS: [&str; 6] = ["send_material", "demo", "quote", "sign", "new_demand", "tech_question"];
const AMOUNTS: [Option<i64>; 5] = [None, Some(30_000_000), Some(50_000_000), Some(50_000_001), Some(80_000_000)];

/// When the customer's answer to a touch was noted.
type Answers = BTreeMap<TouchId, DateTime<Utc>>;

#[tokio::test(flavor = "multi_thread")]
async fn every_effect_is_there_once_and_explains_itself() {
    let (days, seed) = (number("CHUDA_DAYS", 120), number("CHUDA_SEED", 20_261_123));
    eprintln!("CHUDA_SEED={seed} CHUDA_DAYS={days}");
    let mut dice = Rng::with_seed(seed);
    let hand = Hand::at("2024-02-26T09:00:00+08:00");
    let host = Host::start_at(hand.clone()).await;
    let director = host.phone("韩总", Role::Director, None).await;
    let boss = host.phone("韩梅", Role::Supervisor, Some(director.person())).await;
    let reps = [host.phone("李雷", Role::Rep, Some(boss.person())).await, host.phone("王芳", Role::Rep, Some(boss.person())).await];
    let mut others = vec![boss];
    for (name, role) in [
        ("财务", Role::Finance),
        ("法务", Role::Legal),
        ("技术", Role::Tech),
        ("产品", Role::Product),
        ("交付", Role::Delivery),
        ("售前", Role::Presales),
        ("交付总监", Role::DeliveryDirector),
        ("客户成功", Role::CustomerSuccess),
    ] {
        others.push(host.phone(name, role, None).await);
    }
    let mut answers = Answers::new();
    let mut mornings = Vec::new();
    for day in 0..days {
        mornings.push(hand.now());
        host.run_due_jobs().await;
        for rep in &reps {
            work(rep, &mut dice, day, &mut answers);
            rep.settle().await;
        }
        if one_in(4, &mut dice) {
            let person = dice.choice(&others).unwrap();
            person.settle().await;
            do_tasks(person, &mut dice);
            person.settle().await;
        }
        hand.pass(TimeDelta::days(1));
    }
    mornings.push(hand.now());
    host.run_due_jobs().await;
    director.settle().await;
    Team::read(&director).check(&answers, &mornings);
}

fn one_in(sides: u8, dice: &mut Rng) -> bool {
    dice.u8(..sides) == 0
}

/// What a rep does in a day.
fn work(rep: &Phone, dice: &mut Rng, day: u64, answers: &mut Answers) {
    let customers: Vec<CustomerId> = rep.workbench.customers().unwrap().iter().map(|customer| customer.id).collect();
    if customers.is_empty() || (customers.len() < 6 && one_in(10, dice)) {
        rep.customer(&format!("客户{day}-{}", rep.person()));
        return;
    }
    for _ in 0..dice.u8(..3) {
        rep.clock.pass(TimeDelta::minutes(1));
        let customer = *dice.choice(&customers).unwrap();
        let action = dice.choice(ACTIONS).unwrap();
        let is_draft = one_in(8, dice);
        let evidence = match (is_draft, dice.bool()) {
            (true, _) => Vec::new(),
            (false, true) => vec![rep.keep(&sample("quote.pdf"))],
            (false, false) => vec![rep.note()],
        };
        let feedback = one_in(6, dice);
        let draft = TouchDraft {
            evidence,
            allow_draft: is_draft,
            tech_owner: Some("技术".into()),
            response_by: Some((rep.clock.now() + TimeDelta::days(2)).date_naive()),
            amount: dice.choice(AMOUNTS).unwrap().map(Fen),
            custom_development: dice.bool(),
            feedback,
            note: Some("客户希望支持双屏".into()),
            ..of(customer, action)
        };
        let touch = rep.workbench.record_touch(draft).unwrap().touch;
        if feedback {
            answers.insert(touch.id, touch.at);
        }
    }
    let earlier = rep.workbench.timeline(*dice.choice(&customers).unwrap(), 3).unwrap();
    if let Some(touch) = earlier.first().filter(|touch| !touch.feedback && one_in(5, dice)) {
        rep.workbench.note_feedback(touch.id).unwrap();
        answers.insert(touch.id, rep.clock.now());
    }
}

/// Does what there is to do, with any of the answers.
fn do_tasks(phone: &Phone, dice: &mut Rng) {
    for task in phone.workbench.tasks().unwrap().into_iter().chain(phone.workbench.notices().unwrap()) {
        if one_in(3, dice) || task.kind.key == "e_sign" {
            continue;
        }
        let choice = dice.choice(&task.choices).map(|choice| choice.key.clone());
        phone.workbench.complete_task(task.id, choice.as_deref(), Some("已处理")).unwrap();
    }
}

/// What has to follow from which record.
type Wanted = Vec<(RecordId, &'static str)>;

/// All that the team has on record.
struct Team(BTreeMap<Kind, BTreeMap<RecordId, Fields>>);

impl Team {
    fn read(phone: &Phone) -> Self {
        let of = |kind: &Kind| (*kind, phone.workbench.records(*kind).unwrap().into_iter().collect());
        Self(Kind::ALL.iter().map(of).collect())
    }

    fn check(&self, answers: &Answers, mornings: &[DateTime<Utc>]) {
        let mut wanted = Vec::new();
        self.want_of_touches(answers, mornings, &mut wanted);
        self.want_of_demands_and_questions(&mut wanted);
        self.want_of_contracts(&mut wanted);
        self.want_of_tasks(&mut wanted);
        let watched: BTreeSet<&str> = wanted.iter().map(|(_, what)| *what).collect();
        let mut found = self.made_by_rules();
        let explained = found.len();
        found.retain(|(source, word)| {
            // A signed contract can come from a touch too, when none was on its way: that depends on the order of things.
            watched.contains(word.as_str()) && !(word == "contract" && self.0[&Kind::Touch].contains_key(source))
        });
        let mut wanted: Vec<(RecordId, String)> = wanted.into_iter().map(|(id, word)| (id, word.to_owned())).collect();
        wanted.sort();
        found.sort();
        eprintln!("{explained} effects, {} of them foreseen one by one", wanted.len());
        for pair in &wanted {
            let count = |list: &[(RecordId, String)]| list.iter().filter(|other| *other == pair).count();
            assert_eq!(count(&found), count(&wanted), "{pair:?}");
        }
        assert_eq!(found, wanted);
    }

    fn want_of_touches(&self, answers: &Answers, mornings: &[DateTime<Utc>], wanted: &mut Wanted) {
        for (id, touch) in &self.0[&Kind::Touch] {
            let evidence: Vec<&Fields> =
                touch.keys().filter_map(|key| key.strip_prefix("evidence/")).filter_map(|id| self.evidence(id)).collect();
            if evidence.is_empty() {
                continue;
            }
            let action = text(touch, "action");
            if action == "quote" && evidence.iter().any(|one| text(one, "mime") == "application/pdf") {
                wanted.push((*id, "task:quote_approval"));
                assert!(text(touch, "category").starts_with("quote_"), "{id} is filed");
            }
            if action == "quote" && self.stayed_silent(*id, touch, answers, mornings) {
                wanted.push((*id, "task:reconfirm_value"));
            }
            if action == "new_demand" {
                wanted.push((*id, "demand"));
            }
            if action == "tech_question" || text(touch, "brief") == "tech_needed" {
                wanted.push((*id, "question"));
            }
        }
    }

    fn want_of_demands_and_questions(&self, wanted: &mut Wanted) {
        for (id, demand) in &self.0[&Kind::Demand] {
            wanted.push((*id, "task:assess_demand"));
            if demand.contains_key("assessed_at") {
                wanted.push((*id, "task:demand_assessed"));
            }
        }
        for (id, question) in &self.0[&Kind::Question] {
            wanted.push((*id, "task:tech_answer"));
            if question.contains_key("answered_at") {
                wanted.push((*id, "task:tech_answered"));
            }
        }
    }

    fn want_of_contracts(&self, wanted: &mut Wanted) {
        for (id, contract) in &self.0[&Kind::Contract] {
            if text(contract, "rule") == "quote-approved" {
                wanted.extend([(*id, "task:contract_details"), (*id, "task:legal_review"), (*id, "task:seal")]);
            }
            if contract.contains_key("signed_at") {
                wanted.extend([(*id, "order"), (*id, "task:contract_signed"), (*id, "task:contract_signed")]);
                if int(contract, "amount") > 50_000_000 && contract.get("custom_development") == Some(&Scalar::Bool(true)) {
                    wanted.push((*id, "meeting"));
                }
            }
            if contract.contains_key("reviewed_at") && contract.contains_key("sealed_at") && !contract.contains_key("rejected_at") {
                wanted.push((*id, "task:e_sign"));
            }
        }
    }

    fn want_of_tasks(&self, wanted: &mut Wanted) {
        for (id, task) in &self.0[&Kind::Task] {
            match (text(task, "task"), text(task, "choice")) {
                ("quote_approval", "approve") => wanted.push((*id, "contract")),
                ("quote_approval", "reject") => wanted.push((*id, "task:quote_rejected")),
                ("seal", "sealed") => wanted.push((*id, "seal")),
                _ => {}
            }
        }
    }

    /// Everything that a rule has made, under the record it comes from; each has to say why it is there.
    fn made_by_rules(&self) -> Vec<(RecordId, String)> {
        let mut found: Vec<(RecordId, String)> = Vec::new();
        for (kind, records) in &self.0 {
            for (id, fields) in records.iter().filter(|(_, fields)| fields.contains_key("rule")) {
                let source: RecordId = text(fields, "source").parse().unwrap();
                assert!(self.0.values().any(|records| records.contains_key(&source)), "{id} comes from a record that is there");
                assert!(int(fields, "config") > 0, "{id} names the configuration");
                assert!(
                    !text(fields, "because").is_empty() || text(fields, "rule") == "kickoff-invited",
                    "{id} says why: {fields:?}"
                );
                let word = if *kind == Kind::Task { format!("task:{}", text(fields, "task")) } else { kind.as_str().into() };
                found.push((source, word));
            }
        }
        found
    }

    /// Whether a quote was without an answer on the first morning after 72 hours.
    fn stayed_silent(&self, id: RecordId, quote: &Fields, answers: &Answers, mornings: &[DateTime<Utc>]) -> bool {
        let at = from_millis(int(quote, "at"));
        let Some(looked) = mornings.iter().find(|morning| **morning >= at + TimeDelta::hours(72)) else { return false };
        let answered = self.0[&Kind::Touch].iter().any(|(other, touch)| {
            let later = *other == id || from_millis(int(touch, "at")) >= at;
            let noted = answers.get(&TouchId::from(*other)).is_some_and(|noted| noted < looked);
            let counts = touch.keys().any(|key| key.starts_with("evidence/"));
            text(touch, "customer") == text(quote, "customer") && later && noted && counts
        });
        !answered
    }

    fn evidence(&self, id: &str) -> Option<&Fields> {
        self.0[&Kind::Evidence].get(&id.parse().ok()?)
    }
}

fn text<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).and_then(Scalar::as_text).unwrap_or_default()
}

fn int(fields: &Fields, name: &str) -> i64 {
    match fields.get(name) {
        Some(Scalar::Int(value)) => *value,
        _ => 0,
    }
}

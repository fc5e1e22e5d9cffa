//! Where tasks are done: by the rep, by finance, legal, delivery, product and tech owners; soon, late or never.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{Days, TimeDelta};
use chuda_record::id::{ContractId, PersonId, RecordId};
use chuda_record::kind::backcheck::member;
use chuda_record::rules::machine;
use chuda_record::time::from_millis;
use chuda_record::wire::api::ImportKind;
use chuda_record::{BackCheck, Contract, Fen, Fields, Finding, Meeting, Order, Result, Role, Scalar, Task, from_fields};

use super::goods::{self, phrase};
use super::story::{Story, by, id_field, text_field, time_field};

/// Minutes of an hour and of a day.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

impl Story {
    /// A task has come up: who is going to do it, and when; some are never done.
    pub(super) fn take_up(&mut self, id: RecordId, fields: &Fields) {
        let Ok(task) = from_fields::<Task>(fields) else { return };
        let Some(person) = self.whose(&task) else { return };
        // How many of a hundred are done, and within which time.
        let (likely, minutes) = match task.task.as_str() {
            "quote_approval" => (96, (HOUR, 30 * HOUR)),
            "contract_details" => (85, (2 * HOUR, 2 * DAY)),
            "legal_review" => (92, (4 * HOUR, 3 * DAY)),
            "seal" => (90, (3 * DAY, 5 * DAY)),
            "e_sign" => (52, (DAY, 14 * DAY)),
            "work_order" => (93, (2 * HOUR, 3 * DAY)),
            "tech_answer" => return self.take_up_question(id, &task, person),
            "assess_demand" => (78, (DAY, 9 * DAY)),
            "reconfirm_value" => (70, (HOUR, 3 * DAY)),
            "back_check" => (94, (DAY, 4 * DAY)),
            "coaching" => (60, (DAY, 5 * DAY)),
            "finding" => (75, (HOUR, 5 * DAY)),
            _ if task.notice => (68, (10, 2 * DAY)),
            _ => (80, (HOUR, 3 * DAY)),
        };
        if self.luck.chance(likely) {
            self.schedule_after(minutes, by(person, move |story| story.work_on(id, person)));
        }
    }

    /// Most questions are answered by the promised day, some after it, some never.
    fn take_up_question(&mut self, task: RecordId, of: &Task, person: PersonId) {
        let promised = of.due.map_or(DAY, |due| (due - self.now()).num_minutes()).max(HOUR);
        let minutes = match self.luck.below(100) {
            0..=67 => (HOUR.min(promised - 1), promised - 1),
            68..=85 => (promised + 2 * HOUR, promised + 6 * DAY),
            _ => return,
        };
        let at = self.now() + TimeDelta::minutes(self.luck.between(minutes.0, minutes.1));
        self.schedule(at, by(person, move |story| story.work_on(task, person)));
    }

    fn whose(&mut self, task: &Task) -> Option<PersonId> {
        if let Some(person) = task.assignee {
            return Some(person).filter(|person| self.phones.contains_key(person));
        }
        let people = self.with_role(task.role?);
        (!people.is_empty()).then(|| self.luck.pick(&people))
    }

    /// Somebody does a task, if nobody has yet.
    pub(super) fn work_on(&mut self, id: RecordId, person: PersonId) -> Result<()> {
        let Some(task) = self.record::<Task>(id)?.filter(|task| task.done_at.is_none()) else { return Ok(()) };
        let source = task.source;
        let (choice, reason) = match task.task.as_str() {
            "quote_approval" if self.luck.chance(90) => (Some("approve"), None),
            "quote_approval" => (Some("reject"), Some(phrase("refusal", &mut self.luck))),
            "legal_review" if self.luck.chance(93) => (Some("approve"), None),
            "seal" if !self.is_turned_down(source)? => (Some("sealed"), Some(phrase("seal_note", &mut self.luck))),
            "legal_review" | "seal" => (Some("reject"), Some(phrase("objection", &mut self.luck))),
            "contract_details" => {
                self.complete(source, person)?;
                (None, None)
            }
            "e_sign" => return self.sign(source.into(), person),
            "work_order" => return self.plan_delivery(source, person),
            "back_check" => return self.look_back(source, person),
            "kickoff" => {
                self.accept(source, person)?;
                (None, None)
            }
            "tech_answer" => (None, Some(phrase("answer", &mut self.luck))),
            "assess_demand" => {
                let choice = self.luck.weighted(&[("planned", 45), ("declined", 25), ("clarify", 30)]);
                (Some(choice), Some(phrase(&format!("assessment.{choice}"), &mut self.luck)))
            }
            "finding" if task.choices.is_empty() => {
                self.settle(source, person)?;
                (None, None)
            }
            _ => self.any_choice(&task),
        };
        self.tick_off(id, person, choice, reason)?;
        if task.task == "reconfirm_value"
            && let Some(client) = self.clients.iter().position(|client| Some(client.id) == task.customer)
        {
            // The value is confirmed again: with new figures, or with cases of the trade.
            let action = if choice == Some("recalculate_cost") { "quote" } else { "send_material" };
            self.schedule_after((2 * HOUR, 2 * DAY), by(person, move |story| story.touch(person, Some(client), Some(action))));
        }
        Ok(())
    }

    fn any_choice(&mut self, task: &Task) -> (Option<&'static str>, Option<&'static str>) {
        let offered: Vec<&String> = task.choices.iter().collect();
        if offered.is_empty() {
            return (None, None);
        }
        let picked = offered[self.luck.below(offered.len())];
        let known = ["recalculate_cost", "add_cases", "left_right", "right_right", "both_right", "approve"];
        let choice = known.into_iter().find(|key| key == picked);
        (choice, choice.map(|_| phrase("explanation", &mut self.luck)))
    }

    fn tick_off(&mut self, task: RecordId, person: PersonId, choice: Option<&str>, reason: Option<&str>) -> Result<()> {
        // What was done for it may have closed it.
        if self.fields(task)?.is_none_or(|task| task.contains_key("done_at")) {
            return Ok(());
        }
        let mut writes = Fields::from([time_field("done_at", self.now()), id_field("done_by", person)]);
        writes.extend(choice.map(|choice| text_field("choice", choice)));
        writes.extend(reason.map(|reason| text_field("reason", reason)));
        self.edit_now(person, task, &writes)
    }

    fn is_turned_down(&self, contract: RecordId) -> Result<bool> {
        let fields = self.fields(contract)?.unwrap_or_default();
        Ok(fields.get("status").and_then(Scalar::as_text) == Some("rejected"))
    }

    /// The rep fills in what a contract lacks, and what was promised.
    fn complete(&mut self, contract: RecordId, person: PersonId) -> Result<()> {
        let Some(fields) = self.fields(contract)? else { return Ok(()) };
        let known = |field: &str| fields.get(field).is_some_and(|value| *value != Scalar::Null);
        if known("signed_at") || known("rejected_at") || known("reviewed_at") || known("sealed_at") {
            return Ok(());
        }
        let customer = fields.get("customer").and_then(Scalar::as_text).unwrap_or_default().to_owned();
        let client = self.clients.iter().find(|client| client.id.to_string() == customer);
        let contact = client.and_then(|client| client.contact.as_ref()).map(|(id, _)| *id);
        let model = client.map(|client| client.model);
        let service =
            self.luck.weighted(&[("standard", 50), ("on_site_training", 30), ("remote_support", 12), ("custom_integration", 8)]);
        let mut writes = Fields::from([text_field("promised_service", service)]);
        writes.extend(contact.filter(|_| !known("contact")).map(|contact| id_field("contact", contact)));
        writes.extend(model.filter(|_| !known("model")).map(|model| text_field("model", model)));
        if !known("address") {
            writes.extend([text_field("address", &goods::company(&mut self.luck).address)]);
        }
        self.edit_now(person, contract, &writes)
    }

    /// The rep signs with the key of the device (B3).
    fn sign(&mut self, id: ContractId, person: PersonId) -> Result<()> {
        let Some(contract) = self.record::<Contract>(id)? else { return Ok(()) };
        if contract.status != "signing" || contract.author != person {
            return Ok(());
        }
        let at = from_millis(self.now().timestamp_millis());
        let phone = self.phone(person)?;
        let device = phone.id();
        let signature = BASE64.encode(phone.sign(&contract.to_sign(id, at, device))?);
        let writes = [
            time_field("signed_at", at),
            id_field("signed_by", person),
            id_field("signed_with", device),
            text_field("signature", &signature),
        ];
        self.edit_now(person, id, &Fields::from(writes))?;
        self.clients.iter_mut().filter(|client| client.id == contract.customer).for_each(|client| client.progress = 5);
        if self.luck.chance(80) {
            self.schedule_after((2 * DAY, 20 * DAY), move |story| {
                story.paid.push(id);
                Ok(())
            });
        }
        Ok(())
    }

    /// A delivery manager takes the order and plans it (H3); what is needed is not always what was promised (B5).
    fn plan_delivery(&mut self, order: RecordId, person: PersonId) -> Result<()> {
        let Some(record) = self.record::<Order>(order)?.filter(|order| order.done_at.is_none()) else { return Ok(()) };
        let contract = record.contract.map(|contract| self.fields(contract)).transpose()?.flatten().unwrap_or_default();
        let promised = contract.get("promised_service").and_then(Scalar::as_text);
        let needed = match promised {
            Some(promised) if self.luck.chance(85) => promised.to_owned(),
            _ => self.luck.pick(&["standard", "on_site_training", "custom_integration"]).to_owned(),
        };
        let calendar = self.config.clone();
        let on = calendar.calendar.next_working_day(self.today() + Days::new(self.luck.between(4, 25) as u64));
        let training = calendar.calendar.next_working_day(on + Days::new(self.luck.between(1, 6) as u64));
        let service: Vec<PersonId> = self.with_role(Role::CustomerSuccess);
        let service = self.luck.pick(&service);
        let named = self.member(service).map(|member| member.name.clone()).unwrap_or_default();
        let writes = [
            id_field("assignee", person),
            text_field("needed_service", &needed),
            text_field("delivery_on", &on.to_string()),
            text_field("training_on", &training.to_string()),
            text_field("service_contact", &named),
        ];
        self.edit_now(person, order, &Fields::from(writes))?;
        if self.luck.chance(88) {
            self.schedule_on(on, (14 * HOUR, 17 * HOUR), move |story| {
                story.edit_now(person, order, &Fields::from([time_field("done_at", story.now())]))
            });
        }
        Ok(())
    }

    /// Somebody who is invited says whether they come.
    fn accept(&mut self, meeting: RecordId, person: PersonId) -> Result<()> {
        if !self.record::<Meeting>(meeting)?.is_some_and(|meeting| meeting.attendees.contains(&person)) {
            return Ok(());
        }
        let comes = self.luck.chance(85);
        self.edit_now(person, meeting, &Fields::from([(format!("answers/{person}"), comes.into())]))
    }

    /// A finding that is settled in its record: a duplicate by the supervisor.
    fn settle(&mut self, finding: RecordId, person: PersonId) -> Result<()> {
        let Some(record) = self.record::<Finding>(finding)?.filter(|one| one.resolved_at.is_none()) else { return Ok(()) };
        let resolution = if record.finding == "duplicate_customer" {
            self.luck.weighted(&[("merge", 60), ("keep_both", 40)])
        } else {
            self.luck.pick(&["left_right", "right_right", "both_right"])
        };
        let reason = phrase("explanation", &mut self.luck);
        self.edit_now(person, finding, &Finding::settle(resolution, reason, person, self.now()))?;
        let merged = record.customer.filter(|_| resolution == "merge");
        if let Some(client) = self.clients.iter().position(|client| Some(client.id) == merged) {
            self.close(client);
        }
        Ok(())
    }

    /// Finance imports the day's payment slips; now and then a contract's number is wrong (B5).
    pub(super) fn slips(&mut self) -> Result<()> {
        let mut lines = vec!["流水号,合同号,金额,付款方,付款日期".to_owned()];
        for contract in std::mem::take(&mut self.paid) {
            let Some(record) = self.record::<Contract>(contract)? else { continue };
            let mut written = record.number;
            if self.luck.chance(14) {
                // A slip of the pen in the last place.
                let last = written.pop().unwrap_or('0');
                written.push(if last == '7' { '1' } else { '7' });
            }
            let payer = self.clients.iter().find(|client| client.id == record.customer).map_or("", |client| &client.name);
            // The first part of the price.
            let amount = Fen(record.amount.map_or(10_000_000, |amount| amount.0) * 3 / 10).to_yuan();
            let today = self.today();
            lines.push(format!("FK{}{:06},{written},{amount},{payer},{today}", today.format("%Y%m%d"), self.luck.below(1_000_000)));
        }
        let finance = self.with_role(Role::Finance);
        match finance.first() {
            Some(_) if lines.len() > 1 => {
                let person = self.luck.pick(&finance);
                self.import(person, ImportKind::Slips, &lines)
            }
            _ => Ok(()),
        }
    }

    /// A supervisor looks through a back-check, answers its questions and says what is to be changed (R1, R2).
    fn look_back(&mut self, id: RecordId, person: PersonId) -> Result<()> {
        let Some(record) = self.record::<BackCheck>(id)? else { return Ok(()) };
        if record.closed_at.is_some() || record.author != person {
            return Ok(());
        }
        let mut writes = Fields::new();
        for (touch, question) in record.unanswered() {
            let troubled = machine::CHECKS
                .iter()
                .filter(|(_, beside)| *beside == question)
                .any(|(check, _)| record.machine.get(&member(touch, check)).is_some_and(|found| found.starts_with("problem")));
            let answers =
                if troubled { [("yes", 25), ("no", 55), ("unclear", 20)] } else { [("yes", 92), ("no", 3), ("unclear", 5)] };
            let answer = self.luck.weighted(&answers);
            writes.insert(format!("answers/{}", member(touch, question)), answer.into());
            if answer == "no" {
                let remark = match question {
                    "evidence" => "remark.evidence",
                    "follow_up" => "remark.follow_up",
                    _ => "remark.other",
                };
                writes.insert(format!("notes/{}", member(touch, question)), phrase(remark, &mut self.luck).into());
            }
        }
        writes.extend([text_field("conclusion", phrase("conclusion", &mut self.luck)), time_field("closed_at", self.now())]);
        self.edit_now(person, id, &writes)
    }
}

//! The one way in: parse → judge → apply → project → who may read it → rules → inboxes, all in one transaction.
//!
//! A change that is not accepted is kept aside with its reason; every other document goes through.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_record::doc::DocError;
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, RecordId, ReportId, TaskId, TouchId};
use chuda_record::kind::contract::E_SIGN;
use chuda_record::kind::lead::LeadRequest;
use chuda_record::policy::{self, AUTHOR_FIELD, Type, Writer};
use chuda_record::rules::audience::{self, Audience, People};
use chuda_record::rules::{Config, Subject, firing};
use chuda_record::wire::DocumentChanges;
use chuda_record::{
    Actor, BackCheck, Change, Doc, Fields, Kind, Record as _, Rejection, Report, Role, Scalar, Task, Touch, customer_of,
    from_fields, is_open, kind_of, time_of,
};
use chuda_record::{Error, Result};

use crate::audit::{self, By};
use crate::stores::Tx;
use crate::stores::sqlite::{Configs, Document, InboxRow, Projection, Refused};
use crate::{backcheck, duplicates, effects, events, leads, outside, signature, slips};

/// Most changes that one document may have.
const MAX_DOCUMENT_CHANGES: usize = 10_000;
/// Most refused changes that are kept of one device.
const MAX_QUARANTINED: usize = 10_000;
/// How often rules may set off rules in one exchange.
const MAX_ROUNDS: usize = 16;

/// Whose device sends changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
}

/// The changes of one document as they came, taken apart.
pub(crate) struct Incoming {
    document: RecordId,
    changes: Vec<Result<Change, Broken>>,
}

/// Bytes that are not a change.
struct Broken {
    hash: Hash,
    reason: Rejection,
    bytes: Vec<u8>,
}

/// Takes apart what came, before the database is asked for anything. What belongs to one document is put together.
pub(crate) fn parse(documents: Vec<DocumentChanges>) -> Vec<Incoming> {
    let mut incoming: Vec<Incoming> = Vec::with_capacity(documents.len());
    let mut places: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    for DocumentChanges { document, changes } in documents {
        let changes = changes.into_iter().map(|bytes| {
            Change::parse(&bytes).map_err(|error| Broken { hash: Hash::of(&bytes), reason: rejection(&error), bytes: bytes.into() })
        });
        if let Some(place) = places.get(&document) {
            incoming[*place].changes.extend(changes);
        } else {
            places.insert(document, incoming.len());
            incoming.push(Incoming { document: RecordId(uuid::Uuid::from_bytes(document)), changes: changes.collect() });
        }
    }
    incoming
}

/// A change that was refused: of which document, its hash, and why.
pub(crate) type Rejected = (RecordId, Hash, Rejection);

/// One transaction's worth of writing.
pub(crate) struct Ingest<'t> {
    tx: &'t Tx<'t>,
    now: DateTime<Utc>,
    own: Actor,
    people: Arc<People>,
    configs: Arc<Configs>,
    with_device: Arc<BTreeSet<PersonId>>,
    customers: BTreeMap<CustomerId, Rc<CustomerPeople>>,
    changed: BTreeSet<(Kind, RecordId)>,
    outgoing: BTreeMap<PersonId, Vec<InboxRow>>,
}

/// Who stands by a customer.
struct CustomerPeople {
    holder: Option<PersonId>,
    all: BTreeSet<PersonId>,
}

/// What is to be stored of one document.
struct Commit<'a> {
    document: RecordId,
    kind: Kind,
    before: Option<&'a Document>,
    fields: &'a Fields,
    conflicts: &'a BTreeMap<String, Vec<Scalar>>,
    changes: &'a [Change],
    sender: Option<Sender>,
    by: &'a By,
}

/// Something for somebody to know.
pub(crate) struct Notice<'a> {
    /// A kind of task of the configuration.
    pub(crate) kind: &'a str,
    /// Which rule of the server says so.
    pub(crate) rule: &'a str,
    pub(crate) assignee: Option<PersonId>,
    /// Where there is no person: anybody of this role.
    pub(crate) role: Option<Role>,
    pub(crate) customer: Option<CustomerId>,
    /// The record it is about.
    pub(crate) source: RecordId,
    /// What held.
    pub(crate) because: String,
}

impl<'t> Ingest<'t> {
    /// Begins; `now` is the server's clock.
    pub(crate) fn open(tx: &'t Tx<'t>, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self {
            tx,
            now,
            own: Actor { device: tx.own_device()?, incarnation: 0 },
            people: tx.people()?,
            configs: tx.configs()?,
            with_device: tx.people_with_device()?,
            customers: BTreeMap::new(),
            changed: BTreeSet::new(),
            outgoing: BTreeMap::new(),
        })
    }

    /// Takes in what a device sent, parents before children, and says what was refused.
    pub(crate) fn push(&mut self, sender: Sender, incoming: Vec<Incoming>) -> Result<Vec<Rejected>> {
        let mut ordered = Vec::with_capacity(incoming.len());
        for document in incoming {
            let stored = self.tx.document(document.document)?;
            let kind = stored.as_ref().map(|stored| stored.kind).or_else(|| {
                document.changes.iter().find_map(|change| change.as_ref().ok().and_then(|change| kind_of(&change.writes)))
            });
            ordered.push((kind, stored, document));
        }
        ordered.sort_by_key(|(kind, ..)| Kind::ALL.iter().position(|other| Some(*other) == *kind).unwrap_or(usize::MAX));
        let mut rejected = Vec::new();
        for (_, stored, document) in ordered {
            // Rules run after all of them, and a document's own changes are all here: the state that was read still holds.
            self.push_document(sender, stored.as_ref(), document, &mut rejected)?;
        }
        Ok(rejected)
    }

    /// Tells a person or a role something, once an occasion: a task that is ticked off.
    pub(crate) fn notify(&mut self, occasion: &str, notice: Notice<'_>) -> Result<()> {
        let Notice { kind, rule, assignee, role, customer, source, because } = notice;
        let task = Task {
            task: kind.into(),
            assignee,
            role,
            customer,
            source,
            rule: rule.into(),
            config: self.config().version,
            because: Some(because),
            notice: true,
            choices: BTreeSet::new(),
            script_pack: None,
            created_at: self.now,
            due: None,
            done_at: None,
            done_by: None,
            choice: None,
            reason: None,
        };
        let fields = task.to_new_fields().map_err(|error| Error::internal("task.encode", error))?;
        self.write(TaskId::derived(&format!("task/{rule}/{occasion}")).into(), &fields)
    }

    /// Writes fields of a record in the server's own name.
    pub(crate) fn write(&mut self, document: RecordId, fields: &Fields) -> Result<()> {
        self.write_by(&By::server(), document, fields)
    }

    /// Writes fields of a record for somebody who asked the server to, as the log will say.
    pub(crate) fn write_by(&mut self, by: &By, document: RecordId, fields: &Fields) -> Result<()> {
        let before = self.tx.document(document)?;
        let mut doc = self.load(document, before.is_some())?;
        let fault = |error: &dyn std::fmt::Display| Error::internal("document.write", error);
        let Some(change) = doc.write(self.own, self.now, fields).map_err(|error| fault(&error))? else { return Ok(()) };
        let after = doc.fields();
        let kind = kind_of(&after).ok_or_else(|| fault(&"no kind"))?;
        kind.check(&after).map_err(|error| fault(&error))?;
        let (before, conflicts) = (before.as_ref(), doc.conflicts());
        self.commit(&Commit { document, kind, before, fields: &after, conflicts: &conflicts, changes: &[change], sender: None, by })
    }

    /// Writes fields of a record as a person does who is at the API rather than at a phone, if that person may.
    pub(crate) fn write_as(
        &mut self,
        person: PersonId,
        by: &By,
        document: RecordId,
        fields: &Fields,
    ) -> Result<Result<(), Rejection>> {
        let Some(stored) = self.tx.document(document)?.filter(|_| !fields.is_empty()) else {
            return Ok(Err(Rejection::NotAllowed));
        };
        if !self.tx.may_read(document, person)? {
            return Ok(Err(Rejection::NotAllowed));
        }
        let writer = self.writer(person, document, stored.kind, &stored.fields)?;
        if let Err(reason) = policy::judge(stored.kind, Some(&stored.fields), &writer, fields) {
            return Ok(Err(reason));
        }
        self.write_by(by, document, fields).map(Ok)
    }

    /// Writes into every evidence record that names some bytes that they are here and have been checked.
    pub(crate) fn blob_stored(&mut self, sha256: Hash) -> Result<()> {
        for evidence in self.tx.evidence_of_blob(sha256)? {
            self.note_stored(evidence.id)?;
        }
        Ok(())
    }

    /// Carries out the rules that what was written sets off, and fills the inboxes.
    pub(crate) fn finish(mut self) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let changed = std::mem::take(&mut self.changed);
            if changed.is_empty() {
                break;
            }
            outside::sort_out(&mut self, &changed)?;
            for (kind, record) in changed {
                match kind {
                    Kind::Evidence => self.note_stored(record)?,
                    Kind::Lead => leads::settle(&mut self, record)?,
                    Kind::Customer => duplicates::look_for(&mut self, record)?,
                    Kind::Finding => duplicates::merge(&mut self, record)?,
                    Kind::Contract => slips::link(&mut self, record)?,
                    Kind::BackCheck => backcheck::close(&mut self, record)?,
                    _ => {}
                }
                effects::carry_out(&mut self, kind, record)?;
            }
        }
        if !self.changed.is_empty() {
            tracing::error!(left = self.changed.len(), "rules set each other off without end");
        }
        self.outgoing.iter().try_for_each(|(person, rows)| self.tx.deliver(*person, rows))
    }

    pub(crate) fn tx(&self) -> &'t Tx<'t> {
        self.tx
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn people(&self) -> Arc<People> {
        self.people.clone()
    }

    /// The configuration that a record was made under; the one in force where it names none that there is (T6).
    pub(crate) fn config_of(&self, fields: &Fields) -> Arc<Config> {
        effects::version_in(fields).and_then(|version| self.configs.get(&version).cloned()).unwrap_or_else(|| self.config())
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.configs.values().next_back().cloned().unwrap_or_else(|| Arc::new(Config::builtin().clone()))
    }

    fn push_document(
        &mut self,
        sender: Sender,
        stored: Option<&Document>,
        incoming: Incoming,
        rejected: &mut Vec<Rejected>,
    ) -> Result<()> {
        let document = incoming.document;
        let by = By::device(sender.person, sender.device);
        let mut draft = Draft {
            document,
            known: if stored.is_some() { self.tx.change_hashes(document)? } else { BTreeSet::new() },
            refused: BTreeSet::new(),
            kind: stored.map(|stored| stored.kind),
            fields: stored.map(|stored| stored.fields.clone()),
            exists: stored.is_some(),
            doc: None,
            accepted: Vec::new(),
        };
        for change in incoming.changes {
            let (hash, bytes, reason) = match change {
                Ok(change) if draft.known.contains(&change.hash) => continue,
                Ok(change) => match self.accept(sender, &mut draft, &change)? {
                    Ok(()) => {
                        draft.known.insert(change.hash);
                        draft.accepted.push(change);
                        continue;
                    }
                    Err(reason) => (change.hash, change.bytes().to_vec(), reason),
                },
                Err(broken) => (broken.hash, broken.bytes, broken.reason),
            };
            tracing::info!(device = %sender.device, %document, reason = reason.key(), "change refused");
            audit::log_refusal(self.tx, self.now, &by, (document, draft.kind), hash, reason.key())?;
            let refused = Refused { document, hash, device: sender.device, reason: &reason.to_json(), bytes: &bytes };
            self.tx.quarantine(&refused, self.now, MAX_QUARANTINED)?;
            draft.refused.insert(hash);
            rejected.push((document, hash, reason));
        }
        if let Draft { kind: Some(kind), fields: Some(fields), accepted, doc, .. } = draft
            && !accepted.is_empty()
        {
            let conflicts = doc.as_ref().map(Doc::conflicts).unwrap_or_default();
            let (changes, sender) = (accepted.as_slice(), Some(sender));
            self.commit(&Commit {
                document,
                kind,
                before: stored,
                fields: &fields,
                conflicts: &conflicts,
                changes,
                sender,
                by: &by,
            })?;
        }
        Ok(())
    }

    /// Whether one change may be added to the draft; if so, it is in the draft's document afterwards.
    fn accept(&mut self, sender: Sender, draft: &mut Draft, change: &Change) -> Result<Result<(), Rejection>> {
        let document = draft.document;
        if draft.known.len() >= MAX_DOCUMENT_CHANGES {
            return Ok(Err(Rejection::TooLarge));
        }
        if change.actor.device != sender.device {
            return Ok(Err(Rejection::ForeignActor));
        }
        if let Some(missing) = change.deps.iter().find(|dependency| !draft.known.contains(dependency)) {
            let was_refused = draft.refused.contains(missing) || self.tx.is_quarantined(document, *missing)?;
            return Ok(Err(if was_refused { Rejection::DependsOnRejected } else { Rejection::MissingDependency }));
        }
        let Some(kind) = draft.kind.or_else(|| kind_of(&change.writes)) else { return Ok(Err(Rejection::UnknownKind)) };
        if draft.exists && !self.tx.may_read(document, sender.person)? && !leads::is_claim(kind, change, sender.person) {
            return Ok(Err(Rejection::NotAllowed));
        }
        let writer = self.writer(sender.person, document, kind, draft.fields.as_ref().unwrap_or(&change.writes))?;
        if let Err(reason) = policy::judge(kind, draft.fields.as_ref(), &writer, &change.writes) {
            return Ok(Err(reason));
        }
        if let Err(reason) = self.check_links(sender, document, kind, draft.fields.as_ref(), change)? {
            return Ok(Err(reason));
        }
        let check = |fields: &Fields| kind.check(fields).map_err(|error| Rejection::Invalid { detail: error.0 });
        if !draft.exists && draft.accepted.is_empty() && change.is_whole_document() {
            return Ok(check(&change.writes).map(|()| (draft.kind, draft.fields) = (Some(kind), Some(change.writes.clone()))));
        }
        let mut doc = match draft.doc.take() {
            Some(doc) => doc,
            None => self.rebuild(draft)?,
        };
        // When it fails the copy is spoilt; the next change gets a fresh one.
        let applied = doc.apply([change.clone()]).map_err(|error| rejection(&error)).and_then(|()| {
            let fields = doc.fields();
            check(&fields).map(|()| fields)
        });
        Ok(applied.map(|fields| (draft.doc, draft.kind, draft.fields) = (Some(doc), Some(kind), Some(fields))))
    }

    /// The document with all that was accepted so far.
    fn rebuild(&self, draft: &Draft) -> Result<Doc> {
        let mut doc = self.load(draft.document, draft.exists)?;
        doc.apply(draft.accepted.iter().cloned()).map_err(|error| Error::internal("document.rebuild", error))?;
        Ok(doc)
    }

    fn writer(&mut self, id: PersonId, document: RecordId, kind: Kind, fields: &Fields) -> Result<Writer> {
        let holder = match customer_of(document, kind, fields) {
            Some(customer) => self.customer(customer)?.holder,
            None => None,
        };
        let above = |person: PersonId| audience::superiors(person, &self.people).contains(&id);
        let is_superior = author_of(fields).into_iter().chain(holder).any(above);
        let roles = self.people.get(&id).map(|person| person.roles.clone()).unwrap_or_default();
        Ok(Writer::Person { id, roles, holds_customer: holder == Some(id), is_superior })
    }

    /// What must hold between records, for the fields that a change writes.
    fn check_links(
        &mut self,
        sender: Sender,
        document: RecordId,
        kind: Kind,
        before: Option<&Fields>,
        change: &Change,
    ) -> Result<Result<(), Rejection>> {
        let invalid = |detail: &str| Ok(Err(Rejection::Invalid { detail: detail.into() }));
        let writes = &change.writes;
        let text = |field: &str| writes.get(field).and_then(Scalar::as_text);
        let is_sender = |field: &str| text(field).is_none_or(|value| value.parse() == Ok(sender.person));
        let signs = || ["signed_at", "signed_by", "signed_with", "signature"].into_iter().any(|field| writes.contains_key(field));
        if let Some(customer) = text("customer").filter(|_| kind != Kind::Customer) {
            let Ok(customer) = customer.parse::<CustomerId>() else { return invalid("customer") };
            // Whoever may not read it must not learn whether it exists.
            if !self.tx.may_read(customer.into(), sender.person)? {
                return invalid("customer");
            }
        }
        // What is chosen from a list of the configuration is one of its options; touches and tasks are looked at more closely below.
        let config = self.config_of(before.unwrap_or(writes));
        for (field, value) in writes.iter().filter(|_| !matches!(kind, Kind::Touch | Kind::Task)) {
            if let (Some(Type::Option(list)), Scalar::Text(key)) = (kind.type_of(field), value)
                && config.list(list).iter().all(|option| option.key != *key)
            {
                return invalid(field);
            }
        }
        match kind {
            Kind::Question | Kind::Demand if !is_sender("assignee") => return invalid("assignee"),
            Kind::Question if !is_sender("answered_by") => return invalid("answered_by"),
            Kind::Demand if !is_sender("assessed_by") => return invalid("assessed_by"),
            Kind::Finding if !is_sender("resolved_by") => return invalid("resolved_by"),
            Kind::Finding if writes.contains_key("resolution") && text("reason").is_none_or(|reason| reason.trim().is_empty()) => {
                return invalid("reason");
            }
            Kind::Customer | Kind::Lead if before.is_none() && !is_sender("holder") => return invalid("holder"),
            Kind::Lead if !is_sender("moved_by") => return invalid("moved_by"),
            Kind::Lead => {
                if let Err(detail) = leads::check(before, writes, sender.person) {
                    return invalid(detail);
                }
                if before.is_none() && self.is_held_otherwise(writes)? {
                    return invalid("holder");
                }
                for (key, value) in writes.iter().filter(|(key, _)| key.starts_with("requests/")) {
                    let asked_by = value.as_text().and_then(LeadRequest::parse).and_then(|request| request.by());
                    if asked_by != Some(sender.person) {
                        return Ok(Err(Rejection::Invalid { detail: key.clone() }));
                    }
                }
            }
            Kind::Contract if signs() => {
                let signed = before.map(|before| signature::check(self, sender, document, before, writes)).transpose()?;
                if signed != Some(true) {
                    return invalid("signature");
                }
            }
            Kind::BackCheck => {
                if let Some(Err(reason)) = before.map(|before| BackCheck::check_edit(before, writes)) {
                    return Ok(Err(reason));
                }
            }
            Kind::Task if !is_sender("done_by") => return invalid("done_by"),
            // The signature itself does it, and closes it.
            Kind::Task if before.and_then(|task| task.get("task")).and_then(Scalar::as_text) == Some(E_SIGN) => {
                return invalid("signature");
            }
            Kind::Task => {
                if let Some(task) = before.filter(|_| writes.contains_key("done_at") || writes.contains_key("choice"))
                    && let Err(detail) = check_done(&self.config_of(task), task, text("choice"), text("reason"))
                {
                    return invalid(detail);
                }
            }
            Kind::Report if before.is_none() => match from_fields::<Report>(writes) {
                Ok(report) if report.briefs.values().any(|brief| !self.has_brief(writes, brief)) => return invalid("briefs"),
                Ok(report) if RecordId::from(ReportId::of(report.author, report.day)) == document => {}
                Ok(_) => return invalid("day"),
                Err(error) => return Ok(Err(Rejection::Invalid { detail: error.0 })),
            },
            Kind::Evidence => {
                if before.is_none() && text("device").is_some_and(|device| device.parse() != Ok(change.actor.device)) {
                    return invalid("device");
                }
                if let Some(touch) = text("touch") {
                    let touch = touch.parse::<RecordId>().ok().map(|touch| self.tx.document(touch)).transpose()?.flatten();
                    let own = |touch: &Document| touch.kind == Kind::Touch && author_of(&touch.fields) == Some(sender.person);
                    if !touch.as_ref().is_some_and(own) {
                        return invalid("touch");
                    }
                }
            }
            Kind::Touch => {
                if before.is_none()
                    && let Err(detail) = self.check_form(document, writes)?
                {
                    return Ok(Err(Rejection::Invalid { detail }));
                }
                for evidence in evidence_in(writes) {
                    // It may come later; one that is there must be the author's own.
                    let evidence = self.tx.document(evidence.into())?;
                    let own = |other: &Document| other.kind == Kind::Evidence && author_of(&other.fields) == Some(sender.person);
                    if evidence.is_some_and(|other| !own(&other)) {
                        return invalid("evidence");
                    }
                }
            }
            _ => {}
        }
        Ok(Ok(()))
    }

    /// Whether a new lead names another holder than its customer has: entering a lead takes no customer from anybody.
    fn is_held_otherwise(&mut self, lead: &Fields) -> Result<bool> {
        let Some(customer) = lead.get("customer").and_then(Scalar::as_text).and_then(|id| id.parse().ok()) else {
            return Ok(false);
        };
        let holder = lead.get("holder").and_then(Scalar::as_text).and_then(|id| id.parse().ok());
        Ok(self.customer(customer)?.holder != holder)
    }

    /// Whether a new touch has what form and rules ask for, by the configuration it was made under (T1, B2, T6).
    fn check_form(&self, document: RecordId, writes: &Fields) -> Result<Result<(), String>> {
        let config = self.config_of(writes);
        let Ok(touch) = from_fields::<Touch>(writes) else { return Ok(Ok(())) };
        if config.actions.iter().all(|choice| choice.key != touch.action) {
            return Ok(Err("action".into()));
        }
        if touch.brief.is_some_and(|brief| config.briefs.iter().all(|choice| choice.key != brief)) {
            return Ok(Err("brief".into()));
        }
        if let Some(field) = firing::misfit(&config, Kind::Touch, writes) {
            return Ok(Err(field));
        }
        let subject = Subject { id: document, kind: Kind::Touch, fields: writes, world: self.tx };
        Ok(firing::missing(&config, &subject)?.into_iter().next().map_or(Ok(()), Err))
    }

    /// Whether there is such a brief in the configuration that a record was made under (B1).
    fn has_brief(&self, fields: &Fields, brief: &str) -> bool {
        self.config_of(fields).briefs.iter().any(|choice| choice.key == brief)
    }

    /// Evidence can name bytes that are here already, and bytes can come after their evidence.
    fn note_stored(&mut self, evidence: RecordId) -> Result<()> {
        let Some(document) = self.tx.document(evidence)? else { return Ok(()) };
        let sha256 = document.fields.get("sha256").and_then(Scalar::as_text).and_then(|hash| hash.parse().ok());
        if document.fields.contains_key("stored_at") || sha256.map_or(Ok(None), |hash| self.tx.blob(hash))?.is_none() {
            return Ok(());
        }
        self.write(evidence, &Fields::from([("stored_at".into(), Scalar::Int(self.now.timestamp_millis()))]))
    }

    fn load(&self, document: RecordId, exists: bool) -> Result<Doc> {
        if !exists {
            return Ok(Doc::new());
        }
        let changes = self.tx.changes(document)?;
        Doc::load(changes.iter().map(Vec::as_slice)).map_err(|error| Error::internal("document.load", error))
    }

    fn commit(&mut self, commit: &Commit<'_>) -> Result<()> {
        let Commit { document, kind, before, fields, conflicts, changes, sender, by } = *commit;
        let device = sender.map_or(self.own.device, |sender| sender.device);
        let numbers: Vec<i64> =
            changes.iter().map(|change| self.tx.add_change(document, change, device, self.now)).collect::<Result<_>>()?;
        audit::log_changes(self.tx, self.now, by, (document, kind), before.is_none(), changes)?;
        self.project(document, kind, fields, conflicts)?;
        self.changed.insert((kind, document));
        events::announce(self.tx, document, kind, before.map(|before| &before.fields), fields, self.now)?;
        let affected = self.relate(document, kind, before.map(|before| &before.fields), fields)?;

        let readers = if before.is_some() { self.tx.readers(document)? } else { BTreeSet::new() };
        let audience = self.audience(document, kind, fields)?;
        for person in readers.intersection(&audience).chain(audience.iter().filter(|_| before.is_none())) {
            let origin = sender.filter(|sender| sender.person == *person).map(|sender| sender.device);
            self.send(*person, numbers.iter().map(|number| InboxRow { document, change: Some(*number), origin }));
        }
        if before.is_none() {
            audience.iter().try_for_each(|person| self.tx.add_reader(document, *person))?;
        } else {
            self.regroup(document, &readers, &audience)?;
        }
        affected.into_iter().filter(|other| *other != document).try_for_each(|other| self.review(other))
    }

    fn project(&self, document: RecordId, kind: Kind, fields: &Fields, conflicts: &BTreeMap<String, Vec<Scalar>>) -> Result<()> {
        let text = |field: &str| fields.get(field).and_then(Scalar::as_text);
        let parent = match kind {
            Kind::Evidence | Kind::Event => text("touch"),
            _ => text("source"),
        };
        self.tx.put_document(&Projection {
            id: document,
            kind,
            author: author_of(fields),
            customer: customer_of(document, kind, fields),
            parent: parent.and_then(|id| id.parse().ok()),
            blob: text("sha256").filter(|_| kind == Kind::Evidence).and_then(|hash| hash.parse().ok()),
            day: text("day"),
            open: is_open(kind, fields),
            at: time_of(fields).unwrap_or_else(|| self.now.timestamp_millis()),
            fields,
            conflicts,
        })
    }

    /// Notes how a record hangs together with others, and says which others someone else may read now, or no longer.
    fn relate(&mut self, document: RecordId, kind: Kind, before: Option<&Fields>, fields: &Fields) -> Result<BTreeSet<RecordId>> {
        let differs = |field: &str| before.is_none_or(|before| before.get(field) != fields.get(field));
        let mut affected = BTreeSet::new();
        match kind {
            Kind::Touch => {
                for evidence in evidence_in(fields) {
                    if self.tx.link(TouchId::from(document), evidence)? {
                        affected.insert(evidence.into());
                    }
                }
                if let (Some(customer), Some(author), None) = (customer_of(document, kind, fields), author_of(fields), before) {
                    let stands_by = self.customer(customer)?.all.contains(&author);
                    if self.tx.add_touched(customer, author)? && !stands_by {
                        self.customers.remove(&customer);
                        affected.extend(self.tx.documents_of_customer(customer)?);
                    }
                }
            }
            Kind::Evidence => {
                if let Some(touch) = fields.get("touch").and_then(Scalar::as_text).and_then(|touch| touch.parse().ok()) {
                    self.tx.link(touch, EvidenceId::from(document))?;
                }
                // The rules look at touches; a piece of evidence that came late changes what they see.
                for touch in self.tx.touches_with(EvidenceId::from(document))? {
                    self.changed.insert((Kind::Touch, touch.into()));
                }
            }
            Kind::Customer if differs("holder") => {
                self.customers.remove(&CustomerId::from(document));
                if before.is_some() {
                    affected.extend(self.tx.documents_of_customer(document.into())?);
                }
            }
            Kind::Task if before.is_none() || differs("assignee") => affected.extend(self.around_task(fields)?),
            Kind::Contract | Kind::Order | Kind::Meeting => {
                if kind == Kind::Contract && differs("promised_service") {
                    // An order's rules look at what its contract promises (B5).
                    self.changed.extend(self.tx.children(document, Kind::Order)?.into_iter().map(|order| (Kind::Order, order.id)));
                }
                for fields in before.into_iter().chain([fields]) {
                    affected.extend(self.named_by(fields)?);
                }
            }
            Kind::Config => {
                self.tx.configs_changed()?;
                self.configs = self.tx.configs()?;
            }
            Kind::Person => {
                self.tx.people_changed()?;
                self.people = self.tx.people()?;
                let roles = |fields: &Fields| -> Fields {
                    fields
                        .iter()
                        .filter(|(key, _)| key.starts_with("roles/"))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect()
                };
                if before.is_none() {
                    // What is for everybody is for whoever joins, too.
                    affected.extend(self.tx.documents_of_kind(Kind::Person)?);
                    affected.extend(self.tx.documents_of_kind(Kind::Config)?);
                }
                if before.is_none_or(|before| roles(before) != roles(fields)) {
                    for task in self.tx.documents_of_kind(Kind::Task)? {
                        let task_fields = self.tx.document(task)?.map(|task| task.fields).unwrap_or_default();
                        affected.extend(self.around_task(&task_fields)?);
                        affected.insert(task);
                    }
                    for kind in [Kind::Order, Kind::Question, Kind::Demand, Kind::Finding, Kind::Slip] {
                        affected.extend(self.tx.documents_of_kind(kind)?);
                    }
                    affected.extend(self.tx.unheld()?);
                }
                if before.is_some() && differs("reports_to") {
                    affected.extend(self.tx.documents_read_by(document.into())?);
                }
            }
            _ => {}
        }
        Ok(affected)
    }

    /// Works out anew who may read a record that was not itself written, and the evidence of a touch with it.
    fn review(&mut self, document: RecordId) -> Result<()> {
        let Some(stored) = self.tx.document(document)? else { return Ok(()) };
        let audience = self.audience(document, stored.kind, &stored.fields)?;
        let readers = self.tx.readers(document)?;
        self.regroup(document, &readers, &audience)?;
        if stored.kind == Kind::Touch {
            for evidence in evidence_in(&stored.fields) {
                self.review(evidence.into())?;
            }
        }
        Ok(())
    }

    /// Whoever may read a record from now on gets all of it; from whoever may not any more it is taken.
    fn regroup(&mut self, document: RecordId, before: &BTreeSet<PersonId>, after: &BTreeSet<PersonId>) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let numbers = self.tx.change_numbers(document)?;
        for person in after.difference(before) {
            self.tx.add_reader(document, *person)?;
            self.send(*person, numbers.iter().map(|number| InboxRow { document, change: Some(*number), origin: None }));
        }
        for person in before.difference(after) {
            self.tx.remove_reader(document, *person)?;
            self.send(*person, [InboxRow { document, change: None, origin: None }]);
        }
        Ok(())
    }

    fn audience(&mut self, document: RecordId, kind: Kind, fields: &Fields) -> Result<BTreeSet<PersonId>> {
        let mut customer = customer_of(document, kind, fields);
        let about = match kind {
            Kind::Customer => self.tx.tasks_about(document.into())?,
            Kind::Contract | Kind::Contact => customer.map_or(Ok(Vec::new()), |customer| self.about(customer, kind, document))?,
            Kind::Evidence => {
                let mut tasks = Vec::new();
                for touch in self.tx.touches_with(document.into())? {
                    let Some(touch) = self.tx.document(touch.into())? else { continue };
                    // Naming another's evidence gives nobody a look at it.
                    if author_of(&touch.fields) == author_of(fields) {
                        customer = customer.or(customer_of(touch.id, touch.kind, &touch.fields));
                        tasks.extend(self.tx.tasks_from(touch.id)?);
                    }
                }
                tasks
            }
            _ => self.tx.tasks_from(document)?,
        };
        let people = self.people.clone();
        let audience = match customer {
            Some(customer) => Audience::of(kind, fields, &self.customer(customer)?.all, &about, &people),
            None => Audience::of(kind, fields, &BTreeSet::new(), &about, &people),
        };
        Ok(match audience {
            Audience::Team => people.keys().copied().collect(),
            // A name that stands for nobody gets no inbox.
            Audience::People(readers) => readers.into_iter().filter(|person| people.contains_key(person)).collect(),
        })
    }

    /// The tasks about a contract or a contact person, and whatever names it with the tasks about that: a contact person that a
    /// contract names is known to whoever knows the contract.
    fn about(&self, customer: CustomerId, kind: Kind, document: RecordId) -> Result<Vec<Fields>> {
        let mut about = self.tx.tasks_from(document)?;
        for naming in self.tx.naming(customer, kind.as_str(), document)? {
            match (kind, naming.kind) {
                (Kind::Contact, Kind::Contract) => about.extend(self.about(customer, Kind::Contract, naming.id)?),
                _ => about.extend(self.tx.tasks_from(naming.id)?),
            }
            about.push(naming.fields);
        }
        Ok(about)
    }

    /// What a task is about: where it came from, what that names, and the customer.
    fn around_task(&self, task: &Fields) -> Result<Vec<RecordId>> {
        let source = link(task, "source").map_or(Ok(None), |source| self.tx.document(source))?;
        let mut around = source.map_or(Ok(Vec::new()), |source| self.named_by(&source.fields))?;
        around.extend(link(task, "source").into_iter().chain(link(task, "customer")));
        Ok(around)
    }

    /// The contract and the contact person that a record names, and the one that this contract names.
    fn named_by(&self, fields: &Fields) -> Result<Vec<RecordId>> {
        let contract = link(fields, "contract");
        let of_contract = contract.map_or(Ok(None), |contract| self.tx.document(contract))?;
        let contacts = [Some(fields), of_contract.as_ref().map(|contract| &contract.fields)].into_iter().flatten();
        Ok(contract.into_iter().chain(contacts.filter_map(|fields| link(fields, "contact"))).collect())
    }

    fn customer(&mut self, customer: CustomerId) -> Result<Rc<CustomerPeople>> {
        if let Some(known) = self.customers.get(&customer) {
            return Ok(known.clone());
        }
        let mut all = self.tx.touched(customer)?;
        let fields = self.tx.document(customer.into())?.map(|document| document.fields).unwrap_or_default();
        let person = |field: &str| fields.get(field).and_then(Scalar::as_text).and_then(|id| id.parse().ok());
        let holder = person("holder");
        all.extend(person(AUTHOR_FIELD).into_iter().chain(holder));
        let people = Rc::new(CustomerPeople { holder, all });
        // A customer whose record is yet to be written is not remembered as having nobody.
        if !fields.is_empty() {
            self.customers.insert(customer, people.clone());
        }
        Ok(people)
    }

    fn send(&mut self, person: PersonId, rows: impl IntoIterator<Item = InboxRow>) {
        if self.with_device.contains(&person) {
            self.outgoing.entry(person).or_default().extend(rows);
        }
    }
}

/// Whether a task can be done so; otherwise the field that is wrong.
pub(crate) fn check_done(config: &Config, task: &Fields, choice: Option<&str>, reason: Option<&str>) -> Result<(), &'static str> {
    let option = match choice {
        Some(choice) if task.get(&format!("choices/{choice}")) == Some(&Scalar::Bool(true)) => {
            config.choices.iter().find(|other| other.key == choice)
        }
        None if task.iter().all(|(key, value)| !key.starts_with("choices/") || *value != Scalar::Bool(true)) => {
            let kind = task.get("task").and_then(Scalar::as_text);
            config.tasks.iter().find(|other| Some(other.key.as_str()) == kind)
        }
        _ => return Err("choice"),
    };
    let needs_reason = option.is_some_and(|option| option.needs_reason);
    if needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) { Err("reason") } else { Ok(()) }
}

/// The evidence that fields of a touch name.
pub(crate) fn evidence_in(fields: &Fields) -> impl Iterator<Item = EvidenceId> + '_ {
    let members =
        fields.iter().filter(|(_, value)| **value == Scalar::Bool(true)).filter_map(|(key, _)| key.strip_prefix("evidence/"));
    members.filter_map(|id| id.parse().ok())
}

/// Who created a record.
pub(crate) fn author_of(fields: &Fields) -> Option<PersonId> {
    fields.get(AUTHOR_FIELD).and_then(Scalar::as_text).and_then(|id| id.parse().ok())
}

/// A document whose changes are being judged, and the state that the accepted ones lead to.
struct Draft {
    document: RecordId,
    /// Whether the server has it already.
    exists: bool,
    known: BTreeSet<Hash>,
    refused: BTreeSet<Hash>,
    doc: Option<Doc>,
    kind: Option<Kind>,
    fields: Option<Fields>,
    accepted: Vec<Change>,
}

/// The record that a field names.
fn link(fields: &Fields, field: &str) -> Option<RecordId> {
    fields.get(field).and_then(Scalar::as_text)?.parse().ok()
}

fn rejection(error: &DocError) -> Rejection {
    match error {
        DocError::Malformed => Rejection::Malformed,
        DocError::TooLarge => Rejection::TooLarge,
        DocError::MissingDependency => Rejection::MissingDependency,
        DocError::ReusedSequence => Rejection::ReusedSequence,
    }
}

//! Touches: of a customer, of a day, one with its evidence.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::dialect::names_its_customer;
use super::view::{EvidenceView, ItemState, PersonView, Word};
use super::{Ask, Shown, dialect};
use crate::store::Row;
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, PersonId, TouchId};
use chuda_record::rules::firing::{self, Moment};
use chuda_record::rules::metrics::Outcome;
use chuda_record::rules::{Firing, Subject, result};
use chuda_record::time::day_of;
use chuda_record::view::added;
use chuda_record::{Contact, ContactMode, Event, Fen, Intent, Kind, Record as _, Touch};

/// Most events after a touch that are looked through for those that belong to it.
const EVENTS: u32 = 200;
/// How long before a touch its mail may have been sent.
const BEFORE: TimeDelta = TimeDelta::hours(24);

/// A touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(remote = "Self")]
pub struct TouchView {
    /// Which.
    pub id: TouchId,
    /// Whose.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// Customer.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// How.
    #[serde(rename = "contact_mode", serialize_with = "dialect::labelled")]
    pub mode: ContactMode,
    /// What.
    pub action: Word,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day, where it happened.
    pub day: NaiveDate,
    /// Whether it counts.
    #[serde(serialize_with = "dialect::labelled")]
    pub status: TouchStatus,
    /// What it is filed as (T2).
    pub category: Option<Word>,
    /// Progress brief (B1).
    pub brief: Option<Word>,
    /// Who answers the technical question (B2): a name.
    pub tech_owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    pub tech_owner_unknown: bool,
    /// When the answer is expected.
    pub response_by: Option<NaiveDate>,
    /// Amount.
    #[serde(rename = "amount_cny", serialize_with = "dialect::yuan")]
    pub amount: Option<Fen>,
    /// Custom development.
    pub custom_development: bool,
    /// Intent level seen.
    pub intent: Option<Intent>,
    /// The customer answered.
    pub feedback: bool,
    /// Who was touched (N1).
    pub contact: Option<String>,
    /// What that person is to the deal.
    pub contact_role: Option<Word>,
    /// Whether what was sent was opened in time (M1), where anybody can tell.
    #[serde(rename = "opened_within_24h", serialize_with = "dialect::opened")]
    pub opened: Option<Outcome>,
    /// What comes next.
    pub next_action: Option<String>,
    /// When.
    pub next_date: Option<NaiveDate>,
    /// At what time.
    #[serde(serialize_with = "chuda_record::view::to_the_minute")]
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
    /// Fields that a supervisor added to the form (T6), in the order they are asked.
    #[serde(serialize_with = "extra_by_key")]
    pub extra: Vec<ExtraView>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
    /// Fields changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

chuda_record::words! {
    /// Whether a touch counts yet.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    pub enum TouchStatus {
        /// 待补证据: kept, counts for nothing.
        Draft = "draft",
        /// Has evidence.
        Recorded = "recorded",
    }
}

/// What was filled into an added field (T6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ExtraView {
    /// Its label; the key is without `x/`.
    pub field: Word,
    /// As stored: text, a number, money in yuan, a day, `true` or `false`.
    pub value: String,
}

/// What a rule will do once the server has the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Triggered {
    /// The rule.
    pub rule: String,
    /// What it does, as a key, such as `task:quote_approval` or `category:quote_pending`.
    pub effect: String,
    /// What held: `action = quote, evidence = application/pdf`.
    pub because: String,
}

names_its_customer!(TouchView);

impl Ask<'_> {
    /// A customer's touches, newest first.
    pub fn timeline(&self, customer: CustomerId, limit: u32) -> Result<Vec<TouchView>> {
        self.each(self.tx.touches_of_customer(customer, limit)?)
    }

    /// Own touches of a day, newest first, drafts included.
    pub fn touches_of(&self, day: NaiveDate) -> Result<Vec<TouchView>> {
        self.each(self.tx.touches_of_day(self.me.id, day)?)
    }

    /// Own touches, newest first, drafts included.
    pub fn latest_touches(&self, limit: u32) -> Result<Vec<TouchView>> {
        self.each(self.tx.latest_touches(self.me.id, limit)?)
    }

    /// What the rules will do with a touch once the server has it.
    pub fn preview(&self, id: TouchId) -> Result<Vec<Triggered>> {
        let row = self.tx.find::<Touch>(id)?;
        let fields = row.record.to_new_fields().map_err(|error| Error::internal("record.misshapen", error))?;
        let subject = Subject { id: row.id, kind: Kind::Touch, fields: &fields, world: self.tx };
        let people = self.everybody();
        let config = self.tx.made_under(self.config, row.record.config)?;
        let moment = Moment { config: &config, people: &people, now: self.now };
        let firings = firing::preview(moment, &subject)?;
        Ok(firings
            .into_iter()
            .flat_map(|firing| {
                let Firing { rule, because, effects, .. } = firing;
                effects.into_iter().map(move |effect| Triggered { rule: rule.clone(), effect, because: because.clone() })
            })
            .collect())
    }

    /// Whether what was sent with a touch was opened in time (M1).
    fn opened(&self, id: TouchId, touch: &Touch) -> Result<Option<Outcome>> {
        let events: Vec<Event> =
            self.tx.events_since(touch.customer, touch.at - BEFORE, EVENTS)?.into_iter().map(|row| row.record).collect();
        Ok(result::opened(self.config, touch, events.iter().filter(|event| event.touch == Some(id)), self.now))
    }
}

impl Shown for TouchView {
    type Of = Touch;

    fn of(ask: &Ask<'_>, row: Row<Touch>) -> Result<Self> {
        let Row { id, record: touch, conflicts } = row;
        let contact = match touch.contact {
            Some(contact) => ask.tx.record::<Contact>(contact)?.map(|contact| contact.record),
            None => None,
        };
        let role = contact.as_ref().and_then(|contact| contact.role.as_deref());
        let opened = ask.opened(id.into(), &touch)?;
        // The record of evidence may arrive after the touch that names it.
        let mut evidence: Vec<EvidenceView> = Vec::with_capacity(touch.evidence.len());
        for id in &touch.evidence {
            match ask.one(*id) {
                Ok(view) => evidence.push(view),
                Err(error) if error.kind == chuda_record::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let added = added(&*ask.tx.made_under(ask.config, touch.config)?, &touch);
        let owner = touch.tech_owner.as_ref().map(|owner| match owner.parse::<PersonId>() {
            Ok(id) => (ask.person(id).name, false),
            Err(_) => (owner.clone(), true),
        });
        Ok(Self {
            id: id.into(),
            person: ask.person(touch.author),
            customer: touch.customer,
            customer_name: ask.customer_name(touch.customer)?,
            mode: touch.mode,
            action: Word::of(&ask.config.actions, &touch.action),
            at: touch.at,
            day: day_of(touch.at, touch.zone),
            status: if touch.evidence.is_empty() { TouchStatus::Draft } else { TouchStatus::Recorded },
            category: touch.category.as_deref().map(|key| Word::of(&ask.config.categories, key)),
            brief: touch.brief.as_deref().map(|key| Word::of(&ask.config.briefs, key)),
            tech_owner_unknown: owner.as_ref().is_some_and(|(_, unknown)| *unknown),
            tech_owner: owner.map(|(name, _)| name),
            response_by: touch.response_by,
            amount: touch.amount,
            custom_development: touch.custom_development,
            intent: touch.intent,
            feedback: touch.feedback,
            contact_role: role.map(|key| Word::of(&ask.config.contact_roles, key)),
            contact: contact.map(|contact| contact.name),
            opened,
            next_action: touch.next_action,
            next_date: touch.next_date,
            next_time: touch.next_time,
            note: touch.note,
            extra: added.into_iter().map(|(field, value)| ExtraView { field, value }).collect(),
            evidence,
            state: ask.state(id, &conflicts)?,
            conflicts,
        })
    }
}

/// Added fields by their key.
fn extra_by_key<S: Serializer>(extra: &[ExtraView], serializer: S) -> Result<S::Ok, S::Error> {
    extra.iter().map(|one| (&one.field.key, &one.value)).collect::<BTreeMap<_, _>>().serialize(serializer)
}

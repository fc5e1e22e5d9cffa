//! The commands of the way from a lead to a work order.
// These comments are what a person reads as help: keys stand in them without backticks.
#![expect(clippy::doc_markdown)]

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use chuda_record::Intent;
use chuda_record::id::{MeetingId, OrderId, RecordId};
use chuda_record::time::DEFAULT_ZONE;
use clap::{Args, Subcommand, ValueEnum};

use super::{date, intent};

#[derive(Debug, Args)]
pub(crate) struct CustomerSet {
    /// Id, name or short name
    #[arg(value_name = "CUSTOMER")]
    pub(crate) customer: String,
    /// A new full name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The name people say
    #[arg(long, value_name = "NAME")]
    pub(crate) short: Option<String>,
    /// Installation address: contracts and work orders take it from here
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Intent level
    #[arg(long, value_name = "A|B|C|D", value_parser = intent)]
    pub(crate) intent: Option<Intent>,
    /// The contact that forms suggest; added if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
    /// That person's position
    #[arg(long, requires = "contact")]
    pub(crate) position: Option<String>,
    /// That person's role in the deal: decision_maker, it, legal, end_user, …
    #[arg(long, value_name = "ROLE", requires = "contact")]
    pub(crate) contact_role: Option<String>,
    /// No longer a customer: left out of health and density
    #[arg(long, value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) closed: Option<YesNo>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lead {
    /// Put a lead into the pool, for whoever claims it first
    Add(LeadAdd),
    /// Your own leads, last changed first
    List(LeadList),
    /// One lead with its whole history
    Show(LeadWhich),
    /// Claim a lead that nobody holds
    Claim(LeadWhich),
    /// Put a lead back into the pool
    Release(LeadWhy),
    /// Assign a lead to somebody, as a superior
    Assign(LeadAssign),
    /// Correct the stage by hand
    Stage(LeadStage),
    /// Mark a lead as invalid
    Invalid(LeadWhy),
}

#[derive(Debug, Args)]
pub(crate) struct LeadAdd {
    /// Full name of the customer it may become
    pub(crate) name: String,
    /// The name people say
    #[arg(long, value_name = "NAME")]
    pub(crate) short: Option<String>,
    /// A person on the customer's side
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
    /// Installation address
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Where it came from, such as a campaign
    #[arg(long)]
    pub(crate) channel: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LeadList {
    /// Those that nobody holds
    #[arg(long, conflicts_with = "team")]
    pub(crate) pool: bool,
    /// Those of others that you can see
    #[arg(long)]
    pub(crate) team: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LeadWhich {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadWhy {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadAssign {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// To whom: name or id of a colleague
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadStage {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// claimed, first_touch, need_confirmed, quoted, signed
    #[arg(value_name = "STAGE")]
    pub(crate) stage: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Quotes with their outcome, newest first
    List,
    /// Approve a quote
    Approve(QuoteWhich),
    /// Reject a quote
    Reject(QuoteWhy),
}

#[derive(Debug, Args)]
pub(crate) struct QuoteWhich {
    /// The quote, or the to-do to approve it
    #[arg(value_name = "QUOTE")]
    pub(crate) quote: RecordId,
}

#[derive(Debug, Args)]
pub(crate) struct QuoteWhy {
    /// The quote, or the to-do to approve it
    #[arg(value_name = "QUOTE")]
    pub(crate) quote: RecordId,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// Contracts in progress, newest first
    List(All),
    /// One contract with its text and its steps
    Show(ContractWhich),
    /// Add details, until they are reviewed
    Set(ContractSet),
    /// Sign electronically with this device's key, after legal review and seal
    Sign(ContractWhich),
}

#[derive(Debug, Args)]
pub(crate) struct All {
    /// Also list those that are finished
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ContractWhich {
    /// Id or number
    #[arg(value_name = "CONTRACT")]
    pub(crate) contract: String,
}

#[derive(Debug, Args)]
pub(crate) struct ContractSet {
    /// Id or number
    #[arg(value_name = "CONTRACT")]
    pub(crate) contract: String,
    /// A new number
    #[arg(long)]
    pub(crate) number: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Installation address
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// The contact on the customer's side; added if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// The service that was promised: standard, on_site_training, remote_support, …
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Whether custom development is part of it
    #[arg(long, value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) custom_development: Option<YesNo>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Open work orders, newest first
    List(All),
    /// One work order
    Show(OrderWhich),
    /// Set delivery, service contact and first training
    Schedule(OrderSchedule),
    /// Note the service that is needed
    Need(OrderNeed),
    /// Take a work order on
    Take(OrderWhich),
    /// Delivered
    Done(OrderWhich),
}

#[derive(Debug, Args)]
pub(crate) struct OrderWhich {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
}

#[derive(Debug, Args)]
pub(crate) struct OrderSchedule {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// The day of delivery
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) delivery: Option<NaiveDate>,
    /// Whom the customer calls afterwards
    #[arg(long, value_name = "NAME")]
    pub(crate) service_contact: Option<String>,
    /// The first training
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) training: Option<NaiveDate>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OrderNeed {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// standard, on_site_training, remote_support, custom_integration, …
    #[arg(value_name = "SERVICE")]
    pub(crate) service: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Meeting {
    /// Meetings, newest first
    List,
    /// One meeting, and its invitation for a calendar
    Show(MeetingShow),
    /// Move a meeting to another time or place
    Move(MeetingMove),
    /// Say whether you are coming
    Answer(MeetingAnswer),
}

#[derive(Debug, Args)]
pub(crate) struct MeetingShow {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Write the invitation as iCalendar into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MeetingMove {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// When: 2026-12-02T14:00 (China), or with a zone as in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = moment, required_unless_present = "place")]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Where
    #[arg(long)]
    pub(crate) place: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MeetingAnswer {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Whether you are coming
    #[arg(value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) answer: YesNo,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    #[value(alias = super::zh("answer.yes"))]
    Yes,
    #[value(alias = super::zh("answer.no"))]
    No,
}

impl From<YesNo> for bool {
    fn from(answer: YesNo) -> Self {
        answer == YesNo::Yes
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"].into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let at = local.and_then(|local| DEFAULT_ZONE.from_local_datetime(&local).earliest());
    at.map(|at| at.to_utc()).ok_or_else(|| "2026-12-02T14:00, 2026-12-02T14:00:00+08:00".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_meant_where_the_team_is() {
        let at: DateTime<Utc> = "2026-12-02T06:00:00Z".parse().unwrap();
        for text in ["2026-12-02T14:00", "2026-12-02 14:00", "2026-12-02T14:00:00+08:00", "2026-12-02T06:00:00Z"] {
            assert_eq!(moment(text).unwrap(), at, "{text}");
        }
        assert!(moment("2026-12-02").is_err() && moment("明天").is_err());
    }
}

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
    /// Another full name
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
    /// Whom forms name on the customer's side; entered if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
    /// What that person does there
    #[arg(long, requires = "contact")]
    pub(crate) position: Option<String>,
    /// What that person is to the deal: 决策人 (decision_maker), IT (it), 法务 (legal), 最终使用人 (end_user), …
    #[arg(long, value_name = "ROLE", requires = "contact")]
    pub(crate) contact_role: Option<String>,
    /// No longer a customer: out of health and density
    #[arg(long, value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) closed: Option<YesNo>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lead {
    /// Put a lead into the pool, for whoever claims it first
    Add(LeadAdd),
    /// The own leads, moved last first
    List(LeadList),
    /// One lead with every move
    Show(LeadWhich),
    /// Ask for a lead that nobody has
    Claim(LeadWhich),
    /// Give a lead back into the pool
    Release(LeadWhy),
    /// Give a lead to somebody, as the superior
    Assign(LeadAssign),
    /// Correct the stage by hand
    Stage(LeadStage),
    /// Mark a lead as none
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
    /// Those that nobody has
    #[arg(long, conflicts_with = "team")]
    pub(crate) pool: bool,
    /// Those that others have, as far as they are yours to see
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
    /// Whom: name or id of a colleague
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadStage {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// 认领 (claimed), 首次触达 (first_touch), 需求确认 (need_confirmed), 方案报价 (quoted), 合同签署 (signed)
    #[arg(value_name = "STAGE")]
    pub(crate) stage: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Quotes, newest first, with what became of them
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
    /// Contracts on their way, newest first
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
    /// Those that are done with, too
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
    /// Another number
    #[arg(long)]
    pub(crate) number: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Installation address
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// The customer's contact person; entered if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// The service that was promised: 标准安装 (standard), 现场培训 (on_site_training), 远程支持 (remote_support), …
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Whether custom development is part of it
    #[arg(long, value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) custom_development: Option<YesNo>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Work orders to be done, newest first
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
    /// Which
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
}

#[derive(Debug, Args)]
pub(crate) struct OrderSchedule {
    /// Which
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// When delivery comes
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) delivery: Option<NaiveDate>,
    /// Whom the customer calls afterwards
    #[arg(long, value_name = "NAME")]
    pub(crate) service_contact: Option<String>,
    /// The first training
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) training: Option<NaiveDate>,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OrderNeed {
    /// Which
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// 标准安装 (standard), 现场培训 (on_site_training), 远程支持 (remote_support), 定制集成 (custom_integration), …
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
    /// Say whether you come
    Answer(MeetingAnswer),
}

#[derive(Debug, Args)]
pub(crate) struct MeetingShow {
    /// Which
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Write the invitation as iCalendar into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MeetingMove {
    /// Which
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
    /// Which
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Whether you come
    #[arg(value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) answer: YesNo,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    #[value(alias = "是")]
    Yes,
    #[value(alias = "否")]
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

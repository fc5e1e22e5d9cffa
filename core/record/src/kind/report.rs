//! The daily report (T4): one per person and day, filed in one tap.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::fields::{self, Fields, Scalar, from_fields, members, members_of};
use crate::id::{CustomerId, DeviceId, PersonId, RecordId, ReportId, TouchId};
use crate::kinds::Kind;
use crate::record::{ByRules, NotWritten, Proposal, Readers, Record, Surroundings, author_of};
use crate::rejection::Rejection;
use crate::role::SELLING;
use crate::table::{Create, List, Party, Table, Type, Write};
use crate::time::from_millis;

/// How many touches a full report has (T4).
pub const FULL: usize = 3;

/// A filed report. Its id follows from person and day, its touches are keys: filing it on two devices gives one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whose report.
    pub author: PersonId,
    /// Of which day, in the person's zone.
    pub day: NaiveDate,
    /// The day's touches; they attach themselves.
    #[serde(with = "members", default)]
    pub touches: BTreeSet<TouchId>,
    /// Progress brief per customer (B1), a key of the configuration's list.
    #[serde(default)]
    pub briefs: BTreeMap<CustomerId, String>,
    /// The key action for tomorrow.
    pub tomorrow: String,
    /// Why there are fewer than three touches, a key of the configuration's list.
    pub reason: Option<String>,
    /// When it was filed, in milliseconds, by each device that did.
    #[serde(default)]
    pub filed: BTreeMap<DeviceId, i64>,
    /// Filed after the day (补报).
    #[serde(default)]
    pub late: bool,
    /// Taken back before it was sent (撤销).
    #[serde(default)]
    pub withdrawn: bool,
    /// The version of the configuration it was made under (T6).
    pub config: i64,
    /// Corrections made after the day, by their time in milliseconds: beside the report, never in it.
    #[serde(default)]
    pub corrections: BTreeMap<String, String>,
}

impl Report {
    /// When it was filed first.
    pub fn filed_at(&self) -> DateTime<Utc> {
        from_millis(self.filed.values().min().copied().unwrap_or_default())
    }

    /// Fewer than three touches.
    pub fn is_short(&self) -> bool {
        self.touches.len() < FULL
    }
}

impl Record for Report {
    const KIND: Kind = Kind::Report;
    const TABLE: Table = Table {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("day", Type::Day, Write::Never),
            ("config", Type::Number, Write::Never),
            // Two devices of the same person may each file it, and it can be updated the same day.
            ("filed/", Type::Members, Write::By(&[Party::Author])),
            ("late", Type::Flag, Write::By(&[Party::Author])),
            ("touches/", Type::Members, Write::Append(&[Party::Author])),
            ("briefs/", Type::Members, Write::By(&[Party::Author])),
            ("tomorrow", Type::Text, Write::By(&[Party::Author])),
            ("reason", Type::Option(List::ShortReasons), Write::By(&[Party::Author])),
            ("withdrawn", Type::Flag, Write::By(&[Party::Author])),
            ("corrections/", Type::Members, Write::Append(&[Party::Author])),
        ],
    };
    const READERS: Readers = Readers::Named;
    const RULES: ByRules = ByRules::Read;
    const HAS_PAGE: bool = true;

    fn time(fields: &Fields) -> Option<i64> {
        let filed = members_of(fields, "filed/").filter_map(|(_, at)| match at {
            Scalar::Int(at) => Some(*at),
            _ => None,
        });
        filed.min()
    }

    /// It is the report of its author's day.
    fn demanded_id(fields: &Fields) -> Option<RecordId> {
        Some(ReportId::of(author_of(fields)?, fields::id(fields, "day")?).into())
    }

    /// Each device says for itself when it was filed there; briefs are such as there are (B1).
    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        let own = proposal.device.to_string();
        let foreign = |(device, at): (&str, &Scalar)| device != own || !matches!(at, Scalar::Int(_));
        if members_of(proposal.writes, "filed/").any(foreign) {
            return Err(Rejection::invalid("filed").into());
        }
        if proposal.before.is_some() {
            return Ok(());
        }
        let report: Self = from_fields(proposal.writes)?;
        if report.briefs.values().any(|brief| !around.has_option(List::Briefs, brief)) {
            return Err(Rejection::invalid("briefs").into());
        }
        Ok(())
    }
}

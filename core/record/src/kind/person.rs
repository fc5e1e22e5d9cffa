//! People of the team: roles, reporting line, time zone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::fields::members;
use crate::id::PersonId;
use crate::kinds::Kind;
use crate::record::{ByRules, Readers, Record};
use crate::role::Role;
use crate::table::{Create, Party, Table, Type, Write};

/// A person. Written by the server alone: the admin's commands go through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As shown to colleagues.
    pub name: String,
    /// What they do.
    #[serde(with = "members", default)]
    pub roles: BTreeSet<Role>,
    /// Whom they report to.
    pub reports_to: Option<PersonId>,
    /// IANA name of their time zone; their days are counted in it.
    pub zone: chrono_tz::Tz,
    /// Gone from the team: keeps the records, gets no more tasks.
    #[serde(default)]
    pub left: bool,
}

impl Record for Person {
    const KIND: Kind = Kind::Person;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: &[
            ("name", Type::Text, Write::By(&[Party::Server])),
            ("roles/", Type::Members, Write::By(&[Party::Server])),
            ("reports_to", Type::Person, Write::By(&[Party::Server])),
            ("zone", Type::Text, Write::By(&[Party::Server])),
            ("left", Type::Flag, Write::By(&[Party::Server])),
        ],
    };
    const READERS: Readers = Readers::Team;
    const RULES: ByRules = ByRules::Read;
    const HAS_PAGE: bool = true;
}

//! The JSON bodies that phone and server exchange outside of a sync, with their paths: enrolment, drafts of the configuration, imports,
//! refusals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{DeviceId, PersonId};

/// Path on which a device enrols with a code.
pub const ENROL_PATH: &str = "/enrol";
/// Path on which a configuration is published.
pub const CONFIG_PATH: &str = "/api/v1/config";
/// Path on which a draft of the configuration is tried out.
pub const DRY_RUN_PATH: &str = "/api/v1/config/dry-run";
/// Path on which a file is imported; `{kind}` stands for an [`ImportKind`].
pub const IMPORT_PATH: &str = "/api/v1/imports/{kind}";
/// Most bytes of a file that is imported.
pub const MAX_IMPORT_BYTES: usize = 8 * 1024 * 1024;

/// What a device sends to enrol. The request is signed with the key it brings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The code, as the admin handed it out; case and dashes do not matter.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub code: String,
    /// The installation, a UUID.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub device: DeviceId,
    /// `SubjectPublicKeyInfo` of a P-256 key, in base64.
    #[cfg_attr(feature = "openapi", schema(max_length = 256))]
    pub public_key: String,
    /// Such as `android`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub platform: Option<String>,
}

/// Who the device belongs to from now on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// The person's id.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// The person's roles.
    pub roles: Vec<String>,
    /// The server's clock, milliseconds since 1970.
    pub server_time: i64,
}

/// A draft of the configuration to be tried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The whole configuration.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub content: Value,
    /// With the records of how many days; 90 unless given.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 366))]
    pub days: Option<u16>,
}

/// A draft of the configuration to be published.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// The version that the draft was made from: it has to be the one in force.
    pub parent: i64,
    /// The whole configuration.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub content: Value,
    /// What was changed.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
    pub note: String,
}

/// What was published.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Published {
    /// The number of the version that is in force now.
    pub version: i64,
}

crate::words! {
    /// What is imported.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(rename_all = "snake_case"))]
    pub enum ImportKind {
        /// Customers.
        Customers = "customers",
        /// Leads, with their customers.
        Leads = "leads",
        /// Payment slips.
        Slips = "slips",
    }
}

/// What came of an import, or would come.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// What was imported.
    pub kind: ImportKind,
    /// Nothing was written: it was only looked at.
    pub dry_run: bool,
    /// Rows below the headings.
    pub rows: usize,
    /// Rows that make a new record.
    pub created: usize,
    /// Rows that add something to a record.
    pub changed: usize,
    /// Rows of which everything was there already.
    pub unchanged: usize,
    /// How many mistakes there are. With any of them nothing is imported.
    pub mistakes: usize,
    /// The first of them.
    pub errors: Vec<ImportError>,
    /// What each heading was taken for.
    pub columns: Vec<ImportColumn>,
    /// The first lines, as they go in.
    pub lines: Vec<ImportLine>,
}

/// A heading.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportColumn {
    /// As it stands in the file.
    pub heading: String,
    /// What it was taken for; none: it is left out.
    pub field: Option<String>,
}

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportLine {
    /// As an editor counts.
    pub line: usize,
    /// The customer, or the slip's number.
    pub name: String,
    /// `created`, `changed` or `unchanged`.
    pub outcome: String,
    /// What it sets.
    pub sets: Vec<ImportSet>,
    /// What stays as it is though the file says otherwise, as keys of fields.
    pub kept: Vec<String>,
    /// A slip of which no contract is found: what its number is and what was expected (B5).
    pub mismatch: Option<ImportMismatch>,
}

/// Two numbers that do not agree.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportMismatch {
    /// The contract's number on the slip.
    pub left: Option<String>,
    /// The number of the payer's contract.
    pub right: Option<String>,
}

/// A field that an import sets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportSet {
    /// Which.
    pub field: String,
    /// What it was.
    pub from: Option<String>,
    /// What it becomes.
    pub to: String,
}

/// A mistake in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportError {
    /// The line, as an editor counts.
    pub line: usize,
    /// The column's heading.
    pub column: String,
    /// Stable word for what is wrong.
    pub key: String,
    /// The value, cut where it is long.
    pub value: Option<String>,
    /// What to do about it, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

/// What went wrong, in the form of RFC 9457.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemBody {
    /// Names the kind of problem: `urn:chuda:` and the key.
    pub r#type: String,
    /// The kind of problem, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable key, such as `todo.already_done`.
    pub key: String,
    /// Values for a translated text: field names, option keys, ids and numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

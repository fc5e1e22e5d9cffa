//! How a command ends: the exit codes of the contract, and a failure with everything there is to say about it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chuda_record::{Action, Error, ErrorKind};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The exit codes. Scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Anything else: a fault, a full disk, a cancelled command.
    Other = 1,
    /// Wrong usage.
    Usage = 2,
    /// Refused; nothing was changed.
    Refused = 3,
    /// Saved here, but something was rejected or is unreadable.
    Attention = 4,
    /// Offline, or the server can't be reached; the work is kept.
    Offline = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Self {
        match kind.action() {
            _ if kind.is_refusal() => Self::Refused,
            Action::TryLater => Self::Offline,
            // The recording is kept and waits for the model.
            Action::FetchModel => Self::Attention,
            _ => Self::Other,
        }
    }
}

/// What a command has to say when it is done.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// For scripts; none when everything has been said already.
    pub(crate) json: Option<Box<RawValue>>,
    /// For people.
    pub(crate) text: String,
    /// How it ended.
    pub(crate) exit: Exit,
}

impl Outcome {
    pub(crate) fn done(json: &impl Serialize, text: String) -> Self {
        Self::ending(Exit::Done, json, text)
    }

    /// A list, under its plural.
    pub(crate) fn list(key: &'static str, items: &[impl Serialize], text: String) -> Self {
        Self::done(&BTreeMap::from([(key, items)]), text)
    }

    pub(crate) fn ending(exit: Exit, json: &impl Serialize, text: String) -> Self {
        Self { json: Some(written(json)), text, exit }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The reason; its text is in [`crate::text`].
    pub(crate) error: Error,
    /// How it ends.
    pub(crate) exit: Exit,
    /// What stands beside the error in JSON: candidates, reasons, what was kept.
    pub(crate) extra: BTreeMap<String, Box<RawValue>>,
    /// The same for people, below the error.
    pub(crate) more: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = error.kind.into();
        Self { error, exit, extra: BTreeMap::new(), more: String::new() }
    }
}

impl Failure {
    /// Adds something beside the error, for scripts and for people.
    pub(crate) fn with(mut self, key: &str, value: &impl Serialize, more: &str) -> Self {
        self.extra.insert(key.to_owned(), written(value));
        self.more.push_str(more);
        self
    }

    /// Adds every field of something beside the error, for scripts.
    pub(crate) fn with_all(mut self, value: &impl Serialize) -> Self {
        let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(written(value).get()).unwrap_or_default();
        self.extra.extend(fields);
        self
    }
}

/// As JSON. Views have text for keys and nothing that can fail.
fn written(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|error| unreachable!("writing to memory: {error}"))
}

//! How a command ends: the exit codes of the contract, and a failure with everything there is to say about it.

use std::process::ExitCode;

use chuda_record::{Action, Error, ErrorKind};
use serde_json::{Map, Value};

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
    /// For scripts; null when everything has been said already.
    pub(crate) json: Value,
    /// For people.
    pub(crate) text: String,
    /// How it ended.
    pub(crate) exit: Exit,
}

impl Outcome {
    /// All went well.
    pub(crate) fn done(json: Value, text: String) -> Self {
        Self { json, text, exit: Exit::Done }
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
    pub(crate) extra: Map<String, Value>,
    /// The same for people, below the error.
    pub(crate) more: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = error.kind.into();
        Self { error, exit, extra: Map::new(), more: String::new() }
    }
}

impl Failure {
    /// Adds something beside the error, for scripts and for people.
    pub(crate) fn with(mut self, key: &str, value: Value, more: &str) -> Self {
        self.extra.insert(key.to_owned(), value);
        self.more.push_str(more);
        self
    }
}

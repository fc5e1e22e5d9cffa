//! The one error that leaves the core. Each kind means a different thing for the user to do.

use chuda_words::keys;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What the user can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input is not acceptable: correct it. Nothing was changed.
    Invalid,
    /// There is no such thing: look again. Nothing was changed.
    NotFound,
    /// This person may not: ask someone who may. Nothing was changed.
    NotAllowed,
    /// No network or no server: everything is kept, try later.
    Offline,
    /// The server answered with something this version does not understand: update the app. Everything is kept.
    Server,
    /// The device's storage refused: free some space, then try again.
    Storage,
    /// The speech model is missing or is not the one expected: fetch it. The recording is kept.
    Model,
    /// The caller cancelled. Whatever was captured is kept.
    Cancelled,
    /// A fault of this program: report it.
    Internal,
}

/// What the user can do about an error: what the button beside it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Correct what was entered.
    Correct,
    /// Look again: it is not there, or not any more.
    LookAgain,
    /// Ask someone who may.
    AskSomeone,
    /// Try later.
    TryLater,
    /// Update the program.
    Update,
    /// Free some space, then try again.
    FreeSpace,
    /// Fetch the speech model.
    FetchModel,
    /// Nothing: they cancelled it themselves.
    Nothing,
    /// Report a fault of the program.
    Report,
}

impl ErrorKind {
    /// Its stable word: `fault.` and this is what there is to say of an error whose key has no words.
    pub fn as_str(self) -> &'static str {
        self.meaning().0
    }

    /// What the user can do about it.
    pub fn action(self) -> Action {
        self.meaning().1
    }

    /// Whether what was asked for was refused: nothing was changed, and asking again changes nothing.
    pub fn is_refusal(self) -> bool {
        matches!(self.action(), Action::Correct | Action::LookAgain | Action::AskSomeone)
    }

    /// The one place that says what a kind means.
    fn meaning(self) -> (&'static str, Action) {
        match self {
            Self::Invalid => ("invalid", Action::Correct),
            Self::NotFound => ("not_found", Action::LookAgain),
            Self::NotAllowed => ("not_allowed", Action::AskSomeone),
            Self::Offline => ("offline", Action::TryLater),
            Self::Server => ("server", Action::Update),
            Self::Storage => ("storage", Action::FreeSpace),
            Self::Model => ("model", Action::FetchModel),
            Self::Cancelled => ("cancelled", Action::Nothing),
            Self::Internal => ("internal", Action::Report),
        }
    }
}

/// An error in terms of a stable key and parameters, which shells translate.
///
/// Keys and parameters never carry names, notes or coordinates (invariant 8): at most field names, option keys, ids and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the user can do.
    pub kind: ErrorKind,
    /// Stable dotted key, such as `touch.evidence_missing`.
    pub key: &'static str,
    /// Values for the translated text. Of what a server refused also those that it named.
    pub params: BTreeMap<Cow<'static, str>, String>,
}

/// Result of everything a shell can ask for.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a kind, with its key.
    pub fn new(kind: ErrorKind, key: &'static str) -> Self {
        Self { kind, key, params: BTreeMap::new() }
    }

    /// Input to correct.
    pub fn invalid(key: &'static str) -> Self {
        Self::new(ErrorKind::Invalid, key)
    }

    /// Something that does not exist.
    pub fn not_found(key: &'static str) -> Self {
        Self::new(ErrorKind::NotFound, key)
    }

    /// A fault of this program; `detail` is for the log and must not carry personal data.
    pub fn internal(key: &'static str, detail: impl fmt::Display) -> Self {
        tracing::error!(key, %detail, "internal error");
        Self::new(ErrorKind::Internal, key)
    }

    /// Adds a value for the translated text.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.params.insert(name.into(), value.to_string());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)?;
        for (name, value) in &self.params {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        // One of ours that passed through a reader or writer comes out as it went in.
        let error = match error.downcast::<Self>() {
            Ok(own) => return own,
            Err(error) => error,
        };
        let key = match error.kind() {
            Io::NotFound => return Self::not_found(keys::FILE_NOT_FOUND),
            Io::PermissionDenied | Io::ReadOnlyFilesystem => keys::STORAGE_NOT_WRITABLE,
            Io::StorageFull | Io::QuotaExceeded => keys::STORAGE_FULL,
            _ => keys::STORAGE_FAILED,
        };
        tracing::warn!(key, kind = ?error.kind(), "input or output failed");
        Self::new(ErrorKind::Storage, key)
    }
}

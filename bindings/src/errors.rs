//! What can be refused or go wrong.

use std::collections::HashMap;

use chuda_record::{Error, ErrorKind};

/// Why something was not done. The variant says what the user can do about it; `key` is stable, such as `touch.evidence_missing`, and
/// is translated by the app with the values in `params`. Neither carries names, notes or places.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ChudaError {
    /// The input is not acceptable: correct it. Nothing was changed.
    #[error("{key}")]
    Invalid {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// There is no such thing: look again. Nothing was changed.
    #[error("{key}")]
    NotFound {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// This person may not: ask someone who may. Nothing was changed.
    #[error("{key}")]
    NotAllowed {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// No network or no server: everything is kept, try later.
    #[error("{key}")]
    Offline {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// The server answered with something this version does not understand: update the app. Everything is kept.
    #[error("{key}")]
    Server {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// The device's storage refused: free some space, then try again.
    #[error("{key}")]
    Storage {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// The speech model is missing or is not the one expected: fetch it. The recording is kept.
    #[error("{key}")]
    Model {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// The caller cancelled. Whatever was captured is kept.
    #[error("{key}")]
    Cancelled {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
    /// A fault of this program: report it.
    #[error("{key}")]
    Internal {
        /// Stable dotted key.
        key: String,
        /// Values for the translated text.
        params: HashMap<String, String>,
    },
}

pub(crate) type Result<T, E = ChudaError> = std::result::Result<T, E>;

impl From<Error> for ChudaError {
    fn from(error: Error) -> Self {
        let key = error.key.to_owned();
        let params = error.params.into_iter().map(|(name, value)| (name.into_owned(), value)).collect();
        match error.kind {
            ErrorKind::Invalid => Self::Invalid { key, params },
            ErrorKind::NotFound => Self::NotFound { key, params },
            ErrorKind::NotAllowed => Self::NotAllowed { key, params },
            ErrorKind::Offline => Self::Offline { key, params },
            ErrorKind::Server => Self::Server { key, params },
            ErrorKind::Storage => Self::Storage { key, params },
            ErrorKind::Model => Self::Model { key, params },
            ErrorKind::Cancelled => Self::Cancelled { key, params },
            ErrorKind::Internal => Self::Internal { key, params },
        }
    }
}

/// The app's own code threw where the core had called it. Its message may name anybody, so it goes no further.
impl From<uniffi::UnexpectedUniFFICallbackError> for ChudaError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Error::internal("callback.failed", "the app's code threw").into()
    }
}

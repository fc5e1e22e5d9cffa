//! What can be refused or go wrong.

use std::collections::HashMap;

use chuda_record::{Action, Error, ErrorKind};

use crate::screen::Failure;

/// An enum with the kinds of the core's error, and the way there and back.
macro_rules! errors {
    ($(#[$doc:meta])* $name:ident { $($(#[$kind_doc:meta])* $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
        pub enum $name {
            $($(#[$kind_doc])*
            #[error("{key}")]
            $kind {
                /// Stable dotted key.
                key: String,
                /// Values for the translated text.
                params: HashMap<String, String>,
            },)*
        }

        impl From<Error> for $name {
            fn from(error: Error) -> Self {
                let key = error.key.to_owned();
                let params = error.params.into_iter().map(|(name, value)| (name.into_owned(), value)).collect();
                match error.kind {
                    $(ErrorKind::$kind => Self::$kind { key, params },)*
                }
            }
        }

        /// What there is to say and to do. `again`: whether the same can be done once more.
        #[uniffi::export(default(again = false))]
        pub fn explain(error: $name, again: bool) -> Failure {
            let (kind, key, params) = match error {
                $($name::$kind { key, params } => (ErrorKind::$kind, key, params),)*
            };
            Failure::of(kind, key, params, again)
        }
    };
}

errors! {
    /// Why something was not done. The variant says what the user can do about it; `key` is stable, such as `touch.evidence_missing`, and
    /// is translated by the app with the values in `params`. Neither carries names, notes or places.
    ChudaError {
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
}

/// What the user can do about an error: what the button beside it says.
#[uniffi::remote(Enum)]
pub enum Action {
    /// Correct what was entered.
    Correct,
    /// Look again: it is not there, or not any more.
    LookAgain,
    /// Ask someone who may.
    AskSomeone,
    /// Try later: everything is kept.
    TryLater,
    /// Update the app: everything is kept.
    Update,
    /// Free some space on the device, then try again.
    FreeSpace,
    /// Fetch the speech model: the recording is kept.
    FetchModel,
    /// Nothing: the user cancelled.
    Nothing,
    /// Report it: a fault of the program.
    Report,
}

pub(crate) type Result<T, E = ChudaError> = std::result::Result<T, E>;

/// The app's own code threw where the core had called it. Its message may name anybody, so it goes no further.
impl From<uniffi::UnexpectedUniFFICallbackError> for ChudaError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Error::internal("callback.failed", "the app's code threw").into()
    }
}

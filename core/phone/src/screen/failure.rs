//! What a screen says of what went wrong, and what the button beside it does.

use std::collections::HashMap;

use super::Lang;
use chuda_record::{Action, Error, ErrorKind};
use chuda_words::{fill, find, keys};

/// What a screen says of what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Failure {
    /// Its kind: `fault.` and this is what to say where the key has no words of its own.
    pub kind: String,
    /// Stable dotted key.
    pub key: String,
    /// Values for the translated text.
    pub params: HashMap<String, String>,
    /// What the user can do about it.
    pub action: Action,
    /// What the button beside it does.
    pub remedy: Option<Remedy>,
    /// Whether everything is kept and most still works, so that nobody has to be alarmed.
    pub calm: bool,
}

/// What the button beside an error does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Remedy {
    /// Opens the system's settings, where a permission is given.
    Settings,
    /// Leads to where one joins a team, with a new code from the administrator.
    Join,
    /// Does the same once more.
    Retry,
}

impl Failure {
    /// Of an error. `again`: whether the same can be done once more.
    pub fn of(kind: ErrorKind, key: String, params: HashMap<String, String>, again: bool) -> Self {
        let remedy = match key.as_str() {
            keys::SYNC_NO_SERVER | keys::SYNC_NOT_ENROLLED => Some(Remedy::Join),
            _ if key.starts_with("permission.") => Some(Remedy::Settings),
            _ => (again && matches!(kind, ErrorKind::Offline | ErrorKind::Storage)).then_some(Remedy::Retry),
        };
        let calm = matches!(kind, ErrorKind::Offline | ErrorKind::Model);
        Self { kind: kind.as_str().into(), key, params, action: kind.action(), remedy, calm }
    }

    /// The sentence.
    pub fn text(&self, lang: Lang) -> String {
        let word = find(&format!("error.{}", self.key)).or_else(|| find(&format!("fault.{}", self.kind)));
        fill(word.map_or(self.key.as_str(), |word| word.text(lang)), |name| {
            let value = self.params.get(name).or_else(|| (name == "key").then_some(&self.key))?;
            let field = find(&format!("field.{value}")).filter(|_| name == "field");
            Some(field.map_or_else(|| value.clone(), |field| field.text(lang).to_owned()))
        })
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let params = error.params.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        Self::of(error.kind, error.key.into(), params, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_beside_an_error_does_what_helps() {
        let cases = [
            (ErrorKind::Invalid, keys::SYNC_NO_SERVER, Some(Remedy::Join), false),
            (ErrorKind::NotAllowed, keys::SYNC_NOT_ENROLLED, Some(Remedy::Join), false),
            (ErrorKind::NotAllowed, "permission.location", Some(Remedy::Settings), false),
            (ErrorKind::Storage, keys::STORAGE_FULL, Some(Remedy::Retry), false),
            (ErrorKind::Offline, "sync.offline", Some(Remedy::Retry), true),
            (ErrorKind::Model, "speech.model_missing", None, true),
            (ErrorKind::Invalid, keys::TASK_ALREADY_DONE, None, false),
        ];
        for (kind, key, remedy, calm) in cases {
            let failure = |again| Failure::of(kind, key.into(), HashMap::new(), again);
            assert_eq!((failure(true).remedy, failure(true).calm), (remedy, calm), "{key}");
            assert_eq!(failure(false).remedy, remedy.filter(|remedy| *remedy != Remedy::Retry), "{key}");
        }
    }
}

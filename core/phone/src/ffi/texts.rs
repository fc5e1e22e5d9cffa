//! Every word and sentence of the phone apps, for Android and iOS alike.

use std::collections::HashMap;

use chuda_words::Lang;

/// The words of a language by key: `zh` (any other word means that, too) or `en`. `{name}` in a text stands for a value.
///
/// `error.` and the key of an error is what to tell the person; for one whose key is not there, `fault.` and its kind. The words of short
/// lists go by the list's name: `mode.visit`, `stage.quoted`, `role.rep`, `grade.server_witnessed`, `state.waiting`, `flag.recycled`.
#[uniffi::export]
pub fn texts(lang: String) -> HashMap<String, String> {
    let lang = Lang::of(&lang);
    chuda_words::all().map(|(key, word)| (key.to_owned(), word.text(lang).to_owned())).collect()
}

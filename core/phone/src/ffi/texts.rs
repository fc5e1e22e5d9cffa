//! Every word and sentence of the phone apps, for Android and iOS alike: one table, `words.tsv`.

use std::collections::HashMap;

use chuda_speech as speech;

/// Key, Chinese, English.
const WORDS: &str = include_str!("../../../../bindings/src/words.tsv");

/// The words of a language by key: `zh` (any other word means that, too) or `en`. `{name}` in a text stands for a value.
///
/// `error.` and the key of an error is what to tell the person; for one whose key is not there, `fault.` and its kind. The words of short
/// lists go by the list's name: `mode.visit`, `stage.quoted`, `role.rep`, `grade.server_witnessed`, `state.waiting`, `flag.recycled`.
#[uniffi::export]
pub fn texts(lang: String) -> HashMap<String, String> {
    rows().map(|(key, zh, en)| (key.to_owned(), if lang == "en" { en } else { zh }.to_owned())).collect()
}

/// What is less sure than this is shown as doubtful: the confidence of a slot or a segment, 0 to 1.
#[uniffi::export]
pub fn doubtful_below() -> f32 {
    speech::DOUBTFUL
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    WORDS.lines().filter_map(|line| {
        let (key, texts) = line.split_once('\t')?;
        let (zh, en) = texts.split_once('\t')?;
        Some((key, zh, en))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The parts of the core that the workbench's calls here come through.
    const REACHED: [&str; 7] = [
        "evidence/src",
        "speech/src",
        "phone/src/store",
        "phone/src/sync/client.rs",
        "phone/src/sync/session.rs",
        "phone/src/workbench/mod.rs",
        "record/src/join.rs",
    ];
    const OF_THE_WORKBENCH: [&str; 10] =
        ["capturing", "consents", "contracts", "customers", "doctor", "identity", "recorder", "reporting", "syncing", "touching"];

    #[test]
    fn every_line_has_a_key_of_its_own_and_both_languages_with_the_same_values() {
        let values = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        let mut keys = BTreeSet::new();
        assert_eq!(rows().count(), WORDS.lines().count());
        for (key, zh, en) in rows() {
            assert!(keys.insert(key), "{key} is there twice");
            assert!(!zh.is_empty() && !en.is_empty() && !en.contains('\t'), "{key}");
            assert_eq!(values(zh), values(en), "{key}");
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!en.contains(chinese), "{key}: {en}");
        }
    }

    #[test]
    fn every_error_that_an_app_can_meet_has_a_sentence_that_says_what_to_do() {
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut sources = Vec::new();
        for name in REACHED {
            read(&core.join(name), &mut sources);
        }
        for name in OF_THE_WORKBENCH {
            read(&core.join(format!("phone/src/workbench/{name}.rs")), &mut sources);
        }
        let known: BTreeSet<&str> = rows().map(|(key, ..)| key).collect();
        let kinds = ["Invalid", "NotFound", "NotAllowed", "Offline", "Server", "Storage", "Model", "Cancelled"];
        let mut openings: Vec<String> = kinds.iter().map(|kind| format!("ErrorKind::{kind},")).collect();
        openings.extend(["invalid(".to_owned(), "not_found(".to_owned()]);
        let mut missing = BTreeSet::new();
        for source in &sources {
            for opening in &openings {
                let behind = source.split(opening.as_str()).skip(1);
                let keys = behind.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"')).map(|(key, _)| key);
                let dotted = keys.filter(|key| key.contains('.') && !key.contains(' '));
                // Files are imported and logs are checked at a desk, not on a phone.
                let met = dotted.filter(|key| !key.starts_with("import.") && !key.starts_with("audit."));
                missing.extend(met.filter(|key| !known.contains(format!("error.{key}").as_str())).map(str::to_owned));
            }
        }
        assert!(missing.is_empty(), "no sentence for {missing:?}");
        for kind in ["invalid", "not_found", "not_allowed", "offline", "server", "storage", "model", "cancelled", "internal"] {
            assert!(known.contains(format!("fault.{kind}").as_str()), "{kind}");
        }
    }

    /// A source or the sources of a folder, what follows `#[cfg(test)]` left out.
    fn read(path: &Path, sources: &mut Vec<String>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                read(&entry.unwrap().path(), sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            sources.push(text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned());
        }
    }
}

//! The words and sounds by which a note is understood, in `lists.tsv`: a row is the name of a list, what its words stand for where that
//! matters, and the words; one that begins with # is for the reader. Of two words the one that is looked for first stands first.

use std::collections::HashMap;
use std::sync::LazyLock;

#[derive(Default)]
struct List {
    words: Vec<&'static str>,
    meanings: Vec<&'static str>,
}

static LISTS: LazyLock<HashMap<&str, List>> = LazyLock::new(|| {
    let mut lists = HashMap::<&str, List>::new();
    for (name, meaning, words) in rows() {
        let list = lists.entry(name).or_default();
        list.words.extend(words.split(' '));
        list.meanings.resize(list.words.len(), meaning);
    }
    lists
});

/// The words of a list.
pub(super) fn list(name: &str) -> &'static [&'static str] {
    &find(name).words
}

/// The words of a list, each with what it stands for.
pub(super) fn meanings<T>(name: &str, read: impl Fn(&'static str) -> Option<T>) -> Vec<(&'static str, T)> {
    let List { words, meanings } = find(name);
    let read = |meaning| read(meaning).unwrap_or_else(|| unreachable!("{meaning} in {name}"));
    words.iter().copied().zip(meanings.iter().map(|meaning| read(meaning))).collect()
}

fn find(name: &str) -> &'static List {
    LISTS.get(name).unwrap_or_else(|| unreachable!("no list {name}"))
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("lists.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (name, rest) = line.split_once('\t')?;
        let (meaning, words) = rest.split_once('\t')?;
        Some((name, meaning, words))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_that_is_asked_for_is_there_and_every_one_that_is_there_is_asked_for() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/understand");
        let sources = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let code: String =
            sources.filter(|path| path.extension().unwrap() == "rs").map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let asked = |call| code.split(call).skip(1).filter_map(|rest: &str| rest.split_once('"')).map(|(name, _)| name);
        let there: BTreeSet<&str> = rows().map(|(name, ..)| name).collect();
        for name in asked(concat!("list", "(\"")).chain(asked(concat!("meanings", "(\""))) {
            assert!(there.contains(name), "{name}");
        }
        for name in there {
            assert!(code.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}

//! Actions outside the standard (D2): a comparison sheet made to measure, help fetched from another department. Counted, not ranked.

use std::collections::BTreeMap;

use super::{Scope, Span, TouchFact};
use crate::rules::config::Choice;

/// How often each option that is marked as non-standard was used in a time; those that were not used stand at 0.
pub fn non_standard(touches: &[TouchFact], options: &[Choice], span: Span, scope: &Scope) -> BTreeMap<String, i64> {
    let mut counts: BTreeMap<String, i64> =
        options.iter().filter(|option| option.non_standard).map(|option| (option.key.clone(), 0)).collect();
    for touch in touches.iter().filter(|touch| touch.counted && span.holds(touch.at) && scope.has(touch.person)) {
        if let Some(count) = counts.get_mut(&touch.action) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Config;
    use crate::rules::metrics::sample::{facts, now, person, touch};

    /// The built-in options, of which two are marked.
    fn options() -> Vec<Choice> {
        let mut options = Config::builtin().actions.clone();
        for option in &mut options {
            option.non_standard = ["new_demand", "tech_question"].contains(&option.key.as_str());
        }
        options
    }

    #[test]
    fn only_what_is_marked_is_counted_and_drafts_are_not() {
        let span = Span { from: now(), until: now() + TimeDelta::hours(1) };
        let mut touches =
            vec![touch(1, 1, now(), "new_demand", 0), touch(1, 1, now(), "new_demand", 0), touch(1, 1, now(), "demo", 1)];
        touches[1].counted = false;
        touches.push(touch(1, 1, span.until, "tech_question", 0));
        let counts = non_standard(&touches, &options(), span, &Scope::All);
        assert_eq!(counts, BTreeMap::from([("new_demand".to_owned(), 1), ("tech_question".to_owned(), 0)]));
        assert!(non_standard(&touches, &Config::builtin().actions[..3], span, &Scope::All).is_empty());
    }

    proptest! {
        #[test]
        fn each_count_is_what_a_list_gives(facts in facts(), from in -60..1i64, days in 1..30i64) {
            let span = Span { from: now() + TimeDelta::days(from), until: now() + TimeDelta::days(from + days) };
            let mine = Scope::person(person(2));
            for (action, count) in non_standard(&facts.touches, &options(), span, &mine) {
                let listed = facts.touches.iter().filter(|t| {
                    t.action == action && t.person == person(2) && t.counted && t.at >= span.from && t.at < span.until
                });
                prop_assert_eq!(listed.count() as i64, count);
            }
        }
    }
}

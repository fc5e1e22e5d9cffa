//! The button under the report (T4), and what has to be asked before it files.

use crate::query::view::ReportView;

/// How long a report can be taken back by one tap (撤销); nothing is sent before, since a report that was sent can't be taken back.
pub(crate) const UNDO_SECONDS: i32 = 5;

/// What the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Filing {
    /// Files a full report.
    File,
    /// Files one with too few touches.
    FileShort,
    /// Brings the filed one up to date.
    Update,
    /// Nothing: it is filed.
    Filed,
}

/// What the report lacks that a person has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum FilingQuestion {
    /// The key action for tomorrow.
    Tomorrow,
    /// Why it is short.
    Reason,
}

/// What the button does. `changed`: there are touches since, or another action for tomorrow.
pub(crate) fn filing(filed: Option<&ReportView>, missing: i32, changed: bool) -> Filing {
    match filed {
        None if missing > 0 => Filing::FileShort,
        None => Filing::File,
        Some(_) if changed => Filing::Update,
        Some(_) => Filing::Filed,
    }
}

/// What has to be asked first.
pub(crate) fn question(filed: Option<&ReportView>, missing: i32, tomorrow: Option<&str>) -> Option<FilingQuestion> {
    if tomorrow.is_none() {
        return Some(FilingQuestion::Tomorrow);
    }
    (missing > 0 && filed.is_none_or(|filed| filed.reason.is_none())).then_some(FilingQuestion::Reason)
}

/// The suggestion that one tap puts in the place of what is chosen.
pub(crate) fn another(suggestions: &[String], chosen: Option<&str>) -> Option<String> {
    let at = suggestions.iter().position(|one| Some(one.as_str()) == chosen).map_or(0, |at| at + 1);
    let next = suggestions.get(at % suggestions.len().max(1))?;
    (Some(next.as_str()) != chosen).then(|| next.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_suggestion_is_followed_by_the_next_and_the_last_by_the_first() {
        let suggestions = ["a", "b", "c"].map(str::to_owned);
        for (chosen, next) in [("a", "b"), ("b", "c"), ("c", "a"), ("own words", "a")] {
            assert_eq!(another(&suggestions, Some(chosen)).as_deref(), Some(next));
        }
        assert_eq!(another(&suggestions[..1], Some("a")), None);
        assert_eq!(another(&[], Some("own words")), None);
    }
}

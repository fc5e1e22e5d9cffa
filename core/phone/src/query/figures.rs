//! Figures of a week (G1, G2, G3, D1, D2) from what is on this phone: a rep's own, a supervisor's with everybody below.

use serde::{Serialize, Serializer};

use super::Ask;
use super::view::{PersonView, Word};
use chuda_record::Person;
use chuda_record::error::{Error, Result};
use chuda_record::id::PersonId;
use chuda_record::rules::audience::People;
use chuda_record::rules::metrics::{Facts, Figures, Line, Team, Week};
use chuda_record::view::figures::{CountView, Counted};
use chuda_words::keys;

/// A week of a team and of each rep in it (G1, G2, G3, D1, D2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FiguresView {
    /// The week.
    pub week: Week,
    /// Whether it is over; a running week only grows.
    pub over: bool,
    /// Of all together; the person is whose team it is.
    pub team: LineView,
    /// Of each rep, by name.
    pub people: Vec<LineView>,
}

/// The figures of a person or team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// Whose.
    pub person: PersonView,
    /// The figures.
    pub line: Line,
    /// How often each action outside the standard was used (D2), in words.
    pub non_standard: Vec<(Word, i64)>,
}

impl Serialize for LineView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            person: &'a PersonView,
            #[serde(flatten)]
            line: Counted,
        }
        let counted = self.non_standard.iter().map(|(action, count)| CountView { action: action.clone(), count: *count });
        Serialize::serialize(&Whole { person: &self.person, line: Counted::of(&self.line, counted.collect()) }, serializer)
    }
}

impl Ask<'_> {
    /// A week, the running one unless given, of somebody with everybody below, oneself unless given.
    pub fn figures(&self, week: Option<Week>, of: Option<PersonId>) -> Result<FiguresView> {
        let week = week.unwrap_or_else(|| Week::of(self.now, self.config.calendar.zone));
        let people = self.everybody();
        let own = Team::of(&people, Some(self.me.id));
        let top = of.unwrap_or(self.me.id);
        // Of others this phone does not have everything.
        if !people.contains_key(&top) || !own.scope.has(top) {
            return Err(Error::not_found(keys::PERSON_NOT_FOUND));
        }
        let facts = Facts::of_week(self.tx, self.config, week, self.now)?;
        let figures = Figures::of(self.config, &facts, &Team::of(&people, Some(top)), week, self.now);
        let mut people: Vec<LineView> = figures.people.into_iter().map(|(person, line)| self.view_line(person, line)).collect();
        people.sort_by(|a, b| (&a.person.name, a.person.id).cmp(&(&b.person.name, b.person.id)));
        Ok(FiguresView { week, over: figures.over, team: self.view_line(top, figures.team), people })
    }

    fn view_line(&self, person: PersonId, line: Line) -> LineView {
        // In the order of the options.
        let counts = self.config.actions.iter().filter_map(|option| Some((option.into(), *line.non_standard.get(&option.key)?)));
        LineView { person: self.person(person), non_standard: counts.collect(), line }
    }

    /// The people of the team, and whoever works on this phone: without a server that is nobody else.
    pub(super) fn everybody(&self) -> People {
        let mut people = self.people.clone();
        people.entry(self.me.id).or_insert_with(|| Person {
            name: self.me.name.clone(),
            roles: self.me.roles.iter().copied().collect(),
            reports_to: None,
            zone: self.me.zone,
            left: false,
        });
        people
    }
}

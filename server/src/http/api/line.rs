//! Whose figures a caller may see: the own ones and those of everybody below in the reporting line. Whoever may audit sees everybody's,
//! and so does a token that belongs to nobody.

use chuda_record::Result;
use chuda_record::id::PersonId;
use chuda_record::rules::metrics::Team;

use crate::http::caller::Caller;
use crate::store::Tx;

/// Everybody, or whoever is below somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum VisiblePeople {
    All,
    Below(PersonId),
}

impl VisiblePeople {
    /// What a caller may see.
    pub(crate) fn of(tx: &Tx<'_>, caller: &Caller) -> Result<Self> {
        let Some(person) = caller.person else { return Ok(Self::All) };
        let (people, config) = (tx.people()?, tx.config()?);
        let may_audit = people.get(&person).is_some_and(|person| !person.roles.is_disjoint(&config.permissions.audit));
        Ok(if may_audit { Self::All } else { Self::Below(person) })
    }

    /// Whose records to read; nobody's in particular where everything may be seen.
    pub(crate) fn reader(self) -> Option<PersonId> {
        match self {
            Self::All => None,
            Self::Below(person) => Some(person),
        }
    }

    /// The team below somebody, or all that may be seen; `None` when that is more than may be.
    pub(crate) fn team(self, tx: &Tx<'_>, asked: Option<PersonId>) -> Result<Option<Team>> {
        let people = tx.people()?;
        let all = Team::of(&people, self.reader());
        Ok(match asked {
            None => Some(all),
            Some(person) if people.contains_key(&person) && all.scope.has(person) => Some(Team::of(&people, Some(person))),
            Some(_) => None,
        })
    }
}

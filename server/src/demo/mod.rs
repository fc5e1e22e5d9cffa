//! A believable team with its history, for trying out, for the board and for benches: seeded, and made by the server's own ways in.
//!
//! Everything happens in the order of the clock, which is moved along: phones with keys of their own make changes and signed claims
//! and push them, the server judges them, carries out its rules, fills inboxes and runs the jobs that come up. In that order:
//! `plan` says how much is told, `cast` who there is, `goods` what they write and about whom, `papers` draws their evidence; `story`
//! keeps the agenda, `days` are those of the reps, `pool` is where leads change hands, `desk` is where tasks are done. `phone` is what they hold, and `luck`
//! decides.

mod cast;
mod days;
mod desk;
mod goods;
mod luck;
mod papers;
mod phone;
mod plan;
mod pool;
mod story;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use chuda_record::id::PersonId;
use chuda_record::{Error, Kind, Result, Role};
use chuda_words::keys;

use crate::enrolment;
use story::Story;

pub use plan::Plan;

/// What has come of it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Records by their kind in the plural, and what else is counted.
    pub counts: BTreeMap<String, u64>,
    /// A way in for one person of each role.
    pub codes: Vec<Access>,
}

/// A person with an unused enrolment code.
#[derive(Clone, Debug)]
pub struct Access {
    /// What the person does.
    pub role: Role,
    /// Who it is.
    pub person: PersonId,
    /// The person's name.
    pub name: String,
    /// For one more phone.
    pub code: String,
}

/// Fills a data folder, which has to be new or empty. `now` is the present: codes can be used from then on. `progress` hears of each
/// day that has passed, and of how many there are.
pub async fn fill(data: &Path, plan: Plan, now: DateTime<Utc>, progress: impl FnMut(u64, u64)) -> Result<Summary> {
    plan.check()?;
    if data.exists() && std::fs::read_dir(data)?.next().is_some() {
        return Err(Error::invalid(keys::DEMO_NOT_EMPTY));
    }
    let mut story = Story::begin(data, plan)?;
    story.tell(progress).await?;
    let summary = summary(&story, now)?;
    story.app.store.checkpoint()?;
    Ok(summary)
}

fn summary(story: &Story, now: DateTime<Utc>) -> Result<Summary> {
    story.app.store.write(|tx| {
        let census = tx.census()?;
        let mut counts: BTreeMap<String, u64> =
            Kind::ALL.iter().map(|kind| (plural(*kind), census.get(kind.as_str()).copied().unwrap_or_default())).collect();
        let others = census.into_iter().filter(|(name, _)| Kind::parse(name).is_none());
        counts.extend(others);
        let mut codes = Vec::new();
        for role in Role::ALL {
            let Some(member) = story.team.iter().find(|member| member.role == role && !member.left) else { continue };
            codes.push(Access {
                role,
                person: member.id,
                name: member.name.clone(),
                code: enrolment::issue_code(tx, member.id, now)?,
            });
        }
        Ok(Summary { counts, codes })
    })
}

fn plural(kind: Kind) -> String {
    match kind {
        Kind::Person => "people".into(),
        Kind::Touch => "touches".into(),
        Kind::Evidence => "evidence".into(),
        kind => format!("{}s", kind.as_str()),
    }
}

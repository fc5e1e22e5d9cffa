//! The team and the versions of the configuration, as last read.

use std::sync::Arc;

use chuda_record::id::PersonId;
use chuda_record::rules::Config;
use chuda_record::rules::audience::People;
use chuda_record::{Error, Fields, Person, Release, Result, from_fields};

use super::caches::Configs;
use super::database::Tx;
use super::rows::{fields_row, json, person_id};

impl Tx<'_> {
    /// Everyone of the team.
    pub(crate) fn people(&self) -> Result<Arc<People>> {
        self.shared.caches.people.get(self.version("people")?, || {
            let rows = self
                .sql
                .all("SELECT id, fields FROM documents WHERE kind = 'person'", [], |row| Ok((person_id(row)?, json(row, 1)?)))?;
            let read = |(id, fields)| from_fields::<Person>(&fields).map(|person| (id, person));
            let people: std::result::Result<People, _> = rows.into_iter().map(read).collect();
            people.map_err(|error| Error::internal("person.unreadable", error))
        })
    }

    /// Says that a person's record was written. The version is drawn, not counted, so that it never means two states.
    pub(crate) fn people_changed(&self) -> Result<()> {
        self.set_meta("people", &crate::random::bytes::<16>()?)
    }

    /// Every version of the configuration.
    pub(crate) fn configs(&self) -> Result<Arc<Configs>> {
        self.shared.caches.configs.get(self.version("configs")?, || {
            let read = |fields: Fields| {
                let release: Release = from_fields(&fields).map_err(|error| Error::internal("config.unreadable", error))?;
                Config::read(&release.content).map_err(|flawed| Error::internal("config.unreadable", flawed))
            };
            let published = self.sql.all("SELECT fields FROM documents WHERE kind = 'config'", [], fields_row)?;
            published.into_iter().map(read).collect::<Result<Vec<_>>>().map(Configs::new)
        })
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Result<Arc<Config>> {
        Ok(self.configs()?.in_force())
    }

    /// Says that a configuration was published.
    pub(crate) fn configs_changed(&self) -> Result<()> {
        self.set_meta("configs", &crate::random::bytes::<16>()?)
    }

    /// Who somebody is.
    pub(crate) fn name_of(&self, person: PersonId) -> Result<String> {
        Ok(self.people()?.get(&person).map(|person| person.name.clone()).unwrap_or_default())
    }

    /// What the state of something that is remembered is called.
    pub(super) fn version(&self, name: &str) -> Result<Vec<u8>> {
        Ok(self.meta(name)?.unwrap_or_default())
    }
}

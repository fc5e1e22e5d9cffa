//! What every request needs, as last read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chuda_record::id::PersonId;
use chuda_record::rules::Config;
use chuda_record::rules::audience::People;
use chuda_record::{Fields, Result, version_in};

/// All of it.
#[derive(Default)]
pub(super) struct Caches {
    pub(super) people: Cache<People>,
    pub(super) with_device: Cache<BTreeSet<PersonId>>,
    pub(super) configs: Cache<Configs>,
}

/// Something as last read, by the version that the database gives its state: a new one is read at once.
pub(super) struct Cache<T>(Mutex<Option<(Vec<u8>, Arc<T>)>>);

/// Every version of the configuration, the built-in one among them; the last is in force.
pub(crate) struct Configs(BTreeMap<i64, Arc<Config>>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cache<T> {
    /// What this version of it says.
    pub(super) fn get(&self, version: Vec<u8>, read: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, value)) = &*cache
            && *known == version
        {
            return Ok(value.clone());
        }
        let value = Arc::new(read()?);
        *cache = Some((version, value.clone()));
        Ok(value)
    }
}

impl Configs {
    /// The published versions, beside the built-in one.
    pub(super) fn new(published: impl IntoIterator<Item = Config>) -> Self {
        let all = [Config::builtin().clone()].into_iter().chain(published);
        Self(all.map(|config| (config.version, Arc::new(config))).collect())
    }

    /// The configuration in force.
    pub(crate) fn in_force(&self) -> Arc<Config> {
        self.0.values().next_back().cloned().unwrap_or_else(|| Arc::new(Config::builtin().clone()))
    }

    /// One version, if it was published.
    pub(crate) fn get(&self, version: i64) -> Option<Arc<Config>> {
        self.0.get(&version).cloned()
    }

    /// The configuration that a record was made under; the one in force where it names none that there is (T6).
    pub(crate) fn of(&self, record: &Fields) -> Arc<Config> {
        self.version(version_in(record))
    }

    /// A version; the one in force where none is named, or there is no such.
    pub(crate) fn version(&self, version: Option<i64>) -> Arc<Config> {
        let named = version.and_then(|version| self.0.get(&version));
        named.map_or_else(|| self.in_force(), Arc::clone)
    }
}

//! Making, opening and enrolling a store.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};

use serde::{Deserialize, Serialize};

use super::{Held, Inner, Settings, Workbench};
use crate::query::Me;
use crate::query::view::PersonView;
use crate::screen::Lang;
use crate::store::blobs::Blobs;
use crate::store::{Own, Row, Store, Tx};
use crate::sync::client::{Client, Enrolled};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{DeviceId, Hash, PersonId, RecordId, ReportId};
use chuda_record::policy::Writer;
use chuda_record::rules::Config;
use chuda_record::rules::config::version_of;
use chuda_record::time::{DEFAULT_ZONE, to_millis};
use chuda_record::{Actor, Evidence, Kind, Person, Release, Report, Role, Scalar};
use chuda_sqlite::private;
use chuda_words::keys;

/// Who works here, beside the database: so that a damaged one can be rebuilt for the same person. No secrets, no names.
const IDENTITY: &str = "identity.json";
/// Newest versions of the configuration that are looked through for one that can be understood.
const MAX_RELEASES: u32 = 100;

/// Who works on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Identity {
    /// The person.
    #[serde(serialize_with = "crate::query::view::with_roles")]
    pub person: PersonView,
    /// This installation.
    pub device: DeviceId,
    /// The server it belongs to, if any.
    pub server: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Card {
    person: PersonId,
    device: DeviceId,
    server: Option<String>,
    /// Tells a wrong key from a damaged database. The key is random, so its hash gives nothing away.
    key: Hash,
}

impl Workbench {
    /// Whether the folder holds a store already.
    pub fn exists(dir: &Path) -> bool {
        dir.join(IDENTITY).exists()
    }

    /// Makes a store for a person without a server. It can join one later with [`Self::enrol`].
    pub fn create_offline(settings: Settings, name: &str) -> Result<Self> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::invalid(keys::PERSON_NAME_MISSING));
        }
        refuse_existing(&settings.dir)?;
        let now = settings.clock.now();
        let card = Card { person: PersonId::new(now), device: DeviceId::new(now), server: None, key: Hash::of(&settings.key) };
        let (store, _) = Store::open(&settings.dir, settings.key)?;
        store.write(|tx| {
            write_card(tx, &card)?;
            tx.set_meta("name", name)
        })?;
        keep_card(&settings.dir, &card)?;
        Self::over(settings, store)
    }

    /// Makes a store and enrols it with a one-time code. When the server refuses or is not reached, nothing is left behind.
    pub async fn create_enrolled(settings: Settings, server: &str, code: &str) -> Result<Self> {
        refuse_existing(&settings.dir)?;
        let device = DeviceId::new(settings.clock.now());
        let client = Client::new()?;
        let enrolled = client.enrol(server, code, device, settings.signer.as_ref(), settings.clock.as_ref()).await?;
        let (store, _) = Store::open(&settings.dir, settings.key)?;
        let card = Card { person: enrolled.person, device, server: Some(enrolled.server.clone()), key: Hash::of(&settings.key) };
        store.write(|tx| write_enrolled(tx, &card, &enrolled, settings.clock.as_ref()))?;
        keep_card(&settings.dir, &card)?;
        Self::over(settings, store)
    }

    /// Opens the store. A damaged database is set aside and rebuilt from what can be read of it; the server has the rest.
    pub fn open(settings: Settings) -> Result<Self> {
        match Self::open_once(settings.clone()) {
            // The store has marked itself: this time every page is looked at.
            Err(error) if error.key == keys::STORAGE_DAMAGED => Self::open_once(settings),
            opened => opened,
        }
    }

    fn open_once(settings: Settings) -> Result<Self> {
        let card = std::fs::read(settings.dir.join(IDENTITY)).map_err(|_| Error::not_found(keys::STORE_NOT_FOUND))?;
        let card: Card = serde_json::from_slice(&card).map_err(|_| Error::new(ErrorKind::Storage, keys::STORAGE_DAMAGED))?;
        if card.key != Hash::of(&settings.key) {
            return Err(Error::new(ErrorKind::Storage, keys::STORAGE_WRONG_KEY));
        }
        let (store, opened) = Store::reopen(&settings.dir, settings.key)?;
        if opened.salvaged {
            // What the server has comes again from the start of the log.
            store.write(|tx| {
                write_card(tx, &card)?;
                tx.set_meta("cursor", 0)?;
                tx.note_lost(&opened.lost, settings.clock.now())?;
                tx.offer_everything()
            })?;
        }
        let workbench = Self::over(settings, store)?;
        if opened.salvaged {
            workbench.queue_what_is_here()?;
        }
        Ok(workbench)
    }

    /// Queues the bytes of own evidence that are here and in no queue: what the server has of them it says at once.
    fn queue_what_is_here(&self) -> Result<()> {
        let (inner, me) = (&self.0, self.0.me().id);
        inner.store.write(|tx| {
            for (id, kind) in tx.all_records()? {
                let Some(row) = (if kind == Kind::Evidence { tx.record::<Evidence>(id)? } else { None }) else { continue };
                let evidence = row.record;
                if evidence.author == me && inner.blobs.contains(evidence.sha256) {
                    tx.queue_upload(evidence.sha256, id.into(), u64::try_from(evidence.size).unwrap_or_default())?;
                }
            }
            Ok(())
        })
    }

    /// Joins a server with a store that was made offline. Records become those of the person the code was made for; claims
    /// stay as they are, signed with the same device key.
    pub async fn enrol(&self, server: &str, code: &str) -> Result<Identity> {
        let inner = &self.0;
        let _running = inner.syncing.lock().await;
        let me = inner.me();
        if me.enrolled {
            return Err(Error::invalid(keys::ENROL_ALREADY));
        }
        let device = inner.store.read(device)?;
        let Settings { signer, clock, .. } = &inner.settings;
        let enrolled = inner.client.enrol(server, code, device, signer.as_ref(), clock.as_ref()).await?;
        let key = Hash::of(&inner.settings.key);
        let card = Card { person: enrolled.person, device, server: Some(enrolled.server.clone()), key };
        inner.store.write(|tx| {
            let own = inner.own(tx, &me)?;
            adopt(tx, &own, me.id, enrolled.person)?;
            write_enrolled(tx, &card, &enrolled, clock.as_ref())
        })?;
        keep_card(&inner.settings.dir, &card)?;
        self.refresh_me()?;
        self.0.listeners.changed();
        self.identity()
    }

    fn over(settings: Settings, store: Store) -> Result<Self> {
        let blobs = Blobs::open(&settings.dir.join("blobs"), settings.key)?;
        let me = store.read(read_me)?;
        let config = store.read(read_config)?;
        let inner = Inner {
            settings,
            store,
            blobs,
            me: RwLock::new(me),
            english: AtomicBool::default(),
            filed: Mutex::default(),
            config: RwLock::new(config),
            listeners: super::listeners::Listeners::default(),
            #[cfg(feature = "whisper")]
            engine: Mutex::default(),
            signing: Mutex::default(),
            client: Client::new()?,
            syncing: tokio::sync::Mutex::default(),
        };
        let workbench = Self(Arc::new(Held(Arc::new(inner))));
        workbench.keep_leftovers();
        Ok(workbench)
    }

    /// Takes note of what the server says about this person: name, roles, zone, and of the configuration in force.
    pub(super) fn refresh_me(&self) -> Result<()> {
        let me = self.0.store.read(read_me)?;
        *self.0.me.write().unwrap_or_else(std::sync::PoisonError::into_inner) = me;
        let config = self.0.store.read(read_config)?;
        *self.0.config.write().unwrap_or_else(std::sync::PoisonError::into_inner) = config;
        Ok(())
    }
}

/// The newest configuration that this version of the app understands (T6); others wait for an update.
fn read_config(tx: &Tx<'_>) -> Result<Arc<Config>> {
    let mut releases = tx.list::<Release>(None, false, MAX_RELEASES)?;
    releases.sort_by_key(|row| std::cmp::Reverse(row.record.version));
    let own = version_of(env!("CARGO_PKG_VERSION"));
    for Row { record: release, .. } in releases.into_iter().filter(|row| version_of(&row.record.min_app) <= own) {
        match Config::read(&release.content) {
            Ok(config) => return Ok(Arc::new(config)),
            Err(flawed) => tracing::warn!(version = release.version, %flawed, "configuration not understood"),
        }
    }
    Ok(Arc::new(Config::builtin().clone()))
}

/// This installation.
pub(super) fn device(tx: &Tx<'_>) -> Result<DeviceId> {
    tx.meta::<[u8; 16]>("device")?
        .and_then(|bytes| DeviceId::from_slice(&bytes))
        .ok_or_else(|| Error::new(ErrorKind::Storage, keys::STORAGE_DAMAGED))
}

/// A new incarnation of this installation: by chance, so that a restored backup can't count to the same one.
pub(super) fn new_incarnation(tx: &Tx<'_>) -> Result<u32> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("random.failed", error))?;
    let incarnation = u32::from_be_bytes(bytes);
    tx.set_meta("incarnation", incarnation)?;
    Ok(incarnation)
}

fn refuse_existing(dir: &Path) -> Result<()> {
    if Workbench::exists(dir) { Err(Error::invalid(keys::STORE_EXISTS)) } else { Ok(()) }
}

fn keep_card(dir: &Path, card: &Card) -> Result<()> {
    let json = serde_json::to_vec(card).map_err(|error| Error::internal("identity.encode", error))?;
    let part = dir.join(format!("{IDENTITY}.part"));
    private::file(&part)?;
    std::fs::write(&part, json)?;
    std::fs::File::open(&part)?.sync_all()?;
    Ok(std::fs::rename(part, dir.join(IDENTITY))?)
}

fn write_card(tx: &Tx<'_>, card: &Card) -> Result<()> {
    tx.set_meta("person", card.person.as_bytes())?;
    tx.set_meta("device", card.device.as_bytes())?;
    card.server.as_ref().map_or(Ok(()), |server| tx.set_meta("server", server))
}

fn write_enrolled(tx: &Tx<'_>, card: &Card, enrolled: &Enrolled, clock: &dyn chuda_evidence::clock::Clock) -> Result<()> {
    write_card(tx, card)?;
    tx.set_meta("name", &enrolled.name)?;
    let roles: Vec<&str> = enrolled.roles.iter().map(|role| role.as_str()).collect();
    tx.set_meta("roles", roles.join(","))?;
    tx.set_meta("enrolled_at", to_millis(clock.now()))
}

fn read_me(tx: &Tx<'_>) -> Result<Me> {
    let damaged = || Error::new(ErrorKind::Storage, keys::STORAGE_DAMAGED);
    let id = tx.meta::<[u8; 16]>("person")?.and_then(|bytes| PersonId::from_slice(&bytes)).ok_or_else(damaged)?;
    let person = tx.record::<Person>(id)?.map(|row| row.record);
    let enrolled = tx.meta::<String>("server")?.is_some();
    let (lang, filed) = (Lang::Zh, None);
    let roles = tx.meta::<String>("roles")?.unwrap_or_else(|| Role::Rep.as_str().into());
    Ok(match person {
        Some(person) => {
            Me { id, name: person.name, roles: person.roles.into_iter().collect(), zone: person.zone, enrolled, lang, filed }
        }
        None => Me {
            id,
            name: tx.meta("name")?.unwrap_or_default(),
            roles: roles.split(',').filter_map(Role::parse).collect(),
            // Until the server says otherwise, everyone is where the product is used first.
            zone: DEFAULT_ZONE,
            enrolled,
            lang,
            filed,
        },
    })
}

/// Writes every record anew in the name of another person, as documents that nobody has seen yet.
fn adopt(tx: &Tx<'_>, own: &Own, from: PersonId, to: PersonId) -> Result<()> {
    let actor = Actor { incarnation: new_incarnation(tx)?, ..own.actor };
    // The server has not seen any of this: it is written as the server will judge it, by the new author.
    let own = Own { actor, writer: Writer::Server, ..own.clone() };
    let (before, after) = (from.to_string(), to.to_string());
    for (id, kind) in tx.all_records()? {
        let mut fields = tx.load(id)?.fields();
        for value in fields.values_mut() {
            if *value == Scalar::Text(before.clone()) {
                *value = Scalar::Text(after.clone());
            }
        }
        let new_id = match tx.record::<Report>(id)? {
            Some(report) => RecordId::from(ReportId::of(to, report.record.day)),
            None => id,
        };
        tx.forget(id)?;
        tx.write_fields(&own, new_id, kind, &fields)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    #[test]
    fn a_phone_stays_with_the_last_version_it_understands() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), [7; 32]).unwrap();
        let device = DeviceId::new(Utc::now());
        let own = Own::new(Actor { device, incarnation: 0 }, Writer::Server, Utc::now());
        let arrive = |version: i64, min_app: &str, content: &str| {
            let release = Release {
                version,
                content: content.into(),
                min_app: min_app.into(),
                published_by: PersonId::new(Utc::now()),
                at: own.at,
                note: "改".into(),
            };
            store.write(|tx| tx.create(&own, Release::id_of(version), &release)).unwrap();
            store.read(read_config).unwrap().version
        };
        let content = |version: i64| Config { version, ..Config::builtin().clone() }.to_json();
        assert_eq!(store.read(read_config).unwrap().version, 1);
        assert_eq!(arrive(2, "0.1.0", &content(2)), 2);
        assert_eq!(arrive(3, "99.0.0", "what a later app would read"), 2);
        assert_eq!(arrive(4, "0.1.0", "nothing that anybody could read"), 2);
        assert_eq!(arrive(5, "0.0.9", &content(5)), 5);
        // One that is checked more strictly by now was published all the same.
        let mut lax = Config { version: 6, ..Config::builtin().clone() };
        lax.actions[0].zh = String::new();
        assert!(lax.check().is_err());
        assert_eq!(arrive(6, "0.1.0", &lax.to_json()), 6);
    }
}

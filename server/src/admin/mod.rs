//! What an admin does from a terminal: people, codes, devices, tokens, jobs, webhooks, backup and restore. Works beside a running server.

mod consents;
mod erasing;
mod people;
mod tokens;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use chuda_evidence::audit::About;
use chuda_record::id::{DeviceId, EventId, PersonId, RecordId, WebhookId};
use chuda_record::time::from_millis;
use chuda_record::wire::api::{ImportKind, ImportReport};
use chuda_record::{Error, Result};
use chuda_record::{Fields, Kind};
use chuda_words::keys;
use serde::Serialize;

use crate::audit::{self, Act, AuditExport, By, Verb};
use crate::import::{self, table};
use crate::reactions;
use crate::server::DATABASE;
use crate::store::{JobRow, Store, Tx, WebhookRow};
use crate::strays;
use crate::webhooks::{self, Event};
pub use consents::ConsentView;
pub use erasing::{Erasure, Forgotten, Mention};
use people::find;
pub use people::{Leaving, NewPerson};
pub(crate) use tokens::state_of;
pub use tokens::{TOKEN_DAYS, TokenState, TokenView};

/// Most jobs in a list.
const MAX_LISTED: usize = 1_000;

/// The admin's way into a server's data folder.
pub struct Admin(Store, PathBuf);

/// An enrolled device, as an admin sees it.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// Such as `android`, as the device said.
    pub platform: Option<String>,
    /// When it was enrolled.
    pub enrolled_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A job that is not done, as an admin sees it.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Its number.
    pub id: i64,
    /// What it is done once for.
    pub key: String,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// When it comes up.
    pub due: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
    /// How the last attempt failed: a key and numbers.
    pub last_error: Option<String>,
}

/// Where a job stands that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Until it is due.
    Waiting,
    /// Somebody is at it, or was until the process ended.
    Taken,
    /// Given up, since then.
    Dead(DateTime<Utc>),
}

impl JobState {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Dead(_) => "dead",
        }
    }
}

/// A subscription, as an admin sees it.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Where events go.
    pub url: String,
    /// Which.
    pub events: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Deliveries that wait.
    pub waiting: usize,
    /// Deliveries that were given up.
    pub dead: usize,
}

/// A delivery that was given up, as an admin sees it.
#[derive(Clone, Debug, Serialize)]
pub struct DeadDelivery {
    /// Its number; it is a job.
    pub id: i64,
    /// To whom.
    pub webhook: WebhookId,
    /// Of what; the receiver knows it as `webhook-id`.
    pub event: EventId,
    /// The event's name, as long as it is remembered.
    pub name: Option<String>,
    /// The record it is about, as long as the event is remembered.
    pub record: Option<RecordId>,
    /// How often it was tried.
    pub attempts: u32,
    /// How the last attempt failed: a key and numbers.
    pub last_error: Option<String>,
    /// When it was given up.
    pub dead_at: Option<DateTime<Utc>>,
}

impl Admin {
    /// Opens the data folder of a server, running or not, and makes it if it is missing.
    pub fn open(data: &Path) -> Result<Self> {
        chuda_sqlite::private::folder(data)?;
        Ok(Self(Store::open(&data.join(DATABASE))?, data.to_owned()))
    }

    /// Every device, the revoked ones among them.
    pub fn devices(&self) -> Result<Vec<DeviceView>> {
        let rows = self.0.read(|tx| tx.devices())?;
        Ok(rows
            .into_iter()
            .map(|row| DeviceView {
                id: row.id,
                person: row.person,
                platform: row.platform,
                enrolled_at: from_millis(row.enrolled_at),
                revoked_at: row.revoked_at.map(from_millis),
            })
            .collect())
    }

    /// Locks a device out, at once.
    pub fn revoke(&self, device: DeviceId, now: DateTime<Utc>) -> Result<()> {
        self.0.write(|tx| {
            let not_found = || Error::not_found(keys::DEVICE_NOT_FOUND);
            let person = tx.device(device)?.ok_or_else(not_found)?.person;
            if !tx.revoke_device(device, now)? {
                return Err(not_found());
            }
            audit::log(tx, now, &By::admin(), Act::new(Verb::Revoked).on(person, Kind::Person).saying(&device.to_string()))
        })
    }

    /// Takes in a file of customers, leads or payment slips as somebody, named by id or by a name that only one person has; or only
    /// says what would come of it. With any mistake in it nothing is written.
    pub fn import(&self, kind: ImportKind, file: &[u8], dry_run: bool, person: &str, now: DateTime<Utc>) -> Result<ImportReport> {
        let rows = table::read(file)?;
        let run = |tx: &Tx<'_>, dry_run| import::run(tx, kind, &rows, (find(tx, person)?, &By::admin()), dry_run, now);
        if dry_run { self.0.read(|tx| run(tx, true)) } else { self.0.write(|tx| run(tx, false)) }
    }

    /// Jobs that are not done: those that were given up, the last one first, or those that wait or are being done, by when they are due.
    pub fn jobs(&self, dead: bool) -> Result<Vec<JobView>> {
        let rows = self.0.read(|tx| if dead { tx.dead_jobs(None, MAX_LISTED) } else { tx.open_jobs(MAX_LISTED) })?;
        Ok(rows.into_iter().map(job_view).collect())
    }

    /// Lets a job come up at once, with all its attempts, whether it was given up or only waits. A running server looks within a minute.
    pub fn retry_job(&self, job: i64, now: DateTime<Utc>) -> Result<()> {
        self.0.write(|tx| match (tx.job(job)?, tx.retry_job(job, now)?) {
            (_, true) => Ok(()),
            (Some(_), false) => Err(Error::invalid(keys::JOB_TAKEN)),
            (None, false) => Err(Error::not_found(keys::JOB_NOT_FOUND)),
        })
    }

    /// Subscribes an address to events. Returns the secret that the receiver checks signatures with; it is not shown again.
    pub fn add_webhook(&self, url: &str, events: &[Event], now: DateTime<Utc>) -> Result<(WebhookId, String)> {
        self.0.write(|tx| {
            let (webhook, secret) = webhooks::subscribe(tx, url, events, "admin", now)?;
            audit::log(tx, now, &By::admin(), Act::new(Verb::WebhookAdded).saying(&webhook.to_string()))?;
            Ok((webhook, secret))
        })
    }

    /// Every subscription.
    pub fn webhooks(&self) -> Result<Vec<WebhookView>> {
        self.0.read(|tx| tx.webhooks()?.into_iter().map(|row| webhook_view(tx, row)).collect())
    }

    /// Ends a subscription; what waits for its receiver is dropped.
    pub fn remove_webhook(&self, webhook: WebhookId, now: DateTime<Utc>) -> Result<()> {
        self.0.write(|tx| {
            webhooks::unsubscribe(tx, webhook)?;
            audit::log(tx, now, &By::admin(), Act::new(Verb::WebhookRemoved).saying(&webhook.to_string()))
        })
    }

    /// Deliveries that were given up, the last one first.
    pub fn dead_deliveries(&self) -> Result<Vec<DeadDelivery>> {
        let dead = self.0.read(|tx| webhooks::dead(tx, MAX_LISTED))?;
        let views = dead.into_iter().map(|(job, delivery, event)| {
            let (name, record) = event.map(|event| (event.event, event.record)).unzip();
            DeadDelivery {
                id: job.id,
                webhook: delivery.webhook,
                event: delivery.event,
                name,
                record,
                attempts: job.attempts,
                last_error: job.last_error,
                dead_at: job.dead_at.map(from_millis),
            }
        });
        Ok(views.collect())
    }

    /// Lets deliveries that were given up be tried again: one, or all of them. Returns how many.
    pub fn retry_deliveries(&self, delivery: Option<i64>, now: DateTime<Utc>) -> Result<usize> {
        let retried = self.0.write(|tx| webhooks::retry(tx, delivery, now))?;
        if retried == 0 && delivery.is_some() { Err(Error::not_found(keys::DELIVERY_NOT_FOUND)) } else { Ok(retried) }
    }

    /// Copies the database into a new file, while the server runs. Blobs are files of their own: copy their folder too, and the
    /// server's key.
    pub fn backup(&self, file: &Path, now: DateTime<Utc>) -> Result<()> {
        if file.exists() {
            return Err(Error::invalid(keys::BACKUP_EXISTS));
        }
        self.0.write(|tx| audit::log(tx, now, &By::admin(), Act::new(Verb::BackedUp)))?;
        self.0.backup(file)
    }

    /// Puts the content of a backup in place of the present one, also while the server runs. The log gets a new epoch, so that
    /// every device finds out and sends again what the backup lacks.
    ///
    /// The audit log loses nothing: what was logged since the backup stays in it, followed by an entry that says up to which entry the
    /// records were put back (`log_kept`). Where the backup is of another log than the present one, the backup's goes on, and the entry
    /// names the last one of the log that is gone (`log_replaced`).
    pub fn restore(&self, file: &Path, now: DateTime<Utc>) -> Result<()> {
        if !file.is_file() {
            return Err(Error::not_found(keys::BACKUP_NOT_FOUND));
        }
        self.0.restore(file, |tx, replaced| {
            let (about, detail) = if replaced.kept { (replaced.backup, "log_kept") } else { (replaced.head, "log_replaced") };
            let act = Act::new(Verb::Restored).saying(detail);
            audit::log(tx, now, &By::admin(), about.map_or(act, |(_, hash)| act.about(About::Entry(hash))))?;
            // The backup may be of before that was refused.
            strays::set_all_aside(tx, now)
        })
    }

    /// Writes the audit log of some days, both included, for an auditor: entries, changes, and the server's signature over them.
    pub fn export_audit(
        &self,
        out: &Path,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
        now: DateTime<Utc>,
    ) -> Result<AuditExport> {
        let key = crate::key::open(&self.1)?;
        audit::note_key(&self.0, &key, now)?;
        audit::export(&self.0, &key, out, (from, to), now)
    }
}

fn write(tx: &Tx<'_>, document: RecordId, fields: &Fields, now: DateTime<Utc>) -> Result<()> {
    let mut ingest = reactions::begin(tx, now)?;
    ingest.write_by(&By::admin(), document, fields)?;
    ingest.finish()
}

fn webhook_view(tx: &Tx<'_>, row: WebhookRow) -> Result<WebhookView> {
    let (waiting, dead) = webhooks::deliveries(tx, row.id)?;
    Ok(WebhookView {
        id: row.id,
        url: row.url,
        events: row.events.split(' ').map(str::to_owned).collect(),
        created_by: row.created_by,
        created_at: from_millis(row.created_at),
        waiting,
        dead,
    })
}

fn job_view(row: JobRow) -> JobView {
    let state = match (row.dead_at, row.leased) {
        (Some(at), _) => JobState::Dead(from_millis(at)),
        (None, true) => JobState::Taken,
        (None, false) => JobState::Waiting,
    };
    JobView {
        id: row.id,
        key: row.key,
        kind: row.kind,
        state,
        due: from_millis(row.due),
        attempts: row.attempts,
        last_error: row.last_error,
    }
}

//! Who is told of events, and the events that were to be told.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{EventId, RecordId, WebhookId};
use rusqlite::{Row, params};

use super::Tx;
use super::sqlite::id;

/// A subscription.
#[derive(Clone)]
pub(crate) struct WebhookRow {
    pub(crate) id: WebhookId,
    pub(crate) url: String,
    /// What its signatures are made with.
    pub(crate) secret: Vec<u8>,
    /// Names, separated by spaces.
    pub(crate) events: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
}

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) id: EventId,
    pub(crate) event: String,
    pub(crate) record: RecordId,
    /// As it is sent, byte for byte.
    pub(crate) body: String,
}

impl Tx<'_> {
    /// Keeps a subscription.
    pub(crate) fn add_webhook(&self, row: &WebhookRow) -> Result<()> {
        self.run(
            "INSERT INTO webhooks (id, url, secret, events, created_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![row.id.as_bytes(), row.url, row.secret, row.events, row.created_by, row.created_at],
        )
        .map(drop)
    }

    /// Removes a subscription; false when there is none.
    pub(crate) fn remove_webhook(&self, webhook: WebhookId) -> Result<bool> {
        Ok(self.run("DELETE FROM webhooks WHERE id = ?1", params![webhook.as_bytes()])? > 0)
    }

    /// One subscription.
    pub(crate) fn webhook(&self, webhook: WebhookId) -> Result<Option<WebhookRow>> {
        self.one(
            "SELECT id, url, secret, events, created_by, created_at FROM webhooks WHERE id = ?1",
            params![webhook.as_bytes()],
            webhook_row,
        )
    }

    /// Every subscription, oldest first.
    pub(crate) fn webhooks(&self) -> Result<Vec<WebhookRow>> {
        self.all("SELECT id, url, secret, events, created_by, created_at FROM webhooks ORDER BY created_at, id", [], webhook_row)
    }

    /// The subscriptions to an event.
    pub(crate) fn webhooks_for(&self, event: &str) -> Result<Vec<WebhookId>> {
        self.all(
            "SELECT id FROM webhooks WHERE instr(' ' || events || ' ', ' ' || ?1 || ' ') > 0 ORDER BY id",
            params![event],
            |row| id(row, 0, WebhookId::from_slice),
        )
    }

    /// Keeps an event until it is forgotten.
    pub(crate) fn add_event(&self, row: &EventRow, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "INSERT INTO events (id, event, record, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![row.id.as_bytes(), row.event, row.record.as_bytes(), now.timestamp_millis(), row.body],
        )
        .map(drop)
    }

    /// One event.
    pub(crate) fn event(&self, event: EventId) -> Result<Option<EventRow>> {
        self.one("SELECT id, event, record, body FROM events WHERE id = ?1", params![event.as_bytes()], |row| {
            Ok(EventRow {
                id: id(row, 0, EventId::from_slice)?,
                event: row.get(1)?,
                record: id(row, 2, RecordId::from_slice)?,
                body: row.get(3)?,
            })
        })
    }

    /// Forgets events from before then, at most so many; says how many they were.
    pub(crate) fn forget_events(&self, before: DateTime<Utc>, most: usize) -> Result<usize> {
        self.run(
            "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ?1 LIMIT ?2)",
            params![before.timestamp_millis(), most as i64],
        )
    }
}

fn webhook_row(row: &Row<'_>) -> rusqlite::Result<WebhookRow> {
    Ok(WebhookRow {
        id: id(row, 0, WebhookId::from_slice)?,
        url: row.get(1)?,
        secret: row.get(2)?,
        events: row.get(3)?,
        created_by: row.get(4)?,
        created_at: row.get(5)?,
    })
}

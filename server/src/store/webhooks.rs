//! Who is told of events, and the events that were to be told.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{EventId, RecordId, WebhookId};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::rows::id;

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
        self.sql
            .run(
                "INSERT INTO webhooks (id, url, secret, events, created_by, created_at)
             VALUES (:id, :url, :secret, :events, :created_by, :created_at)",
                named_params! {
                    ":id": row.id.as_bytes(),
                    ":url": row.url,
                    ":secret": row.secret,
                    ":events": row.events,
                    ":created_by": row.created_by,
                    ":created_at": row.created_at,
                },
            )
            .map(drop)
    }

    /// Removes a subscription; false when there is none.
    pub(crate) fn remove_webhook(&self, webhook: WebhookId) -> Result<bool> {
        Ok(self.sql.run("DELETE FROM webhooks WHERE id = :webhook", named_params! { ":webhook": webhook.as_bytes() })? > 0)
    }

    /// One subscription.
    pub(crate) fn webhook(&self, webhook: WebhookId) -> Result<Option<WebhookRow>> {
        self.sql.one(
            "SELECT id, url, secret, events, created_by, created_at FROM webhooks WHERE id = :webhook",
            named_params! { ":webhook": webhook.as_bytes() },
            webhook_row,
        )
    }

    /// Every subscription, oldest first.
    pub(crate) fn webhooks(&self) -> Result<Vec<WebhookRow>> {
        self.sql.all(
            "SELECT id, url, secret, events, created_by, created_at FROM webhooks ORDER BY created_at, id",
            [],
            webhook_row,
        )
    }

    /// The subscriptions to an event.
    pub(crate) fn webhooks_for(&self, event: &str) -> Result<Vec<WebhookId>> {
        let all: Vec<(WebhookId, String)> = self
            .sql
            .all("SELECT id, events FROM webhooks ORDER BY id", [], |row| Ok((id(row, 0, WebhookId::from_slice)?, row.get(1)?)))?;
        Ok(all
            .into_iter()
            .filter(|(_, events)| events.split(' ').any(|other| other == event))
            .map(|(webhook, _)| webhook)
            .collect())
    }

    /// Keeps an event until it is forgotten.
    pub(crate) fn add_event(&self, row: &EventRow, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO events (id, event, record, at, body) VALUES (:id, :event, :record, :at, :body)",
                named_params! {
                    ":id": row.id.as_bytes(),
                    ":event": row.event,
                    ":record": row.record.as_bytes(),
                    ":at": now.timestamp_millis(),
                    ":body": row.body,
                },
            )
            .map(drop)
    }

    /// One event.
    pub(crate) fn event(&self, event: EventId) -> Result<Option<EventRow>> {
        self.sql.one(
            "SELECT id, event, record, body FROM events WHERE id = :event",
            named_params! { ":event": event.as_bytes() },
            |row| {
                Ok(EventRow {
                    id: id(row, 0, EventId::from_slice)?,
                    event: row.get(1)?,
                    record: id(row, 2, RecordId::from_slice)?,
                    body: row.get(3)?,
                })
            },
        )
    }

    /// Forgets events from before then, at most so many; says how many they were.
    pub(crate) fn forget_events(&self, before: DateTime<Utc>, most: usize) -> Result<usize> {
        self.sql.run(
            "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < :before LIMIT :most)",
            named_params! { ":before": before.timestamp_millis(), ":most": most as i64 },
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

//! Who is told of which events, and what is under way to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chuda_record::id::{EventId, RecordId, WebhookId};
use chuda_record::{Error, Result};
use chuda_words::keys;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::event::Event;
use crate::store::{EventRow, JobRow, Payload, Tx, WebhookRow};

/// Most subscriptions; fewer than jobs are done at a time, so that receivers that keep us waiting do not hold up anything else.
const MAX_WEBHOOKS: usize = 32;
/// Most deliveries that wait for one receiver. What comes on top is left out, and logged.
const MAX_WAITING: usize = 10_000;
/// Longest address.
const MAX_URL: usize = 2_000;
/// How long a delivery is remembered that was made or given up.
const DELIVERY_LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long an event is remembered; longer than any of its deliveries can take, but for one that an admin lets try again late.
const EVENT_LIFETIME: TimeDelta = TimeDelta::days(60);
/// Most that is forgotten in one transaction.
const MAX_FORGOTTEN: usize = 10_000;

/// The job of telling one subscriber of one event.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) webhook: WebhookId,
    pub(crate) event: EventId,
}

impl Payload for Delivery {
    const KIND: &'static str = "deliver-webhook";

    /// Deliveries to one receiver follow each other.
    fn lane(&self) -> String {
        lane(self.webhook)
    }
}

/// Whether anybody subscribes to an event.
pub(crate) fn is_wanted(tx: &Tx<'_>, event: Event) -> Result<bool> {
    Ok(!tx.webhooks_for(event.as_str())?.is_empty())
}

/// What a receiver gets.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    name: &'a str,
    timestamp: String,
    data: &'a RawValue,
}

/// Tells every subscriber of an event: keeps it and schedules its deliveries, all in the caller's transaction. `data` carries ids and
/// keys, and at most the names of people and customers.
pub(crate) fn emit(tx: &Tx<'_>, event: Event, record: RecordId, data: &RawValue, now: DateTime<Utc>) -> Result<()> {
    let webhooks = tx.webhooks_for(event.as_str())?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let id = EventId::new(now);
    let timestamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let body = serde_json::to_string(&Message { name: event.as_str(), timestamp, data });
    let body = body.map_err(|error| Error::internal("event.encode", error))?;
    tx.add_event(&EventRow { id, event: event.as_str().to_owned(), record, body }, now)?;
    for webhook in webhooks {
        if tx.has_open_jobs(&lane(webhook), MAX_WAITING)? {
            tracing::error!(%webhook, event = %id, "too much waits for this receiver; it is not told of an event");
            continue;
        }
        tx.schedule(&format!("webhook/{webhook}/{id}"), &Delivery { webhook, event: id }, now)?;
    }
    Ok(())
}

/// Subscribes an address to events; the second is the secret that the receiver checks signatures with, in the form it takes.
pub(crate) fn subscribe(tx: &Tx<'_>, url: &str, events: &[Event], by: &str, now: DateTime<Utc>) -> Result<(WebhookId, String)> {
    let url = checked(url)?;
    if events.is_empty() {
        return Err(Error::invalid(keys::WEBHOOK_EVENTS));
    }
    if tx.webhooks()?.len() >= MAX_WEBHOOKS {
        return Err(Error::invalid(keys::WEBHOOK_TOO_MANY).with("most", MAX_WEBHOOKS));
    }
    let (id, secret) = (WebhookId::new(now), crate::random::bytes::<32>()?);
    let events = events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ");
    let created_at = now.timestamp_millis();
    tx.add_webhook(&WebhookRow { id, url, secret: secret.to_vec(), events, created_by: by.to_owned(), created_at })?;
    Ok((id, format!("whsec_{}", BASE64.encode(secret))))
}

/// Ends a subscription, and with it whatever waits for its receiver.
pub(crate) fn unsubscribe(tx: &Tx<'_>, webhook: WebhookId) -> Result<()> {
    if !tx.remove_webhook(webhook)? {
        return Err(Error::not_found(keys::WEBHOOK_NOT_FOUND));
    }
    tx.remove_jobs_of_lane(&lane(webhook))
}

/// Forgets what was told, and what could not be: a delivery after 30 days, an event after 60, when nothing waits for it any more. Says
/// whether there is more to forget.
pub(crate) fn forget(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<bool> {
    let deliveries = tx.forget_jobs(Delivery::KIND, now - DELIVERY_LIFETIME, MAX_FORGOTTEN)?;
    let events = tx.forget_events(now - EVENT_LIFETIME, MAX_FORGOTTEN)?;
    Ok(deliveries.max(events) >= MAX_FORGOTTEN)
}

/// Deliveries that were given up, with their event, the last ones first.
pub(crate) fn dead(tx: &Tx<'_>, most: usize) -> Result<Vec<(JobRow, Delivery, Option<EventRow>)>> {
    let mut dead = Vec::new();
    for job in tx.dead_jobs(Some(Delivery::KIND), most)? {
        let delivery = Delivery::read(&job.payload)?;
        dead.push((job, delivery, tx.event(delivery.event)?));
    }
    Ok(dead)
}

/// Lets deliveries that were given up be tried again, one or all of them; says how many they were.
pub(crate) fn retry(tx: &Tx<'_>, delivery: Option<i64>, now: DateTime<Utc>) -> Result<usize> {
    tx.retry_dead_jobs(Delivery::KIND, delivery, now)
}

/// How many deliveries wait for a subscriber, and how many were given up.
pub(crate) fn deliveries(tx: &Tx<'_>, webhook: WebhookId) -> Result<(usize, usize)> {
    tx.count_jobs(&lane(webhook))
}

/// An address in the form in which it is kept. One with a password is refused: lists show addresses.
fn checked(url: &str) -> Result<String> {
    let invalid = || Error::invalid(keys::WEBHOOK_URL);
    let parsed = Url::parse(url.trim()).map_err(|_| invalid())?;
    let plain = parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none();
    let ours = matches!(parsed.scheme(), "http" | "https") && parsed.has_host() && parsed.as_str().len() <= MAX_URL;
    if plain && ours { Ok(parsed.into()) } else { Err(invalid()) }
}

fn lane(webhook: WebhookId) -> String {
    format!("webhook/{webhook}")
}

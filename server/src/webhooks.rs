//! Webhooks: other systems are told of events, as [Standard Webhooks](https://www.standardwebhooks.com) has it.
//!
//! An event and one delivery per subscriber are written in the transaction of what happened; each delivery is a job, so that it is
//! tried again until it is taken, and kept aside when it never is. A receiver that has answered but whose answer was lost hears of an
//! event twice, under the same `webhook-id`.
//!
//! Only an admin says where to, and this server stands among the systems it tells: local addresses are not refused. But nothing that
//! a receiver does leads anywhere else: no redirect is followed, no answer is kept, and time and bytes are bounded.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chuda_record::id::{EventId, RecordId, WebhookId};
use chuda_record::{Error, ErrorKind, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, Url, header};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::app::App;
use crate::events::Event;
use crate::jobs::{self, Job, Outcome};
use crate::stores::Tx;
use crate::stores::jobs::JobRow;
use crate::stores::webhooks::{EventRow, WebhookRow};

/// The kind of job that a delivery is.
const DELIVERY: &str = "deliver-webhook";
/// Most subscriptions; fewer than jobs are done at a time, so that receivers that keep us waiting do not hold up anything else.
pub(crate) const MAX_WEBHOOKS: usize = 32;
/// Most deliveries that wait for one receiver. What comes on top is left out, and logged.
const MAX_WAITING: usize = 10_000;
/// Longest address.
const MAX_URL: usize = 2_000;
/// How long a delivery may take, from the first byte sent to the last one of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read, so that the connection can be used again; they are dropped.
const MAX_ANSWER: usize = 64 * 1024;

/// How long a delivery is remembered that was made or given up.
const DELIVERY_LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long an event is remembered; longer than any of its deliveries can take, but for one that an admin lets try again late.
const EVENT_LIFETIME: TimeDelta = TimeDelta::days(60);
/// Most that is forgotten in one transaction.
const MAX_FORGOTTEN: usize = 10_000;

/// One event for one subscriber.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) webhook: WebhookId,
    pub(crate) event: EventId,
}

impl Delivery {
    /// Deliveries to one receiver follow each other.
    pub(crate) fn lane(&self) -> String {
        lane(self.webhook)
    }
}

/// What a receiver gets.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    name: &'a str,
    timestamp: String,
    data: &'a RawValue,
}

/// Whether anybody subscribes to an event.
pub(crate) fn is_wanted(tx: &Tx<'_>, event: Event) -> Result<bool> {
    Ok(!tx.webhooks_for(event.as_str())?.is_empty())
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
        jobs::schedule(tx, &format!("webhook/{webhook}/{id}"), &Job::DeliverWebhook(Delivery { webhook, event: id }), now)?;
    }
    Ok(())
}

/// Tells one subscriber of one event; an error is to be tried again.
pub(crate) async fn deliver(app: &App, delivery: Delivery) -> Result<()> {
    let found = app.store.read_async(move |tx| Ok(tx.webhook(delivery.webhook)?.zip(tx.event(delivery.event)?)));
    let Some((webhook, event)) = found.await? else {
        tracing::info!(webhook = %delivery.webhook, event = %delivery.event, "nobody is to be told of this any more");
        return Ok(());
    };
    let (id, timestamp) = (event.id.to_string(), app.now().timestamp().to_string());
    let signature = sign(&webhook.secret, &id, &timestamp, &event.body)?;
    app.webhooks
        .post(&webhook.url, [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)], event.body)
        .await?;
    tracing::info!(webhook = %delivery.webhook, event = %delivery.event, "event delivered");
    Ok(())
}

/// Subscribes an address to events; the second is the secret that the receiver checks signatures with, in the form it takes.
pub(crate) fn subscribe(tx: &Tx<'_>, url: &str, events: &[Event], by: &str, now: DateTime<Utc>) -> Result<(WebhookId, String)> {
    let url = checked(url)?;
    if events.is_empty() {
        return Err(Error::invalid("webhook.events"));
    }
    if tx.webhooks()?.len() >= MAX_WEBHOOKS {
        return Err(Error::invalid("webhook.too_many").with("most", MAX_WEBHOOKS));
    }
    let (id, secret) = (WebhookId::new(now), crate::random::<32>()?);
    let events = events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ");
    let created_at = now.timestamp_millis();
    tx.add_webhook(&WebhookRow { id, url, secret: secret.to_vec(), events, created_by: by.to_owned(), created_at })?;
    Ok((id, format!("whsec_{}", BASE64.encode(secret))))
}

/// Ends a subscription, and with it whatever waits for its receiver.
pub(crate) fn unsubscribe(tx: &Tx<'_>, webhook: WebhookId) -> Result<()> {
    if !tx.remove_webhook(webhook)? {
        return Err(Error::not_found("webhook.not_found"));
    }
    tx.remove_jobs_of_lane(&lane(webhook))
}

/// Forgets what was told, and what could not be: a delivery after 30 days, an event after 60, when nothing waits for it any more.
pub(crate) fn forget(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<Outcome> {
    let deliveries = tx.forget_jobs(DELIVERY, now - DELIVERY_LIFETIME, MAX_FORGOTTEN)?;
    let events = tx.forget_events(now - EVENT_LIFETIME, MAX_FORGOTTEN)?;
    let left = deliveries.max(events) >= MAX_FORGOTTEN;
    Ok(Outcome::Again(now + if left { TimeDelta::minutes(1) } else { TimeDelta::days(1) }))
}

/// Deliveries that were given up, with their event, the last ones first.
pub(crate) fn dead(tx: &Tx<'_>, most: usize) -> Result<Vec<(JobRow, Delivery, Option<EventRow>)>> {
    let mut dead = Vec::new();
    for job in tx.dead_jobs(Some(DELIVERY), most)? {
        if let Job::DeliverWebhook(delivery) = jobs::decode(&job.kind, &job.payload)? {
            dead.push((job, delivery, tx.event(delivery.event)?));
        }
    }
    Ok(dead)
}

/// Lets deliveries that were given up be tried again, one or all of them; says how many they were.
pub(crate) fn retry(tx: &Tx<'_>, delivery: Option<i64>, now: DateTime<Utc>) -> Result<usize> {
    tx.retry_dead_jobs(DELIVERY, delivery, now)
}

/// How many deliveries wait for a subscriber, and how many were given up.
pub(crate) fn deliveries(tx: &Tx<'_>, webhook: WebhookId) -> Result<(usize, usize)> {
    tx.count_jobs(&lane(webhook))
}

/// Posts events. Its connections are kept for the next one.
pub(crate) struct Sender(Client);

impl Sender {
    /// One that trusts the system's certificate authorities, a company's own among them, and the public ones.
    pub(crate) fn new() -> Result<Self> {
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::internal("tls.versions", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("chuda-server/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| Error::internal("http.client", error))?;
        Ok(Self(client))
    }

    async fn post(&self, url: &str, headers: [(&str, String); 3], body: String) -> Result<()> {
        let request = self.0.post(url).header(header::CONTENT_TYPE, "application/json").body(body);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let mut answer = request.send().await.map_err(|error| {
            let reason = if error.is_timeout() {
                "timeout"
            } else if error.is_connect() {
                "connect"
            } else {
                "request"
            };
            Error::new(ErrorKind::Offline, "webhook.unreachable").with("reason", reason)
        })?;
        if !answer.status().is_success() {
            return Err(Error::new(ErrorKind::Server, "webhook.refused").with("status", answer.status().as_u16()));
        }
        let mut read = 0;
        while read < MAX_ANSWER
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            read += chunk.len();
        }
        Ok(())
    }
}

/// `v1` and the HMAC of id, time and body. The time is that of the attempt, so that a receiver can refuse what is old.
fn sign(secret: &[u8], id: &str, timestamp: &str, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| Error::internal("webhook.secret", error))?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

/// An address in the form in which it is kept. One with a password is refused: lists show addresses.
fn checked(url: &str) -> Result<String> {
    let invalid = || Error::invalid("webhook.url");
    let parsed = Url::parse(url.trim()).map_err(|_| invalid())?;
    let plain = parsed.username().is_empty() && parsed.password().is_none() && parsed.fragment().is_none();
    let ours = matches!(parsed.scheme(), "http" | "https") && parsed.has_host() && parsed.as_str().len() <= MAX_URL;
    if plain && ours { Ok(parsed.into()) } else { Err(invalid()) }
}

fn lane(webhook: WebhookId) -> String {
    format!("webhook/{webhook}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_the_standard_gives_as_an_example() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signature = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

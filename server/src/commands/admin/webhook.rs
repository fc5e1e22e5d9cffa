//! `admin webhook`: which other systems are told of which events, and what could not be told.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::WebhookId;
use chuda_server::Event;
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum WebhookCommand {
    /// Subscribes an address to events and prints the secret that signatures are checked with, once.
    #[command(
        after_help = "Example: chuda-server admin webhook add https://crm.example/hooks --event touch.recorded --event task.created"
    )]
    Add {
        /// An http or https address.
        url: String,
        /// What to tell; can be given several times.
        #[arg(long = "event", required = true, value_parser = parse_event)]
        events: Vec<Event>,
        #[command(flatten)]
        data: Data,
    },
    /// Lists every subscription.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Ends a subscription; what waits for its receiver is dropped.
    Remove {
        /// Its id.
        webhook: WebhookId,
        #[command(flatten)]
        data: Data,
    },
    /// Lists the deliveries that were given up, at most a thousand.
    Dead {
        #[command(flatten)]
        data: Data,
    },
    /// Lets a delivery that was given up be tried again; a running server does within a minute.
    #[command(after_help = "Example: chuda-server admin webhook retry --all")]
    Retry {
        /// Its number, from the list.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        delivery: Option<i64>,
        /// All of them.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        data: Data,
    },
}

impl WebhookCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Add { url, events, data } => {
                let (webhook, secret) = data.admin()?.add_webhook(&url, &events, now)?;
                data.print(&json!({ "webhook": webhook, "secret": secret }), || format!("{webhook}\n{secret}"))
            }
            Self::List { data } => list(&data),
            Self::Remove { webhook, data } => {
                data.admin()?.remove_webhook(webhook, now)?;
                data.print(&json!({ "webhook": webhook, "removed": true }), || format!("{webhook} removed"))
            }
            Self::Dead { data } => dead(&data),
            Self::Retry { delivery, data, .. } => {
                let retried = data.admin()?.retry_deliveries(delivery, now)?;
                data.print(&json!({ "retried": retried }), || format!("{retried} to be tried again"))
            }
        }
    }
}

fn list(data: &Data) -> Result<()> {
    let webhooks = data.admin()?.webhooks()?;
    data.print(&json!({ "webhooks": webhooks }), || {
        lines(webhooks.iter().map(|webhook| {
            let (events, waiting, dead) = (webhook.events.join(","), webhook.waiting, webhook.dead);
            format!("{}  {events}  waiting {waiting}  dead {dead}  {}", webhook.id, webhook.url)
        }))
    })
}

fn dead(data: &Data) -> Result<()> {
    let deliveries = data.admin()?.dead_deliveries()?;
    data.print(&json!({ "deliveries": deliveries }), || {
        lines(deliveries.iter().map(|delivery| {
            let (name, error) = (delivery.name.as_deref().unwrap_or("-"), delivery.last_error.as_deref().unwrap_or("-"));
            format!("{}  {}  {name}  {}  {error}", delivery.id, delivery.webhook, delivery.event)
        }))
    })
}

fn parse_event(text: &str) -> std::result::Result<Event, String> {
    let known = || Event::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
    Event::parse(text).ok_or_else(|| format!("one of {}", known()))
}

//! Tells one subscriber of one event.

use chuda_record::Result;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::store::{Payload as _, Taken};
use crate::webhooks::Delivery;

pub(super) const KIND: Kind = Kind { name: Delivery::KIND, always: false, work: |app, taken| Box::pin(deliver(app, taken)) };

async fn deliver(app: App, taken: Taken) -> Result<()> {
    let Delivery { webhook, event } = Delivery::read(&taken.payload)?;
    let found = app.store.read_async(move |tx| Ok(tx.webhook(webhook)?.zip(tx.event(event)?)));
    if let Some((receiver, told)) = found.await? {
        app.webhooks.post(&receiver, told, app.now()).await?;
        tracing::info!(%webhook, %event, "event delivered");
    } else {
        tracing::info!(%webhook, %event, "nobody is to be told of this any more");
    }
    settle(&app, &taken, |_, _| Ok(Outcome::Done)).await
}

//! `serve`: listens until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use chuda_evidence::clock::Clock;
use chuda_record::{Error, Result};
use chuda_server::{Network, Server, Settings};
use clap::Args;
use serde_json::json;

use super::data::Data;

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    data: Data,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "CHUDA_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where evidence is kept: a folder or a file: URL; by default `blobs` in the data folder.
    #[arg(long, env = "CHUDA_BLOBS")]
    blobs: Option<String>,
    /// A proxy that is believed about whom it asks for (X-Forwarded-For, Forwarded): an address or a network. May be given several times.
    #[arg(long = "trusted-proxy", env = "CHUDA_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxies: Vec<Network>,
}

impl Serve {
    pub(super) fn run(self, clock: Arc<dyn Clock>) -> Result<()> {
        let Self { data, listen, blobs, trusted_proxies } = self;
        let settings = Settings { listen, blobs, clock, trusted_proxies, ..Settings::local(&data.folder) };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let running = Server::start(settings).await?;
            let address = format!("http://{}", running.address());
            data.print(&json!({ "listening": address }), || format!("chuda-server listening on {address}"))?;
            told_to_stop().await?;
            running.shutdown().await
        })
    }
}

async fn told_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            pressed = tokio::signal::ctrl_c() => pressed.map_err(Error::from),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(Error::from)
}

//! `admin device`: which devices are enrolled, and locking one out.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::DeviceId;
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum DeviceCommand {
    /// Lists every device.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Locks a device out.
    Revoke {
        /// Its id.
        device: DeviceId,
        #[command(flatten)]
        data: Data,
    },
}

impl DeviceCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::List { data } => {
                let devices = data.admin()?.devices()?;
                data.print(&json!({ "devices": devices }), || {
                    lines(devices.iter().map(|device| {
                        let state = if device.revoked_at.is_some() { "revoked" } else { "enrolled" };
                        format!("{}  {}  {state}", device.id, device.person)
                    }))
                })
            }
            Self::Revoke { device, data } => {
                data.admin()?.revoke(device, now)?;
                data.print(&json!({ "device": device, "revoked": true }), || format!("{device} revoked"))
            }
        }
    }
}

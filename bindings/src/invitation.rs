//! The way into a team: what a scanned code or a pasted link says.

use chuda_record as core;

use crate::convert::{To, mirror};
use crate::errors::Result;

mirror! {
    /// An invitation: what `create_enrolled` needs.
    Invitation of core::JoinLink {
        /// URL of the server.
        server: String,
        /// The one-time code.
        code: String,
    }
}

/// Reads an invitation as a person scans or pastes it: `chuda://join?server=…&code=…`, with or without words around it.
/// `invitation.malformed` when there is none in it.
#[uniffi::export]
pub fn read_invitation(text: String) -> Result<Invitation> {
    Ok(core::JoinLink::read(&text)?.to())
}

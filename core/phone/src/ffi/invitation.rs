//! The way into a team: what a scanned code or a pasted link says.

use chuda_record::JoinLink as Invitation;

use super::errors::Result;

/// An invitation: what `create_enrolled` needs.
#[uniffi::remote(Record)]
pub struct Invitation {
    /// URL of the server.
    pub server: String,
    /// The one-time code.
    pub code: String,
}

/// Reads an invitation as a person scans or pastes it: `chuda://join?server=…&code=…`, with or without words around it.
/// `invitation.malformed` when there is none in it.
#[uniffi::export]
pub fn read_invitation(text: String) -> Result<Invitation> {
    Ok(Invitation::read(&text)?)
}

//! The way into a team as a link that fits into a code to scan.

use std::fmt;

use crate::error::{Error, Result};
use chuda_words::keys;

const START: &str = "chuda://join?";
/// Longest text that is looked through.
const LONGEST: usize = 4_096;

/// What a person needs to join: where, and the one-time code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinLink {
    /// URL of the server.
    pub server: String,
    /// The one-time code.
    pub code: String,
}

impl JoinLink {
    /// Reads one out of a text that a person scanned or pasted, with or without words around it.
    pub fn read(text: &str) -> Result<Self> {
        let malformed = || Error::invalid(keys::INVITATION_MALFORMED);
        let start = text.get(..LONGEST.min(text.len())).and_then(|text| text.find(START)).ok_or_else(malformed)?;
        let link = text[start..].split_whitespace().next().unwrap_or_default();
        let url = url::Url::parse(link).map_err(|_| malformed())?;
        let value = |name| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let (server, code) = (value("server").ok_or_else(malformed)?, value("code").ok_or_else(malformed)?);
        let reachable = url::Url::parse(&server).is_ok_and(|server| matches!(server.scheme(), "http" | "https"));
        if !reachable || code.is_empty() {
            return Err(malformed());
        }
        Ok(Self { server, code })
    }
}

impl fmt::Display for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("server", &self.server)
            .append_pair("code", &self.code)
            .finish();
        write!(f, "{START}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_whatever_stands_around_it() {
        let link = JoinLink { server: "https://chuda.example:8443/a b".into(), code: "7H3-Q2&X".into() };
        for around in [format!("{link}"), format!("加入团队：{link}\n请在手机上打开"), format!(" {link} ")] {
            assert_eq!(JoinLink::read(&around).unwrap(), link);
        }
    }

    #[test]
    fn anything_else_is_no_invitation() {
        let long = format!("{}chuda://join?server=https%3A%2F%2Fa&code=1", "字".repeat(2_000));
        for text in
            ["", "https://chuda.example", "chuda://join?server=https%3A%2F%2Fa", "chuda://join?server=ftp%3A%2F%2Fa&code=1", &long]
        {
            assert_eq!(JoinLink::read(text).unwrap_err().key, "invitation.malformed", "{text}");
        }
    }
}

//! Posting events to other systems: the one place where this server asks another.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use chuda_record::{Error, ErrorKind, Result};
use chuda_words::keys;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, header};
use sha2::Sha256;

use crate::store::{EventRow, WebhookRow};

/// How long a delivery may take, from the first byte sent to the last one of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read, so that the connection can be used again; they are dropped.
const MAX_ANSWER: usize = 64 * 1024;

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

    /// Posts an event, signed with its receiver's secret at this time; an error is to be tried again.
    pub(crate) async fn post(&self, webhook: &WebhookRow, event: EventRow, now: DateTime<Utc>) -> Result<()> {
        let EventRow { id, body, .. } = event;
        let (id, timestamp) = (id.to_string(), now.timestamp().to_string());
        let signature = sign(&webhook.secret, &id, &timestamp, &body)?;
        let headers = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
        let request = self.0.post(&webhook.url).header(header::CONTENT_TYPE, "application/json").body(body);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let mut answer = request.send().await.map_err(|error| {
            let reason = if error.is_timeout() {
                "timeout"
            } else if error.is_connect() {
                "connect"
            } else {
                "request"
            };
            Error::new(ErrorKind::Offline, keys::WEBHOOK_UNREACHABLE).with("reason", reason)
        })?;
        if !answer.status().is_success() {
            return Err(Error::new(ErrorKind::Server, keys::WEBHOOK_REFUSED).with("status", answer.status().as_u16()));
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

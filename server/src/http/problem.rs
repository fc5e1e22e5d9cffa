//! Errors over HTTP: problem details (RFC 9457) with a stable `key` that shells translate.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chuda_evidence::signature::SignatureError;
use chuda_record::{Error, ErrorKind};
use chuda_words::keys;

pub(crate) use chuda_record::wire::api::ProblemBody;

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    body: ProblemBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    pub(crate) fn new(status: StatusCode, key: &str) -> Self {
        let body = ProblemBody {
            r#type: format!("urn:chuda:{key}"),
            title: status.canonical_reason().unwrap_or("Checksum Mismatch").to_owned(),
            status: status.as_u16(),
            key: key.to_owned(),
            params: std::collections::BTreeMap::default(),
        };
        Self(Box::new(Inner { status, body, headers: Vec::new() }))
    }

    /// There is no such thing, or none that the caller may see: both look alike.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    pub(crate) fn invalid(key: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, key)
    }

    /// The same with another status.
    pub(crate) fn status(self, status: StatusCode) -> Self {
        let Inner { mut body, headers, .. } = *self.0;
        status.canonical_reason().unwrap_or_default().clone_into(&mut body.title);
        body.status = status.as_u16();
        Self(Box::new(Inner { status, body, headers }))
    }

    #[cfg(test)]
    pub(crate) fn key(&self) -> &str {
        &self.0.body.key
    }

    pub(crate) fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.0.body.params.insert(name.to_owned(), value.to_string());
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match error.kind {
            ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::NotAllowed => StatusCode::FORBIDDEN,
            ErrorKind::Storage => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        error.params.iter().fold(Self::new(status, error.key), |problem, (name, value)| problem.with(name, value))
    }
}

impl From<SignatureError> for Problem {
    fn from(error: SignatureError) -> Self {
        let key = match error {
            SignatureError::Malformed => keys::SIGNATURE_MALFORMED,
            SignatureError::Digest => keys::SIGNATURE_DIGEST,
            SignatureError::Mismatch => keys::SIGNATURE_MISMATCH,
            // The `Date` of the answer tells the device what time it is.
            SignatureError::Skew => keys::SIGNATURE_CLOCK,
        };
        Self::new(StatusCode::UNAUTHORIZED, key)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.0.body).unwrap_or_default();
        let mut response = (self.0.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        response.headers_mut().extend(self.0.headers);
        response
    }
}

//! Contracts that are signed at an outside provider (B3): it hears of them by webhook and confirms here.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::rules::config::Provider;
use chuda_record::{Contract, Fields, Kind};
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, find, typed};
use crate::app::App;
use crate::audit::By;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::reactions;
use crate::scope::Scope;
use crate::store::Tx;

/// Longest reference of a provider, in characters.
const MAX_REFERENCE: usize = 200;
/// How far a provider's clock may be ahead of the server's.
const AHEAD: TimeDelta = TimeDelta::hours(1);

/// What a provider says of a signature.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The provider's own number of the signature.
    #[schema(pattern = r"\S", max_length = 200)]
    reference: String,
    /// When it was signed; now, if not given.
    signed_at: Option<DateTime<Utc>>,
}

/// A signed contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Confirmed {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// Its number.
    number: String,
    /// When it was signed.
    signed_at: DateTime<Utc>,
    /// The provider, by the name of its token.
    signed_with: String,
    /// The provider's number of the signature.
    reference: String,
}

/// Confirms that a contract was signed at the provider that the token belongs to. Sent again with the same reference it changes nothing.
/// Refused as long as the configuration has the rep's own device sign.
#[utoipa::path(
    post,
    operation_id = "confirm_signature",
    path = "/api/v1/contracts/{id}/signed",
    tag = "records",
    params(("id" = uuid::Uuid, Path, description = "The contract")),
    request_body = Confirmation,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Signed", body = Confirmed),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or it is no token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Devices sign, a step is still open, the contract was turned down, or it is signed already", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No reference, or a time that can't be", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn signed(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<Confirmed>> {
    called.caller.need(Scope::ContractsWrite)?;
    let provider = called.caller.token()?.to_owned();
    let (reader, by) = (called.caller.reader(), By::caller(called.caller.person, &called.caller.via));
    let confirmation: Confirmation =
        serde_json::from_slice(&called.body).map_err(|_| Problem::invalid(keys::CONTRACT_MALFORMED))?;
    let reference = confirmation.reference.trim().to_owned();
    if reference.is_empty() || reference.chars().count() > MAX_REFERENCE {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, keys::CONTRACT_REFERENCE));
    }
    let now = app.now();
    let at = confirmation.signed_at.unwrap_or(now);
    let signature = Signature { provider, reference, at, by };
    app.store.write_async(move |tx| confirm(tx, id, reader, &signature, now)).await?.map(Json)
}

struct Signature {
    provider: String,
    reference: String,
    at: DateTime<Utc>,
    by: By,
}

fn confirm(
    tx: &Tx<'_>,
    id: RecordId,
    reader: Option<PersonId>,
    signature: &Signature,
    now: DateTime<Utc>,
) -> chuda_record::Result<Result<Confirmed>> {
    let Some(document) = find(tx, Kind::Contract, id, reader)? else { return Ok(Err(Problem::not_found())) };
    let contract: Contract = typed(&document.fields)?;
    let conflict = |key: &str| Ok(Err(Problem::new(StatusCode::CONFLICT, key)));
    let mut ingest = reactions::begin(tx, now)?;
    if ingest.config().signature != Provider::Webhook {
        return conflict(keys::CONTRACT_SIGNED_BY_DEVICE);
    }
    if let Some(signed_at) = contract.signed_at {
        let same = contract.signature.as_deref() == Some(&signature.reference) && contract.signed_by.is_none();
        return if same {
            Ok(Ok(confirmed(id, contract.number, signed_at, signature)))
        } else {
            conflict(keys::CONTRACT_SIGNED_ALREADY)
        };
    }
    if contract.rejected_at.is_some() {
        return conflict(keys::CONTRACT_REJECTED);
    }
    if contract.status != "signing" {
        return conflict(keys::CONTRACT_NOT_READY);
    }
    if signature.at > now + AHEAD || signature.at < contract.origin.created_at {
        return Ok(Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, keys::CONTRACT_SIGNED_AT)));
    }
    let writes = Fields::from([
        ("signed_at".into(), signature.at.timestamp_millis().into()),
        ("signed_with".into(), signature.provider.as_str().into()),
        ("signature".into(), signature.reference.as_str().into()),
    ]);
    ingest.write_by(&signature.by, id, &writes)?;
    ingest.finish()?;
    tracing::info!(contract = %id, "signature confirmed by a provider");
    Ok(Ok(confirmed(id, contract.number, signature.at, signature)))
}

fn confirmed(id: RecordId, number: String, signed_at: DateTime<Utc>, signature: &Signature) -> Confirmed {
    let Signature { provider, reference, .. } = signature;
    Confirmed { id, number, signed_at, signed_with: provider.clone(), reference: reference.clone() }
}

#[cfg(test)]
mod tests {
    use chuda_record::rules::Config;
    use chuda_record::time::{DEFAULT_ZONE, from_millis};
    use chuda_record::{Person, Record as _, Role, from_fields};
    use proptest::prelude::*;

    use super::*;
    use crate::releases;
    use crate::store::{Filter, Store};

    const NOW: i64 = 1_772_000_000_000;

    fn now() -> DateTime<Utc> {
        from_millis(NOW)
    }

    /// A server whose configuration has a provider sign, with a contract in a state.
    fn server(provider: Provider, status: &str) -> (tempfile::TempDir, Store, RecordId) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("chuda.db")).unwrap();
        let (boss, rep) = (PersonId::derived("韩梅"), PersonId::derived("李雷"));
        let id = RecordId::derived("contract");
        store
            .write(|tx| {
                let mut ingest = reactions::begin(tx, now())?;
                for (person, name, role) in [(boss, "韩梅", Role::Supervisor), (rep, "李雷", Role::Rep)] {
                    let person_record =
                        Person { name: name.into(), roles: [role].into(), reports_to: None, zone: DEFAULT_ZONE, left: false };
                    ingest.write(person.into(), &person_record.to_new_fields().unwrap())?;
                }
                ingest.finish()?;
                let config = Config { signature: provider, ..Config::builtin().clone() };
                if config != *Config::builtin() {
                    releases::publish(tx, boss, &By::admin(), 1, &config.to_json(), "电子签平台", now())?;
                }
                let mut ingest = reactions::begin(tx, now())?;
                let contract = Fields::from([
                    ("kind".into(), "contract".into()),
                    ("v".into(), 1.into()),
                    ("author".into(), rep.to_string().into()),
                    ("customer".into(), RecordId::derived("杭州智联科技").to_string().into()),
                    ("number".into(), "HT20260225-AB12CD".into()),
                    ("status".into(), status.into()),
                    ("created_at".into(), (NOW - 1_000).into()),
                ]);
                ingest.write(id, &contract)?;
                ingest.finish()
            })
            .unwrap();
        (folder, store, id)
    }

    fn signature(reference: &str, at: DateTime<Utc>) -> Signature {
        Signature { provider: "e-sign".into(), reference: reference.into(), at, by: By::caller(None, "token e-sign") }
    }

    fn confirm_with(store: &Store, id: RecordId, signature: &Signature) -> std::result::Result<Confirmed, String> {
        let answer = store.write(|tx| confirm(tx, id, None, signature, now())).unwrap();
        answer.map_err(|problem| problem.key().to_owned())
    }

    #[test]
    fn a_provider_confirms_once_and_the_contract_goes_on_as_if_it_had_been_signed_here() {
        let (_folder, store, id) = server(Provider::Webhook, "signing");
        let first = confirm_with(&store, id, &signature("ES-1", now())).unwrap();
        assert_eq!((first.signed_with.as_str(), first.reference.as_str(), first.signed_at), ("e-sign", "ES-1", now()));
        let again = confirm_with(&store, id, &signature("ES-1", now() + TimeDelta::minutes(5))).unwrap();
        assert_eq!(again.signed_at, now(), "the first time stays");
        assert_eq!(confirm_with(&store, id, &signature("ES-2", now())).unwrap_err(), "contract.signed_already");
        store
            .read(|tx| {
                let contract: Contract = from_fields(&tx.document(id)?.unwrap().fields).unwrap();
                assert_eq!((contract.status.as_str(), contract.signature.as_deref()), ("signed", Some("ES-1")));
                assert_eq!((contract.signed_by, contract.signed_with.as_deref()), (None, Some("e-sign")));
                assert_eq!(tx.documents(&Filter::of(Kind::Order))?.len(), 1);
                let told: Vec<_> = tx.tasks_from(id)?.into_iter().filter(|task| task.contains_key("assignee")).collect();
                assert_eq!(told.len(), 1, "the rep hears of it");
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_provider_confirms_nothing_that_is_not_there_to_be_signed() {
        for (provider, status, expected) in
            [(Provider::Device, "signing", "contract.signed_by_device"), (Provider::Webhook, "reviewing", "contract.not_ready")]
        {
            let (_folder, store, id) = server(provider, status);
            assert_eq!(confirm_with(&store, id, &signature("ES-1", now())).unwrap_err(), expected);
        }
        let (_folder, store, id) = server(Provider::Webhook, "signing");
        assert_eq!(confirm_with(&store, RecordId::derived("another"), &signature("ES-1", now())).unwrap_err(), "not_found");
        store
            .write(|tx| {
                let mut ingest = reactions::begin(tx, now())?;
                ingest.write(id, &Fields::from([("rejected_at".into(), NOW.into())]))?;
                ingest.finish()
            })
            .unwrap();
        assert_eq!(confirm_with(&store, id, &signature("ES-1", now())).unwrap_err(), "contract.rejected");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn a_signature_is_neither_older_than_its_contract_nor_from_tomorrow(seconds in -10_000_i64..10_000) {
            let (_folder, store, id) = server(Provider::Webhook, "signing");
            let answer = confirm_with(&store, id, &signature("ES-1", now() + TimeDelta::seconds(seconds)));
            prop_assert_eq!(answer.is_ok(), (-1..=3_600).contains(&seconds), "{:?}", answer);
        }
    }
}

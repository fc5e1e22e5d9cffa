//! Every route, and the description of them all.

use std::sync::LazyLock;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::problem::{Problem, ProblemBody, Result};
use super::{api, blobs, enrol, exchange};
use crate::app::App;
use crate::store::Flawed;
use chuda_words::keys;

/// The description of everything below, as `/openapi.json` gives it.
#[derive(OpenApi)]
#[openapi(
    info(title = "Chuda", description = "Touches, reports and to-dos of a field sales team. Times are UTC, money is in yuan."),
    modifiers(&Security),
    tags(
        (name = "device", description = "What phones speak: enrolment, sync, blobs (tus 1.0)"),
        (name = "config", description = "Options, forms, rules, formula and targets: versions, dry run, publishing"),
        (name = "records", description = "Touches, reports, to-dos, back-checks and people, as far as the caller may read them"),
        (name = "figures", description = "Customers by health, weeks against their baselines, and the board of a day"),
        (name = "operation", description = "Health")
    )
)]
struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token made by `admin token add`")).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let signature = ApiKeyValue::with_description(
            "Signature",
            "HTTP Message Signature (RFC 9421) of an enrolled device over method, path, query and Content-Digest",
        );
        components.add_security_scheme("device", SecurityScheme::ApiKey(ApiKey::Header(signature)));
    }
}

/// Every route.
pub(crate) fn router(app: App) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::new(StatusCode::METHOD_NOT_ALLOWED, keys::METHOD_NOT_ALLOWED) })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request made the server panic");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, keys::INTERNAL).into_response()
        }))
        .layer(axum::middleware::from_fn_with_state(app.clone(), sound))
        .layer(axum::middleware::map_response_with_state(app.clone(), date))
        .with_state(app)
}

/// Each route once: what phones speak, the JSON API, and what operators ask.
fn routes() -> Vec<UtoipaMethodRouter<App>> {
    vec![
        routes!(enrol::enrol),
        routes!(exchange::sync),
        routes!(blobs::create, blobs::options),
        routes!(blobs::offset, blobs::append, blobs::terminate),
        routes!(blobs::read, blobs::has),
        routes!(api::todos::list),
        routes!(api::todos::done),
        routes!(api::touches::list),
        routes!(api::touches::show),
        routes!(api::reports::list),
        routes!(api::people::list),
        routes!(api::imports::import),
        routes!(api::events::list, api::events::hand_in),
        routes!(api::answers::questions),
        routes!(api::answers::answer),
        routes!(api::answers::promise),
        routes!(api::answers::demands),
        routes!(api::answers::assess),
        routes!(api::answers::findings),
        routes!(api::answers::settle),
        routes!(api::audit::list),
        routes!(api::backchecks::list),
        routes!(api::backchecks::show),
        routes!(api::config::current),
        routes!(api::config::publish),
        routes!(api::config::versions),
        routes!(api::config::version),
        routes!(api::config::check),
        routes!(api::config::dry_run),
        routes!(api::records::list),
        routes!(api::records::show),
        routes!(api::contracts::signed),
        routes!(api::meetings::invitation),
        routes!(api::customers::list),
        routes!(api::metrics::show),
        routes!(api::board::show),
        routes!(openapi),
        routes!(healthz),
        routes!(readyz),
        routes!(metrics),
    ]
}

fn described() -> OpenApiRouter<App> {
    routes().into_iter().fold(OpenApiRouter::with_openapi(Api::openapi()), OpenApiRouter::routes)
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"))
)]
async fn openapi() -> Response {
    static DESCRIPTION: LazyLock<String> = LazyLock::new(|| described().into_openapi().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION.as_str()).into_response()
}

/// Whether the process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "It does", body = String, content_type = "text/plain"))
)]
async fn healthz() -> &'static str {
    "ok"
}

/// Whether database and blob store answer, and the database is whole as far as it was looked at. Bytes that were lost don't keep the server
/// from working: they are said after the first line.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "They do: `ok`, and a line each on blobs that are damaged or missing, if there are any", body = String, content_type = "text/plain"),
        (status = 503, description = "They don't", body = ProblemBody, content_type = "application/problem+json")
    )
)]
async fn readyz(State(app): State<App>) -> Result<String> {
    let Flawed { damaged, missing } = app.store.read_async(|tx| tx.flawed_blobs()).await?;
    app.blobs.check().await?;
    let line = |count: u64, what: &str| if count == 0 { String::new() } else { format!("\nblobs {what}: {count}") };
    Ok(format!("ok{}{}", line(damaged, "damaged"), line(missing, "missing")))
}

/// What to watch, as Prometheus reads it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "watch",
    tag = "operation",
    responses((status = 200, description = "Gauges", body = String, content_type = "text/plain"))
)]
async fn metrics(State(app): State<App>) -> Result<String> {
    let Flawed { damaged, missing } = app.store.read_async(|tx| tx.flawed_blobs()).await?;
    Ok(format!(
        "# HELP chuda_blobs_lost Blobs whose bytes are not what they were, and that phones are asked for.\n# TYPE chuda_blobs_lost gauge\n\
         chuda_blobs_lost{{how=\"damaged\"}} {damaged}\nchuda_blobs_lost{{how=\"missing\"}} {missing}\n"
    ))
}

/// Answers nothing but whether the process is there once the database is damaged: what is read from it may be wrong.
async fn sound(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.damaged.load(Ordering::Relaxed) && request.uri().path() != "/healthz" {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, keys::DATABASE_DAMAGED).into_response();
    }
    next.run(request).await
}

/// Says what time it is here: a device whose signature was refused for its time signs again with this one.
async fn date(State(app): State<App>, mut response: Response) -> Response {
    let date = app.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(HeaderValue::try_from(date).ok().map(|date| (header::DATE, date)));
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_name_in_the_description_stands_for_one_thing() {
        let mut known = BTreeMap::new();
        for (name, schema) in routes().into_iter().flat_map(|(schemas, ..)| schemas) {
            let schema = serde_json::to_value(schema).unwrap();
            let other = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*other, schema, "two schemas are named {name}");
        }
    }
}

//! Structured logs on standard error. They carry ids, keys and numbers, never names, texts or tokens.

use tracing_subscriber::EnvFilter;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Libraries that complain about what people hand in; what is wrong with it is a result here.
const SILENT: &str = "lopdf=off";

/// Starts logging; `RUST_LOG` chooses what, otherwise everything of the weight of `least`.
pub fn init(format: LogFormat, least: tracing::Level) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(format!("{least},{SILENT}")));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process, as in tests, keeps the first.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

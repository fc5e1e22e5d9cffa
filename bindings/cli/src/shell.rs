//! What every command works with: where the data is, which clock, which language, and long work that Ctrl-C stops.

use std::future::Future;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_evidence::clock::Clock;
use chuda_phone::workbench::{Cancel, Settings, Workbench};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{Error, Result};
use chuda_words::{Lang, keys};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::args::Global;
use crate::clock;
use crate::exit::{Exit, Outcome};
use crate::keystore::{self, Keys};
use crate::table::table;
use crate::text::Text;

pub(crate) struct Shell {
    pub(crate) dir: PathBuf,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) text: Text,
    /// Whether standard output is for a script.
    pub(crate) json: bool,
    models: Option<PathBuf>,
}

impl Shell {
    /// From the options that every command takes, and the environment.
    pub(crate) fn new(global: Global, text: Text) -> Result<Self> {
        let dir = global.dir.or_else(|| dirs::data_dir().map(|folder| folder.join("chuda")));
        let now = std::env::var(clock::VARIABLE).ok();
        Ok(Self {
            dir: dir.ok_or_else(|| Error::invalid(keys::CLI_NO_DATA_FOLDER))?,
            clock: clock::from_variable(now.as_deref()).ok_or_else(|| Error::invalid(keys::CLI_CLOCK_MALFORMED))?,
            text,
            json: global.json,
            models: global.models.or_else(cached_models).filter(|folder| folder.is_dir()),
        })
    }

    /// Opens the data: `cli.not_initialised` when there is none yet.
    pub(crate) fn open(&self) -> Result<Workbench> {
        if !Workbench::exists(&self.dir) {
            return Err(Error::not_found(keys::CLI_NOT_INITIALISED));
        }
        let workbench = Workbench::open(self.settings(keystore::load(&self.dir)?))?;
        // JSON is in the field's own terms, whatever the language.
        if !self.json && self.text.0 == Lang::En {
            workbench.speak(chuda_phone::screen::Lang::En);
        }
        Ok(workbench)
    }

    /// A list under its plural, a row each; where there is nothing, `none` says so.
    pub(crate) fn list<T: Serialize>(
        &self,
        plural: &'static str,
        none: &'static str,
        items: &[T],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Outcome {
        let rows: Vec<_> = items.iter().map(row).collect();
        Outcome::list(plural, items, if rows.is_empty() { self.text.line(none, &[]) } else { table(0, &rows) })
    }

    /// What a workbench needs, with these keys.
    pub(crate) fn settings(&self, keys: Keys) -> Settings {
        Settings {
            dir: self.dir.clone(),
            key: keys.database,
            clock: self.clock.clone(),
            signer: keys.signer,
            models: self.models.clone(),
        }
    }
}

/// Runs long work to its end. Ctrl-C asks it to stop, which keeps what was captured; a second one ends the command at once.
pub(crate) fn wait<F: Future>(work: impl FnOnce(Cancel) -> F) -> Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let cancel = Cancel::new();
    let heard = cancel.clone();
    runtime.spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if heard.is_cancelled() {
                std::process::exit(Exit::Other as i32);
            }
            heard.cancel();
        }
    });
    Ok(runtime.block_on(work(cancel)))
}

/// A progress bar out of a hundred on standard error; invisible unless that is a terminal.
pub(crate) fn progress(message: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} %").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(100).with_style(style).with_message(message)
}

/// An instant as people here read it.
pub(crate) fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&DEFAULT_ZONE).format("%Y-%m-%d %H:%M").to_string()
}

/// Where `scripts/fetch-model` puts the speech models.
fn cached_models() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("CHUDA_CACHE").or_else(|| {
        let base = folder("XDG_CACHE_HOME").or_else(|| dirs::home_dir().map(|home| home.join(".cache")));
        base.map(|base| base.join("chuda"))
    });
    cache.map(|cache| cache.join("models"))
}

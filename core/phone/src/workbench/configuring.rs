//! The configuration as a supervisor works on it (T6): versions, drafts, a dry run, publishing. Looking works without a network.

use super::Workbench;
use crate::query::view::ReleaseView;
use chuda_record::error::{Error, Result};
use chuda_record::rules::dry_run::DryRun;
use chuda_record::rules::{Config, Edit};
use chuda_record::wire::api::{CONFIG_PATH, DRY_RUN_PATH, Publication, Published, Trial};
use chuda_words::keys;

/// Most versions that are listed.
const MAX_LISTED: u32 = 1_000;

impl Workbench {
    /// Every version this phone has heard of, the newest first, the one that the product ships at last.
    pub fn releases(&self) -> Result<Vec<ReleaseView>> {
        let in_force = self.config().version;
        self.0.ask(|ask| ask.releases(in_force, MAX_LISTED))
    }

    /// One version of the configuration.
    pub fn config_version(&self, version: i64) -> Result<Config> {
        let found = self.0.store.read(|tx| tx.release(version))?;
        found.ok_or_else(|| Error::not_found(keys::CONFIG_NO_SUCH_VERSION).with("version", version))
    }

    /// Reads a draft, with every check, also against the version in force here. `config.flawed` says where and what is wrong.
    pub fn check_config(&self, json: &str) -> Result<Config> {
        let checked = Config::parse(json).and_then(|draft| draft.check_after(&self.config()).map(|()| draft));
        checked.map_err(|flawed| Error::from(&flawed))
    }

    /// A draft: the version in force with one change, checked.
    pub fn edit_config(&self, edit: Edit) -> Result<Config> {
        let current = self.config();
        let draft = edit.apply(&current).and_then(|draft| {
            draft.check()?;
            draft.check_after(&current)?;
            Ok(draft)
        });
        draft.map_err(|flawed| Error::from(&flawed))
    }

    /// What a draft would have done with the records of the last days (90 unless given), against the version in force. The server works
    /// it out, since it alone has all records; nothing is written.
    pub async fn try_config(&self, draft: &Config, days: Option<u16>) -> Result<DryRun> {
        self.ask_server(DRY_RUN_PATH, &Trial { content: content(draft)?, days }).await
    }

    /// Publishes a draft and returns its number. The draft names the version it was made from; when another one is in force by then, it
    /// is refused as `config.stale`. This phone gets it with the next sync, as everyone does.
    pub async fn publish_config(&self, draft: &Config, note: &str) -> Result<i64> {
        let publication = Publication { parent: draft.version, content: content(draft)?, note: note.to_owned() };
        let Published { version } = self.ask_server(CONFIG_PATH, &publication).await?;
        Ok(version)
    }
}

fn content(draft: &Config) -> Result<serde_json::Value> {
    serde_json::to_value(draft).map_err(|error| Error::internal("config.encode", error))
}

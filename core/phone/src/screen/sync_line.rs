//! The line that says what is on its way to the server. "Synced" only when the server has everything.

use std::collections::HashMap;

use super::Lang;
use crate::query::view::SyncSummary;
use crate::workbench::BlobChoice;

/// What a phone knows of its network, and what its person wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Network {
    /// Whether the person wants photos, recordings and documents to wait for a network that costs nothing.
    pub wifi_only: bool,
    /// Whether this is one.
    pub on_wifi: bool,
}

/// Which blobs an exchange sends over a network.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub fn blobs_over(network: Network) -> BlobChoice {
    if network.wifi_only && !network.on_wifi { BlobChoice::None } else { BlobChoice::All }
}

/// Whether there are blobs that wait for another network.
#[cfg_attr(feature = "uniffi", uniffi::export)]
pub fn blobs_wait(sync: &SyncSummary, network: Network) -> bool {
    sync.blobs_waiting > 0 && blobs_over(network) == BlobChoice::None
}

/// How things stand, at a glance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Standing {
    /// Somebody has to look at something.
    Attention,
    /// Nothing has reached a server yet.
    #[default]
    Off,
    /// Something is on its way.
    Waiting,
    /// The server has everything.
    Synced,
}

/// The line: what it says as a key with values, and in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SyncLine {
    /// How things stand.
    pub standing: Standing,
    /// The key of the sentence.
    pub key: String,
    /// The values in it.
    pub params: HashMap<String, String>,
    /// The sentence.
    pub text: String,
}

impl SyncLine {
    /// The line for what waits.
    pub fn of(sync: &SyncSummary, lang: Lang) -> Self {
        let waits = sync.records_waiting > 0 || sync.blobs_waiting > 0;
        let standing = if sync.attention > 0 {
            Standing::Attention
        } else if !sync.enrolled || sync.last_sync.is_none() {
            Standing::Off
        } else if waits {
            Standing::Waiting
        } else {
            Standing::Synced
        };
        let (records, files) = (sync.records_waiting, sync.blobs_waiting);
        let (key, params) = if sync.attention > 0 {
            ("home.attention", vec![("count", sync.attention)])
        } else if !sync.enrolled {
            ("home.saved_here", vec![])
        } else if files > 0 {
            ("home.files_waiting", vec![("records", records), ("files", files), ("percent", sync.percent.into())])
        } else if records > 0 {
            ("home.records_waiting", vec![("records", records)])
        } else if sync.last_sync.is_none() {
            ("home.not_synced_yet", vec![])
        } else {
            ("home.synced", vec![])
        };
        let values: Vec<(&str, &dyn std::fmt::Display)> = params.iter().map(|(name, value)| (*name, value as _)).collect();
        Self {
            standing,
            key: key.into(),
            text: lang.say(key, &values),
            params: params.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synced_is_said_only_when_the_server_has_everything() {
        let at = Some("2026-11-24T02:00:00Z".parse().unwrap());
        let synced = SyncSummary { enrolled: true, last_sync: at, percent: 100, ..SyncSummary::default() };
        let waiting = SyncSummary { records_waiting: 3, ..synced.clone() };
        let files = SyncSummary { blobs_waiting: 2, percent: 41, ..waiting.clone() };
        let cases = [
            (SyncSummary::default(), Standing::Off, "已存本机", "Saved here"),
            (SyncSummary { last_sync: None, ..synced.clone() }, Standing::Off, "还没同步过", "Not synced yet"),
            (SyncSummary { last_sync: None, ..waiting.clone() }, Standing::Off, "3 条待传", "3 waiting"),
            (waiting, Standing::Waiting, "3 条待传", "3 waiting"),
            (SyncSummary { attention: 1, ..files.clone() }, Standing::Attention, "1 条需处理", "1 need attention"),
            (files, Standing::Waiting, "3 条待传 · 2 个附件 41 %", "3 waiting · 2 files 41 %"),
            (synced, Standing::Synced, "全部已同步", "All synced"),
        ];
        for (summary, standing, zh, en) in cases {
            let line = SyncLine::of(&summary, Lang::Zh);
            assert_eq!((line.standing, line.text.as_str()), (standing, zh));
            assert_eq!(SyncLine::of(&summary, Lang::En).text, en);
        }
    }
}

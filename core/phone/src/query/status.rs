//! Where every item is on its way to the server.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::view::EvidenceView;
use super::{Ask, dialect, failed};
use crate::screen::SyncLine;
use chuda_record::error::{ErrorKind, Result};
use chuda_record::id::RecordId;
use chuda_record::rules::World;
use chuda_record::{Kind, fields};

/// Most items that wait which are listed one by one.
const LISTED: u32 = 500;

/// Where an item is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum ItemState {
    /// 已存本机: there is no server yet.
    SavedHere,
    /// 待传.
    Waiting,
    /// 上传 n %.
    Uploading {
        /// Of its bytes.
        percent: i32,
    },
    /// 服务器已校验: the server has echoed the hash.
    Verified,
    /// 失败: refused, with the reason as a key; can be redone.
    Failed {
        /// Why.
        reason: String,
    },
    /// 冲突: two people changed the same field.
    Conflict,
}

/// One line of the sync list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StatusItem {
    /// The record.
    pub id: RecordId,
    /// `customer`, `touch`, … or `blob`.
    pub kind: String,
    /// What it says about itself, such as the customer's name.
    pub title: String,
    /// Where it is.
    #[serde(flatten, serialize_with = "dialect::state_and_reason")]
    pub state: ItemState,
    /// Number of bytes of a blob.
    pub size: Option<i64>,
}

/// The status line of the home screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SyncSummary {
    /// Whether this phone belongs to a server.
    pub enrolled: bool,
    /// Records that wait.
    pub records_waiting: i64,
    /// Blobs that wait.
    pub blobs_waiting: i64,
    /// Their bytes.
    pub bytes_waiting: i64,
    /// Share of those bytes that the server has, in percent.
    pub percent: i32,
    /// Items that somebody has to look at.
    pub attention: i64,
    /// The last exchange that succeeded.
    pub last_sync: Option<DateTime<Utc>>,
    /// The line that says so on a phone's screen.
    #[serde(skip)]
    pub line: SyncLine,
}

impl ItemState {
    /// The word that is sent.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::SavedHere => "saved_here",
            Self::Waiting => "waiting",
            Self::Uploading { .. } => "uploading",
            Self::Verified => "verified",
            Self::Failed { .. } => "failed",
            Self::Conflict => "conflict",
        }
    }

    /// How much of its bytes the server has, while it is on its way.
    pub fn percent(&self) -> Option<i32> {
        match self {
            Self::Uploading { percent } => Some(*percent),
            _ => None,
        }
    }
}

impl Ask<'_> {
    /// The counts of the status line.
    pub fn sync_summary(&self) -> Result<SyncSummary> {
        let (blobs_waiting, bytes, sent) = self.tx.upload_counts()?;
        let attention = self.refused()?.len() + self.tx.failed_uploads()?.len() + self.tx.conflicted()?.len() + self.lost()?.len();
        let mut summary = SyncSummary {
            enrolled: self.me.enrolled,
            records_waiting: self.tx.waiting_count()?,
            blobs_waiting,
            bytes_waiting: bytes - sent,
            percent: (sent * 100).checked_div(bytes).unwrap_or(100) as i32,
            attention: attention as i64,
            last_sync: self.tx.meta_time("last_sync")?,
            line: SyncLine::default(),
        };
        summary.line = SyncLine::of(&summary, self.me.lang);
        Ok(summary)
    }

    /// What is not at rest, item by item: what needs a person first, then what waits.
    pub fn status_items(&self) -> Result<Vec<StatusItem>> {
        let mut items = Vec::new();
        for document in self.refused()? {
            let reason = self.tx.quarantined(Some(document))?.first().map(|refused| failed(&refused.reason));
            if let Some(state) = reason {
                items.push(self.item(document, state)?);
            }
        }
        items.extend(self.lost()?);
        for (document, _) in self.tx.conflicted()? {
            items.push(self.item(document, ItemState::Conflict)?);
        }
        let at_rest = if self.me.enrolled { ItemState::Waiting } else { ItemState::SavedHere };
        for document in self.tx.waiting_documents(LISTED)? {
            items.push(self.item(document, at_rest.clone())?);
        }
        for upload in self.tx.failed_uploads()?.into_iter().chain(self.tx.waiting_uploads(LISTED)?) {
            let evidence: EvidenceView = match self.one(upload.evidence) {
                // A damaged database has lost the record of it.
                Err(error) if error.kind == ErrorKind::NotFound => continue,
                found => found?,
            };
            items.push(StatusItem {
                id: upload.evidence.into(),
                kind: "blob".into(),
                title: evidence.mime,
                state: evidence.state,
                size: i64::try_from(upload.size).ok(),
            });
        }
        Ok(items)
    }

    /// What a damaged database has lost, record by record; what is not known by name is one more.
    fn lost(&self) -> Result<Vec<StatusItem>> {
        let Some(lost) = self.tx.lost()? else { return Ok(Vec::new()) };
        let unnamed = lost.is_more().then_some(RecordId(uuid::Uuid::nil()));
        let item = |id| StatusItem {
            id,
            kind: "unknown".into(),
            title: String::new(),
            state: ItemState::Failed { reason: chuda_words::keys::STORAGE_LOST.into() },
            size: None,
        };
        Ok(lost.records().into_iter().chain(unnamed).map(item).collect())
    }

    fn refused(&self) -> Result<BTreeSet<RecordId>> {
        Ok(self.tx.quarantined(None)?.into_iter().map(|refused| refused.document).collect())
    }

    fn item(&self, id: RecordId, state: ItemState) -> Result<StatusItem> {
        let kind = self.tx.kind_of(id)?;
        let fields = World::record(self.tx, id)?.map(|(_, fields)| fields).unwrap_or_default();
        // What has no name of its own belongs to a customer.
        let title = match ["name", "mime", "day"].into_iter().find_map(|field| fields::text(&fields, field)) {
            Some(title) => Some(title.to_owned()),
            None => fields::id(&fields, "customer").and_then(|customer| self.name_of(customer).transpose()).transpose()?,
        };
        Ok(StatusItem {
            id,
            kind: kind.map_or("unknown", Kind::as_str).into(),
            title: title.unwrap_or_default(),
            state,
            size: None,
        })
    }
}

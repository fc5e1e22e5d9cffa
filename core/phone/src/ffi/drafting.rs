//! The half-made touch on a screen.

use std::sync::Arc;

use chuda_record::id::EvidenceId;

use super::callbacks::TranscriptionProgress;
use super::errors::Result;
use super::threads::Works;
use super::workbench::{CancelToken, shares, stoppable};
use crate::screen::{DraftEvent, DraftView};
use crate::workbench::{self as core, TouchSaved};

/// The half-made touch on a screen. Whoever lets it go leaves it put aside as it is then.
#[derive(uniffi::Object)]
pub struct Drafting {
    /// Waited for first.
    works: Works,
    core: core::Drafting,
}

#[uniffi::export]
impl Drafting {
    /// Something is done to it; `look` shows what it is then. Returns at once.
    pub fn act(&self, event: DraftEvent) {
        self.core.act(event);
    }

    /// Puts it aside as it is now and shows it. What failed of what was done is thrown; the rest of it is done, and a next look shows it.
    pub async fn look(&self) -> Result<DraftView> {
        let drafting = self.core.clone();
        self.works.on_thread(move || Ok(drafting.look()?)).await
    }

    /// Listens to a recording of it, and fills in what nobody has chosen. When it is stopped or taken out meanwhile, nothing is filled in:
    /// false. `Model` without the speech model.
    pub async fn listen(
        &self,
        recording: EvidenceId,
        progress: Option<Box<dyn TranscriptionProgress>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<bool> {
        let listen = async move |drafting: core::Drafting, cancel| drafting.listen(recording, shares(progress), cancel).await;
        stoppable(&self.works, self.core.clone(), cancel, listen).await
    }

    /// Gives up listening: the recording stays, the rest is filled in by hand.
    pub fn stop_listening(&self) {
        self.core.stop_listening();
    }

    /// Records the touch (T1). Without evidence it is kept as 待补证据. `Invalid`, with the key of what is missing.
    pub async fn save(&self) -> Result<TouchSaved> {
        let drafting = self.core.clone();
        self.works.on_thread(move || Ok(drafting.save()?)).await
    }

    /// Throws it away; its evidence stays and belongs to nothing.
    pub async fn discard(&self) -> Result<()> {
        let drafting = self.core.clone();
        self.works.on_thread(move || Ok(drafting.discard()?)).await
    }
}

impl Drafting {
    pub(super) fn over(core: core::Drafting) -> Self {
        Self { works: Works::default(), core }
    }
}

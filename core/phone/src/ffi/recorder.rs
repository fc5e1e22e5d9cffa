//! Recording on the phone itself.

use std::sync::Arc;

use chuda_record::Error;
use chuda_words::keys;

use super::errors::Result;
use super::threads::Works;
use crate::workbench::{self as core, EvidenceSaved, RecordingLevel};

/// A recording that is being made. Let go or killed before its end, it is kept all the same, at the next start of the app at the latest.
#[derive(uniffi::Object)]
pub struct Recorder {
    /// Waited for first.
    works: Works,
    core: Arc<core::Recorder>,
}

#[uniffi::export]
impl Recorder {
    /// Adds sound as it comes from the microphone: 16-bit samples, little-endian, one channel. Writes to disk and waits for it, so call it
    /// from the thread that reads the microphone.
    ///
    /// When it fails, as with a full disk (`Storage`) or after two hours (`recording.too_long`), everything before is there: `finish` keeps
    /// it.
    pub fn append(&self, pcm: Vec<u8>) -> Result<RecordingLevel> {
        let (pairs, rest) = pcm.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(Error::invalid(keys::RECORDING_FORMAT).into());
        }
        let samples: Vec<i16> = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        Ok(self.core.append(&samples)?)
    }

    /// Ends the recording and keeps it as evidence, which can be transcribed then. `recording.empty` when there is no sound in it. When
    /// keeping fails, as with a full disk, it can be tried again, and the next start of the app does.
    pub async fn finish(&self) -> Result<EvidenceSaved> {
        let recorder = self.core.clone();
        self.works.on_thread(move || Ok(recorder.finish()?)).await
    }

    /// Ends the recording and forgets it: the person slid away.
    pub async fn discard(&self) -> Result<()> {
        let recorder = self.core.clone();
        self.works.on_thread(move || Ok(recorder.discard()?)).await
    }
}

impl Recorder {
    pub(crate) fn over(core: core::Recorder) -> Self {
        Self { works: Works::default(), core: Arc::new(core) }
    }
}

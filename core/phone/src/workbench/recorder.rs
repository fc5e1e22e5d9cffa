//! Recording on the phone itself: sound goes to disk as it comes, and becomes evidence in the end, whatever happens on the way.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{EvidenceDraft, EvidenceSaved, Inner, Purpose, Workbench, consents};
use chuda_evidence::claim::{Consent, Source};
use chuda_evidence::recording::{self, Recording};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::EvidenceId;
use chuda_sqlite::private;
use chuda_words::keys;

/// Where recordings are while they are made.
const FOLDER: &str = "recordings";
const OWN_VOICE: &str = "self.wav";
const TOLD: &str = "told.wav";

/// A recording that is being made. When the app ends before it does, it is kept at the next start all the same.
pub struct Recorder {
    workbench: Workbench,
    live: Mutex<Live>,
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RecordingLevel {
    /// How loud the latest piece was: 0 to 1, the share of the largest sample.
    pub level: f32,
    /// How long the recording is, in milliseconds.
    pub duration_ms: i64,
}

struct Live {
    path: PathBuf,
    consent: Consent,
    /// None once it is finished or discarded.
    recording: Option<Recording>,
    /// Locked as long as the recording is made, so that no other process takes it for a leftover.
    _lock: File,
}

impl Workbench {
    /// Starts a recording of 16-bit sound on one channel, `rate` samples a second (8,000 to 48,000). Not allowed (`consent.missing`)
    /// before the person has agreed to recordings.
    pub fn start_recording(&self, consent: Consent, rate: u32) -> Result<Recorder> {
        let inner = &self.0;
        if !inner.store.read(|tx| consents::is_given(tx, Purpose::Recording))? {
            return Err(Error::new(ErrorKind::NotAllowed, keys::CONSENT_MISSING).with("purpose", Purpose::Recording.as_str()));
        }
        let folder = inner.settings.dir.join(FOLDER);
        private::folder(&folder)?;
        let suffix = if consent == Consent::Told { TOLD } else { OWN_VOICE };
        let path = folder.join(format!("{}.{suffix}", EvidenceId::new(inner.settings.clock.now())));
        let recording = Recording::create(&path, rate, 1)?;
        let lock = File::open(&path)?;
        lock.lock()?;
        let live = Live { path, consent, recording: Some(recording), _lock: lock };
        Ok(Recorder { workbench: self.clone(), live: Mutex::new(live) })
    }

    /// Keeps what an end of the app cut off as evidence; it waits among the pending transcriptions then. One that can't be kept just now
    /// stays where it is until the next start.
    pub(super) fn keep_leftovers(&self) {
        let Ok(entries) = fs::read_dir(self.0.settings.dir.join(FOLDER)) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if let Err(error) = self.keep_leftover(&path) {
                tracing::warn!(key = error.key, "recording not kept yet");
            }
        }
    }

    fn keep_leftover(&self, path: &Path) -> Result<()> {
        let lock = File::open(path)?;
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            return Ok(());
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let consent = if name.ends_with(TOLD) { Consent::Told } else { Consent::OwnVoice };
        match recording::recover(path) {
            // Nothing was said yet.
            Ok(recorded) if recorded.duration_ms == 0 => Ok(fs::remove_file(path)?),
            // A file that is no recording any more is evidence of that, too.
            Ok(_) | Err(Error { key: keys::RECORDING_DAMAGED, .. }) => self.0.keep_recording(path, consent),
            Err(error) => Err(error),
        }
    }
}

impl Inner {
    /// Keeps a file as evidence, without which it is needed no more.
    fn keep_recording(&self, path: &Path, consent: Consent) -> Result<()> {
        self.keep(&draft_of(path, consent))?;
        Ok(fs::remove_file(path)?)
    }
}

fn draft_of(path: &Path, consent: Consent) -> EvidenceDraft {
    EvidenceDraft {
        path: path.to_owned(),
        source: Source::Recording,
        consent: Some(consent),
        location: None,
        touch: None,
        rendition: None,
    }
}

impl Recorder {
    /// Adds samples as they come from the microphone. Writes to disk, so it is called from the thread that reads the microphone.
    ///
    /// When it fails, as with a full disk (`storage.full`) or after two hours (`recording.too_long`), everything before is there:
    /// [`Self::finish`] keeps it.
    pub fn append(&self, samples: &[i16]) -> Result<RecordingLevel> {
        let mut live = self.live();
        let recording = live.recording.as_mut().ok_or_else(over)?;
        recording.append(samples)?;
        let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
        Ok(RecordingLevel {
            level: (f32::from(loudest) / f32::from(i16::MAX)).min(1.0),
            duration_ms: recording.duration_ms() as i64,
        })
    }

    /// Ends the recording and keeps it as evidence. `recording.empty` when nothing was recorded. When keeping fails, as with a full disk,
    /// it can be tried again, and the next start of the app does.
    pub fn finish(&self) -> Result<EvidenceSaved> {
        let mut live = self.live();
        if let Some(recording) = live.recording.take() {
            let recorded = recording.finish()?;
            if recorded.duration_ms == 0 {
                fs::remove_file(&live.path)?;
                return Err(Error::invalid(keys::RECORDING_EMPTY));
            }
        } else if !live.path.exists() {
            return Err(over());
        }
        let saved = self.workbench.keep_evidence(draft_of(&live.path, live.consent))?;
        fs::remove_file(&live.path)?;
        Ok(saved)
    }

    /// Ends the recording and forgets it: the person slid away.
    pub fn discard(&self) -> Result<()> {
        let mut live = self.live();
        live.recording.take();
        match fs::remove_file(&live.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Recorder {
    /// Let go without a word: what is there is kept, like after an end of the app.
    fn drop(&mut self) {
        let live = self.live.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(recording) = live.recording.take()
            && recording.finish().is_ok_and(|recorded| recorded.duration_ms > 0)
        {
            if let Err(error) = self.workbench.0.keep_recording(&live.path, live.consent) {
                tracing::warn!(key = error.key, "recording not kept yet");
            }
            self.workbench.0.listeners.changed();
        }
    }
}

fn over() -> Error {
    Error::invalid(keys::RECORDING_OVER)
}

//! `chuda photo`: keeps a file as evidence, whatever it is.

use std::path::{Path, PathBuf};

use chuda_evidence::claim::{Consent, Source};
use chuda_evidence::sniff::sniff;
use chuda_phone::query::view::{ClaimView, EvidenceView};
use chuda_phone::workbench::EvidenceDraft;
use chuda_record::id::{EvidenceId, Hash, TouchId};
use chuda_record::{Error, Result};
use chuda_words::keys;
use serde::Serialize;

use crate::args::{CONSENT, one_of};
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::Shell;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Photo {
    /// The file; it is copied
    pub(crate) file: PathBuf,
    /// The touch it belongs to
    #[arg(long, value_name = "ID")]
    pub(crate) touch: Option<TouchId>,
    /// Required for a recording: self (only your voice) or told (the customer was told)
    #[arg(long, value_parser = one_of(CONSENT), value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
}

/// Keeps a photo, a document or any other file; exit code 4 when it does not open.
pub(crate) fn photo(shell: &Shell, photo: &Photo) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Kept<'a> {
        #[serde(flatten)]
        view: &'a EvidenceView,
        evidence: EvidenceId,
        thumbnail: Option<Hash>,
        rendition: Option<Hash>,
        claims: [&'a ClaimView; 1],
    }

    let workbench = shell.open()?;
    if let Some(touch) = photo.touch {
        workbench.touch(touch)?;
    }
    let mut draft = draft(&photo.file, photo.consent)?;
    draft.touch = photo.touch;
    let kept = workbench.keep_evidence(draft)?;
    let id = kept.evidence.id;
    let object = Kept {
        view: &kept.evidence,
        evidence: id,
        thumbnail: workbench.thumbnail(id)?.map(|picture| Hash::of(&picture)),
        rendition: workbench.rendition_hash(id)?,
        claims: [&kept.claim],
    };
    let exit = if kept.evidence.readable { Exit::Done } else { Exit::Attention };
    Ok(Outcome::ending(exit, &object, line(shell, &kept.evidence)))
}

/// Files given to a touch. Missing files and recordings without consent are refused before any is kept.
pub(crate) fn drafts(files: &[PathBuf], consent: Option<Consent>) -> Result<Vec<EvidenceDraft>> {
    files.iter().map(|file| draft(file, consent)).collect()
}

/// A file as evidence: a recording is one by its bytes, whatever its name, and needs consent.
pub(crate) fn draft(file: &Path, consent: Option<Consent>) -> Result<EvidenceDraft> {
    let mut opened = chuda_evidence::file::open(file)?;
    let is_sound = sniff(&mut opened)?.is_audio();
    if is_sound && consent.is_none() {
        return Err(Error::invalid(keys::EVIDENCE_CONSENT_MISSING));
    }
    Ok(EvidenceDraft {
        path: file.to_owned(),
        source: if is_sound { Source::Recording } else { Source::File },
        consent: consent.filter(|_| is_sound),
        location: None,
        touch: None,
        rendition: None,
    })
}

/// One line about a piece of evidence: what it is, its trust grade, its flags.
pub(crate) fn line(shell: &Shell, evidence: &EvidenceView) -> String {
    let mut words = vec![shell.text.label("grade", evidence.grade.as_str())];
    words.extend(flags(shell, evidence));
    if let Some(reason) = &evidence.unreadable {
        words.push(shell.text.say("evidence.why", &[("reason", &shell.text.label("unreadable", reason))]));
    }
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("mime", &evidence.mime), ("size", &size(evidence.size)), ("id", &evidence.id), ("words", &words.join(" · "))];
    shell.text.line("evidence.line", &values)
}

/// What a reader should know, in words.
pub(crate) fn flags(shell: &Shell, evidence: &EvidenceView) -> Vec<String> {
    evidence.flags.iter().map(|flag| shell.text.label("flag", flag)).collect()
}

/// A number of bytes as people say it.
pub(crate) fn size(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

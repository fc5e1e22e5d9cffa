//! `chuda photo`: keeps a file as evidence, whatever it is.

use std::fs::File;
use std::path::{Path, PathBuf};

use chuda_evidence::claim::{self, Source};
use chuda_evidence::sniff::sniff;
use chuda_phone::query::view::EvidenceView;
use chuda_phone::workbench::EvidenceDraft;
use chuda_record::id::Hash;
use chuda_record::{Error, Result};
use serde_json::json;

use crate::args::{Consent, Photo};
use crate::exit::{Exit, Failure, Outcome};
use crate::json;
use crate::shell::Shell;

/// Keeps a photo, a document or any other file; exit code 4 when it does not open.
pub(crate) fn photo(shell: &Shell, photo: &Photo) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    if let Some(touch) = photo.touch {
        workbench.touch(touch)?;
    }
    let mut draft = draft(&photo.file, photo.consent)?;
    draft.touch = photo.touch;
    let kept = workbench.keep_evidence(draft)?;
    let mut object = json::evidence(&kept.evidence);
    object["evidence"] = json!(kept.evidence.id);
    object["thumbnail"] = json!(workbench.thumbnail(kept.evidence.id)?.map(|picture| Hash::of(&picture)));
    object["rendition"] = json!(workbench.rendition_hash(kept.evidence.id)?);
    object["claims"] = json!([json::claim(&kept.claim)]);
    let exit = if kept.evidence.readable { Exit::Done } else { Exit::Attention };
    Ok(Outcome { json: object, text: line(shell, &kept.evidence), exit })
}

/// Files given to a touch. Missing files and recordings without consent are refused before any is kept.
pub(crate) fn drafts(files: &[PathBuf], consent: Option<Consent>) -> Result<Vec<EvidenceDraft>> {
    files.iter().map(|file| draft(file, consent)).collect()
}

/// A file as evidence: a recording is one by its bytes, whatever its name, and needs consent.
pub(crate) fn draft(file: &Path, consent: Option<Consent>) -> Result<EvidenceDraft> {
    let mut opened = File::open(file)?;
    if !opened.metadata()?.is_file() {
        return Err(Error::invalid("file.not_a_file"));
    }
    let is_sound = sniff(&mut opened)?.is_audio();
    if is_sound && consent.is_none() {
        return Err(Error::invalid("evidence.consent_missing"));
    }
    Ok(EvidenceDraft {
        path: file.to_owned(),
        source: if is_sound { Source::Recording } else { Source::File },
        consent: consent.filter(|_| is_sound).map(into_claim),
        location: None,
        touch: None,
        rendition: None,
    })
}

/// The consent as the claim has it.
pub(crate) fn into_claim(consent: Consent) -> claim::Consent {
    match consent {
        Consent::OwnVoice => claim::Consent::OwnVoice,
        Consent::Told => claim::Consent::Told,
    }
}

/// One line about a piece of evidence: what it is, its trust grade, its flags.
pub(crate) fn line(shell: &Shell, evidence: &EvidenceView) -> String {
    let mut words = vec![shell.text.label("grade", json::grade_key(evidence.grade))];
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

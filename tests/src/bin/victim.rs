//! A phone that works without a pause until somebody kills it. A line on standard output acknowledges what is to survive.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use chuda_evidence::SoftwareKey;
use chuda_evidence::claim::{Consent, Source};
use chuda_evidence::clock::SystemClock;
use chuda_kit::{evidence, of, sample};
use chuda_phone::workbench::{BlobChoice, Cancel, CustomerDraft, EvidenceDraft, ReportRequest, Settings, TouchDraft, Workbench};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("folder")?);
    let key = std::fs::read(folder.join("key"))?;
    let settings = Settings {
        dir: folder.join("phone"),
        key: [7; 32],
        clock: Arc::new(SystemClock),
        signer: Arc::new(SoftwareKey::from_pkcs8(&key)?),
        models: None,
    };
    let workbench = Workbench::open(settings)?;
    let customer = match workbench.customers()?.first() {
        Some(customer) => customer.id,
        None => workbench.add_customer(CustomerDraft { name: "杭州智联科技".into(), ..CustomerDraft::default() })?.id,
    };
    let file = folder.join("file");
    for number in 0_u64.. {
        let (kind, id) = match number % 5 {
            0 => ("evidence", workbench.keep_evidence(evidence(&sample("photo.jpg")))?.evidence.id.to_string()),
            1 => {
                std::fs::write(&file, format!("会议记录 {number} {}", Utc::now()))?;
                let note = workbench.keep_evidence(evidence(&file))?.evidence.id;
                let draft = TouchDraft { evidence: vec![note], ..of(customer, "demo") };
                ("touch", workbench.record_touch(draft)?.touch.id.to_string())
            }
            2 => {
                let voice =
                    EvidenceDraft { source: Source::Recording, consent: Some(Consent::OwnVoice), ..evidence(&sample("voice.wav")) };
                ("evidence", workbench.keep_evidence(voice)?.evidence.id.to_string())
            }
            3 => {
                let request = ReportRequest { reason: Some("travel".into()), ..ReportRequest::default() };
                ("report", workbench.file_report(request)?.day.to_string())
            }
            _ => {
                // Records alone in most rounds, so that uploads are cut at different places.
                let blobs = if number % 10 == 4 { BlobChoice::All } else { BlobChoice::None };
                match workbench.sync(blobs, |_| {}, Cancel::new()).await {
                    Ok(report) => ("sync", report.pushed.to_string()),
                    Err(error) => ("offline", error.key.to_owned()),
                }
            }
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{kind} {id}")?;
        out.flush()?;
    }
    Ok(())
}

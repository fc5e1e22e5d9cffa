//! P1: from the tap to durable — a touch with four fields and two claims, against one commit of the same bytes.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use chuda_kit::{Phone, of};
use chuda_phone::workbench::TouchDraft;
use rusqlite::Connection;

const ROUNDS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let phone = Phone::offline("李雷");
    let customer = phone.customer("杭州智联科技");
    let folder = tempfile::tempdir()?;
    let plain = Connection::open(folder.path().join("plain.db"))?;
    plain.pragma_update(None, "journal_mode", "WAL")?;
    plain.pragma_update(None, "synchronous", "FULL")?;
    plain.execute_batch("CREATE TABLE bytes (id INTEGER PRIMARY KEY, bytes BLOB)")?;

    let (mut ours, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let evidence = vec![phone.note(), phone.note()];
        let draft = TouchDraft { evidence, ..of(customer, "demo") };
        let begin = Instant::now();
        phone.workbench.record_touch(draft)?;
        ours.push(begin.elapsed().as_secs_f64() * 1e3);
        let begin = Instant::now();
        plain.execute("INSERT INTO bytes (bytes) VALUES (?1)", [vec![7_u8; 2_000]])?;
        baseline.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let (ours, baseline) = (median(&mut ours), median(&mut baseline));
    println!("{}", serde_json::json!({ "id": "P1", "figure_ms": ours, "baseline_ms": baseline }));
    Ok(())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

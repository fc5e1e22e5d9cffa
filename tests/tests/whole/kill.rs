//! kill −9 at random moments while touches, photos, recordings, reports and syncs run: nothing acknowledged is lost.
//!
//! `CHUDA_KILLS` sets how many, `CHUDA_SEED` when: `scripts/soak` makes a thousand of them.

#![allow(clippy::print_stdout)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use chuda_evidence::SoftwareKey;
use chuda_kit::{Hand, Host, Phone, number};
use chuda_phone::workbench::{Settings, Workbench};
use chuda_record::Role;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost() {
    let (kills, seed) = (number("CHUDA_KILLS", 20), number("CHUDA_SEED", 20_261_123));
    println!("{kills} kills, CHUDA_SEED={seed}");
    let mut chance = fastrand::Rng::with_seed(seed);
    let host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let (_, code) = host.person("李雷", Role::Rep, Some(boss.person()));

    let folder = tempfile::tempdir().unwrap();
    let key = SoftwareKey::generate().to_pkcs8().unwrap();
    std::fs::write(folder.path().join("key"), key.as_bytes()).unwrap();
    let settings = Settings {
        dir: folder.path().join("phone"),
        key: [7; 32],
        clock: Hand::at_present(),
        signer: Arc::new(SoftwareKey::from_pkcs8(key.as_bytes()).unwrap()),
        models: None,
    };
    drop(Workbench::create_enrolled(settings.clone(), &host.url(), &code).await.unwrap());

    let mut acknowledged = Vec::new();
    for kill in 0..kills {
        let mut victim =
            Command::new(env!("CARGO_BIN_EXE_victim")).arg(folder.path()).stdout(Stdio::piped()).spawn().expect("victim starts");
        let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        for _ in 0..=chance.u8(..6) {
            let line = lines.next().unwrap_or_else(|| panic!("kill {kill}: the phone ended by itself")).unwrap();
            acknowledged.push(line);
        }
        for _ in 0..chance.u32(..2_000_000) {
            std::hint::spin_loop();
        }
        victim.kill().unwrap();
        // What it still said before it died counts too.
        acknowledged.extend(lines.map_while(Result::ok));
        victim.wait().unwrap();
    }

    let workbench = Workbench::open(settings).unwrap();
    for line in &acknowledged {
        let (kind, id) = line.split_once(' ').unwrap();
        match kind {
            "touch" => drop(workbench.touch(id.parse().unwrap()).unwrap_or_else(|error| panic!("{line}: {error}"))),
            "evidence" => {
                let evidence = workbench.evidence(id.parse().unwrap()).unwrap_or_else(|error| panic!("{line}: {error}"));
                let out = folder.path().join("out");
                workbench.export_original(evidence.id, &out).unwrap();
                assert_eq!(chuda_record::id::Hash::of(&std::fs::read(&out).unwrap()), evidence.sha256, "{line}");
            }
            "report" => assert_eq!(workbench.reports(id.parse().unwrap()).unwrap().len(), 1, "{line}"),
            _ => {}
        }
    }
    let failed: Vec<_> = workbench.doctor().unwrap().into_iter().filter(|check| !check.ok && check.name != "model").collect();
    assert!(failed.is_empty(), "{failed:?}");

    let phone = Phone::over(workbench);
    phone.settle().await;
    boss.settle().await;
    let touches = acknowledged.iter().filter_map(|line| line.strip_prefix("touch "));
    for touch in touches {
        let seen = boss.workbench.touch(touch.parse().unwrap()).unwrap();
        assert!(seen.evidence.iter().all(|evidence| evidence.state == chuda_phone::query::view::ItemState::Verified), "{touch}");
    }
    println!("{} acknowledged", acknowledged.len());
}

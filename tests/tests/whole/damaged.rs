//! A phone whose database was damaged while it was closed: single bits, or cut off anywhere. All is there, or what can't be read is named
//! and the damaged file set aside; a sync brings back what the server has. `CHUDA_DAMAGES` says how many, `CHUDA_SEED` which.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chuda_kit::{Host, number};
use chuda_phone::workbench::{BlobChoice, Cancel, Settings, Workbench};
use chuda_record::id::RecordId;
use chuda_record::{Fields, Kind, Result, Role};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let target = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, &target).unwrap();
        }
    }
}

fn records(workbench: &Workbench) -> Result<BTreeMap<RecordId, Fields>> {
    workbench.home()?;
    workbench.doctor()?;
    workbench.status()?;
    let mut all = BTreeMap::new();
    for kind in Kind::ALL.iter().copied() {
        all.extend(workbench.records(kind)?);
    }
    Ok(all)
}

/// Opens it, once more where a page that the opening did not need turned out to be damaged.
fn opened(settings: &Settings) -> (Workbench, BTreeMap<RecordId, Fields>) {
    let first = Workbench::open(settings.clone()).unwrap();
    match records(&first) {
        Ok(all) => (first, all),
        Err(error) => {
            assert_eq!(error.key, "storage.damaged");
            drop(first);
            let again = Workbench::open(settings.clone()).unwrap();
            let all = records(&again).unwrap();
            (again, all)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_there_or_what_is_lost_is_named_and_a_sync_brings_it_back() {
    let host = Host::start().await;
    let phone = host.phone("李雷", Role::Rep, None).await;
    for number in 0..40 {
        phone.touch(phone.customer(&format!("客户{number}")), "demo");
    }
    phone.settle().await;
    let synced = records(&phone.workbench).unwrap();
    for number in 40..50 {
        phone.touch(phone.customer(&format!("客户{number}")), "demo");
    }
    let all = records(&phone.workbench).unwrap();
    let (settings, folder) = (phone.settings.clone(), phone.folder().to_owned());
    drop(phone.workbench);
    let whole = fs::read(settings.dir.join("chuda.db")).unwrap();
    assert_eq!(fs::metadata(settings.dir.join("chuda.db-wal")).map_or(0, |log| log.len()), 0, "it was closed");

    let seed = number("CHUDA_SEED", 1);
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut unharmed, mut nothing_lost, mut something_lost, mut everything_lost) = (0, 0, 0, 0);
    for damage in 0..number("CHUDA_DAMAGES", 60) {
        let dir = folder.join(format!("damage-{damage}"));
        copy(&settings.dir, &dir);
        let mut bytes = whole.clone();
        let at = random.usize(..bytes.len());
        let what = match damage {
            0 => {
                bytes.clear();
                "emptied".to_owned()
            }
            1 => {
                bytes.truncate(4096);
                "cut to a page".to_owned()
            }
            _ if damage % 3 == 0 => {
                bytes.truncate(at);
                format!("cut at {at}")
            }
            _ => {
                bytes[at] ^= 1 << random.u8(..8);
                format!("a bit at {at}")
            }
        };
        fs::write(dir.join("chuda.db"), &bytes).unwrap();
        let settings = Settings { dir: dir.clone(), ..settings.clone() };
        let (workbench, left) = opened(&settings);
        let (what, aside) = (format!("seed {seed}, damage {damage}: {what}"), dir.join("damaged-1/chuda.db"));
        let lost = workbench.doctor().unwrap().into_iter().find(|check| check.name == "lost");
        let missing: Vec<_> = all.iter().filter(|(id, fields)| left.get(id) != Some(fields)).map(|(id, _)| *id).collect();
        match (&lost, aside.exists()) {
            (None, false) => unharmed += 1,
            (None, true) => nothing_lost += 1,
            (Some(_), true) if left.is_empty() => everything_lost += 1,
            (Some(_), true) => something_lost += 1,
            (Some(_), false) => panic!("{what}: lost, and nothing set aside"),
        }
        // Opening may have noted something before it met the page.
        assert!(!aside.exists() || fs::metadata(&aside).unwrap().len() >= bytes.len() as u64, "{what}: all of it is set aside");
        if let Some(lost) = &lost {
            let named =
                |id: &RecordId| lost.detail.contains(" or more") || lost.detail.contains(&id.to_string()) || missing.len() > 20;
            assert!(missing.iter().all(named), "{what}: {missing:?} of {}", lost.detail);
            assert!(workbench.home().unwrap().sync.attention > 0, "{what}: home says so");
        } else {
            assert_eq!(missing, [], "{what}: nothing is lost that is not named");
        }
        if damage % 6 == 0 {
            workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            let back = records(&workbench).unwrap();
            let gone: Vec<_> = synced.keys().filter(|id| !back.contains_key(id)).collect();
            assert!(gone.is_empty(), "{what}: what the server has is back, but {gone:?}");
        }
        drop(workbench);
        fs::remove_dir_all(dir).unwrap();
    }
    let outcomes =
        format!("unharmed {unharmed}, nothing lost {nothing_lost}, something {something_lost}, everything {everything_lost}");
    assert!(something_lost + nothing_lost > everything_lost, "most can be read: {outcomes}");
}

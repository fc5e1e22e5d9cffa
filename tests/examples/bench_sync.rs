//! P3: idle sync. P4: twenty new touches. P5: 5,000 records pushed, and pulled by a new device until each is queryable.

#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chuda_kit::{Host, Phone};
use chuda_phone::query::Me;
use chuda_phone::store::{Own, Store};
use chuda_phone::workbench::{BlobChoice, Cancel, SyncReport};
use chuda_record::id::CustomerId;
use chuda_record::policy::Writer;
use chuda_record::{Actor, Customer, Role};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const RECORDS: usize = 5_000;
const MANY: usize = 100_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let host = Host::start().await;
    let (wire, bytes) = counting_proxy(host.url().trim_start_matches("http://").to_owned()).await?;
    let (person, code) = host.person("李雷", Role::Rep, None);
    let rep = Phone::enrolled(&wire, &code).await;
    bulk(&rep, 100, "先")?;
    records(&rep).await?;
    let at_100 = idle(&rep, &bytes).await?;

    let customer = rep.workbench.customers()?[0].id;
    for _ in 0..20 {
        rep.touch(customer, "demo");
    }
    let twenty = records(&rep).await?;
    println!("{}", json!({ "id": "P4", "round_trips": twenty.round_trips, "bytes_up": twenty.bytes_up, "changes": twenty.pushed }));

    bulk(&rep, RECORDS, "客户")?;
    let begin = Instant::now();
    let pushed = records(&rep).await?;
    let push_ms = millis(begin);
    let fresh = another(&host, &wire, person).await?;
    let begin = Instant::now();
    let pulled = records(&fresh).await?;
    let found = fresh.workbench.find_customers(&format!("客户{}", RECORDS - 1))?;
    let pull_ms = millis(begin);
    assert_eq!(found.len(), 1);
    drop(fresh);

    bulk(&rep, MANY - RECORDS, "更多")?;
    records(&rep).await?;
    let at_many = idle(&rep, &bytes).await?;
    println!("{}", json!({ "id": "P3", "bytes": at_many, "bytes_at_100": at_100, "round_trips": 1 }));

    let fresh = another(&host, &wire, person).await?;
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = peak_mb()?;
    records(&fresh).await?;
    println!(
        "{}",
        json!({
            "id": "P5", "push_ms": push_ms, "pull_ms": pull_ms, "pushed": pushed.pushed, "pulled": pulled.pulled,
            "peak_mb_above_idle": peak_mb()? - before,
        })
    );
    Ok(())
}

/// Records made in one transaction, as a long time offline leaves them.
fn bulk(phone: &Phone, count: usize, name: &str) -> chuda_record::Result<()> {
    let (store, _) = Store::open(&phone.settings.dir, phone.settings.key)?;
    let identity = phone.workbench.identity()?;
    let me: Me = Me {
        id: identity.person.id,
        name: String::new(),
        roles: vec![Role::Rep],
        zone: chuda_record::time::DEFAULT_ZONE,
        enrolled: true,
        lang: chuda_phone::screen::Lang::Zh,
    };
    let at = phone.settings.clock.now();
    let writer = Writer::Person { id: me.id, roles: [Role::Rep].into() };
    let own = Own::new(Actor { device: identity.device, incarnation: 7 }, writer, at);
    store.write(|tx| {
        for number in 0..count {
            let name = format!("{name}{number}");
            let customer = Customer { holder: Some(me.id), ..Customer::new(me.id, name, at) };
            tx.create(&own, CustomerId::new(at), &customer)?;
        }
        Ok(())
    })
}

async fn another(host: &Host, wire: &str, person: chuda_record::id::PersonId) -> Result<Phone, Box<dyn std::error::Error>> {
    let (_, code) = host.admin().new_code(&person.to_string(), chrono::Utc::now())?;
    Ok(Phone::enrolled(wire, &code).await)
}

async fn records(phone: &Phone) -> chuda_record::Result<SyncReport> {
    phone.workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await
}

/// Bytes on the wire of one idle sync, both ways, headers too.
async fn idle(phone: &Phone, bytes: &AtomicU64) -> Result<u64, Box<dyn std::error::Error>> {
    records(phone).await?;
    let before = bytes.load(Ordering::SeqCst);
    let report = records(phone).await?;
    assert_eq!((report.round_trips, report.pushed, report.pulled), (1, 0, 0));
    Ok(bytes.load(Ordering::SeqCst) - before)
}

/// A relay to the server that counts what passes.
async fn counting_proxy(server: String) -> std::io::Result<(String, Arc<AtomicU64>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let bytes = Arc::new(AtomicU64::new(0));
    let counter = bytes.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(upstream) = TcpStream::connect(&server).await else { continue };
            let (client_read, client_write) = client.into_split();
            let (server_read, server_write) = upstream.into_split();
            tokio::spawn(relay(client_read, server_write, counter.clone()));
            tokio::spawn(relay(server_read, client_write, counter.clone()));
        }
    });
    Ok((format!("http://{address}"), bytes))
}

async fn relay(mut from: tokio::net::tcp::OwnedReadHalf, mut to: tokio::net::tcp::OwnedWriteHalf, counter: Arc<AtomicU64>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        counter.fetch_add(count as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

fn peak_mb() -> Result<f64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
}

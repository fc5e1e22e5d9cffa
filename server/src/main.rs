//! `chuda-server`: serve, and administer.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use chuda_evidence::clock::{Clock, ShiftedClock, SystemClock};
use chuda_record::Role;
use chuda_record::id::{DeviceId, PersonId, WebhookId};
use chuda_record::{Error, ErrorKind, JoinLink, Result};
use chuda_server::Event;
use chuda_server::admin::{Admin, ImportKind, ImportReport, JobState, JobView, NewPerson};
use chuda_server::caller::Scope;
use chuda_server::demo::{self, Plan};
use chuda_server::telemetry::{self, LogFormat};
use chuda_server::{AuditExport, Server, Settings};
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};
use tracing::Level;

/// Most bytes of a file that are read.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// The server of Chuda (触达): sync, inboxes, evidence, to-dos.
#[derive(Parser)]
#[command(name = "chuda-server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How log lines on standard error look.
    #[arg(long, global = true, value_enum, default_value = "text")]
    log: LogFormat,
    /// The instant (RFC 3339) at which this process's clock starts; it runs on from there. Tests and demos need past days.
    #[arg(long = "now", global = true, env = "CHUDA_NOW", value_name = "INSTANT", value_parser = parse_clock)]
    #[arg(default_value = "", hide_default_value = true)]
    clock: Arc<dyn Clock>,
}

#[derive(Subcommand)]
enum Command {
    /// Listens until it is told to stop (ctrl-c or SIGTERM).
    #[command(after_help = "Example: chuda-server serve --data /var/lib/chuda --listen 0.0.0.0:8787")]
    Serve {
        #[command(flatten)]
        data: Data,
        /// Address to listen on; port 0 takes a free one.
        #[arg(long, env = "CHUDA_LISTEN", default_value = "127.0.0.1:8787")]
        listen: SocketAddr,
        /// Where evidence is kept: a folder or a file: URL; by default `blobs` in the data folder.
        #[arg(long, env = "CHUDA_BLOBS")]
        blobs: Option<String>,
    },
    /// Fills a new data folder with a believable team and its history: the same seed and end give the same records.
    #[command(after_help = "Example: chuda-server demo --data demo-data && chuda-server serve --data demo-data")]
    Demo(Demo),
    /// People, codes, devices, tokens, jobs, webhooks, backup. Works while the server runs.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Subcommand)]
enum AdminCommand {
    /// People and their enrolment codes.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Devices.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Tokens of other systems.
    #[command(subcommand)]
    Token(TokenCommand),
    /// What is to be done later.
    #[command(subcommand)]
    Job(JobCommand),
    /// Other systems that are told of events (Standard Webhooks).
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// The log of who did and who looked.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Takes in customers, leads or payment slips from a CSV or XLSX file, in whole or not at all.
    #[command(after_help = "Example: chuda-server admin import customers customers.xlsx --dry-run --as \"Wang Qiang\"")]
    Import {
        /// What is in it.
        #[arg(value_enum)]
        kind: ImportKind,
        /// The file.
        file: PathBuf,
        /// Only say what would come of it.
        #[arg(long)]
        dry_run: bool,
        /// As whom: an id, or a name that only one person has.
        #[arg(long = "as", value_name = "PERSON")]
        person: String,
        #[command(flatten)]
        data: Data,
    },
    /// Copies the database into a new file.
    #[command(after_help = "Example: chuda-server admin backup chuda-backup.db")]
    Backup {
        /// The new file.
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Puts a backup in place of the present database; devices send again what it lacks.
    #[command(after_help = "Example: chuda-server admin restore chuda-backup.db")]
    Restore {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum PersonCommand {
    /// Adds a person and prints a one-time enrolment code.
    #[command(after_help = "Example: chuda-server admin person add \"Li Min\" --role rep --reports-to \"Wang Qiang\"")]
    Add {
        /// As shown to colleagues.
        name: String,
        /// What the person does; can be given several times.
        #[arg(long = "role", required = true, value_parser = parse_role)]
        roles: Vec<Role>,
        /// Whom the person reports to: an id, or a name that only one person has.
        #[arg(long)]
        reports_to: Option<String>,
        /// Time zone of the person's days.
        #[arg(long, default_value = "Asia/Shanghai")]
        zone: Tz,
        #[command(flatten)]
        invite: Invite,
        #[command(flatten)]
        data: Data,
    },
    /// Lists everyone.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Changes whom a person reports to; without a superior: nobody.
    #[command(after_help = "Example: chuda-server admin person reports-to \"Li Min\" \"Wang Qiang\"")]
    ReportsTo {
        /// An id, or a name that only one person has.
        person: String,
        /// The new superior, named likewise.
        superior: Option<String>,
        #[command(flatten)]
        data: Data,
    },
    /// Prints a new enrolment code.
    Code {
        /// An id, or a name that only one person has.
        person: String,
        #[command(flatten)]
        invite: Invite,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Args)]
struct Invite {
    /// Where phones reach this server: prints a link and a code to scan as well.
    #[arg(long)]
    url: Option<String>,
}

#[derive(Subcommand)]
enum DeviceCommand {
    /// Lists every device.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Locks a device out.
    Revoke {
        /// Its id.
        device: DeviceId,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it, once.
    #[command(after_help = "Example: chuda-server admin token add crm --scope touches --scope people")]
    Add {
        /// What it is for.
        name: String,
        /// What it may do; can be given several times.
        #[arg(long = "scope", required = true, value_enum)]
        scopes: Vec<Scope>,
        /// Act as this person; otherwise it reads everybody's records.
        #[arg(long)]
        person: Option<String>,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Writes the log, or some days of it, into a file that anyone can check offline with `chuda verify`.
    #[command(after_help = "Example: chuda-server admin audit export --out audit-2026-03.zip --from 2026-03-01 --to 2026-03-31")]
    Export {
        /// The bundle to write.
        #[arg(long, value_name = "ZIP")]
        out: PathBuf,
        /// The first day, in Asia/Shanghai; by default the log's first.
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
        /// The last day; by default today.
        #[arg(long, value_name = "DATE")]
        to: Option<NaiveDate>,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum JobCommand {
    /// Lists the jobs that wait or are being done, at most a thousand.
    List {
        /// Those that were given up, instead.
        #[arg(long)]
        dead: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Lets a job come up at once, with all its attempts; a running server takes it within a minute.
    #[command(after_help = "Example: chuda-server admin job retry 42")]
    Retry {
        /// Its number, from the list.
        job: i64,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum WebhookCommand {
    /// Subscribes an address to events and prints the secret that signatures are checked with, once.
    #[command(
        after_help = "Example: chuda-server admin webhook add https://crm.example/hooks --event touch.recorded --event task.created"
    )]
    Add {
        /// An http or https address.
        url: String,
        /// What to tell; can be given several times.
        #[arg(long = "event", required = true, value_parser = parse_event)]
        events: Vec<Event>,
        #[command(flatten)]
        data: Data,
    },
    /// Lists every subscription.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Ends a subscription; what waits for its receiver is dropped.
    Remove {
        /// Its id.
        webhook: WebhookId,
        #[command(flatten)]
        data: Data,
    },
    /// Lists the deliveries that were given up, at most a thousand.
    Dead {
        #[command(flatten)]
        data: Data,
    },
    /// Lets a delivery that was given up be tried again; a running server does within a minute.
    #[command(after_help = "Example: chuda-server admin webhook retry --all")]
    Retry {
        /// Its number, from the list.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        delivery: Option<i64>,
        /// All of them.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Args)]
struct Demo {
    #[command(flatten)]
    data: Data,
    /// What chance starts from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The last day of the history; by default today. It ends that evening, or now.
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// How many weeks it has.
    #[arg(long, default_value_t = 13)]
    weeks: u32,
    /// How many reps there are; everybody else in proportion.
    #[arg(long, default_value_t = 63)]
    reps: usize,
    /// How many customers there are in the end, about.
    #[arg(long, default_value_t = 1_500)]
    customers: usize,
}

#[derive(Args)]
struct Data {
    /// Folder of the database.
    #[arg(long, env = "CHUDA_DATA", default_value = "chuda-data")]
    data: PathBuf,
    /// One JSON object on standard output.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // What happens in three months is not told line by line.
    telemetry::init(cli.log, if matches!(cli.command, Command::Demo(_)) { Level::WARN } else { Level::INFO });
    match run(cli.command, cli.clock) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "chuda-server: {error}");
            ExitCode::from(if matches!(error.kind, ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::NotAllowed) {
                3
            } else {
                1
            })
        }
    }
}

fn run(command: Command, clock: Arc<dyn Clock>) -> Result<()> {
    let now = clock.now();
    match command {
        Command::Serve { data, listen, blobs } => serve(Settings { data: data.data, listen, blobs, clock }, data.json),
        Command::Demo(command) => demo(&command, now),
        Command::Admin(AdminCommand::Person(PersonCommand::Add { name, roles, reports_to, zone, invite, data })) => {
            let person = NewPerson { name, roles: roles.into_iter().collect(), reports_to, zone };
            let (person, code) = Admin::open(&data.data)?.add_person(&person, now)?;
            print_invitation(&data, person, code, invite)
        }
        Command::Admin(AdminCommand::Person(PersonCommand::List { data })) => {
            let people = Admin::open(&data.data)?.people()?;
            let list: Vec<Value> = people
                .iter()
                .map(|(id, person)| {
                    json!({
                        "id": id, "name": person.name, "roles": person.roles, "reports_to": person.reports_to,
                        "zone": person.zone.name(), "left": person.left,
                    })
                })
                .collect();
            print(data.json, &json!({ "people": list }), || {
                lines(people.iter().map(|(id, person)| {
                    let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
                    format!("{id}  {}  {}", roles.join(","), person.name)
                }))
            })
        }
        Command::Admin(AdminCommand::Person(PersonCommand::ReportsTo { person, superior, data })) => {
            Admin::open(&data.data)?.set_reports_to(&person, superior.as_deref(), now)?;
            print(data.json, &json!({ "person": person, "reports_to": superior }), || "done".to_owned())
        }
        Command::Admin(AdminCommand::Person(PersonCommand::Code { person, invite, data })) => {
            let (person, code) = Admin::open(&data.data)?.new_code(&person, now)?;
            print_invitation(&data, person, code, invite)
        }
        Command::Admin(AdminCommand::Device(DeviceCommand::List { data })) => {
            let devices = Admin::open(&data.data)?.devices()?;
            let list: Vec<Value> = devices
                .iter()
                .map(|device| {
                    json!({
                        "id": device.id, "person": device.person, "platform": device.platform,
                        "enrolled_at": device.enrolled_at, "revoked_at": device.revoked_at,
                    })
                })
                .collect();
            print(data.json, &json!({ "devices": list }), || {
                lines(devices.iter().map(|device| {
                    let state = if device.revoked_at.is_some() { "revoked" } else { "enrolled" };
                    format!("{}  {}  {state}", device.id, device.person)
                }))
            })
        }
        Command::Admin(AdminCommand::Device(DeviceCommand::Revoke { device, data })) => {
            Admin::open(&data.data)?.revoke(device, now)?;
            print(data.json, &json!({ "device": device, "revoked": true }), || format!("{device} revoked"))
        }
        Command::Admin(AdminCommand::Token(TokenCommand::Add { name, scopes, person, data })) => {
            let token = Admin::open(&data.data)?.add_token(&name, &scopes, person.as_deref(), now)?;
            print(data.json, &json!({ "name": name, "token": token }), || token.clone())
        }
        Command::Admin(AdminCommand::Job(JobCommand::List { dead, data })) => {
            let jobs = Admin::open(&data.data)?.jobs(dead)?;
            let list: Vec<Value> = jobs.iter().map(job_json).collect();
            print(data.json, &json!({ "jobs": list }), || lines(jobs.iter().map(job_line)))
        }
        Command::Admin(AdminCommand::Job(JobCommand::Retry { job, data })) => {
            Admin::open(&data.data)?.retry_job(job, now)?;
            print(data.json, &json!({ "job": job, "due": now }), || format!("{job} is due"))
        }
        Command::Admin(AdminCommand::Import { kind, file, dry_run, person, data }) => {
            let bytes = read_file(&file)?;
            let report = Admin::open(&data.data)?.import(kind, &bytes, dry_run, &person, now)?;
            let json = serde_json::to_value(&report).map_err(|error| Error::internal("report.encode", error))?;
            print(data.json, &json, || imported(&report))?;
            if report.mistakes > 0 { Err(Error::invalid("import.mistakes").with("count", report.mistakes)) } else { Ok(()) }
        }
        Command::Admin(AdminCommand::Webhook(command)) => webhook(command, now),
        Command::Admin(AdminCommand::Audit(AuditCommand::Export { out, from, to, data })) => {
            let AuditExport { checkpoint, report } = Admin::open(&data.data)?.export_audit(&out, (from, to), now)?;
            let object = json!({
                "bundle": out, "first": checkpoint.first, "last": checkpoint.last, "count": checkpoint.count, "head": checkpoint.head,
                "key": checkpoint.key, "valid": report.valid, "checks": report.checks,
            });
            print(data.json, &object, || {
                let faults =
                    report.checks.iter().filter(|check| !check.ok).map(|check| format!("\n{}: {}", check.name, check.detail));
                format!("{}: entries {} to {}{}", out.display(), checkpoint.first, checkpoint.last, faults.collect::<String>())
            })?;
            // The bundle is there all the same: it shows the auditor what is wrong.
            if report.valid { Ok(()) } else { Err(Error::new(ErrorKind::Storage, "audit.damaged")) }
        }
        Command::Admin(AdminCommand::Backup { file, data }) => {
            Admin::open(&data.data)?.backup(&file, now)?;
            print(data.json, &json!({ "backup": file }), || file.display().to_string())
        }
        Command::Admin(AdminCommand::Restore { file, data }) => {
            Admin::open(&data.data)?.restore(&file, now)?;
            print(data.json, &json!({ "restored": file }), || file.display().to_string())
        }
    }
}

fn webhook(command: WebhookCommand, now: DateTime<Utc>) -> Result<()> {
    match command {
        WebhookCommand::Add { url, events, data } => {
            let (webhook, secret) = Admin::open(&data.data)?.add_webhook(&url, &events, now)?;
            print(data.json, &json!({ "webhook": webhook, "secret": secret }), || format!("{webhook}\n{secret}"))
        }
        WebhookCommand::List { data } => {
            let webhooks = Admin::open(&data.data)?.webhooks()?;
            let list: Vec<Value> = webhooks
                .iter()
                .map(|webhook| {
                    json!({
                        "id": webhook.id, "url": webhook.url, "events": webhook.events, "created_by": webhook.created_by,
                        "created_at": webhook.created_at, "waiting": webhook.waiting, "dead": webhook.dead,
                    })
                })
                .collect();
            print(data.json, &json!({ "webhooks": list }), || {
                lines(webhooks.iter().map(|webhook| {
                    let (events, waiting, dead) = (webhook.events.join(","), webhook.waiting, webhook.dead);
                    format!("{}  {events}  waiting {waiting}  dead {dead}  {}", webhook.id, webhook.url)
                }))
            })
        }
        WebhookCommand::Remove { webhook, data } => {
            Admin::open(&data.data)?.remove_webhook(webhook, now)?;
            print(data.json, &json!({ "webhook": webhook, "removed": true }), || format!("{webhook} removed"))
        }
        WebhookCommand::Dead { data } => {
            let dead = Admin::open(&data.data)?.dead_deliveries()?;
            let list: Vec<Value> = dead
                .iter()
                .map(|delivery| {
                    json!({
                        "id": delivery.id, "webhook": delivery.webhook, "event": delivery.event, "name": delivery.name,
                        "record": delivery.record, "attempts": delivery.attempts, "last_error": delivery.last_error,
                        "dead_at": delivery.dead_at,
                    })
                })
                .collect();
            print(data.json, &json!({ "deliveries": list }), || {
                lines(dead.iter().map(|delivery| {
                    let (name, error) = (delivery.name.as_deref().unwrap_or("-"), delivery.last_error.as_deref().unwrap_or("-"));
                    format!("{}  {}  {name}  {}  {error}", delivery.id, delivery.webhook, delivery.event)
                }))
            })
        }
        WebhookCommand::Retry { delivery, data, .. } => {
            let retried = Admin::open(&data.data)?.retry_deliveries(delivery, now)?;
            print(data.json, &json!({ "retried": retried }), || format!("{retried} to be tried again"))
        }
    }
}

fn serve(settings: Settings, json: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running = Server::start(settings).await?;
        let address = format!("http://{}", running.address());
        print(json, &json!({ "listening": address }), || format!("chuda-server listening on {address}"))?;
        told_to_stop().await?;
        running.shutdown().await
    })
}

/// A code, and where phones reach the server also as a link: pasted, or scanned from the terminal.
fn print_invitation(data: &Data, person: PersonId, code: String, invite: Invite) -> Result<()> {
    let Some(server) = invite.url else {
        return print(data.json, &json!({ "person": person, "code": code }), || format!("{person}\n{code}"));
    };
    let link = JoinLink { server, code };
    let text = link.to_string();
    let json = json!({ "person": person, "code": link.code, "link": text });
    let picture = QrCode::new(&text).map(|code| code.render::<Dense1x2>().build()).unwrap_or_default();
    print(data.json, &json, || format!("{person}\n{}\n{text}\n{picture}", link.code))
}

fn demo(command: &Demo, now: DateTime<Utc>) -> Result<()> {
    let end = command.until.map_or(now, |day| Plan::end_of(day, now));
    let plan = Plan { seed: command.seed, end, weeks: command.weeks, reps: command.reps, customers: command.customers };
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} days, {elapsed}") {
        bar.set_style(style);
    }
    let progress = |days, of| {
        bar.set_length(of);
        bar.set_position(days);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let filled = runtime.block_on(demo::fill(&command.data.data, plan, now, progress));
    bar.finish_and_clear();
    let summary = filled?;
    let codes = summary
        .codes
        .iter()
        .map(|one| (one.role.as_str().to_owned(), json!({ "person": one.person, "name": one.name, "code": one.code })));
    let mut object: serde_json::Map<String, Value> =
        summary.counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
    object.extend([
        ("seed".to_owned(), json!(plan.seed)),
        ("from".to_owned(), json!(plan.first_day())),
        ("until".to_owned(), json!(plan.end)),
        ("codes".to_owned(), Value::Object(codes.collect())),
    ]);
    print(command.data.json, &Value::Object(object), || {
        let counts = summary.counts.iter().map(|(name, count)| format!("{name:<14} {count}"));
        let codes = summary.codes.iter().map(|one| format!("{:<18} {}  {}", one.role.as_str(), one.code, one.name));
        lines(counts.chain(codes))
    })
}

async fn told_to_stop() -> Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            pressed = tokio::signal::ctrl_c() => pressed.map_err(Error::from),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(Error::from)
}

fn job_json(job: &JobView) -> Value {
    let dead_at = match job.state {
        JobState::Dead(at) => Some(at),
        JobState::Waiting | JobState::Taken => None,
    };
    json!({
        "id": job.id, "key": job.key, "kind": job.kind, "state": job.state.as_str(), "due": job.due,
        "attempts": job.attempts, "last_error": job.last_error, "dead_at": dead_at,
    })
}

fn job_line(job: &JobView) -> String {
    let (due, error) = (job.due.format("%FT%TZ"), job.last_error.as_deref().unwrap_or_default());
    format!("{}  {}  due {due}  attempts {}  {}  {error}", job.id, job.state.as_str(), job.attempts, job.key).trim_end().to_owned()
}

/// A file of at most a little more than is taken in, so that a larger one is refused for its size.
fn read_file(path: &std::path::Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn imported(report: &ImportReport) -> String {
    let ImportReport { rows, created, changed, unchanged, mistakes, .. } = report;
    let counts = format!("{rows} rows: {created} created, {changed} changed, {unchanged} unchanged, {mistakes} mistakes");
    let mut said = vec![counts];
    said.extend(report.errors.iter().map(|error| error.message_en.clone()));
    if report.dry_run {
        said.extend(report.lines.iter().map(|line| format!("{}  {}  {}", line.line, line.outcome, line.name)));
    }
    said.join("\n")
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn print(json: bool, value: &Value, text: impl FnOnce() -> String) -> Result<()> {
    let line = if json { value.to_string() } else { text() };
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// The system's clock, or one that starts at an instant; an empty text chooses none.
fn parse_clock(text: &str) -> std::result::Result<Arc<dyn Clock>, String> {
    if text.is_empty() {
        return Ok(Arc::new(SystemClock));
    }
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| "no RFC 3339 instant, such as 2026-11-23T18:00:00+08:00")?;
    Ok(Arc::new(ShiftedClock::starting_at(instant.to_utc())))
}

fn parse_role(text: &str) -> std::result::Result<Role, String> {
    let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Role::parse(text).ok_or_else(|| format!("one of {}", known()))
}

fn parse_event(text: &str) -> std::result::Result<Event, String> {
    let known = || Event::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
    Event::parse(text).ok_or_else(|| format!("one of {}", known()))
}

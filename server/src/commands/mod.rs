//! What can be asked of the program: one command a file, its arguments beside it. Each answers on standard output, in words or as one
//! JSON object.

mod admin;
mod data;
mod demo;
mod serve;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::DateTime;
use chuda_evidence::clock::{Clock, ShiftedClock, SystemClock};
use chuda_record::ErrorKind;
use chuda_server::telemetry::{self, LogFormat};
use clap::{Parser, Subcommand};
use tracing::Level;

/// The server of Chuda (触达): sync, inboxes, evidence, to-dos.
#[derive(Parser)]
#[command(name = "chuda-server", version)]
pub(crate) struct Cli {
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
    Serve(serve::Serve),
    /// Fills a new data folder with a believable team and its history: the same seed and end give the same records.
    #[command(after_help = "Example: chuda-server demo --data demo-data && chuda-server serve --data demo-data")]
    Demo(demo::Demo),
    /// People, codes, devices, tokens, jobs, webhooks, backup. Works while the server runs.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
}

impl Cli {
    /// Does what is asked for. Exits with 3 where the request is at fault, with 1 where anything else is.
    pub(crate) fn run(self) -> ExitCode {
        // What happens in three months is not told line by line.
        telemetry::init(self.log, if matches!(self.command, Command::Demo(_)) { Level::WARN } else { Level::INFO });
        let done = match self.command {
            Command::Serve(serve) => serve.run(self.clock),
            Command::Demo(demo) => demo.run(self.clock.now()),
            Command::Admin(admin) => admin.run(self.clock.now()),
        };
        let Err(error) = done else { return ExitCode::SUCCESS };
        let _ = writeln!(std::io::stderr(), "chuda-server: {error}");
        match error.kind {
            ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::NotAllowed => ExitCode::from(3),
            _ => ExitCode::FAILURE,
        }
    }
}

/// The system's clock, or one that starts at an instant; an empty text chooses none.
fn parse_clock(text: &str) -> std::result::Result<Arc<dyn Clock>, String> {
    if text.is_empty() {
        return Ok(Arc::new(SystemClock));
    }
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| "no RFC 3339 instant, such as 2026-11-23T18:00:00+08:00")?;
    Ok(Arc::new(ShiftedClock::starting_at(instant.to_utc())))
}

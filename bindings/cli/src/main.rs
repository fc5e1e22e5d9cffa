//! A phone in a terminal: real store, real model, real sync. Its words and exit codes are a contract that scripts rely on.

mod args;
mod clock;
mod commands;
mod exit;
mod help;
mod keystore;
mod shell;
mod table;
mod text;

use chuda_words::keys;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use serde::Serialize;
use serde_json::value::RawValue;

use args::Cli;
use exit::{Exit, Failure, Outcome};
use shell::Shell;
use text::Text;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let as_json = words.iter().any(|word| word == "--json");
    let text = Text(text::language(&words, |name| std::env::var(name).ok()));
    let parsed =
        help::in_language(Cli::command(), text).try_get_matches_from(words).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => finish(run(cli, text), text, as_json),
        Err(usage) => wrong_usage(&usage, as_json),
    }
    .into()
}

fn run(cli: Cli, text: Text) -> Result<Outcome, Failure> {
    log();
    let shell = Shell::new(cli.global, text).map_err(|error| Failure { exit: Exit::Usage, ..error.into() })?;
    commands::run(&shell, cli.command)
}

/// Prints what came of a command: JSON or text on standard output, messages for people on standard error.
fn finish(result: Result<Outcome, Failure>, text: Text, as_json: bool) -> Exit {
    match result {
        Ok(outcome) => {
            match outcome.json {
                None => {}
                Some(json) if as_json => print(&format!("{json}\n")),
                Some(_) => print(&outcome.text),
            }
            outcome.exit
        }
        Err(failure) => {
            let message = text.error(&failure.error);
            complain(&format!("{message}\n{}", failure.more));
            if as_json {
                let params = failure.error.params.iter().map(|(name, value)| (&**name, value.as_str())).collect();
                fail(&Refused { key: failure.error.key, message: &message, params }, &failure.extra);
            }
            failure.exit
        }
    }
}

/// `--help` and `--version` come this way too: clap knows which of its words are errors.
fn wrong_usage(usage: &clap::Error, as_json: bool) -> Exit {
    if !usage.use_stderr() {
        print(&usage.to_string());
        return Exit::Done;
    }
    complain(&usage.to_string());
    if as_json {
        fail(&Refused { key: keys::CLI_USAGE, message: &usage.to_string(), params: BTreeMap::new() }, &BTreeMap::new());
    }
    Exit::Usage
}

/// What went wrong, as scripts read it.
#[derive(Serialize)]
struct Refused<'a> {
    key: &'a str,
    message: &'a str,
    params: BTreeMap<&'a str, &'a str>,
}

fn fail(error: &Refused<'_>, extra: &BTreeMap<String, Box<RawValue>>) {
    #[derive(Serialize)]
    struct Failed<'a> {
        error: &'a Refused<'a>,
        #[serde(flatten)]
        extra: &'a BTreeMap<String, Box<RawValue>>,
    }
    let json = serde_json::to_string(&Failed { error, extra });
    print(&format!("{}\n", json.unwrap_or_else(|error| unreachable!("writing to memory: {error}"))));
}

/// Writes to standard output. Whoever reads it may stop early (`chuda … | head`): that is no error.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Log lines on standard error, none unless `RUST_LOG` asks for them; they carry no personal data.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "off".into());
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
}

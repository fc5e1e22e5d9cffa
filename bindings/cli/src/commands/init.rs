//! `chuda init`: makes the data of this phone, with a server or without one.

use chuda_phone::workbench::{Identity, Workbench};
use chuda_record::Error;
use chuda_words::keys;

use crate::exit::{Failure, Outcome};
use crate::keystore;
use crate::shell::{Shell, wait};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Address of the server
    #[arg(long, value_name = "URL", requires = "code", required_unless_present = "offline", conflicts_with = "offline")]
    pub(crate) server: Option<String>,
    /// One-time code from the administrator
    #[arg(long, requires = "server")]
    pub(crate) code: Option<String>,
    /// Without a server; you can join one later with --server
    #[arg(long, requires = "person")]
    pub(crate) offline: bool,
    /// Your name
    #[arg(long, value_name = "NAME", requires = "offline")]
    pub(crate) person: Option<String>,
}

/// Makes the data and enrols, or joins a server with data that were made offline.
pub(crate) fn init(shell: &Shell, init: Init) -> Result<Outcome, Failure> {
    let exists = Workbench::exists(&shell.dir);
    let identity = match (init.server, init.code, init.person) {
        (Some(server), Some(code), _) if exists => {
            let workbench = shell.open()?;
            wait(|_| async move { workbench.enrol(&server, &code).await })??
        }
        (Some(server), Some(code), _) => {
            let settings = shell.settings(keystore::make(&shell.dir)?);
            wait(|_| async move { Workbench::create_enrolled(settings, &server, &code).await })??.identity()?
        }
        _ if exists => return Err(Error::invalid(keys::CLI_ALREADY_INITIALISED).into()),
        (_, _, Some(name)) => Workbench::create_offline(shell.settings(keystore::make(&shell.dir)?), &name)?.identity()?,
        _ => return Err(Error::invalid(keys::CLI_USAGE).into()),
    };
    Ok(Outcome::done(&identity, said(shell, &identity)))
}

fn said(shell: &Shell, identity: &Identity) -> String {
    let (name, dir) = (&identity.person.name, shell.dir.display());
    match &identity.server {
        Some(server) => shell.text.line("init.enrolled", &[("name", name), ("server", server), ("dir", &dir)]),
        None => shell.text.line("init.offline", &[("name", name), ("dir", &dir)]),
    }
}

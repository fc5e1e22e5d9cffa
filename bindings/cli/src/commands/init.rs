//! `chuda init`: makes the data of this phone, with a server or without one.

use chuda_phone::workbench::{Identity, Workbench};
use chuda_record::Error;
use serde_json::json;

use crate::args::Init;
use crate::exit::{Failure, Outcome};
use crate::json::person;
use crate::keystore;
use crate::shell::{Shell, wait};

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
        _ if exists => return Err(Error::invalid("cli.already_initialised").into()),
        (_, _, Some(name)) => Workbench::create_offline(shell.settings(keystore::make(&shell.dir)?), &name)?.identity()?,
        _ => return Err(Error::invalid("cli.usage").into()),
    };
    Ok(Outcome::done(
        json!({"person": person(&identity.person), "device": identity.device, "server": identity.server}),
        said(shell, &identity),
    ))
}

fn said(shell: &Shell, identity: &Identity) -> String {
    let (name, dir) = (&identity.person.name, shell.dir.display());
    match &identity.server {
        Some(server) => shell.text.line("init.enrolled", &[("name", name), ("server", server), ("dir", &dir)]),
        None => shell.text.line("init.offline", &[("name", name), ("dir", &dir)]),
    }
}

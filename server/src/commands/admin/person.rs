//! `admin person`: who is in the team, who reports to whom, and enrolment codes.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use chuda_record::id::PersonId;
use chuda_record::{Error, JoinLink, Result, Role};
use chuda_server::admin::{Leaving, NewPerson};
use chuda_words::keys;
use clap::{Args, Subcommand};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum PersonCommand {
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
    /// Changes what a person does: these roles and no others.
    #[command(after_help = "Example: chuda-server admin person role \"Li Min\" --role supervisor")]
    Role {
        /// An id, or a name that only one person has.
        person: String,
        /// What the person does; can be given several times.
        #[arg(long = "role", required = true, value_parser = parse_role)]
        roles: Vec<Role>,
        #[command(flatten)]
        data: Data,
    },
    /// Somebody leaves: customers, leads, open tasks and whoever reports to them go to a successor, devices and tokens end, in one act.
    #[command(after_help = "Example: chuda-server admin person leave \"Li Min\" --to \"Wang Qiang\" --yes

For seven days more the phone can send what was recorded before; it reads nothing.")]
    Leave {
        /// An id, or a name that only one person has.
        person: String,
        /// Who takes over, named likewise.
        #[arg(long)]
        to: String,
        /// Only say what it would come to.
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        /// Do it.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Somebody who had left is back: prints a new enrolment code. What was handed over stays where it is.
    Return {
        /// An id, or a name that only one person has.
        person: String,
        #[command(flatten)]
        invite: Invite,
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
pub(crate) struct Invite {
    /// Where phones reach this server: prints a link and a code to scan as well.
    #[arg(long)]
    url: Option<String>,
}

impl PersonCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Add { name, roles, reports_to, zone, invite, data } => {
                let person = NewPerson { name, roles: roles.into_iter().collect(), reports_to, zone };
                let (person, code) = data.admin()?.add_person(&person, now)?;
                print_invitation(&data, person, code, invite)
            }
            Self::List { data } => list(&data),
            Self::ReportsTo { person, superior, data } => {
                data.admin()?.set_reports_to(&person, superior.as_deref(), now)?;
                data.print(&json!({ "person": person, "reports_to": superior }), || "done".to_owned())
            }
            Self::Role { person, roles, data } => {
                let roles = roles.into_iter().collect();
                let person = data.admin()?.set_roles(&person, &roles, now)?;
                data.print(&json!({ "person": person, "roles": roles }), || "done".to_owned())
            }
            Self::Leave { person, to, dry_run, yes, data } => {
                let leaving = data.admin()?.leave(&person, &to, !yes, now)?;
                data.print(&json!({ "done": yes, "leaving": leaving }), || said(&leaving, yes))?;
                if yes || dry_run { Ok(()) } else { Err(Error::invalid(keys::PERSON_CONFIRM)) }
            }
            Self::Return { person, invite, data } => {
                let (person, code) = data.admin()?.come_back(&person, now)?;
                print_invitation(&data, person, code, invite)
            }
            Self::Code { person, invite, data } => {
                let (person, code) = data.admin()?.new_code(&person, now)?;
                print_invitation(&data, person, code, invite)
            }
        }
    }
}

fn list(data: &Data) -> Result<()> {
    let people = data.admin()?.people()?;
    let list: Vec<Value> = people
        .iter()
        .map(|(id, person)| {
            json!({
                "id": id, "name": person.name, "roles": person.roles, "reports_to": person.reports_to,
                "zone": person.zone.name(), "left": person.left,
            })
        })
        .collect();
    data.print(&json!({ "people": list }), || {
        lines(people.iter().map(|(id, person)| {
            let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
            // Namesakes are told apart by their team.
            let superior = person.reports_to.and_then(|superior| people.iter().find(|(id, _)| *id == superior));
            let line = superior.map(|(_, superior)| format!("  reports to {}", superior.name)).unwrap_or_default();
            format!("{id}  {}  {}{line}{}", roles.join(","), person.name, if person.left { "  left" } else { "" })
        }))
    })
}

fn said(leaving: &Leaving, done: bool) -> String {
    let Leaving { person, successor, customers, leads, tasks, reports, devices, tokens } = leaving;
    let what = if done { "has left" } else { "would leave" };
    format!(
        "{person} {what}; to {successor}: {customers} customers, {leads} leads, {tasks} open tasks, {reports} people; \
         ended: {devices} devices, {tokens} tokens"
    )
}

/// A code, and where phones reach the server also as a link: pasted, or scanned from the terminal.
fn print_invitation(data: &Data, person: PersonId, code: String, invite: Invite) -> Result<()> {
    let Some(server) = invite.url else {
        return data.print(&json!({ "person": person, "code": code }), || format!("{person}\n{code}"));
    };
    let link = JoinLink { server, code };
    let text = link.to_string();
    let json = json!({ "person": person, "code": link.code, "link": text });
    let picture = QrCode::new(&text).map(|code| code.render::<Dense1x2>().build()).unwrap_or_default();
    data.print(&json, || format!("{person}\n{}\n{text}\n{picture}", link.code))
}

fn parse_role(text: &str) -> std::result::Result<Role, String> {
    let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Role::parse(text).ok_or_else(|| format!("one of {}", known()))
}

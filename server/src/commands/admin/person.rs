//! `admin person`: who is in the team, who reports to whom, and enrolment codes.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use chuda_record::id::PersonId;
use chuda_record::{JoinLink, Result, Role};
use chuda_server::admin::NewPerson;
use clap::{Args, Subcommand};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::{Value, json};

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum PersonCommand {
    /// Adds a person and prints a one-time enrolment code.
    #[command(after_help = "Example: chuda-server admin person add 李敏 --role rep --reports-to 王强")]
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
    #[command(after_help = "Example: chuda-server admin person reports-to 李敏 王强")]
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
            format!("{id}  {}  {}", roles.join(","), person.name)
        }))
    })
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

//! `admin token`: tokens with which other systems ask.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_server::Scope;
use chuda_server::admin::{TOKEN_DAYS, TokenView};
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it, once.
    #[command(after_help = "Example: chuda-server admin token add crm --scope touches --scope people --expires 30")]
    Add {
        /// What it is for.
        name: String,
        /// What it may do; can be given several times.
        #[arg(long = "scope", required = true, value_enum)]
        scopes: Vec<Scope>,
        /// Act as this person, and stop when that person leaves; otherwise it reads everybody's records.
        #[arg(long)]
        person: Option<String>,
        /// After how many days it no longer holds.
        #[arg(long, value_name = "DAYS", default_value_t = TOKEN_DAYS, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        expires: u32,
        #[command(flatten)]
        data: Data,
    },
    /// Lists every token: whose, for what, until when, when it was last used.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Ends a token at once.
    #[command(after_help = "Example: chuda-server admin token revoke crm")]
    Revoke {
        /// Its id from the list, or its name where one alone has it.
        token: String,
        #[command(flatten)]
        data: Data,
    },
}

impl TokenCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Add { name, scopes, person, expires, data } => {
                let token = data.admin()?.add_token_for(expires, &name, &scopes, person.as_deref(), now)?;
                data.print(&json!({ "name": name, "token": token, "expires_in_days": expires }), || token.clone())
            }
            Self::List { data } => {
                let tokens = data.admin()?.tokens(now)?;
                data.print(&json!({ "tokens": tokens }), || lines(tokens.iter().map(line)))
            }
            Self::Revoke { token, data } => {
                let token = data.admin()?.revoke_token(&token, now)?;
                data.print(&json!({ "token": token }), || line(&token))
            }
        }
    }
}

fn line(token: &TokenView) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    let expires =
        token.expires_at.map_or("never expires: revoke it and make another".to_owned(), |at| format!("expires {}", day(at)));
    let used = token.used_at.map_or("never used".to_owned(), |at| format!("used {}", at.format("%Y-%m-%d %H:00Z")));
    let (scopes, whose) = (token.scopes.join(","), token.person_name.as_deref().unwrap_or("nobody's"));
    let (state, made) = (token.state.as_str(), day(token.created_at));
    format!("{}  {state}  {scopes}  {whose}  made {made}  {expires}  {used}  {}", token.id, token.name)
}

//! `admin job`: what is to be done later, and what was given up.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_server::admin::{JobState, JobView};
use clap::Subcommand;
use serde_json::{Value, json};

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum JobCommand {
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

impl JobCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::List { dead, data } => {
                let jobs = data.admin()?.jobs(dead)?;
                let list: Vec<Value> = jobs.iter().map(object).collect();
                data.print(&json!({ "jobs": list }), || lines(jobs.iter().map(line)))
            }
            Self::Retry { job, data } => {
                data.admin()?.retry_job(job, now)?;
                data.print(&json!({ "job": job, "due": now }), || format!("{job} is due"))
            }
        }
    }
}

fn object(job: &JobView) -> Value {
    let dead_at = match job.state {
        JobState::Dead(at) => Some(at),
        JobState::Waiting | JobState::Taken => None,
    };
    json!({
        "id": job.id, "key": job.key, "kind": job.kind, "state": job.state.as_str(), "due": job.due,
        "attempts": job.attempts, "last_error": job.last_error, "dead_at": dead_at,
    })
}

fn line(job: &JobView) -> String {
    let (due, error) = (job.due.format("%FT%TZ"), job.last_error.as_deref().unwrap_or_default());
    format!("{}  {}  due {due}  attempts {}  {}  {error}", job.id, job.state.as_str(), job.attempts, job.key).trim_end().to_owned()
}

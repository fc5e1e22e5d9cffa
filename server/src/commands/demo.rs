//! `demo`: fills a new data folder with a team and its history.

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::Result;
use chuda_server::demo::{self, Plan, Summary};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use super::data::{Data, lines};

#[derive(Args)]
pub(super) struct Demo {
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

impl Demo {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self { data, seed, until, weeks, reps, customers } = self;
        let end = until.map_or(now, |day| Plan::end_of(day, now));
        let plan = Plan { seed, end, weeks, reps, customers };
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} days, {elapsed}") {
            bar.set_style(style);
        }
        let progress = |days, of| {
            bar.set_length(of);
            bar.set_position(days);
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let filled = runtime.block_on(demo::fill(&data.folder, plan, now, progress));
        bar.finish_and_clear();
        let summary = filled?;
        data.print(&object(&plan, &summary), || {
            let counts = summary.counts.iter().map(|(name, count)| format!("{name:<14} {count}"));
            let codes = summary.codes.iter().map(|one| format!("{:<18} {}  {}", one.role.as_str(), one.code, one.name));
            lines(counts.chain(codes))
        })
    }
}

fn object(plan: &Plan, summary: &Summary) -> Value {
    let codes = summary
        .codes
        .iter()
        .map(|one| (one.role.as_str().to_owned(), json!({ "person": one.person, "name": one.name, "code": one.code })));
    let mut object: Map<String, Value> = summary.counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
    object.extend([
        ("seed".to_owned(), json!(plan.seed)),
        ("from".to_owned(), json!(plan.first_day())),
        ("until".to_owned(), json!(plan.end)),
        ("codes".to_owned(), Value::Object(codes.collect())),
    ]);
    Value::Object(object)
}

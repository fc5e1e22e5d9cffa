//! `chuda figures`: a week against its baselines, of one's own and of everybody below. Lights are words and shapes, never colours.

use chuda_phone::query::view::{FiguresView, LineView};
use chuda_phone::workbench::Workbench;
use chuda_record::id::PersonId;
use chuda_record::rules::metrics::{Ratio, Week};
use chuda_record::rules::targets::{Judged, Metric};

use super::find_colleague;
use crate::exit::{Failure, Outcome};
use crate::shell::Shell;
use crate::table::table;
use crate::text::Text;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Figures {
    /// Which week, such as 2026-W47 [default: this week]
    #[arg(long, value_name = "WEEK", value_parser = week)]
    pub(crate) week: Option<Week>,
    /// Somebody who reports to you, with everybody below that person: name or id
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
}

/// A week of somebody with everybody below.
pub(crate) fn show(shell: &Shell, asked: &Figures) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let of = asked.person.as_deref().map(|words| whose(&workbench, words)).transpose()?;
    let figures = workbench.figures(asked.week, of)?;
    let mut said = format!("{} · {}\n{}", figures.week, figures.team.person.name, table(2, &page(shell.text, &figures.team)));
    // Of a single rep everything has been said.
    if figures.people.iter().any(|line| line.person.id != figures.team.person.id) {
        said += &table(2, &rows(shell.text, &figures));
    }
    Ok(Outcome::done(&figures, said))
}

/// A colleague by id, or by name.
fn whose(workbench: &Workbench, words: &str) -> Result<PersonId, Failure> {
    words.parse().or_else(|_| Ok(find_colleague(workbench, words)?.id))
}

/// One line in full.
fn page(text: Text, view: &LineView) -> Vec<Vec<String>> {
    let row = |light: String, label: String, sum: String| vec![light, label, sum];
    let mut rows: Vec<Vec<String>> =
        view.line.baselines.iter().map(|one| row(light(text, one), metric(text, one.metric), one.sum.clone())).collect();
    let trend: Vec<String> = view.line.density.iter().map(|(_, share)| percent(*share)).collect();
    let density = text.say("figures.trend", &[("sum", &sum(density(view))), ("trend", &trend.join(" "))]);
    rows.push(row(String::new(), text.get("figures.density").into(), density));
    let low = match view.line.low_weeks {
        0 => String::new(),
        weeks => text.say("figures.low", &[("weeks", &weeks)]),
    };
    rows.push(row(String::new(), text.get("figures.conversion").into(), sum(view.line.conversion) + &low));
    let counted: Vec<String> = view.non_standard.iter().map(|(word, count)| format!("{} {count}", text.word(word))).collect();
    rows.push(row(String::new(), text.get("figures.non_standard").into(), counted.join(" · ")));
    let opened = view.line.opened;
    let values: [(&str, &dyn std::fmt::Display); 3] = [("met", &opened.met), ("open", &opened.open), ("missed", &opened.missed)];
    rows.push(row(String::new(), text.get("figures.opened").into(), text.say("figures.tally", &values)));
    rows
}

/// Everybody, one row each, by name.
fn rows(text: Text, figures: &FiguresView) -> Vec<Vec<String>> {
    let mut head = vec![String::new()];
    head.extend(figures.team.line.baselines.iter().map(|one| metric(text, one.metric)));
    head.extend([text.get("figures.density").into(), text.get("figures.conversion").into()]);
    let cell = |one: &Judged| format!("{} {}", light(text, one), percent(one.ratio));
    let of = |view: &LineView| {
        let mut row = vec![view.person.name.clone()];
        row.extend(view.line.baselines.iter().map(cell));
        row.extend([percent(density(view)), percent(view.line.conversion)]);
        row
    };
    std::iter::once(head).chain(figures.people.iter().map(of)).collect()
}

fn density(view: &LineView) -> Option<Ratio> {
    view.line.density.last().and_then(|(_, share)| *share)
}

/// A shape and a word.
fn light(text: Text, judged: &Judged) -> String {
    let Some(light) = judged.light else { return "–".into() };
    format!("{} {}", light.icon(), text.of(light.label()))
}

fn metric(text: Text, metric: Metric) -> String {
    text.of(metric.label()).into()
}

fn percent(share: Option<Ratio>) -> String {
    share.map_or_else(|| "–".into(), Ratio::as_percent)
}

fn sum(share: Option<Ratio>) -> String {
    share.map_or_else(|| "–".into(), Ratio::sum)
}

fn week(text: &str) -> Result<Week, String> {
    text.parse().map_err(|_| "YYYY-Www".into())
}

//! The one-tap daily report (T4).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{Workbench, typed};
use crate::query::report::TOMORROW;
use crate::query::view::{ReportCard, ReportView};
use crate::query::{Ask, Shown as _};
use crate::store::{Own, Tx};
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, RecordId, ReportId};
use chuda_record::rules::{Config, Subject, firing};
use chuda_record::time::to_millis;
use chuda_record::{Fields, Kind, Report, Scalar};
use chuda_words::keys;

/// Under which name it is kept once the report says it, in case the report is taken back.
const FILED_TOMORROW: &str = "tomorrow_filed";

/// A report to file.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportRequest {
    /// The day; today if none. A past one is marked 补报.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub day: Option<NaiveDate>,
    /// Key action for tomorrow; the best suggestion if none.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub tomorrow: Option<String>,
    /// Why it is short: key or word; required when it is.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub reason: Option<String>,
    /// Briefs (B1) that are to be others than the card has: key or word.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub briefs: std::collections::HashMap<CustomerId, String>,
}

impl Workbench {
    /// Files or updates the report of a day (T4). Filing twice gives one report; after the day, a further filing is a correction beside it.
    pub fn file_report(&self, mut request: ReportRequest) -> Result<ReportView> {
        let me = self.0.me();
        let config = &*self.0.config();
        let tomorrow = typed(request.tomorrow.take(), "tomorrow")?;
        self.0.act(
            |tx, own| {
                let ask = Ask::new(tx, &me, own.at, config)?;
                let day = request.day.unwrap_or(ask.today());
                if day > ask.today() {
                    return Err(Error::invalid(keys::REPORT_FUTURE));
                }
                let chosen = ask.chosen_tomorrow(day)?;
                if chosen.is_some() {
                    // It comes back with the report, if that is taken back.
                    keep_tomorrow(tx, FILED_TOMORROW, TOMORROW)?;
                }
                let decided = tomorrow.or(chosen);
                let id = ReportId::of(me.id, day);
                let before = ask.report(id)?.map(|row| row.record);
                let standing = before.as_ref().filter(|report| !report.withdrawn);
                if let Some(standing) = standing.filter(|_| day < ask.today()) {
                    correct(tx, own, standing, decided)?;
                    return Ok(id);
                }
                let report = filled(&ask, own, day, &request, before.as_ref(), decided.as_ref())?;
                match &before {
                    Some(before) => tx.edit(own, id, before, &report)?,
                    None => tx.create(own, id, &report)?,
                }
                if let Some(text) = decided {
                    // Where two devices disagreed, what is said now settles it, also when it is what had won.
                    tx.write_fields(own, id.into(), Kind::Report, &Fields::from([("tomorrow".into(), Scalar::Text(text))]))?;
                }
                Ok(id)
            },
            |ask, id| {
                let row = ask.tx.find::<Report>(id)?;
                *self.0.filed() = Some((row.record.day, ask.now));
                ReportView::of(ask, row)
            },
        )
    }

    /// Chooses the key action for tomorrow, before the report of the day is filed; with nothing it is the best suggestion again.
    pub fn choose_tomorrow(&self, day: NaiveDate, text: &str) -> Result<()> {
        let text = typed(Some(text.to_owned()), "tomorrow")?;
        self.0.act(
            |tx, _| match &text {
                Some(text) => tx.set_meta(TOMORROW, format!("{day}\t{text}")),
                None => tx.remove_meta(TOMORROW),
            },
            |_, ()| Ok(()),
        )
    }

    /// Takes a report back (撤销); works until it has been sent.
    pub fn withdraw_report(&self, day: NaiveDate) -> Result<()> {
        let me = self.0.me();
        self.0.act(
            |tx, own| {
                let id = ReportId::of(me.id, day);
                let row = tx.find::<Report>(id)?;
                if row.record.withdrawn {
                    return Err(Error::not_found(keys::REPORT_NOT_FOUND));
                }
                if me.enrolled && !tx.is_waiting(id.into())? {
                    return Err(Error::invalid(keys::REPORT_ALREADY_SENT));
                }
                keep_tomorrow(tx, TOMORROW, FILED_TOMORROW)?;
                tx.edit(own, id, &row.record, &Report { withdrawn: true, ..row.record.clone() })
            },
            |_, ()| {
                self.0.filed().take();
                Ok(())
            },
        )
    }

    /// The time in which one tap takes the report back is over: the first screen shows the card of today again.
    pub fn let_report_stand(&self) {
        self.0.filed().take();
        self.0.listeners.changed();
    }
}

/// After the day nothing is rewritten: a correction stands beside what was filed.
fn correct(tx: &Tx<'_>, own: &Own, standing: &Report, decided: Option<String>) -> Result<()> {
    let Some(text) = decided.filter(|text| *text != standing.tomorrow) else { return Ok(()) };
    let mut corrections = standing.corrections.clone();
    corrections.insert(to_millis(own.at).to_string(), text);
    tx.edit(own, ReportId::of(standing.author, standing.day), standing, &Report { corrections, ..standing.clone() })
}

/// The report of a day as it is filed now, on top of one that stands: what nobody decided is as it was, else as the card suggests. Of one
/// that was taken back only what other devices have said stays.
fn filled(
    ask: &Ask<'_>,
    own: &Own,
    day: NaiveDate,
    request: &ReportRequest,
    before: Option<&Report>,
    decided: Option<&String>,
) -> Result<Report> {
    let (config, card) = (ask.config, ask.report_card(day)?);
    let standing = before.filter(|report| !report.withdrawn);
    let suggested = || standing.map(|report| &report.tomorrow).or(card.suggestions.first());
    let tomorrow = decided.or_else(suggested).ok_or_else(|| Error::invalid(keys::REPORT_TOMORROW_MISSING))?.clone();
    let named = standing.iter().flat_map(|report| report.touches.iter().copied());
    let mut filed = before.map(|report| report.filed.clone()).unwrap_or_default();
    if standing.is_none() {
        filed.remove(&own.actor.device);
    }
    filed.entry(own.actor.device).or_insert_with(|| to_millis(own.at));
    let mut report = Report {
        author: ask.me.id,
        day,
        touches: card.touches.iter().map(|touch| touch.id).chain(named).collect(),
        briefs: briefs(ask.tx, config, &card, &request.briefs)?,
        tomorrow,
        reason: None,
        filed,
        late: standing.map_or(day < ask.today(), |report| report.late),
        withdrawn: false,
        config: standing.map_or(config.version, |report| report.config),
        corrections: standing.map(|report| report.corrections.clone()).unwrap_or_default(),
    };
    if report.is_short() {
        let find = |word: &String| Config::find(&config.short_reasons, word).map(|choice| choice.key.clone());
        let given = request.reason.as_ref().map(|word| find(word).ok_or_else(|| reasons(config, keys::REPORT_UNKNOWN_REASON)));
        let reason = given.transpose()?.or_else(|| standing.and_then(|report| report.reason.clone()));
        let missing = || reasons(config, keys::REPORT_REASON_MISSING).with("missing", card.missing);
        report.reason = Some(reason.ok_or_else(missing)?);
    }
    Ok(report)
}

/// The chosen action for tomorrow is kept under another name.
fn keep_tomorrow(tx: &Tx<'_>, to: &str, from: &str) -> Result<()> {
    if let Some(chosen) = tx.meta::<String>(from)? {
        tx.set_meta(to, chosen)?;
    }
    tx.remove_meta(from)
}

/// The brief of each customer of the day (B1): as the card has it, unless somebody chose another one.
fn briefs(
    tx: &Tx<'_>,
    config: &Config,
    card: &ReportCard,
    chosen: &HashMap<CustomerId, String>,
) -> Result<BTreeMap<CustomerId, String>> {
    let mut briefs: BTreeMap<CustomerId, String> =
        card.briefs.iter().map(|brief| (brief.customer, brief.brief.key.clone())).collect();
    for (customer, word) in chosen {
        let brief = briefs.get_mut(customer).ok_or_else(|| Error::invalid(keys::REPORT_BRIEF_WITHOUT_TOUCH))?;
        let option =
            Config::find(&config.briefs, word).ok_or_else(|| Error::invalid(keys::REPORT_UNKNOWN_BRIEF).with("brief", word))?;
        // What needs an owner and a day (B2) has them in a touch; a report has no room for them.
        let said = card.touches.iter().filter(|touch| touch.customer == *customer).filter_map(|touch| touch.brief.as_ref());
        if !said.into_iter().any(|said| said.key == option.key) && needs_more(tx, config, &option.key)? {
            return Err(Error::invalid(keys::REPORT_BRIEF_NEEDS_TOUCH).with("brief", &option.key));
        }
        brief.clone_from(&option.key);
    }
    Ok(briefs)
}

/// Whether rules ask a touch with this brief for more than the brief.
fn needs_more(tx: &Tx<'_>, config: &Config, brief: &str) -> Result<bool> {
    let missing = |fields: &Fields| {
        firing::missing(config, &Subject { id: RecordId(uuid::Uuid::nil()), kind: Kind::Touch, fields, world: tx })
    };
    Ok(missing(&Fields::from([("brief".to_owned(), Scalar::from(brief))]))?.len() > missing(&Fields::new())?.len())
}

fn reasons(config: &Config, key: &'static str) -> Error {
    let offered = config.short_reasons.iter().filter(|reason| !reason.retired);
    let keys: Vec<&str> = offered.map(|reason| reason.key.as_str()).collect();
    Error::invalid(key).with("reasons", keys.join(","))
}

//! Which facts figures need, and of which time. Phone and server each answer from their own store; what is asked of them is the same.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Facts, FeedbackFact, HoldingFact, LeadFact, MOST_WEEKS, SendingFact, Span, TREND, TouchFact, Watch, Week};
use crate::Stage;
use crate::error::{Error, Result};
use crate::id::CustomerId;
use crate::rules::Config;
use crate::rules::config::Choice;
use crate::rules::rule::Metric;
use chuda_words::keys;

/// A store, as far as figures go.
pub trait Source {
    /// Touches in a time, drafts too: with one of these actions, or all. Which actions give a quote is not the store's to know, so
    /// `quote` is left false.
    fn touches(&self, actions: Option<&[&str]>, span: Span) -> Result<Vec<TouchFact>>;
    /// Leads that somebody has. One has reached 方案报价 with the first touch of its customer that counts and has one of these
    /// actions, with a contract, or when its own stage says so, whichever was first.
    fn leads(&self, quoted: &[&str]) -> Result<Vec<LeadFact>>;
    /// What these customers answered in a time: noted on touches that count, and seen by outside systems.
    fn feedback(&self, customers: &BTreeSet<CustomerId>, span: Span) -> Result<Vec<FeedbackFact>>;
    /// Customers that somebody has and that are not closed, since they were claimed or, without a lead, entered.
    fn holdings(&self) -> Result<Vec<HoldingFact>>;
    /// What people of the team sent in a time, by events with one of these keys, and when an event with one of the other keys, of the
    /// same thread or touch, first told that it was opened.
    fn sendings(&self, sent: &[&str], opened: &[&str], span: Span) -> Result<Vec<SendingFact>>;
}

impl Facts {
    /// What the figures of a week are made from, as of `now`.
    pub fn of_week(source: &dyn Source, config: &Config, week: Week, now: DateTime<Utc>) -> Result<Self> {
        let (zone, targets) = (config.calendar.zone, &config.targets);
        let span = week.span(zone);
        if span.from > now {
            return Err(Error::invalid(keys::WEEK_FUTURE));
        }
        // The first moment at which density is looked at looks back farthest.
        let first_look = week.plus(1 - i64::from(TREND)).span(zone).last_moment(now);
        let from = (first_look - TimeDelta::days(targets.density.window_days)).min(span.from);
        let touches = quotes_marked(config, source.touches(None, Span { from, until: up_to(now, span.until) })?);
        let quoted = touches.iter().filter(|touch| touch.quote && span.holds(touch.at)).map(|touch| touch.customer).collect();
        let answers = answers_in(config, span, now);
        Ok(Self {
            feedback: source.feedback(&quoted, answers)?,
            leads: source.leads(&keys(config, |stage| stage >= Stage::Quoted))?,
            holdings: source.holdings()?,
            sendings: source.sendings(&events(config, |event| event.sends), &events(config, |event| event.opened), span)?,
            touches,
        })
    }

    /// What a weekly rule looks at, once a week is over.
    pub fn of_watch(source: &dyn Source, config: &Config, watch: &Watch, week: Week) -> Result<Self> {
        match watch.metric {
            Metric::Conversion => {
                Ok(Self { leads: source.leads(&keys(config, |stage| stage >= Stage::Quoted))?, ..Self::default() })
            }
            Metric::Feedback => {
                let zone = config.calendar.zone;
                let span = Span { from: week.plus(-i64::from(MOST_WEEKS)).span(zone).from, until: week.span(zone).until };
                let touches = source.touches(Some(&keys(config, |stage| stage == Stage::Quoted)), span)?;
                let touches = quotes_marked(config, touches);
                let quoted = touches.iter().map(|touch| touch.customer).collect();
                Ok(Self { feedback: source.feedback(&quoted, span)?, touches, ..Self::default() })
            }
        }
    }
}

/// A quote is a touch whose action proves 方案报价.
fn quotes_marked(config: &Config, mut touches: Vec<TouchFact>) -> Vec<TouchFact> {
    let quoting: BTreeSet<&str> = keys(config, |stage| stage == Stage::Quoted).into_iter().collect();
    for touch in &mut touches {
        touch.quote = quoting.contains(touch.action.as_str());
    }
    touches
}

/// The actions that prove such a stage, retired ones too.
fn keys(config: &Config, proves: impl Fn(Stage) -> bool) -> Vec<&str> {
    config.actions.iter().filter(|option| option.stage.is_some_and(&proves)).map(|option| option.key.as_str()).collect()
}

/// The events with such a mark, retired ones too.
fn events(config: &Config, marked: impl Fn(&Choice) -> bool) -> Vec<&str> {
    config.events.iter().filter(|option| marked(option)).map(|option| option.key.as_str()).collect()
}

/// When answers to the quotes of a time can come.
fn answers_in(config: &Config, quotes: Span, now: DateTime<Utc>) -> Span {
    let hours = TimeDelta::hours(config.targets.weekly.feedback_hours);
    Span { from: quotes.from, until: up_to(now, quotes.until + hours) }
}

/// The end of a time of which only what has happened by `now` counts.
fn up_to(now: DateTime<Utc>, until: DateTime<Utc>) -> DateTime<Utc> {
    (now + TimeDelta::milliseconds(1)).min(until)
}

//! From a transcript to a draft of a touch: customer, mode, action, date, time, amount, each with its words and a confidence.
//!
//! Pure functions: the day and the rep's customers come in as arguments. Nothing here is saved without a person's confirmation, so a slot
//! that is not said stays empty, and one that the sound cannot decide becomes a choice.

mod action;
mod amount;
mod clause;
mod contact;
mod cursor;
mod date;
mod lists;
mod names;
mod number;
mod people;
mod sound;
mod time;
mod vocabulary;

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;

use self::clause::{Clause, Tense, find, is_denied, is_replaced};
use self::date::DateMention;
use self::lists::list;
use self::time::TimeMention;
use chuda_record::id::CustomerId;
use chuda_record::{ContactMode, Fen, Intent};

/// A customer whose name may occur in a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCustomer {
    /// The customer.
    pub id: CustomerId,
    /// The full name.
    pub name: String,
    /// What people call it, when known; otherwise it is guessed from the name.
    pub short: Option<String>,
}

/// A slot that is less sure than this is shown as doubtful.
pub const DOUBTFUL: f32 = 0.75;

/// Something a transcript says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slot<T> {
    /// What it means.
    pub value: T,
    /// The words that say it, as they stand in [`Draft::text`].
    pub words: String,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
}

/// What a transcript says about a touch. Empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Draft {
    /// The transcript as it is shown, with names and words of the trade corrected.
    pub text: String,
    /// The customer.
    pub customer: Option<Slot<CustomerId>>,
    /// The customer's full name.
    pub customer_name: Option<String>,
    /// Customers to choose from, best first, when the sound cannot tell which is meant.
    pub customer_candidates: Vec<CustomerId>,
    /// How the customer was reached.
    pub contact_mode: Option<Slot<ContactMode>>,
    /// Key of the core action, such as `quote`.
    pub action: Option<Slot<String>>,
    /// Key of the progress brief's option, such as `demo_done`.
    pub brief: Option<Slot<String>>,
    /// The next step, in the words of the text.
    pub next_action: Option<Slot<String>>,
    /// The day of the next step; of a limit (两天内, 月底前) its last day.
    pub next_date: Option<Slot<NaiveDate>>,
    /// The time of the next step.
    pub next_time: Option<Slot<NaiveTime>>,
    /// The amount quoted or signed.
    pub amount: Option<Slot<Fen>>,
    /// Who is to answer a technical question, as called: 李工.
    pub tech_owner: Option<Slot<String>>,
    /// In how many days the answer is due.
    pub response_within_days: Option<Slot<i32>>,
    /// Whether custom development is part of it.
    pub custom_development: bool,
    /// The intent level, when said by its letter.
    pub intent: Option<Slot<Intent>>,
}

/// Longer transcripts are understood up to here: some forty minutes of speech.
const MAX_CHARS: usize = 10_000;
/// Stands for a customer's name while the rest is understood, so that 北方电话设备 is no telephone call.
const MASK: char = '\u{E000}';

/// Reads a draft out of a transcript in simplified script.
///
/// `customers` are those of the rep; `today` is the day the words were spoken, from which 明天 and 下周三 count.
pub fn understand(text: &str, customers: &[KnownCustomer], today: NaiveDate) -> Draft {
    let mut chars: Vec<char> = text.chars().take(MAX_CHARS).collect();
    let found = names::find(&chars, customers);
    let mut name_range = None;
    if let Some(decided) = &found.decided {
        let name: Vec<char> = decided.name.chars().collect();
        name_range = Some(decided.range.start..decided.range.start + name.len());
        chars.splice(decided.range.clone(), name);
    }
    let mut protected = vec![false; chars.len()];
    if let Some(range) = &name_range {
        protected[range.clone()].fill(true);
    }
    people::correct(&mut chars, &mut protected);
    vocabulary::correct(&mut chars, &mut protected);
    correct_verbs(&mut chars, &protected);

    let mut masked = chars.clone();
    if let Some(range) = &name_range {
        masked[range.clone()].fill(MASK);
    }
    let mut draft = Reading::new(&chars, &masked, today).draft();
    if let (Some(decided), Some(range)) = (found.decided, name_range) {
        let customer = &customers[decided.customer];
        draft.customer = Some(Slot { value: customer.id, words: chars[range].iter().collect(), confidence: decided.confidence });
        draft.customer_name = Some(customer.name.clone());
    }
    draft.customer_candidates = found.candidates.into_iter().map(|customer| customers[customer].id).collect();
    draft.text = chars.into_iter().collect();
    draft
}

/// A day that was written in words, and what stands beside it: 三个月后再联系 is a day and 再联系 (M2). Nothing where no day is named, or
/// more than one, or one that has passed.
pub fn read_day(text: &str, today: NaiveDate) -> Option<(NaiveDate, Option<String>)> {
    let plain = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    let chars: Vec<char> = text.chars().take(MAX_CHARS).filter(|c| !c.is_whitespace()).map(plain).collect();
    let whole: String = chars.iter().collect();
    if let Ok(day) = whole.parse() {
        return Some((day, None));
    }
    let found = date::dates(&chars, today);
    let [day] = found.as_slice() else { return None };
    let rest = chars[..day.range.start].iter().chain(&chars[day.range.end..]).collect::<String>();
    let rest = rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    (day.date >= today).then_some((day.date, Some(rest).filter(|rest| !rest.is_empty())))
}

/// Verbs of one syllable are any of its characters to the model; what follows tells which: 报了三万五, 附了手册.
fn correct_verbs(chars: &mut [char], protected: &[bool]) {
    for (verb, spared) in [('报', '包'), ('附', '付')] {
        let sound = sound::Sound::of(verb);
        for at in 0..chars.len().saturating_sub(2) {
            let alike = sound::Sound::of(chars[at]).cost(sound) == 0.0;
            if !alike || protected[at] || !matches!(chars[at + 1], '了' | '到' | '过') {
                continue;
            }
            let rest = at + 2..(at + 6).min(chars.len());
            let priced = chars[at] != spared && number::parse(chars, at + 2).is_some();
            let material = list("material").iter().any(|word| find(chars, rest.clone(), word).is_some());
            if if verb == '报' { priced } else { material } {
                chars[at] = verb;
            }
        }
    }
}

/// A text being read.
struct Reading<'a> {
    chars: &'a [char],
    masked: &'a [char],
    dates: Vec<DateMention>,
    clauses: Vec<Clause>,
}

impl<'a> Reading<'a> {
    fn new(chars: &'a [char], masked: &'a [char], today: NaiveDate) -> Self {
        let mut dates = date::dates(masked, today);
        // Of 周三,不对,周四 only the second is meant.
        let replaced: Vec<bool> = (0..dates.len())
            .map(|at| dates.get(at + 1).is_some_and(|next| is_replaced(masked, &dates[at].range, &next.range)))
            .collect();
        let mut at = 0;
        dates.retain(|_| {
            at += 1;
            !replaced[at - 1]
        });
        let is_next = |date: &DateMention| date.date > today && !is_past_weekday(masked, date);
        let clauses = clause::clauses(masked, &dates, is_next);
        dates.retain(is_next);
        Self { chars, masked, dates, clauses }
    }

    fn draft(&self) -> Draft {
        let amounts = self.amounts();
        let action = action::action(self.masked, &self.clauses, &amounts);
        let brief = action::brief(self.masked, &self.clauses, action.as_ref());
        let date = self.dates.first();
        let time = date.and_then(|date| self.time_of(date));
        let amount = amounts
            .iter()
            .filter(|amount| amount.weight >= 0)
            .max_by_key(|amount| (amount.weight, std::cmp::Reverse(amount.range.start)));
        let tech = action.as_ref().is_some_and(|action| action.key == action::TECH_QUESTION);
        Draft {
            contact_mode: contact::mode(self.masked, &self.clauses)
                .map(|(mode, range, confidence)| self.slot(mode, range, confidence)),
            next_action: self.next_action(date, time.as_ref().map(|time| &time.range), action.as_ref()),
            next_date: date.map(|date| self.slot(date.date, date.range.clone(), date.confidence)),
            next_time: time.map(|time| self.slot(time.time, time.range, time.confidence)),
            amount: amount.map(|amount| self.slot(amount.amount, amount.range.clone(), amount.confidence)),
            tech_owner: if tech { self.tech_owner() } else { None },
            response_within_days: date
                .filter(|_| tech)
                .and_then(|date| Some(self.slot(date.within_days?, date.range.clone(), date.confidence))),
            custom_development: self.says(&["定制开发", "二次开发", "定制化开发", "二开", "做定制", "含定制"]),
            intent: self.intent(),
            action: action.map(|action| self.slot(action.key.to_owned(), action.range, action.confidence)),
            brief: brief.map(|brief| self.slot(brief.key.to_owned(), brief.range, brief.confidence)),
            ..Draft::default()
        }
    }

    fn slot<T>(&self, value: T, range: Range<usize>, confidence: f32) -> Slot<T> {
        Slot { value, words: self.chars[range].iter().collect(), confidence }
    }

    /// Amounts without those that a correction took back.
    fn amounts(&self) -> Vec<amount::AmountMention> {
        let amounts = amount::amounts(self.masked);
        let replaced =
            |at: usize| amounts.get(at + 1).is_some_and(|next| is_replaced(self.masked, &amounts[at].range, &next.range));
        (0..amounts.len()).filter(|&at| !replaced(at)).map(|at| amounts[at].clone()).collect()
    }

    /// The time that stands with a date: after it in the same clause, or in the next one.
    fn time_of(&self, date: &DateMention) -> Option<TimeMention> {
        let times = time::times(self.masked, &self.dates);
        let replaced = |at: usize| times.get(at + 1).is_some_and(|next| is_replaced(self.masked, &times[at].range, &next.range));
        (0..times.len())
            .filter(|&at| !replaced(at))
            .map(|at| times[at].clone())
            .find(|time| time.range.start + 2 >= date.range.start && time.range.start <= date.range.end + 12)
    }

    /// The words of the next step: what follows its date, or a mark such as 下一步.
    fn next_action(
        &self,
        date: Option<&DateMention>,
        time: Option<&Range<usize>>,
        action: Option<&action::Action>,
    ) -> Option<Slot<String>> {
        let step = match date {
            Some(date) => self.step_at(date, time),
            None => self
                .clauses
                .iter()
                .filter(|clause| clause.tense == Tense::Next)
                .map(|clause| self.trim(clause.range.clone()))
                .find(|range| range.len() >= 2),
        };
        if let Some(range) = step {
            let value = self.chars[range.clone()].iter().collect();
            return Some(self.slot(value, range, 0.8));
        }
        // 约了演示,这周五: the demonstration itself is the next step.
        let booked = action.filter(|action| action.key == action::BOOK_DEMO && date.is_some())?;
        Some(self.slot(self.chars[booked.range.clone()].iter().collect(), booked.range.clone(), 0.85))
    }

    fn step_at(&self, date: &DateMention, time: Option<&Range<usize>>) -> Option<Range<usize>> {
        let clause = self.clauses.iter().find(|clause| clause.range.contains(&date.range.start))?;
        let start = time.map_or(date.range.end, |time| time.end.max(date.range.end)).min(clause.range.end);
        // 等他们下周五开会定: waiting is the step, and its words begin before the date.
        let waiting = clause.range.start..date.range.start;
        if self.masked[waiting.clone()].starts_with(&['等']) || self.masked[..date.range.start].ends_with(&['等', '他', '们']) {
            return Some(waiting.start..clause.range.end);
        }
        let after = self.trim(start..clause.range.end);
        if after.len() >= 2 {
            return Some(after);
        }
        // 演示约在下周三, or 他要我们报价,周四之前.
        let next =
            self.clauses.iter().find(|next| next.range.start > clause.range.start && next.range.start <= clause.range.end + 1);
        let next = next.filter(|next| next.tense != Tense::Done).map(|next| self.trim(next.range.clone()));
        next.filter(|range| range.len() >= 2)
    }

    /// Without filling words at both ends, and of 走完流程再签合同 only the last step.
    fn trim(&self, range: Range<usize>) -> Range<usize> {
        let (mut start, mut end) = (range.start, range.end);
        while let Some(word) = list("filling").iter().find(|word| find(self.masked, start..end, word) == Some(start)) {
            start += word.chars().count();
        }
        while end > start && "了吧啊呢的，。".contains(self.masked[end - 1]) {
            end -= 1;
        }
        if let Some(again) = find(self.masked, start..end, "再").filter(|again| *again >= start + 2 && again + 2 < end) {
            start = again + 1;
        }
        start..end
    }

    /// The person who is to answer: 技术负责人李工, 找研发的张工.
    fn tech_owner(&self) -> Option<Slot<String>> {
        const LEADS: [&str; 12] =
            ["技术负责人", "负责人", "研发", "技术部", "技术", "工程师", "找", "请", "让", "对接", "联系", "安排"];
        let people = people::people(self.masked);
        let led = |person: &Range<usize>| {
            let window = person.start.saturating_sub(6)..person.start;
            LEADS.iter().any(|lead| find(self.masked, window.clone(), lead).is_some())
        };
        let engineer = |person: &Range<usize>| self.masked[person.end - 1] == '工';
        let person =
            people.iter().find(|person| led(person) && engineer(person)).or_else(|| people.iter().rfind(|person| led(person)))?;
        Some(self.slot(self.chars[person.clone()].iter().collect(), person.clone(), 0.85))
    }

    /// 意向A, 意向等级是B, C类客户.
    fn intent(&self) -> Option<Slot<Intent>> {
        (0..self.masked.len()).find_map(|at| {
            let level = Intent::parse(&self.masked[at].to_ascii_uppercase().to_string())?;
            let before = at.saturating_sub(6)..at;
            let after = at + 1..(at + 4).min(self.masked.len());
            let said = find(self.masked, before, "意向").is_some()
                || ["类客户", "级客户", "级意向", "类意向"]
                    .iter()
                    .any(|word| find(self.masked, after.clone(), word) == Some(at + 1));
            let lone = at == 0 || !self.masked[at - 1].is_ascii_alphanumeric();
            let lone = lone && self.masked.get(at + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
            (said && lone).then(|| self.slot(level, at..at + 1, 0.9))
        })
    }

    /// Whether one of the words is said and not denied.
    fn says(&self, words: &[&str]) -> bool {
        self.clauses.iter().any(|clause| {
            words.iter().any(|word| {
                find(self.masked, clause.range.clone(), word).is_some_and(|at| !is_denied(self.masked, &clause.range, at))
            })
        })
    }
}

/// Whether a weekday without 下 or 这 is the one that was: 周五去拜访了.
fn is_past_weekday(chars: &[char], date: &DateMention) -> bool {
    let end = chars[date.range.end..].iter().position(|c| "，。！？；,".contains(*c)).map_or(chars.len(), |at| date.range.end + at);
    let rest = date.range.end..end.min(date.range.end + 10);
    let limited = chars[date.range.clone()].ends_with(&['前']) || chars[date.range.clone()].ends_with(&['内']);
    date.bare_weekday
        && !limited
        && ["了", "过", "完"].iter().any(|word| find(chars, rest.clone(), word).is_some())
        && find(chars, rest, "再").is_none()
}

#[cfg(test)]
mod tests;

//! The fields of a half-made touch, in the order in which they are shown: label, value, what it was heard from, what there is to choose.

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};

use super::draft::Drafted;
use super::{Format, Lang};
use crate::query::Ask;
use crate::query::view::Word;
use crate::workbench::Candidate;
use chuda_record::error::Result;
use chuda_record::rules::Config;
use chuda_record::rules::config::{Choice, ExtraType, FormField};
use chuda_record::{ContactMode, Customer, Intent, Kind, Role};
use chuda_speech::DOUBTFUL;
use chuda_speech::understand::Slot;

/// Most customers to choose from.
pub(crate) const OFFERED: usize = 6;

/// A field, or a few that go together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SlotView {
    /// The name of the field, the first of several.
    pub field: String,
    /// What stands before the value; none: its inputs stand for themselves.
    pub label: Option<String>,
    /// What it holds; none: it is to be chosen.
    pub value: Option<String>,
    /// The words that said so.
    pub heard: Option<String>,
    /// Whether somebody should look at it.
    pub doubtful: bool,
    /// Whether it is worth showing where the rest of them is folded.
    pub said: bool,
    /// What to ask for beside it.
    pub prompt: Option<String>,
    /// How it is filled in.
    pub inputs: Vec<InputView>,
}

/// A way to fill a field in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct InputView {
    /// The field.
    pub field: String,
    /// How.
    pub kind: InputKind,
    /// What stands in the empty field, or over the days.
    pub label: Option<String>,
    /// What is in it: words, yuan, a day.
    pub text: String,
    /// Buttons that fill it in.
    pub choices: Vec<ChoiceView>,
    /// The day in it as people read it.
    pub day: Option<String>,
    /// The day before that, unless it has passed.
    pub earlier: Option<String>,
    /// The day after that.
    pub later: Option<String>,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum InputKind {
    /// By one of a few buttons.
    Choice,
    /// By a button that is pressed or not.
    Flag,
    /// By a day.
    Day,
    /// By a line of words.
    Text,
    /// By several lines.
    LongText,
    /// By digits.
    Number,
    /// By a customer, whom words find.
    Customer,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ChoiceView {
    /// What it fills in.
    pub value: String,
    /// What it says.
    pub text: String,
    /// Whether that is what the field holds.
    pub chosen: bool,
}

/// The fields of one half-made touch.
pub(super) struct Slots<'a> {
    ask: &'a Ask<'a>,
    drafted: &'a Drafted,
    asked: &'a [String],
    /// Customers to choose from.
    offered: Vec<Candidate>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(ask: &'a Ask<'a>, drafted: &'a Drafted, asked: &'a [String]) -> Result<Self> {
        let offered = offered(ask, drafted)?;
        Ok(Self { ask, drafted, asked, offered })
    }

    /// What the touch needs, and what it may say beyond that.
    pub(super) fn all(&self) -> Result<(Vec<SlotView>, Vec<SlotView>)> {
        let mut needed = vec![self.customer()?, self.mode(), self.action()];
        let mut more = Vec::new();
        let optional = [self.next(), self.amount(), self.brief(), self.intent(), self.flags(), self.contact(), self.note()];
        let added = self.ask.config.form(Kind::Touch).iter().filter_map(|field| self.added(field));
        let owner = [self.tech_owner(), self.response_by()];
        needed.extend(owner.into_iter().filter(|slot| self.is_asked(&slot.field)));
        for slot in optional.into_iter().chain(added) {
            if slot.inputs.iter().any(|input| self.is_asked(&input.field)) { needed.push(slot) } else { more.push(slot) }
        }
        Ok((needed, more))
    }

    /// What a field is called.
    pub(super) fn label(&self, field: &str) -> String {
        let added = self.ask.config.form(Kind::Touch).iter().find(|one| one.field == field).and_then(|one| self.added_label(one));
        let named = |key: String| Some(self.lang().text(&key)).filter(|text| *text != key).map(str::to_owned);
        added
            .or_else(|| named(format!("slot.{field}")))
            .or_else(|| named(format!("field.{field}")))
            .unwrap_or_else(|| field.to_owned())
    }

    /// The name that is typed, if it is none of those offered.
    pub(super) fn new_customer(&self) -> Option<String> {
        let name = self.drafted.search.trim();
        let is_new = !name.is_empty() && self.offered.iter().all(|one| one.name != name);
        is_new.then(|| name.to_owned())
    }

    fn lang(&self) -> Lang {
        self.ask.me.lang
    }

    fn is_asked(&self, field: &str) -> bool {
        self.asked.iter().any(|one| one == field)
            || self.ask.config.form(Kind::Touch).iter().any(|one| one.field == field && one.required)
    }

    fn customer(&self) -> Result<SlotView> {
        let chosen = self.drafted.touch.customer;
        let name = chosen.map_or(Ok(None), |id| self.ask.tx.record::<Customer>(id))?.map(|row| row.record.name);
        let choice =
            |one: &Candidate| ChoiceView { value: one.id.to_string(), text: one.name.clone(), chosen: Some(one.id) == chosen };
        let input = InputView {
            text: self.drafted.search.clone(),
            choices: self.offered.iter().map(choice).collect(),
            ..self.input("customer", InputKind::Customer, Some("draft.find_customer"))
        };
        Ok(self.slot("customer", name, self.said(|heard| heard.customer.as_ref(), chosen.as_ref()), vec![input]))
    }

    fn mode(&self) -> SlotView {
        let chosen = self.drafted.touch.mode;
        let text = |mode: ContactMode| self.format().mode(mode);
        let mut modes = ContactMode::ALL;
        modes.sort_by_key(|mode| *mode != ContactMode::Visit);
        let choices =
            modes.map(|mode| ChoiceView { value: mode.as_str().into(), text: text(mode), chosen: Some(mode) == chosen }).to_vec();
        let input = InputView { choices, ..self.input("mode", InputKind::Choice, None) };
        self.slot("mode", chosen.map(text), self.said(|heard| heard.contact_mode.as_ref(), chosen.as_ref()), vec![input])
    }

    fn action(&self) -> SlotView {
        let chosen = self.drafted.touch.action.as_ref();
        let actions = &self.ask.config.actions;
        let option = chosen.and_then(|key| Config::find(actions, key));
        let said = self.said(|heard| heard.action.as_ref(), chosen);
        let value = chosen.map(|key| option.map_or_else(|| key.clone(), |option| self.word(option)));
        SlotView {
            prompt: option.and_then(|option| option.prompt.clone()),
            ..self.slot("action", value, said, vec![self.options("action", actions, chosen)])
        }
    }

    fn tech_owner(&self) -> SlotView {
        let chosen = self.drafted.touch.tech_owner.as_ref();
        let tech = self.ask.colleagues().into_iter().filter(|person| person.roles.contains(&Role::Tech));
        let choices = tech
            .map(|person| ChoiceView { value: person.name.clone(), chosen: Some(&person.name) == chosen, text: person.name })
            .collect();
        let typed = InputView {
            text: chosen.cloned().unwrap_or_default(),
            ..self.input("tech_owner", InputKind::Text, Some("draft.other_name"))
        };
        let inputs = vec![InputView { choices, ..self.input("tech_owner", InputKind::Choice, None) }, typed];
        self.slot("tech_owner", chosen.cloned(), self.said(|heard| heard.tech_owner.as_ref(), chosen), inputs)
    }

    fn response_by(&self) -> SlotView {
        let day = self.drafted.touch.response_by;
        let days = day.and_then(|day| i32::try_from((day - self.ask.today()).num_days()).ok());
        let said = self.said(|heard| heard.response_within_days.as_ref(), days.as_ref());
        let input = self.day("response_by", None, day, &self.near_days(true));
        self.slot("response_by", day.map(|day| self.format().day(day, Some(self.ask.today()))), said, vec![input])
    }

    fn next(&self) -> SlotView {
        let touch = &self.drafted.touch;
        let day = touch.next_date.map(|day| self.format().day(day, Some(self.ask.today())));
        let time = touch.next_time.map(|time| time.format("%H:%M").to_string());
        let parts: Vec<String> = [day, time, touch.next_action.clone()].into_iter().flatten().collect();
        let words = InputView {
            text: touch.next_action.clone().unwrap_or_default(),
            ..self.input("next_action", InputKind::Text, Some("draft.next_action"))
        };
        let said = self
            .said(|heard| heard.next_action.as_ref(), touch.next_action.as_ref())
            .or_else(|| self.said(|heard| heard.next_date.as_ref(), touch.next_date.as_ref()));
        let inputs = vec![words, self.day("next_date", None, touch.next_date, &self.near_days(false))];
        SlotView {
            label: Some(self.lang().text("slot.next").into()),
            ..self.optional("next_action", Some(parts.join(" ")).filter(|text| !text.is_empty()), said, inputs)
        }
    }

    fn amount(&self) -> SlotView {
        let amount = self.drafted.touch.amount;
        let input = InputView {
            text: amount.map(chuda_record::Fen::to_yuan).unwrap_or_default(),
            ..self.input("amount", InputKind::Number, Some("field.amount"))
        };
        let said = self.said(|heard| heard.amount.as_ref(), amount.as_ref());
        self.optional("amount", amount.map(|amount| self.format().amount(amount)), said, vec![input])
    }

    fn brief(&self) -> SlotView {
        let chosen = self.drafted.touch.brief.as_ref();
        let briefs = &self.ask.config.briefs;
        let value = chosen.map(|key| Config::find(briefs, key).map_or_else(|| key.clone(), |option| self.word(option)));
        let said = self.said(|heard| heard.brief.as_ref(), chosen);
        self.optional("brief", value, said, vec![self.options("brief", briefs, chosen)])
    }

    fn intent(&self) -> SlotView {
        let chosen = self.drafted.touch.intent;
        let choice =
            |one: Intent| ChoiceView { value: one.as_str().into(), text: one.as_str().into(), chosen: Some(one) == chosen };
        let choices = [Intent::A, Intent::B, Intent::C, Intent::D].map(choice).to_vec();
        let input = InputView { choices, ..self.input("intent", InputKind::Choice, None) };
        let said = self.said(|heard| heard.intent.as_ref(), chosen.as_ref());
        SlotView { said: false, ..self.optional("intent", chosen.map(|intent| intent.as_str().into()), said, vec![input]) }
    }

    fn flags(&self) -> SlotView {
        let touch = &self.drafted.touch;
        let inputs = vec![
            self.flag("feedback", self.lang().text("draft.feedback"), touch.feedback),
            self.flag("custom_development", self.lang().text("field.custom_development"), touch.custom_development),
        ];
        self.bare(inputs)
    }

    fn contact(&self) -> SlotView {
        let text = self.drafted.touch.contact.clone().unwrap_or_default();
        self.bare(vec![InputView { text, ..self.input("contact", InputKind::Text, Some("field.contact")) }])
    }

    fn note(&self) -> SlotView {
        let text = self.drafted.touch.note.clone().unwrap_or_default();
        self.bare(vec![InputView { text, ..self.input("note", InputKind::LongText, Some("field.note")) }])
    }

    /// A field that a supervisor added to the form (T6).
    fn added(&self, field: &FormField) -> Option<SlotView> {
        let (label, holds) = (self.added_label(field)?, field.holds?);
        let text = self.drafted.touch.extra.get(field.field.strip_prefix("x/")?).cloned().unwrap_or_default();
        let kind = match holds {
            ExtraType::Flag => return Some(self.bare(vec![self.flag(&field.field, &label, text == "true")])),
            ExtraType::Day => {
                let input = self.day(&field.field, Some(label), text.parse().ok(), &self.near_days(false));
                return Some(self.bare(vec![input]));
            }
            ExtraType::Text => InputKind::Text,
            ExtraType::Number | ExtraType::Money => InputKind::Number,
        };
        Some(self.bare(vec![InputView { text, label: Some(label), ..self.input(&field.field, kind, None) }]))
    }

    fn added_label(&self, field: &FormField) -> Option<String> {
        let key = field.field.strip_prefix("x/")?.to_owned();
        let word = Word { key, zh: field.zh.clone()?, en: field.en.clone()? };
        Some(self.lang().choose(&word.zh, &word.en).to_owned())
    }

    /// What was heard of a field, as long as it still holds that: the words, and whether they are doubtful.
    fn said<'s, T: PartialEq + 's>(
        &'s self,
        of: impl FnOnce(&'s chuda_speech::Draft) -> Option<&'s Slot<T>>,
        value: Option<&T>,
    ) -> Option<(String, bool)> {
        let slot = of(&self.drafted.heard.as_ref()?.draft)?;
        (Some(&slot.value) == value).then(|| (slot.words.clone(), slot.confidence < DOUBTFUL))
    }

    fn slot(&self, field: &str, value: Option<String>, heard: Option<(String, bool)>, inputs: Vec<InputView>) -> SlotView {
        let (heard, doubtful) = heard.map_or((None, false), |(words, doubtful)| (Some(words), doubtful));
        SlotView {
            field: field.into(),
            label: Some(self.label(field)),
            said: value.is_some(),
            value,
            heard,
            doubtful,
            prompt: None,
            inputs,
        }
    }

    /// One that says that it is empty, unless it is asked for.
    fn optional(&self, field: &str, value: Option<String>, heard: Option<(String, bool)>, inputs: Vec<InputView>) -> SlotView {
        let is_asked = inputs.iter().any(|input| self.is_asked(&input.field));
        let said = value.is_some();
        let nothing = (!is_asked).then(|| self.lang().text("draft.nothing").to_owned());
        SlotView { said, ..self.slot(field, value.or(nothing), heard, inputs) }
    }

    fn bare(&self, inputs: Vec<InputView>) -> SlotView {
        let field = inputs.first().map(|input| input.field.clone()).unwrap_or_default();
        SlotView { label: None, ..self.slot(&field, None, None, inputs) }
    }

    fn input(&self, field: &str, kind: InputKind, label: Option<&str>) -> InputView {
        InputView {
            field: field.into(),
            kind,
            label: label.map(|key| self.lang().text(key).to_owned()),
            text: String::new(),
            choices: Vec::new(),
            day: None,
            earlier: None,
            later: None,
        }
    }

    /// Buttons of the options that are offered.
    fn options(&self, field: &str, list: &[Choice], chosen: Option<&String>) -> InputView {
        let choices = Config::offered(list)
            .map(|one| ChoiceView { value: one.key.clone(), text: self.word(one), chosen: Some(&one.key) == chosen })
            .collect();
        InputView { choices, ..self.input(field, InputKind::Choice, None) }
    }

    fn flag(&self, field: &str, text: &str, is_on: bool) -> InputView {
        let value = if is_on { String::new() } else { "true".into() };
        let choices = vec![ChoiceView { value, text: text.into(), chosen: is_on }];
        InputView { choices, ..self.input(field, InputKind::Flag, None) }
    }

    /// Near days as buttons, any other by a day more or less.
    fn day(&self, field: &str, label: Option<String>, day: Option<NaiveDate>, near: &[(&str, NaiveDate)]) -> InputView {
        let choice = |(key, one): &(&str, NaiveDate)| ChoiceView {
            value: one.to_string(),
            text: self.lang().text(key).into(),
            chosen: Some(*one) == day,
        };
        let earlier = day.filter(|day| *day > self.ask.today()).and_then(|day| day.pred_opt());
        InputView {
            label,
            text: day.map(|day| day.to_string()).unwrap_or_default(),
            choices: near.iter().map(choice).collect(),
            day: day.map(|day| self.format().day(day, None)),
            earlier: earlier.map(|day| day.to_string()),
            later: day.and_then(|day| day.succ_opt()).map(|day| day.to_string()),
            ..self.input(field, InputKind::Day, None)
        }
    }

    fn near_days(&self, soon: bool) -> Vec<(&'static str, NaiveDate)> {
        let today = self.ask.today();
        let to_monday = 7 - u64::from(today.weekday().days_since(Weekday::Mon));
        let days = |count| today + Days::new(count);
        let (tomorrow, monday) = (("day.tomorrow", days(1)), ("day.monday", days(to_monday)));
        if soon {
            return vec![tomorrow, ("day.after_tomorrow", days(2)), monday];
        }
        let months = |count| today + Months::new(count);
        vec![tomorrow, monday, ("day.in_a_week", days(7)), ("day.in_a_month", months(1)), ("day.in_three_months", months(3))]
    }

    fn word(&self, option: &Choice) -> String {
        self.lang().choose(&option.zh, &option.en).to_owned()
    }

    fn format(&self) -> Format {
        self.ask.format()
    }
}

/// What is typed finds all others; else those that the sound left open, or that were touched last.
fn offered(ask: &Ask<'_>, drafted: &Drafted) -> Result<Vec<Candidate>> {
    let words = drafted.search.trim();
    if !words.is_empty() {
        let found = ask.find_customers(words)?.into_iter().take(OFFERED);
        return Ok(found.map(|customer| Candidate { id: customer.id, name: customer.name }).collect());
    }
    let heard = drafted.heard.as_ref().map(|heard| &heard.candidates).filter(|candidates| !candidates.is_empty());
    Ok(heard.unwrap_or(&drafted.suggested).iter().take(OFFERED).cloned().collect())
}

//! The command line: every command and option. The English help stands here, the Chinese one and the examples in [`crate::help`].
// These comments are what a person reads as help: keys stand in them without backticks.
#![expect(clippy::doc_markdown)]

pub(crate) mod sales;

use std::path::PathBuf;

use chrono::NaiveDate;
use chuda_record::id::{BackCheckId, RecordId, TaskId, TouchId};
use chuda_record::rules::metrics::Week;
use chuda_record::wire::api;
use chuda_record::{ContactMode, Fen, Intent, Stage};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::text::Lang;

/// A phone in a terminal: visits by voice, photos as evidence, the daily report in one go, all of it without a network
#[derive(Debug, Parser)]
#[command(name = "chuda", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Folder of this phone's data [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// One JSON object on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the texts [default: from the locale]
    #[arg(long, global = true, value_enum, value_name = "zh|en", hide_possible_values = true)]
    pub(crate) lang: Option<Lang>,
    /// Folder of the speech models [default: where scripts/fetch-model puts them]
    #[arg(long, global = true, env = "CHUDA_MODELS", value_name = "DIR", hide_env = true)]
    pub(crate) models: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make this phone's data and enrol the device
    Init(Init),
    /// Customers: add, list, show, set what is known
    #[command(subcommand)]
    Customer(Customer),
    /// Leads: add, list, show, claim, release, assign, correct
    #[command(subcommand)]
    Lead(sales::Lead),
    /// Record a touch
    Touch(Box<Touch>),
    /// Keep a photo or document as evidence
    Photo(Photo),
    /// Turn a recording into a draft, and the draft into a touch
    Voice(Voice),
    /// Show everything the home screen shows
    Home,
    /// File the daily report in one go
    Report(Report),
    /// Tasks and to-dos: list, do
    #[command(subcommand)]
    Task(Task),
    /// Quotes: list, approve, reject
    #[command(subcommand)]
    Quote(sales::Quote),
    /// Contracts: list, show, add details, sign
    #[command(subcommand)]
    Contract(sales::Contract),
    /// Work orders: list, show, schedule, take, done
    #[command(subcommand)]
    Order(sales::Order),
    /// Meetings: list, show, move, answer
    #[command(subcommand)]
    Meeting(sales::Meeting),
    /// Back-checks: list, show, answer, close, make the draw again
    #[command(subcommand)]
    Backcheck(Backcheck),
    /// Technical questions: list, show, answer, promise, take on
    #[command(subcommand)]
    Question(Question),
    /// Demand cards: list, show, assess
    #[command(subcommand)]
    Demand(Demand),
    /// Facts that do not agree: list, show, settle
    #[command(subcommand)]
    Finding(Finding),
    /// What outside systems saw
    #[command(subcommand)]
    Event(Event),
    /// Note that the customer answered
    Feedback(Feedback),
    /// Progress briefs: those of the day, or how a customer stood day by day
    Brief(Brief),
    /// Have the server import customers, leads or payment slips
    Import(Import),
    /// Options, forms, rules, formula and targets: look, try out, publish
    #[command(subcommand)]
    Config(Config),
    /// Show a week against its baselines: leads, touches, feedback, density, conversion
    Figures(Figures),
    /// Exchange records with the server, then files
    Sync(Sync),
    /// Show where every item is on its way to the server
    Status,
    /// Make a refused edit again on top of the accepted state
    Redo(Redo),
    /// Write what others can check
    #[command(subcommand)]
    Export(Export),
    /// Check a proof bundle or a server's audit bundle, offline and without any data of this phone
    Verify(Verify),
    /// Check data, key files, evidence chain, speech model and disk
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Address of the server
    #[arg(long, value_name = "URL", requires = "code", required_unless_present = "offline", conflicts_with = "offline")]
    pub(crate) server: Option<String>,
    /// One-time code from the administrator
    #[arg(long, requires = "server")]
    pub(crate) code: Option<String>,
    /// Without a server; it can be joined later with --server
    #[arg(long, requires = "person")]
    pub(crate) offline: bool,
    /// Your name
    #[arg(long, value_name = "NAME", requires = "offline")]
    pub(crate) person: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Customer {
    /// Enter a customer
    Add(CustomerAdd),
    /// All customers, reddest first
    List(CustomerList),
    /// One customer with its touches
    Show(CustomerShow),
    /// Note what is known of a customer
    Set(Box<sales::CustomerSet>),
}

#[derive(Debug, Args)]
pub(crate) struct CustomerAdd {
    /// Full name
    pub(crate) name: String,
    /// The name people say
    #[arg(long, value_name = "NAME")]
    pub(crate) short: Option<String>,
    /// A person on the customer's side
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CustomerList {
    /// Only those that are red
    #[arg(long)]
    pub(crate) red: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CustomerShow {
    /// Id, name or short name
    #[arg(value_name = "CUSTOMER")]
    pub(crate) customer: String,
}

#[derive(Debug, Args)]
pub(crate) struct Touch {
    /// Whom: id, name or short name
    #[arg(long)]
    pub(crate) customer: String,
    /// How: 电话 (phone), 微信 (wechat), 面访 (visit), 邮件 (email)
    #[arg(long, value_parser = mode)]
    pub(crate) mode: ContactMode,
    /// What: 发送资料 (send_material), 预约演示 (book_demo), 演示 (demo), 报价 (quote), 签约 (sign), …
    #[arg(long)]
    pub(crate) action: String,
    /// A photo, document or recording that proves it; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Progress brief: 已演示产品 (demo_done), 待提供POC环境 (poc_needed), 需协调技术答疑 (tech_needed), …
    #[arg(long)]
    pub(crate) brief: Option<String>,
    /// Who answers the technical question
    #[arg(long, value_name = "NAME")]
    pub(crate) tech_owner: Option<String>,
    /// When the answer is expected
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) response_by: Option<NaiveDate>,
    /// Amount in yuan
    #[arg(long, value_name = "YUAN", value_parser = yuan)]
    pub(crate) amount: Option<Fen>,
    /// Custom development was agreed
    #[arg(long)]
    pub(crate) custom_development: bool,
    /// Intent level
    #[arg(long, value_name = "A|B|C|D", value_parser = intent)]
    pub(crate) intent: Option<Intent>,
    /// The customer answered
    #[arg(long)]
    pub(crate) feedback: bool,
    /// Who was touched on the customer's side
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// What that person is to the deal: 决策人 (decision_maker), IT (it), 法务 (legal), 最终使用人 (end_user), …
    #[arg(long, value_name = "ROLE", requires = "contact")]
    pub(crate) contact_role: Option<String>,
    /// A field that a supervisor added to the form; repeatable
    #[arg(long = "extra", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) extra: Vec<(String, String)>,
    /// Next follow-up: a date, or words such as 下周三, 月底前, 三个月后再联系
    #[arg(long, value_parser = next_day, value_name = "DATE|WORDS")]
    pub(crate) next: Option<String>,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Required for a recording: self (仅本人口述) or told (客户已告知录音)
    #[arg(long, value_enum, value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
    /// Keep it without evidence, as 待补证据
    #[arg(long)]
    pub(crate) draft: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Photo {
    /// The file; it is copied
    pub(crate) file: PathBuf,
    /// The touch it belongs to
    #[arg(long, value_name = "ID")]
    pub(crate) touch: Option<TouchId>,
    /// Required for a recording: self (仅本人口述) or told (客户已告知录音)
    #[arg(long, value_enum, value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
}

#[derive(Debug, Args)]
pub(crate) struct Voice {
    /// The recording (WAV, m4a, mp3, ogg, flac), or the id of one that is kept already
    #[arg(value_name = "FILE|ID")]
    pub(crate) recording: PathBuf,
    /// Who knew of it: self (仅本人口述) or told (客户已告知录音)
    #[arg(long, value_enum, value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
    /// Record the touch when customer, mode and action were understood
    #[arg(long)]
    pub(crate) save: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Key action for tomorrow [default: the best suggestion]
    #[arg(long, value_name = "TEXT")]
    pub(crate) tomorrow: Option<String>,
    /// Why there are fewer than three touches: a word or key of the list
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// A past day, filed late
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) day: Option<NaiveDate>,
    /// Another brief than chuda brief shows; repeatable
    #[arg(long = "brief", value_name = "CUSTOMER=BRIEF", value_parser = pair)]
    pub(crate) briefs: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Open tasks, most urgent first, and what there is to know
    List,
    /// Do a task, or tick a notice off
    Done(TaskDone),
}

#[derive(Debug, Args)]
pub(crate) struct TaskDone {
    /// Which
    #[arg(value_name = "TASK")]
    pub(crate) id: TaskId,
    /// The answer: a word or key of the task's choices
    #[arg(long)]
    pub(crate) choice: Option<String>,
    /// Why, where the answer needs it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Backcheck {
    /// Your own and those of supervisors below, latest first
    List,
    /// One with every record drawn, its evidence, and what the machine found beside each question
    Show(BackcheckWhich),
    /// Answer one question about one record
    Answer(BackcheckAnswer),
    /// Close it once everything is answered: no and unclear become findings, about rules and options
    Close(BackcheckClose),
    /// Make the draw again from seed and candidates, and compare
    Recompute(BackcheckWhich),
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckWhich {
    /// Which
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckAnswer {
    /// Which
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
    /// The record: the touch's id, or its place in the draw
    #[arg(value_parser = drawn)]
    pub(crate) touch: Drawn,
    /// The question: a word or key, such as accurate, evidence, follow_up
    pub(crate) question: String,
    /// The answer
    #[arg(value_enum, value_name = "yes|no|unclear", hide_possible_values = true)]
    pub(crate) answer: Answer,
    /// What is to be said to it
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckClose {
    /// Which
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
    /// What is to be changed in rules and options
    #[arg(long, value_name = "TEXT")]
    pub(crate) conclusion: String,
}

/// A record that was drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawn {
    /// By the touch's id.
    Touch(TouchId),
    /// By its place.
    Place(u32),
}

/// An answer in a back-check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answer {
    #[value(alias = "是")]
    Yes,
    #[value(alias = "否")]
    No,
    #[value(alias = "不确定")]
    Unclear,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Those that wait for an answer, newest first
    List(ListAll),
    /// One question
    Show(Which),
    /// Answer it
    Answer(QuestionAnswer),
    /// Promise an answer for another day
    Promise(QuestionPromise),
    /// Take it on, where it waits for anyone of a role
    Take(Which),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Demand {
    /// Those that wait for an assessment, newest first
    List(ListAll),
    /// One card
    Show(Which),
    /// Assess it
    Assess(DemandAssess),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Finding {
    /// Those that are not settled, newest first
    List(ListAll),
    /// One finding, both values side by side
    Show(Which),
    /// Settle it
    Resolve(FindingResolve),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Event {
    /// Newest first
    List(EventList),
}

#[derive(Debug, Args)]
pub(crate) struct ListAll {
    /// Also those that are settled
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Which
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
}

#[derive(Debug, Args)]
pub(crate) struct QuestionAnswer {
    /// Which
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// The answer
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct QuestionPromise {
    /// Which
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// By when
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) by: NaiveDate,
}

#[derive(Debug, Args)]
pub(crate) struct DemandAssess {
    /// Which
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// 纳入规划 (planned), 暂不支持 (declined), 需进一步澄清 (clarify)
    #[arg(long)]
    pub(crate) choice: String,
    /// Why, where the choice needs it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FindingResolve {
    /// Which
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// 以左值为准 (left_right), 以右值为准 (right_right), 两者均成立 (both_right); 合并客户 (merge), 保留两者 (keep_both)
    #[arg(long)]
    pub(crate) resolution: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct EventList {
    /// Of this customer only: id, name or short name
    #[arg(long)]
    pub(crate) customer: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Feedback {
    /// The touch that the customer answered
    #[arg(value_name = "TOUCH")]
    pub(crate) touch: TouchId,
}

#[derive(Debug, Args)]
pub(crate) struct Brief {
    /// Id, name or short name; without one: the customers of the day, as the report will have them
    #[arg(value_name = "CUSTOMER")]
    pub(crate) customer: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// customers, leads or slips
    #[arg(value_enum, value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: ImportKind,
    /// CSV or XLSX
    pub(crate) file: PathBuf,
    /// Only say what would come of it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// 客户.
    #[value(alias = "客户")]
    Customers,
    /// 线索.
    #[value(alias = "线索")]
    Leads,
    /// 付款单.
    #[value(alias = "付款单")]
    Slips,
}

impl From<ImportKind> for api::ImportKind {
    fn from(kind: ImportKind) -> Self {
        match kind {
            ImportKind::Customers => Self::Customers,
            ImportKind::Leads => Self::Leads,
            ImportKind::Slips => Self::Slips,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Show the configuration that this phone goes by, or an earlier one
    Show(ConfigShow),
    /// All versions, the newest first
    Versions,
    /// Check a file, without a network
    Check(ConfigFile),
    /// What a file would have done with past records, against what is in force
    DryRun(ConfigDryRun),
    /// Put a file in force for everyone
    Publish(ConfigPublish),
    /// Options: add, retire, split
    #[command(subcommand)]
    Option(ConfigOption),
    /// Rules: add, switch off and on, remove
    #[command(subcommand)]
    Rule(ConfigRule),
    /// Fields of the form: add
    #[command(subcommand)]
    Form(ConfigForm),
    /// Change numbers of the health formula
    Formula(ConfigFormula),
}

#[derive(Debug, Args)]
pub(crate) struct ConfigShow {
    /// An earlier version
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<i64>,
    /// Write it to a file, to be edited
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The file, as config show --out writes it
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigDryRun {
    /// The file, as config show --out writes it
    pub(crate) file: PathBuf,
    /// With the records of so many days [default: 90]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    pub(crate) days: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigPublish {
    /// The file, as config show --out writes it
    pub(crate) file: PathBuf,
    /// What was changed, for everyone to read
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: String,
}

/// What becomes of a small edit: a dry run, and when asked for, a new version.
#[derive(Debug, Args)]
pub(crate) struct Publishing {
    /// Put it in force after the dry run
    #[arg(long, requires = "note")]
    pub(crate) publish: bool,
    /// What was changed, for everyone to read
    #[arg(long, value_name = "TEXT", requires = "publish")]
    pub(crate) note: Option<String>,
    /// Dry run with the records of so many days [default: 90]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    pub(crate) days: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigOption {
    /// Offer one more option
    Add(OptionAdd),
    /// Offer an option no longer; records keep it
    Retire(OptionRetire),
    /// Put finer options in the place of one; records keep it, rules on it hold for them
    Split(OptionSplit),
}

#[derive(Debug, Args)]
pub(crate) struct OptionAdd {
    /// The list, such as actions, briefs, short_reasons
    #[arg(value_parser = list())]
    pub(crate) list: String,
    /// Its key: small letters, digits, _
    pub(crate) key: String,
    /// In Chinese
    #[arg(long, value_name = "WORD")]
    pub(crate) zh: String,
    /// In English [default: as in Chinese]
    #[arg(long, value_name = "WORD")]
    pub(crate) en: Option<String>,
    /// A touch with this action counts for touch density
    #[arg(long)]
    pub(crate) counts_for_density: bool,
    /// It is outside the standard, and counted as such
    #[arg(long)]
    pub(crate) non_standard: bool,
    /// The answer, or the task, needs a reason
    #[arg(long)]
    pub(crate) needs_reason: bool,
    /// The progress brief that this action suggests
    #[arg(long, value_name = "KEY")]
    pub(crate) brief: Option<String>,
    /// The stage that this action proves
    #[arg(long, value_name = "KEY", value_parser = stage)]
    pub(crate) stage: Option<Stage>,
    /// What to ask for when it is chosen
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
pub(crate) struct OptionRetire {
    /// The list, such as actions, briefs, short_reasons
    #[arg(value_parser = list())]
    pub(crate) list: String,
    /// The option's key
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
pub(crate) struct OptionSplit {
    /// The list, such as actions, briefs, short_reasons
    #[arg(value_parser = list())]
    pub(crate) list: String,
    /// The option's key
    pub(crate) key: String,
    /// The finer options
    #[arg(long, value_name = "KEY=中文[=English]", value_parser = part, num_args = 1.., required = true)]
    pub(crate) into: Vec<(String, String, String)>,
    /// What to ask for when one of them is chosen
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigRule {
    /// Add a rule
    Add(RuleAdd),
    /// Switch a rule off
    Off(RuleName),
    /// Switch a rule on again
    On(RuleName),
    /// Take a rule away
    Remove(RuleName),
}

#[derive(Debug, Args)]
pub(crate) struct RuleAdd {
    /// The rule as JSON; - reads standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
pub(crate) struct RuleName {
    /// The rule
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigForm {
    /// Ask for one more field when a touch is recorded
    Add(FormAdd),
}

#[derive(Debug, Args)]
pub(crate) struct FormAdd {
    /// Its key: small letters, digits, _
    pub(crate) key: String,
    /// What it holds
    #[arg(long, value_enum, value_name = "text|number|money|day|flag", hide_possible_values = true)]
    pub(crate) holds: Holds,
    /// Its label in Chinese
    #[arg(long, value_name = "WORD")]
    pub(crate) zh: String,
    /// Its label in English [default: as in Chinese]
    #[arg(long, value_name = "WORD")]
    pub(crate) en: Option<String>,
    /// It has to be filled in
    #[arg(long)]
    pub(crate) required: bool,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("numbers").required(true).multiple(true).args([
    "window_days", "per_touch", "per_evidence", "per_overdue_day", "grace_hours", "red_below", "pause_until_next_date",
]))]
pub(crate) struct ConfigFormula {
    /// How far back touches and evidence count, in days
    #[arg(long, value_name = "N")]
    pub(crate) window_days: Option<i64>,
    /// Points per touch
    #[arg(long, value_name = "N")]
    pub(crate) per_touch: Option<i64>,
    /// Points per valid evidence
    #[arg(long, value_name = "N")]
    pub(crate) per_evidence: Option<i64>,
    /// Points lost per overdue day
    #[arg(long, value_name = "N")]
    pub(crate) per_overdue_day: Option<i64>,
    /// How long after the last touch nothing is overdue, in hours
    #[arg(long, value_name = "N")]
    pub(crate) grace_hours: Option<i64>,
    /// Below this a customer is red
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) red_below: Option<i64>,
    /// Nothing is overdue before the date for which the customer asked
    #[arg(long, value_name = "true|false", hide_possible_values = true)]
    pub(crate) pause_until_next_date: Option<bool>,
    #[command(flatten)]
    pub(crate) publishing: Publishing,
}

#[derive(Debug, Args)]
pub(crate) struct Figures {
    /// Which week, such as 2026-W47 [default: the running one]
    #[arg(long, value_name = "WEEK", value_parser = week)]
    pub(crate) week: Option<Week>,
    /// Somebody below, with everybody below that person: a name or an id
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Go on until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    /// Which files to send
    #[arg(long, value_enum, default_value_t = Blobs::All, value_name = "all|none", hide_possible_values = true)]
    pub(crate) blobs: Blobs,
}

#[derive(Debug, Args)]
pub(crate) struct Redo {
    /// The record, as `chuda status` shows it
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: RecordId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// One piece of evidence with claim, signature and chain, which anyone can check offline
    Proof(ExportProof),
}

#[derive(Debug, Args)]
pub(crate) struct ExportProof {
    /// The evidence: its id or SHA-256
    #[arg(value_name = "EVIDENCE")]
    pub(crate) id: String,
    /// The bundle to write
    #[arg(long, value_name = "ZIP")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A bundle from `chuda export proof` or `chuda-server admin audit export`
    #[arg(value_name = "ZIP")]
    pub(crate) bundle: PathBuf,
}

/// Who knew of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Consent {
    /// 仅本人口述.
    #[value(name = "self", alias = "仅本人口述")]
    OwnVoice,
    /// 客户已告知录音.
    #[value(name = "told", alias = "客户已告知录音")]
    Told,
}

/// What an added field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Holds {
    Text,
    Number,
    Money,
    Day,
    Flag,
}

/// Which files an exchange sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Blobs {
    All,
    None,
}

fn mode(text: &str) -> Result<ContactMode, String> {
    ContactMode::parse(text).ok_or_else(|| "电话 (phone), 微信 (wechat), 面访 (visit), 邮件 (email)".into())
}

fn intent(text: &str) -> Result<Intent, String> {
    Intent::parse(&text.to_ascii_uppercase()).ok_or_else(|| "A, B, C, D".into())
}

fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "YYYY-MM-DD".into())
}

fn week(text: &str) -> Result<Week, String> {
    text.parse().map_err(|_| "YYYY-Www".into())
}

fn drawn(text: &str) -> Result<Drawn, String> {
    let place = || text.parse().ok().filter(|place| *place > 0).map(Drawn::Place);
    text.parse().map(Drawn::Touch).ok().or_else(place).ok_or_else(|| "1, 2, 3 …, 0199c0de-0000-7000-8000-000000000000".into())
}

/// Whether words name a day at all; which one depends on the phone's today.
fn next_day(text: &str) -> Result<String, String> {
    let named = chuda_speech::read_day(text, NaiveDate::default()).is_some();
    if named { Ok(text.to_owned()) } else { Err("YYYY-MM-DD, 下周三, 月底前, 三个月后再联系".into()) }
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned())).ok_or_else(|| "KEY=VALUE".into())
}

fn list() -> PossibleValuesParser {
    PossibleValuesParser::new(chuda_record::rules::Config::list_names())
}

fn stage(text: &str) -> Result<Stage, String> {
    Stage::parse(text).ok_or_else(|| Stage::ALL.map(Stage::as_str).join(", "))
}

/// An option as `key=中文=English`; without the English word the Chinese one stands for both.
fn part(text: &str) -> Result<(String, String, String), String> {
    let mut parts = text.splitn(3, '=').map(str::trim);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(key), Some(zh), en) if !key.is_empty() && !zh.is_empty() => Ok((key.into(), zh.into(), en.unwrap_or(zh).into())),
        _ => Err("KEY=中文[=English]".into()),
    }
}

fn yuan(text: &str) -> Result<Fen, String> {
    Fen::from_yuan(text).ok_or_else(|| "286000, 99.5".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn money_is_given_in_yuan() {
        assert_eq!(yuan("286000").unwrap(), Fen(28_600_000));
        assert_eq!(yuan("99.5").unwrap(), Fen(9_950));
        assert!(yuan("-1").is_err() && yuan("1e9").is_err() && yuan("1.005").is_err());
    }

    #[test]
    fn a_mode_is_given_by_its_word_or_its_key() {
        assert_eq!(mode("面访").unwrap(), ContactMode::Visit);
        assert_eq!(mode("visit").unwrap(), ContactMode::Visit);
        assert!(mode("传真").is_err());
    }
}

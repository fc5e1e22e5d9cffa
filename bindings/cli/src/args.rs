//! The command line: every command and option. The English help stands here, the Chinese one and the examples in [`crate::help`].
// These comments are what a person reads as help: keys stand in them without backticks.
#![expect(clippy::doc_markdown)]

pub(crate) mod sales;

use std::path::PathBuf;

use chrono::NaiveDate;
use chuda_core::id::{BackCheckId, RecordId, TaskId, TouchId};
use chuda_core::record::{ContactMode, Fen, Intent};
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
    List,
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
    /// Next follow-up
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) next: Option<NaiveDate>,
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

fn drawn(text: &str) -> Result<Drawn, String> {
    let place = || text.parse().ok().filter(|place| *place > 0).map(Drawn::Place);
    text.parse().map(Drawn::Touch).ok().or_else(place).ok_or_else(|| "1, 2, 3 …, 0199c0de-0000-7000-8000-000000000000".into())
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned())).ok_or_else(|| "KEY=VALUE".into())
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

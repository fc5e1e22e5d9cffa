//! Every sentence this shell says, in Chinese and English, in one table; errors say what to do.

use std::ffi::OsString;
use std::fmt::Display;

use chuda_phone::query::view::Word;
use chuda_record::Error;
use clap::ValueEnum;

/// The value of an error that holds the key of what a server refused.
const PROBLEM: &str = "problem";
/// The value of an error that holds the key of what is wrong with a configuration.
const FLAW: &str = "flaw";

/// Language of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Simplified Chinese.
    #[value(alias = "zh-CN")]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language that `--lang` asks for, or else the locale. Chinese where neither names a language.
    ///
    /// It is looked for before the command line is read, because help and usage errors need it too.
    pub(crate) fn of(words: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Self {
        let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
        let asked = words.iter().enumerate().find_map(|(at, word)| match *word {
            "--lang" => words.get(at + 1).copied(),
            _ => word.strip_prefix("--lang="),
        });
        if let Some(lang) = asked.and_then(|word| Self::from_str(word, true).ok()) {
            return lang;
        }
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        match locale.as_deref().map(|locale| locale.split(['.', '_', '@']).next().unwrap_or_default()) {
            None | Some("C" | "POSIX" | "zh") => Self::Zh,
            Some(_) => Self::En,
        }
    }
}

/// Texts in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text(pub(crate) Lang);

impl Text {
    /// The text of a key. A key without a text shows itself.
    pub(crate) fn get(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key, with `{name}` replaced by values.
    pub(crate) fn say(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        self.find(key)
            .map_or_else(|| key.to_owned(), |text| fill(text, values.iter().map(|(name, value)| (*name, value.to_string()))))
    }

    /// [`Self::say`] as a line of its own.
    pub(crate) fn line(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        self.say(key, values) + "\n"
    }

    /// The word for a stored key of a fixed list; a key that this version does not know shows itself.
    pub(crate) fn label(self, list: &str, key: &str) -> String {
        self.find(&format!("{list}.{key}")).unwrap_or(key).to_owned()
    }

    /// A word of the configuration.
    pub(crate) fn word(self, word: &Word) -> &str {
        match self.0 {
            Lang::Zh => &word.zh,
            Lang::En => &word.en,
        }
    }

    /// What went wrong and what to do about it.
    pub(crate) fn error(self, error: &Error) -> String {
        // What is wrong with a configuration is a sentence of its own.
        let flaw = error.params.get(FLAW).map(|flaw| {
            let named = error.params.iter().map(|(name, value)| (name, value.clone()));
            ("what", fill(self.find(&format!("error.{flaw}")).unwrap_or(flaw), named))
        });
        let values = error.params.iter().map(|(name, value)| (&**name, value.clone())).chain(flaw);
        // What a server refused is told by the server's own key where there are words for it.
        let problem = error.params.get(PROBLEM).filter(|_| error.key == "server.refused");
        let refused = problem.and_then(|problem| self.find(&format!("error.{problem}")));
        match refused.or_else(|| self.find(&format!("error.{}", error.key))) {
            Some(text) => fill(text, values),
            None => fill(
                self.find(&format!("fault.{}", error.kind.as_str())).unwrap_or("{key}"),
                [("key", error.to_string())].into_iter(),
            ),
        }
    }

    fn find(self, key: &str) -> Option<&'static str> {
        TABLE.iter().find(|(name, ..)| *name == key).map(|(_, zh, en)| match self.0 {
            Lang::Zh => *zh,
            Lang::En => *en,
        })
    }
}

fn fill(text: &str, values: impl Iterator<Item = (impl Display, String)>) -> String {
    values.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value))
}

/// Key, Chinese, English. Sorted by what they belong to: errors, words of lists, then one block per command.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str)] = &[
    // Errors: what is wrong, then what to do.
    ("fault.invalid", "输入有误（{key}），请改正后再试。", "That is not acceptable ({key}): correct it and try again."),
    ("fault.not_found", "没有找到（{key}），请核对后再试。", "There is no such thing ({key}): check and try again."),
    ("fault.not_allowed", "没有权限（{key}），请找有权限的同事。", "You may not do that ({key}): ask a colleague who may."),
    ("fault.offline", "连不上服务器（{key}）。内容都已存在本机，稍后再试。", "The server can't be reached ({key}). Everything is kept here: try again later."),
    ("fault.server", "服务器的回答看不懂（{key}）。内容都已存在本机，请升级程序。", "The server's answer is not understood ({key}). Everything is kept here: update this program."),
    ("fault.storage", "本机存储出错（{key}），请检查磁盘空间和文件夹权限。", "Storage failed ({key}): check free space and the folder's permissions."),
    ("fault.model", "语音模型出错（{key}）。录音已存，请用 scripts/fetch-model 重新获取模型。", "The speech model failed ({key}). The recording is kept: fetch the model with scripts/fetch-model."),
    ("fault.cancelled", "已取消（{key}）。已存的内容都在。", "Cancelled ({key}). What was captured is kept."),
    ("fault.internal", "程序内部错误（{key}），请报告。已存的内容都在。", "A fault of this program ({key}): please report it. What was saved is kept."),
    ("error.cli.no_data_folder", "不知道数据放在哪里，请用 --dir 指定文件夹。", "There is no place for the data: name a folder with --dir."),
    ("error.cli.clock_malformed", "CHUDA_NOW 不是 RFC 3339 时间，例如 2026-11-23T18:00:00+08:00。", "CHUDA_NOW is no RFC 3339 time, such as 2026-11-23T18:00:00+08:00."),
    ("error.cli.not_initialised", "这里还没有数据，请先运行 chuda init。", "There are no data here yet: run chuda init first."),
    ("error.cli.already_initialised", "这里已有数据；要加入服务器，请用 chuda init --server 地址 --code 登记码。", "There are data here already; to join a server use chuda init --server URL --code CODE."),
    ("error.cli.usage", "用法不对，请看 chuda init --help。", "Wrong usage: see chuda init --help."),
    ("error.cli.key_missing", "数据的密钥文件缺失或损坏，没有它打不开数据；请从备份恢复 keys 文件夹。", "The key files are missing or damaged, and the data can't be opened without them: restore the keys folder from a backup."),
    ("error.cli.customer_unknown", "没有这个客户；用 chuda customer add 名称 新增，或用 chuda customer list 查看。", "There is no such customer: enter it with chuda customer add NAME, or look with chuda customer list."),
    ("error.cli.customer_ambiguous", "不能确定是哪个客户，请用全名或编号：", "It is not clear which customer that is; give the full name or the id:"),
    ("error.cli.voice_incomplete", "没有存成触达，录音里没听出：{missing}。请用 chuda touch --evidence 补记。", "No touch was recorded, the recording does not say: {missing}. Record it with chuda touch --evidence."),
    ("error.cli.not_a_bundle", "这既不是 chuda export proof 写的证明包，也不是服务器导出的审计包，请核对文件。", "This is no bundle from chuda export proof and no audit bundle from a server: check the file."),
    ("error.store.not_found", "这里还没有数据，请先运行 chuda init。", "There are no data here yet: run chuda init first."),
    ("error.store.exists", "这里已有数据。", "There are data here already."),
    ("error.storage.damaged", "本机数据已损坏，运行 chuda doctor 查看；服务器上的会在同步后回来。", "The data here are damaged: run chuda doctor; what the server has comes back with a sync."),
    ("error.storage.wrong_key", "数据的密钥不对，打不开；请从备份恢复 keys 文件夹。", "The key does not fit these data: restore the keys folder from a backup."),
    ("error.recording.too_long", "录音太长，请分段录。", "The recording is too long: record it in parts."),
    ("error.recording.format", "录音格式不对，请用 WAV、m4a、mp3、ogg 或 flac。", "The recording's format is not supported: use WAV, m4a, mp3, ogg or flac."),
    ("error.recording.damaged", "录音文件已损坏，能读出的部分都已保留。", "The recording is damaged; what can be read of it is kept."),
    ("error.recording.empty", "没有录到声音，请再录一次。", "No sound was recorded: record it again."),
    ("error.recording.over", "这段录音已经结束。", "This recording has ended."),
    ("error.consent.missing", "请先同意（{purpose}）。", "Agree to it first ({purpose})."),
    ("error.invitation.malformed", "这不是登记码，请向管理员要一个新的。", "That is no invitation: ask your administrator for one."),
    ("error.storage.full", "磁盘已满，请腾出空间再试。", "The disk is full: free some space, then try again."),
    ("error.storage.not_writable", "没有读写文件或文件夹的权限，请检查权限。", "A file or folder can't be read or written: check its permissions."),
    ("error.storage.busy", "另一个 chuda 正在写，请稍后再试。", "Another chuda is writing: try again in a moment."),
    ("error.storage.failed", "读写文件出错，请检查磁盘。", "Reading or writing failed: check the disk."),
    ("error.file.not_found", "没有这个文件，请核对路径。", "There is no such file: check the path."),
    ("error.file.not_a_file", "这不是文件，请给出文件的路径。", "That is no file: give the path of one."),
    ("error.file.too_large", "文件超过 {limit_bytes} 字节，请先截短或压缩。", "The file is over {limit_bytes} bytes: shorten or compress it first."),
    ("error.text.too_long", "{field} 超过 {limit} 个字，请缩短。", "{field} is over {limit} characters: shorten it."),
    ("error.cli.person_ambiguous", "有几位同名的同事，请写编号。", "Several colleagues have that name: give the id."),
    ("error.week.future", "那一周还没开始。", "That week has not begun yet."),
    ("error.person.name_missing", "请写上姓名。", "Give a name."),
    ("error.person.not_found", "没有这个人，请写同事的姓名。", "There is no such person: give a colleague's name."),
    ("error.customer.name_missing", "请写上客户名称。", "Give the customer's name."),
    ("error.customer.exists", "已有同名客户，用 chuda customer show 名称 查看。", "There is a customer of that name: see chuda customer show NAME."),
    ("error.customer.not_found", "没有这个客户；用 chuda customer list 查看，或用 chuda customer add 新增。", "There is no such customer: look with chuda customer list, or enter it with chuda customer add."),
    ("error.touch.not_found", "没有这条触达，请核对编号。", "There is no such touch: check the id."),
    ("error.touch.customer_missing", "请用 --customer 写上客户。", "Give the customer with --customer."),
    ("error.touch.mode_missing", "请用 --mode 写上方式：电话、微信、面访、邮件。", "Give the mode with --mode: phone, wechat, visit, email."),
    ("error.touch.action_missing", "请用 --action 写上动作。", "Give the action with --action."),
    ("error.touch.unknown_action", "没有“{action}”这个动作，请从下面选：", "There is no action “{action}”; choose one of these:"),
    ("error.touch.unknown_brief", "没有“{brief}”这个进展，请从下面选：", "There is no brief “{brief}”; choose one of these:"),
    ("error.touch.evidence_missing", "没有证据。请用 --evidence 加照片、文件或录音，或用 --draft 先存为待补证据。", "There is no evidence: add a photo, document or recording with --evidence, or keep it with --draft until there is some."),
    ("error.touch.tech_owner_missing", "需协调技术答疑时必须写技术负责人：--tech-owner 姓名。", "A technical answer needs who gives it: --tech-owner NAME."),
    ("error.touch.response_by_missing", "需协调技术答疑时必须写期望答复日期：--response-by 日期。", "A technical answer needs when it is expected: --response-by DATE."),
    ("error.touch.tech_owner_ambiguous", "有几位同名的同事，请写编号。", "Several colleagues have that name: give the id."),
    ("error.touch.amount_negative", "金额不能是负数。", "The amount can't be negative."),
    ("error.touch.field_missing", "还要填：{field}。主管加的一项用 --extra {field}=内容。", "{field} is missing too; a field that a supervisor added is given with --extra {field}=VALUE."),
    ("error.touch.extra_misshapen", "{field} 的内容不对：数字写整数，金额写元，日期写 2026-11-23，是否写 是 或 否。", "The value of {field} does not fit: a whole number, yuan, 2026-11-23, yes or no."),
    ("error.touch.unknown_field", "表单里没有 {field} 这一项；用 chuda config show 查看。", "The form has no field {field}: see chuda config show."),
    ("error.contact.unknown_role", "没有“{role}”这个角色，例如 决策人、IT、法务、最终使用人。", "There is no role “{role}”, such as decision_maker, it, legal, end_user."),
    ("error.config.flawed", "配置有问题，{place}：{what}", "The configuration has a flaw, {place}: {what}"),
    ("error.config.stale", "已有更新的版本 {current} 生效。请先 chuda sync，再在新版本上修改。", "Version {current} is in force by now: run chuda sync, then make the change again on top of it."),
    ("error.config.not_allowed", "没有发布配置的权限，请找主管。", "You may not publish configurations: ask a supervisor."),
    ("error.config.permissions", "谁可以发布、导入和审计只有管理员能改。", "Who may publish, import and audit is for an administrator to change."),
    ("error.config.note", "请说明改了什么（最多 {most} 个字）：--note 文字。", "Say what was changed, in at most {most} characters: --note TEXT."),
    ("error.config.unchanged", "和现行配置一样，没有要发布的。", "It is the same as what is in force: there is nothing to publish."),
    ("error.config.malformed", "服务器读不懂这份配置，请用 chuda config check 检查。", "The server can't read this configuration: run chuda config check."),
    ("error.config.no_such_version", "没有版本 {version}；用 chuda config versions 查看。", "There is no version {version}: see chuda config versions."),
    ("error.config.not_understood", "版本 {version} 要新的程序才看得懂，请升级。", "Version {version} needs a newer program: update."),
    ("error.cli.rule_unreadable", "规则读不懂：{detail}", "The rule can't be read: {detail}"),
    ("error.cli.not_text", "这不是文本文件，请核对。", "That is no text file: check it."),
    ("error.flaw.unknown", "没有 {name}。", "{name} does not exist."),
    ("error.flaw.mismatch", "{field} 不能这样用，类型不符。", "{field} can't be used so: it is of another type."),
    ("error.flaw.one_comparison", "{field} 要正好一个比较。", "{field} needs exactly one comparison."),
    ("error.flaw.too_deep", "太深或太多了，请拆小。", "It is too deep or too long: make it smaller."),
    ("error.flaw.too_large", "超过 {most} 字节。", "It is over {most} bytes."),
    ("error.flaw.nested", "exists 里不能再有 exists。", "There is an exists within an exists."),
    ("error.flaw.empty", "缺少内容。", "There is nothing in it."),
    ("error.flaw.bounds", "数字超出范围。", "A number is out of bounds."),
    ("error.flaw.no_evidence", "只有触达才有证据。", "Only a touch has evidence."),
    ("error.flaw.twice", "{name} 出现了两次。", "{name} stands twice."),
    ("error.flaw.loop", "会不断触发自己，经过 {name}。", "It would set itself off without end, through {name}."),
    ("error.flaw.too_many_nodes", "灵活响应节点最多 {most} 个，请先删去一个。", "There can be at most {most} response nodes: remove one first."),
    ("error.flaw.removed", "{name} 已有记录在用，不能删除，只能停用。", "Records use {name}: it can't be removed, only retired."),
    ("error.flaw.retired", "{name} 已停用。", "{name} is retired."),
    ("error.flaw.fixed", "{field} 不能由此改写。", "{field} is not to be written so."),
    ("error.flaw.incomplete", "建出来的记录不完整：{detail}。", "The record that it makes would not be whole: {detail}."),
    ("error.flaw.too_new", "需要 {needs} 以上的版本。", "It needs version {needs}."),
    ("error.flaw.unreadable", "读不懂：{detail}。", "It can't be read: {detail}."),
    ("error.config.out_of_range", "{field} 应在 {least} 到 {most} 之间。", "{field} has to be from {least} to {most}."),
    ("error.targets.two_goals", "{period} 的 {metric} 有两个目标。", "{period} has two goals for {metric}."),
    ("error.targets.quarters_and_year", "{year} 年各季度目标之和 {quarters} 与全年目标 {goal} 不符。", "The quarters of {year} aim at {quarters} leads, the year at {goal}."),
    ("error.targets.too_many_goals", "目标超过 {most} 个。", "There are more than {most} goals."),
    ("error.evidence.consent_missing", "录音要写明谁知道：--consent self（仅本人口述）或 --consent told（客户已告知录音）。", "A recording needs who knew of it: --consent self (only my own voice) or --consent told (the customer was told)."),
    ("error.evidence.not_found", "没有这件证据，请核对编号或 SHA-256。", "There is no such evidence: check the id or SHA-256."),
    ("error.evidence.not_here", "这件证据的原件不在本机。", "The bytes of this evidence are not on this device."),
    ("error.evidence.belongs_elsewhere", "这件证据已属于另一条触达。", "This evidence belongs to another touch already."),
    ("error.report.future", "还没到那一天，不能提交。", "That day has not come yet."),
    ("error.report.not_found", "那天没有日报。", "There is no report of that day."),
    ("error.report.tomorrow_missing", "还没有客户，请用 --tomorrow 写明日关键动作。", "There is no customer yet: give the key action for tomorrow with --tomorrow."),
    ("error.report.reason_missing", "差 {missing} 条触达，仍可提交：用 --reason 选一个原因：", "Short of three by {missing}; it can be filed all the same, with a reason: --reason one of these:"),
    ("error.report.unknown_reason", "没有这个原因，请从下面选：", "There is no such reason; choose one of these:"),
    ("error.report.already_sent", "日报已传到服务器，不能撤销。", "The report has been sent and can't be taken back."),
    ("error.task.not_found", "没有这个任务，请核对编号。", "There is no such task: check the id."),
    ("error.task.already_done", "这个任务已办过。", "This task is done already."),
    ("error.task.unknown_choice", "没有这个选项，请从下面选：", "That is none of its choices; choose one of these:"),
    ("error.task.choice_missing", "请用 --choice 选一个：", "Choose one with --choice:"),
    ("error.task.no_choices", "这个任务没有选项，不要写 --choice。", "This task has no choices: leave --choice out."),
    ("error.task.reason_missing", "这样答复要说明原因：--reason 原因。", "That answer needs a reason: --reason TEXT."),
    ("error.cli.contract_ambiguous", "有几份合同是这个编号，请写合同的 id。", "Several contracts have that number: give the id."),
    ("error.cli.unknown_stage", "没有这个阶段，请从下面选：", "There is no such stage; choose one of these:"),
    ("error.contact.name_missing", "请用 --contact 写上联系人姓名。", "Give the contact person's name with --contact."),
    ("error.lead.not_found", "没有这条线索；用 chuda lead list 或 chuda lead list --pool 查看。", "There is no such lead: look with chuda lead list, or chuda lead list --pool."),
    ("error.lead.already_asked", "已经申请过，服务器确认后才有结果，请先同步。", "That has been asked for and is not settled yet: sync first."),
    ("error.lead.already_yours", "这条线索已经是你的。", "This lead is yours already."),
    ("error.lead.taken", "这条线索已有负责人，用 chuda lead show 查看。", "Somebody has this lead already: see chuda lead show."),
    ("error.lead.invalid", "这条线索已标记为无效。", "This lead is marked as none."),
    ("error.lead.not_yours", "只有负责人或其上级能改这条线索。", "Only whoever has this lead, or a superior, can do that."),
    ("error.lead.not_superior", "只有上级能分配线索，请找主管。", "Only a superior can give a lead to somebody: ask your supervisor."),
    ("error.lead.reason_missing", "请用 --reason 说明原因。", "Say why with --reason."),
    ("error.lead.release_instead", "要退回投放，请用 chuda lead release 线索 --reason 原因。", "To give it back into the pool, use chuda lead release LEAD --reason TEXT."),
    ("error.lead.unheld", "这条线索还没有人认领，先认领才能改阶段。", "Nobody has this lead yet: it is claimed first."),
    ("error.quote.not_found", "没有这份报价；用 chuda quote list 查看。", "There is no such quote: look with chuda quote list."),
    ("error.quote.not_filed", "这份报价还没有进入审批：要有 PDF 附件，并且已同步。", "This quote is not up for approval: it needs a PDF, and a sync."),
    ("error.quote.not_yours", "这份报价由财务审批。", "Finance approves this quote."),
    ("error.contract.not_found", "没有这份合同；用 chuda contract list --all 查看。", "There is no such contract: look with chuda contract list --all."),
    ("error.contract.not_yours", "只有签这份合同的销售能电子签。", "Only the rep whose contract it is can sign it."),
    ("error.contract.not_ready", "还不能签，下面的步骤没有完成；办完并同步后再签：", "It can't be signed yet; these steps are open, sync when they are done:"),
    ("error.contract.rejected", "这份合同已退回，不能再改也不能签。", "This contract was turned down: it can be neither changed nor signed."),
    ("error.contract.signed_already", "这份合同已签署。", "This contract is signed already."),
    ("error.contract.agreed", "审核或用印之后，{field} 不能再改。", "After review or seal, {field} can't be changed."),
    ("error.contract.changed", "签署时合同有了变化，请看过再签。", "The contract changed while it was being signed: look at it, then sign again."),
    ("error.contract.signed_at_provider", "合同在外部电子签平台签署，签好后会自动更新。", "Contracts are signed at an outside provider: it says so here once it is done."),
    ("error.service.unknown", "没有“{service}”这项服务，请从下面选：", "There is no service “{service}”; choose one of these:"),
    ("error.order.not_found", "没有这张工单；用 chuda order list --all 查看。", "There is no such work order: look with chuda order list --all."),
    ("error.order.not_yours", "这张工单由交付办理。", "This work order is for delivery."),
    ("error.order.done_already", "这张工单已完成。", "This work order is done already."),
    ("error.order.nothing_to_schedule", "请写 --delivery、--service-contact、--training 或 --note。", "Give --delivery, --service-contact, --training or --note."),
    ("error.meeting.not_found", "没有这个会议；用 chuda meeting list 查看。", "There is no such meeting: look with chuda meeting list."),
    ("error.meeting.not_invited", "只有受邀的人能改这个会议。", "Only those who are invited can do that."),
    ("error.meeting.nothing_to_move", "请写 --at 或 --place。", "Give --at or --place."),
    ("error.backcheck.not_found", "没有这次回查；用 chuda backcheck list 查看。", "There is no such back-check: look with chuda backcheck list."),
    ("error.backcheck.not_drawn", "这条记录没有抽中；用 chuda backcheck show 编号 查看。", "That record was not drawn: look with chuda backcheck show ID."),
    ("error.backcheck.unknown_question", "没有这个问题，请从下面选：", "There is no such question; choose one of these:"),
    ("error.backcheck.closed", "这次回查已完成，不能再改。", "This back-check is closed and can't be changed."),
    ("error.backcheck.unanswered", "还有 {missing} 个问题没有回答；用 chuda backcheck show 编号 查看。", "{missing} questions are still to be answered: look with chuda backcheck show ID."),
    ("error.backcheck.conclusion_missing", "请用 --conclusion 写上规则和选项要改什么，不用改就写不用改。", "Say with --conclusion what is to be changed in rules and options, or that nothing is."),
    ("error.proof.claim_elsewhere", "这件证据是另一台设备采集的，请在那台设备上导出。", "This evidence was captured on another device: export it there."),
    ("error.proof.unsigned", "声明还没签名，请稍后再试。", "The claim is not signed yet: try again in a moment."),
    ("error.enrol.already", "这台设备已登记。", "This device is enrolled already."),
    ("error.sync.no_server", "还没有加入服务器，请先用 chuda init --server 地址 --code 登记码。", "There is no server yet: join one with chuda init --server URL --code CODE."),
    ("error.speech.unreadable", "录音里解不出声音。", "No sound could be decoded."),
    ("error.speech.model_missing", "没有语音模型，请运行 scripts/fetch-model，或用 --models 指定文件夹。", "The speech model is missing: run scripts/fetch-model, or name its folder with --models."),
    ("error.speech.model_wrong", "语音模型文件不对，请重新运行 scripts/fetch-model。", "The speech model is not the expected one: run scripts/fetch-model again."),
    ("error.speech.model_failed", "语音模型运行出错，多半是内存不足，请稍后再试。", "The speech model failed, most likely for want of memory: try again later."),
    ("error.speech.cancelled", "已取消听写。", "Transcription was cancelled."),
    ("error.work.cancelled", "已取消。已存的内容都在。", "Cancelled. What was saved is kept."),
    ("error.blob.not_found", "附件文件不在本机。", "The file is not on this device."),
    ("error.blob.damaged", "附件文件已损坏，运行 chuda doctor 查看。", "The file is damaged: run chuda doctor."),
    ("error.record.not_allowed", "没有权限改这条记录，请找负责这个客户的同事。", "You may not change this record: ask the colleague who holds the customer."),
    ("error.record.too_many_changes", "这条记录改得太多了，请另记一条。", "This record was changed too often: make another one."),
    ("error.record.unknown_kind", "这类记录要新版本才认识，请升级。", "This kind of record needs a newer version: update."),
    ("error.status.nothing_refused", "这条记录没有被拒的修改。", "Nothing of this record was refused."),
    ("error.enrol.code_refused", "登记码不对、已用过或已过期，请向管理员要一个新的。", "The code is wrong, used or expired: ask the administrator for a new one."),
    ("error.enrol.device_taken", "这台设备在服务器上已登记给别人，请换一个文件夹重新登记。", "The server knows this device as another person's: enrol with another folder."),
    ("error.server.refused", "服务器没有接受（{problem}），请核对后再试。", "The server refused it ({problem}): check and try again."),
    ("error.server.bad_url", "服务器地址不对，例如 https://chuda.example.com。", "That is no server address, such as https://chuda.example.com."),
    ("error.sync.offline", "连不上服务器。内容都已存在本机，有网络时再同步。", "The server can't be reached. Everything is kept here: sync when there is a network."),
    ("error.sync.try_later", "服务器正忙。内容都已存在本机，请稍后再试。", "The server is busy. Everything is kept here: try again later."),
    ("error.sync.server_failed", "服务器出错。内容都已存在本机，请稍后再试，还不行请告诉管理员。", "The server failed. Everything is kept here: try again later, then tell the administrator."),
    ("error.sync.cancelled", "已停止同步，没传完的下次继续。", "Stopped; the rest goes with the next sync."),
    ("error.sync.not_enrolled", "服务器不认识这台设备，请向管理员要登记码重新登记。", "The server does not know this device: ask the administrator for a code."),
    ("error.sync.refused", "服务器拒绝了这台设备，请找管理员。", "The server refused this device: ask the administrator."),
    ("error.sync.refused_by_server", "服务器没有接受请求。内容都已存在本机，请升级程序或找管理员。", "The server did not accept the request. Everything is kept here: update, or ask the administrator."),
    ("error.sync.update_app", "服务器需要新版本，请升级。内容都已存在本机。", "The server needs a newer version: update. Everything is kept here."),
    ("error.sync.not_understood", "服务器的回答看不懂，请核对地址或升级程序。内容都已存在本机。", "The server's answer is not understood: check its address or update. Everything is kept here."),
    ("error.sync.bad_change", "服务器传来的记录有错，请告诉管理员。本机内容没有受影响。", "The server sent a faulty record: tell the administrator. What is here is unharmed."),
    ("error.sync.page_too_large", "服务器传来的内容太多，请升级程序。", "The server sent too much at once: update this program."),
    ("error.sync.upload_restarts", "附件反复从头上传，请稍后再试。", "The upload kept starting over: try again later."),
    ("error.claim.malformed", "声明读不懂，证据可能被改过。", "The claim can't be read: the evidence may have been changed."),
    ("error.claim.not_canonical", "声明的编码不对，可能被改过。", "The claim is not in its one encoding: it may have been changed."),
    ("error.claim.inconsistent", "声明里的 {field} 自相矛盾。", "The claim contradicts itself: {field}."),
    ("error.claim.other_key", "声明用的是另一把密钥。", "The claim names another key."),
    ("error.key.malformed", "密钥读不懂，请从备份恢复 keys 文件夹。", "The key can't be read: restore the keys folder from a backup."),
    ("error.signature.invalid", "签名不对，证据可能被改过。", "The signature does not fit: the evidence may have been changed."),
    ("error.proof.original_differs", "原件和声明不符，不能导出；运行 chuda doctor 查看。", "The original is not what the claim is about: run chuda doctor."),
    ("error.proof.chain_differs", "证据链不连续，不能导出；运行 chuda doctor 查看。", "The chain of claims is broken: run chuda doctor."),
    ("error.touch.next_unclear", "读不懂下次跟进的时间，例如 2026-12-01、下周三、月底前、三个月后再联系。", "That is no time for the next follow-up, such as 2026-12-01, 下周三, 三个月后."),
    ("error.report.unknown_brief", "没有这个进展选项，请从下面选：", "There is no such brief; choose one of these:"),
    ("error.report.brief_without_touch", "今天没有触达这个客户，没有进展可填。", "That customer was not touched on this day: there is no brief to give."),
    ("error.report.brief_needs_touch", "这个进展还需要技术负责人和答复时间，请用 chuda touch --brief 记在触达里。", "This brief needs a tech owner and a date as well: record it with a touch, by chuda touch --brief."),
    ("error.question.not_found", "没有这个技术问题；用 chuda question list --all 查看。", "There is no such question: look with chuda question list --all."),
    ("error.question.answer_missing", "请写上答复的内容。", "Say what the answer is."),
    ("error.question.already_answered", "这个问题已经答复了。", "This question was answered already."),
    ("error.question.promise_past", "答复时间不能是过去的日子。", "An answer can't be promised for a day that has passed."),
    ("error.demand.not_found", "没有这张需求卡；用 chuda demand list --all 查看。", "There is no such demand: look with chuda demand list --all."),
    ("error.demand.unknown_choice", "没有这个评估结论，请从下面选：", "There is no such assessment; choose one of these:"),
    ("error.demand.reason_missing", "这个结论需要用 --reason 说明原因。", "This assessment needs a reason: give it with --reason."),
    ("error.finding.not_found", "没有这条核对；用 chuda finding list --all 查看。", "There is no such finding: look with chuda finding list --all."),
    ("error.finding.already_resolved", "这条已经核对过了。", "This finding was settled already."),
    ("error.finding.unknown_resolution", "不能这样核对，请从下面选：", "It can't be settled so; choose one of these:"),
    ("error.finding.reason_missing", "请用 --reason 说明原因。", "Say why with --reason."),
    ("error.import.mistakes", "文件里有 {count} 处错误，什么都没有导入，请改好再来：", "There are {count} mistakes in the file; nothing was imported. Correct them and come again:"),
    ("error.import.too_large", "文件太大，请分成几个。", "The file is too large: split it."),
    ("error.import.too_many_rows", "行数太多，最多 {most} 行，请分成几个文件。", "There are too many rows, at most {most}: split the file."),
    ("error.import.too_many_columns", "第 {line} 行的列太多，最多 {most} 列。", "Line {line} has too many columns, at most {most}."),
    ("error.import.cell_too_long", "第 {line} 行有一格太长，最多 {most} 个字。", "A cell of line {line} is too long, at most {most} characters."),
    ("error.import.empty", "文件里什么都没有。", "There is nothing in the file."),
    ("error.import.unreadable", "文件打不开，请另存为 CSV（UTF-8）或 XLSX 再试。", "The file can't be read: save it as CSV (UTF-8) or XLSX."),
    ("error.import.encoding", "认不出文件的编码，请另存为 UTF-8 或 GB18030。", "The file's encoding is not known: save it as UTF-8 or GB18030."),
    ("error.import.column_missing", "找不到这些列：{column}（{column_en}）。", "These columns are missing: {column_en} ({column})."),
    ("error.import.not_allowed", "你的角色不能导入这类文件，请找有权限的同事。", "Your role may not import this: ask somebody who may."),
    // Words of fixed lists.
    ("stage.offered", "投放", "Offered"),
    ("stage.claimed", "认领", "Claimed"),
    ("stage.first_touch", "首次触达", "First touch"),
    ("stage.need_confirmed", "需求确认", "Need confirmed"),
    ("stage.quoted", "方案报价", "Quoted"),
    ("stage.signed", "合同签署", "Signed"),
    ("mode.phone", "电话", "Phone"),
    ("mode.wechat", "微信", "WeChat"),
    ("mode.visit", "面访", "Visit"),
    ("mode.email", "邮件", "E-mail"),
    ("status.draft", "待补证据", "Evidence missing"),
    ("status.recorded", "已记录", "Recorded"),
    ("grade.local_unverified", "本机时间未校验", "Time of this device, not verified"),
    ("grade.server_witnessed", "服务器已见证", "Witnessed by the server"),
    ("state.saved_here", "已存本机", "Saved here"),
    ("state.waiting", "待传", "Waiting"),
    ("state.uploading", "上传", "Uploading"),
    ("state.verified", "服务器已校验", "Verified by the server"),
    ("state.failed", "失败", "Failed"),
    ("state.conflict", "冲突", "Conflict"),
    ("kind.person", "人员", "Person"),
    ("kind.customer", "客户", "Customer"),
    ("kind.contact", "联系人", "Contact"),
    ("kind.lead", "线索", "Lead"),
    ("kind.touch", "触达", "Touch"),
    ("kind.evidence", "证据", "Evidence"),
    ("kind.report", "日报", "Report"),
    ("kind.task", "任务", "Task"),
    ("kind.question", "技术答疑", "Question"),
    ("kind.demand", "需求", "Demand"),
    ("kind.finding", "一致性核对", "Finding"),
    ("kind.blob", "附件", "File"),
    ("asked.claim", "认领", "claim"),
    ("asked.release", "释放", "release"),
    ("asked.assign", "分配", "assignment"),
    ("ask_state.pending", "待确认", "not settled yet"),
    ("ask_state.granted", "已确认", "granted"),
    ("ask_state.refused", "未通过", "refused"),
    ("moved.offered", "投放", "offered"),
    ("moved.claimed", "认领", "claimed"),
    ("moved.assigned", "分配", "assigned"),
    ("moved.released", "释放", "released"),
    ("moved.corrected", "阶段更正", "corrected"),
    ("moved.invalid", "无效", "invalid"),
    ("moved.refused", "申请未通过", "refused"),
    ("step_state.ahead", "未开始", "ahead"),
    ("step_state.waiting", "待办", "waiting"),
    ("step_state.done", "已完成", "done"),
    ("step_state.rejected", "已退回", "turned down"),
    ("step_state.ended", "已结束", "ended"),
    ("comes.yes", "参加", "comes"),
    ("comes.no", "不参加", "does not come"),
    ("comes.open", "未答复", "no answer yet"),
    ("field.author", "销售", "Rep"),
    ("field.action", "动作", "Action"),
    ("field.amount", "金额（元）", "Amount (yuan)"),
    ("field.custom_development", "定制开发", "Custom development"),
    ("field.contact", "联系人", "Contact"),
    ("field.at", "时间", "When"),
    ("field.note", "备注", "Note"),
    ("field.holder", "负责人", "Holder"),
    ("field.stage", "阶段", "Stage"),
    ("field.channel", "来源", "Channel"),
    ("field.reason", "原因", "Reason"),
    ("field.number", "编号", "Number"),
    ("field.model", "设备型号", "Device model"),
    ("field.address", "安装地址", "Installation address"),
    ("field.promised_service", "承诺服务", "Service promised"),
    ("field.needed_service", "所需服务", "Service needed"),
    ("field.status", "状态", "Status"),
    ("field.rejection", "退回原因", "Why turned down"),
    ("field.delivery_on", "交付日期", "Delivery"),
    ("field.service_contact", "服务联系人", "Service contact"),
    ("field.training_on", "首次培训", "First training"),
    ("field.title", "主题", "Title"),
    ("field.minutes", "时长（分钟）", "Minutes"),
    ("field.place", "地点", "Place"),
    ("field.text", "内容", "Text"),
    ("field.owner", "技术负责人", "Tech owner"),
    ("field.promised", "答复期限", "Answer by"),
    ("field.answer", "答复", "Answer"),
    ("field.assessment", "评估", "Assessment"),
    ("field.finding", "核对", "Finding"),
    ("field.left", "左值", "Left"),
    ("field.right", "右值", "Right"),
    ("field.resolution", "处理", "Settled"),
    ("field.contract_number", "合同号", "Contract number"),
    ("field.expected_number", "应为合同号", "Contract number expected"),
    ("field.payer", "付款人", "Payer"),
    ("health.red", "红", "red"),
    ("health.ok", "正常", "ok"),
    ("flag.clock_set_by_hand", "时间为手工设定", "clock set by hand"),
    ("flag.clock_changed", "时间被改动过", "clock was changed"),
    ("flag.mock_location", "模拟定位", "mock location"),
    ("flag.from_gallery", "来自相册", "from the gallery"),
    ("flag.near_duplicate", "疑似重复照片", "looks like an earlier photo"),
    ("flag.recycled", "重复使用的旧照片", "a recycled photo"),
    ("unreadable.empty", "文件是空的", "the file is empty"),
    ("unreadable.unknown_type", "不认识的文件类型", "an unknown kind of file"),
    ("unreadable.truncated", "文件不完整", "the file ends early"),
    ("unreadable.damaged", "文件已损坏", "the file is damaged"),
    ("unreadable.too_large", "文件太大", "the file is too large"),
    ("unreadable.too_many_pixels", "像素太多", "too many pixels"),
    ("unreadable.too_complex", "内容过于复杂", "the content is too complex"),
    ("unreadable.encrypted", "有密码保护", "protected by a password"),
    ("unreadable.no_pages", "没有任何页面", "there is no page in it"),
    ("unreadable.unsupported", "不支持的格式变体", "a variant of the format that is not supported"),
    ("rejection.malformed", "不是有效的修改", "not a valid change"),
    ("rejection.too_large", "内容太大", "too large"),
    ("rejection.missing_dependency", "所依据的修改服务器没有，请再同步一次", "the change it builds on is not on the server; sync once more"),
    ("rejection.depends_on_rejected", "所依据的修改已被拒", "it builds on a change that was refused"),
    ("rejection.reused_sequence", "数据被复制或回退过，请用 chuda redo 重做", "these data were copied or set back; use chuda redo"),
    ("rejection.foreign_actor", "不是本设备做的修改", "not made by this device"),
    ("rejection.unknown_kind", "服务器不认识这类记录，请升级", "a kind of record that the server does not know; update"),
    ("rejection.not_allowed_to_create", "没有新建这类记录的权限", "you may not create such a record"),
    ("rejection.not_allowed", "没有修改这条记录的权限", "you may not change this record"),
    ("rejection.field_locked", "改了不能改的内容，可用 chuda redo 重做其余部分", "it changes what is not to be changed; chuda redo makes the rest again"),
    ("rejection.invalid", "修改后的记录不完整", "the result would not be a valid record"),
    ("slot.customer", "客户", "Customer"),
    ("slot.contact_mode", "方式", "Mode"),
    ("slot.action", "动作", "Action"),
    ("slot.brief", "进展", "Brief"),
    ("slot.amount_cny", "金额（元）", "Amount (yuan)"),
    ("slot.intent", "意向", "Intent"),
    ("slot.tech_owner", "技术负责人", "Tech owner"),
    ("slot.response_within_days", "几天内答复", "Answer within days"),
    ("slot.next_action", "下一步", "Next step"),
    ("slot.next_date", "日期", "Date"),
    ("slot.next_time", "时间", "Time"),
    ("effect.task", "同步后产生待办 {name}", "makes a to-do once synced: {name}"),
    ("effect.category", "同步后归为 {name}", "is filed once synced as: {name}"),
    ("none", "无", "none"),
    ("conflict", "冲突", "Conflict"),
    // Help.
    ("help.usage", "用法：", "Usage:"),
    ("help.commands", "命令", "Commands"),
    ("help.arguments", "参数", "Arguments"),
    ("help.options", "选项", "Options"),
    ("help.everywhere", "通用选项", "Options of every command"),
    ("help.example", "例如：", "Example:"),
    ("help.help", "显示帮助", "Print help"),
    ("help.version", "显示版本", "Print version"),
    // init
    ("init.enrolled", "{name}，这台设备已登记到 {server}。数据在 {dir}", "{name}, this device is enrolled with {server}. The data are in {dir}"),
    ("init.offline", "{name}，可以开始了。数据在 {dir}；以后可用 chuda init --server 加入服务器。", "Ready, {name}. The data are in {dir}; join a server later with chuda init --server."),
    // customer
    ("customer.added", "已新增客户 {name}  {id}", "Entered customer {name}  {id}"),
    ("customer.none", "还没有客户，用 chuda customer add 名称 新增。", "No customers yet: enter one with chuda customer add NAME."),
    ("customer.none_red", "没有红色客户。", "No red customers."),
    ("customer.untouched", "还没触达", "no touch yet"),
    ("customer.id", "编号", "Id"),
    ("customer.stage", "阶段", "Stage"),
    ("customer.holder", "负责人", "Holder"),
    ("customer.since", "自", "Since"),
    ("customer.last", "最近动态", "Last event"),
    ("customer.health", "健康分", "Health"),
    ("customer.intent", "意向等级", "Intent"),
    ("customer.contact", "联系人", "Contact"),
    ("health.touches", "近 {days} 天触达 {count} 次 × {weight} = {points}", "{count} touches in {days} days × {weight} = {points}"),
    ("health.evidence", "有效证据 {count} 件 × {weight} = {points}", "{count} valid pieces of evidence × {weight} = {points}"),
    ("health.overdue", "超过 {hours} 小时未跟进 {count} 天 × {weight} = {points}", "{count} days beyond {hours} h without follow-up × {weight} = {points}"),
    // touch and evidence
    ("touch.prompt", "  提示：{prompt}", "  {prompt}"),
    ("config.sound", "配置没有问题。", "The configuration is sound."),
    ("config.written", "版本 {version} 已写到 {path}，改好后用 chuda config dry-run 试算，再 chuda config publish。", "Version {version} is in {path}: edit it, try it out with chuda config dry-run, then chuda config publish."),
    ("config.published", "已发布，版本 {version} 生效；各手机下次同步后使用。", "Published: version {version} is in force; phones go by it after their next sync."),
    ("config.not_published", "还没有发布；加上 --publish --note 改了什么 就发布。", "Nothing is published; add --publish --note TEXT to do so."),
    ("config.version", "版本 {version}", "Version {version}"),
    ("config.in_force", "现行", "in force"),
    ("config.shipped", "产品自带", "shipped with the product"),
    ("config.formula", "健康分：触达×{touch} + 有效证据×{evidence} − 逾期天数×{overdue}，{days} 天内计分，{hours} 小时内不逾期，低于 {red} 为红", "Health: touches × {touch} + valid evidence × {evidence} − overdue days × {overdue}; {days} days count, {hours} hours of grace, red below {red}"),
    ("config.actions", "动作：{actions}", "Actions: {actions}"),
    ("config.field", "加的一项：{label} ({key}){mark}", "Added field: {label} ({key}){mark}"),
    ("config.required", " · 必填", " · required"),
    ("config.rules", "规则（灵活响应节点 {nodes}/{most}）：", "Rules ({nodes} of {most} response nodes):"),
    ("config.node", "节点", "node"),
    ("config.off", "已关闭", "off"),
    ("config.tried", "用 {records} 条过去的记录试算：新增 {added}，不再 {removed}，改变 {changed}；转红 {red}，转正常 {green}；被拒的触达 {refused}", "Tried out with {records} past records: {added} new, {removed} no longer, {changed} otherwise; {red} turn red, {green} turn ok; {refused} touches refused"),
    ("config.added", "会新触发：", "Would be new:"),
    ("config.removed", "不再触发：", "Would no longer be:"),
    ("config.changed", "结果会变：", "Would be otherwise:"),
    ("config.health", "健康会变：", "Health:"),
    ("config.turns_red", "转红", "turns red"),
    ("config.turns_green", "转正常", "turns ok"),
    ("config.refused", "会被拒的触达（缺的一项）：", "Touches that would be refused (the field they lack):"),
    ("config.more", "  ……还有 {count} 条", "  … and {count} more"),
    ("role.rep", "销售代表", "Sales rep"),
    ("role.supervisor", "销售主管", "Supervisor"),
    ("role.director", "销售总监", "Sales director"),
    ("role.presales", "售前", "Pre-sales"),
    ("role.finance", "财务专员", "Finance"),
    ("role.delivery", "交付经理", "Delivery manager"),
    ("role.delivery_director", "交付总监", "Delivery director"),
    ("role.customer_success", "客户成功经理", "Customer success manager"),
    ("role.product", "产品经理", "Product manager"),
    ("role.tech", "技术负责人", "Tech owner"),
    ("role.legal", "法务", "Legal"),
    ("role.admin", "管理员", "Admin"),
    ("role.auditor", "审计", "Auditor"),
    ("touch.saved", "已存本机：{customer} · {status}  {id}", "Saved here: {customer} · {status}  {id}"),
    ("touch.triggered", "  规则 {rule}：{effect}", "  Rule {rule}: {effect}"),
    ("evidence.line", "  证据 {mime} {size} · {words}  {id}", "  Evidence {mime} {size} · {words}  {id}"),
    ("evidence.why", "打不开：{reason}", "does not open: {reason}"),
    ("evidence.valid", "✓ 证据 {count}", "✓ evidence {count}"),
    ("evidence.not_valid", "证据不计分", "evidence does not count"),
    ("evidence.unreadable", "{count} 件打不开", "{count} do not open"),
    ("evidence.kept", "证据已存，没有丢：{id}", "The evidence is kept: {id}"),
    // voice
    ("voice.working", "听写中", "Transcribing"),
    ("voice.silence", "录音里没有听到话。录音已存。", "Nothing was said in the recording. It is kept."),
    ("voice.doubtful", "？请核对", "? check"),
    ("voice.candidates", "可能是这几个客户，请选一个：", "It may be one of these customers:"),
    ("voice.kept", "录音已存，之后可用 chuda voice {id} 继续。", "The recording is kept; go on later with chuda voice {id}."),
    // home and report
    ("home.report", "今日日报", "Today's report"),
    ("home.report_open", "还没提交", "not filed yet"),
    ("home.report_filed", "已提交 {at}", "filed {at}"),
    ("home.report_can_update", "提交后又有新的触达，运行 chuda report 更新", "new touches since it was filed: run chuda report to update it"),
    ("home.missing", "  差 {count} 条，仍可提交：chuda report --reason 原因", "  Short of three by {count}, can be filed all the same: chuda report --reason REASON"),
    ("home.no_suggestion", "  明日关键动作：请用 --tomorrow 填写", "  Key action for tomorrow: give it with --tomorrow"),
    ("home.drafts", "待补证据", "Evidence missing"),
    ("home.tasks", "任务", "Tasks"),
    ("home.red", "红色客户", "Red customers"),
    ("report.filed", "{day} 日报已提交：{count} 条触达{marks}", "Report of {day} filed: {count} touches{marks}"),
    ("report.short", " · 不足三条（{reason}）", " · short ({reason})"),
    ("report.late", " · 补报", " · filed late"),
    ("report.tomorrow", "  明日关键动作：{tomorrow}", "  Key action for tomorrow: {tomorrow}"),
    // task
    ("task.none", "没有未办任务。", "No open tasks."),
    ("task.notices", "通知", "Notices"),
    ("task.done", "已办：{title}", "Done: {title}"),
    ("task.due", "{due} 前", "due {due}"),
    ("task.uploading", "（附件上传中）", " (attachment on its way)"),
    // figures
    ("figures.density", "触达密度", "Touch density"),
    ("figures.trend", "{sum}　近 8 周：{trend}", "{sum}, last 8 weeks: {trend}"),
    ("figures.conversion", "有效线索转化率", "Conversion"),
    ("figures.low", "　连续 {weeks} 周偏低", ", too low for {weeks} weeks in running"),
    ("figures.non_standard", "非标动作", "Non-standard actions"),
    ("figures.opened", "资料打开", "Material opened"),
    ("figures.tally", "按时 {met} · 等待 {open} · 未按时 {missed}", "in time {met} · waiting {open} · not in time {missed}"),
    // lead, quote, contract, order, meeting
    ("lead.added", "已投放线索 {customer}", "Put into the pool: {customer}"),
    ("lead.none", "没有线索。", "No leads."),
    ("lead.nobody", "无人认领", "nobody"),
    ("lead.asked", "已申请，同步后由服务器确认：{customer}", "Asked for; the server settles it with the next sync: {customer}"),
    ("lead.corrected", "阶段已更正：{customer}", "Stage corrected: {customer}"),
    ("lead.invalidated", "已标记为无效：{customer}", "Marked as none: {customer}"),
    ("quote.none", "没有报价。", "No quotes."),
    ("quote.unfiled", "未送审（没有 PDF）", "not up for approval (no PDF)"),
    ("quote.open", "待审批", "to be approved"),
    ("contract.none", "没有合同。", "No contracts."),
    ("contract.signed", "已签署 {number}，同步后生效。", "Signed {number}; it counts once synced."),
    ("order.none", "没有工单。", "No work orders."),
    ("meeting.none", "没有会议。", "No meetings."),
    ("meeting.written", "邀请已写到 {path}，可用任何日历打开。", "The invitation is in {path}; any calendar opens it."),
    // backcheck
    ("backcheck.none", "没有回查。", "No back-checks."),
    ("backcheck.period", "{from} 至 {to}", "{from} to {to}"),
    ("backcheck.open", "待查看", "to be looked at"),
    ("backcheck.closed_at", "已完成 {at}", "closed {at}"),
    ("backcheck.title", "{name} 团队双周回查 {from} 至 {to}：从 {population} 条中抽中 {drawn} 条，{state}", "Back-check of {name}'s team, {from} to {to}: {drawn} of {population} records drawn, {state}"),
    ("backcheck.conclusion", "结论：{conclusion}", "Conclusion: {conclusion}"),
    ("backcheck.not_here_yet", "这条记录还没同步到本机  {id}", "this record has not arrived here yet  {id}"),
    ("backcheck.unanswered", "待回答", "to be answered"),
    ("backcheck.closed", "回查已完成，{findings} 项发现交给规则和选项。", "Closed; findings about rules and options: {findings}."),
    ("backcheck.seed", "种子 {seed}", "Seed {seed}"),
    ("backcheck.candidates", "候选 {count} 条，摘要 {digest}（{verdict}）", "{count} candidates, digest {digest} ({verdict})"),
    ("backcheck.draw", "抽样（{verdict}）：", "Draw ({verdict}):"),
    ("backcheck.agrees", "与记录一致", "as recorded"),
    ("backcheck.differs", "与记录不一致", "not as recorded"),
    ("backcheck.not_listed", "候选太多，记录里没有保留名单；以上用的是本机的触达。", "There were too many candidates to be kept: these are the touches on this device."),
    ("backcheck.not_here", "候选中有 {count} 条不在本机。", "Candidates that are not on this device: {count}."),
    ("backcheck.foreign", "候选中有 {count} 条从本机看不属于该团队和时段。", "Candidates that, as seen from here, do not belong to team and period: {count}."),
    ("backcheck.late", "该团队和时段另有 {count} 条触达在抽样后才到。", "Touches of team and period that arrived after the draw: {count}."),
    ("backcheck.how", "任何人都可核对：对每条候选算 SHA-256（种子/编号），从小到大取前几条；摘要是全部编号排序后每行一个的 SHA-256。", "Anyone can check: the SHA-256 of seed/id for every candidate, the smallest first; the digest is the SHA-256 of all ids, sorted, one a line."),
    ("answer.yes", "是", "yes"),
    ("answer.no", "否", "no"),
    ("answer.unclear", "不确定", "unclear"),
    ("found.ok", "✓ 正常", "✓ ok"),
    ("found.problem", "⚠", "⚠"),
    ("found.pending", "… 待定", "… pending"),
    ("found.uploading", "… 附件上传中", "… on its way"),
    ("found.not_applicable", "不适用", "not applicable"),
    ("machine.quote_pdf", "PDF 是报价单", "The PDF is a quote"),
    ("machine.clock", "时间未被改动", "Clock untouched"),
    ("machine.location", "定位真实", "Place not mocked"),
    ("machine.bytes", "原件已到服务器且与声明一致", "Bytes are on the server, as claimed"),
    ("machine.opens", "证据能打开", "The evidence opens"),
    ("machine.picture", "图片可读", "The picture can be read"),
    ("machine.speech", "录音里有话", "The recording has speech"),
    ("machine.original", "未重复使用", "Not used before"),
    ("machine.tech_answer", "技术负责人已答复", "The tech owner answered"),
    ("problem.hash_differs", "原件与声明不一致", "other bytes than claimed"),
    ("problem.another_kind", "文件类型与记录不符", "another kind of file than recorded"),
    ("problem.catalogue", "只是产品资料，没有报价内容", "only a catalogue, nothing of a quote"),
    ("problem.no_text", "扫描件，没有可读文字，请人看", "a scan without text: somebody has to look"),
    ("problem.unreadable", "打不开", "does not open"),
    ("problem.no_speech", "没有听到话", "nothing is said"),
    ("problem.unanswered", "过了答复时间还没答复", "not answered by the promised day"),
    ("problem.overdue", "到期未办", "not done in time"),
    ("problem.not_triggered", "规则应触发而没有触发", "the rule holds but was not carried out"),
    // question, demand, finding, event, brief, import
    ("answers.none", "没有。", "None."),
    ("answers.customer", "客户", "Customer"),
    ("answers.author", "销售", "Rep"),
    ("question.owner", "技术负责人", "Tech owner"),
    ("question.owner_unknown", "（未在通讯录）", " (not in the people list)"),
    ("question.text", "问题", "Question"),
    ("question.promised", "答复时间", "Promised for"),
    ("question.overdue", "（已超时）", " (overdue)"),
    ("question.answer", "答复", "Answer"),
    ("demand.text", "需求", "Demand"),
    ("demand.status", "状态", "State"),
    ("demand.assessment", "评估", "Assessment"),
    ("finding.kind", "核对", "Finding"),
    ("finding.left", "左值", "Left"),
    ("finding.right", "右值", "Right"),
    ("finding.because", "依据", "Because"),
    ("finding.resolution", "结论", "Settled"),
    ("event.none", "外部系统还没有记录。", "No outside system has seen anything."),
    ("feedback.noted", "已记录：{customer} 已反馈。", "Noted: {customer} answered."),
    ("brief.none", "还没有触达，没有进展。", "No touches yet, so no briefs."),
    ("brief.filed", "已提交", "filed"),
    ("brief.suggested", "待提交", "to be filed"),
    ("customer.briefs", "进展简报", "Progress briefs"),
    ("import.done", "{rows} 行：新增 {created}，补充 {changed}，没有变化 {unchanged}", "{rows} rows: {created} new, {changed} filled in, {unchanged} as before"),
    ("import.would", "{rows} 行（未导入）：将新增 {created}，补充 {changed}，没有变化 {unchanged}", "{rows} rows (not imported): {created} would be new, {changed} filled in, {unchanged} as before"),
    ("import.mismatch", "  付款单 {slip}：合同号 {left} ≠ {right}", "  Slip {slip}: contract number {left} ≠ {right}"),
    // sync and status
    ("sync.working", "同步中", "Syncing"),
    ("sync.offline_phone", "未加入服务器，内容都存在本机", "no server yet, everything is saved here"),
    ("sync.all_done", "全部已同步", "all synced"),
    ("sync.records_waiting", "{count} 条待传", "{count} waiting"),
    ("sync.blobs_waiting", "{count} 件附件 {percent} %（余 {size}）", "{count} files {percent} % ({size} left)"),
    ("sync.attention", "{count} 条需处理", "{count} need attention"),
    ("sync.done", "上行 {pushed}，下行 {pulled}，附件已传 {sent}、未传 {left}，共 {bytes}", "Sent {pushed}, received {pulled}, files sent {sent}, left {left}, {bytes} in all"),
    ("sync.rejected", "服务器没有接受 {count} 条，可用 chuda redo 编号 重做：", "The server did not accept {count}; make them again with chuda redo ID:"),
    ("sync.last", "上次同步 {at}", "Last sync {at}"),
    ("redo.done", "已在接受的状态上重做，下次同步再传。", "Made again on top of the accepted state; the next sync sends it."),
    // proof and doctor
    ("proof.written", "证明包已写到 {path}；任何人都能用 chuda verify 离线核对。", "The proof bundle is in {path}; anyone can check it offline with chuda verify."),
    ("proof.valid", "有效：原件、声明和签名相符。", "Valid: original, claim and signature agree."),
    ("error.audit.empty", "这段时间没有审计记录。", "There are no audit entries in that time."),
    ("error.audit.too_large", "审计导出太大：请用 --from 和 --to 分段导出。", "The audit export is too large: use --from and --to."),
    ("audit.valid", "有效：审计日志连续、未被改动，签名相符。", "Valid: the audit log is unbroken and unchanged, and its signature agrees."),
    ("proof.invalid", "无效：下面打 ✗ 的不相符。", "Not valid: what is marked ✗ does not agree."),
    ("doctor.private", "密钥文件只有本人能读", "only the owner can read the key files"),
    ("doctor.open", "别人也能读密钥文件，请运行 chmod 600", "others can read the key files: run chmod 600 on them"),
    ("check.permissions", "密钥文件权限", "Permissions of the key files"),
    ("check.database", "数据库", "Database"),
    ("check.chain", "证据链", "Evidence chain"),
    ("check.signatures", "签名", "Signatures"),
    ("check.blobs", "附件文件", "Files"),
    ("check.projections", "列表与记录一致", "Lists agree with records"),
    ("check.model", "语音模型", "Speech model"),
    ("check.version", "版本", "Version"),
    ("check.container", "压缩包", "Archive"),
    ("check.claim", "声明", "Claim"),
    ("check.claim_json", "声明的可读写法", "Readable form of the claim"),
    ("check.original", "原件", "Original"),
    ("check.checkpoint", "签署的检查点", "Signed checkpoint"),
    ("check.public_key", "公钥", "Public key"),
    ("check.signature", "签名", "Signature"),
    ("check.entries", "日志条目", "Log entries"),
    ("check.changes", "原始改动", "Raw changes"),
    ("check.people", "人员", "People"),
    ("check.readme", "说明", "Readme"),
    ("check.checksums", "校验和清单", "List of checksums"),
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ZH: Text = Text(Lang::Zh);
    const EN: Text = Text(Lang::En);

    fn lang(words: &[&str], variables: &[(&str, &str)]) -> Lang {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Lang::of(&words, |name| variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_option_decides_then_the_locale_then_chinese() {
        assert_eq!(lang(&["chuda", "--lang", "en"], &[("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(lang(&["chuda", "home", "--lang=zh"], &[("LANG", "en_US.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[("LC_ALL", ""), ("LC_MESSAGES", "en_GB"), ("LANG", "zh_CN")]), Lang::En);
        assert_eq!(lang(&["chuda"], &[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_US")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[("LANG", "C.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[]), Lang::Zh);
    }

    #[test]
    fn both_languages_name_the_same_values() {
        let names = |text: &str| -> std::collections::BTreeSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        for (key, zh, en) in TABLE {
            assert_eq!(names(zh), names(en), "{key}");
            assert!(!zh.is_empty() && !en.is_empty(), "{key}");
            assert_eq!(TABLE.iter().filter(|(name, ..)| name == key).count(), 1, "{key} is there twice");
        }
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(ZH.say("sync.records_waiting", &[("count", &3)]), "3 条待传");
        assert_eq!(EN.line("sync.records_waiting", &[("count", &3)]), "3 waiting\n");
    }

    #[test]
    fn an_unknown_error_still_says_what_to_do() {
        let said = EN.error(&Error::internal("sync.strange", "detail"));
        assert!(said.contains("sync.strange") && said.contains("report"), "{said}");
    }

    /// Sources with what follows `#[cfg(test)]` left out.
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path.file_stem().is_none_or(|stem| stem != "tests")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned());
            }
        }
    }

    /// The string literals directly behind `opening`, such as `invalid("touch.evidence_missing"`.
    fn literals_behind<'a>(source: &'a str, opening: &str) -> Vec<&'a str> {
        let behind = source.split(opening).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
        behind.map(|(literal, _)| literal).collect()
    }

    #[test]
    fn every_error_that_a_person_can_meet_has_a_text() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src"), &mut files);
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let kinds = ["Invalid", "NotFound", "NotAllowed", "Offline", "Server", "Storage", "Model", "Cancelled"];
        let mut missing = std::collections::BTreeSet::new();
        for source in &files {
            let mut keys = literals_behind(source, "invalid(");
            keys.extend(literals_behind(source, "not_found("));
            for kind in kinds {
                keys.extend(literals_behind(source, &format!("ErrorKind::{kind},")));
            }
            let dotted = |key: &&&str| key.contains('.') && !key.contains(' ');
            missing.extend(
                keys.iter().filter(dotted).filter(|key| ZH.find(&format!("error.{key}")).is_none()).map(|key| (*key).to_owned()),
            );
        }
        assert!(missing.is_empty(), "no text for {missing:?}");
    }

    #[test]
    fn every_text_that_is_asked_for_is_there_and_every_text_is_asked_for() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let code = files.iter().map(|source| source.split("const TABLE").next().unwrap()).collect::<String>();
        for opening in ["text.get(", "text.say(", "text.line("] {
            for key in literals_behind(&code, opening) {
                assert!(TABLE.iter().any(|(name, ..)| *name == key), "no text for {key}");
            }
        }
        let lists: Vec<&str> = literals_behind(&code, "label(");
        for (key, ..) in TABLE {
            let in_list =
                key.split_once('.').is_some_and(|(list, _)| lists.contains(&list) || matches!(list, "error" | "effect" | "fault"));
            assert!(in_list || code.contains(&format!("\"{key}\"")), "nobody says {key}");
        }
    }
}

//! Help in the person's language: the Chinese texts, and one example per command.

use clap::{Arg, ArgAction, Command};

use crate::text::{Lang, Text};

/// Command, what it does, an example.
const COMMANDS: &[(&str, &str, &str)] = &[
    ("chuda", "终端里的手机：语音记拜访、拍照存证、一键日报，没有网络也能用", "chuda home"),
    ("chuda init", "建立本机数据并登记设备", "chuda init --server https://chuda.example.com --code 7K3F-9Q2M"),
    ("chuda customer", "客户：新增、列表、查看、记信息", "chuda customer list"),
    ("chuda customer add", "新增客户", "chuda customer add 杭州智联科技 --short 智联 --contact 王总"),
    ("chuda customer list", "全部客户，最红的在前", "chuda customer list"),
    ("chuda customer show", "一个客户和它的触达", "chuda customer show 智联"),
    (
        "chuda customer set",
        "记下客户的已知信息，合同和工单自动带出",
        "chuda customer set 智联 --address 杭州市滨江区 --model ZL-200",
    ),
    ("chuda lead", "线索：投放、列表、查看、认领、释放、分配、更正", "chuda lead list --pool"),
    ("chuda lead add", "投放一条线索，谁先认领归谁", "chuda lead add 杭州智联科技 --channel 展会"),
    ("chuda lead list", "自己的线索，最近变动的在前", "chuda lead list --team"),
    ("chuda lead show", "一条线索和它的每次变动", "chuda lead show 智联"),
    ("chuda lead claim", "认领无人负责的线索", "chuda lead claim 智联"),
    ("chuda lead release", "把线索退回投放", "chuda lead release 智联 --reason 行业不熟"),
    ("chuda lead assign", "上级把线索分配给某人", "chuda lead assign 智联 --to 王芳"),
    ("chuda lead stage", "人工更正阶段", "chuda lead stage 智联 需求确认 --reason 报价作废"),
    ("chuda lead invalid", "标记线索无效", "chuda lead invalid 智联 --reason 空号"),
    ("chuda quote", "报价：列表、批准、驳回", "chuda quote list"),
    ("chuda quote list", "报价和审批结果，最近的在前", "chuda quote list"),
    ("chuda quote approve", "批准报价", "chuda quote approve 0199c0de-0000-7000-8000-000000000000"),
    ("chuda quote reject", "驳回报价", "chuda quote reject 0199c0de-0000-7000-8000-000000000000 --reason 折扣太大"),
    ("chuda contract", "合同：列表、查看、补全、签署", "chuda contract list"),
    ("chuda contract list", "流程中的合同，最近的在前", "chuda contract list --all"),
    ("chuda contract show", "一份合同的正文和步骤", "chuda contract show HT20261124-AB12CD"),
    ("chuda contract set", "补全合同信息，审核前有效", "chuda contract set HT20261124-AB12CD --service 现场培训"),
    ("chuda contract sign", "法务审核和用印之后，用本机密钥电子签", "chuda contract sign HT20261124-AB12CD"),
    ("chuda order", "工单：列表、查看、排期、接单、完成", "chuda order list"),
    ("chuda order list", "未完成的工单，最近的在前", "chuda order list"),
    ("chuda order show", "一张工单", "chuda order show 0199c0de-0000-7000-8000-000000000000"),
    (
        "chuda order schedule",
        "填交付日期、服务联系人和首次培训",
        "chuda order schedule 0199c0de-0000-7000-8000-000000000000 --delivery 2026-12-01 --service-contact 刘工 --training 2026-12-03",
    ),
    ("chuda order need", "记下所需的服务", "chuda order need 0199c0de-0000-7000-8000-000000000000 现场培训"),
    ("chuda order take", "接单", "chuda order take 0199c0de-0000-7000-8000-000000000000"),
    ("chuda order done", "已交付", "chuda order done 0199c0de-0000-7000-8000-000000000000"),
    ("chuda meeting", "会议：列表、查看、改期、答复", "chuda meeting list"),
    ("chuda meeting list", "会议，最近的在前", "chuda meeting list"),
    ("chuda meeting show", "一个会议，和给日历的邀请", "chuda meeting show 0199c0de-0000-7000-8000-000000000000 --ics kickoff.ics"),
    ("chuda meeting move", "改时间或地点", "chuda meeting move 0199c0de-0000-7000-8000-000000000000 --at 2026-12-02T14:00"),
    ("chuda meeting answer", "答复是否参加", "chuda meeting answer 0199c0de-0000-7000-8000-000000000000 yes"),
    ("chuda touch", "记一条触达", "chuda touch --customer 智联 --mode 面访 --action 报价 --amount 286000 --evidence quote.pdf"),
    ("chuda photo", "把照片或文件存为证据", "chuda photo site.jpg"),
    ("chuda voice", "录音变成草稿，草稿变成触达", "chuda voice visit.m4a --consent self --save"),
    ("chuda home", "工作台首页的全部内容", "chuda home"),
    ("chuda report", "一键提交日报", "chuda report --tomorrow 给智联送方案"),
    ("chuda task", "任务和待办：列表、办理", "chuda task list"),
    ("chuda task list", "未办任务，最急的在前，以及通知", "chuda task list"),
    ("chuda task done", "办理任务，或勾掉通知", "chuda task done 0199c0de-0000-7000-8000-000000000000 --choice 批准"),
    ("chuda figures", "一周的数字和基线：线索、触达、反馈、密度、转化率", "chuda figures --week 2026-W47"),
    ("chuda backcheck", "双周回查：列表、查看、回答、完成、重算抽样", "chuda backcheck list"),
    ("chuda backcheck list", "自己的和下级主管的回查，最近的在前", "chuda backcheck list"),
    (
        "chuda backcheck show",
        "一次回查：每条抽中的记录、证据，以及每个问题旁机器已查的结果",
        "chuda backcheck show 0199c0de-0000-7000-8000-000000000000",
    ),
    (
        "chuda backcheck answer",
        "回答一条记录的一个问题",
        "chuda backcheck answer 0199c0de-0000-7000-8000-000000000000 3 evidence no --note 只有产品手册",
    ),
    (
        "chuda backcheck close",
        "全部回答后完成回查；“否”和“不确定”成为对规则和选项的发现",
        "chuda backcheck close 0199c0de-0000-7000-8000-000000000000 --conclusion 演示拆分为两个选项",
    ),
    (
        "chuda backcheck recompute",
        "用种子和候选记录重做抽样并比较",
        "chuda backcheck recompute 0199c0de-0000-7000-8000-000000000000",
    ),
    ("chuda question", "技术答疑：列表、查看、答复、改答复时间、接手", "chuda question list"),
    ("chuda question list", "待答复的技术问题，最近的在前", "chuda question list --all"),
    ("chuda question show", "一个技术问题", "chuda question show 0199c0de-0000-7000-8000-000000000000"),
    ("chuda question answer", "答复技术问题", "chuda question answer 0199c0de-0000-7000-8000-000000000000 支持Modbus"),
    ("chuda question promise", "改答复时间", "chuda question promise 0199c0de-0000-7000-8000-000000000000 --by 2026-12-01"),
    ("chuda question take", "接手一个等某个角色答复的问题", "chuda question take 0199c0de-0000-7000-8000-000000000000"),
    ("chuda demand", "需求池：列表、查看、评估", "chuda demand list"),
    ("chuda demand list", "待评估的需求，最近的在前", "chuda demand list --all"),
    ("chuda demand show", "一张需求卡", "chuda demand show 0199c0de-0000-7000-8000-000000000000"),
    ("chuda demand assess", "评估需求", "chuda demand assess 0199c0de-0000-7000-8000-000000000000 --choice 纳入规划"),
    ("chuda finding", "一致性核对：列表、查看、核对", "chuda finding list"),
    ("chuda finding list", "未核对的，最近的在前", "chuda finding list --all"),
    ("chuda finding show", "一条核对，两个值并排", "chuda finding show 0199c0de-0000-7000-8000-000000000000"),
    (
        "chuda finding resolve",
        "核对并说明原因",
        "chuda finding resolve 0199c0de-0000-7000-8000-000000000000 --resolution 以左值为准 --reason 客户口头改过",
    ),
    ("chuda event", "外部系统看到的：邮件、附件、电话", "chuda event list"),
    ("chuda event list", "最近的在前", "chuda event list --customer 智联"),
    ("chuda feedback", "记录客户已反馈", "chuda feedback 0199c0de-0000-7000-8000-000000000000"),
    ("chuda brief", "客户进展简报：当天的，或一个客户逐日的", "chuda brief 智联"),
    ("chuda import", "让服务器导入客户、线索或付款单", "chuda import customers customers.xlsx --dry-run"),
    ("chuda config", "选项、表单、规则、公式和目标：查看、试算、发布", "chuda config show"),
    ("chuda config show", "本机依据的配置，或较早的一版", "chuda config show --out config.json"),
    ("chuda config versions", "所有版本，最新的在前", "chuda config versions"),
    ("chuda config check", "检查配置文件，不需要网络", "chuda config check config.json"),
    ("chuda config dry-run", "用过去的记录试算：和现行配置相比会有什么不同", "chuda config dry-run config.json --days 30"),
    ("chuda config publish", "发布配置文件，对所有人生效", "chuda config publish config.json --note 演示细分"),
    ("chuda config option", "选项：新增、停用、拆分", "chuda config option retire short_reasons leave"),
    (
        "chuda config option add",
        "新增一个选项",
        "chuda config option add actions site_survey --zh 现场勘测 --publish --note 新增现场勘测",
    ),
    ("chuda config option retire", "不再提供一个选项，已有记录保留", "chuda config option retire short_reasons leave"),
    (
        "chuda config option split",
        "用更细的选项替代一个；已有记录保留，原有规则继续适用",
        "chuda config option split actions demo --into on_site=客户现场操作设备 remote=远程共享屏幕完成全流程 --prompt 请上传操作界面截图",
    ),
    ("chuda config rule", "规则：新增、关闭、打开、删除", "chuda config rule off quote-silence"),
    ("chuda config rule add", "新增一条规则", "chuda config rule add rule.json --publish --note 演示后一天回访"),
    ("chuda config rule off", "关闭一条规则", "chuda config rule off quote-silence"),
    ("chuda config rule on", "重新打开一条规则", "chuda config rule on quote-silence"),
    ("chuda config rule remove", "删除一条规则", "chuda config rule remove quote-silence"),
    ("chuda config form", "表单的字段：新增", "chuda config form add competitor --holds text --zh 竞品"),
    ("chuda config form add", "记触达时多填一项", "chuda config form add competitor --holds text --zh 竞品 --required"),
    ("chuda config formula", "修改健康分公式里的数", "chuda config formula --per-touch 3 --red-below 18"),
    ("chuda sync", "和服务器交换记录，再传文件", "chuda sync --watch"),
    ("chuda status", "每一项传到了哪里", "chuda status"),
    ("chuda redo", "在已接受的状态上重做被拒的修改", "chuda redo 0199c0de-0000-7000-8000-000000000000"),
    ("chuda export", "导出别人可以核对的材料", "chuda export proof 0199c0de-0000-7000-8000-000000000000 --out proof.zip"),
    (
        "chuda export proof",
        "导出一件证据的原件、声明、签名和链，任何人可离线核对",
        "chuda export proof 0199c0de-0000-7000-8000-000000000000 --out proof.zip",
    ),
    ("chuda verify", "离线核对证明包或服务器的审计包，不需要本机数据", "chuda verify proof.zip"),
    ("chuda doctor", "检查数据、密钥文件、证据链、语音模型和磁盘", "chuda doctor"),
];

/// Argument of a command, what it is. Those that every command takes stand under `chuda`.
const ARGUMENTS: &[(&str, &str)] = &[
    ("chuda dir", "本机数据的文件夹 [默认：系统的数据文件夹]"),
    ("chuda json", "标准输出只有一个 JSON 对象"),
    ("chuda lang", "文字的语言 [默认：跟随系统]"),
    ("chuda models", "语音模型的文件夹 [默认：scripts/fetch-model 存放的地方]"),
    ("chuda init server", "服务器地址"),
    ("chuda init code", "管理员给的一次性登记码"),
    ("chuda init offline", "不用服务器；以后可用 --server 加入"),
    ("chuda init person", "你的姓名"),
    ("chuda customer add name", "全名"),
    ("chuda customer add short", "平时叫的简称"),
    ("chuda customer add contact", "客户方的联系人"),
    ("chuda customer add phone", "联系人的电话"),
    ("chuda customer list red", "只看红色客户"),
    ("chuda customer show customer", "编号、全名或简称"),
    ("chuda customer set customer", "编号、全名或简称"),
    ("chuda customer set name", "新的全名"),
    ("chuda customer set short", "平时叫的简称"),
    ("chuda customer set address", "安装地址，合同和工单从这里带出"),
    ("chuda customer set model", "设备型号"),
    ("chuda customer set intent", "意向等级"),
    ("chuda customer set contact", "表单默认填的联系人，没有就新增"),
    ("chuda customer set phone", "联系人的电话"),
    ("chuda customer set position", "联系人的职务"),
    ("chuda customer set contact_role", "联系人的角色：决策人 (decision_maker)、IT (it)、法务 (legal)、最终使用人 (end_user)……"),
    ("chuda customer set closed", "不再是客户：不计健康分和触达密度"),
    ("chuda lead add name", "可能成为客户的全名"),
    ("chuda lead add short", "平时叫的简称"),
    ("chuda lead add contact", "客户方的联系人"),
    ("chuda lead add phone", "联系人的电话"),
    ("chuda lead add address", "安装地址"),
    ("chuda lead add model", "设备型号"),
    ("chuda lead add channel", "来源，如某次活动"),
    ("chuda lead list pool", "无人认领的"),
    ("chuda lead list team", "别人负责、你能看到的"),
    ("chuda lead show lead", "线索编号，或客户的编号、全名、简称"),
    ("chuda lead claim lead", "线索编号，或客户的编号、全名、简称"),
    ("chuda lead release lead", "线索编号，或客户的编号、全名、简称"),
    ("chuda lead release reason", "原因"),
    ("chuda lead assign lead", "线索编号，或客户的编号、全名、简称"),
    ("chuda lead assign to", "给谁：同事的姓名或编号"),
    ("chuda lead stage lead", "线索编号，或客户的编号、全名、简称"),
    (
        "chuda lead stage stage",
        "认领 (claimed)、首次触达 (first_touch)、需求确认 (need_confirmed)、方案报价 (quoted)、合同签署 (signed)",
    ),
    ("chuda lead stage reason", "原因"),
    ("chuda lead invalid lead", "线索编号，或客户的编号、全名、简称"),
    ("chuda lead invalid reason", "原因"),
    ("chuda quote approve quote", "报价，或审批它的待办"),
    ("chuda quote reject quote", "报价，或审批它的待办"),
    ("chuda quote reject reason", "原因"),
    ("chuda contract list all", "也列已结束的"),
    ("chuda contract show contract", "编号或合同号"),
    ("chuda contract set contract", "编号或合同号"),
    ("chuda contract set number", "新的合同号"),
    ("chuda contract set model", "设备型号"),
    ("chuda contract set address", "安装地址"),
    ("chuda contract set contact", "客户方的联系人，没有就新增"),
    ("chuda contract set service", "承诺的服务：标准安装 (standard)、现场培训 (on_site_training)、远程支持 (remote_support)……"),
    ("chuda contract set custom_development", "是否含定制开发"),
    ("chuda contract sign contract", "编号或合同号"),
    ("chuda order list all", "也列已完成的"),
    ("chuda order show order", "哪张工单"),
    ("chuda order schedule order", "哪张工单"),
    ("chuda order schedule delivery", "交付日期"),
    ("chuda order schedule service_contact", "之后客户找谁"),
    ("chuda order schedule training", "首次培训日期"),
    ("chuda order schedule note", "备注"),
    ("chuda order need order", "哪张工单"),
    (
        "chuda order need service",
        "标准安装 (standard)、现场培训 (on_site_training)、远程支持 (remote_support)、定制集成 (custom_integration)……",
    ),
    ("chuda order take order", "哪张工单"),
    ("chuda order done order", "哪张工单"),
    ("chuda meeting show meeting", "哪个会议"),
    ("chuda meeting show ics", "把 iCalendar 邀请写到这个文件"),
    ("chuda meeting move meeting", "哪个会议"),
    ("chuda meeting move at", "时间：2026-12-02T14:00（中国时间），或带时区的 RFC 3339"),
    ("chuda meeting move place", "地点"),
    ("chuda meeting answer meeting", "哪个会议"),
    ("chuda meeting answer answer", "是否参加"),
    ("chuda touch customer", "客户：编号、全名或简称"),
    ("chuda touch mode", "方式：电话 (phone)、微信 (wechat)、面访 (visit)、邮件 (email)"),
    ("chuda touch action", "动作：发送资料 (send_material)、预约演示 (book_demo)、演示 (demo)、报价 (quote)、签约 (sign)……"),
    ("chuda touch evidence", "证明它的照片、文件或录音；可以多次"),
    ("chuda touch brief", "客户进展简报：已演示产品 (demo_done)、待提供POC环境 (poc_needed)、需协调技术答疑 (tech_needed)……"),
    ("chuda touch tech_owner", "谁来答复技术问题"),
    ("chuda touch response_by", "期望答复的日期"),
    ("chuda touch amount", "金额，元"),
    ("chuda touch custom_development", "约定了定制开发"),
    ("chuda touch intent", "意向等级"),
    ("chuda touch feedback", "客户已反馈"),
    ("chuda touch contact", "触达了客户方的谁"),
    ("chuda touch contact_role", "这个人对成交的作用：决策人 (decision_maker)、IT (it)、法务 (legal)、最终使用人 (end_user)……"),
    ("chuda touch extra", "主管加到表单里的一项；可以多次"),
    ("chuda touch next", "下次跟进：日期，或下周三、月底前、三个月后再联系这样的话"),
    ("chuda touch note", "备注"),
    ("chuda touch consent", "录音必填：self（仅本人口述）或 told（客户已告知录音）"),
    ("chuda touch draft", "没有证据也先存下，状态为待补证据"),
    ("chuda photo file", "文件，会复制一份"),
    ("chuda photo touch", "所属的触达"),
    ("chuda photo consent", "录音必填：self（仅本人口述）或 told（客户已告知录音）"),
    ("chuda voice recording", "录音文件（WAV、m4a、mp3、ogg、flac），或已存录音的编号"),
    ("chuda voice consent", "谁知道在录音：self（仅本人口述）或 told（客户已告知录音）"),
    ("chuda voice save", "听出了客户、方式和动作就记成触达"),
    ("chuda report tomorrow", "明日关键动作 [默认：最好的建议]"),
    ("chuda report reason", "不足三条的原因：列表里的词或键"),
    ("chuda report day", "过去的某天，记为补报"),
    ("chuda task done id", "哪个任务"),
    ("chuda task done choice", "答复：任务选项里的词或键"),
    ("chuda task done reason", "需要时说明原因"),
    ("chuda figures week", "哪一周，例如 2026-W47 [默认：本周]"),
    ("chuda figures person", "下属的某人及其全部下属：姓名或编号"),
    ("chuda backcheck show id", "哪一次"),
    ("chuda backcheck answer id", "哪一次"),
    ("chuda backcheck answer touch", "哪条记录：触达的编号，或抽中的次序"),
    ("chuda backcheck answer question", "哪个问题：词或键，如 accurate、evidence、follow_up"),
    ("chuda backcheck answer answer", "回答：yes（是）、no（否）、unclear（不确定）"),
    ("chuda backcheck answer note", "补充说明"),
    ("chuda backcheck close id", "哪一次"),
    ("chuda backcheck close conclusion", "规则和选项要改什么"),
    ("chuda backcheck recompute id", "哪一次"),
    ("chuda report briefs", "把某个客户的进展改成另一个；可以多次"),
    ("chuda question list all", "也列出已答复的"),
    ("chuda question show id", "哪个问题"),
    ("chuda question answer id", "哪个问题"),
    ("chuda question answer text", "答复内容"),
    ("chuda question promise id", "哪个问题"),
    ("chuda question promise by", "哪天答复"),
    ("chuda question take id", "哪个问题"),
    ("chuda demand list all", "也列出已评估的"),
    ("chuda demand show id", "哪张需求卡"),
    ("chuda demand assess id", "哪张需求卡"),
    ("chuda demand assess choice", "结论：纳入规划 (planned)、暂不支持 (declined)、需进一步澄清 (clarify)"),
    ("chuda demand assess reason", "需要时说明原因"),
    ("chuda finding list all", "也列出已核对的"),
    ("chuda finding show id", "哪一条"),
    ("chuda finding resolve id", "哪一条"),
    (
        "chuda finding resolve resolution",
        "结论：以左值为准 (left_right)、以右值为准 (right_right)、两者均成立 (both_right)；合并客户 (merge)、保留两者 (keep_both)",
    ),
    ("chuda finding resolve reason", "原因"),
    ("chuda event list customer", "只看这个客户：编号、全名或简称"),
    ("chuda feedback touch", "客户反馈的是哪条触达"),
    ("chuda brief customer", "编号、全名或简称；不填则是当天的客户，日报里就是这样"),
    ("chuda import kind", "customers（客户）、leads（线索）或 slips（付款单）"),
    ("chuda import file", "CSV 或 XLSX 文件"),
    ("chuda import dry_run", "只预览，不导入"),
    ("chuda config show version", "较早的一版"),
    ("chuda config show out", "写到文件里，供修改"),
    ("chuda config check file", "config show --out 写的文件"),
    ("chuda config dry-run file", "config show --out 写的文件"),
    ("chuda config dry-run days", "用最近多少天的记录 [默认：90]"),
    ("chuda config publish file", "config show --out 写的文件"),
    ("chuda config publish note", "改了什么，所有人可见"),
    ("chuda config option add list", "列表，如 actions、briefs、short_reasons"),
    ("chuda config option add key", "键：小写字母、数字、_"),
    ("chuda config option add zh", "中文"),
    ("chuda config option add en", "英文 [默认：同中文]"),
    ("chuda config option add counts_for_density", "有这个动作的触达计入触达密度"),
    ("chuda config option add non_standard", "非标动作，单独计数"),
    ("chuda config option add needs_reason", "选它要说明原因"),
    ("chuda config option add brief", "这个动作建议的客户进展简报"),
    ("chuda config option add stage", "这个动作证明的阶段"),
    ("chuda config option add prompt", "选中时的提示"),
    ("chuda config option add publish", "试算后发布生效"),
    ("chuda config option add note", "改了什么，所有人可见"),
    ("chuda config option add days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config option retire list", "列表，如 actions、briefs、short_reasons"),
    ("chuda config option retire key", "选项的键"),
    ("chuda config option retire publish", "试算后发布生效"),
    ("chuda config option retire note", "改了什么，所有人可见"),
    ("chuda config option retire days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config option split list", "列表，如 actions、briefs、short_reasons"),
    ("chuda config option split key", "选项的键"),
    ("chuda config option split into", "更细的选项"),
    ("chuda config option split prompt", "选中其中一个时的提示"),
    ("chuda config option split publish", "试算后发布生效"),
    ("chuda config option split note", "改了什么，所有人可见"),
    ("chuda config option split days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config rule add file", "规则的 JSON；- 表示标准输入"),
    ("chuda config rule add publish", "试算后发布生效"),
    ("chuda config rule add note", "改了什么，所有人可见"),
    ("chuda config rule add days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config rule off id", "哪条规则"),
    ("chuda config rule off publish", "试算后发布生效"),
    ("chuda config rule off note", "改了什么，所有人可见"),
    ("chuda config rule off days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config rule on id", "哪条规则"),
    ("chuda config rule on publish", "试算后发布生效"),
    ("chuda config rule on note", "改了什么，所有人可见"),
    ("chuda config rule on days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config rule remove id", "哪条规则"),
    ("chuda config rule remove publish", "试算后发布生效"),
    ("chuda config rule remove note", "改了什么，所有人可见"),
    ("chuda config rule remove days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config form add key", "键：小写字母、数字、_"),
    ("chuda config form add holds", "填什么：text 文字、number 整数、money 金额、day 日期、flag 是否"),
    ("chuda config form add zh", "中文名称"),
    ("chuda config form add en", "英文名称 [默认：同中文]"),
    ("chuda config form add required", "必填"),
    ("chuda config form add publish", "试算后发布生效"),
    ("chuda config form add note", "改了什么，所有人可见"),
    ("chuda config form add days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda config formula window_days", "多少天内的触达和证据计分"),
    ("chuda config formula per_touch", "每条触达加几分"),
    ("chuda config formula per_evidence", "每件有效证据加几分"),
    ("chuda config formula per_overdue_day", "每逾期一天扣几分"),
    ("chuda config formula grace_hours", "最后一次触达后多少小时内不算逾期"),
    ("chuda config formula red_below", "低于多少分为红"),
    ("chuda config formula pause_until_next_date", "客户要求的日期之前不算逾期"),
    ("chuda config formula publish", "试算后发布生效"),
    ("chuda config formula note", "改了什么，所有人可见"),
    ("chuda config formula days", "用最近多少天的记录试算 [默认：90]"),
    ("chuda sync watch", "一直进行，直到按 Ctrl-C"),
    ("chuda sync blobs", "传哪些文件"),
    ("chuda redo document", "chuda status 里的记录编号"),
    ("chuda export proof id", "证据：编号或 SHA-256"),
    ("chuda export proof out", "写到哪个文件"),
    ("chuda verify bundle", "chuda export proof 或 chuda-server admin audit export 写的文件"),
];

/// The command with its help in one language.
pub(crate) fn in_language(command: Command, text: Text) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help.help(text.get("help.help")))
        .arg(version.help(text.get("help.version")));
    translated(command, "chuda", text)
}

fn translated(mut command: Command, path: &str, text: Text) -> Command {
    if let Some((_, about, example)) = COMMANDS.iter().find(|(name, ..)| *name == path) {
        command = command.after_help(format!("{}\n  {example}", text.get("help.example")));
        if text.0 == Lang::Zh {
            command = command.about(*about);
        }
    }
    let usage = text.get("help.usage");
    command = command
        .help_template(format!("{{about}}\n\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}\n"))
        .subcommand_help_heading(text.get("help.commands"))
        .mut_args(|arg| argument(arg, path, text));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let path = format!("{path} {name}");
        command.mut_subcommand(name, |sub| translated(sub, &path, text))
    })
}

fn argument(arg: Arg, path: &str, text: Text) -> Arg {
    let heading = if arg.is_positional() {
        "help.arguments"
    } else if arg.is_global_set() || arg.get_id() == "version" {
        "help.everywhere"
    } else {
        "help.options"
    };
    let name = format!("{path} {}", arg.get_id());
    let arg = arg.help_heading(text.get(heading));
    match ARGUMENTS.iter().find(|(argument, _)| *argument == name) {
        Some((_, help)) if text.0 == Lang::Zh => arg.help(*help),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    /// Every command below this one, with its path.
    fn all(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for sub in command.get_subcommands() {
            all(sub, &format!("{path} {}", sub.get_name()), found);
        }
    }

    fn commands() -> Vec<(String, Command)> {
        let mut found = Vec::new();
        all(&Cli::command(), "chuda", &mut found);
        found
    }

    #[test]
    fn every_command_and_argument_is_explained_in_both_languages() {
        for (path, command) in commands() {
            assert!(command.get_about().is_some(), "{path}");
            assert!(COMMANDS.iter().any(|(name, ..)| *name == path), "{path}");
            for arg in command.get_arguments() {
                let name = format!("{path} {}", arg.get_id());
                assert!(arg.get_help().is_some(), "{name}");
                assert!(ARGUMENTS.iter().any(|(argument, _)| *argument == name), "{name}");
            }
        }
    }

    #[test]
    fn every_example_is_a_right_use_of_its_command() {
        for (path, _, example) in COMMANDS {
            assert!(example.starts_with(path), "{example}");
            if let Err(error) = Cli::command().try_get_matches_from(example.split(' ')) {
                panic!("{example}: {error}");
            }
        }
    }

    #[test]
    fn nothing_is_explained_that_is_not_there() {
        let known = commands();
        let mut names: Vec<String> = Vec::new();
        for (path, command) in &known {
            names.extend(command.get_arguments().map(|arg| format!("{path} {}", arg.get_id())));
        }
        assert!(COMMANDS.iter().all(|(name, ..)| known.iter().any(|(path, _)| path == name)));
        assert!(ARGUMENTS.iter().all(|(name, _)| names.iter().any(|known| known == name)));
    }
}

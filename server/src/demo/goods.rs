//! What the team of the demo sells, to whom, and what people write about it. Companies, people and products are invented; any
//! likeness is accidental.

use chuda_evidence::claim::Location;
use chuda_record::{ContactMode, Fen};

use super::luck::Luck;

/// Towns with their place, in thousandths of a degree.
const TOWNS: [(&str, i32, i32); 20] = [
    ("杭州", 30_274, 120_155),
    ("苏州", 31_299, 120_585),
    ("宁波", 29_874, 121_550),
    ("无锡", 31_491, 120_312),
    ("嘉兴", 30_746, 120_756),
    ("绍兴", 30_030, 120_580),
    ("常州", 31_811, 119_974),
    ("南通", 31_980, 120_894),
    ("合肥", 31_821, 117_227),
    ("芜湖", 31_353, 118_433),
    ("佛山", 23_021, 113_121),
    ("东莞", 23_021, 113_752),
    ("中山", 22_517, 113_393),
    ("惠州", 23_112, 114_416),
    ("厦门", 24_480, 118_089),
    ("泉州", 24_874, 118_676),
    ("青岛", 36_067, 120_383),
    ("烟台", 37_464, 121_448),
    ("武汉", 30_593, 114_305),
    ("成都", 30_573, 104_066),
];
const FIRST: &str = "澜霁岚珩栩翎澍煦砚峤汀槿曜筠湛霖珺沅琅浔";
const SECOND: &str = "禾序屿棠岑泊榆垣弦壑桓澈鹿圃野川朔微寻渡";
const TRADES: [(&str, &str); 14] = [
    ("食品", "食品"),
    ("包装材料", "包材"),
    ("精密机械", "精机"),
    ("电子科技", "电子"),
    ("家居用品", "家居"),
    ("阀门制造", "阀门"),
    ("日用化工", "日化"),
    ("医疗器械", "医械"),
    ("汽车配件", "汽配"),
    ("纺织印染", "纺织"),
    ("物流", "物流"),
    ("饮料", "饮料"),
    ("五金制品", "五金"),
    ("生物科技", "生物"),
];
const FORMS: [&str; 3] = ["有限公司", "有限公司", "股份有限公司"];
const ROADS: [&str; 10] =
    ["兴业路", "创新大道", "工业三路", "滨江路", "科苑路", "振华路", "东环路", "园区大道", "港城路", "长丰路"];

/// Machines with their price in yuan.
pub(super) const MODELS: [(&str, i64); 8] = [
    ("TB-200 贴标机", 68_000),
    ("SX-12 输送线", 62_000),
    ("CZ-50 称重分选机", 45_800),
    ("VS-3 视觉检测站", 128_000),
    ("SM-8 扫码入库工位", 36_000),
    ("MD-40 码垛机", 215_000),
    ("KX-6 开箱机", 52_500),
    ("FH-15 封箱机", 29_800),
];

const CALLED: [&str; 8] = ["总", "经理", "工", "主任", "女士", "先生", "厂长", "科长"];
const FAMILY: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐";
const POSITIONS: [(&str, &str); 8] = [
    ("decision_maker", "总经理"),
    ("purchasing", "采购经理"),
    ("technical", "设备部主管"),
    ("it", "信息部负责人"),
    ("end_user", "车间主任"),
    ("legal", "法务专员"),
    ("finance", "财务经理"),
    ("other", "行政助理"),
];
/// Where leads come from.
pub(super) const CHANNELS: [&str; 6] = ["秋季行业展会", "官网咨询", "老客户介绍", "短视频线索", "代理商推荐", "电话营销名单"];

/// A company as somebody enters it.
pub(super) struct Company {
    pub(super) name: String,
    pub(super) short: String,
    pub(super) address: String,
    pub(super) model: &'static str,
    pub(super) place: (i32, i32),
}

/// A person on the customer's side.
pub(super) struct Face {
    pub(super) name: String,
    pub(super) position: &'static str,
    pub(super) role: &'static str,
    pub(super) phone: String,
}

/// A company.
pub(super) fn company(luck: &mut Luck) -> Company {
    let (town, latitude, longitude) = luck.pick(&TOWNS);
    let letters = |list: &str, luck: &mut Luck| luck.pick(&list.chars().collect::<Vec<_>>());
    let core = format!("{}{}", letters(FIRST, luck), letters(SECOND, luck));
    let (trade, in_short) = luck.pick(&TRADES);
    let around = |thousandths: i32, luck: &mut Luck| thousandths * 1_000 + luck.between(-60_000, 60_000) as i32;
    Company {
        name: format!("{town}{core}{trade}{}", luck.pick(&FORMS)),
        short: format!("{core}{in_short}"),
        address: format!("{town}市{}{} 号", luck.pick(&ROADS), luck.between(1, 999)),
        model: luck.pick(&MODELS).0,
        place: (around(latitude, luck), around(longitude, luck)),
    }
}

/// A contact person.
pub(super) fn face(luck: &mut Luck) -> Face {
    let family = luck.pick(&FAMILY.chars().collect::<Vec<_>>());
    let (role, position) = luck.pick(&POSITIONS);
    Face {
        name: format!("{family}{}", luck.pick(&CALLED)),
        position,
        role,
        // Of a range that is given to nobody.
        phone: format!("100{:08}", luck.below(100_000_000)),
    }
}

/// A place near one.
pub(super) fn near(place: (i32, i32), mock: bool, luck: &mut Luck) -> Location {
    let mut about = |degrees_e6: i32| degrees_e6 + luck.between(-900, 900) as i32;
    Location {
        latitude_e6: about(place.0),
        longitude_e6: about(place.1),
        accuracy_m: luck.between(4, 60) as u32,
        age_ms: luck.below(30_000) as u64,
        mock,
    }
}

/// An amount: mostly a few machines, sometimes a line; exactly the kickoff's limit now and then.
pub(super) fn amount(luck: &mut Luck) -> Fen {
    let yuan = match luck.below(100) {
        0..=3 => 500_000,
        4..=14 => luck.between(501, 1_480) * 1_000,
        15..=40 => luck.between(160, 498) * 1_000,
        _ => luck.between(290, 1_590) * 100,
    };
    Fen(yuan * 100)
}

/// What a rep notes down.
pub(super) fn note(action: &str, contact: &str, model: &str, luck: &mut Luck) -> String {
    let texts: &[&str] = match action {
        "send_material" => &[
            "{model}的样本和参数表已发给{contact}，看完再沟通。",
            "按{contact}的要求补发了同行业案例和现场视频。",
            "发了产品手册，{contact}说先给设备部看。",
            "{contact}要了{model}的安装尺寸图，已发。",
        ],
        "book_demo" => &[
            "和{contact}约好下周看{model}演示，现场需准备样品。",
            "{contact}同意安排演示，时间等生产计划出来再定。",
            "约了线上演示，{contact}会叫上车间一起看。",
        ],
        "demo" | "demo_on_site" | "demo_remote" => &[
            "给{contact}演示了{model}，速度满意，担心换型时间。",
            "演示顺利，{contact}当场试了两种规格，误差都在要求内。",
            "演示完整流程，{contact}问了维保和备件周期。",
            "演示中卡了一次料，已解释原因，{contact}表示理解。",
        ],
        "quote" => &[
            "给{contact}报了{model}，含安装调试，有效期三十天。",
            "按两条线的数量重新报价，{contact}说要和去年价格比。",
            "报价已发，{contact}周五前给反馈。",
        ],
        "sign" => &["合同已签，{contact}要求月底前到货。", "{contact}那边盖章完成，首付款走流程中。"],
        "new_demand" => &[
            "{contact}希望{model}能直接对接他们的仓库系统。",
            "客户提出增加防爆外壳，{contact}说车间必须有。",
            "{contact}想要一键换型，现在人工调整太慢。",
            "希望报表能按班次导出，{contact}每天要汇总。",
        ],
        "custom_comparison" => &["给{contact}做了与现用设备的对比表，重点写了能耗。", "按{contact}的五项指标做了定制对比表。"],
        "cross_department" => &["请交付同事一起和{contact}核对了现场电源和气源。", "协调售前去现场量了尺寸，{contact}全程陪同。"],
        "tech_question" => &[
            "{contact}问{model}在零下五度的仓库能否稳定运行。",
            "客户的条码是激光刻的，{contact}问识别率能到多少。",
            "{contact}要确认接口协议和他们的控制柜是否兼容。",
            "瓶身有水汽，{contact}担心标签贴不牢，需要技术答复。",
        ],
        _ => &["和{contact}电话沟通，进展正常。"],
    };
    fill(luck.pick(texts), contact, model)
}

/// A key action for tomorrow.
pub(super) fn tomorrow(customer: Option<&str>, luck: &mut Luck) -> String {
    let Some(customer) = customer else {
        return luck.pick(&["整理客户名单，补齐联系人信息", "梳理本周未回访客户，排好先后", "参加部门例会后跟进新线索"]).to_owned();
    };
    luck.pick(&[
        "跟进{contact}对报价的反馈",
        "给{contact}发同行业案例",
        "拜访{contact}，确认安装条件",
        "和{contact}确定演示时间",
        "催{contact}回传需求清单",
    ])
    .replace("{contact}", customer)
}

/// What comes next with a customer.
pub(super) fn next_action(luck: &mut Luck) -> &'static str {
    luck.pick(&["电话回访", "上门拜访", "发报价单", "安排演示", "补充案例", "确认安装条件"])
}

/// Why something was turned down.
pub(super) fn refusal(luck: &mut Luck) -> &'static str {
    luck.pick(&["单价低于底价，请重新核算", "付款方式与公司规定不符", "缺少运费说明", "交货期写得太短", "税率填写有误"])
}

/// Why legal or the seal keeper sent a contract back.
pub(super) fn objection(luck: &mut Luck) -> &'static str {
    luck.pick(&["违约责任条款与模板不一致", "客户名称与营业执照不符", "付款节点缺失", "附件清单不完整"])
}

/// What a tech owner answers.
pub(super) fn answer(luck: &mut Luck) -> &'static str {
    luck.pick(&[
        "低温下需加装加热模块，可稳定运行到零下十度。",
        "激光码识别率在百分之九十九以上，请客户寄二十个样品。",
        "接口协议兼容，需要客户提供控制柜型号。",
        "换用耐水标签并加吹干工位即可，费用约三千元。",
        "现有版本支持，升级程序后生效。",
    ])
}

/// What product says of a demand.
pub(super) fn assessment(choice: &str, luck: &mut Luck) -> &'static str {
    match choice {
        "planned" => luck.pick(&["列入下季度版本", "已有两家客户提出，优先安排"]),
        "declined" => luck.pick(&["仅一家客户需要，改造成本过高", "与现有平台冲突，暂不支持"]),
        _ => luck.pick(&["请补充现场照片和节拍要求", "请确认是否接受选配加价"]),
    }
}

/// Why a finding was settled as it was.
pub(super) fn explanation(luck: &mut Luck) -> &'static str {
    luck.pick(&["已和客户电话核实", "同事的判断更新，以现场为准", "录入时看错，已更正", "两个部门各自采购，都成立"])
}

/// What a supervisor notes to a question of a back-check.
pub(super) fn remark(question: &str, luck: &mut Luck) -> &'static str {
    match question {
        "evidence" => luck.pick(&["照片看不出是哪台设备", "附件打不开，已请补传", "同一张照片用过两次"]),
        "follow_up" => luck.pick(&["技术还没有答复", "约好的回访没有记录"]),
        _ => luck.pick(&["只是电话沟通，记成了演示", "动作写得太笼统，看不出做了什么"]),
    }
}

/// What a back-check comes to, for rules and options.
pub(super) fn conclusion(luck: &mut Luck) -> &'static str {
    luck.pick(&[
        "演示一项太宽，建议区分现场与远程",
        "照片要求写进提示语，拍到铭牌",
        "总体属实，暂不调整规则",
        "技术答疑超时较多，建议缩短提醒时间",
    ])
}

/// Why a lead was given back.
pub(super) fn release(luck: &mut Luck) -> &'static str {
    luck.pick(&["不在我的区域，请就近同事跟进", "连续两周联系不上负责人", "客户要求换对接人", "手头项目太多，跟不过来"])
}

/// Why a lead is none.
pub(super) fn invalid(luck: &mut Luck) -> &'static str {
    luck.pick(&["号码为空号", "公司已停产", "同行询价", "没有相关产线", "已被总部统一采购"])
}

/// Why a stage was corrected by hand.
pub(super) fn correction(luck: &mut Luck) -> &'static str {
    luck.pick(&["需求在电话里已确认，补登阶段", "客户暂停项目，退回首次触达"])
}

/// What a correction of an old report says.
pub(super) fn amendment(luck: &mut Luck) -> &'static str {
    luck.pick(&["客户改期，改为后天拜访", "改为先发资料再约时间", "当天另有一次电话沟通，已补记"])
}

/// What the seal keeper writes down.
pub(super) fn seal_note(luck: &mut Luck) -> &'static str {
    luck.pick(&["合同专用章，一式两份", "合同专用章，骑缝章已盖", "合同专用章，一式四份"])
}

/// A tech owner who is not among the people.
pub(super) fn outsider(luck: &mut Luck) -> &'static str {
    luck.pick(&["原厂孙工", "代理商技术部", "外协电气周工"])
}

/// How a recording sounds in words.
pub(super) fn spoken(note: &str, own: bool, luck: &mut Luck) -> String {
    let begin = if own {
        ["刚从客户那边出来，", "记一下，", "今天的情况，"]
    } else {
        ["您好，我们正在录音，", "那我再确认一遍，", "好的，您刚才说，"]
    };
    format!("{}{note}", luck.pick(&begin))
}

/// How the customer was reached for an action.
pub(super) fn mode(action: &str, luck: &mut Luck) -> ContactMode {
    use ContactMode::{Email, Phone, Visit, Wechat};
    match action {
        "demo_on_site" => Visit,
        "demo_remote" => Wechat,
        "demo" => luck.weighted(&[(Visit, 75), (Wechat, 25)]),
        "quote" => luck.weighted(&[(Email, 45), (Wechat, 40), (Visit, 15)]),
        "send_material" => luck.weighted(&[(Wechat, 50), (Phone, 15), (Email, 20), (Visit, 15)]),
        "sign" => luck.weighted(&[(Visit, 85), (Email, 15)]),
        "book_demo" => luck.weighted(&[(Phone, 70), (Wechat, 30)]),
        _ => luck.weighted(&[(Phone, 40), (Wechat, 25), (Visit, 35)]),
    }
}

/// The lines of a quote.
pub(super) fn quote_lines(customer: &str, contact: &str, model: &str, amount: Fen, number: &str, day: &str) -> Vec<String> {
    let yuan = amount.0 / 100;
    let machines = yuan * 82 / 100;
    vec![
        format!("报价单编号：{number}    日期：{day}"),
        format!("客户：{customer}    联系人：{contact}"),
        "供方：触达示例设备有限公司    有效期：30 天".to_owned(),
        "序号  名称与规格  单价(元)  金额(元)".to_owned(),
        format!("1  {model}  {machines}.00  {machines}.00"),
        format!("2  安装、调试与培训  {rest}.00  {rest}.00", rest = yuan - machines),
        format!("合计（含 13 % 增值税）：人民币 {yuan}.00 元"),
        "付款：合同签订付 30 %，到货付 60 %，验收付 10 %。".to_owned(),
        "交货：合同生效后 45 天。质保：验收之日起 36 个月。".to_owned(),
    ]
}

/// The lines of a catalogue.
pub(super) fn catalogue_lines(model: &str) -> Vec<String> {
    vec![
        format!("产品手册：{model}"),
        "适用行业：食品、日化、医械、五金、物流".to_owned(),
        "节拍：每分钟 20 至 60 件，视规格而定".to_owned(),
        "电源：三相 380 V，功率 2.2 kW；气源 0.5 MPa".to_owned(),
        "标配：触摸屏、换型记忆、三色报警灯".to_owned(),
        "服务：标准安装、现场培训、远程支持、定制集成".to_owned(),
    ]
}

fn fill(text: &str, contact: &str, model: &str) -> String {
    text.replace("{contact}", contact).replace("{model}", model)
}

package chuda.desktop

import chuda.ConsentView
import chuda.ContactMode
import chuda.ContactView
import chuda.CustomerView
import chuda.EvidenceKind
import chuda.EvidenceView
import chuda.FactView
import chuda.Filing
import chuda.Grade
import chuda.Health
import chuda.HealthParts
import chuda.HomeView
import chuda.Intent
import chuda.ItemState
import chuda.LastEvent
import chuda.Location
import chuda.PersonView
import chuda.Purpose
import chuda.ReportCard
import chuda.ReportView
import chuda.Role
import chuda.ScriptPack
import chuda.Stage
import chuda.Standing
import chuda.SyncLine
import chuda.SyncSummary
import chuda.TaskView
import chuda.TouchStatus
import chuda.TouchView
import chuda.Word
import chuda.ui.Words
import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId

/** One day of one rep, made up and always the same: what the pictures show. */
object Fixtures {
    val zone: ZoneId = ZoneId.of("Asia/Shanghai")
    val today: LocalDate = LocalDate.of(2026, 11, 24)
    val chinese = Words("zh", zone = zone)
    val english = Words("en", zone = zone)

    fun at(
        hour: Int,
        minute: Int,
        day: LocalDate = today,
    ): Instant = day.atTime(LocalTime.of(hour, minute)).atZone(zone).toInstant()

    val rep = PersonView(id(1), "李强", listOf(Role.REP), null)

    val demo = Word("demo", "演示", "Demo given")
    val quote = Word("quote", "报价", "Quote given")
    val material = Word("send_material", "发送资料", "Material sent")
    val question = Word("tech_question", "需协调技术答疑", "Technical answer needed")

    val reasons =
        listOf(
            Word("travel", "外出路途", "Travelling"),
            Word("internal", "内部会议或培训", "Internal meeting or training"),
            Word("customer_postponed", "客户改期", "Customer postponed"),
            Word("leave", "请假", "On leave"),
            Word("other", "其他", "Other"),
        )

    val recording = evidence(1, "audio/wav", "recording", consent = "self", transcript = HEARD)
    val photo = evidence(2, "image/jpeg", "camera")
    val document = evidence(3, "application/pdf", "file", state = ItemState.Uploading(41))
    val damaged = evidence(4, "application/pdf", "file").copy(readable = false, unreadable = "encrypted", valid = false)
    val old = evidence(5, "image/jpeg", "gallery", ItemState.Verified).copy(grade = Grade.SERVER_WITNESSED, flags = listOf("from_gallery"))

    val visit = touch(1, "佛山乐居家具", ContactMode.VISIT, demo, at(10, 24), listOf(recording, photo))
    val mail = touch(2, "杭州智联科技", ContactMode.EMAIL, quote, at(14, 5), listOf(document)).copy(amount = 28_600_000)
    val call = touch(3, "苏州明远电子", ContactMode.PHONE, question, at(16, 40), listOf(evidence(6, "audio/wav", "recording")))
    val bare = touch(4, "苏州明源电气", ContactMode.WECHAT, material, at(9, 12), emptyList()).copy(status = TouchStatus.DRAFT)

    val red = customer(1, "杭州志连信息", 12, isRed = true, sum = "12 = 4×2 + 2×5 − 2×3", parts = HealthParts(4, 2, 2), Stage.QUOTED)
    val customers =
        listOf(
            red,
            customer(2, "苏州明源电气", 9, isRed = true, sum = "9 = 2×2 + 1×5", parts = HealthParts(2, 1, 0), Stage.FIRST_TOUCH),
            customer(3, "佛山乐居家具", 31, isRed = false, sum = "31 = 3×2 + 5×5", parts = HealthParts(3, 5, 0), Stage.NEED_CONFIRMED),
            customer(4, "杭州智联科技", 44, isRed = false, sum = "44 = 7×2 + 6×5", parts = HealthParts(7, 6, 0), Stage.SIGNED),
        )

    val reconfirm =
        TaskView(
            id = id(41),
            kind = Word("reconfirm_value", "二次价值确认", "Confirm the value again"),
            notice = false,
            customer = id(101),
            customerName = "杭州志连信息",
            source = id(5),
            sourceKind = "touch",
            about = listOf(FactView("amount", Word("amount", "286,000.00", "286,000.00"))),
            rule = "F2",
            because = null,
            choices = listOf(Word("recalculate", "需重新测算成本", "Recalculate costs"), Word("cases", "需补充行业案例", "Add cases")),
            scriptPack =
                ScriptPack(
                    Word("pain", "客户当前痛点再确认话术包", "Words to ask again where it hurts"),
                    "上次给您的方案里，您最在意的是哪一点？如果只解决一个问题，您会选哪个？",
                ),
            createdAt = at(9, 0),
            due = at(18, 0),
            doneAt = null,
            doneBy = null,
            choice = null,
            reason = null,
            attachmentUploading = false,
        )
    val answered =
        reconfirm.copy(
            id = id(42),
            kind = Word("tech_answered", "技术已答复", "Technical question answered"),
            notice = true,
            customerName = "苏州明远电子",
            about =
                listOf(
                    FactView("answer", Word("answer", "接口支持 Modbus TCP，固件 2.3 起。", "Modbus TCP is supported from firmware 2.3 on.")),
                ),
            choices = emptyList(),
            scriptPack = null,
            due = null,
        )

    fun synced(words: Words) = SyncSummary(true, 0, 0, 0, 100, 0, at(16, 42), line(words, Standing.SYNCED, "home.synced"))

    fun waiting(
        words: Words,
        percent: Int = 41,
    ) = SyncSummary(
        true,
        3,
        2,
        4_200_000,
        percent,
        0,
        at(8, 30),
        line(words, Standing.WAITING, "home.files_waiting", "records" to 3, "files" to 2, "percent" to percent),
    )

    fun offline(words: Words) = SyncSummary(false, 0, 0, 0, 0, 0, null, line(words, Standing.OFF, "home.saved_here"))

    fun attention(words: Words) =
        SyncSummary(true, 1, 0, 0, 100, 1, at(8, 30), line(words, Standing.ATTENTION, "home.attention", "count" to 1))

    private fun line(
        words: Words,
        standing: Standing,
        key: String,
        vararg values: Pair<String, Int>,
    ) = SyncLine(standing, key, values.associate { (name, value) -> name to value.toString() }, words(key, *values))

    fun card(
        touches: List<TouchView> = listOf(visit, mail),
        filed: ReportView? = null,
        suggestions: List<String> = listOf("给佛山乐居家具发报价单", "回访杭州志连信息", "约苏州明源电气看设备"),
    ) = ReportCard(
        day = today,
        filed = filed,
        touches = touches,
        full = 3,
        missing = (3 - touches.size).coerceAtLeast(0),
        briefs = emptyList(),
        canUpdate = false,
        suggestions = suggestions,
        tomorrow = suggestions.firstOrNull(),
        another = suggestions.getOrNull(1).takeIf { filed == null },
        reasons = reasons,
        filing =
            when {
                filed != null -> Filing.FILED
                touches.size < 3 -> Filing.FILE_SHORT
                else -> Filing.FILE
            },
        question = null,
        undoSeconds = 5,
    )

    fun home(
        sync: SyncSummary,
        report: ReportCard = card(),
        tasks: List<TaskView> = listOf(reconfirm),
        red: List<CustomerView> = listOf(this.red),
        waiting: String? = null,
    ) = HomeView(rep, at(16, 45), sync, report, report.touches, tasks, listOf(answered), red, waiting != null, emptyList(), waiting)

    val filed =
        ReportView(
            id = id(51),
            person = rep,
            day = today,
            touches = listOf(visit, mail, call),
            briefs = emptyList(),
            tomorrow = "给佛山乐居家具发报价单",
            short = false,
            reason = null,
            late = false,
            filedAt = at(17, 30),
            corrections = emptyList(),
            canWithdraw = true,
            conflicts = emptyList(),
            state = ItemState.Waiting,
        )

    /** What the sample recording says. */
    const val HEARD = "佛山乐居家具的老板很爽快，今天去他展厅演示了一个小时，下一步明天发报价单。"

    val consents =
        listOf(
            consent(
                Purpose.RECORDING,
                Word("recording", "录音", "Recording"),
                "按住说话时录音。录音在手机上转成文字，原声作为证据存进触达，上级主管可以听，每次收听都有记录。录到客户时，须先告知对方。",
                "Sound is recorded while you hold to talk. It is turned into text on the phone; the recording is kept as evidence of the " +
                    "touch, your superiors can listen to it, and each listening is logged. Tell the customer before you record them.",
            ),
            consent(
                Purpose.LOCATION,
                Word("location", "位置", "Location"),
                "拍照和录音时把当时的位置写进证据。只在取证的那一刻读取，不在后台跟踪。",
                "The place is written into the evidence when a photo or recording is made. It is read at that moment only, never in the " +
                    "background.",
            ).copy(given = false),
        )

    fun id(number: Int) = "01a20000-0000-7000-8000-%012d".format(number)

    private fun consent(
        purpose: Purpose,
        title: Word,
        zh: String,
        en: String,
    ) = ConsentView(
        purpose,
        1,
        title,
        Word(title.key, zh, en),
        at(8, 0),
        null,
        true,
    )

    private fun evidence(
        number: Int,
        mime: String,
        source: String,
        state: ItemState = ItemState.Waiting,
        consent: String? = null,
        transcript: String? = null,
    ) = EvidenceView(
        id = id(60 + number),
        sha256 = "9f2c41d07b5ae83366e1c0ffb8a4d2e19c7350f6aa1be4d8027f63c95ed1b740",
        claim = "9f2c41d07b5ae83366e1c0ffb8a4d2e19c7350f6aa1be4d8027f63c95ed1b741",
        size = 239_198L * number,
        mime = mime,
        kind =
            if ("image" in mime) {
                EvidenceKind.PHOTO
            } else if ("audio" in mime) {
                EvidenceKind.RECORDING
            } else {
                EvidenceKind.DOCUMENT
            },
        extension = mime.substringAfter('/'),
        source = source,
        capturedAt = at(10, 22),
        grade = Grade.LOCAL_UNVERIFIED,
        flags = emptyList(),
        readable = true,
        unreadable = null,
        // The rep's own dictation proves nothing.
        valid = consent != "self",
        consent = consent,
        transcript = transcript,
        touch = null,
        here = true,
        state = state,
    )

    private fun touch(
        number: Int,
        customer: String,
        mode: ContactMode,
        action: Word,
        at: Instant,
        evidence: List<EvidenceView>,
    ) = TouchView(
        id = id(20 + number),
        person = rep,
        customer = id(100 + number),
        customerName = customer,
        mode = mode,
        action = action,
        at = at,
        day = today,
        status = TouchStatus.RECORDED,
        category = null,
        brief = Word("demo_done", "已演示产品", "Product shown").takeIf { action == demo },
        techOwner = "王工".takeIf { action == question },
        techOwnerUnknown = action == question,
        responseBy = today.plusDays(3).takeIf { action == question },
        amount = null,
        customDevelopment = false,
        intent = null,
        feedback = false,
        contact = null,
        contactRole = null,
        opened = null,
        nextAction = "发报价单".takeIf { action == demo },
        nextDate = today.plusDays(1).takeIf { action == demo },
        nextTime = null,
        note = null,
        extra = emptyList(),
        evidence = evidence,
        conflicts = emptyList(),
        state = ItemState.Waiting,
    )

    private fun customer(
        number: Int,
        name: String,
        score: Long,
        isRed: Boolean,
        sum: String,
        parts: HealthParts,
        stage: Stage,
    ) = CustomerView(
        id = id(100 + number),
        name = name,
        short = null,
        stage = stage,
        holder = rep,
        since = at(9, 0, today.minusDays(40)),
        lead = null,
        last = LastEvent(at(15, 0, today.minusDays(5L + number)), quote, rep),
        intent = Intent.B,
        health = Health(score, isRed, parts, sum),
        lastTouch = at(15, 0, today.minusDays(5)),
        conflicts = emptyList(),
        contacts = listOf(ContactView(id(90), "陈总", null, Word("decision_maker", "决策人", "Decision maker"), "138 0000 0000")),
        contact = id(90),
        address = "杭州市滨江区江南大道 588 号",
        model = null,
    )
}

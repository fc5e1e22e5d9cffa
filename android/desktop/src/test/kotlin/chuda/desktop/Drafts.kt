package chuda.desktop

import chuda.ChoiceView
import chuda.DraftView
import chuda.EvidenceView
import chuda.InputKind
import chuda.InputView
import chuda.Piece
import chuda.SlotView
import chuda.Sureness
import chuda.Word
import chuda.ui.Words

/** Half-made touches of that day, as the core shows them in one language. */
class Drafts(
    private val words: Words,
) {
    private val customers = listOf("佛山乐居家具" to Fixtures.id(103))

    /** Heard and understood. */
    val heard =
        view(
            slots = needed("佛山乐居家具", "visit", Fixtures.demo),
            heard =
                said(
                    "佛山乐居家具" to Sureness.SURE,
                    "的老板很爽快，今天" to Sureness.PLAIN,
                    "去他展厅" to Sureness.SURE,
                    "演示" to Sureness.SURE,
                    "了一个小时，下一步" to Sureness.PLAIN,
                    "明天" to Sureness.SURE,
                    "发报价单" to Sureness.SURE,
                    "。" to Sureness.PLAIN,
                ),
            more =
                listOf(
                    slot("next_action", words("slot.next"), "${words("day.tomorrow")} 发报价单"),
                    slot("brief", words("slot.brief"), words(Word("demo_done", "已演示产品", "Product shown"))),
                ),
            evidence = listOf(Fixtures.recording, Fixtures.photo),
        )

    /** The sound left open which customer, and something is doubtful. */
    val unsure =
        view(
            slots =
                needed(
                    null,
                    "phone",
                    Word("book_demo", "预约演示", "Demo booked"),
                    listOf("苏州明远电子" to Fixtures.id(105), "苏州明源电气" to Fixtures.id(102)),
                ).map { it.copy(doubtful = it.field == "action") },
            heard =
                said(
                    "下午给明远" to Sureness.PLAIN,
                    "打了个电话" to Sureness.SURE,
                    "，他们" to Sureness.PLAIN,
                    "想看看实际效果" to Sureness.DOUBTFUL,
                    "，约" to Sureness.PLAIN,
                    "下周三" to Sureness.SURE,
                    "过去" to Sureness.DOUBTFUL,
                    "。" to Sureness.PLAIN,
                ),
            more = listOf(slot("next_action", words("slot.next"), words.day(Fixtures.today.plusDays(8)))),
            evidence = listOf(Fixtures.recording),
            missing = listOf("customer"),
        )

    /** Being listened to. */
    val listening =
        view(needed(null, null, null), evidence = listOf(Fixtures.recording), missing = listOf("customer", "mode", "action"))
            .copy(canListen = Fixtures.recording.id)

    /** Nothing yet. */
    val blank = view(needed(null, null, null), missing = listOf("customer", "mode", "action", "evidence"))

    /** A technical question: who answers it, and until when. */
    val question =
        heard.copy(
            slots =
                needed("佛山乐居家具", "visit", Fixtures.question) +
                    listOf(
                        slot(
                            "tech_owner",
                            words("slot.tech_owner"),
                            null,
                            choice("tech_owner", listOf("王工" to "王工"), null),
                            input("tech_owner", InputKind.TEXT, words("draft.other_name")),
                        ),
                        slot("response_by", words("slot.response_by"), null, soon()),
                    ),
            missing = listOf("tech_owner", "response_by"),
            canSave = false,
            save = words("draft.still_missing", "slots" to list("slot.tech_owner", "slot.response_by")),
        )

    private fun view(
        slots: List<SlotView>,
        heard: List<Piece>? = null,
        more: List<SlotView> = emptyList(),
        evidence: List<EvidenceView> = emptyList(),
        missing: List<String> = emptyList(),
    ): DraftView {
        val wanted = missing - "evidence"
        return DraftView(
            heard = heard,
            waitsForListening = null,
            canListen = null,
            slots = slots,
            more = more,
            newCustomer = null,
            evidence = evidence,
            missing = missing,
            canSave = wanted.isEmpty(),
            save =
                if (wanted.isEmpty()) {
                    words("draft.save")
                } else {
                    words("draft.still_missing", "slots" to list(*wanted.map { "slot.$it" }.toTypedArray()))
                },
            problem = null,
        )
    }

    private fun needed(
        customer: String?,
        mode: String?,
        action: Word?,
        offered: List<Pair<String, String>> = customers,
    ): List<SlotView> {
        val find =
            input("customer", InputKind.CUSTOMER, words("draft.find_customer"))
                .copy(choices = offered.map { (name, id) -> ChoiceView(id, name, name == customer) })
        val modes = listOf("visit", "phone", "wechat", "email").map { it to words("mode.$it") }
        return listOf(
            slot("customer", words("slot.customer"), customer, find),
            slot("mode", words("slot.mode"), mode?.let { words("mode.$it") }, choice("mode", modes, mode)),
            slot(
                "action",
                words("slot.action"),
                action?.let { words(it) },
                choice("action", ACTIONS.map { it.key to words(it) }, action?.key),
            ),
        )
    }

    private fun soon() = choice("response_by", listOf("day.tomorrow", "day.after_tomorrow", "day.monday").map { it to words(it) }, null)

    private fun slot(
        field: String,
        label: String,
        value: String?,
        vararg inputs: InputView,
    ) = SlotView(field, label, value, heard = null, doubtful = false, said = value != null, prompt = null, inputs = inputs.toList())

    private fun choice(
        field: String,
        options: List<Pair<String, String>>,
        chosen: String?,
    ) = input(field, InputKind.CHOICE, null).copy(choices = options.map { (key, text) -> ChoiceView(key, text, key == chosen) })

    private fun input(
        field: String,
        kind: InputKind,
        label: String?,
    ) = InputView(field, kind, label, text = "", choices = emptyList(), day = null, earlier = null, later = null)

    private fun said(vararg pieces: Pair<String, Sureness>) = pieces.map { (text, sureness) -> Piece(text, sureness) }

    private fun list(vararg keys: String) = keys.joinToString(words("list.comma")) { words(it) }

    private companion object {
        val ACTIONS =
            listOf(
                Fixtures.material,
                Word("book_demo", "预约演示", "Demo booked"),
                Fixtures.demo,
                Fixtures.quote,
                Word("sign", "签约", "Contract signed"),
                Word("new_demand", "客户提出新需求", "New demand"),
                Fixtures.question,
            )
    }
}

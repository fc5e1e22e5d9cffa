package chuda.ui

import chuda.Choice
import chuda.ContactMode
import chuda.Formats
import chuda.ItemState
import chuda.Stage
import chuda.Word
import chuda.texts
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId

/** The words of one language, and how the core writes days, times and sizes in it. */
class Words(
    val language: String,
    private val texts: Map<String, String> = texts(language),
    zone: ZoneId = ZoneId.systemDefault(),
) {
    private val english = language == "en"
    private val formats = Formats(language, zone.id)

    operator fun invoke(
        key: String,
        vararg values: Pair<String, Any>,
    ): String = fill(texts[key] ?: key, values.toMap())

    operator fun invoke(word: Word): String = if (english) word.en else word.zh

    operator fun invoke(choice: Choice): String = if (english) choice.en else choice.zh

    operator fun invoke(failure: Failure): String {
        val values = mapOf("key" to failure.key) + failure.params
        val text = texts["error.${failure.key}"] ?: texts["fault.${failure.kind}"] ?: failure.key
        return fill(text, values.mapValues { (name, value) -> if (name == "field") texts["field.$value"] ?: value else value })
    }

    operator fun invoke(mode: ContactMode): String = this("mode.${mode.name.lowercase()}")

    operator fun invoke(stage: Stage): String = this("stage.${stage.name.lowercase()}")

    /** Where an item is on its way, with the reason when it was refused. */
    operator fun invoke(state: ItemState): String =
        when (state) {
            is ItemState.SavedHere -> this("state.saved_here")
            is ItemState.Waiting -> this("state.waiting")
            is ItemState.Uploading -> "${this("state.uploading")} ${state.percent} %"
            is ItemState.Verified -> this("state.verified")
            is ItemState.Failed -> this("sync.failed_because", "reason" to (texts["rejection.${state.reason}"] ?: state.reason))
            is ItemState.Conflict -> this("state.conflict")
        }

    /** 11月24日 周二; a near day as people say it, if [today] is given. */
    fun day(
        day: LocalDate,
        today: LocalDate? = null,
    ): String = formats.day(day, today)

    /** 11月24日 */
    fun date(day: LocalDate): String = formats.date(day)

    fun time(at: Instant): String = formats.time(at)

    fun dayOf(at: Instant): LocalDate = formats.dayOf(at)

    fun moment(
        at: Instant,
        today: LocalDate? = null,
    ): String = formats.moment(at, today)

    /** Fen as yuan. */
    fun amount(fen: Long): String = formats.amount(fen)

    fun bytes(count: Long): String = formats.bytes(count)

    /** 1:07 */
    fun length(ms: Long): String = formats.length(ms)

    private fun fill(
        text: String,
        values: Map<String, Any>,
    ): String = values.entries.fold(text) { filled, (name, value) -> filled.replace("{$name}", value.toString()) }
}

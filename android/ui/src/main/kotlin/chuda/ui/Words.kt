package chuda.ui

import chuda.Choice
import chuda.ContactMode
import chuda.ItemState
import chuda.Stage
import chuda.Word
import chuda.texts
import java.text.NumberFormat
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.TextStyle
import java.util.Locale
import kotlin.time.Duration.Companion.milliseconds

/** The words of one language, and how it writes days, times and amounts. */
class Words(
    val language: String,
    private val texts: Map<String, String> = texts(language),
    private val zone: ZoneId = ZoneId.systemDefault(),
) {
    private val english = language == "en"
    private val locale = if (english) Locale.ENGLISH else Locale.SIMPLIFIED_CHINESE

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

    /** 11月24日 周二 */
    fun day(day: LocalDate): String {
        val weekday = day.dayOfWeek.getDisplayName(TextStyle.SHORT, locale)
        return if (english) "$weekday ${date(day)}" else "${date(day)} $weekday"
    }

    /** 11月24日 */
    fun date(day: LocalDate): String = if (english) day.format(ENGLISH_DAY) else "${day.monthValue}月${day.dayOfMonth}日"

    /** The day as people say it when it is near. */
    fun day(
        day: LocalDate,
        today: LocalDate,
    ): String =
        when (day) {
            today -> this("day.today")
            today.plusDays(1) -> this("day.tomorrow")
            today.minusDays(1) -> this("day.yesterday")
            else -> day(day)
        }

    fun time(at: Instant): String = at.atZone(zone).format(TIME)

    fun dayOf(at: Instant): LocalDate = at.atZone(zone).toLocalDate()

    fun moment(
        at: Instant,
        today: LocalDate? = null,
    ): String = "${if (today == null) day(dayOf(at)) else day(dayOf(at), today)} ${time(at)}"

    /** Fen as yuan. */
    fun amount(fen: Long): String {
        val format = NumberFormat.getNumberInstance(locale)
        format.maximumFractionDigits = 2
        return "¥${format.format(fen.toBigDecimal().movePointLeft(2))}"
    }

    fun bytes(count: Long): String =
        when {
            count < KILO -> "$count B"
            count < KILO * KILO -> "${count / KILO} KB"
            count < KILO * KILO * KILO -> "%.1f MB".format(Locale.ROOT, count.toDouble() / (KILO * KILO))
            else -> "%.1f GB".format(Locale.ROOT, count.toDouble() / (KILO * KILO * KILO))
        }

    /** 1:07 */
    fun length(ms: Long): String = ms.milliseconds.toComponents { minutes, seconds, _ -> "%d:%02d".format(Locale.ROOT, minutes, seconds) }

    private fun fill(
        text: String,
        values: Map<String, Any>,
    ): String = values.entries.fold(text) { filled, (name, value) -> filled.replace("{$name}", value.toString()) }

    private companion object {
        const val KILO = 1024L
        val TIME: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm")
        val ENGLISH_DAY: DateTimeFormatter = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH)
    }
}

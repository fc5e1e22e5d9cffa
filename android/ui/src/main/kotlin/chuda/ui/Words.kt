package chuda.ui

import chuda.Choice
import chuda.Format
import chuda.Word
import chuda.texts
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId

/** The words of one language, and how the core writes days, times and sizes in it and what it says of records. */
class Words(
    val language: String,
    zone: ZoneId = ZoneId.systemDefault(),
) : Format(language, zone.id) {
    private val texts: Map<String, String> = texts(language)
    private val english = language == "en"

    operator fun invoke(
        key: String,
        vararg values: Pair<String, Any>,
    ): String = values.fold(texts[key] ?: key) { filled, (name, value) -> filled.replace("{$name}", value.toString()) }

    fun day(day: LocalDate): String = day(day, null)

    fun moment(at: Instant): String = moment(at, null)

    operator fun invoke(word: Word): String = if (english) word.en else word.zh

    operator fun invoke(choice: Choice): String = if (english) choice.en else choice.zh
}

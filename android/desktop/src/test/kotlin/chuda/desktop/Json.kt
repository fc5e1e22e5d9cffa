package chuda.desktop

/** Reads JSON: objects as maps, arrays as lists, whole numbers as [Int]. Enough for the files of this project. */
class Json private constructor(
    private val text: String,
) {
    private var at = 0

    private fun next(): Char {
        while (text[at].isWhitespace()) at++
        return text[at]
    }

    private fun skip(wanted: Char) {
        require(next() == wanted) { "“$wanted” is wanted at $at" }
        at++
    }

    private fun value(): Any? =
        when (next()) {
            '{' -> members('{', '}') { string().also { skip(':') } to value() }.toMap()
            '[' -> members('[', ']') { value() }
            '"' -> string()
            else -> word()
        }

    private fun <T> members(
        first: Char,
        last: Char,
        member: () -> T,
    ): List<T> {
        skip(first)
        val members = mutableListOf<T>()
        while (next() != last) {
            if (members.isNotEmpty()) skip(',')
            members += member()
        }
        skip(last)
        return members
    }

    private fun string(): String {
        skip('"')
        val end = text.indexOf('"', at)
        val string = text.substring(at, end)
        require('\\' !in string) { "no escapes are read" }
        at = end + 1
        return string
    }

    private fun word(): Any? {
        val word = text.drop(at).takeWhile { it.isLetterOrDigit() || it == '-' }
        at += word.length
        return if (word == "null") null else word.toBooleanStrictOrNull() ?: word.toInt()
    }

    companion object {
        fun read(text: String): Any? = Json(text).value()
    }
}

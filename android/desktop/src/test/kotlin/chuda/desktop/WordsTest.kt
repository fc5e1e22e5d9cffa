package chuda.desktop

import chuda.ui.Place
import chuda.ui.Remedy
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** Every word that a screen asks for is in the table, in both languages. */
class WordsTest {
    private val asked = Regex("\"([a-z]+\\.[a-z_]+)\"")

    @Test
    fun `no screen shows a key instead of a word`() {
        val sources =
            File("../ui/src/main/kotlin").walk().filter {
                it.name.endsWith("Screen.kt") ||
                    it.name in setOf("DraftSlots.kt", "CaptureBar.kt", "Parts.kt")
            }
        val written = sources.flatMap { asked.findAll(it.readText()) }.map { it.groupValues[1] }.toSet()
        val made =
            Place.Tab.entries.map { "tab.${it.name.lowercase()}" } + Remedy.entries.map { "remedy.${it.name.lowercase()}" } +
                listOf("camera", "gallery", "file", "recording").map { "source.$it" }
        assertTrue(written.size > 100) { "only ${written.size} keys were found" }
        for (words in listOf(Fixtures.chinese, Fixtures.english)) {
            assertEquals(emptyList<String>(), (written + made).filter { words(it) == it })
        }
    }
}

package chuda

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File

/** What apps compile against: it changes only where somebody meant it to, and can be read without the Rust sources. */
class ApiTest {
    @Test
    fun `the public API is the one in api_txt`() {
        val classes = File(System.getProperty("chuda.classes")).walk().filter { it.extension == "class" }.toList()
        val now = buildString { AbiTools.getInstance().printJvmDump(this, classes, AbiFilters.EMPTY) }
        val golden = File("api.txt")
        if (System.getenv("CHUDA_ACCEPT") != null) golden.writeText(now)
        val kept = golden.readLines().toSet()
        val lines = now.lines().toSet()
        assertEquals(
            emptyList<String>(),
            (kept - lines).map { "- $it" } + (lines - kept).map { "+ $it" },
            "the public API changed; if that was meant: CHUDA_ACCEPT=1 scripts/bindings kotlin",
        )
        // Neither Kotlin's unsigned types nor the generator's own ones.
        assertEquals(
            emptyList<String>(),
            lines.filter { Regex("kotlin/U(Byte|Short|Int|Long)|FfiConverter|RustBuffer").containsMatchIn(it) },
        )
    }

    @Test
    fun `every public declaration is explained in words of its own`() {
        val lines = File(System.getProperty("chuda.generated"), "chuda/chuda.kt").readLines()
        val declaration =
            Regex("""^(?: {4}|data |sealed |enum |open |public |class |suspend |override )*(?:class|interface|fun|val) `?(\w+)`?.*""")
        val undocumented =
            lines.indices.filter { declaration.matches(lines[it]) && isPublic(lines, it) && !explained(lines, it) }
        assertEquals(emptyList<String>(), undocumented.map { lines[it].trim() })
        // Rust's paths, types and links mean nothing to a reader of Kotlin.
        val foreign = Regex("""::|\[`|\bOption<|\bVec<|\bResult<|\bArc<|\bcrate\b|\buniffi\b""")
        val docs = lines.filter { it.trimStart().startsWith("* ") }.filterNot { "@suppress" in it }
        assertEquals(emptyList<String>(), docs.filter { foreign.containsMatchIn(it) && "UniFFI" !in it })
    }

    /** Of the declarations that the pattern finds: no override, nothing inside a function, nothing of the generator's own. */
    private fun isPublic(
        lines: List<String>,
        at: Int,
    ): Boolean {
        val line = lines[at]
        if ("override" in line || "internal" in line || "private" in line || line.startsWith("        ")) return false
        val name = Regex("""(?:class|interface|fun|val) (`?\w+`?)""").find(line)!!.groupValues[1]
        // What comes from Rust is quoted or is a type; the rest is the generator's.
        return name.startsWith("`") || Regex("""^(data|sealed|enum) class|^public interface \w+""").containsMatchIn(line)
    }

    private fun explained(
        lines: List<String>,
        at: Int,
    ): Boolean {
        val above = lines.subList(0, at).asReversed().dropWhile { it.isBlank() || it.trimStart().startsWith("@") }
        return above.firstOrNull()?.trim()?.endsWith("*/") == true
    }
}

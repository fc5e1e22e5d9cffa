package chuda.desktop

import org.junit.jupiter.api.Assumptions.assumeTrue
import java.io.File

/** A real server in a folder of its own; [program] is given by scripts/android. It can be stopped, and started again at the same place. */
class Server(
    private val dir: File,
) : AutoCloseable {
    private val program = given("CHUDA_SERVER")
    private var process: Process? = null
    lateinit var url: String
        private set

    init {
        start("127.0.0.1:0")
    }

    /** A new person and the code that enrols them. */
    fun invite(
        name: String,
        role: String = "rep",
    ): String {
        val added = ProcessBuilder(program, "admin", "person", "add", name, "--role", role, "--data", dir.path, "--json").start()
        val answer = added.inputStream.bufferedReader().readText()
        return Regex("\"code\":\"([^\"]+)\"").find(answer)!!.groupValues[1]
    }

    fun start() = start(url.substringAfter("://"))

    private fun start(address: String) {
        val started =
            ProcessBuilder(program, "serve", "--data", dir.path, "--listen", address)
                .redirectError(dir.resolve("log").apply { parentFile.mkdirs() })
                .start()
        process = started
        // It says where it listens as soon as it does.
        url = "http://" +
            started.inputStream
                .bufferedReader()
                .readLine()
                .substringAfter("http://")
    }

    fun stop() {
        process?.destroy()
        process?.waitFor()
        process = null
    }

    override fun close() = stop()
}

/** What a script has to say; without it the test is skipped and says so. */
fun given(variable: String): String {
    val value: String? = System.getenv(variable)
    if (value == null) println("SKIPPED: a test that needs $variable")
    assumeTrue(value != null) { "$variable is not set" }
    return value!!
}

/** One of the project's own files. */
fun sample(name: String): String = File(given("CHUDA_SAMPLES"), name).path

package chuda.app

import android.app.Application
import android.content.Context
import android.os.Build
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import androidx.compose.ui.node.RootForTest
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.core.content.FileProvider
import chuda.Workbench
import chuda.ui.FirstRunModel
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.async
import org.junit.Assume.assumeNotNull
import org.junit.Before
import org.junit.BeforeClass
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.util.ReflectionHelpers
import java.io.File

/** A test of the whole app: real core, real store, a keystore in memory that is there before the app is. */
@RunWith(RobolectricTestRunner::class)
abstract class WithPhone {
    companion object {
        @BeforeClass
        @JvmStatic
        fun install() = FakeKeystore.install()
    }

    /** It remembers the folders of an app that is gone. */
    @Before
    fun forgetFolders() {
        val cache = FileProvider::class.java.getDeclaredField("sCache").apply { isAccessible = true }
        (cache.get(null) as MutableMap<*, *>).clear()
    }

    /** As on an older Android, as far as the app asks for its number. */
    protected fun <T> onAndroid(
        level: Int,
        body: () -> T,
    ): T {
        val real = Build.VERSION.SDK_INT
        ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", level)
        return try {
            body()
        } finally {
            ReflectionHelpers.setStaticField(Build.VERSION::class.java, "SDK_INT", real)
        }
    }
}

/** The app as Robolectric made it. */
val app: ChudaApp
    get() = RuntimeEnvironment.getApplication() as ChudaApp

/** Lets the main thread work until there is an answer; the core's threads work meanwhile. Gives up, and says so, after a while. */
fun <T : Any> await(
    what: String,
    answer: () -> T?,
): T {
    val end = System.nanoTime() + 20_000_000_000
    while (System.nanoTime() < end) {
        shadowOf(Looper.getMainLooper()).idle()
        answer()?.let { return it }
        Thread.yield()
    }
    throw AssertionError("in vain: $what")
}

fun awaitTrue(
    what: String,
    met: () -> Boolean,
) {
    await(what) { true.takeIf { met() } }
}

/** Runs what suspends, while the main thread works on. */
@OptIn(DelicateCoroutinesApi::class, ExperimentalCoroutinesApi::class)
fun <T> wait(
    what: String = "an answer",
    body: suspend () -> T,
): T {
    val running = GlobalScope.async(Dispatchers.Default) { runCatching { body() } }
    awaitTrue(what) { running.isCompleted }
    return running.getCompleted().getOrThrow()
}

/** The store of an app that has just been set up without a server. */
fun started(app: ChudaApp = chuda.app.app): Workbench {
    val first: FirstRunModel = await("the first run") { app.screens.state.value.firstRun }
    first.startOffline()
    first.type("", "", "李强")
    first.startOffline()
    return opened(app)
}

fun opened(app: ChudaApp = chuda.app.app): Workbench =
    await("the store") {
        val state = app.screens.state.value
        (
            state.failure ?: state.firstRun
                ?.state
                ?.value
                ?.failure
        )?.let { throw AssertionError("$it") }
        state.workbench
    }

/** The same phone after its process was killed: nothing is closed or said goodbye to, the files are what they are. */
fun killed(): ChudaApp {
    val next = ChudaApp()
    Application::class.java
        .getDeclaredMethod("attach", Context::class.java)
        .apply {
            isAccessible = true
        }.invoke(next, RuntimeEnvironment.getApplication().baseContext)
    next.onCreate()
    return next
}

/** The server that runs beside the tests; a test is skipped where there is none. */
fun server(): String {
    val address: String? = System.getenv("CHUDA_TEST_SERVER")
    assumeNotNull(address)
    return address!!
}

/** The one-time code of a new person of its team. */
fun invited(name: String): String {
    val command = listOf(System.getProperty("chuda.server")!!, "admin", "person", "add", name, "--role", "rep", "--json")
    val added = ProcessBuilder(command + listOf("--data", System.getProperty("chuda.server.data")!!)).start()
    return Regex("\"code\":\"([^\"]+)\"").find(added.inputStream.bufferedReader().readText())!!.groupValues[1]
}

fun sample(name: String) = File(System.getProperty("chuda.samples")!!, name)

/** What a person sees and can touch. */
class Screen(
    private val root: View,
) {
    fun texts(): List<String> = nodes().flatMap { words(it) }

    fun shows(text: String) = texts().any { text in it }

    fun click(text: String) {
        val node = nodes().first { node -> words(node).any { text in it } }
        val target = generateSequence(node) { it.parent }.first { SemanticsActions.OnClick in it.config }
        target.config[SemanticsActions.OnClick].action!!()
    }

    private fun nodes(): List<SemanticsNode> = roots(root).flatMap { all(it.semanticsOwner.rootSemanticsNode) }

    private fun all(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::all)

    private fun words(node: SemanticsNode): List<String> =
        node.config
            .getOrNull(SemanticsProperties.Text)
            .orEmpty()
            .map { it.text } +
            node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() +
            listOfNotNull(node.config.getOrNull(SemanticsProperties.EditableText)?.text)

    private fun roots(view: View): List<RootForTest> =
        listOfNotNull(view as? RootForTest) +
            if (view is ViewGroup) (0 until view.childCount).flatMap { roots(view.getChildAt(it)) } else emptyList()
}

@file:OptIn(ExperimentalTestApi::class, ExperimentalCoroutinesApi::class)

package chuda.desktop

import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.click
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.isNotSelected
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onParent
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import chuda.Workbench
import chuda.ui.App
import chuda.ui.AppScreen
import chuda.ui.HomeModel
import chuda.ui.Place
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler

/**
 * The app on a phone, touched as a person touches it. Its main thread is the test's, and its clock stands still until [pass]; the core
 * behind it is the real one, so that whatever is waited for comes when the core has done it.
 */
class Glass(
    private val test: SkikoComposeUiTest,
    val phone: FakePhone,
) {
    private val scheduler = TestCoroutineScheduler()
    private val scope = CoroutineScope(SupervisorJob() + StandardTestDispatcher(scheduler))
    lateinit var app: App
        private set
    var workbench: Workbench? = null
        private set

    /** How often the glass was touched. */
    var touches = 0
        private set

    /** Which screens were seen, one after the other. */
    val seen = mutableListOf<Place>()

    init {
        begin()
        test.setContent { AppScreen(app) }
    }

    private fun begin() {
        app = App(phone, scope, opened = { workbench = it })
    }

    /** Until the core has brought the screen to that. */
    fun waitFor(
        what: String,
        isThere: () -> Boolean,
    ) = test.waitUntil(what, PATIENCE) {
        scheduler.runCurrent()
        test.waitForIdle()
        app.stack.places.value
            .last()
            .let { if (it != seen.lastOrNull()) seen += it }
        isThere()
    }

    fun see(text: String) = waitFor("“$text”") { isSeen(text) }

    fun isSeen(text: String): Boolean = find(has(text)).isNotEmpty()

    fun find(matcher: SemanticsMatcher) = test.onAllNodes(matcher).fetchSemanticsNodes()

    fun node(matcher: SemanticsMatcher): SemanticsNodeInteraction = test.onAllNodes(matcher).onFirst()

    private fun has(text: String) = hasText(text, substring = true).or(hasContentDescription(text, substring = true))

    /** One touch: what has these words is pressed. */
    fun tap(text: String) {
        press(has(text).and(hasClickAction()).and(isEnabled()))
    }

    /** One touch of the first that matches. */
    fun press(matcher: SemanticsMatcher) {
        waitFor(matcher.description) { find(matcher).isNotEmpty() }
        val node = node(matcher)
        // First the strip that it is in, if it is in one.
        for (one in listOf(node.onParent(), node)) runCatching { one.performScrollTo() }
        node.performTouchInput { click() }
        touches++
        scheduler.runCurrent()
    }

    /** A tab at the bottom. */
    fun go(text: String) {
        press(hasText(text).and(hasClickAction()).and(isNotSelected()))
    }

    fun type(
        label: String,
        text: String,
    ) {
        see(label)
        node(hasText(label, substring = true)).performTextInput(text)
        scheduler.runCurrent()
    }

    fun press() {
        waitFor("the talk button") { find(hasTestTag("talk")).isNotEmpty() }
        node(hasTestTag("talk")).performTouchInput { down(center) }
        touches++
        scheduler.runCurrent()
    }

    fun slideAway() = node(hasTestTag("talk")).performTouchInput { moveBy(Offset(0f, -300f)) }

    /** After so long that it is no tap. */
    fun letGo(afterMs: Long = 1000) {
        node(hasTestTag("talk")).performTouchInput {
            advanceEventTime(afterMs)
            up()
        }
        scheduler.runCurrent()
    }

    /** Holds the talk button until all of the sound was heard. */
    fun say() {
        press()
        val length = phone.sound.size / 32L
        waitFor("$length ms of sound") {
            (
                home.state.value.recording
                    ?.durationMs ?: 0
            ) >= length
        }
        letGo()
    }

    val home get() = app.model(Place.Tab.HOME) as HomeModel

    /** Time goes by for the app. */
    fun pass(seconds: Int) {
        scheduler.advanceTimeBy(seconds * 1000L + 1)
        scheduler.runCurrent()
        test.waitForIdle()
    }

    fun forgetTouches() {
        touches = 0
        phone.shutter = 0
        seen.clear()
    }

    /** The process ends without a word; nothing of the app is told. */
    fun kill() = scope.cancel()

    companion object {
        /** How long something that hangs is waited for: speech recognition on a busy machine takes its time. */
        private const val PATIENCE = 300_000L

        fun on(
            phone: FakePhone,
            what: Glass.() -> Unit,
        ) = runSkikoComposeUiTest(Size(720f, 1560f), Density(2f)) {
            val glass = Glass(this, phone)
            try {
                glass.what()
            } finally {
                glass.kill()
                glass.workbench?.close()
            }
        }
    }
}

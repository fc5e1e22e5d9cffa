@file:OptIn(ExperimentalCoroutinesApi::class)

package chuda.desktop

import chuda.ChudaException
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.EvidenceDraft
import chuda.SlotView
import chuda.Source
import chuda.TouchDraft
import chuda.Workbench
import chuda.ui.Access
import chuda.ui.Choosing
import chuda.ui.DraftModel
import chuda.ui.Failure
import chuda.ui.HomeModel
import chuda.ui.Model
import chuda.ui.Permission
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.time.Duration
import java.time.Instant

/** The stories of `tests/stories`, played through the view models. The core and the iPhone's view models play the same. */
class StoriesTest {
    @TempDir
    lateinit var dir: File

    @TestFactory
    fun `every story comes true`(): List<DynamicTest> =
        listOf("draft", "home", "model").flatMap { screen ->
            stories(screen).map { story -> DynamicTest.dynamicTest(story["story"] as String) { play(story) } }
        }

    @Suppress("UNCHECKED_CAST")
    private fun stories(screen: String) = Json.read(File("../../tests/stories/$screen.json").readText()) as List<Map<String, Any?>>

    @Suppress("UNCHECKED_CAST")
    private fun play(story: Map<String, Any?>) =
        runBlocking {
            val stage = Stage.of(story, dir.resolve(System.nanoTime().toString()))
            try {
                (story["steps"] as List<Map<String, Any?>>).forEachIndexed { number, step ->
                    if (step["early"] != true) stage.loaded()
                    (step["do"] as List<String>?)?.let { stage.act(it) }
                    val wanted = (step["see"] as Map<String, Any?>?).orEmpty()
                    stage.until { stage.seen(wanted) == wanted }
                    assertEquals(wanted, stage.seen(wanted)) { "step $number" }
                }
            } finally {
                stage.close()
            }
        }

    private class Stage(
        private val phone: FakePhone,
        private val workbench: Workbench,
    ) {
        /** The screens' time stands still. */
        private val scheduler = TestCoroutineScheduler()
        private val scope = CoroutineScope(SupervisorJob() + StandardTestDispatcher(scheduler))
        private val home = HomeModel(workbench, phone, scope) {}
        private val draft = DraftModel(workbench, phone, scope, null, {}, {})
        private val probe = Probe(workbench, phone, scope)

        suspend fun until(isThere: () -> Boolean) =
            withTimeoutOrNull(PATIENCE) {
                scheduler.runCurrent()
                while (!isThere()) {
                    delay(POLL)
                    scheduler.runCurrent()
                }
            }

        suspend fun loaded() = until { home.state.value.home != null && draft.state.value.view != null }

        suspend fun act(words: List<String>) {
            val one = words.getOrElse(1) { "" }
            when (words[0]) {
                "fill" -> draft.fill(one, value(words[2]))
                "find" -> draft.find(one)
                "new_customer" -> draft.newCustomer(one)
                "add" -> add(one)
                "take_out" -> draft.takeOut(checkNotNull(draft.state.value.view).evidence[one.toInt()].id)
                "save" -> draft.save()
                "discard" -> draft.discard()
                "capture" -> workbench.keepEvidence(EvidenceDraft(sample(one), Source.CAMERA))
                "resume" -> home.resume()
                "tomorrow" -> home.chooseTomorrow(one)
                "file" -> home.file()
                "reason" -> home.chooseReason(one)
                "undo" -> home.undo()
                "deny" -> deny(Permission.valueOf(one.uppercase()))
                else -> probe.act(words[0], one)
            }
        }

        private fun add(file: String) {
            phone.camera = sample(file)
            phone.file = sample(file)
            if (file.endsWith("jpg")) draft.takePhoto() else draft.addFile()
        }

        private fun deny(permission: Permission) {
            phone.access[permission] = Access.DENIED
            if (permission == Permission.CAMERA) home.takePhoto() else home.startRecording(chuda.Consent.OWN_VOICE)
        }

        /** `@name` stands for the id of a customer. */
        private suspend fun value(value: String) = if (value[0] == '@') workbench.findCustomers(value.drop(1)).single().id else value

        /** What the screens show, of all that somebody looks for. */
        fun seen(wanted: Map<String, Any?>): Map<String, Any?> = wanted.mapValues { (what, one) -> narrowed(seen(what), one) }

        private fun seen(what: String): Any? {
            val home = home.state.value
            val card = home.home?.report
            val view = draft.state.value.view
            val slots = view?.run { slots + more }.orEmpty()
            return when (what) {
                "loose" -> {
                    home.home?.loose?.size
                }

                "unfinished" -> {
                    home.home?.unfinished
                }

                "waiting" -> {
                    home.home?.waiting
                }

                "sync" -> {
                    home.home
                        ?.sync
                        ?.line
                        ?.run { mapOf("key" to key, "text" to text, "standing" to standing.word) }
                }

                "undo" -> {
                    home.undo
                }

                "choosing" -> {
                    home.choosing?.word
                }

                "filing" -> {
                    card?.filing?.word
                }

                "full" -> {
                    card?.full
                }

                "undo_seconds" -> {
                    card?.undoSeconds
                }

                "tomorrow" -> {
                    card?.tomorrow
                }

                "another" -> {
                    card?.another
                }

                "missing" -> {
                    view?.missing
                }

                "missing_touches" -> {
                    card?.missing
                }

                "values" -> {
                    slots.associate { it.field to it.value }
                }

                "labels" -> {
                    slots.associate { it.field to it.label }
                }

                "offered" -> {
                    slots.associate { slot -> slot.field to choices(slot).map { it.text } }
                }

                "chosen" -> {
                    slots.associate { slot -> slot.field to choices(slot).filter { it.chosen }.map { it.value } }
                }

                "slots" -> {
                    view?.slots?.map { it.field }
                }

                "can_save" -> {
                    view?.canSave
                }

                "save" -> {
                    view?.save
                }

                "new_customer" -> {
                    view?.newCustomer
                }

                "evidence" -> {
                    view?.evidence?.size
                }

                "saved" -> {
                    draft.state.value.saved
                        ?.touch
                        ?.status
                        ?.word
                }

                "failure" -> {
                    (home.failure ?: draft.state.value.failure ?: probe.state.value.failure)?.let(::told)
                }

                else -> {
                    probe.seen(what)
                }
            }
        }

        private fun choices(slot: SlotView) = slot.inputs.flatMap { it.choices }

        fun close() {
            listOf(home, draft, probe).forEach { it.close() }
            scope.cancel()
            workbench.close()
        }

        companion object {
            @Suppress("UNCHECKED_CAST")
            suspend fun of(
                story: Map<String, Any?>,
                folder: File,
            ): Stage {
                val phone = FakePhone(folder)
                // 10:00 in Shanghai, as the core's clock has it.
                phone.clock.moveBy(Duration.between(Instant.now(), Instant.parse("2026-11-23T02:00:00Z")).toMillis())
                val workbench = Workbench.createOffline(phone.settings(), "李雷")
                workbench.speak(story["language"] as String? ?: "zh")
                (story["customers"] as List<String>?).orEmpty().forEach { workbench.addCustomer(CustomerDraft(name = it)) }
                (story["unfinished"] as Map<String, String>?)?.let {
                    workbench.keepUnfinished(TouchDraft(mode = ContactMode.valueOf(it.getValue("mode").uppercase()), action = it["action"]))
                }
                return Stage(phone, workbench)
            }
        }
    }

    /** A screen that shows nothing: what every model does. */
    private class Probe(
        private val workbench: Workbench,
        platform: FakePhone,
        scope: CoroutineScope,
    ) : Model<Probe.State>(State(), scope, platform, {}) {
        data class State(
            val shown: Boolean = false,
            val attempts: Int = 0,
            val looks: List<String> = emptyList(),
            val failure: Failure? = null,
        )

        private var showFails = true

        suspend fun act(
            what: String,
            one: String,
        ) {
            when (what) {
                "show_fails" -> {
                    follow(workbench) { if (showFails) throw full() else set { it.copy(shown = true) } }
                }

                "show_works" -> {
                    showFails = false
                    workbench.addCustomer(CustomerDraft(name = "宁波海天机械"))
                }

                "two_looks" -> {
                    twoLooks()
                }

                "work_fails" -> {
                    attempt(one)
                }

                "retry" -> {
                    remedy(chuda.ui.Remedy.RETRY)
                }

                else -> {
                    error(what)
                }
            }
        }

        fun seen(what: String): Any? =
            when (what) {
                "shown" -> state.value.shown
                "attempts" -> state.value.attempts
                "looks" -> state.value.looks
                else -> error(what)
            }

        private fun twoLooks() {
            val gate = CompletableDeferred<Unit>()
            work { lookUp { gate.await().also { set { it.copy(looks = it.looks + "older") } } } }
            work { lookUp { set { it.copy(looks = it.looks + "newer") } } }
            work { gate.complete(Unit) }
        }

        private fun attempt(key: String): Unit =
            work(again = { attempt(key) }) {
                set { it.copy(attempts = it.attempts + 1) }
                throw if (key == "storage.full") full() else ChudaException.Invalid(key, emptyMap())
            }

        private fun full() = ChudaException.Storage("storage.full", emptyMap())

        override fun failed(
            state: State,
            failure: Failure?,
        ) = state.copy(failure = failure)
    }

    private companion object {
        const val PATIENCE = 60_000L
        const val POLL = 5L

        /** Of a map only what is looked for. */
        fun narrowed(
            seen: Any?,
            wanted: Any?,
        ): Any? = if (seen is Map<*, *> && wanted is Map<*, *>) wanted.mapValues { (key, _) -> seen[key] } else seen

        fun told(failure: Failure) = mapOf("key" to failure.key, "kind" to failure.kind, "remedy" to failure.remedy?.word)

        val Enum<*>.word get() = name.lowercase()

        val Choosing.word get() =
            when (this) {
                is Choosing.Tomorrow -> "tomorrow"
                is Choosing.Reason -> "reason"
                is Choosing.Agreement -> "agreement"
                is Choosing.Answer -> "answer"
            }
    }
}

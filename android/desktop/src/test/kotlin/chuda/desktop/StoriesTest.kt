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
import chuda.sync
import chuda.ui.Access
import chuda.ui.Choosing
import chuda.ui.DraftModel
import chuda.ui.Failure
import chuda.ui.HomeModel
import chuda.ui.Model
import chuda.ui.Permission
import chuda.ui.Remedy
import chuda.ui.SyncModel
import chuda.ui.WIFI_ONLY
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
        listOf("draft", "home", "model", "asked").flatMap { screen ->
            stories(screen).map { story -> DynamicTest.dynamicTest(story["story"] as String) { play(story, screen == "asked") } }
        }

    @Suppress("UNCHECKED_CAST")
    private fun stories(screen: String) = Json.read(File("../../tests/stories/$screen.json").readText()) as List<Map<String, Any?>>

    @Suppress("UNCHECKED_CAST")
    private fun play(
        story: Map<String, Any?>,
        isAsked: Boolean,
    ) = runBlocking {
        val folder = dir.resolve(System.nanoTime().toString())
        val stage = if (isAsked) Stage.asked(folder) else Stage.of(story, folder)
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
        private val server: Server? = null,
    ) {
        /** The screens' time stands still. */
        private val scheduler = TestCoroutineScheduler()
        private val scope = CoroutineScope(SupervisorJob() + StandardTestDispatcher(scheduler))
        private val home = HomeModel(workbench, phone, scope) {}
        private val draft = DraftModel(workbench, phone, scope, null, {}, {})
        private val probe = Probe(workbench, phone, scope)
        private val sync = SyncModel(workbench, phone, scope) {}

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
                "let_stand" -> scheduler.advanceTimeBy(UNDO)
                "a_day_passes" -> phone.clock.moveBy(Duration.ofDays(1).toMillis())
                "network" -> phone.onWifi = one == "wifi"
                "wifi_only" -> phone.prefer(WIFI_ONLY, "true")
                "answer" -> home.answer(checkNotNull(home.state.value.home).tasks.single().id, null, words.getOrNull(1))
                "again" -> home.remedy(Remedy.RETRY)
                "disk" -> if (one == "full") FullDisk.above(0) else FullDisk.end()
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
            val shown =
                mapOf<String, () -> Any?>(
                    "loose" to { home.home?.loose?.size },
                    "unfinished" to { home.home?.unfinished },
                    "waiting" to { home.home?.waiting },
                    "tasks" to { home.home?.tasks?.size },
                    "sync" to { home.home?.run { sync.line.run { mapOf("key" to key, "text" to text, "standing" to standing.word) } } },
                    "waits_for_wifi" to { sync.state.value.waitsForWifi },
                    "undo" to { home.undo },
                    "choosing" to { home.choosing?.word },
                    "day" to { card?.day?.toString() },
                    "filing" to { card?.filing?.word },
                    "full" to { card?.full },
                    "undo_seconds" to { card?.undoSeconds },
                    "tomorrow" to { card?.tomorrow },
                    "another" to { card?.another },
                    "missing" to { view?.missing },
                    "missing_touches" to { card?.missing },
                    "values" to { slots.associate { it.field to it.value } },
                    "labels" to { slots.associate { it.field to it.label } },
                    "offered" to { slots.associate { slot -> slot.field to choices(slot).map { it.text } } },
                    "chosen" to { slots.associate { slot -> slot.field to choices(slot).filter { it.chosen }.map { it.value } } },
                    "slots" to { view?.slots?.map { it.field } },
                    "can_save" to { view?.canSave },
                    "save" to { view?.save },
                    "new_customer" to { view?.newCustomer },
                    "evidence" to { view?.evidence?.size },
                    "kinds" to { view?.evidence?.map { it.kind.word } },
                    "saved" to { draft.state.value.run { saved?.touch?.status?.word } },
                    "failure" to { (home.failure ?: draft.state.value.failure ?: probe.state.value.failure)?.let(::told) },
                )
            return shown[what]?.invoke() ?: probe.seen(what)
        }

        private fun choices(slot: SlotView) = slot.inputs.flatMap { it.choices }

        fun close() {
            listOf(home, draft, probe, sync).forEach { it.close() }
            scope.cancel()
            workbench.close()
            server?.close()
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

            /** Somebody who is asked a technical question. */
            suspend fun asked(folder: File): Stage {
                val server = Server(folder.resolve("server"))
                val (phone, other) = FakePhone(folder.resolve("tech")) to FakePhone(folder.resolve("rep"))
                val tech = Workbench.createEnrolled(phone.settings(), server.url, server.invite("赵工", "tech"))
                Workbench.createEnrolled(other.settings(), server.url, server.invite("李强")).use { rep ->
                    rep.sync()
                    val customer = rep.addCustomer(CustomerDraft(name = "杭州智联科技")).id
                    val photo = rep.keepEvidence(EvidenceDraft(sample("photo.jpg"), Source.CAMERA)).evidence.id
                    val about = TouchDraft(customer, ContactMode.WECHAT, "tech_question", listOf(photo))
                    rep.recordTouch(about.copy(techOwner = "赵工", responseBy = rep.today()))
                    rep.sync()
                }
                tech.sync()
                return Stage(phone, tech, server)
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
                    remedy(Remedy.RETRY)
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
                else -> null
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
                throw when (key) {
                    "storage.full" -> full()
                    "sync.offline" -> ChudaException.Offline(key, emptyMap())
                    else -> ChudaException.Invalid(key, emptyMap())
                }
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
        const val UNDO = 6_000L

        /** Of a map only what is looked for. */
        fun narrowed(
            seen: Any?,
            wanted: Any?,
        ): Any? = if (seen is Map<*, *> && wanted is Map<*, *>) wanted.mapValues { (key, _) -> seen[key] } else seen

        fun told(failure: Failure) = failure.run { mapOf("key" to key, "kind" to kind, "remedy" to remedy?.word, "calm" to calm) }

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

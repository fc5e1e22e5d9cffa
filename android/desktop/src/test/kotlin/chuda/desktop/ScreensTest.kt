@file:OptIn(ExperimentalTestApi::class, ExperimentalTextApi::class)

package chuda.desktop

import androidx.compose.runtime.Composable
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.text.ExperimentalTextApi
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.SystemFont
import androidx.compose.ui.unit.Density
import chuda.BriefView
import chuda.Check
import chuda.ChudaException
import chuda.Consent
import chuda.CustomerDraft
import chuda.CustomerPage
import chuda.Identity
import chuda.ItemState
import chuda.StatusItem
import chuda.StatusView
import chuda.TouchDay
import chuda.ui.Choosing
import chuda.ui.ChudaTheme
import chuda.ui.CustomerScreen
import chuda.ui.CustomerState
import chuda.ui.CustomersScreen
import chuda.ui.CustomersState
import chuda.ui.DraftScreen
import chuda.ui.DraftState
import chuda.ui.EndReason
import chuda.ui.EvidenceScreen
import chuda.ui.EvidenceState
import chuda.ui.FirstRunScreen
import chuda.ui.FirstRunState
import chuda.ui.Ground
import chuda.ui.HomeScreen
import chuda.ui.HomeState
import chuda.ui.MeScreen
import chuda.ui.MeState
import chuda.ui.Permission
import chuda.ui.Place
import chuda.ui.Recording
import chuda.ui.SyncScreen
import chuda.ui.SyncState
import chuda.ui.Tabbed
import chuda.ui.TasksScreen
import chuda.ui.TasksState
import chuda.ui.TouchScreen
import chuda.ui.TouchState
import chuda.ui.TouchesScreen
import chuda.ui.TouchesState
import chuda.ui.Words
import chuda.ui.denied
import chuda.ui.failure
import org.jetbrains.skia.Image
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File
import java.lang.reflect.Proxy

/** Every screen in its states, as a picture that is compared, with what can be pressed and read checked on the way. */
class ScreensTest {
    private val all =
        first() + home() + draft() + touches() + evidence() + customers() + tasks() + sync() + me()

    @TestFactory
    fun `every screen looks as agreed, can be pressed and can be read`(): List<DynamicTest> {
        val filled = all.filter { it.isFilled }
        val variants =
            all.map { it.name to { draw(it) } } +
                filled.map { "${it.name}-dark" to { draw(it, isDark = true) } } +
                filled.map { "${it.name}-large" to { draw(it, scale = 2f) } } +
                filled.map { "${it.name}-english" to { draw(it, words = Fixtures.english) } }
        return variants.map { (name, draw) -> DynamicTest.dynamicTest(name) { compare(golden.resolve("$name.png"), draw()) } }
    }

    @TestFactory
    fun `the pictures in the readme are those of today`() =
        listOf("home", "draft", "customer").map { name ->
            DynamicTest.dynamicTest(name) {
                compare(pictures.resolve("phone-$name.png"), draw(all.single { it.name == name }, density = 2f), isSmall = false)
            }
        }

    @Test
    fun `an ordinary day fits on a small phone without scrolling`() {
        val day = all.single { it.name == "home" }
        draw(day) {
            val column = onNode(hasTestTag("day")).fetchSemanticsNode()
            val last = column.children.maxOf { it.positionInRoot.y + it.size.height }
            val room = column.positionInRoot.y + column.size.height
            assertTrue(last <= room) { "the day ends at $last px, there is room until $room px" }
        }
    }

    /** Draws a screen, checks what can be pressed and read, and gives the picture. */
    private fun draw(
        shot: Shot,
        words: Words = Fixtures.chinese,
        isDark: Boolean = false,
        scale: Float = 1f,
        density: Float = DENSITY,
        also: SkikoComposeUiTest.() -> Unit = {},
    ): ImageBitmap {
        lateinit var picture: ImageBitmap
        runSkikoComposeUiTest(Size(360 * density, 780 * density), Density(density, scale)) {
            mainClock.autoAdvance = false
            setContent { ChudaTheme(words, isDark, font) { Ground { shot.content(words) } } }
            mainClock.advanceTimeBy(500)
            picture = captureToImage()
            checkAccess(picture)
            also()
        }
        return picture
    }

    private class Shot(
        val name: String,
        /** Drawn in the dark, in large text and in English as well. */
        val isFilled: Boolean = false,
        val content: @Composable (Words) -> Unit,
    )

    private fun first() =
        listOf(
            Shot("first", true) { FirstRunScreen(FirstRunState(), idle(), it) },
            Shot(
                "first-code",
            ) { FirstRunScreen(FirstRunState(FirstRunState.Step.CODE, "https://chuda.example.com", "NJQ7K-Q5YG9"), idle(), it) },
            Shot("first-joining") {
                FirstRunScreen(
                    FirstRunState(FirstRunState.Step.CODE, "https://chuda.example.com", "NJQ7K-Q5YG9", working = true),
                    idle(),
                    it,
                )
            },
            Shot("first-refused") {
                val refused = failure(ChudaException.Invalid("enrol.code_refused", emptyMap()))
                FirstRunScreen(
                    FirstRunState(FirstRunState.Step.CODE, "https://chuda.example.com", "NJQ7K-Q5YG9", failure = refused),
                    idle(),
                    it,
                )
            },
            Shot("first-offline") {
                val offline = failure(ChudaException.Offline("sync.offline", emptyMap()), again = true)
                FirstRunScreen(
                    FirstRunState(FirstRunState.Step.CODE, "https://chuda.example.com", "NJQ7K-Q5YG9", failure = offline),
                    idle(),
                    it,
                )
            },
            Shot("first-name") { FirstRunScreen(FirstRunState(FirstRunState.Step.NAME, name = "李强"), idle(), it) },
        )

    private fun homeShot(
        name: String,
        isFilled: Boolean = false,
        state: (Words) -> HomeState,
    ) = Shot(name, isFilled) { words -> Tabbed(Place.Tab.HOME, {}, words) { HomeScreen(state(words), idle(), words) } }

    private fun home(): List<Shot> {
        fun day(words: Words) = HomeState(Fixtures.home(Fixtures.waiting(words)))

        fun filed(words: Words) = HomeState(Fixtures.home(Fixtures.waiting(words), report = Fixtures.card(threeTouches, Fixtures.filed)))
        val levels = List(40) { (it * 37 % 50) / 60f + 0.1f }
        return listOf(
            homeShot("home", isFilled = true, ::day),
            homeShot("home-empty") {
                HomeState(
                    Fixtures.home(Fixtures.offline(it), Fixtures.card(emptyList(), suggestions = emptyList()), emptyList(), emptyList()),
                )
            },
            homeShot("home-loading") { HomeState() },
            homeShot("home-full") { HomeState(Fixtures.home(Fixtures.synced(it), Fixtures.card(threeTouches))) },
            homeShot("home-filed", state = ::filed),
            homeShot("home-undo") { filed(it).copy(undo = 4) },
            homeShot("home-why-short") { day(it).copy(choosing = Choosing.Reason) },
            homeShot("home-tomorrow") { day(it).copy(choosing = Choosing.Tomorrow) },
            homeShot("home-may-record") { day(it).copy(choosing = Choosing.Agreement(Fixtures.consents.first())) },
            homeShot("home-recording") { day(it).copy(recording = Recording(Consent.OWN_VOICE, 7_400, levels)) },
            homeShot("home-unfinished") {
                HomeState(Fixtures.home(Fixtures.waiting(it), waiting = it("home.unfinished")))
            },
            homeShot("home-attention") { HomeState(Fixtures.home(Fixtures.attention(it))) },
            homeShot("home-no-microphone") { day(it).copy(failure = failure(denied(Permission.MICROPHONE))) },
            homeShot(
                "home-full-disk",
            ) { day(it).copy(failure = failure(ChudaException.Storage("storage.full", emptyMap()), again = true)) },
        )
    }

    private fun draftShot(
        name: String,
        isFilled: Boolean = false,
        state: (Drafts) -> DraftState,
    ) = Shot(name, isFilled) { DraftScreen(state(Drafts(it)), idle(), it) }

    private fun draft(): List<Shot> {
        val thumbnails = mapOf(Fixtures.photo.id to photo)

        fun heard(drafts: Drafts) = DraftState(drafts.heard, thumbnails)

        fun listening(drafts: Drafts) = DraftState(drafts.listening, listening = true, share = 0.42f)
        return listOf(
            draftShot("draft", isFilled = true, ::heard),
            draftShot("draft-unsure") { DraftState(it.unsure, thumbnails) },
            draftShot("draft-listening", state = ::listening),
            draftShot("draft-by-hand") { DraftState(it.blank) },
            draftShot("draft-question") { DraftState(it.question, thumbnails) },
            draftShot("draft-no-model") {
                listening(it).copy(listening = false, failure = failure(ChudaException.Model("speech.model_missing", emptyMap())))
            },
            draftShot("draft-interrupted") { heard(it).copy(failure = failure(EndReason.NOT_PERMITTED.told)) },
            draftShot("draft-no-camera") { heard(it).copy(failure = failure(denied(Permission.CAMERA))) },
        )
    }

    private fun touches(): List<Shot> {
        val yesterday = Fixtures.visit.copy(id = Fixtures.id(29), day = Fixtures.today.minusDays(1))
        val days =
            listOf(
                TouchDay(Fixtures.today, listOf(Fixtures.call, Fixtures.mail, Fixtures.visit, Fixtures.bare)),
                TouchDay(Fixtures.today.minusDays(1), listOf(yesterday)),
            )
        val thumbnails = mapOf(Fixtures.photo.id to photo)
        return listOf(
            tab("touches", Place.Tab.TOUCHES, true) { TouchesScreen(TouchesState(days, Fixtures.today, loading = false), idle(), it) },
            tab("touches-empty", Place.Tab.TOUCHES) { TouchesScreen(TouchesState(loading = false), idle(), it) },
            tab("touches-loading", Place.Tab.TOUCHES) { TouchesScreen(TouchesState(), idle(), it) },
            tab("touches-error", Place.Tab.TOUCHES) {
                TouchesScreen(
                    TouchesState(loading = false, failure = failure(ChudaException.Storage("storage.damaged", emptyMap()))),
                    idle(),
                    it,
                )
            },
            Shot("touch", true) { TouchScreen(TouchState(Fixtures.visit, thumbnails, loading = false), idle(), it, {}) },
            Shot("touch-question") { TouchScreen(TouchState(Fixtures.call, loading = false), idle(), it, {}) },
            Shot("touch-draft") { TouchScreen(TouchState(Fixtures.bare, loading = false), idle(), it, {}) },
            Shot(
                "touch-missing",
            ) {
                TouchScreen(
                    TouchState(loading = false, failure = failure(ChudaException.NotFound("touch.not_found", emptyMap()))),
                    idle(),
                    it,
                    {},
                )
            },
        )
    }

    private fun evidence() =
        listOf(
            Shot("evidence-photo", true) { EvidenceScreen(EvidenceState(Fixtures.old, photo), idle(), it, {}) },
            Shot(
                "evidence-recording",
            ) { EvidenceScreen(EvidenceState(Fixtures.recording, playing = true, position = 3_200), idle(), it, {}) },
            Shot("evidence-document") { EvidenceScreen(EvidenceState(Fixtures.document), idle(), it, {}) },
            Shot("evidence-damaged") { EvidenceScreen(EvidenceState(Fixtures.damaged), idle(), it, {}) },
            Shot("evidence-elsewhere") { EvidenceScreen(EvidenceState(Fixtures.document.copy(here = false)), idle(), it, {}) },
            Shot("evidence-loading") { EvidenceScreen(EvidenceState(), idle(), it, {}) },
        )

    private fun customers(): List<Shot> {
        val briefs =
            listOf(
                BriefView(
                    Fixtures.today,
                    Fixtures.red.id,
                    Fixtures.red.name,
                    Fixtures.rep,
                    chuda.Word("tech_needed", "需协调技术答疑", "Technical answer needed"),
                    true,
                ),
            )
        val timeline = listOf(Fixtures.mail, Fixtures.visit.copy(day = Fixtures.today.minusDays(6)))
        val customer = CustomerState(CustomerPage(Fixtures.red, timeline, briefs, listOf(Fixtures.document)), loading = false)
        val bare = CustomerPage(Fixtures.customers[2], emptyList(), emptyList(), emptyList())
        return listOf(
            tab(
                "customers",
                Place.Tab.CUSTOMERS,
                true,
            ) { CustomersScreen(CustomersState(Fixtures.customers, loading = false), idle(), it) },
            tab("customers-empty", Place.Tab.CUSTOMERS) { CustomersScreen(CustomersState(loading = false), idle(), it) },
            tab("customers-not-found", Place.Tab.CUSTOMERS) { CustomersScreen(CustomersState(search = "宁波", loading = false), idle(), it) },
            tab("customers-adding", Place.Tab.CUSTOMERS) {
                val state = CustomersState(Fixtures.customers, adding = CustomerDraft(name = "佛山乐居家具"), loading = false)
                CustomersScreen(state.copy(failure = failure(ChudaException.Invalid("customer.exists", emptyMap()))), idle(), it)
            },
            Shot("customer", true) { CustomerScreen(customer, idle(), it, {}) },
            Shot("customer-new") { CustomerScreen(CustomerState(bare, loading = false), idle(), it, {}) },
            Shot("customer-missing") {
                CustomerScreen(
                    CustomerState(loading = false, failure = failure(ChudaException.NotFound("customer.not_found", emptyMap()))),
                    idle(),
                    it,
                    {},
                )
            },
        )
    }

    private fun tasks() =
        listOf(
            tab("tasks", Place.Tab.TASKS, true) {
                TasksScreen(TasksState(listOf(Fixtures.reconfirm), listOf(Fixtures.answered), Fixtures.today, loading = false), idle(), it)
            },
            tab("tasks-empty", Place.Tab.TASKS) { TasksScreen(TasksState(loading = false), idle(), it) },
            tab("tasks-reason", Place.Tab.TASKS) {
                val state =
                    TasksState(
                        listOf(Fixtures.reconfirm),
                        today = Fixtures.today,
                        answering = Choosing.Answer(Fixtures.reconfirm, "cases"),
                        loading = false,
                    )
                TasksScreen(state, idle(), it)
            },
        )

    private fun sync(): List<Shot> {
        val items =
            listOf(
                StatusItem(Fixtures.id(21), "touch", "佛山乐居家具", ItemState.Waiting, null),
                StatusItem(Fixtures.id(63), "blob", "杭州智联科技", ItemState.Uploading(41), 717_594),
                StatusItem(Fixtures.id(24), "touch", "苏州明源电气", ItemState.Failed("field_locked"), null),
                StatusItem(Fixtures.id(104), "customer", "杭州智联科技", ItemState.Conflict, null),
                StatusItem(Fixtures.id(51), "report", "11月23日", ItemState.Verified, null),
            )
        return listOf(
            syncShot("sync", isFilled = true) { SyncState(StatusView(items, Fixtures.attention(it))) },
            syncShot("sync-running") { SyncState(StatusView(items.take(2), Fixtures.waiting(it)), syncing = true) },
            syncShot("sync-offline") {
                val offline = failure(ChudaException.Offline("sync.offline", emptyMap()), again = true)
                SyncState(StatusView(items.take(2), Fixtures.waiting(it)), failure = offline)
            },
            syncShot("sync-wifi") {
                val waiting = items.take(2).map { item -> item.copy(state = ItemState.Waiting) }
                SyncState(StatusView(waiting, Fixtures.waiting(it, percent = 0)), waitsForWifi = true)
            },
            syncShot("sync-done") { SyncState(StatusView(items.takeLast(1), Fixtures.synced(it))) },
            syncShot("sync-no-team") { SyncState(StatusView(emptyList(), Fixtures.offline(it))) },
            syncShot("sync-loading") { SyncState() },
        )
    }

    private fun syncShot(
        name: String,
        isFilled: Boolean = false,
        state: (Words) -> SyncState,
    ) = Shot(name, isFilled) { SyncScreen(state(it), idle(), it, {}) }

    private fun me(): List<Shot> {
        val identity = Identity(Fixtures.rep, Fixtures.id(9), "https://chuda.example.com")
        val state = MeState(identity, Fixtures.consents, storage = 21_474_836_480, wifiOnly = true)
        val checks = listOf(Check("database", true, ""), Check("chain", true, "12"), Check("model", false, "speech.model_missing"))
        return listOf(
            tab("me", Place.Tab.ME, true) { MeScreen(state, idle(), it) },
            tab("me-alone", Place.Tab.ME) { MeScreen(state.copy(identity = identity.copy(server = null)), idle(), it) },
            tab("me-checked", Place.Tab.ME) { MeScreen(state.copy(checks = checks, consents = emptyList()), idle(), it) },
            tab("me-no-location", Place.Tab.ME) { MeScreen(state.copy(failure = failure(denied(Permission.LOCATION))), idle(), it) },
        )
    }

    private fun tab(
        name: String,
        tab: Place.Tab,
        isFilled: Boolean = false,
        content: @Composable (Words) -> Unit,
    ) = Shot(name, isFilled) { words -> Tabbed(tab, {}, words) { content(words) } }

    private companion object {
        const val DENSITY = 1.5f
        val threeTouches = listOf(Fixtures.visit, Fixtures.mail, Fixtures.call)
        val golden = File("src/test/golden")
        val pictures = File("../../docs/pictures")
        val font =
            FontFamily(
                listOf(FontWeight.Normal, FontWeight.Medium, FontWeight.SemiBold).map { SystemFont("Noto Sans CJK SC", it) },
            )
        val photo = Image.makeFromEncoded(File(System.getenv("CHUDA_SAMPLES"), "photo.jpg").readBytes()).toComposeImageBitmap()

        /** Events of which nothing comes. */
        inline fun <reified T> idle(): T =
            Proxy.newProxyInstance(T::class.java.classLoader, arrayOf(T::class.java)) { proxy, method, given ->
                when (method.name) {
                    "equals" -> proxy === given[0]
                    "hashCode" -> 0
                    else -> null
                }
            } as T
    }
}

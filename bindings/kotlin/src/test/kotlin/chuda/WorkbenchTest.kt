package chuda

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** What an app does with the package, against the real library and a real server. */
class WorkbenchTest {
    @TempDir
    lateinit var dir: Path

    @Test
    fun `a day is filed and reaches the server`() =
        test {
            val server = given("CHUDA_TEST_SERVER", "the day with a server")
            val code = given("CHUDA_TEST_CODE", "the day with a server")
            val phone = Workbench.createEnrolled(settings(dir, models = models()), server, code)
            assertEquals(server, phone.identity().server)
            val customer = phone.addCustomer(CustomerDraft(name = "佛山乐居家具"))
            assertEquals(Stage.CLAIMED, customer.stage)

            val heard = phone.recordVoice(voice())
            assertTrue("展厅" in heard.transcript.text) { heard.transcript.text }
            assertEquals(customer.id, heard.draft.customer?.value)
            val visit =
                phone.recordTouch(
                    TouchDraft(
                        customer = heard.draft.customer?.value,
                        mode = heard.draft.contactMode?.value ?: ContactMode.VISIT,
                        action = heard.draft.action?.value,
                        nextAction = heard.draft.nextAction?.value,
                        nextDate = heard.draft.nextDate?.value,
                        evidence = listOf(heard.evidence.id),
                    ),
                )
            assertEquals(TouchStatus.RECORDED, visit.touch.status)
            assertEquals(phone.today().plusDays(1), visit.touch.nextDate)

            val photo = phone.keepEvidence(photo()).evidence
            assertTrue(photo.readable)
            assertNotNull(phone.thumbnail(photo.id))
            phone.recordTouch(TouchDraft(customer = customer.id, mode = ContactMode.PHONE, action = "demo", evidence = listOf(photo.id)))

            // Two touches are fewer than three, so the report wants a reason.
            val short = assertThrows<ChudaException.Invalid> { phone.fileReport(ReportRequest()) }
            assertTrue(short.key.startsWith("report."), short.key)
            val report = phone.fileReport(ReportRequest(reason = "travel", tomorrow = "发报价单"))
            assertEquals(listOf(true, 2, phone.today()), listOf(report.short, report.touches.size, report.day))

            val sync = phone.sync()
            assertTrue(sync.pushed > 0)
            assertEquals(emptyList<RejectedView>(), sync.rejected)
            assertEquals(0, sync.blobs.left)
            assertEquals(ItemState.Verified, phone.evidence(photo.id).state)
            val after = phone.status().summary
            assertEquals(0, after.recordsWaiting)
            assertNotNull(after.lastSync)
        }

    @Test
    fun `the home screen comes at once and with every change`() =
        test {
            val phone = offline()
            assertEquals(
                0,
                phone
                    .homes()
                    .first()
                    .touchesToday.size,
            )
            val grown = async { phone.homes().first { it.touchesToday.isNotEmpty() } }
            val customer = phone.addCustomer(CustomerDraft(name = "苏州明远电子"))
            phone.recordTouch(TouchDraft(customer = customer.id, mode = ContactMode.PHONE, action = "demo", allowDraft = true))
            assertEquals(
                "苏州明远电子",
                grown
                    .await()
                    .touchesToday
                    .single()
                    .customerName,
            )
        }

    @Test
    fun `cancelling the coroutine stops a transcription and keeps the recording`() =
        test {
            val phone = offline(models = models())
            val started = CompletableDeferred<Unit>()
            val work = launch(Dispatchers.Default) { phone.recordVoice(voice()) { started.complete(Unit) } }
            started.await()
            work.cancelAndJoin()
            val kept = phone.pendingTranscriptions().single()
            assertTrue(
                phone
                    .transcribe(kept)
                    .transcript.text
                    .isNotEmpty(),
            )
            assertEquals(emptyList<EvidenceId>(), phone.pendingTranscriptions())
        }

    @Test
    fun `a used token ends the work with Cancelled`() =
        test {
            val phone = offline(models = models())
            val token = CancelToken().apply { cancel() }
            assertThrows<ChudaException.Cancelled> { phone.recordVoice(voice(), null, token) }
            assertEquals(1, phone.pendingTranscriptions().size)
        }

    @Test
    fun `voice without a model keeps the recording and says what is missing`() =
        test {
            val phone = offline()
            assertThrows<ChudaException.Model> { phone.recordVoice(voice()) }
            assertEquals(1, phone.pendingTranscriptions().size)
        }

    @Test
    fun `a refusal is typed and changes nothing`() =
        test {
            val phone = offline()
            val customer = phone.addCustomer(CustomerDraft(name = "杭州智联科技")).id
            val bare = TouchDraft(customer = customer, mode = ContactMode.VISIT, action = "demo")
            assertEquals("touch.evidence_missing", assertThrows<ChudaException.Invalid> { phone.recordTouch(bare) }.key)
            assertEquals("id.malformed", assertThrows<ChudaException.Invalid> { phone.customer("no id") }.key)
            assertEquals("id.malformed", assertThrows<ChudaException.Invalid> { phone.recordTouch(bare.copy(customer = "no id")) }.key)
            val unknown: ChudaException = assertThrows<ChudaException.NotFound> { phone.touch(customer) }
            assertEquals("touch.not_found", unknown.key)
            assertEquals(emptyList<TouchView>(), phone.touchesOf(phone.today()))
        }

    @Test
    fun `without a network everything is kept`() =
        test {
            val settings = settings(dir)
            assertThrows<ChudaException.Offline> { Workbench.createEnrolled(settings, "http://127.0.0.1:1", "CODE") }
            assertFalse(storeExists(settings.dir))
            val phone = Workbench.createOffline(settings, "李强")
            phone.addCustomer(CustomerDraft(name = "杭州志连信息"))
            assertThrows<ChudaException.Offline> { phone.enrol("http://127.0.0.1:1", "CODE") }
            assertEquals("杭州志连信息", phone.customers().single().name)
        }

    @Test
    fun `a listener that throws disturbs nobody`() =
        test {
            val phone = offline()
            val told = CompletableDeferred<Unit>()
            val listener =
                object : Listener {
                    override fun changed(home: HomeView) {
                        told.complete(Unit)
                        error("a mistake of the app")
                    }
                }
            val subscription = phone.subscribe(listener)
            told.await()
            phone.addCustomer(CustomerDraft(name = "苏州明源电气"))
            assertNotNull(phone.homes().first())
            subscription.cancel()
            subscription.cancel()
        }

    @Test
    fun `evidence is kept while the key can't be used`() =
        test {
            val saved = offline(LockedSigner()).keepEvidence(photo())
            assertTrue(saved.evidence.readable)
            assertFalse(saved.claim.signed)
        }

    @Test
    fun `a keystore that fails is a typed error`() =
        test {
            assertEquals("callback.failed", assertThrows<ChudaException.Internal> { offline(BrokenSigner()) }.key)
        }

    @Test
    fun `a software key is the same after it was stored`() =
        test {
            val key = SoftwareSigner.generate()
            val again = SoftwareSigner.fromPkcs8(key.toPkcs8())
            assertArrayEquals(key.publicKey(), again.publicKey())
            assertTrue(offline(again).keepEvidence(photo()).claim.signed)
        }

    @Test
    fun `a store opens again`() =
        test {
            val settings = settings(dir)
            Workbench.createOffline(settings, "李强").use { it.addCustomer(CustomerDraft(name = "苏州明源电气")) }
            assertTrue(storeExists(settings.dir))
            assertThrows<ChudaException.Invalid> { Workbench.open(settings.copy(key = ByteArray(16))) }
            Workbench.open(settings).use { assertEquals(1, it.customers().size) }
        }

    @Test
    fun `every call is safe from any thread`() =
        test {
            val phone = offline()
            val names = (1..40).map { "客户$it" }
            names.map { async(Dispatchers.IO) { phone.addCustomer(CustomerDraft(name = it)) } }.awaitAll()
            assertEquals(names.toSet(), phone.customers().map { it.name }.toSet())
        }

    private suspend fun offline(
        signer: DeviceSigner = PlatformSigner(),
        models: String? = null,
    ) = Workbench.createOffline(settings(dir, signer, models), "李强")

    private fun test(body: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(120_000, body) }
}

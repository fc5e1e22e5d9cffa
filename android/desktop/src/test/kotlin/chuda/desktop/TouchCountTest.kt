package chuda.desktop

import androidx.compose.ui.test.hasContentDescription
import chuda.BlobChoice
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.EvidenceDraft
import chuda.Purpose
import chuda.Source
import chuda.TouchDraft
import chuda.Workbench
import chuda.sync
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/**
 * How often the glass is touched for a rep's day (docs/touches.md): the real core, a real server that is away meanwhile, a real voice and
 * a real photo. Speech recognition has the recording for itself as long as it takes; no touch is needed for it.
 */
class TouchCountTest {
    @TempDir
    lateinit var dir: File
    private val server by lazy { Server(dir.resolve("server")) }

    @AfterEach
    fun stop() = server.close()

    @Test
    fun `a visit by voice takes two touches, its photo two, the report one`() =
        day {
            ask { repeat(2) { called("苏州明远电子") } }
            waitFor("two touches") {
                home.state.value.home
                    ?.touchesToday
                    ?.size == 2
            }
            assertEquals(4, visit())
            assertEquals(1, counted { tap("一键提交").also { see("日报已提交") } })
            assertEquals(2, seen.distinct().size) { "screens: $seen" }
        }

    @Test
    fun `a short day takes one touch more, and reaches the server once it is back`() =
        day {
            assertEquals(4, visit())
            val report =
                counted {
                    tap("差 2 条，仍可提交")
                    tap("外出路途")
                    see("日报已提交")
                }
            assertEquals(2, report)
            assertEquals(2, seen.distinct().size) { "screens: $seen" }

            // Nothing has been sent, and nothing says so.
            see("条待传")
            pass(5)
            see("已提交 · 不足三条")
            server.start()
            tap("条待传")
            tap("立即同步")
            see("全部已同步")
            val touch = ask { recentTouches(1).single() }
            assertEquals(listOf("佛山乐居家具", "demo", 2), listOf(touch.customerName, touch.action.key, touch.evidence.size))
        }

    /** A phone that has joined, with two customers; then the network goes. */
    private fun day(what: Glass.() -> Unit) {
        val phone =
            FakePhone(dir.resolve("phone"), given("CHUDA_MODELS")).apply {
                code = "chuda://join?server=${server.url}&code=${server.invite("李强")}"
                sound = FakePhone.samples(sample("voice.wav"))
                camera = sample("photo.jpg")
            }
        Glass.on(phone) {
            tap("扫码加入团队")
            see("今日日报")
            ask {
                listOf("佛山乐居家具", "苏州明远电子").forEach { addCustomer(CustomerDraft(name = it)) }
                giveConsent(Purpose.RECORDING)
                sync(BlobChoice.ALL)
            }
            server.stop()
            forgetTouches()
            what()
        }
    }

    /** Hold to talk, 拍照, the shutter, save. */
    private fun Glass.visit(): Int =
        counted {
            say()
            see("佛山乐居家具的老板")
            tap("拍照")
            waitFor("the photo") { find(hasContentDescription("照片")).isNotEmpty() }
            tap("保存触达")
            see("今日日报")
        }

    private fun Glass.counted(what: Glass.() -> Unit): Int {
        val before = touches + phone.shutter
        what()
        return touches + phone.shutter - before
    }

    private suspend fun Workbench.called(customer: String) {
        val photo = keepEvidence(EvidenceDraft(sample("photo.jpg"), Source.CAMERA)).evidence.id
        recordTouch(TouchDraft(findCustomers(customer).single().id, ContactMode.PHONE, "demo", listOf(photo)))
    }

    private fun <T> Glass.ask(what: suspend Workbench.() -> T): T = runBlocking { workbench!!.what() }
}

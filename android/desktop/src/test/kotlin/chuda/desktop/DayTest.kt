package chuda.desktop

import androidx.compose.ui.test.hasContentDescription
import chuda.BlobChoice
import chuda.CustomerDraft
import chuda.Purpose
import chuda.Workbench
import chuda.sync
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** A rep's day by touching the glass: the real core, a real server that is away in between, a real voice and a real photo. */
class DayTest {
    @TempDir
    lateinit var dir: File
    private val server by lazy { Server(dir.resolve("server")) }

    @AfterEach
    fun stop() = server.close()

    @Test
    fun `a visit by voice, a photo and the report take six touches, without a network`() {
        val models = given("CHUDA_MODELS")
        val phone =
            FakePhone(dir.resolve("phone"), models).apply {
                code = "chuda://join?server=${server.url}&code=${server.invite("李强")}"
                sound = FakePhone.samples(sample("voice.wav"))
                camera = sample("photo.jpg")
            }
        Glass.on(phone) {
            tap("扫码加入团队")
            see("今日日报")
            prepare(workbench!!, "佛山乐居家具", "苏州明远电子")
            server.stop()

            forgetTouches()
            say()
            see("佛山乐居家具的老板")
            tap("拍照")
            see("保存触达")
            waitFor("the photo") { find(hasContentDescription("照片")).isNotEmpty() }
            tap("保存触达")
            see("差 2 条，仍可提交")
            tap("差 2 条，仍可提交")
            tap("外出路途")
            see("日报已提交")
            assertTrue(touches + phone.shutter <= 6) { "${touches + phone.shutter} touches, over $seen" }
            assertEquals(2, seen.distinct().size) { "screens: $seen" }

            // Nothing has been sent, and nothing says so.
            assertTrue(isSeen("待传"))
            pass(5)
            see("已提交 · 不足三条")
            server.start()
            tap("条待传")
            tap("立即同步")
            see("全部已同步")
            val touch = runBlocking { workbench!!.recentTouches(1).single() }
            assertEquals(listOf("佛山乐居家具", "demo", 2), listOf(touch.customerName, touch.action.key, touch.evidence.size))
        }
    }

    private fun prepare(
        workbench: Workbench,
        vararg customers: String,
    ) = runBlocking {
        customers.forEach { workbench.addCustomer(CustomerDraft(name = it)) }
        workbench.giveConsent(Purpose.RECORDING)
        workbench.sync(BlobChoice.ALL)
    }
}

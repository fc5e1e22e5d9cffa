package chuda.desktop

import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import chuda.ChudaException
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.DeviceSigner
import chuda.Purpose
import chuda.SoftwareSigner
import chuda.TouchDraft
import chuda.TouchStatus
import chuda.Workbench
import chuda.ui.Access
import chuda.ui.EndReason
import chuda.ui.Failure
import chuda.ui.Permission
import chuda.ui.Place
import chuda.ui.Words
import chuda.ui.denied
import chuda.ui.failure
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.time.Duration
import java.time.LocalDate

/** What must never happen: a capture that is lost, a spinner without end, a "synced" that isn't, an error without what to do. */
class NeverTest {
    @TempDir
    lateinit var dir: File

    private fun phone(
        models: String? = null,
        signer: DeviceSigner = SoftwareSigner.generate(),
        folder: String = "phone",
    ) = FakePhone(dir.resolve(folder), models, signer).apply {
        camera = sample("photo.jpg")
        file = sample("quote.pdf")
        sound = FakePhone.samples(sample("voice.wav"))
    }

    /** Begins without a team, with two customers and the agreement to recording. */
    private fun alone(
        phone: FakePhone = phone(),
        what: Glass.() -> Unit,
    ) = Glass.on(phone) {
        tap("先不加入")
        type("你的姓名", "李强")
        tap("开始使用")
        see("今日日报")
        ask {
            addCustomer(CustomerDraft(name = "佛山乐居家具"))
            addCustomer(CustomerDraft(name = "苏州明远电子"))
            giveConsent(Purpose.RECORDING)
        }
        waitFor("the customers to be there") {
            home.state.value.home
                ?.report
                ?.suggestions
                ?.isNotEmpty() == true
        }
        what()
    }

    /** Until the microphone has heard all of the sample. */
    private fun Glass.hearTheWhole() =
        waitFor("sound") {
            (
                home.state.value.recording
                    ?.durationMs ?: 0
            ) >= 7_000
        }

    private fun <T> Glass.ask(what: suspend Workbench.() -> T): T = runBlocking { workbench!!.what() }

    /** The same phone, begun anew: what the store holds is all there is. */
    private fun again(
        phone: FakePhone,
        what: Glass.() -> Unit,
    ) = Glass.on(phone) {
        see("今日日报")
        what()
    }

    @Test
    fun `a half-made draft outlives the app`() {
        val phone = phone()
        alone(phone) {
            tap("拍照")
            see("确认触达")
            tap("苏州明远电子")
            tap("电话")
            waitFor("the draft to be put aside") { ask { unfinished() }?.mode == ContactMode.PHONE }
            kill()
        }
        again(phone) {
            tap("有一条触达还没记完")
            see("苏州明远电子")
            see("电话")
            waitFor("the photo") { find(hasContentDescription("照片")).isNotEmpty() }
            tap("发送资料")
            tap("保存触达")
            see("今日日报")
            waitFor("the draft to be gone") { !isSeen("有一条触达还没记完") }
            assertEquals(TouchStatus.RECORDED, ask { recentTouches(5).single().status })
        }
    }

    @Test
    fun `what is taken out of a draft stays and is offered again`() =
        alone {
            tap("拍照")
            see("确认触达")
            tap("文件")
            waitFor("both") { find(hasContentDescription("移出文件", substring = true)).isNotEmpty() }
            tap("移出照片")
            waitFor("the draft to be put aside without it") { ask { unfinished() }?.evidence?.size == 1 }
            waitFor("the photo to go") { find(hasContentDescription("照片")).isEmpty() }
            tap("苏州明远电子")
            tap("电话")
            tap("发送资料")
            tap("保存触达")
            see("1 件照片或录音")
            assertEquals(listOf("application/pdf"), ask { recentTouches(5).single() }.evidence.map { it.mime })
            tap("1 件照片或录音")
            see("确认触达")
            waitFor("the photo") { find(hasContentDescription("照片")).isNotEmpty() }
        }

    @Test
    fun `a recording outlives the app`() {
        val phone = phone()
        alone(phone) {
            press()
            hearTheWhole()
            kill()
            waitFor("the recording to be kept") { ask { looseEvidence() }.size == 1 }
        }
        again(phone) {
            tap("1 件照片或录音")
            see("听写这段录音")
            assertEquals(1, ask { pendingTranscriptions() }.size)
        }
    }

    @Test
    fun `a photo that the camera made while the app was killed is kept`() {
        val phone = phone()
        alone(phone) { kill() }
        phone.leave(sample("photo.jpg"))
        again(phone) {
            tap("1 件照片或录音")
            see("确认触达")
            waitFor("the photo") { find(hasContentDescription("照片")).isNotEmpty() }
            assertEquals(0, phone.leftovers().size)
        }
    }

    @Test
    fun `without the speech model the recording is kept and the rest is done by hand`() =
        alone {
            say()
            see("语音识别还没装好")
            tap("佛山乐居家具")
            tap("面访")
            tap("演示")
            tap("保存触达")
            see("今日日报")
            val touch = ask { recentTouches(5).single() }
            assertEquals(listOf(TouchStatus.RECORDED, "recording"), listOf(touch.status, touch.evidence.single().source))
        }

    /** A phone whose clock is put back, and one whose clock is put forward. */
    private fun jumping(what: (phone: FakePhone, days: Long) -> Unit) =
        listOf(-3L, 3L).forEach { days -> what(phone(folder = "phone$days"), days) }

    private fun FakePhone.jump(days: Long) = clock.moveBy(Duration.ofDays(days).toMillis())

    private fun Glass.today() = ask { today() }

    private fun Glass.seeDay(day: LocalDate) = see(Words("zh").day(day))

    @Test
    fun `a clock that jumps while talking loses nothing, and the recording says so`() =
        jumping { phone, days ->
            alone(phone) {
                val day = today().plusDays(days)
                press()
                hearTheWhole()
                phone.jump(days)
                letGo()
                see("确认触达")
                tap("佛山乐居家具")
                tap("面访")
                tap("演示")
                tap("保存触达")
                seeDay(day)
                kill()
            }
            again(phone) {
                seeDay(today())
                val recording = ask { recentTouches(5).single() }.also { assertEquals(today(), it.day) }.evidence.single()
                assertEquals(phone.sound.size, recording.size.toInt() - 44)
                go("触达")
                see("今天")
                tap("佛山乐居家具")
                press(hasContentDescription("录音").and(hasClickAction()))
                see("时间为手工设定")
                seeDay(Words("zh").dayOf(recording.capturedAt))
            }
        }

    @Test
    fun `a clock that jumps between capture and filing loses nothing, and each day shows its own`() =
        jumping { phone, days ->
            alone(phone) {
                val today = today()
                tap("拍照")
                see("确认触达")
                tap("苏州明远电子")
                tap("电话")
                tap("发送资料")
                phone.jump(days)
                tap("保存触达")
                seeDay(today.plusDays(days))
                see("差 2 条，仍可提交")
                phone.jump(-days)
                tap("差 2 条，仍可提交")
                tap("请假")
                if (days > 0) {
                    // That day has not come any more: nothing is filed, and the card is that of today again.
                    see("还没到那一天")
                    seeDay(today)
                    see("差 3 条，仍可提交")
                    assertEquals(0, ask { reports(today.plusDays(days)) }.size)
                } else {
                    see("撤销 5")
                    seeDay(today.plusDays(days))
                    assertTrue(ask { reports(today.plusDays(days)) }.single().late)
                    pass(6)
                    seeDay(today)
                    see("差 3 条，仍可提交")
                }
                val photo = ask { recentTouches(5).single() }.also { assertEquals(today.plusDays(days), it.day) }.evidence.single()
                assertEquals(emptyList<String>(), photo.flags)
                phone.jump(days)
                tap("文件")
                see("确认触达")
                assertEquals(setOf("clock_set_by_hand", "clock_changed"), ask { looseEvidence().single() }.flags.toSet())
            }
        }

    @Test
    fun `a permission that is withdrawn while talking keeps what was said`() =
        alone {
            press()
            hearTheWhole()
            phone.takeAway(EndReason.NOT_PERMITTED)
            see("麦克风权限被收回")
            assertEquals(1, ask { looseEvidence() }.size)
        }

    @Test
    fun `sliding away throws the recording away, nothing else does`() =
        alone {
            press()
            hearTheWhole()
            see("松开结束")
            slideAway()
            see("松开就取消")
            letGo()
            waitFor("the end") { home.state.value.recording == null && "stop listening" in phone.done }
            see("按住说话")
            assertEquals(0, ask { looseEvidence() }.size)
            assertEquals(
                Place.Tab.HOME,
                app.stack.places.value
                    .last(),
            )
        }

    @Test
    fun `who can't hold the button taps it, and ends by another button`() =
        alone {
            press()
            waitFor("the recording") { home.state.value.recording != null }
            letGo(afterMs = 100)
            see("说完了")
            hearTheWhole()
            tap("说完了")
            see("确认触达")
            assertEquals(1, ask { looseEvidence() }.size)
        }

    @Test
    fun `a disk that fills while talking keeps what was said before`() {
        val phone = phone()
        alone(phone) {
            phone.listening = { if (it) FullDisk.above(100_000) else FullDisk.end() }
            press()
            see("手机存储")
            val kept = ask { looseEvidence().single() }
            assertTrue(kept.readable && kept.size > 30_000) { "${kept.size} bytes" }
        }
    }

    @Test
    fun `a photo that the store has no room for stays until it has`() {
        val phone = phone()
        alone(phone) {
            val blobs = dir.resolve("phone/store/blobs")
            val aside = dir.resolve("phone/aside")
            assertTrue(blobs.renameTo(aside) && blobs.createNewFile())
            tap("拍照")
            see("再试一次")
            assertEquals(1, phone.leftovers().size)
            assertTrue(blobs.delete() && aside.renameTo(blobs))
            tap("再试一次")
            see("确认触达")
            assertEquals(listOf(1, 0), listOf(ask { looseEvidence() }.size, phone.leftovers().size))
        }
    }

    @Test
    fun `a key that can't be used keeps the photo`() =
        alone(phone(signer = Locked())) {
            tap("拍照")
            see("确认触达")
            assertEquals(1, ask { looseEvidence() }.size)
        }

    @Test
    fun `recording is agreed to before it is made, and can be refused`() {
        val phone = phone().apply { access[Permission.MICROPHONE] = Access.ASKABLE }
        alone(phone) {
            ask { withdrawConsent(Purpose.RECORDING) }
            press()
            see("录音前请确认")
            letGo()
            phone.answer = Access.DENIED
            tap("同意并继续")
            see("没有麦克风权限")
            assertFalse("listen" in phone.done)
            tap("打开系统设置")
            assertTrue("settings" in phone.done)
            phone.access[Permission.MICROPHONE] = Access.GRANTED
            say()
            see("确认触达")
        }
    }

    @Test
    fun `a denied camera says what to do, and a file is a way round`() {
        val phone = phone().apply { access[Permission.CAMERA] = Access.DENIED }
        alone(phone) {
            tap("拍照")
            see("没有相机权限")
            tap("文件")
            see("确认触达")
        }
    }

    @Test
    fun `nothing is called synced before a server has it, and waiting ends`() {
        val server = Server(dir.resolve("server"))
        server.use {
            val phone = phone().apply { code = "chuda://join?server=${server.url}&code=${server.invite("李强")}" }
            Glass.on(phone) {
                tap("扫码加入团队")
                see("还没同步过")
                server.stop()
                tap("还没同步过")
                tap("立即同步")
                see("连不上服务器")
                assertFalse(isSeen("全部已同步"))
                assertTrue(isSeen("再试一次"))
                server.start()
                tap("再试一次")
                see("全部已同步")
                ask { addCustomer(CustomerDraft(name = "佛山乐居家具")) }
                see("条待传")
                assertFalse(isSeen("全部已同步"))
            }
        }
    }

    @Test
    fun `photos wait for Wi-Fi if the person wants that, and the screen says so`() {
        Server(dir.resolve("server")).use { server ->
            val phone = phone().apply { code = "chuda://join?server=${server.url}&code=${server.invite("李强")}" }
            Glass.on(phone) {
                tap("扫码加入团队")
                see("还没同步过")
                go("我的")
                tap("仅用 Wi-Fi 传附件")
                go("首页")
                tap("拍照")
                see("确认触达")
                tap("返回")
                tap("个附件")
                tap("立即同步")
                waitFor("the records to be sent, and only them") {
                    ask { status() }.summary.run { listOf(recordsWaiting, blobsWaiting) } == listOf(0L, 1L)
                }
                see("等 Wi-Fi")
                assertFalse(isSeen("全部已同步"))
                phone.onWifi = true
                tap("立即同步")
                see("全部已同步")
                assertFalse(isSeen("等 Wi-Fi"))
            }
        }
    }

    @Test
    fun `a server that is not there ends the joining with what to do`() {
        val phone = phone()
        Glass.on(phone) {
            tap("输入登记码")
            type("服务器地址", "http://127.0.0.1:1")
            type("登记码", "NJQ7K-Q5YG9")
            tap("加入团队")
            see("连不上服务器")
            assertTrue(isSeen("再试一次"))
        }
    }

    @Test
    fun `a thing that is not an invitation says so`() {
        val phone = phone().apply { code = "https://example.com" }
        Glass.on(phone) {
            tap("扫码加入团队")
            see("这不是登记码")
        }
    }

    @Test
    fun `a report can be taken back for five seconds, and only then`() =
        alone {
            tap("差 3 条，仍可提交")
            tap("请假")
            see("撤销 5")
            tap("撤销 5")
            see("差 3 条，仍可提交")
            tap("差 3 条，仍可提交")
            tap("请假")
            see("撤销 5")
            pass(2)
            see("撤销 3")
            pass(3)
            see("已提交 · 不足三条")
            assertFalse(isSeen("撤销"))
            assertTrue("schedule sync" in phone.done)
        }

    @Test
    fun `a technical question asks who answers and until when`() =
        alone {
            tap("文件")
            see("确认触达")
            tap("佛山乐居家具")
            tap("电话")
            tap("需协调技术答疑")
            see("还差：技术负责人、答复期限")
            type("其他人的姓名", "王工")
            tap("后天")
            tap("保存触达")
            see("今日日报")
            val touch = ask { recentTouches(5).single() }
            assertEquals(listOf("王工", ask { today() }.plusDays(2)), listOf(touch.techOwner, touch.responseBy))
        }

    @Test
    fun `a customer of the same name is refused with what to do`() =
        alone {
            go("客户")
            tap("新增")
            type("客户名称", "佛山乐居家具")
            tap("保存")
            see("已有同名客户")
        }

    @Test
    fun `every error that the core names has a sentence in both languages`() {
        val untold = ChudaException.Internal("panic", emptyMap())
        for (words in listOf(Fixtures.chinese, Fixtures.english)) {
            assertTrue("panic" in words.failure(failure(untold)))
            val own = Permission.entries.map(::denied) + EndReason.entries.map { it.told }
            own.map { failure(it) }.forEach { assertFalse(it.key in words.failure(it)) { words.failure(it) } }
        }
    }

    /** A key that can't be used before the phone is unlocked. */
    private class Locked(
        private val key: DeviceSigner = SoftwareSigner.generate(),
    ) : DeviceSigner by key {
        override fun sign(message: ByteArray): ByteArray = throw ChudaException.Storage("keystore.locked", emptyMap())
    }
}

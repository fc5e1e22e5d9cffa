package chuda.desktop

import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.EvidenceDraft
import chuda.Purpose
import chuda.Source
import chuda.TouchDraft
import chuda.Workbench
import chuda.ui.Access
import chuda.ui.Permission
import chuda.ui.Place
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** Every screen is opened, and everything on it is done once, over the real core. */
class TourTest {
    @TempDir
    lateinit var dir: File

    /** A phone with one customer, who was visited with a photo, a recording and a document. */
    private fun visited(what: Glass.() -> Unit) {
        val phone =
            FakePhone(dir.resolve("phone")).apply {
                camera = sample("photo.jpg")
                file = sample("quote.pdf")
            }
        Glass.on(phone) {
            tap("先不加入")
            type("你的姓名", "李强")
            tap("开始使用")
            see("今日日报")
            ask {
                val customer = addCustomer(CustomerDraft(name = "佛山乐居家具", contact = "陈总")).id
                val evidence =
                    listOf(
                        EvidenceDraft(sample("photo.jpg"), Source.CAMERA),
                        EvidenceDraft(sample("quote.pdf"), Source.FILE),
                        EvidenceDraft(sample("voice.wav"), Source.RECORDING, chuda.Consent.OWN_VOICE),
                    ).map { keepEvidence(it).evidence.id }
                recordTouch(TouchDraft(customer, ContactMode.VISIT, "demo", evidence, nextAction = "发报价单", nextDate = today().plusDays(1)))
            }
            waitFor("the visit") {
                home.state.value.home
                    ?.touchesToday
                    ?.size == 1
            }
            what()
        }
    }

    private fun <T> Glass.ask(what: suspend Workbench.() -> T): T = runBlocking { workbench!!.what() }

    @Test
    fun `a touch, its evidence, and the way back`() =
        visited {
            go("触达")
            see("今天")
            tap("佛山乐居家具")
            see("触达详情")
            tap("客户已反馈")
            waitFor("the feedback") { ask { recentTouches(1).single().feedback } }
            tap("拍照")
            waitFor("the fourth piece of evidence") { ask { recentTouches(1).single().evidence.size } == 4 }

            press(hasContentDescription("照片"))
            see("导出存证包")
            tap("打开原件")
            waitFor("the photo in another app") { phone.done.any { it.startsWith("open image/jpeg") } }
            tap("导出存证包")
            waitFor("the proof in another app") { "share application/zip" in phone.done }
            tap("返回")

            press(hasContentDescription("录音"))
            tap("播放")
            see("0:01")
            tap("暂停")
            tap("播放")
            assertTrue("resume" in phone.done)
            phone.playedToTheEnd()
            see("0:00")
            tap("返回")
            tap("返回")
            assertEquals(
                Place.Tab.TOUCHES,
                app.stack.places.value
                    .last(),
            )
        }

    @Test
    fun `nothing decrypted is left behind`() =
        visited {
            go("触达")
            tap("佛山乐居家具")
            see("触达详情")
            press(hasContentDescription("录音"))
            tap("播放")
            see("0:01")
            assertEquals(1, dir.resolve("phone/cache").list()?.size)
            tap("返回")
            waitFor("an empty cache") { dir.resolve("phone/cache").list()?.size == 0 }
            assertTrue("stop playing" in phone.done)
        }

    @Test
    fun `customers are found, entered and touched`() =
        visited {
            go("客户")
            type("按名称找客户", "宁波")
            see("没有找到")
            tap("新增")
            see("新增客户")
            tap("保存")
            see("还没有触达")
            assertEquals(listOf("宁波", "佛山乐居家具").toSet(), ask { customers() }.map { it.name }.toSet())
            tap("返回")
            see("客户")
            go("首页")
            go("客户")
            tap("佛山乐居家具")
            see("健康分")
            press(hasText("文件").and(hasClickAction()))
            see("打开原件")
            tap("返回")
            tap("记一次触达")
            see("确认触达")
            assertEquals("佛山乐居家具", ask { customer(unfinished()!!.customer!!).name })
            tap("丢弃草稿")
            see("丢弃这份草稿？")
            press(hasText("丢弃草稿"))
            see("健康分")
            waitFor("no draft") { ask { unfinished() } == null }
        }

    @Test
    fun `what is agreed to can be taken back, and the phone can be checked`() =
        visited {
            phone.access[Permission.LOCATION] = Access.ASKABLE
            go("我的")
            tap("位置")
            waitFor("the agreement") { ask { consents() }.single { it.purpose == Purpose.LOCATION }.given }
            waitFor("the system's question") { "ask LOCATION" in phone.done }
            tap("位置")
            waitFor("no agreement") { !ask { consents() }.single { it.purpose == Purpose.LOCATION }.given }
            tap("仅用 Wi-Fi 传附件")
            assertEquals("true", phone.preference("wifi_only"))
            tap("检查")
            see("证据链连续")
            see("语音识别还没装好")
            tap("English")
            see("The chain of evidence is intact")
            tap("中文")
            see("证据链连续")
        }

    @Test
    fun `a phone that began alone joins a team with all it has`() {
        Server(dir.resolve("server")).use { server ->
            visited {
                phone.code = "chuda://join?server=${server.url}&code=${server.invite("李强")}"
                tap("已存本机")
                see("加入团队后才会上传")
                tap("加入团队")
                see("登记码")
                tap("扫码加入团队")
                see("立即同步")
                tap("立即同步")
                see("全部已同步")
                see("没有要传的")
                tap("返回")
                go("触达")
                tap("佛山乐居家具")
                see("服务器已校验")
            }
        }
    }

    @Test
    fun `tasks are done in their place`() =
        visited {
            go("任务")
            see("没有要办的")
            go("首页")
            tap("换一个")
            tap("明日")
            see("明日关键动作")
            type("自己写", "带样机去展厅")
            tap("就用这句")
            see("带样机去展厅")
        }
}

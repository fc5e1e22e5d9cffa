package chuda.app

import android.graphics.Bitmap
import android.graphics.Canvas
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.TouchDraft
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import java.io.File

/** The activity with the real screens and the real core. */
@Config(qualifiers = "zh-rCN-w360dp-h780dp-xhdpi")
class MainActivityTest : WithPhone() {
    /** One test, since Compose keeps the first activity's clock for all that follow in the same process. */
    @Test
    fun `the first run leads to the home screen, which a new activity shows again`() {
        val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        val screen = { Screen(controller.get().window.decorView) }
        awaitTrue("the first run") { screen().shows("触达") }
        picture(controller, "first-run")
        started()
        awaitTrue("the home screen") { screen().shows("今日日报") }
        picture(controller, "home")
        screen().click("客户")
        awaitTrue("the customers") { screen().shows("新增") }
        controller.recreate()
        awaitTrue("the same again") { screen().shows("新增") }
        controller.get().onBackPressedDispatcher.onBackPressed()
        awaitTrue("the way back") { screen().shows("今日日报") }
        controller.get().onBackPressedDispatcher.onBackPressed()
        assertFalse("the last step back puts the app away and keeps it", controller.get().isFinishing)
    }

    @Test
    fun `a half-made draft comes back after the process was killed`() {
        val phone = started()
        val customer = wait { phone.addCustomer(CustomerDraft(name = "佛山乐居家具")) }
        wait { phone.keepUnfinished(TouchDraft(customer = customer.id, mode = ContactMode.VISIT)) }
        val next = opened(killed())
        assertEquals(customer.id, wait { next.unfinished() }?.customer)
    }

    private fun picture(
        controller: ActivityController<MainActivity>,
        name: String,
    ) {
        val view = controller.get().window.decorView
        val bitmap = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(bitmap))
        val file = File(System.getProperty("chuda.pictures")!!, "$name.png")
        file.parentFile!!.mkdirs()
        file.outputStream().use { assertTrue(bitmap.compress(Bitmap.CompressFormat.PNG, 100, it)) }
    }
}

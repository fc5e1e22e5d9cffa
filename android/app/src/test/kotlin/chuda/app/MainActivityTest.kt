package chuda.app

import android.graphics.Bitmap
import android.graphics.Canvas
import chuda.CustomerDraft
import chuda.ContactMode
import chuda.TouchDraft
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import java.io.File

/** The activity with the real screens and the real core. */
@Config(qualifiers = "zh-rCN-w360dp-h780dp-xhdpi")
class MainActivityTest : PhoneTest() {
    @Test
    fun `the first run leads to the home screen`() {
        val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        val screen = Screen(controller.get().window.decorView)
        await("the first run") { app.screens.state.value.firstRun }
        started()
        awaitTrue("the home screen") { screen.shows("日报") }
        picture(controller, "home")
    }

    @Test
    fun `a new activity shows what the old one showed`() {
        val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
        started()
        awaitTrue("the home screen") { Screen(controller.get().window.decorView).shows("日报") }
        controller.recreate()
        awaitTrue("the home screen again") { Screen(controller.get().window.decorView).shows("日报") }
    }

    @Test
    fun `a half-made draft comes back after the process was killed`() {
        val phone = started()
        val customer = wait { phone.addCustomer(CustomerDraft(name = "佛山乐居家具")) }
        wait { phone.keepUnfinished(TouchDraft(customer = customer.id, mode = ContactMode.VISIT)) }
        val next = killed()
        assertEquals(customer.id, wait { opened(next).unfinished() }?.customer)
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
        assertNotNull(file)
    }
}

package chuda.app

import android.content.Intent
import android.net.Uri
import chuda.ui.FirstRunModel
import chuda.ui.FirstRunState
import chuda.ui.Place
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Test
import org.robolectric.Robolectric

/** An invitation that is opened as a link, in a message or on a page. */
class InvitationTest : WithPhone() {
    private val link = "chuda://join?server=https%3A%2F%2Fchuda.example.com&code=7H3-Q2X"

    @Test
    fun `the system gives such links to this app`() {
        assertEquals(MainActivity::class.java.name, view(link).resolveActivity(app.packageManager).className)
    }

    @Test
    fun `a cold start fills it in, and nobody joins by that`() {
        open(link)
        assertFilledIn { firstRun() }
        assertNull(app.screens.state.value.workbench)
    }

    @Test
    fun `it reaches the app that runs, and comes once`() {
        val running = Robolectric.buildActivity(MainActivity::class.java).setup()
        awaitTrue("the first run") { firstRun() != null }
        running.newIntent(view(link))
        assertFilledIn { firstRun() }
        firstRun()!!.back()
        running.recreate()
        running.newIntent(view(link).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY))
        assertEquals(FirstRunState.Step.WELCOME, firstRun()!!.state.value.step)
    }

    @Test
    fun `a link with half an invitation says what to do`() {
        open("chuda://join?server=https%3A%2F%2Fchuda.example.com")
        awaitTrue("a message") {
            val state = firstRun()?.state?.value
            state?.failure?.key == "invitation.malformed" && state.step == FirstRunState.Step.CODE
        }
        assertEquals("", firstRun()!!.state.value.server)
    }

    @Test
    fun `a phone that works alone is asked before it joins`() {
        val phone = started()
        open(link)
        awaitTrue("the way to join") { place() == Place.Join }
        assertFilledIn { app.screens.model(Place.Join) as FirstRunModel }
        assertNull(wait { phone.identity() }.server)
    }

    @Test
    fun `who has a team stays in it, and is told`() {
        val server = server()
        val phone = started()
        val before = wait { phone.enrol(server, invited("周敏")) }
        open(link)
        awaitTrue("a message") {
            app.screens.state.value.failure
                ?.key == "invitation.not_needed"
        }
        assertEquals(Place.Tab.HOME, place())
        assertEquals(before.server, wait { phone.identity() }.server)
    }

    private fun view(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link)).addCategory(Intent.CATEGORY_BROWSABLE)

    private fun open(link: String) = Robolectric.buildActivity(MainActivity::class.java, view(link)).setup()

    private fun firstRun() = app.screens.state.value.firstRun

    private fun place() =
        app.screens.stack.places.value
            .last()

    private fun assertFilledIn(model: () -> FirstRunModel?) {
        awaitTrue("the invitation") { model()?.state?.value?.code == "7H3-Q2X" }
        val state = model()!!.state.value
        assertEquals("https://chuda.example.com", state.server)
        assertEquals(FirstRunState.Step.CODE, state.step)
        assertFalse(state.working)
    }
}

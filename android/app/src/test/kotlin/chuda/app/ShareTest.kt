package chuda.app

import android.content.Intent
import android.net.Uri
import chuda.Workbench
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowToast
import java.io.File

class ShareTest : WithPhone() {
    @Test
    fun `what is shared becomes evidence, and the app opens`() {
        val phone = started()
        val shared = share("photo.jpg", "quote.pdf")
        awaitTrue("the evidence") { loose(phone).size == 2 }
        assertEquals(setOf("image/jpeg", "application/pdf"), loose(phone).map { it.mime }.toSet())
        awaitTrue("an empty folder") { intake().isEmpty() }
        assertTrue(shared.get().isFinishing)
        assertEquals(MainActivity::class.java.name, shadowOf(app).nextStartedActivity.component!!.className)
    }

    @Test
    fun `what is shared before the first run waits for it`() {
        share("photo.jpg")
        awaitTrue("the copy") { intake().size == 1 }
        val phone = started()
        awaitTrue("the evidence") { loose(phone).size == 1 }
    }

    @Test
    fun `what a killed app had copied but not kept is kept at the next start`() {
        started()
        wait { app.intake.copy(lent("photo.jpg")) }
        val next = opened(killed())
        awaitTrue("the evidence") { loose(next).size == 1 }
    }

    @Test
    fun `what can't be read is said, and the app stays closed`() {
        started()
        val shared = Robolectric.buildActivity(ShareActivity::class.java, send(listOf(Uri.parse("content://gallery/none")))).setup()
        awaitTrue("the end") { shared.get().isFinishing }
        assertEquals(app.getString(R.string.share_refused), ShadowToast.getTextOfLatestToast())
        assertNull(shadowOf(app).nextStartedActivity)
    }

    private fun share(vararg names: String): ActivityController<ShareActivity> =
        Robolectric.buildActivity(ShareActivity::class.java, send(names.map(::lent))).setup()

    private fun send(uris: List<Uri>): Intent =
        if (uris.size == 1) {
            Intent(Intent.ACTION_SEND).putExtra(Intent.EXTRA_STREAM, uris[0])
        } else {
            Intent(Intent.ACTION_SEND_MULTIPLE).putParcelableArrayListExtra(Intent.EXTRA_STREAM, ArrayList(uris))
        }

    private fun lent(name: String): Uri =
        Uri.parse("content://gallery/$name").also { uri ->
            shadowOf(app.contentResolver).registerInputStreamSupplier(uri) { sample(name).inputStream() }
        }

    private fun loose(phone: Workbench) = wait { phone.looseEvidence() }

    private fun intake() = File(app.filesDir, "intake").list().orEmpty()
}

package chuda.app

import android.app.Application
import android.content.ContentResolver
import android.net.Uri
import chuda.Source
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import java.io.IOException
import java.io.InputStream

@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class)
class IntakeTest {
    @get:Rule
    val dir = TemporaryFolder()
    private val resolver: ContentResolver = RuntimeEnvironment.getApplication().contentResolver

    @Test
    fun `what another app lends is copied whole`() {
        val bytes = sample("photo.jpg").readBytes()
        val copied = intake().copy(lent("content://gallery/1", bytes))!!
        assertArrayEquals(bytes, File(copied.path).readBytes())
        assertEquals(listOf(File(copied.path).name), names())
    }

    @Test
    fun `a stream that breaks, an empty one and one that is not lent leave nothing`() {
        val broken = Uri.parse("content://gallery/broken")
        shadowOf(resolver).registerInputStream(broken, Breaking())
        assertNull(intake().copy(broken))
        assertNull(intake().copy(lent("content://gallery/empty", ByteArray(0))))
        shadowOf(resolver).registerInputStreamSupplier(Uri.parse("content://gallery/secret")) { throw SecurityException() }
        assertNull(intake().copy(Uri.parse("content://gallery/secret")))
        assertEquals(emptyList<String>(), names())
    }

    @Test
    fun `nobody makes the app share its own files`() {
        val own = File(dir.root, "store").apply { writeText("secret") }
        assertNull(intake().copy(Uri.fromFile(own)))
        assertNull(intake().copy(lent("content://chuda.app.files/intake/x", byteArrayOf(1))))
    }

    @Test
    fun `a photo that a killed app had not kept is found again, in this process only once`() {
        val taken = intake().expect().apply { writeBytes(byteArrayOf(1)) }
        val next = intake()
        assertEquals("the camera is still open", emptyList<Any>(), next.leftovers())
        next.expectNothing()
        val found = next.leftovers().single()
        assertEquals(taken.path to Source.CAMERA, found.path to found.source)
        assertEquals(emptyList<Any>(), next.leftovers())
        assertTrue(next.forget(found.path))
        assertEquals(emptyList<String>(), names())
    }

    @Test
    fun `what somebody has in hand is no leftover`() {
        val intake = intake()
        val file = intake.expect().apply { writeBytes(byteArrayOf(1)) }
        assertNotNull(intake.arrived(file)?.let(intake::handOut))
        assertEquals(emptyList<Any>(), intake.leftovers())
    }

    @Test
    fun `a camera that wrote nothing leaves nothing`() {
        val intake = intake()
        assertNull(intake.arrived(intake.expect()))
        assertEquals(emptyList<String>(), names())
    }

    @Test
    fun `only its own files are forgotten`() {
        val other = dir.newFile("other")
        val intake = intake()
        assertFalse(intake.forget(other.path))
        assertFalse(intake.forget(File(dir.root, "intake/../other").path))
        assertTrue(other.exists())
    }

    private fun intake() = Intake(File(dir.root, "intake"), resolver, "chuda.app.files")

    private fun names() = File(dir.root, "intake").list().orEmpty().toList()

    private fun lent(
        uri: String,
        bytes: ByteArray,
    ): Uri = Uri.parse(uri).also { shadowOf(resolver).registerInputStream(it, bytes.inputStream()) }

    private class Breaking : InputStream() {
        private var left = 3

        override fun read(): Int = if (left-- > 0) 1 else throw IOException("gone")
    }
}

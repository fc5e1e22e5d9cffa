package chuda.app

import chuda.ChudaException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

@RunWith(RobolectricTestRunner::class)
@Config(application = android.app.Application::class)
class KeysTest {
    @get:Rule
    val dir = TemporaryFolder()

    @Before
    fun install() = FakeKeystore.install()

    @Test
    fun `keys are made in the StrongBox where there is one`() {
        val keys = keys(strongBox = true)
        keys.device()
        keys.store()
        assertEquals(listOf("chuda.device" to true, "chuda.wrapping" to true), FakeKeystore.made)
    }

    @Test
    fun `a StrongBox that refuses is passed over`() {
        FakeKeystore.strongBoxRefuses = true
        keys(strongBox = true).device()
        assertEquals(listOf("chuda.device" to false), FakeKeystore.made)
    }

    @Test
    fun `without hardware the device key is a software key, and stays one`() {
        FakeKeystore.refusesEc = true
        val first = keys().device()
        FakeKeystore.refusesEc = false
        val again = keys().device()
        assertArrayEquals(first.publicKey(), again.publicKey())
        assertFalse("chuda.device" in FakeKeystore.keys)
        assertTrue(verifies(again.publicKey(), again.sign(MESSAGE)))
    }

    @Test
    fun `what the keystore signs can be checked with the public key`() {
        val device = keys().device()
        assertTrue(verifies(device.publicKey(), device.sign(MESSAGE)))
        assertArrayEquals(device.publicKey(), keys().device().publicKey())
    }

    @Test
    fun `the store's key is the same after a restart and is not in the file`() {
        val key = keys().store()
        assertEquals(32, key.size)
        assertArrayEquals(key, keys().store())
        assertFalse(String(file("store").readBytes(), Charsets.ISO_8859_1).contains(String(key, Charsets.ISO_8859_1)))
    }

    @Test
    fun `a keystore that lost its key says so, and nothing is overwritten`() {
        keys().store()
        val wrapped = file("store").readBytes()
        FakeKeystore.keys.clear()
        val error = assertThrows(ChudaException.Storage::class.java) { keys().store() }
        assertEquals("keystore.unavailable", error.key)
        assertArrayEquals(wrapped, file("store").readBytes())
    }

    @Test
    fun `a file that was tampered with is refused`() {
        keys().store()
        file("store").writeBytes(file("store").readBytes().also { it[it.size - 1]++ })
        assertThrows(ChudaException.Storage::class.java) { keys().store() }
        file("store").writeBytes(ByteArray(3))
        assertThrows(ChudaException.Storage::class.java) { keys().store() }
    }

    private fun keys(strongBox: Boolean = false) = Keys(dir.root, strongBox)

    private fun file(name: String) = File(dir.root, name)

    private fun verifies(
        public: ByteArray,
        signature: ByteArray,
    ) = Signature.getInstance("SHA256withECDSA").run {
        initVerify(KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(public)))
        update(MESSAGE)
        verify(signature)
    }

    private companion object {
        val MESSAGE = "claim".toByteArray()
    }
}

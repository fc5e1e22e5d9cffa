package chuda.app

import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class QrCodeTest {
    @Test
    fun `a code is read from a frame with rows that are longer than the picture`() {
        val text = "chuda://join?server=https%3A%2F%2Fchuda.example&code=K7P2-9QXM"
        val (width, height, stride) = Triple(640, 480, 704)
        val code = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 300, 300)
        val frame = ByteArray(stride * height) { 200.toByte() }
        for (y in 0 until code.height) {
            for (x in 0 until code.width) {
                frame[(y + 90) * stride + x + 170] =
                    if (code[x, y]) 20 else 230.toByte()
            }
        }
        assertEquals(text, readCode(frame, stride, width, height))
    }

    @Test
    fun `where there is none, there is none`() {
        assertNull(readCode(ByteArray(64 * 64) { it.toByte() }, 64, 64, 64))
    }
}

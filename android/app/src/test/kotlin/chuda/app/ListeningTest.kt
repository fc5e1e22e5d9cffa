package chuda.app

import android.Manifest
import android.content.pm.ServiceInfo
import android.media.AudioRecord
import chuda.ui.EndReason
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowAudioRecord
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger

class ListeningTest : WithPhone() {
    private val pieces = CopyOnWriteArrayList<ByteArray>()
    private val ends = CopyOnWriteArrayList<EndReason>()

    @Before
    fun allow() = shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO)

    @After
    fun stop() {
        Listening.current?.stop()
        ShadowAudioRecord.clearSource()
    }

    @Test
    fun `pieces of a tenth of a second come until it is stopped`() {
        sounds { it }
        val listening = listen()
        awaitTrue("three pieces") { pieces.size >= 3 }
        listening.stop()
        assertTrue(pieces.all { it.size == 3200 })
        assertEquals(emptyList<EndReason>(), ends)
        assertNull(Listening.current)
    }

    @Test
    fun `a service in the foreground holds the app while it listens`() {
        sounds { it }
        val listening = listen()
        assertEquals(RecordingService::class.java.name, shadowOf(app).nextStartedService.component!!.className)
        val service = Robolectric.buildService(RecordingService::class.java).create().startCommand(0, 1)
        assertNotNull(shadowOf(service.get()).lastForegroundNotification)
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, service.get().foregroundServiceType)
        assertFalse(shadowOf(service.get()).isStoppedBySelf)
        listening.stop()
        assertTrue(shadowOf(service.get()).isStoppedBySelf)
        service.destroy()
    }

    @Test
    fun `a service that starts when it is over already shows itself and goes`() {
        val service = Robolectric.buildService(RecordingService::class.java).create().startCommand(0, 1)
        assertTrue(shadowOf(service.get()).isStoppedBySelf)
        service.destroy()
    }

    @Test
    fun `a microphone that the system takes away ends it, once`() {
        val reads = AtomicInteger()
        sounds { if (reads.incrementAndGet() > 2) AudioRecord.ERROR_DEAD_OBJECT else it }
        listen()
        awaitTrue("the end") { ends.isNotEmpty() }
        assertEquals(listOf(EndReason.INTERRUPTED), ends)
        assertEquals("what was said before is kept", 2, pieces.size)
    }

    @Test
    fun `a microphone that breaks says so`() {
        sounds { AudioRecord.ERROR }
        listen()
        awaitTrue("the end") { ends.isNotEmpty() }
        assertEquals(listOf(EndReason.FAILED), ends)
    }

    @Test
    fun `without the permission nothing is heard`() {
        shadowOf(app).denyPermissions(Manifest.permission.RECORD_AUDIO)
        listen()
        awaitTrue("the end") { ends.isNotEmpty() }
        assertEquals(listOf(EndReason.NOT_PERMITTED) to 0, ends to pieces.size)
    }

    @Test
    fun `swiping the app away lets the microphone go`() {
        sounds { it }
        listen()
        val service = Robolectric.buildService(RecordingService::class.java).create().startCommand(0, 1)
        service.get().onTaskRemoved(null)
        assertEquals(listOf(EndReason.INTERRUPTED), ends)
        service.destroy()
    }

    private fun listen() = Listening.start(app, { pieces += it }, { ends += it })

    private fun sounds(read: (Int) -> Int) =
        ShadowAudioRecord.setSource(
            object : ShadowAudioRecord.AudioRecordSource {
                override fun readInByteArray(
                    audioData: ByteArray,
                    offsetInBytes: Int,
                    sizeInBytes: Int,
                    isBlocking: Boolean,
                ) = read(sizeInBytes)
            },
        )
}

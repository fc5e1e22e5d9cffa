package chuda.desktop

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import chuda.DeviceSigner
import chuda.Location
import chuda.MovableClock
import chuda.Settings
import chuda.SoftwareSigner
import chuda.Source
import chuda.ui.Access
import chuda.ui.Captured
import chuda.ui.EndReason
import chuda.ui.Feedback
import chuda.ui.Microphone
import chuda.ui.Permission
import chuda.ui.Platform
import chuda.ui.Player
import org.jetbrains.skia.Image
import java.io.File
import kotlin.concurrent.thread

/** A phone whose camera sees a file and whose microphone hears one. What was asked of it is written down. */
class FakePhone(
    private val dir: File,
    private val models: String? = null,
    private val signer: DeviceSigner = SoftwareSigner.generate(),
) : Platform {
    private val cache = dir.resolve("cache").apply { mkdirs() }
    private val preferences = mutableMapOf<String, String>()
    val access = Permission.entries.associateWith { Access.GRANTED }.toMutableMap()
    val done = mutableListOf<String>()

    /** What the person answers when the system asks. */
    var answer = Access.GRANTED
    var sound: ByteArray = silence(1)
    var camera: String? = null
    var file: String? = null
    var code: String? = null

    /** Touches of the glass outside this app, such as the camera's shutter. */
    var shutter = 0

    /** Told when the microphone begins to listen, and when it stops. */
    var listening: (Boolean) -> Unit = {}

    /** Takes the microphone away, as the system does. */
    var takeAway: (EndReason) -> Unit = {}
    private var player: (() -> Unit)? = null

    /** The phone's clock, which its owner can change. */
    val clock = MovableClock()
    private var files = 0

    override suspend fun settings() = Settings(dir.resolve("store").path, ByteArray(32) { 7 }, signer, models, clock)

    override fun preference(name: String) = preferences[name]

    override fun prefer(
        name: String,
        value: String,
    ) {
        preferences[name] = value
    }

    override val language = "zh"

    override fun permission(kind: Permission) = access.getValue(kind)

    override suspend fun ask(kind: Permission): Access {
        done += "ask $kind"
        if (access[kind] == Access.ASKABLE) access[kind] = answer
        return permission(kind)
    }

    override fun openSettings() {
        done += "settings"
    }

    override fun listen(
        onPiece: (ByteArray) -> Unit,
        onEnd: (EndReason) -> Unit,
    ): Microphone {
        done += "listen"
        listening(true)
        takeAway = onEnd
        val reader =
            thread(isDaemon = true) {
                sound.indices.step(PIECE).forEach { onPiece(sound.copyOfRange(it, minOf(it + PIECE, sound.size))) }
            }
        return object : Microphone {
            override fun stop() {
                reader.join()
                listening(false)
                done += "stop listening"
            }
        }
    }

    override suspend fun takePhoto(): Captured? = camera?.let { capture(it, Source.CAMERA) }.also { shutter++ }

    override suspend fun pickFile(): Captured? = file?.let { capture(it, Source.FILE) }.also { shutter++ }

    private fun capture(
        path: String,
        source: Source,
    ) = Captured(File(path).copyTo(File(scratch("captured-${File(path).name}"))).path, source)

    override suspend fun scanCode() = code

    override suspend fun location(): Location? = null

    override fun play(
        path: String,
        onPosition: (Long) -> Unit,
        onEnd: () -> Unit,
    ): Player {
        done += "play ${File(path).length()} bytes"
        onPosition(1500)
        player = onEnd
        return object : Player {
            override fun pause() {
                done += "pause"
            }

            override fun resume() {
                done += "resume"
            }

            override fun stop() {
                done += "stop playing"
            }
        }
    }

    fun playedToTheEnd() = player?.invoke()

    override fun open(
        path: String,
        mime: String,
    ) = true.also { done += "open $mime ${File(path).length()} bytes" }

    override fun share(
        path: String,
        mime: String,
    ) = true.also { done += "share $mime" }

    override fun scratch(name: String): String = cache.resolve("%03d-$name".format(files++)).path

    override fun forget(path: String) {
        File(path).delete()
    }

    override fun leftovers() =
        cache
            .listFiles()
            .orEmpty()
            .filter { "captured" in it.name }
            .sorted()
            .map { Captured(it.path, Source.CAMERA) }

    /** A photo that the camera had taken when the app was killed. */
    fun leave(path: String) {
        capture(path, Source.CAMERA)
    }

    override fun picture(bytes: ByteArray): ImageBitmap? = runCatching { Image.makeFromEncoded(bytes).toComposeImageBitmap() }.getOrNull()

    override val freeBytes = 21_474_836_480
    override val isOnline = true
    override var onWifi = false

    override fun feedback(kind: Feedback) = Unit

    override fun scheduleSync() {
        done += "schedule sync"
    }

    companion object {
        private const val PIECE = Platform.RATE / 10 * 2

        fun silence(seconds: Int) = ByteArray(Platform.RATE * 2 * seconds)

        /** The samples of a WAV file without its header. */
        fun samples(path: String): ByteArray = File(path).readBytes().drop(44).toByteArray()
    }
}

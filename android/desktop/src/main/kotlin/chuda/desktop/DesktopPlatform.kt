package chuda.desktop

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import chuda.BlobChoice
import chuda.ChudaException
import chuda.Location
import chuda.Settings
import chuda.SoftwareSigner
import chuda.Source
import chuda.Workbench
import chuda.sync
import chuda.ui.Access
import chuda.ui.Captured
import chuda.ui.EndReason
import chuda.ui.Feedback
import chuda.ui.Microphone
import chuda.ui.Permission
import chuda.ui.Platform
import chuda.ui.Player
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.jetbrains.skia.Image
import java.awt.Desktop
import java.awt.FileDialog
import java.awt.Frame
import java.io.File
import java.security.SecureRandom
import java.util.Properties
import java.util.UUID
import javax.sound.sampled.AudioFormat
import javax.sound.sampled.AudioSystem
import javax.sound.sampled.LineEvent
import javax.sound.sampled.LineUnavailableException
import javax.swing.JOptionPane
import kotlin.concurrent.thread

/**
 * A computer as a phone: for trying the screens, not for keeping records. Its keys lie in a file beside the store, and a picture from
 * the camera is any picture one chooses.
 */
class DesktopPlatform(
    private val dir: File,
    private val models: String?,
    private val scope: CoroutineScope,
) : Platform {
    private val cache = dir.resolve("cache").apply { mkdirs() }
    private val chosen = dir.resolve("preferences")
    private val preferences = Properties().apply { if (chosen.exists()) chosen.inputStream().use(::load) }

    /** Once there is one. */
    var workbench: Workbench? = null

    override suspend fun settings(): Settings =
        withContext(Dispatchers.IO) {
            val key = secret("database.key") { ByteArray(32).also(SecureRandom()::nextBytes) }
            val device = secret("device.key") { SoftwareSigner.generate().toPkcs8() }
            Settings(dir.resolve("store").path, key, SoftwareSigner.fromPkcs8(device), models)
        }

    private fun secret(
        name: String,
        make: () -> ByteArray,
    ): ByteArray =
        with(dir.resolve(name)) {
            if (!exists()) writeBytes(make())
            readBytes()
        }

    override fun preference(name: String): String? = preferences.getProperty(name)

    override fun prefer(
        name: String,
        value: String,
    ) {
        preferences.setProperty(name, value)
        chosen.outputStream().use { preferences.store(it, null) }
    }

    override val language = "zh"

    override fun permission(kind: Permission) = if (kind == Permission.LOCATION) Access.DENIED else Access.GRANTED

    override suspend fun ask(kind: Permission) = permission(kind)

    override fun openSettings() = Unit

    override fun listen(
        onPiece: (ByteArray) -> Unit,
        onEnd: (EndReason) -> Unit,
    ): Microphone {
        val line =
            try {
                AudioSystem.getTargetDataLine(FORMAT).apply { open(FORMAT) }
            } catch (_: LineUnavailableException) {
                null
            } catch (_: IllegalArgumentException) {
                null
            }
        if (line == null) {
            onEnd(EndReason.FAILED)
            return Silence
        }
        line.start()
        thread(name = "microphone", isDaemon = true) {
            val piece = ByteArray(Platform.RATE / 10 * 2)
            while (line.isOpen) {
                val count = line.read(piece, 0, piece.size)
                if (count > 0) onPiece(piece.copyOf(count - count % 2))
            }
        }
        return object : Microphone {
            override fun stop() = line.close()
        }
    }

    override suspend fun takePhoto() = choose("照片", Source.CAMERA)

    override suspend fun pickFile() = choose("文件", Source.FILE)

    private suspend fun choose(
        title: String,
        source: Source,
    ): Captured? =
        withContext(Dispatchers.Main) {
            val dialog = FileDialog(null as Frame?, title).apply { isVisible = true }
            dialog.files.firstOrNull()?.let { Captured(it.copyTo(File(scratch(it.name))).path, source) }
        }

    override suspend fun scanCode(): String? = withContext(Dispatchers.Main) { JOptionPane.showInputDialog("chuda://join?server=…&code=…") }

    override suspend fun location(): Location? = null

    override fun play(
        path: String,
        onPosition: (Long) -> Unit,
        onEnd: () -> Unit,
    ): Player {
        val clip = AudioSystem.getClip().apply { AudioSystem.getAudioInputStream(File(path)).use(::open) }
        clip.addLineListener { if (it.type == LineEvent.Type.STOP && clip.framePosition >= clip.frameLength) onEnd() }
        clip.start()
        return object : Player {
            override fun pause() {
                clip.stop()
                onPosition(clip.microsecondPosition / 1000)
            }

            override fun resume() = clip.start()

            override fun stop() = clip.close()
        }
    }

    override fun open(
        path: String,
        mime: String,
    ) = Desktop.isDesktopSupported() && runCatching { Desktop.getDesktop().open(File(path)) }.isSuccess

    override fun share(
        path: String,
        mime: String,
    ) = open(File(path).parent, mime)

    override fun scratch(name: String): String = cache.resolve("${UUID.randomUUID()}-$name").path

    override fun forget(path: String) {
        File(path).takeIf { it.parentFile == cache }?.delete()
    }

    override fun leftovers() = emptyList<Captured>()

    override fun picture(bytes: ByteArray): ImageBitmap? = runCatching { Image.makeFromEncoded(bytes).toComposeImageBitmap() }.getOrNull()

    override val freeBytes get() = dir.usableSpace
    override val isOnline = true
    override val onWifi = true

    override fun feedback(kind: Feedback) = Unit

    override fun scheduleSync() {
        scope.launch {
            try {
                workbench?.sync(BlobChoice.ALL)
            } catch (_: ChudaException) {
                // The status line says what waits.
            }
        }
    }

    private object Silence : Microphone {
        override fun stop() = Unit
    }

    private companion object {
        val FORMAT = AudioFormat(Platform.RATE.toFloat(), 16, 1, true, false)
    }
}

package chuda.ui

import androidx.compose.ui.graphics.ImageBitmap
import chuda.Location
import chuda.Network
import chuda.Settings
import chuda.Source

/**
 * What the screens need of the phone they run on. View models hold this and the workbench, nothing else.
 *
 * All of it may be called from the main thread and returns at once or suspends. Files are made in a folder of the app's own cache;
 * whoever gets one calls [forget] when it is kept.
 */
interface Platform {
    /** How the store is opened: its folder, its key and the device key from the keystore, the folder of the speech models. */
    suspend fun settings(): Settings

    /** What a person chose, such as `language` or `wifi_only`; null as long as they have not. */
    fun preference(name: String): String?

    fun prefer(
        name: String,
        value: String,
    )

    /** The language of the system: `zh` or `en`. */
    val language: String

    fun permission(kind: Permission): Access

    /** Asks the person; to be called after they have been told why. */
    suspend fun ask(kind: Permission): Access

    /** The system's page about this app, where a denied permission is given. */
    fun openSettings()

    /**
     * Listens until [Microphone.stop]. [onPiece] gets 16-bit little-endian samples on one channel, [RATE] a second, in pieces of about
     * 100 ms, on the thread that reads the microphone. [onEnd] is called once, when the system takes the microphone away; not after `stop`.
     */
    fun listen(
        onPiece: (ByteArray) -> Unit,
        onEnd: (EndReason) -> Unit,
    ): Microphone

    /** The camera: one picture, or null when the person went back. */
    suspend fun takePhoto(): Captured?

    /** A picture or a file from elsewhere, or null. */
    suspend fun pickFile(): Captured?

    /** The text of a QR code, or null. */
    suspend fun scanCode(): String?

    /** Where the phone is, or null when that is not known within a few seconds or not permitted. */
    suspend fun location(): Location?

    /** Plays a sound file. [onPosition] hears the position in milliseconds several times a second, [onEnd] that it is over. */
    fun play(
        path: String,
        onPosition: (Long) -> Unit,
        onEnd: () -> Unit,
    ): Player

    /** Shows a file in an app of its kind. False when there is none. */
    fun open(
        path: String,
        mime: String,
    ): Boolean

    /** Hands a file to another app. */
    fun share(
        path: String,
        mime: String,
    ): Boolean

    /** A new path in the app's cache for a file of that name. */
    fun scratch(name: String): String

    /** Deletes a file that [takePhoto], [pickFile] or [scratch] gave. */
    fun forget(path: String)

    /** Files of the camera or the picker that were not forgotten: the app was killed before they were kept. */
    fun leftovers(): List<Captured>

    /** Decodes a JPEG or PNG; null when it is none. */
    fun picture(bytes: ByteArray): ImageBitmap?

    /** Free space on the store's disk, in bytes. */
    val freeBytes: Long

    val isOnline: Boolean
    val onWifi: Boolean

    /** A short tick that a hand feels. */
    fun feedback(kind: Feedback)

    /** Something waits to be sent: do it in the background when there is a network, even when the app is gone. */
    fun scheduleSync()

    companion object {
        const val RATE = 16_000
    }
}

/** What there is to know of the network, and what the person wants of it. */
val Platform.network get() = Network(preference(WIFI_ONLY) == "true", onWifi)

enum class Permission { MICROPHONE, CAMERA, LOCATION, NOTIFICATIONS }

enum class Access {
    GRANTED,

    /** Only the system's settings help now. */
    DENIED,
    ASKABLE,
}

/** Why the microphone stopped by itself. */
enum class EndReason {
    /** A call came in, or another app took it. */
    INTERRUPTED,

    /** The permission was taken back, or was not there. */
    NOT_PERMITTED,

    /** It does not work. */
    FAILED,

    ;

    /** What there is to say of it. */
    val told get() = stopped("recording.${name.lowercase()}")
}

enum class Feedback {
    /** Something began or ended. */
    TICK,

    /** Something is done. */
    DONE,

    /** Something went wrong. */
    ERROR,
}

/** A file that came from the camera, the gallery or elsewhere. [rendition] is a JPEG of it where the core can't decode it (HEIC). */
data class Captured(
    val path: String,
    val source: Source,
    val rendition: String? = null,
)

interface Microphone {
    fun stop()
}

interface Player {
    fun pause()

    /** Goes on where it paused. */
    fun resume()

    fun stop()
}

package chuda.app

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.media.AudioFormat
import android.media.AudioManager
import android.media.AudioRecord
import android.media.AudioRecordingConfiguration
import android.media.MediaRecorder
import android.os.Build
import android.os.Process
import androidx.annotation.RequiresApi
import androidx.core.content.ContextCompat
import chuda.ui.EndReason
import chuda.ui.Microphone
import chuda.ui.Platform
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

/**
 * Reads the microphone on a thread of its own, piece by piece, until [stop] or until the system takes it away. As long as it runs, a
 * service in the foreground keeps the app alive in a pocket.
 */
internal class Listening private constructor(
    private val context: Context,
    private val onPiece: (ByteArray) -> Unit,
    private val onEnd: (EndReason) -> Unit,
) : Microphone {
    /** Set by whoever ends it first, so that the end is told at most once. */
    private val ended = AtomicBoolean()

    override fun stop() {
        if (ended.compareAndSet(false, true)) letGo()
    }

    /** The system, or the person who swiped the app away, ends it. */
    fun end(reason: EndReason) {
        if (!ended.compareAndSet(false, true)) return
        letGo()
        onEnd(reason)
    }

    private fun letGo() {
        if (current === this) current = null
        RecordingService.leave()
    }

    // The permission is asked for below; a phone that refuses all the same throws.
    @SuppressLint("MissingPermission")
    private fun run() {
        if (context.checkSelfPermission(Manifest.permission.RECORD_AUDIO) != PackageManager.PERMISSION_GRANTED) {
            return end(EndReason.NOT_PERMITTED)
        }
        val record =
            try {
                AudioRecord(MediaRecorder.AudioSource.VOICE_RECOGNITION, Platform.RATE, CHANNEL, ENCODING, bufferBytes())
            } catch (_: IllegalArgumentException) {
                return end(EndReason.FAILED)
            } catch (_: SecurityException) {
                return end(EndReason.NOT_PERMITTED)
            }
        try {
            if (record.state != AudioRecord.STATE_INITIALIZED) return end(EndReason.FAILED)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) watch(record)
            record.startRecording()
            if (record.recordingState != AudioRecord.RECORDSTATE_RECORDING) return end(EndReason.INTERRUPTED)
            read(record)
        } catch (_: IllegalStateException) {
            end(EndReason.FAILED)
        } finally {
            record.release()
        }
    }

    /** A call, or another app that may, silences this one: the system then hands over zeros. */
    @RequiresApi(Build.VERSION_CODES.Q)
    private fun watch(record: AudioRecord) {
        val silenced =
            object : AudioManager.AudioRecordingCallback() {
                override fun onRecordingConfigChanged(configs: List<AudioRecordingConfiguration>) {
                    if (configs.any { it.isClientSilenced }) end(EndReason.INTERRUPTED)
                }
            }
        record.registerAudioRecordingCallback(ContextCompat.getMainExecutor(context), silenced)
    }

    private fun read(record: AudioRecord) {
        val piece = ByteArray(PIECE_BYTES)
        while (!ended.get()) {
            val read = record.read(piece, 0, piece.size)
            when {
                read > 0 -> onPiece(piece.copyOf(read - read % BYTES_PER_SAMPLE))
                read == AudioRecord.ERROR_DEAD_OBJECT -> end(EndReason.INTERRUPTED)
                read < 0 -> end(EndReason.FAILED)
            }
        }
    }

    /** Room for a second, so that a busy phone loses nothing. */
    private fun bufferBytes() = maxOf(AudioRecord.getMinBufferSize(Platform.RATE, CHANNEL, ENCODING), Platform.RATE * BYTES_PER_SAMPLE)

    companion object {
        private const val CHANNEL = AudioFormat.CHANNEL_IN_MONO
        private const val ENCODING = AudioFormat.ENCODING_PCM_16BIT
        private const val BYTES_PER_SAMPLE = 2

        /** 100 ms. */
        private const val PIECE_BYTES = Platform.RATE * BYTES_PER_SAMPLE / 10

        /** There is one microphone, so there is one of these. */
        @Volatile
        var current: Listening? = null
            private set

        fun start(
            context: Context,
            onPiece: (ByteArray) -> Unit,
            onEnd: (EndReason) -> Unit,
        ): Listening {
            val listening = Listening(context, onPiece, onEnd)
            current = listening
            try {
                ContextCompat.startForegroundService(context, Intent(context, RecordingService::class.java))
            } catch (_: IllegalStateException) {
                // The system refuses it while the app is not in front: it is recorded as long as the app lives.
            }
            thread(name = "microphone") {
                Process.setThreadPriority(Process.THREAD_PRIORITY_URGENT_AUDIO)
                listening.run()
            }
            return listening
        }
    }
}

package chuda.app

import android.media.MediaPlayer
import android.os.Handler
import android.os.Looper
import chuda.ui.Player
import java.io.IOException

/** Plays a file; on the main thread. What can't be played is over at once. */
internal class SoundPlayer(
    path: String,
    private val onPosition: (Long) -> Unit,
    private val onEnd: () -> Unit,
) : Player {
    private val player = MediaPlayer()
    private val main = Handler(Looper.getMainLooper())
    private var over = false
    private val tick = Runnable { tell() }

    init {
        player.setOnCompletionListener { end() }
        player.setOnErrorListener { _, _, _ -> true.also { end() } }
        player.setOnPreparedListener { resume() }
        try {
            player.setDataSource(path)
            player.prepareAsync()
        } catch (_: IOException) {
            main.post { end() }
        }
    }

    override fun pause() {
        main.removeCallbacks(tick)
        if (!over && player.isPlaying) player.pause()
    }

    override fun resume() {
        if (over) return
        player.start()
        tell()
    }

    override fun stop() {
        if (over) return
        over = true
        main.removeCallbacks(tick)
        player.release()
    }

    private fun tell() {
        if (over) return
        onPosition(player.currentPosition.toLong())
        main.postDelayed(tick, TICK_MS)
    }

    private fun end() {
        if (over) return
        stop()
        onEnd()
    }

    private companion object {
        const val TICK_MS = 200L
    }
}

package chuda.ui

import androidx.compose.ui.graphics.ImageBitmap
import chuda.EvidenceId
import chuda.EvidenceView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File

/** One piece of evidence: the picture, the sound with its words, the document, and how far it can be trusted. */
data class EvidenceState(
    val evidence: EvidenceView? = null,
    val picture: ImageBitmap? = null,
    val playing: Boolean = false,
    /** Of the sound, in milliseconds. */
    val position: Long = 0,
    val failure: Failure? = null,
)

interface EvidenceEvents : Events {
    fun play()

    fun pause()

    /** Shows the original in an app of its kind. */
    fun open()

    /** Hands over a bundle that anybody can check without this app. */
    fun exportProof()
}

class EvidenceModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    private val id: EvidenceId,
    go: (Place) -> Unit,
) : Model<EvidenceState>(EvidenceState(), parent, platform, go),
    EvidenceEvents {
    private var player: Player? = null
    private val written = mutableSetOf<String>()

    init {
        work {
            val evidence = workbench.evidence(id)
            set { it.copy(evidence = evidence) }
            val thumbnail = workbench.thumbnail(id)?.let(platform::picture)
            set { it.copy(picture = thumbnail) }
            val path = scratch("picture.jpg")
            if (evidence.here && workbench.exportRendition(id, path)) {
                val picture = withContext(Dispatchers.IO) { platform.picture(File(path).readBytes()) }
                set { it.copy(picture = picture ?: thumbnail) }
            }
        }
    }

    override fun play() {
        player?.let {
            it.resume()
            return set { state -> state.copy(playing = true) }
        }
        work {
            val path = original(workbench.evidence(id))
            player =
                platform.play(
                    path,
                    onPosition = { at -> set { it.copy(position = at) } },
                    onEnd = {
                        player = null
                        set { it.copy(playing = false, position = 0) }
                    },
                )
            set { it.copy(playing = true) }
        }
    }

    override fun pause() {
        player?.pause()
        set { it.copy(playing = false) }
    }

    override fun open() =
        work {
            val evidence = workbench.evidence(id)
            if (!platform.open(original(evidence), evidence.mime)) throw stopped("open.no_app")
        }

    override fun exportProof() =
        work {
            val path = scratch("proof-${id.take(SHOWN)}.zip")
            workbench.exportProof(id, path)
            if (!platform.share(path, "application/zip")) throw stopped("open.no_app")
        }

    private suspend fun original(evidence: EvidenceView): String {
        val path = scratch("evidence.${evidence.extension}")
        workbench.exportOriginal(id, path)
        return path
    }

    private fun scratch(name: String) = platform.scratch(name).also { written += it }

    override fun failed(
        state: EvidenceState,
        failure: Failure?,
    ) = state.copy(failure = failure, playing = false)

    /** Nothing decrypted is left behind. */
    override fun close() {
        player?.stop()
        written.forEach(platform::forget)
        super.close()
    }

    private companion object {
        /** Of an id, in a file's name. */
        const val SHOWN = 8
    }
}

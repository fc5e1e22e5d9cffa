package chuda.ui

import androidx.compose.ui.graphics.ImageBitmap
import chuda.DraftEvent
import chuda.DraftView
import chuda.EvidenceId
import chuda.TouchSaved
import chuda.Workbench
import chuda.listen
import kotlinx.coroutines.CoroutineScope

/** The half-made touch, to be confirmed. */
data class DraftState(
    /** What there is to fill in, what was heard, what is missing. None as long as it is loaded. */
    val view: DraftView? = null,
    val thumbnails: Map<EvidenceId, ImageBitmap> = emptyMap(),
    val listening: Boolean = false,
    /** How far listening is: 0 to 1. */
    val share: Float = 0f,
    val saving: Boolean = false,
    val saved: TouchSaved? = null,
    val failure: Failure? = null,
)

interface DraftEvents : Events {
    /** Fills a field in with what the view offers, or with what is typed; with nothing it is open again. */
    fun fill(
        field: String,
        value: String,
    )

    /** Looks for customers by what is typed. */
    fun find(words: String)

    /** Enters a customer and takes it. */
    fun newCustomer(name: String)

    fun takePhoto()

    fun addFile()

    /** Takes a piece of evidence out of the touch: it stays, and is offered again. */
    fun takeOut(id: EvidenceId)

    /** Listens to the recording once more. */
    fun listenAgain()

    /** Gives up listening: the recording stays, the rest is filled in by hand. */
    fun stopListening()

    /** Records the touch as it is. Without evidence it is kept as 待补证据. */
    fun save()

    /** It waits on the home screen. */
    fun keepForLater()

    /** Throws the touch away; its evidence stays and belongs to nothing. */
    fun discard()
}

class DraftModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    notice: Failure?,
    go: (Place) -> Unit,
    private val leave: () -> Unit,
) : Model<DraftState>(DraftState(failure = notice), parent, platform, go),
    DraftEvents {
    private val drafting = workbench.draft()

    init {
        work(::refresh) {
            look()
            state.value.view
                ?.waitsForListening
                ?.let(::listen)
        }
    }

    override fun fill(
        field: String,
        value: String,
    ) = act(DraftEvent.Fill(field, value))

    override fun find(words: String) = act(DraftEvent.Find(words))

    override fun newCustomer(name: String) = act(DraftEvent.NewCustomer(name))

    override fun takePhoto() = work(::again) { photo(platform)?.let { add(workbench.keep(platform, it)) } }

    override fun addFile() = work(::again) { platform.pickFile()?.let { add(workbench.keep(platform, it)) } }

    override fun takeOut(id: EvidenceId) = act(DraftEvent.TakeOut(id))

    override fun listenAgain() {
        state.value.view
            ?.canListen
            ?.let(::listen)
    }

    override fun stopListening() = drafting.stopListening()

    private fun listen(recording: EvidenceId) {
        if (state.value.listening) return
        set { it.copy(listening = true, share = 0f) }
        work {
            try {
                if (drafting.listen(recording) { share -> set { it.copy(share = share) } }) platform.feedback(Feedback.TICK)
            } finally {
                set { it.copy(listening = false) }
                refresh()
            }
        }
    }

    override fun save() {
        if (state.value.saving) return
        set { it.copy(saving = true, failure = null) }
        work(::save) {
            try {
                val saved = drafting.save()
                set { it.copy(saved = saved) }
                platform.feedback(Feedback.DONE)
                platform.scheduleSync()
                leave()
            } finally {
                set { it.copy(saving = false) }
            }
        }
    }

    override fun keepForLater() =
        work {
            look()
            leave()
        }

    override fun discard() =
        work {
            drafting.discard()
            leave()
        }

    /** What the camera made and the store could not take. */
    private fun again(): Unit = work(::again) { workbench.keepLeftovers(platform).forEach(::add) }

    private fun add(evidence: EvidenceId) = act(DraftEvent.Add(evidence))

    private fun act(event: DraftEvent) {
        drafting.act(event)
        refresh()
    }

    private fun refresh(): Unit = work(::refresh) { look() }

    /** What it is now, put aside before it is shown. */
    private suspend fun look() =
        lookUp {
            val view = drafting.look()
            val new = view.evidence.map { it.id } - state.value.thumbnails.keys
            val thumbnails = new.mapNotNull { id -> workbench.thumbnail(id)?.let(platform::picture)?.let { id to it } }
            set { it.copy(view = view, thumbnails = it.thumbnails + thumbnails, failure = view.problem ?: it.failure) }
        }

    override fun failed(
        state: DraftState,
        failure: Failure?,
    ) = state.copy(failure = failure)

    override fun close() {
        super.close()
        drafting.close()
    }
}

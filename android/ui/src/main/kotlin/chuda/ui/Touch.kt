package chuda.ui

import androidx.compose.ui.graphics.ImageBitmap
import chuda.CustomerId
import chuda.EvidenceId
import chuda.TouchId
import chuda.TouchView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope

/** One touch with its evidence. */
data class TouchState(
    val touch: TouchView? = null,
    val thumbnails: Map<EvidenceId, ImageBitmap> = emptyMap(),
    val loading: Boolean = true,
    val failure: Failure? = null,
)

interface TouchEvents : Events {
    fun openEvidence(id: EvidenceId)

    fun openCustomer(id: CustomerId)

    fun takePhoto()

    fun addFile()

    /** The customer answered (客户已反馈). */
    fun feedback()
}

class TouchModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    private val id: TouchId,
    go: (Place) -> Unit,
) : Model<TouchState>(TouchState(), parent, platform, go),
    TouchEvents {
    init {
        follow(workbench) { load() }
    }

    private suspend fun load() {
        val touch = workbench.touch(id)
        set { it.copy(touch = touch, loading = false) }
        val pictures = touch.evidence.mapNotNull { one -> workbench.thumbnail(one.id)?.let(platform::picture)?.let { one.id to it } }
        set { it.copy(thumbnails = pictures.toMap()) }
    }

    override fun openEvidence(id: EvidenceId) = go(Place.Evidence(id))

    override fun openCustomer(id: CustomerId) = go(Place.Customer(id))

    override fun takePhoto() = work(::again) { photo(platform)?.let { attach(it) } }

    override fun addFile() = work(::again) { platform.pickFile()?.let { attach(it) } }

    /** What the camera made and the store could not take. */
    private fun again(): Unit = work(::again) { platform.leftovers().forEach { attach(it) } }

    /** Kept first, attached then: whatever fails, nothing captured is lost. */
    private suspend fun attach(captured: Captured) {
        workbench.attach(workbench.keep(platform, captured), id)
        platform.scheduleSync()
    }

    override fun feedback() =
        work {
            workbench.noteFeedback(id)
            platform.feedback(Feedback.DONE)
            platform.scheduleSync()
        }

    override fun failed(
        state: TouchState,
        failure: Failure?,
    ) = state.copy(failure = failure, loading = false)
}

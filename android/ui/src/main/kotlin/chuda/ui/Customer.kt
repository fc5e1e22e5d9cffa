package chuda.ui

import chuda.BriefView
import chuda.CustomerId
import chuda.CustomerView
import chuda.EvidenceId
import chuda.EvidenceView
import chuda.TouchId
import chuda.TouchView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope

/** A customer: its health with the sum, its timeline, its briefs, its documents. */
data class CustomerState(
    val customer: CustomerView? = null,
    val timeline: List<TouchView> = emptyList(),
    val briefs: List<BriefView> = emptyList(),
    val documents: List<EvidenceView> = emptyList(),
    val loading: Boolean = true,
    val failure: Failure? = null,
)

interface CustomerEvents : Events {
    /** A new touch of this customer. */
    fun touch()

    fun open(id: TouchId)

    fun openEvidence(id: EvidenceId)
}

class CustomerModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    private val id: CustomerId,
    go: (Place) -> Unit,
) : Model<CustomerState>(CustomerState(), parent, platform, go),
    CustomerEvents {
    init {
        follow(workbench) { load() }
    }

    private suspend fun load() {
        val customer = workbench.customer(id)
        val timeline = workbench.timeline(id, LIMIT)
        val briefs = workbench.briefs(id)
        val documents = timeline.flatMap { it.evidence }.filter { !it.mime.startsWith("image/") && !it.mime.startsWith("audio/") }
        set { it.copy(customer = customer, timeline = timeline, briefs = briefs, documents = documents, loading = false) }
    }

    override fun touch() =
        work {
            workbench.beginTouch(id)
            go(Place.Draft())
        }

    override fun open(id: TouchId) = go(Place.Touch(id))

    override fun openEvidence(id: EvidenceId) = go(Place.Evidence(id))

    override fun failed(
        state: CustomerState,
        failure: Failure?,
    ) = state.copy(failure = failure, loading = false)

    private companion object {
        const val LIMIT = 100
    }
}

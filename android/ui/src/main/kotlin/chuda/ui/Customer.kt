package chuda.ui

import chuda.CustomerId
import chuda.CustomerPage
import chuda.EvidenceId
import chuda.TouchId
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope

/** A customer: its health with the sum, its timeline, its briefs, its documents. */
data class CustomerState(
    val page: CustomerPage? = null,
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
        val page = workbench.customerPage(id)
        set { it.copy(page = page, loading = false) }
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
}

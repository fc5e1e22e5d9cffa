package chuda.ui

import chuda.CustomerDraft
import chuda.CustomerId
import chuda.CustomerView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope

/** Customers, reddest first. */
data class CustomersState(
    val customers: List<CustomerView> = emptyList(),
    val search: String = "",
    /** The customer that is being entered. */
    val adding: CustomerDraft? = null,
    val loading: Boolean = true,
    val failure: Failure? = null,
)

interface CustomersEvents : Events {
    fun find(words: String)

    fun open(id: CustomerId)

    /** Begins a new customer, changes what is typed, or with null gives it up. */
    fun add(draft: CustomerDraft?)

    fun save()
}

class CustomersModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    go: (Place) -> Unit,
) : Model<CustomersState>(CustomersState(), parent, platform, go),
    CustomersEvents {
    init {
        follow(workbench) { load() }
    }

    override fun find(words: String) {
        set { it.copy(search = words) }
        work { lookUp { load() } }
    }

    private suspend fun load() {
        val words = state.value.search
        val found = if (words.isBlank()) workbench.customers() else workbench.findCustomers(words.trim())
        // What was typed meanwhile has its own answer.
        set { if (it.search == words) it.copy(customers = found, loading = false) else it }
    }

    override fun open(id: CustomerId) = go(Place.Customer(id))

    override fun add(draft: CustomerDraft?) = set { it.copy(adding = draft, failure = null) }

    override fun save() {
        val draft = state.value.adding ?: return
        work(::save) {
            val customer = workbench.addCustomer(draft)
            set { it.copy(adding = null, search = "") }
            platform.scheduleSync()
            go(Place.Customer(customer.id))
        }
    }

    override fun failed(
        state: CustomersState,
        failure: Failure?,
    ) = state.copy(failure = failure, loading = false)
}

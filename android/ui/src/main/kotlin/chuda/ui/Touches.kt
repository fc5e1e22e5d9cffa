package chuda.ui

import chuda.TouchDay
import chuda.TouchId
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope
import java.time.LocalDate

/** Own touches, newest first, day by day. */
data class TouchesState(
    val days: List<TouchDay> = emptyList(),
    val today: LocalDate = LocalDate.ofEpochDay(0),
    val loading: Boolean = true,
    val failure: Failure? = null,
)

interface TouchesEvents : Events {
    fun open(id: TouchId)

    fun refresh()
}

class TouchesModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    go: (Place) -> Unit,
) : Model<TouchesState>(TouchesState(), parent, platform, go),
    TouchesEvents {
    init {
        follow(workbench) { load() }
    }

    override fun refresh() = work { lookUp { load() } }

    private suspend fun load() {
        val days = workbench.touchDays()
        set { it.copy(days = days, today = workbench.today(), loading = false) }
    }

    override fun open(id: TouchId) = go(Place.Touch(id))

    override fun failed(
        state: TouchesState,
        failure: Failure?,
    ) = state.copy(failure = failure, loading = false)
}

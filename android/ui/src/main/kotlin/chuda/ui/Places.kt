package chuda.ui

import chuda.CustomerId
import chuda.EvidenceId
import chuda.TouchId
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update

/** Where one can be. */
sealed interface Place {
    /** The five that the bar at the bottom leads to. */
    enum class Tab : Place { HOME, TOUCHES, CUSTOMERS, TASKS, ME }

    /** The half-made touch. [notice]: what happened on the way here. */
    data class Draft(
        val notice: Failure? = null,
    ) : Place

    data class Touch(
        val id: TouchId,
    ) : Place

    data class Evidence(
        val id: EvidenceId,
    ) : Place

    data class Customer(
        val id: CustomerId,
    ) : Place

    data object Sync : Place

    /** Joins a team with what is on this phone already. */
    data object Join : Place
}

/** The way back: never empty, a tab at its bottom. */
class BackStack {
    private val current = MutableStateFlow<List<Place>>(listOf(Place.Tab.HOME))
    val places: StateFlow<List<Place>> = current.asStateFlow()

    /** A tab forgets the way; anything else is put on top, once. */
    fun go(place: Place) = current.update { if (place is Place.Tab) home(place) else it - place + place }

    /** False when there is nothing to go back to. */
    fun back(): Boolean {
        val before = current.value
        current.update { if (it.size > 1) it.dropLast(1) else home(Place.Tab.HOME) }
        return before != current.value
    }

    private fun home(tab: Place.Tab): List<Place> = if (tab == Place.Tab.HOME) listOf(tab) else listOf(Place.Tab.HOME, tab)
}

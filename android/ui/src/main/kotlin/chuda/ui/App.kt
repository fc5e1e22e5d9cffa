package chuda.ui

import chuda.Workbench
import chuda.storeExists
import kotlinx.coroutines.CoroutineScope

/** The app as a whole: which store is open, in which language, and which screens are there. */
data class AppState(
    val words: Words,
    /** None as long as the store is being opened or there is none. */
    val workbench: Workbench? = null,
    val firstRun: FirstRunModel? = null,
    /** The store does not open, or something that belongs to no screen. */
    val failure: Failure? = null,
)

/**
 * Outlives the activity. [scope] is on the main thread. [opened] hands over the workbench to whatever works without screens, such as the
 * background sync.
 */
class App(
    platform: Platform,
    scope: CoroutineScope,
    private val opened: (Workbench) -> Unit = {},
) : Model<AppState>(AppState(Words(platform.preference(LANGUAGE) ?: platform.language)), scope, platform, {}) {
    val stack = BackStack()
    private val models = mutableMapOf<Place, Model<*>>()

    /** A link that waits until the store is open. */
    private var invitation: String? = null

    init {
        open()
        work {
            stack.places.collect { places ->
                // A screen that one has left for good is let go.
                val gone = models.keys.filter { it !in places && it != Place.Tab.HOME }
                gone.forEach { models.remove(it)?.close() }
                if (places.last() == Place.Tab.HOME) refresh()
            }
        }
    }

    /** In front again: the first screen shows what came meanwhile, and the card of the day that it is now. */
    fun refresh() {
        (models[Place.Tab.HOME] as? HomeModel)?.refresh()
    }

    /** Opens the store, or begins the first run. */
    fun open() =
        work(again = ::open) {
            set { it.copy(failure = null) }
            val settings = platform.settings()
            if (storeExists(settings.dir)) enter(Workbench.open(settings)) else set { it.copy(firstRun = firstRun()) }
            showInvitation()
        }

    /** An invitation was opened as a link. Nobody joins by that alone, and who has a team stays in it. */
    fun invite(link: String) {
        invitation = link
        showInvitation()
    }

    private fun showInvitation() {
        val link = invitation ?: return
        val (_, workbench, first) = state.value
        if (workbench == null && first == null) return
        invitation = null
        first?.invite(link)
        if (workbench != null) work { invite(workbench, link) }
    }

    private suspend fun invite(
        workbench: Workbench,
        link: String,
    ) {
        if (workbench.identity().server != null) throw stopped("invitation.not_needed")
        stack.go(Place.Join)
        (model(Place.Join) as FirstRunModel).invite(link)
    }

    private fun firstRun() = FirstRunModel(null, platform, scope, leave = {}, done = ::enter)

    private fun enter(workbench: Workbench) {
        workbench.speak(state.value.words.language)
        opened(workbench)
        state.value.firstRun?.close()
        set { it.copy(workbench = workbench, firstRun = null) }
        keepLeftovers()
        platform.scheduleSync()
    }

    /** Keeps what was captured and is in nobody's hands: from a killed app, or shared by another one. */
    fun keepLeftovers() = work { state.value.workbench?.keepLeftovers(platform) }

    /** The view model of a place, made when it is first there. */
    fun model(place: Place): Model<*> {
        val workbench = checkNotNull(state.value.workbench)
        return models.getOrPut(place) {
            when (place) {
                Place.Tab.HOME -> HomeModel(workbench, platform, scope, stack::go)
                Place.Tab.TOUCHES -> TouchesModel(workbench, platform, scope, stack::go)
                Place.Tab.CUSTOMERS -> CustomersModel(workbench, platform, scope, stack::go)
                Place.Tab.TASKS -> TasksModel(workbench, platform, scope, stack::go)
                Place.Tab.ME -> MeModel(workbench, platform, scope, ::speak, stack::go)
                Place.Sync -> SyncModel(workbench, platform, scope, stack::go)
                Place.Join -> FirstRunModel(workbench, platform, scope, leave = { stack.back() }, done = { stack.back() })
                is Place.Draft -> DraftModel(workbench, platform, scope, place.notice, stack::go) { stack.back() }
                is Place.Touch -> TouchModel(workbench, platform, scope, place.id, stack::go)
                is Place.Evidence -> EvidenceModel(workbench, platform, scope, place.id, stack::go)
                is Place.Customer -> CustomerModel(workbench, platform, scope, place.id, stack::go)
            }
        }
    }

    private fun speak(language: String) {
        state.value.workbench?.speak(language)
        set { it.copy(words = Words(language)) }
    }

    /** The system's way back. False when the app is to be left. */
    fun back(): Boolean {
        state.value.firstRun?.let {
            val first = it.state.value.step == FirstRunState.Step.WELCOME
            it.back()
            return !first
        }
        return stack.back()
    }

    override fun failed(
        state: AppState,
        failure: Failure?,
    ) = state.copy(failure = failure)

    override fun close() {
        models.values.forEach { it.close() }
        super.close()
    }
}

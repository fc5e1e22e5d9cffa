package chuda.ui

import chuda.Check
import chuda.ConsentView
import chuda.Identity
import chuda.Purpose
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope

/** This person, this phone. */
data class MeState(
    val identity: Identity? = null,
    val consents: List<ConsentView> = emptyList(),
    /** What the check of the phone's data found; none as long as it has not been asked for. */
    val checks: List<Check>? = null,
    val checking: Boolean = false,
    /** Free bytes. */
    val storage: Long = 0,
    val language: String = "zh",
    val wifiOnly: Boolean = false,
    val failure: Failure? = null,
)

interface MeEvents : Events {
    fun giveConsent(purpose: Purpose)

    fun withdrawConsent(purpose: Purpose)

    /** Reads everything on this phone. */
    fun check()

    fun chooseLanguage(language: String)

    fun setWifiOnly(only: Boolean)

    fun join()
}

class MeModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    private val speak: (String) -> Unit,
    go: (Place) -> Unit,
) : Model<MeState>(MeState(), parent, platform, go),
    MeEvents {
    init {
        set {
            it.copy(
                storage = platform.freeBytes,
                language = platform.preference(LANGUAGE) ?: platform.language,
                wifiOnly = platform.network.wifiOnly,
            )
        }
        work { load() }
    }

    private suspend fun load() {
        val identity = workbench.identity()
        val consents = workbench.consents()
        set { it.copy(identity = identity, consents = consents) }
    }

    /** The place is of no use without the system's permission, so that is asked for, too. */
    override fun giveConsent(purpose: Purpose) =
        work {
            workbench.giveConsent(purpose)
            load()
            val permission = if (purpose == Purpose.LOCATION) Permission.LOCATION else Permission.MICROPHONE
            if (platform.ask(permission) != Access.GRANTED) throw denied(permission)
        }

    override fun withdrawConsent(purpose: Purpose) =
        work {
            workbench.withdrawConsent(purpose)
            load()
        }

    override fun check() {
        if (state.value.checking) return
        set { it.copy(checking = true) }
        work {
            try {
                val checks = workbench.doctor()
                set { it.copy(checks = checks) }
            } finally {
                set { it.copy(checking = false) }
            }
        }
    }

    override fun chooseLanguage(language: String) {
        platform.prefer(LANGUAGE, language)
        set { it.copy(language = language) }
        speak(language)
    }

    override fun setWifiOnly(only: Boolean) {
        platform.prefer(WIFI_ONLY, only.toString())
        set { it.copy(wifiOnly = only) }
        platform.scheduleSync()
    }

    override fun join() = go(Place.Join)

    override fun failed(
        state: MeState,
        failure: Failure?,
    ) = state.copy(failure = failure)
}

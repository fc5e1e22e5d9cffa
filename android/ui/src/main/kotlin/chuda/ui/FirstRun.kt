package chuda.ui

import chuda.Workbench
import chuda.readInvitation
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** The first run, and joining a team later. */
data class FirstRunState(
    val step: Step = Step.WELCOME,
    val server: String = "",
    val code: String = "",
    val name: String = "",
    val working: Boolean = false,
    val failure: Failure? = null,
) {
    enum class Step { WELCOME, CODE, NAME }
}

interface FirstRunEvents : Events {
    /** A scanned invitation joins at once; without a camera it is typed. */
    fun scan()

    /** An invitation that was opened as a link is filled in; the person joins by the button. */
    fun invite(link: String)

    /** What is typed; a pasted invitation fills both fields. */
    fun type(
        server: String,
        code: String,
        name: String,
    )

    fun typeCode()

    fun join()

    /** Asks for the name first; with one it begins. */
    fun startOffline()

    /** Waits no longer, or goes a step back. */
    fun back()
}

/** [present]: the store that is there already and is to join a team. */
class FirstRunModel(
    private val present: Workbench?,
    platform: Platform,
    parent: CoroutineScope,
    private val leave: () -> Unit,
    private val done: (Workbench) -> Unit,
) : Model<FirstRunState>(FirstRunState(if (present == null) FirstRunState.Step.WELCOME else FirstRunState.Step.CODE), parent, platform, {}),
    FirstRunEvents {
    private var joining: Job? = null

    override fun scan() =
        work {
            set { it.copy(step = FirstRunState.Step.CODE) }
            platform.scanCode()?.let {
                fillIn(it)
                join()
            }
        }

    override fun invite(link: String) =
        work {
            // What is under way is not mixed up with it.
            if (!state.value.working) {
                typeCode()
                fillIn(link)
            }
        }

    private fun fillIn(text: String) {
        val invitation = readInvitation(text)
        set { it.copy(server = invitation.server, code = invitation.code) }
    }

    override fun type(
        server: String,
        code: String,
        name: String,
    ) {
        val pasted = listOf(server, code).firstNotNullOfOrNull { runCatching { readInvitation(it) }.getOrNull() }
        set {
            it.copy(server = pasted?.server ?: server, code = pasted?.code ?: code, name = name, failure = null)
        }
    }

    override fun typeCode() = set { it.copy(step = FirstRunState.Step.CODE, failure = null) }

    override fun join() {
        val (server, code) = state.value.run { server.trim() to code.trim() }
        enter {
            if (present == null) {
                Workbench.createEnrolled(platform.settings(), server, code)
            } else {
                present.also { it.enrol(server, code) }
            }
        }
    }

    override fun startOffline() {
        if (state.value.step != FirstRunState.Step.NAME) return set { it.copy(step = FirstRunState.Step.NAME, failure = null) }
        enter { Workbench.createOffline(platform.settings(), state.value.name.trim()) }
    }

    private fun enter(how: suspend () -> Workbench) {
        set { it.copy(working = true, failure = null) }
        if (joining?.isActive == true) return
        joining =
            start(again = { enter(how) }) {
                try {
                    done(how())
                    platform.scheduleSync()
                } finally {
                    set { it.copy(working = false) }
                }
            }
    }

    /** What was begun is finished all the same: a server that answers late has taken the code. */
    override fun back() {
        if (state.value.working) return set { it.copy(working = false) }
        if (present != null || state.value.step == FirstRunState.Step.WELCOME) return leave()
        set { it.copy(step = FirstRunState.Step.WELCOME, failure = null) }
    }

    override fun failed(
        state: FirstRunState,
        failure: Failure?,
    ) = state.copy(failure = failure)
}

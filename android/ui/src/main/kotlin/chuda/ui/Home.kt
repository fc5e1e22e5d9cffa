package chuda.ui

import chuda.Consent
import chuda.ConsentView
import chuda.EvidenceId
import chuda.FilingQuestion
import chuda.HomeView
import chuda.Purpose
import chuda.ReportRequest
import chuda.TaskId
import chuda.TaskView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlin.time.Duration.Companion.seconds

/** The workbench home (工作台首页). */
data class HomeState(
    val home: HomeView? = null,
    /** What is being said just now. */
    val recording: Recording? = null,
    val filing: Boolean = false,
    /** Seconds in which the report can still be taken back by one tap. */
    val undo: Int = 0,
    val choosing: Choosing? = null,
    val failure: Failure? = null,
)

/** What the home screen asks before it goes on. */
sealed interface Choosing {
    /** Why the report is short. */
    data object Reason : Choosing

    /** Another key action for tomorrow. */
    data object Tomorrow : Choosing

    /** Recording, which has not been agreed to yet or which the system does not permit yet. */
    data class Agreement(
        val consent: ConsentView,
    ) : Choosing

    /** Why a task is answered like this. */
    data class Answer(
        val task: TaskView,
        val choice: String?,
    ) : Choosing
}

/** What can be done on it. */
interface HomeEvents : Events {
    /** One tap files the report; a short one asks for a reason first. */
    fun file()

    fun undo()

    fun chooseReason(reason: String)

    /** Without a text it asks for one. */
    fun chooseTomorrow(text: String?)

    /** Does a task in its place. [choice] is one of its choices, if it has any. */
    fun answer(
        id: TaskId,
        choice: String?,
        reason: String? = null,
    )

    fun startRecording(consent: Consent)

    fun stopRecording()

    fun cancelRecording()

    /** Agrees to recording; then the system asks in its turn. */
    fun agree()

    fun takePhoto()

    fun addFile()

    /** A new touch by hand, or the one that waits. */
    fun write()

    /** The half-made touch, or what was captured and is in none. */
    fun resume()

    /** The list of what is on its way. */
    fun sync()

    fun open(place: Place)

    fun cancelChoice()
}

class HomeModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    go: (Place) -> Unit,
) : Model<HomeState>(HomeState(), parent, platform, go),
    HomeEvents {
    private val dictation = Dictation(workbench, platform, scope)
    private var countdown: Job? = null
    private var following: Job? = null

    init {
        refresh()
    }

    /** Back on this screen: what was left on another one shows here, and the card of another day if the phone's clock says another. */
    fun refresh() {
        following?.cancel()
        following = follow(workbench) { home -> set { it.copy(home = home) } }
    }

    override fun file() = file(reason = null)

    override fun chooseReason(reason: String) = file(reason)

    private fun file(reason: String?) {
        val card = state.value.home?.report ?: return
        if (state.value.filing) return
        when (card.question) {
            FilingQuestion.TOMORROW -> return set { it.copy(choosing = Choosing.Tomorrow) }
            FilingQuestion.REASON -> if (reason == null) return set { it.copy(choosing = Choosing.Reason) }
            null -> Unit
        }
        set { it.copy(filing = true, choosing = null) }
        work(again = { file(reason) }) {
            try {
                // Of the day that the card shows, whatever the clock says by now.
                workbench.fileReport(ReportRequest(card.day, reason = reason))
                platform.feedback(Feedback.DONE)
                countDown(card.undoSeconds)
            } finally {
                set { it.copy(filing = false) }
                refresh()
            }
        }
    }

    /** Nothing is sent before the time for 撤销 is over, since a report that was sent can't be taken back. */
    private fun countDown(seconds: Int) {
        countdown?.cancel()
        countdown =
            start {
                for (left in seconds downTo 1) {
                    set { it.copy(undo = left) }
                    delay(1.seconds)
                }
                set { it.copy(undo = 0) }
                workbench.letReportStand()
                platform.scheduleSync()
            }
    }

    override fun undo() {
        val day =
            state.value.home
                ?.report
                ?.day
        if (day == null || state.value.undo == 0) return
        countdown?.cancel()
        set { it.copy(undo = 0) }
        work { workbench.withdrawReport(day) }
    }

    override fun chooseTomorrow(text: String?) {
        val card = state.value.home?.report ?: return
        set { it.copy(choosing = if (text == null) Choosing.Tomorrow else null) }
        if (text != null) work(again = { chooseTomorrow(text) }) { workbench.chooseTomorrow(card.day, text) }
    }

    override fun answer(
        id: TaskId,
        choice: String?,
        reason: String?,
    ) {
        val task =
            state.value.home
                ?.run { tasks + notices }
                ?.find { it.id == id } ?: return
        set { it.copy(choosing = null) }
        work(again = { answer(id, choice, reason) }) {
            if (workbench.completeTask(id, choice, reason) == null) return@work set { it.copy(choosing = Choosing.Answer(task, choice)) }
            platform.feedback(Feedback.DONE)
            platform.scheduleSync()
        }
    }

    override fun startRecording(consent: Consent) =
        dictation.start(
            consent,
            onChange = { recording -> set { it.copy(recording = recording) } },
            onAgreement = { view -> set { it.copy(choosing = Choosing.Agreement(view)) } },
            onFailure = ::fail,
            onEnd = { id, notice -> add(listOf(id), notice) },
        )

    override fun stopRecording() = dictation.stop()

    override fun cancelRecording() = dictation.cancel()

    override fun agree() {
        set { it.copy(choosing = null) }
        work {
            workbench.giveConsent(Purpose.RECORDING)
            if (platform.ask(Permission.MICROPHONE) != Access.GRANTED) throw denied(Permission.MICROPHONE)
        }
    }

    override fun takePhoto() = work(::again) { photo(platform)?.let { add(listOf(workbench.keep(platform, it)), null) } }

    override fun addFile() = work(::again) { platform.pickFile()?.let { add(listOf(workbench.keep(platform, it)), null) } }

    /** What the camera made and the store could not take. */
    private fun again() = work(::again) { add(workbench.keepLeftovers(platform), null) }

    override fun write() = go(Place.Draft())

    override fun resume(): Unit =
        work(::resume) {
            workbench.resumeUnfinished()
            go(Place.Draft())
        }

    override fun sync() = go(Place.Sync)

    override fun open(place: Place) = go(place)

    override fun cancelChoice() = set { it.copy(choosing = null) }

    /** Evidence joins the half-made touch, which is put aside before anything else: it outlives the app. */
    private fun add(
        evidence: List<EvidenceId>,
        notice: Failure?,
    ) = work {
        workbench.addToUnfinished(evidence)
        go(Place.Draft(notice))
    }

    override fun failed(
        state: HomeState,
        failure: Failure?,
    ) = state.copy(failure = failure)

    override fun close() {
        dictation.stop()
        super.close()
    }
}

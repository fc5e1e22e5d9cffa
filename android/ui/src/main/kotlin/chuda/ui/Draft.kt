package chuda.ui

import androidx.compose.ui.graphics.ImageBitmap
import chuda.Candidate
import chuda.ChudaException
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.CustomerId
import chuda.Draft
import chuda.EvidenceId
import chuda.EvidenceView
import chuda.Options
import chuda.PersonView
import chuda.TouchDraft
import chuda.TouchSaved
import chuda.Workbench
import chuda.fillDraft
import chuda.key
import chuda.params
import chuda.transcribe
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.time.LocalDate

/** The half-made touch, to be confirmed. */
data class DraftState(
    val draft: TouchDraft = TouchDraft(),
    /** What was understood, with the words that said it. */
    val heard: Draft? = null,
    /** Customers to choose from: those that the sound could not tell apart, else those touched last. */
    val candidates: List<Candidate> = emptyList(),
    /** What still has to be given. */
    val missing: List<Slot> = listOf(Slot.Customer, Slot.Mode, Slot.Action, Slot.Evidence),
    /** What the action asks for beyond that (B2, T6); stays once it was asked. */
    val asked: Set<Slot> = emptySet(),
    val customerName: String? = null,
    val evidence: List<EvidenceView> = emptyList(),
    val thumbnails: Map<EvidenceId, ImageBitmap> = emptyMap(),
    val options: Options? = null,
    val people: List<PersonView> = emptyList(),
    /** All customers whose name fits what is typed. */
    val found: List<Candidate> = emptyList(),
    val today: LocalDate = LocalDate.ofEpochDay(0),
    val listening: Boolean = false,
    /** How far listening is: 0 to 1. */
    val share: Float = 0f,
    val saving: Boolean = false,
    val saved: TouchSaved? = null,
    val failure: Failure? = null,
)

/** What a touch needs. */
sealed interface Slot {
    data object Customer : Slot

    data object Mode : Slot

    data object Action : Slot

    data object Evidence : Slot

    /** Who answers the technical question (B2). */
    data object TechOwner : Slot

    /** Until when (B2). */
    data object ResponseBy : Slot

    /** A field of the form by its name, a supervisor's own among them (T6). */
    data class Field(
        val name: String,
    ) : Slot
}

interface DraftEvents : Events {
    fun chooseCustomer(id: CustomerId)

    /** Looks for customers by what is typed. */
    fun find(words: String)

    /** Enters a customer and takes it. */
    fun newCustomer(name: String)

    fun chooseMode(mode: ContactMode)

    fun chooseAction(key: String)

    /** Any other field. */
    fun change(how: TouchDraft.() -> TouchDraft)

    fun takePhoto()

    fun addFile()

    /** Takes a piece of evidence out of the touch: it stays, and is offered again. */
    fun takeOut(id: EvidenceId)

    /** Listens to the recording once more. */
    fun listenAgain()

    /** Gives up listening: the recording stays, the rest is filled in by hand. */
    fun stopListening()

    /** Records the touch as it is. Without evidence it is kept as 待补证据. */
    fun save()

    /** It waits on the home screen. */
    fun keepForLater()

    /** Throws the touch away; its evidence stays and belongs to nothing. */
    fun discard()
}

class DraftModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    notice: Failure?,
    go: (Place) -> Unit,
    private val leave: () -> Unit,
) : Model<DraftState>(DraftState(failure = notice, options = workbench.options(), today = workbench.today()), parent, platform, go),
    DraftEvents {
    private var listening: Job? = null
    private var looking: Job? = null

    /** What is put aside must not come back after it was recorded or thrown away. */
    private val keeping = Mutex()
    private var over = false

    init {
        work {
            val draft = workbench.unfinished() ?: TouchDraft()
            val people = workbench.people()
            set { it.copy(draft = draft, people = people) }
            suggestCustomers()
            look()
            val spoken = workbench.pendingTranscriptions().firstOrNull { it in draft.evidence }
            if (spoken != null) listen(spoken) else recall()
        }
    }

    override fun listenAgain() {
        val recording = state.value.evidence.lastOrNull { it.source == "recording" } ?: return
        listen(recording.id)
    }

    override fun stopListening() {
        listening?.cancel()
        set { it.copy(listening = false) }
    }

    private fun listen(recording: EvidenceId) {
        if (listening?.isActive == true) return
        set { it.copy(listening = true, share = 0f) }
        listening =
            start {
                try {
                    val voice = workbench.transcribe(recording) { share -> set { it.copy(share = share) } }
                    set {
                        it.copy(
                            heard = voice.draft,
                            draft = fillDraft(it.draft, voice.touch),
                            candidates = voice.candidates.ifEmpty { it.candidates },
                        )
                    }
                    platform.feedback(Feedback.TICK)
                    kept()
                } finally {
                    set { it.copy(listening = false) }
                }
            }
    }

    /** The words of a recording that was understood before the app ended. */
    private suspend fun recall() {
        val words = state.value.evidence.firstNotNullOfOrNull { it.transcript } ?: return
        val understood = workbench.understand(words)
        set { it.copy(heard = understood.draft, candidates = understood.candidates.ifEmpty { it.candidates }) }
    }

    /** The customers that were touched last, for a touch that names none. */
    private suspend fun suggestCustomers() {
        val last = workbench.recentTouches(RECENT).map { Candidate(it.customer, it.customerName) }.distinct()
        val others = workbench.customers().map { Candidate(it.id, it.name) }
        set { it.copy(candidates = (last + others).distinctBy { one -> one.id }.take(CANDIDATES)) }
    }

    override fun chooseCustomer(id: CustomerId) = change { copy(customer = id) }

    override fun find(words: String) =
        work {
            val found = if (words.isBlank()) emptyList() else workbench.findCustomers(words.trim())
            set { it.copy(found = found.map { one -> Candidate(one.id, one.name) }.take(CANDIDATES)) }
        }

    override fun newCustomer(name: String) =
        work {
            val id = workbench.addCustomer(CustomerDraft(name = name.trim())).id
            set { it.copy(draft = it.draft.copy(customer = id), found = emptyList()) }
            kept()
        }

    override fun chooseMode(mode: ContactMode) = change { copy(mode = mode) }

    override fun chooseAction(key: String) = change { copy(action = key) }

    override fun change(how: TouchDraft.() -> TouchDraft) {
        set { state -> state.copy(draft = state.draft.how()) }
        // Whoever types fast is looked at once, at the end; what they typed is kept each time.
        looking?.cancel()
        looking = start { kept() }
    }

    override fun takePhoto() = work(::again) { photo(platform)?.let { keep(it) } }

    override fun addFile() = work(::again) { platform.pickFile()?.let { keep(it) } }

    override fun takeOut(id: EvidenceId) {
        // The words of a recording go with it; what they filled in was shown and stays.
        if (state.value.evidence.any { it.id == id && it.source == "recording" }) {
            stopListening()
            set { it.copy(heard = null) }
        }
        change { copy(evidence = evidence - id) }
    }

    /** What the camera made and the store could not take. */
    private fun again() =
        work(::again) {
            val kept = workbench.keepLeftovers(platform)
            set { it.copy(draft = it.draft.copy(evidence = it.draft.evidence + kept)) }
            kept()
        }

    private suspend fun keep(captured: Captured) {
        val id = workbench.keep(platform, captured)
        set { it.copy(draft = it.draft.copy(evidence = it.draft.evidence + id)) }
        kept()
    }

    override fun save() {
        if (state.value.saving) return
        set { it.copy(saving = true, failure = null) }
        work(again = ::save) {
            try {
                keeping.withLock {
                    val draft = state.value.draft
                    val saved = workbench.recordTouch(draft.copy(allowDraft = draft.evidence.isEmpty()))
                    over = true
                    set { it.copy(saved = saved) }
                }
                listening?.cancel()
                platform.feedback(Feedback.DONE)
                platform.scheduleSync()
                leave()
            } finally {
                set { it.copy(saving = false) }
            }
        }
    }

    override fun keepForLater() = work { kept().also { leave() } }

    override fun discard() =
        work {
            keeping.withLock {
                over = true
                workbench.keepUnfinished(null)
            }
            leave()
        }

    /** Puts the draft aside as it is now, then looks at it. */
    private suspend fun kept() {
        withContext(NonCancellable) {
            keeping.withLock {
                if (!over) workbench.keepUnfinished(state.value.draft.takeIf { it != TouchDraft() })
            }
        }
        look()
    }

    /** What belongs to the draft, and what it still lacks. */
    private suspend fun look() {
        val draft = state.value.draft
        val evidence = draft.evidence.map { workbench.evidence(it) }
        val new = draft.evidence - state.value.thumbnails.keys
        val thumbnails = new.mapNotNull { id -> workbench.thumbnail(id)?.let(platform::picture)?.let { id to it } }
        val name = draft.customer?.let { workbench.customer(it).name }
        val (missing, asked) = missing(draft)
        set {
            it.copy(
                evidence = evidence,
                thumbnails = it.thumbnails + thumbnails,
                customerName = name,
                missing = missing,
                asked =
                    it.asked + asked,
            )
        }
    }

    /** First the four of every touch, then what the rules ask of this one. */
    private suspend fun missing(draft: TouchDraft): Pair<List<Slot>, Set<Slot>> {
        val missing = mutableListOf<Slot>()
        if (draft.customer == null) missing += Slot.Customer
        if (draft.mode == null) missing += Slot.Mode
        if (draft.action == null) missing += Slot.Action
        val asked = mutableSetOf<Slot>()
        if (missing.isEmpty()) {
            try {
                workbench.checkTouch(draft)
            } catch (error: ChudaException.Invalid) {
                asked += slotOf(error) ?: throw error
            }
        }
        // Whoever asks a colleague also says until when.
        if (Slot.TechOwner in asked || Slot.ResponseBy in asked) {
            asked += setOf(Slot.TechOwner, Slot.ResponseBy)
            if (draft.techOwner.isNullOrBlank()) missing += Slot.TechOwner
            if (draft.responseBy == null) missing += Slot.ResponseBy
        }
        missing += asked.filterIsInstance<Slot.Field>()
        if (draft.evidence.isEmpty()) missing += Slot.Evidence
        return missing to asked
    }

    private fun slotOf(error: ChudaException): Slot? =
        when (error.key) {
            "touch.tech_owner_missing" -> Slot.TechOwner
            "touch.response_by_missing" -> Slot.ResponseBy
            "touch.field_missing" -> error.params["field"]?.let(Slot::Field)
            else -> null
        }

    override fun failed(
        state: DraftState,
        failure: Failure?,
    ) = state.copy(failure = failure)

    private companion object {
        const val RECENT = 20
        const val CANDIDATES = 6
    }
}

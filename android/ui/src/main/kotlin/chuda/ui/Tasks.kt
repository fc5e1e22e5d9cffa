package chuda.ui

import chuda.TaskId
import chuda.TaskView
import chuda.Workbench
import kotlinx.coroutines.CoroutineScope
import java.time.LocalDate

/** What there is to do, and what there is to know. */
data class TasksState(
    val tasks: List<TaskView> = emptyList(),
    val notices: List<TaskView> = emptyList(),
    val today: LocalDate? = null,
    /** An answer that needs a reason. */
    val answering: Choosing.Answer? = null,
    val loading: Boolean = true,
    val failure: Failure? = null,
)

interface TasksEvents : Events {
    fun answer(
        id: TaskId,
        choice: String?,
    )

    /** The reason that the answer needs; null gives the answer up. */
    fun giveReason(reason: String?)

    /** Something to know has been read. */
    fun tick(id: TaskId)
}

class TasksModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    go: (Place) -> Unit,
) : Model<TasksState>(TasksState(), parent, platform, go),
    TasksEvents {
    init {
        follow(workbench) { home ->
            set { it.copy(tasks = home.tasks, notices = home.notices, today = home.report.day, loading = false) }
        }
    }

    override fun answer(
        id: TaskId,
        choice: String?,
    ) = complete(id, choice, reason = null)

    override fun giveReason(reason: String?) {
        val answer = state.value.answering ?: return
        set { it.copy(answering = null) }
        if (reason != null) complete(answer.task.id, answer.choice, reason)
    }

    override fun tick(id: TaskId) = complete(id, choice = null, reason = null)

    private fun complete(
        id: TaskId,
        choice: String?,
        reason: String?,
    ): Unit =
        work(again = { complete(id, choice, reason) }) {
            val task = state.value.run { tasks + notices }.find { it.id == id }
            if (workbench.completeTask(id, choice, reason) == null) {
                return@work set { it.copy(answering = task?.let { Choosing.Answer(task, choice) }) }
            }
            platform.feedback(Feedback.DONE)
            platform.scheduleSync()
        }

    override fun failed(
        state: TasksState,
        failure: Failure?,
    ) = state.copy(failure = failure, loading = false)
}

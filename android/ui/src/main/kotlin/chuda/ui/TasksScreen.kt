package chuda.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import chuda.TaskView
import java.time.LocalDate

@Composable
fun TasksScreen(
    state: TasksState,
    on: TasksEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Box(modifier.fillMaxSize()) {
    Column(Modifier.fillMaxSize()) {
        TopBar(words("tasks.title"), words, null)
        when {
            state.loading -> {
                Loading(words)
            }

            else -> {
                LazyColumn(
                    contentPadding = PaddingValues(start = 12.dp, end = 12.dp, bottom = 16.dp),
                    verticalArrangement = Arrangement.spacedBy(10.dp),
                ) {
                    state.failure?.let { item { Notice(it, words, on::dismiss, onRemedy = on::remedy) } }
                    if (state.tasks.isEmpty() && state.notices.isEmpty() && state.failure == null) {
                        item { Empty(Icons.tasks, words("tasks.none"), words("tasks.none_hint")) }
                    }
                    items(state.tasks, { it.id }) { task -> TaskCard(task, state.today, words) { on.answer(task.id, it) } }
                    if (state.notices.isNotEmpty()) {
                        item { Heading(words("tasks.notices")) }
                        items(state.notices, { it.id }) { notice -> TaskCard(notice, state.today, words) { on.tick(notice.id) } }
                    }
                }
            }
        }
    }
    state.answering?.let { answer ->
        Question(words(answer.task.kind), words, { on.giveReason(null) }) {
            AskText(words("tasks.reason"), words("do.send"), on::giveReason)
        }
    }
}

@Composable
private fun TaskCard(
    task: TaskView,
    today: LocalDate?,
    words: Words,
    onAnswer: (String?) -> Unit,
) = Panel {
    Text(words(task.kind), style = MaterialTheme.typography.titleMedium)
    val quiet = MaterialTheme.colorScheme.onSurfaceVariant
    words.taskAbout(task, today)?.let { Text(it, color = quiet, style = MaterialTheme.typography.bodyMedium) }
    words.taskFacts(task).forEach { (label, value) ->
        Text("$label${words("list.colon")}$value", Modifier.padding(top = 2.dp), style = MaterialTheme.typography.bodyMedium)
    }
    if (task.attachmentUploading) {
        Row(Modifier.padding(top = 6.dp)) { Tag(words("tasks.attachment_uploading"), Icons.cloudUp) }
    }
    task.scriptPack?.let { Script(words(it.title), it.text, words) }
    TaskAnswers(task, words, Modifier.padding(top = 12.dp), onAnswer)
}

/** The words that help (话术包), folded. */
@Composable
private fun Script(
    title: String,
    text: String,
    words: Words,
) {
    var isOpen by rememberSaveable(title) { mutableStateOf(false) }
    Row(
        Modifier
            .fillMaxWidth()
            .clip(MaterialTheme.shapes.small)
            .clickable(role = Role.Button, onClickLabel = words(if (isOpen) "do.fold" else "do.unfold")) { isOpen = !isOpen }
            .heightIn(min = 48.dp),
        Arrangement.spacedBy(8.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.document, null, Modifier.size(20.dp), tint = MaterialTheme.colorScheme.primary)
        Text(title, Modifier.weight(1f), color = MaterialTheme.colorScheme.primary, style = MaterialTheme.typography.titleSmall)
    }
    if (isOpen) Text(text, Modifier.padding(bottom = 4.dp), style = MaterialTheme.typography.bodyMedium)
}

/** The answers that can be given, side by side; without any: done. */
@Composable
fun TaskAnswers(
    task: TaskView,
    words: Words,
    modifier: Modifier = Modifier,
    onAnswer: (String?) -> Unit,
) = FlowRow(modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Arrangement.spacedBy(8.dp), maxItemsInEachRow = 2) {
    if (task.choices.isEmpty()) {
        SoftButton(words(if (task.notice) "tasks.seen" else "tasks.done"), { onAnswer(null) }, Modifier.weight(1f), Icons.check)
    }
    task.choices.forEach { choice -> SoftButton(words(choice), { onAnswer(choice.key) }, Modifier.weight(1f)) }
}

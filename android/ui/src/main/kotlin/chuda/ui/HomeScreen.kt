package chuda.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import chuda.CustomerView
import chuda.EvidenceKind
import chuda.EvidenceView
import chuda.Filing
import chuda.HomeView
import chuda.ReportCard
import chuda.ScriptPack
import chuda.Standing
import chuda.SyncLine
import chuda.TaskView
import chuda.TouchView
import java.time.LocalDate

@Composable
fun HomeScreen(
    state: HomeState,
    on: HomeEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Box(modifier.fillMaxSize()) {
    var script by remember { mutableStateOf<ScriptPack?>(null) }
    Column(Modifier.fillMaxSize()) {
        val home = state.home
        if (home == null) {
            Box(Modifier.weight(1f)) {
                val failure = state.failure
                if (failure == null) Loading(words) else Notice(failure, words, on::dismiss, Modifier.padding(EDGE), on::remedy)
            }
        } else {
            Today(home, on, words)
            Column(
                Modifier
                    .weight(1f)
                    .testTag("day")
                    .verticalScroll(rememberScrollState())
                    .padding(start = 12.dp, end = 12.dp, bottom = 12.dp),
                Arrangement.spacedBy(10.dp),
            ) {
                state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
                home.waiting?.let { Waiting(it, on) }
                Report(state, home.report, on, words)
                home.tasks.firstOrNull()?.let { Task(it, home.tasks.size - 1, home.report.day, on, words) { pack -> script = pack } }
                if (home.redCustomers.isNotEmpty()) RedCustomers(home.redCustomers, on, words)
            }
        }
        CaptureBar(state.recording, on, words)
    }
    state.choosing?.let { Ask(it, state, on, words) }
    script?.let { pack ->
        Question(words(pack.title), words, { script = null }) { Text(pack.text, style = MaterialTheme.typography.bodyLarge) }
    }
}

@Composable
private fun Today(
    home: HomeView,
    on: HomeEvents,
    words: Words,
) = FlowRow(
    Modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = 20.dp, end = 8.dp),
    Arrangement.SpaceBetween,
    Arrangement.Center,
    Alignment.CenterVertically,
) {
    Text(words.day(home.report.day), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge)
    SyncStatus(home.sync.line, words, on::sync)
}

/** What is on its way. "Synced" only when the server has everything. */
@Composable
private fun SyncStatus(
    line: SyncLine,
    words: Words,
    onClick: () -> Unit,
) {
    val icon =
        when (line.standing) {
            Standing.ATTENTION -> Icons.warning
            Standing.OFF -> Icons.cloudOff
            Standing.WAITING -> Icons.cloudUp
            Standing.SYNCED -> Icons.cloud
        }
    val color = if (line.standing == Standing.ATTENTION) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.onSurfaceVariant
    Row(
        Modifier
            .heightIn(min = 48.dp)
            .clip(CircleShape)
            .clickable(role = Role.Button, onClickLabel = words("sync.title"), onClick = onClick)
            .padding(horizontal = 12.dp),
        Arrangement.spacedBy(6.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(20.dp), tint = color)
        Text(
            line.text,
            color = color,
            style = MaterialTheme.typography.labelMedium,
            maxLines = 2,
            overflow = TextOverflow.Ellipsis,
        )
    }
}

/** What was begun and not finished. */
@Composable
private fun Waiting(
    text: String,
    on: HomeEvents,
) {
    val (back, front) = Tone.DOUBT.colors()
    Row(
        Modifier
            .fillMaxWidth()
            .clip(MaterialTheme.shapes.medium)
            .background(back)
            .clickable(role = Role.Button, onClick = on::resume)
            .heightIn(min = 48.dp)
            .padding(horizontal = 14.dp, vertical = 8.dp),
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.pen, null, Modifier.size(20.dp), tint = front)
        Text(text, Modifier.weight(1f), color = front, style = MaterialTheme.typography.titleSmall)
        Icon(Icons.forward, null, Modifier.size(18.dp), tint = front)
    }
}

/** 今日日报 */
@Composable
private fun Report(
    state: HomeState,
    card: ReportCard,
    on: HomeEvents,
    words: Words,
) = Panel(padding = PaddingValues(start = 16.dp, end = 16.dp, top = 12.dp, bottom = 14.dp)) {
    val filed = card.filed
    Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
        Text(words("home.report"), Modifier.weight(1f).semantics { heading() }, style = MaterialTheme.typography.titleMedium)
        if (filed != null) {
            Tag(words(if (filed.short) "home.filed_short" else "home.filed"), Icons.check, Tone.GOOD)
        } else {
            Text(
                words("home.count", "count" to card.touches.size, "full" to card.full),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.labelMedium,
            )
        }
    }
    Column(
        Modifier
            .fillMaxWidth()
            .padding(top = 4.dp)
            .clip(MaterialTheme.shapes.small)
            .clickable(role = Role.Button, onClickLabel = words("touches.title")) { on.open(Place.Tab.TOUCHES) },
    ) {
        card.touches.take(card.full).forEach { Filled(it, words) }
        for (number in card.touches.size + 1..card.full) {
            Open(
                if (number ==
                    1
                ) {
                    words("home.slot_first")
                } else {
                    words("home.slot_open", "number" to number)
                },
            )
        }
    }
    HorizontalDivider(Modifier.padding(vertical = 4.dp), color = MaterialTheme.colorScheme.outlineVariant)
    Tomorrow(card, on, words)
    Spacer(Modifier.height(6.dp))
    FilingButton(state, card, on, words)
}

@Composable
private fun Filled(
    touch: TouchView,
    words: Words,
) = Row(
    Modifier.fillMaxWidth().heightIn(min = 36.dp),
    Arrangement.spacedBy(10.dp),
    Alignment.CenterVertically,
) {
    Box(Modifier.size(20.dp).clip(CircleShape).background(MaterialTheme.colorScheme.primary), Alignment.Center) {
        Icon(Icons.check, null, Modifier.size(14.dp), tint = MaterialTheme.colorScheme.onPrimary)
    }
    FlowRow(Modifier.weight(1f), Arrangement.SpaceBetween, itemVerticalAlignment = Alignment.CenterVertically) {
        Text(
            touch.customerName,
            Modifier.padding(end = 8.dp),
            style = MaterialTheme.typography.titleSmall,
            maxLines = 1,
            overflow = TextOverflow.Ellipsis,
        )
        Text(
            "${words.mode(touch.mode)} · ${words(touch.action)}",
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodySmall,
        )
    }
    val evidence = touch.evidence.lastOrNull()
    Icon(
        evidence?.icon ?: Icons.warning,
        words(if (evidence == null) "status.draft" else "home.has_evidence"),
        Modifier.size(18.dp),
        tint = MaterialTheme.colorScheme.primary,
    )
}

@Composable
private fun Open(text: String) =
    Row(
        Modifier.fillMaxWidth().heightIn(min = 36.dp),
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Box(Modifier.size(20.dp).border(1.5.dp, MaterialTheme.colorScheme.outline, CircleShape))
        Text(text, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
    }

/** The key action for tomorrow; another suggestion is one tap away, any other words are two. */
@Composable
private fun Tomorrow(
    card: ReportCard,
    on: HomeEvents,
    words: Words,
) = Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
    val chosen = card.tomorrow
    Row(
        Modifier
            .weight(1f)
            .heightIn(min = 48.dp)
            .clip(MaterialTheme.shapes.small)
            .clickable(role = Role.Button, onClickLabel = words("home.choose_tomorrow")) { on.chooseTomorrow(null) },
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.calendar, words("home.tomorrow"), Modifier.size(20.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
        Text(
            chosen ?: words("home.no_tomorrow"),
            color = if (chosen == null) MaterialTheme.colorScheme.onSurfaceVariant else MaterialTheme.colorScheme.onSurface,
            style = MaterialTheme.typography.bodyMedium,
            maxLines = 2,
            overflow = TextOverflow.Ellipsis,
        )
    }
    card.another?.let { PlainButton(words("home.another"), { on.chooseTomorrow(it) }) }
}

@Composable
private fun FilingButton(
    state: HomeState,
    card: ReportCard,
    on: HomeEvents,
    words: Words,
) {
    val filed = card.filed
    if (state.undo > 0 && filed != null) {
        Row(
            Modifier.fillMaxWidth().heightIn(min = 56.dp).semantics { liveRegion = LiveRegionMode.Polite },
            Arrangement.spacedBy(8.dp),
            Alignment.CenterVertically,
        ) {
            Icon(Icons.check, null, Modifier.size(22.dp), tint = MaterialTheme.colorScheme.primary)
            Text(words("home.just_filed"), Modifier.weight(1f), style = MaterialTheme.typography.titleSmall)
            SoftButton(words("home.undo", "seconds" to state.undo), on::undo, icon = Icons.undo)
        }
        return
    }
    when (card.filing) {
        Filing.FILE_SHORT -> {
            MainButton(words("home.file_short", "missing" to card.missing), on::file, working = state.filing, isQuiet = true)
        }

        Filing.FILE -> {
            MainButton(words("home.file"), on::file, icon = Icons.check, working = state.filing)
        }

        Filing.UPDATE -> {
            MainButton(words("home.update"), on::file, icon = Icons.sync, working = state.filing)
        }

        Filing.FILED -> {
            Row(Modifier.fillMaxWidth().heightIn(min = 48.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                Icon(Icons.clock, null, Modifier.size(18.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
                Text(
                    filed?.let { words("home.filed_at", "time" to words.time(it.filedAt), "state" to words.state(it.state)) }.orEmpty(),
                    Modifier.weight(1f),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodySmall,
                )
            }
        }
    }
}

/** The most urgent task, done in its place. */
@Composable
private fun Task(
    task: TaskView,
    others: Int,
    today: LocalDate,
    on: HomeEvents,
    words: Words,
    onScript: (ScriptPack) -> Unit,
) = Panel(padding = PaddingValues(start = 16.dp, end = 12.dp, top = 10.dp, bottom = 12.dp)) {
    Row(verticalAlignment = Alignment.CenterVertically) {
        Column(Modifier.weight(1f).padding(end = 8.dp)) {
            Text(words(task.kind), style = MaterialTheme.typography.titleSmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
            Text(
                words.taskAbout(task, today).orEmpty(),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall,
                maxLines = 1,
                overflow = TextOverflow.Ellipsis,
            )
        }
        task.scriptPack?.let { pack -> IconButton(Icons.document, words(pack.title), { onScript(pack) }, Modifier.offset(x = 8.dp)) }
        if (others > 0) PlainButton(words("home.more_tasks", "count" to others), { on.open(Place.Tab.TASKS) })
    }
    TaskAnswers(task, words, Modifier.padding(top = 8.dp)) { on.answer(task.id, it) }
}

@Composable
private fun RedCustomers(
    customers: List<CustomerView>,
    on: HomeEvents,
    words: Words,
) = Panel(padding = PaddingValues(0.dp)) {
    customers.take(2).forEach { customer ->
        Line(
            customer.name,
            text = customer.health.sum,
            icon = Icons.warning,
            tint = MaterialTheme.colorScheme.error,
            onClick = { on.open(Place.Customer(customer.id)) },
        ) { Tag(words("health.red"), null, Tone.BAD) }
    }
}

@Composable
private fun Ask(
    choosing: Choosing,
    state: HomeState,
    on: HomeEvents,
    words: Words,
) {
    val card = state.home?.report ?: return
    when (choosing) {
        is Choosing.Reason -> {
            Question(words("home.why_short", "missing" to card.missing), words, on::cancelChoice) {
                FlowRow(horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                    card.reasons.forEach { Choice(words(it), false, { on.chooseReason(it.key) }) }
                }
            }
        }

        is Choosing.Tomorrow -> {
            Question(words("home.choose_tomorrow"), words, on::cancelChoice) {
                card.suggestions.forEach { text ->
                    Choice(text, text == card.tomorrow, { on.chooseTomorrow(text) }, Modifier.fillMaxWidth())
                }
                AskText(words("home.own_words"), words("do.take"), on::chooseTomorrow)
            }
        }

        is Choosing.Agreement -> {
            Question(words("home.may_record"), words, on::cancelChoice) {
                Text(words(choosing.consent.text), style = MaterialTheme.typography.bodyLarge)
                Text(
                    words("home.microphone_next"),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyMedium,
                )
                MainButton(words("do.agree"), on::agree)
                PlainButton(words("home.write_instead"), {
                    on.cancelChoice()
                    on.write()
                }, Modifier.fillMaxWidth())
            }
        }

        is Choosing.Answer -> {
            Question(words(choosing.task.kind), words, on::cancelChoice) {
                AskText(words("tasks.reason"), words("do.send"), { on.answer(choosing.task.id, choosing.choice, it) })
            }
        }
    }
}

val EvidenceView.icon: ImageVector
    get() =
        when (kind) {
            EvidenceKind.PHOTO -> Icons.camera
            EvidenceKind.RECORDING -> Icons.mic
            EvidenceKind.DOCUMENT -> Icons.document
        }

package chuda.ui

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import chuda.Outcome
import chuda.TouchStatus
import chuda.TouchView

@Composable
fun TouchScreen(
    state: TouchState,
    on: TouchEvents,
    words: Words,
    onBack: () -> Unit,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    val touch = state.touch
    TopBar(words("touch.title"), words, onBack)
    if (touch == null && state.failure == null) return@Column Loading(words)
    Column(
        Modifier.verticalScroll(rememberScrollState()).padding(start = 12.dp, end = 12.dp, bottom = 16.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
        if (touch != null) {
            Head(touch, on, words)
            Proof(touch, state, on, words)
            Facts(touch, words)
            if (!touch.feedback) {
                SoftButton(
                    words("touch.note_feedback"),
                    on::feedback,
                    Modifier.fillMaxWidth(),
                    Icons.check,
                    isOnGround = true,
                )
            }
        }
    }
}

@Composable
private fun Head(
    touch: TouchView,
    on: TouchEvents,
    words: Words,
) = Panel(padding = PaddingValues(0.dp)) {
    Line(
        touch.customerName,
        text = words.moment(touch.at),
        icon = Icons.person,
        onClick = { on.openCustomer(touch.customer) },
    )
    FlowRow(
        Modifier.padding(start = 16.dp, end = 16.dp, bottom = 14.dp),
        Arrangement.spacedBy(6.dp),
        Arrangement.spacedBy(6.dp),
    ) {
        Tag(words(touch.mode))
        Tag(words(touch.action))
        touch.category?.let { Tag(words(it)) }
        if (touch.status == TouchStatus.DRAFT) Tag(words("status.draft"), Icons.question, Tone.DOUBT)
        if (touch.feedback) Tag(words("draft.feedback"), Icons.check, Tone.GOOD)
        if (touch.conflicts.isNotEmpty()) Tag(words("state.conflict"), Icons.warning, Tone.BAD)
        StateTag(touch.state, words)
    }
}

@Composable
private fun Proof(
    touch: TouchView,
    state: TouchState,
    on: TouchEvents,
    words: Words,
) = Panel {
    Text(words("slot.evidence"), style = MaterialTheme.typography.titleMedium)
    if (touch.evidence.isEmpty()) {
        Text(
            words("touch.no_evidence"),
            Modifier.padding(top = 4.dp),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyMedium,
        )
    } else {
        Row(
            Modifier.fillMaxWidth().padding(top = 10.dp).horizontalScroll(rememberScrollState()),
            Arrangement.spacedBy(8.dp),
        ) { touch.evidence.forEach { EvidenceTile(it, state.thumbnails[it.id], words) { on.openEvidence(it.id) } } }
    }
    Row(Modifier.fillMaxWidth().padding(top = 12.dp), Arrangement.spacedBy(8.dp)) {
        SoftButton(words("home.photo"), on::takePhoto, Modifier.weight(1f), Icons.camera)
        SoftButton(words("home.add_file"), on::addFile, Modifier.weight(1f), Icons.file)
    }
}

/** Whatever else it says, name by name. */
@Composable
private fun Facts(
    touch: TouchView,
    words: Words,
) {
    val next = listOfNotNull(touch.nextDate?.let(words::day), touch.nextTime?.toString(), touch.nextAction).joinToString(" ")
    val owner = touch.techOwner?.let { if (touch.techOwnerUnknown) "$it（${words("touch.owner_unknown")}）" else it }
    val facts =
        listOf(
            "slot.brief" to touch.brief?.let { words(it) },
            "slot.next" to next.ifEmpty { null },
            "slot.amount" to touch.amount?.let(words::amount),
            "slot.tech_owner" to owner,
            "slot.response_by" to touch.responseBy?.let(words::day),
            "slot.intent" to touch.intent?.name,
            "field.contact" to touch.contact?.let { name -> touch.contactRole?.let { "$name（${words(it)}）" } ?: name },
            "touch.opened" to touch.opened?.let { words(opened(it)) },
            "field.note" to touch.note,
        ).mapNotNull { (key, value) -> value?.let { words(key) to it } } + touch.extra.map { words(it.field) to it.value }
    if (facts.isEmpty()) return
    Panel {
        facts.forEachIndexed { i, (name, value) -> Fact(name, value, Modifier.padding(top = if (i == 0) 0.dp else 10.dp)) }
    }
}

private fun opened(outcome: Outcome): String =
    when (outcome) {
        Outcome.MET -> "touch.opened_in_time"
        Outcome.OPEN -> "touch.opened_not_yet"
        Outcome.MISSED -> "touch.opened_late"
    }

@Composable
fun Fact(
    name: String,
    value: String,
    modifier: Modifier = Modifier,
) = Row(modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp)) {
    Text(name, Modifier.width(76.dp), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
    Text(value, Modifier.weight(1f), style = MaterialTheme.typography.bodyMedium)
}

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
            val facts = words.touchFacts(touch)
            if (facts.isNotEmpty()) Panel { Facts(facts) }
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
        Tag(words.mode(touch.mode))
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

/** Name by name, what each says. */
@Composable
fun Facts(facts: List<chuda.Fact>) =
    Column(verticalArrangement = Arrangement.spacedBy(10.dp)) { facts.forEach { Fact(it.label, it.value) } }

@Composable
fun Fact(
    name: String,
    value: String,
    modifier: Modifier = Modifier,
) = Row(modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp)) {
    Text(name, Modifier.width(76.dp), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
    Text(value, Modifier.weight(1f), style = MaterialTheme.typography.bodyMedium)
}

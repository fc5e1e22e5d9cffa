package chuda.ui

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.text.withStyle
import androidx.compose.ui.unit.dp
import chuda.DraftView
import chuda.EvidenceView
import chuda.Piece
import chuda.Sureness

/** The half-made touch: what was heard, what it means, what is still to be given. One tap saves it. */
@Composable
fun DraftScreen(
    state: DraftState,
    on: DraftEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Box(modifier.fillMaxSize()) {
    var throwing by rememberSaveable { mutableStateOf(false) }
    Column(Modifier.fillMaxSize()) {
        TopBar(words("draft.title"), words, on::keepForLater) {
            IconButton(Icons.trash, words("draft.discard"), { throwing = true })
        }
        Column(
            Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(start = 12.dp, end = 12.dp, bottom = 16.dp),
            Arrangement.spacedBy(10.dp),
        ) {
            state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
            if (state.listening) Listening(state.share, on, words)
            val view = state.view
            if (view == null) {
                if (state.failure == null) Loading(words)
            } else {
                view.heard?.let { Heard(it, words) }
                if (!state.listening) Slots(view, on, words)
                EvidenceStrip(view, state, on, words)
                if (!state.listening) More(view, on, words)
            }
        }
        state.view?.let { SaveBar(it, state, on, words) }
    }
    if (throwing) {
        Question(words("draft.discard_title"), words, { throwing = false }) {
            Text(words("draft.discard_text"), style = MaterialTheme.typography.bodyLarge)
            MainButton(words("draft.discard"), on::discard, icon = Icons.trash)
        }
    }
}

@Composable
private fun Listening(
    share: Float,
    on: DraftEvents,
    words: Words,
) = Panel(padding = PaddingValues(start = 16.dp, end = 8.dp, top = 12.dp, bottom = 6.dp)) {
    Row(Modifier.semantics { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Icon(Icons.mic, null, Modifier.size(22.dp), tint = MaterialTheme.colorScheme.primary)
        Column(Modifier.weight(1f)) {
            Text(words("draft.listening", "percent" to (share * 100).toInt()), style = MaterialTheme.typography.titleSmall)
            Text(
                words("draft.recording_kept"),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall,
            )
        }
    }
    LinearProgressIndicator({ share }, Modifier.fillMaxWidth().padding(top = 12.dp, end = 8.dp), drawStopIndicator = {})
    PlainButton(words("draft.by_hand"), on::stopListening, Modifier.align(Alignment.End))
}

/** The words as heard: what became a field is underlined, what is doubtful has a question mark as well. */
@Composable
private fun Heard(
    heard: List<Piece>,
    words: Words,
) = Panel {
    Row(Modifier.padding(bottom = 6.dp), Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
        Icon(Icons.mic, null, Modifier.size(16.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
        Text(words("draft.heard"), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.labelMedium)
    }
    if (heard.isEmpty()) {
        Text(words("draft.heard_nothing"), style = MaterialTheme.typography.bodyLarge)
    } else {
        Text(
            marked(heard, MaterialTheme.colorScheme.primary, MaterialTheme.colorScheme.tertiary),
            style = MaterialTheme.typography.bodyLarge,
        )
    }
}

private fun marked(
    heard: List<Piece>,
    sure: Color,
    unsure: Color,
): AnnotatedString =
    buildAnnotatedString {
        for (piece in heard) {
            val color =
                when (piece.sureness) {
                    Sureness.PLAIN -> null
                    Sureness.SURE -> sure
                    Sureness.DOUBTFUL -> unsure
                }
            if (color == null) {
                append(piece.text)
                continue
            }
            withStyle(SpanStyle(color, fontWeight = FontWeight.Medium, textDecoration = TextDecoration.Underline)) { append(piece.text) }
            if (piece.sureness == Sureness.DOUBTFUL) append("（？）")
        }
    }

@Composable
private fun EvidenceStrip(
    view: DraftView,
    state: DraftState,
    on: DraftEvents,
    words: Words,
) = Panel {
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        Text(
            words("slot.evidence"),
            Modifier.weight(1f),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyMedium,
        )
        if (view.evidence.isEmpty()) Tag(words("draft.evidence_wanted"), Icons.question, Tone.DOUBT)
    }
    if (view.evidence.isNotEmpty()) {
        Row(
            Modifier.fillMaxWidth().padding(top = 10.dp).horizontalScroll(rememberScrollState()),
            Arrangement.spacedBy(8.dp),
        ) { view.evidence.forEach { Removable(it, state, on, words) } }
    }
    Row(Modifier.fillMaxWidth().padding(top = 12.dp), Arrangement.spacedBy(8.dp)) {
        SoftButton(words("home.photo"), on::takePhoto, Modifier.weight(1f), Icons.camera)
        SoftButton(words("home.add_file"), on::addFile, Modifier.weight(1f), Icons.file)
    }
    if (view.canListen != null && !state.listening) {
        PlainButton(words("draft.listen_again"), on::listenAgain, Modifier.padding(top = 4.dp), Icons.mic)
    }
}

/** The cross in its corner takes it out of the touch. It is not deleted: the words that are read out say so. */
@Composable
private fun Removable(
    evidence: EvidenceView,
    state: DraftState,
    on: DraftEvents,
    words: Words,
) = Box {
    EvidenceTile(evidence, state.thumbnails[evidence.id], words)
    val label = words("draft.take_out_of", "what" to words.evidence(evidence.kind))
    Box(
        Modifier
            .size(48.dp)
            .align(Alignment.TopEnd)
            .clickable(onClickLabel = label, role = Role.Button) { on.takeOut(evidence.id) }
            .semantics { contentDescription = label },
        Alignment.TopEnd,
    ) {
        Icon(
            Icons.close,
            null,
            Modifier
                .padding(6.dp)
                .size(24.dp)
                .background(MaterialTheme.colorScheme.surface, CircleShape)
                .padding(4.dp),
        )
    }
}

/** A picture, or what stands for it; what can't be opened says so. */
@Composable
fun EvidenceTile(
    evidence: EvidenceView,
    picture: ImageBitmap?,
    words: Words,
    modifier: Modifier = Modifier,
    onClick: (() -> Unit)? = null,
) = Column(
    modifier
        .width(84.dp)
        .clip(MaterialTheme.shapes.small)
        .then(if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick)),
    Arrangement.spacedBy(4.dp),
) {
    Box(
        Modifier.size(84.dp).clip(MaterialTheme.shapes.small).background(MaterialTheme.colorScheme.surfaceVariant),
        Alignment.Center,
    ) {
        if (picture != null) {
            Image(picture, words.evidence(evidence.kind), Modifier.fillMaxSize(), contentScale = ContentScale.Crop)
        } else {
            Icon(
                if (evidence.readable) evidence.icon else Icons.warning,
                words.evidence(evidence.kind),
                Modifier.size(30.dp),
                tint = MaterialTheme.colorScheme.onSurfaceVariant,
            )
        }
    }
    Text(
        if (evidence.readable) words.state(evidence.state) else words("evidence.unreadable"),
        style = MaterialTheme.typography.labelSmall,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        maxLines = 2,
    )
}

@Composable
private fun SaveBar(
    view: DraftView,
    state: DraftState,
    on: DraftEvents,
    words: Words,
) = Surface(color = MaterialTheme.colorScheme.surface, shadowElevation = 6.dp) {
    Column(Modifier.padding(12.dp)) {
        when {
            state.listening -> MainButton(words("draft.wait"), on::save, enabled = false)
            !view.canSave -> MainButton(view.save, on::save, enabled = false)
            else -> MainButton(view.save, on::save, icon = Icons.check.takeIf { view.missing.isEmpty() }, working = state.saving)
        }
    }
}

package chuda.ui

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTransformGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableFloatStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.clipToBounds
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.graphicsLayer
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.unit.dp
import chuda.EvidenceKind
import chuda.EvidenceView
import chuda.Grade

@Composable
fun EvidenceScreen(
    state: EvidenceState,
    on: EvidenceEvents,
    words: Words,
    onBack: () -> Unit,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    val evidence = state.evidence
    TopBar(evidence?.let { words.evidence(it.kind) } ?: words("slot.evidence"), words, onBack)
    if (evidence == null && state.failure == null) return@Column Loading(words)
    Column(
        Modifier.verticalScroll(rememberScrollState()).padding(start = 12.dp, end = 12.dp, bottom = 16.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
        if (evidence != null) {
            Content(evidence, state, on, words)
            Trust(evidence, words)
            if (evidence.here) {
                SoftButton(
                    words("evidence.export_proof"),
                    on::exportProof,
                    Modifier.fillMaxWidth(),
                    Icons.shield,
                    isOnGround = true,
                )
            }
        }
    }
}

@Composable
private fun Content(
    evidence: EvidenceView,
    state: EvidenceState,
    on: EvidenceEvents,
    words: Words,
) {
    val picture = state.picture
    when {
        !evidence.readable -> {
            Panel {
                Tag(words("evidence.unreadable"), Icons.warning, Tone.BAD)
                Text(
                    words("evidence.unreadable_because", "reason" to words("unreadable.${evidence.unreadable}")),
                    Modifier.padding(top = 8.dp),
                    style = MaterialTheme.typography.bodyMedium,
                )
            }
        }

        picture != null -> {
            Zoomable(picture, words.evidence(evidence.kind))
        }

        evidence.kind == EvidenceKind.RECORDING -> {
            Panel {
                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                    if (state.playing) {
                        SoftButton(words("evidence.pause"), on::pause, icon = Icons.pause)
                    } else {
                        SoftButton(words("evidence.play"), on::play, icon = Icons.play, enabled = evidence.here)
                    }
                    Text(words.length(state.position), style = MaterialTheme.typography.titleMedium)
                }
                Text(
                    evidence.transcript ?: words("evidence.no_transcript"),
                    Modifier.padding(top = 12.dp),
                    style = MaterialTheme.typography.bodyLarge,
                )
            }
        }
    }
    if (evidence.here &&
        evidence.kind != EvidenceKind.RECORDING
    ) {
        SoftButton(words("evidence.open"), on::open, Modifier.fillMaxWidth(), evidence.icon, isOnGround = true)
    }
    if (!evidence.here) Panel { Text(words("evidence.not_here"), style = MaterialTheme.typography.bodyMedium) }
}

/** Two fingers make it larger. */
@Composable
private fun Zoomable(
    picture: ImageBitmap,
    name: String,
) {
    var scale by remember { mutableFloatStateOf(1f) }
    var offset by remember { mutableStateOf(Offset.Zero) }
    Box(
        Modifier
            .fillMaxWidth()
            .heightIn(max = 420.dp)
            .clip(MaterialTheme.shapes.large)
            .clipToBounds()
            .background(MaterialTheme.colorScheme.surfaceVariant)
            .pointerInput(Unit) {
                detectTransformGestures { _, pan, zoom, _ ->
                    scale = (scale * zoom).coerceIn(1f, 6f)
                    offset = if (scale == 1f) Offset.Zero else offset + pan
                }
            },
        Alignment.Center,
    ) {
        Image(
            picture,
            name,
            Modifier.fillMaxWidth().graphicsLayer {
                scaleX = scale
                scaleY = scale
                translationX = offset.x
                translationY = offset.y
            },
            contentScale = ContentScale.Fit,
        )
    }
}

/** How far it can be trusted, in words. */
@Composable
private fun Trust(
    evidence: EvidenceView,
    words: Words,
) = Panel {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
        val isWitnessed = evidence.grade == Grade.SERVER_WITNESSED
        Tag(
            words.grade(evidence.grade),
            if (isWitnessed) Icons.shield else Icons.clock,
            if (isWitnessed) Tone.GOOD else Tone.QUIET,
        )
        StateTag(evidence.state, words)
        if (evidence.valid) Tag(words("evidence.valid"), Icons.check, Tone.GOOD)
        evidence.flags.forEach { Tag(words("flag.$it"), Icons.warning, Tone.DOUBT) }
    }
    Spacer(Modifier.height(12.dp))
    Facts(words.evidenceFacts(evidence))
}

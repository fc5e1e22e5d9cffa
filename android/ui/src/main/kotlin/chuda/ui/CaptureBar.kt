package chuda.ui

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.gestures.awaitEachGesture
import androidx.compose.foundation.gestures.awaitFirstDown
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import chuda.Consent

/** What the finger on the talk button does. */
private enum class Hold {
    NONE,
    HELD,

    /** Far enough away: letting go throws the recording away. */
    AWAY,

    /** A short tap: it goes on without the finger, until one of two buttons. */
    FREE,
}

/** Hold to talk, photo, file, by hand: at the thumb, whatever else is on the screen. */
@Composable
fun CaptureBar(
    recording: Recording?,
    on: HomeEvents,
    words: Words,
    modifier: Modifier = Modifier,
) {
    var told by rememberSaveable { mutableStateOf(false) }
    var hold by remember { mutableStateOf(Hold.NONE) }
    LaunchedEffect(recording == null) { if (recording == null && hold == Hold.FREE) hold = Hold.NONE }
    Surface(
        modifier.fillMaxWidth(),
        shape = RoundedCornerShape(topStart = 24.dp, topEnd = 24.dp),
        color = MaterialTheme.colorScheme.surface,
        shadowElevation = 6.dp,
    ) {
        Column(Modifier.padding(start = 12.dp, end = 12.dp, top = 12.dp, bottom = 4.dp), Arrangement.spacedBy(4.dp)) {
            Row(Modifier.heightIn(min = 64.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                Talk(recording, hold, { hold = it }, if (told) Consent.TOLD else Consent.OWN_VOICE, on, words, Modifier.weight(1f))
                if (recording == null) WhoIsHeard(told, { told = !told }, words)
            }
            when {
                recording == null -> {
                    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                        Way(Icons.camera, words("home.photo"), on::takePhoto)
                        Way(Icons.file, words("home.add_file"), on::addFile)
                        Way(Icons.pen, words("home.write"), on::write)
                    }
                }

                hold == Hold.FREE -> {
                    Row(Modifier.fillMaxWidth().padding(bottom = 4.dp), Arrangement.spacedBy(8.dp)) {
                        SoftButton(words("home.throw_away"), on::cancelRecording, Modifier.weight(1f), Icons.trash)
                        SoftButton(words("home.done_talking"), on::stopRecording, Modifier.weight(1f), Icons.check)
                    }
                }

                else -> {
                    Hint(words(if (hold == Hold.AWAY) "home.let_go_to_cancel" else "home.let_go_to_end"))
                }
            }
        }
    }
}

@Composable
private fun Hint(text: String) =
    Box(Modifier.fillMaxWidth().heightIn(min = 52.dp), Alignment.Center) {
        Text(
            text,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyMedium,
            textAlign = TextAlign.Center,
        )
    }

/** The big button. Pressed it becomes a meter; a screen reader and a short tap start and end it without holding. */
@Composable
private fun Talk(
    recording: Recording?,
    hold: Hold,
    onHold: (Hold) -> Unit,
    consent: Consent,
    on: HomeEvents,
    words: Words,
    modifier: Modifier,
) {
    val agreed by rememberUpdatedState(consent)
    val events by rememberUpdatedState(on)
    val now by rememberUpdatedState(recording)
    val label = words("home.hold_to_talk")
    val isAway = hold == Hold.AWAY
    val colors = MaterialTheme.colorScheme
    Surface(
        modifier
            .heightIn(min = 64.dp)
            .testTag("talk")
            .semantics(mergeDescendants = true) {
                role = Role.Button
                contentDescription = label
                if (recording != null) stateDescription = words("home.recording", "time" to words.length(recording.durationMs))
                onClick(label) {
                    if (now == null) {
                        onHold(Hold.FREE)
                        events.startRecording(agreed)
                    } else {
                        events.stopRecording()
                    }
                    true
                }
            }.pointerInput(Unit) {
                awaitEachGesture {
                    val down = awaitFirstDown()
                    // What goes on by itself ends by its own buttons, or by another tap.
                    if (now != null) {
                        events.stopRecording()
                        return@awaitEachGesture
                    }
                    onHold(Hold.HELD)
                    events.startRecording(agreed)
                    var isFar = false
                    var last = down
                    do {
                        val event = awaitPointerEvent()
                        last = event.changes.firstOrNull { it.id == down.id } ?: break
                        last.consume()
                        val far = last.position.y < -AWAY.toPx()
                        if (far != isFar) onHold(if (far) Hold.AWAY else Hold.HELD)
                        isFar = far
                    } while (last.pressed)
                    when {
                        isFar -> {
                            events.cancelRecording()
                        }

                        last.uptimeMillis - down.uptimeMillis < SHORT && now != null -> {
                            onHold(Hold.FREE)
                            return@awaitEachGesture
                        }

                        else -> {
                            events.stopRecording()
                        }
                    }
                    onHold(Hold.NONE)
                }
            },
        shape = RoundedCornerShape(32.dp),
        color =
            when {
                isAway -> colors.errorContainer
                recording != null -> colors.primaryContainer
                else -> colors.primary
            },
        contentColor =
            when {
                isAway -> colors.onErrorContainer
                recording != null -> colors.onPrimaryContainer
                else -> colors.onPrimary
            },
    ) {
        Row(Modifier.padding(horizontal = 20.dp), Arrangement.Center, Alignment.CenterVertically) {
            Icon(if (isAway) Icons.trash else Icons.mic, null, Modifier.size(26.dp))
            Spacer(Modifier.width(10.dp))
            if (recording == null) {
                Text(label, style = MaterialTheme.typography.titleMedium, maxLines = 1, overflow = TextOverflow.Ellipsis)
            } else {
                Meter(recording.levels, Modifier.weight(1f))
                Spacer(Modifier.width(10.dp))
                Text(words.length(recording.durationMs), style = MaterialTheme.typography.titleMedium)
            }
        }
    }
}

/** The latest pieces of sound as bars, the newest at the right. */
@Composable
private fun Meter(
    levels: List<Float>,
    modifier: Modifier,
) {
    val color = MaterialTheme.colorScheme.primary
    Canvas(modifier.height(36.dp)) {
        val step = 6.dp.toPx()
        val width = 3.dp.toPx()
        val room = (size.width / step).toInt()
        for (i in 0 until room) {
            val level = levels.getOrElse(levels.size - room + i) { 0f }
            val height = width + (size.height - width) * level.coerceIn(0f, 1f)
            drawRoundRect(color, Offset(i * step, (size.height - height) / 2), Size(width, height), CornerRadius(width))
        }
    }
}

/** Whether the customer can be heard, who then has to know. */
@Composable
private fun WhoIsHeard(
    told: Boolean,
    onToggle: () -> Unit,
    words: Words,
) = Column(
    Modifier
        .heightIn(min = 64.dp)
        .widthIn(min = 76.dp, max = 112.dp)
        .clip(RoundedCornerShape(20.dp))
        .background(MaterialTheme.colorScheme.secondaryContainer)
        .clickable(role = Role.Switch, onClickLabel = words("home.who_is_heard"), onClick = onToggle)
        .padding(horizontal = 10.dp, vertical = 6.dp),
    Arrangement.Center,
    Alignment.CenterHorizontally,
) {
    val color = MaterialTheme.colorScheme.onSecondaryContainer
    Icon(if (told) Icons.people else Icons.person, null, Modifier.size(20.dp), tint = color)
    Text(
        words(if (told) "consent.told" else "consent.own_voice"),
        color = color,
        style = MaterialTheme.typography.labelSmall,
        textAlign = TextAlign.Center,
        maxLines = 2,
        overflow = TextOverflow.Ellipsis,
    )
}

@Composable
private fun RowScope.Way(
    icon: ImageVector,
    text: String,
    onClick: () -> Unit,
) = Row(
    Modifier
        .weight(1f)
        .heightIn(min = 52.dp)
        .clip(MaterialTheme.shapes.small)
        .clickable(role = Role.Button, onClick = onClick)
        .padding(horizontal = 4.dp),
    Arrangement.spacedBy(8.dp, Alignment.CenterHorizontally),
    Alignment.CenterVertically,
) {
    Icon(icon, null, Modifier.size(22.dp), tint = MaterialTheme.colorScheme.primary)
    Text(text, style = MaterialTheme.typography.titleSmall, maxLines = 1, overflow = TextOverflow.Ellipsis)
}

private val AWAY = 72.dp

/** Milliseconds under which a press is a tap. */
private const val SHORT = 400

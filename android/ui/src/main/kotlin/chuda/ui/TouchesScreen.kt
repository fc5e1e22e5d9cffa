package chuda.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import chuda.TouchStatus
import chuda.TouchView

@Composable
fun TouchesScreen(
    state: TouchesState,
    on: TouchesEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    TopBar(words("touches.title"), words, null) {
        IconButton(Icons.sync, words("do.refresh"), on::refresh)
    }
    if (state.loading) return@Column Loading(words)
    LazyColumn(
        contentPadding = PaddingValues(start = 12.dp, end = 12.dp, bottom = 16.dp),
        verticalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        state.failure?.let { item { Notice(it, words, on::dismiss, onRemedy = on::remedy) } }
        if (state.days.isEmpty() && state.failure == null) {
            item { Empty(Icons.list, words("touches.none"), words("touches.none_hint")) }
        }
        items(state.days, { it.day.toString() }) { day ->
            Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
                Heading(words.day(day.day, state.today))
                Panel(padding = PaddingValues(0.dp)) {
                    day.touches.forEachIndexed { i, touch ->
                        if (i > 0) HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
                        TouchLine(touch, words, { on.open(touch.id) })
                    }
                }
            }
        }
    }
}

/** A touch in a list: who, how and what, when, with what evidence. */
@Composable
fun TouchLine(
    touch: TouchView,
    words: Words,
    onClick: () -> Unit,
    title: String = touch.customerName,
) = Line(
    title,
    text = "${words.time(touch.at)} · ${words.mode(touch.mode)} · ${words(touch.action)}",
    onClick = onClick,
) {
    if (touch.status == TouchStatus.DRAFT) {
        Tag(words("status.draft"), Icons.question, Tone.DOUBT)
    } else {
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
            touch.evidence.map { it.icon to words.evidence(it.kind) }.distinct().forEach { (icon, name) ->
                Icon(icon, name, Modifier.size(18.dp), tint = MaterialTheme.colorScheme.primary)
            }
        }
    }
    Icon(Icons.forward, null, Modifier.size(16.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
}

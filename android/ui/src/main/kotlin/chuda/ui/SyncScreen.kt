package chuda.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
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
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import chuda.ItemState
import chuda.StatusItem
import chuda.StatusView

@Composable
fun SyncScreen(
    state: SyncState,
    on: SyncEvents,
    words: Words,
    onBack: () -> Unit,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    TopBar(words("sync.title"), words, onBack)
    val status = state.status
    Box(Modifier.weight(1f)) {
        if (status == null && state.failure == null) {
            Loading(words)
        } else {
            LazyColumn(
                contentPadding = PaddingValues(start = 12.dp, end = 12.dp, bottom = 16.dp),
                verticalArrangement = Arrangement.spacedBy(8.dp),
            ) {
                state.failure?.let { item { Notice(it, words, on::dismiss, onRemedy = on::remedy) } }
                if (status != null) {
                    item { Summary(status, state, words) }
                    items(status.items, { it.kind + it.id }) { Item(it, on, words) }
                    if (status.items.isEmpty()) item { Empty(Icons.cloud, words("sync.nothing"), words("sync.nothing_hint")) }
                }
            }
        }
    }
    if (status != null) {
        Surface(color = MaterialTheme.colorScheme.surface, shadowElevation = 6.dp) {
            Column(Modifier.padding(12.dp)) {
                when {
                    !status.summary.enrolled -> MainButton(words("me.join"), on::join, icon = Icons.people)
                    state.syncing -> SoftButton(words("sync.stop"), on::stop, Modifier.fillMaxWidth().heightIn(min = 56.dp), Icons.close)
                    else -> MainButton(words("sync.now"), on::sync, icon = Icons.sync)
                }
            }
        }
    }
}

@Composable
private fun Summary(
    status: StatusView,
    state: SyncState,
    words: Words,
) = Panel {
    val summary = status.summary
    Column(Modifier.semantics { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(4.dp)) {
        Text(summary.line.text, style = MaterialTheme.typography.titleMedium)
        Text(
            words.lastSync(summary),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyMedium,
        )
        if (state.waitsForWifi) Text(words("sync.waits_for_wifi"), style = MaterialTheme.typography.bodyMedium)
        state.lastReport?.let {
            Text(
                words("sync.report", "pushed" to it.pushed, "pulled" to it.pulled, "sent" to it.blobs.sent, "left" to it.blobs.left),
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                style = MaterialTheme.typography.bodySmall,
            )
        }
    }
    if (state.syncing) {
        LinearProgressIndicator(
            { summary.percent / 100f },
            Modifier.fillMaxWidth().padding(top = 12.dp),
            drawStopIndicator = {},
        )
    }
}

@Composable
private fun Item(
    item: StatusItem,
    on: SyncEvents,
    words: Words,
) = Panel(padding = PaddingValues(0.dp)) {
    Line(
        item.title.ifEmpty {
            words("kind.${item.kind}")
        },
        text = listOfNotNull(words("kind.${item.kind}"), item.size?.let(words::bytes)).joinToString(" · "),
    ) {
        if (item.state !is ItemState.Failed) StateTag(item.state, words)
    }
    val state = item.state
    if (state is ItemState.Failed) {
        Row(
            Modifier.padding(start = 16.dp, end = 8.dp, bottom = 8.dp),
            Arrangement.spacedBy(8.dp),
            Alignment.CenterVertically,
        ) {
            Icon(Icons.warning, null, Modifier.size(18.dp), tint = MaterialTheme.colorScheme.error)
            Text(
                words.state(state),
                Modifier.weight(1f),
                color = MaterialTheme.colorScheme.error,
                style = MaterialTheme.typography.bodyMedium,
            )
            PlainButton(words("sync.redo"), { on.redo(item.id) })
        }
    }
}

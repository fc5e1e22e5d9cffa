package chuda.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

@Composable
fun FirstRunScreen(
    state: FirstRunState,
    on: FirstRunEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    val isWelcome = state.step == FirstRunState.Step.WELCOME
    if (!isWelcome) TopBar(words(if (state.step == FirstRunState.Step.CODE) "first.join_title" else "first.name_title"), words, on::back)
    Column(
        Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(horizontal = 20.dp, vertical = if (isWelcome) 56.dp else 8.dp),
        Arrangement.spacedBy(14.dp),
    ) {
        state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
        when (state.step) {
            FirstRunState.Step.WELCOME -> {
                Welcome(words)
            }

            FirstRunState.Step.CODE -> {
                Text(
                    words("first.join_text"),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyLarge,
                )
                Field(state.server, { on.type(it, state.code, state.name) }, words("first.server"))
                Field(state.code, { on.type(state.server, it, state.name) }, words("first.code"))
            }

            FirstRunState.Step.NAME -> {
                Text(
                    words("first.name_text"),
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodyLarge,
                )
                Field(state.name, { on.type(state.server, state.code, it) }, words("first.name"), icon = Icons.person)
            }
        }
    }
    Column(Modifier.padding(16.dp), Arrangement.spacedBy(8.dp)) {
        when (state.step) {
            FirstRunState.Step.WELCOME -> {
                MainButton(words("first.scan"), on::scan, icon = Icons.scan)
                SoftButton(words("first.type_code"), on::typeCode, Modifier.fillMaxWidth(), isOnGround = true)
                PlainButton(words("first.start_offline"), on::startOffline, Modifier.fillMaxWidth())
            }

            FirstRunState.Step.CODE -> {
                val isComplete = state.server.isNotBlank() && state.code.isNotBlank()
                MainButton(
                    words(if (state.working) "first.joining" else "first.join"),
                    on::join,
                    enabled = isComplete,
                    working = state.working,
                )
                SoftButton(words("first.scan"), on::scan, Modifier.fillMaxWidth(), Icons.scan, enabled = !state.working, isOnGround = true)
            }

            FirstRunState.Step.NAME -> {
                MainButton(words("first.begin"), on::startOffline, enabled = state.name.isNotBlank(), working = state.working)
            }
        }
    }
}

@Composable
private fun Welcome(words: Words) {
    Box(
        Modifier.size(72.dp).clip(RoundedCornerShape(22.dp)).background(MaterialTheme.colorScheme.primary),
        Alignment.Center,
    ) { Icon(Icons.mic, null, Modifier.size(36.dp), tint = MaterialTheme.colorScheme.onPrimary) }
    Spacer(Modifier.height(4.dp))
    Text(words("first.title"), Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineMedium)
    Text(words("first.text"), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyLarge)
    Spacer(Modifier.height(8.dp))
    Promise(Icons.mic, words("first.promise_voice"))
    Promise(Icons.cloudOff, words("first.promise_offline"))
    Promise(Icons.shield, words("first.promise_evidence"))
}

@Composable
private fun Promise(
    icon: ImageVector,
    text: String,
) = Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
    Icon(icon, null, Modifier.size(24.dp), tint = MaterialTheme.colorScheme.primary)
    Text(text, style = MaterialTheme.typography.bodyLarge)
}

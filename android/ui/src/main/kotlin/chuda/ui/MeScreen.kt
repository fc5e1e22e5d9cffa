package chuda.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import chuda.ConsentView

@Composable
fun MeScreen(
    state: MeState,
    on: MeEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    TopBar(words("me.title"), words, null)
    val identity = state.identity
    if (identity == null && state.failure == null) return@Column Loading(words)
    Column(
        Modifier.verticalScroll(rememberScrollState()).padding(start = 12.dp, end = 12.dp, bottom = 16.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
        if (identity != null) {
            Panel {
                Text(identity.person.name.ifEmpty { words("me.no_name") }, style = MaterialTheme.typography.titleLarge)
                val roles = identity.person.roles.joinToString(words("list.comma")) { words.role(it) }
                if (roles.isNotEmpty()) Quiet(roles)
                val server = identity.server
                Quiet(if (server == null) words("me.no_team") else words("me.team", "server" to server.substringAfter("://")))
                if (server == null) MainButton(words("me.join"), on::join, Modifier.padding(top = 12.dp), Icons.people)
            }
        }
        Panel(padding = PaddingValues(0.dp)) {
            state.consents.forEachIndexed { i, consent ->
                if (i > 0) HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)
                Consenting(consent, on, words)
            }
        }
        Panel(padding = PaddingValues(vertical = 4.dp)) {
            Row(
                Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 4.dp),
                Arrangement.spacedBy(8.dp),
                Alignment.CenterVertically,
            ) {
                Text(words("me.language"), Modifier.weight(1f), style = MaterialTheme.typography.titleSmall)
                Choice("中文", state.language != "en", { on.chooseLanguage("zh") })
                Choice("English", state.language == "en", { on.chooseLanguage("en") })
            }
            HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)
            Toggle(words("me.wifi_only"), words("me.wifi_only_hint"), state.wifiOnly, on::setWifiOnly)
        }
        Panel(padding = PaddingValues(vertical = 4.dp)) {
            Line(words("me.storage"), text = words("me.storage_free", "bytes" to words.bytes(state.storage)))
            HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)
            Line(words("me.check"), text = words("me.check_hint")) {
                if (state.checking) Spinner(24.dp) else SoftButton(words("me.check_now"), on::check)
            }
            state.checks?.forEach { check ->
                Line(
                    words(if (check.ok) "check.${check.name}" else "check.bad.${check.name}"),
                    icon = if (check.ok) Icons.check else Icons.warning,
                    tint = if (check.ok) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.error,
                )
            }
        }
    }
}

@Composable
private fun Quiet(text: String) =
    Text(text, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)

@Composable
private fun Consenting(
    consent: ConsentView,
    on: MeEvents,
    words: Words,
) = Toggle(words(consent.title), words(consent.text), consent.given, {
    if (it) on.giveConsent(consent.purpose) else on.withdrawConsent(consent.purpose)
})

/** One line of switch and words: all of it is the target. */
@Composable
private fun Toggle(
    title: String,
    text: String,
    isOn: Boolean,
    onChange: (Boolean) -> Unit,
) = Row(
    Modifier
        .fillMaxWidth()
        .toggleable(isOn, role = Role.Switch, onValueChange = onChange)
        .padding(horizontal = 16.dp, vertical = 12.dp),
    Arrangement.spacedBy(12.dp),
    Alignment.CenterVertically,
) {
    Column(Modifier.weight(1f), Arrangement.spacedBy(2.dp)) {
        Text(title, style = MaterialTheme.typography.titleSmall)
        Text(text, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
    }
    Switch(isOn, null, thumbContent = { if (isOn) Icon(Icons.check, null, Modifier.size(16.dp)) })
}

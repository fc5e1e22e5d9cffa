package chuda.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import chuda.BriefView
import chuda.CustomerView
import chuda.EvidenceView
import chuda.TouchView

@Composable
fun CustomerScreen(
    state: CustomerState,
    on: CustomerEvents,
    words: Words,
    onBack: () -> Unit,
    modifier: Modifier = Modifier,
) = Column(modifier.fillMaxSize()) {
    val page = state.page
    val customer = page?.customer
    TopBar(customer?.name.orEmpty(), words, onBack)
    if (customer == null && state.failure == null) return@Column Loading(words)
    Column(
        Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(start = 12.dp, end = 12.dp, bottom = 16.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        state.failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
        if (page != null) {
            Health(page.customer, words)
            Standing(page.customer, words)
            Timeline(page.timeline, on, words)
            Briefs(page.briefs, words)
            Documents(page.documents, on, words)
        }
    }
    if (customer != null) {
        Surface(color = MaterialTheme.colorScheme.surface, shadowElevation = 6.dp) {
            Column(Modifier.padding(12.dp)) { MainButton(words("customer.touch"), on::touch, icon = Icons.plus) }
        }
    }
}

/** The score and how it comes about (T3). */
@Composable
private fun Health(
    customer: CustomerView,
    words: Words,
) = Panel {
    val health = customer.health
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Text(health.score.toString(), style = MaterialTheme.typography.headlineMedium)
        Column(Modifier.weight(1f)) {
            Text(words("customer.health"), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.labelMedium)
            Text(health.sum, style = MaterialTheme.typography.titleSmall)
        }
        Tag(
            words(if (health.red) "health.red" else "health.ok"),
            if (health.red) Icons.warning else Icons.check,
            if (health.red) Tone.BAD else Tone.GOOD,
        )
    }
    Text(
        words(
            "customer.health_parts",
            "touches" to health.parts.touches,
            "evidence" to health.parts.evidence,
            "days" to health.parts.overdueDays,
        ),
        Modifier.padding(top = 8.dp),
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        style = MaterialTheme.typography.bodySmall,
    )
}

@Composable
private fun Standing(
    customer: CustomerView,
    words: Words,
) = Panel {
    Facts(words.customerFacts(customer))
    if (customer.conflicts.isNotEmpty()) {
        FlowRow(Modifier.padding(top = 10.dp)) { Tag(words("customer.conflict"), Icons.warning, Tone.BAD) }
    }
}

@Composable
private fun Title(text: String) =
    Text(
        text,
        Modifier.padding(start = 16.dp, end = 16.dp, top = 12.dp).semantics { heading() },
        style = MaterialTheme.typography.titleMedium,
    )

@Composable
private fun Timeline(
    touches: List<TouchView>,
    on: CustomerEvents,
    words: Words,
) = Panel(padding = PaddingValues(bottom = 4.dp)) {
    Title(words("customer.timeline"))
    if (touches.isEmpty()) {
        Text(
            words("customer.no_touches"),
            Modifier.padding(16.dp),
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            style = MaterialTheme.typography.bodyMedium,
        )
    }
    touches.forEachIndexed { i, touch ->
        if (i > 0) HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)
        TouchLine(touch, words, { on.open(touch.id) }, title = "${words.day(touch.day)} · ${touch.person.name}")
    }
}

@Composable
private fun Briefs(
    briefs: List<BriefView>,
    words: Words,
) {
    if (briefs.isEmpty()) return
    Panel {
        Text(words("slot.brief"), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium)
        briefs.forEach { Fact(words.date(it.day), words(it.brief), Modifier.padding(top = 10.dp)) }
    }
}

@Composable
private fun Documents(
    documents: List<EvidenceView>,
    on: CustomerEvents,
    words: Words,
) {
    if (documents.isEmpty()) return
    Panel(padding = PaddingValues(bottom = 4.dp)) {
        Title(words("customer.documents"))
        documents.forEach { document ->
            Line(
                words.evidence(document.kind),
                text = "${words.moment(document.capturedAt)} · ${words.bytes(document.size)}",
                icon = Icons.document,
                onClick = { on.openEvidence(document.id) },
            )
        }
    }
}

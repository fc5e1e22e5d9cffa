package chuda.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import chuda.CustomerDraft
import chuda.CustomerView

@Composable
fun CustomersScreen(
    state: CustomersState,
    on: CustomersEvents,
    words: Words,
    modifier: Modifier = Modifier,
) = Box(modifier.fillMaxSize()) {
    Column(Modifier.fillMaxSize()) {
        TopBar(words("customers.title"), words, null) {
            PlainButton(words("customers.add"), { on.add(CustomerDraft(name = state.search)) }, icon = Icons.plus)
        }
        Field(state.search, on::find, words("customers.find"), Modifier.padding(start = 12.dp, end = 12.dp, bottom = 10.dp), Icons.search)
        if (state.loading) return@Column Loading(words)
        LazyColumn(
            contentPadding = PaddingValues(start = 12.dp, end = 12.dp, bottom = 16.dp),
            verticalArrangement = Arrangement.spacedBy(8.dp),
        ) {
            if (state.adding == null) state.failure?.let { item { Notice(it, words, on::dismiss, onRemedy = on::remedy) } }
            if (state.customers.isEmpty() && state.failure == null) {
                item {
                    if (state.search.isBlank()) {
                        Empty(Icons.people, words("customers.none"), words("customers.none_hint"))
                    } else {
                        Empty(Icons.search, words("customers.not_found"), words("customers.not_found_hint"))
                    }
                }
            }
            items(state.customers, { it.id }) { CustomerCard(it, words) { on.open(it.id) } }
        }
    }
    state.adding?.let { Adding(it, state.failure, on, words) }
}

@Composable
private fun CustomerCard(
    customer: CustomerView,
    words: Words,
    onClick: () -> Unit,
) = Panel(padding = PaddingValues(0.dp)) {
    val last = customer.last?.let { "${words.day(words.dayOf(it.at))} ${words(it.what)}" }
    Line(
        customer.name,
        text = listOfNotNull(words.stage(customer.stage), last).joinToString(" · "),
        onClick = onClick,
    ) {
        HealthTag(customer, words)
        Icon(Icons.forward, null, Modifier.size(16.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

/** The score with its word: never a colour alone. */
@Composable
fun HealthTag(
    customer: CustomerView,
    words: Words,
) = with(customer.health) {
    Tag(
        "$score ${words(if (red) "health.red" else "health.ok")}",
        if (red) Icons.warning else Icons.check,
        if (red) Tone.BAD else Tone.GOOD,
    )
}

@Composable
private fun Adding(
    draft: CustomerDraft,
    failure: Failure?,
    on: CustomersEvents,
    words: Words,
) = Question(words("customers.new"), words, { on.add(null) }) {
    failure?.let { Notice(it, words, on::dismiss, onRemedy = on::remedy) }
    Field(draft.name, { on.add(draft.copy(name = it)) }, words("customers.name"))
    Field(draft.contact.orEmpty(), { on.add(draft.copy(contact = it.ifBlank { null })) }, words("field.contact"))
    Field(draft.phone.orEmpty(), { on.add(draft.copy(phone = it.ifBlank { null })) }, words("customers.phone"))
    MainButton(words("do.save"), on::save, enabled = draft.name.isNotBlank())
}

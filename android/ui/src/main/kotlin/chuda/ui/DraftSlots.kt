package chuda.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import chuda.DraftView
import chuda.InputKind
import chuda.InputView
import chuda.SlotView

/** What a touch needs, and what the action asks for beyond. What is missing is open, what is there is one line. */
@Composable
internal fun Slots(
    view: DraftView,
    on: DraftEvents,
    words: Words,
) = Panel(padding = PaddingValues(vertical = 4.dp)) { SlotList(view.slots, view, on, words) }

/** What a touch may say beyond what it must: folded as long as nothing of it was said. */
@Composable
internal fun More(
    view: DraftView,
    on: DraftEvents,
    words: Words,
) = Panel(padding = PaddingValues(vertical = 4.dp)) {
    var isOpen by rememberSaveable { mutableStateOf(false) }
    SlotList(view.more.filter { isOpen || it.said }, view, on, words)
    if (!isOpen) PlainButton(words("draft.more"), { isOpen = true }, Modifier.padding(horizontal = 4.dp), Icons.plus)
}

@Composable
private fun SlotList(
    slots: List<SlotView>,
    view: DraftView,
    on: DraftEvents,
    words: Words,
) = slots.forEachIndexed { index, slot ->
    if (index > 0) Between()
    val label = slot.label
    if (label != null) {
        SlotRow(label, slot, words) { close -> Inputs(slot.inputs, view, on, words, close) }
    } else {
        Column(Modifier.padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(8.dp)) {
            Inputs(slot.inputs, view, on, words) {}
        }
    }
    slot.prompt?.let { Row(Modifier.padding(start = 16.dp, end = 16.dp, bottom = 8.dp)) { Tag(it, Icons.camera) } }
}

@Composable
private fun Between() = HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)

/** A field: closed it is its value, open it is what there is to choose. */
@Composable
private fun SlotRow(
    label: String,
    slot: SlotView,
    words: Words,
    choose: @Composable ColumnScope.(close: () -> Unit) -> Unit,
) {
    val value = slot.value
    var isOpen by rememberSaveable(slot.field) { mutableStateOf(false) }
    val showsChoice = isOpen || value == null
    Row(
        Modifier
            .fillMaxWidth()
            .clickable(role = Role.Button, onClickLabel = words("do.change")) { isOpen = !isOpen }
            .heightIn(min = 52.dp)
            .padding(horizontal = 16.dp, vertical = 6.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Text(label, Modifier.width(76.dp), color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodyMedium)
        Column(Modifier.weight(1f)) {
            if (value == null) {
                Row { Tag(words("draft.to_choose"), Icons.question, Tone.DOUBT) }
            } else {
                Text(value, style = MaterialTheme.typography.titleSmall)
                if (slot.doubtful) Row(Modifier.padding(top = 2.dp)) { Tag(words("draft.doubtful"), Icons.question, Tone.DOUBT) }
            }
        }
        if (value != null) Icon(Icons.pen, null, Modifier.size(18.dp), tint = MaterialTheme.colorScheme.onSurfaceVariant)
    }
    if (showsChoice) {
        Column(Modifier.padding(start = 16.dp, end = 16.dp, bottom = 12.dp), Arrangement.spacedBy(8.dp)) {
            choose { isOpen = false }
        }
    }
}

@Composable
private fun Choices(content: @Composable () -> Unit) =
    FlowRow(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Arrangement.spacedBy(8.dp)) { content() }

@Composable
private fun ColumnScope.Inputs(
    inputs: List<InputView>,
    view: DraftView,
    on: DraftEvents,
    words: Words,
    close: () -> Unit,
) {
    val fill = { input: InputView, value: String ->
        close()
        on.fill(input.field, value)
    }
    val (flags, others) = inputs.partition { it.kind == InputKind.FLAG }
    if (flags.isNotEmpty()) Choices { flags.forEach { Buttons(it, fill) } }
    for (input in others) {
        when (input.kind) {
            InputKind.CHOICE, InputKind.FLAG -> Choices { Buttons(input, fill) }
            InputKind.DAY -> ChooseDay(input, fill)
            InputKind.CUSTOMER -> ChooseCustomer(input, view, on, words, close)
            InputKind.TEXT, InputKind.NUMBER -> Typed(input, on)
            InputKind.LONG_TEXT -> Typed(input, on, lines = 2)
        }
    }
}

@Composable
private fun Buttons(
    input: InputView,
    fill: (InputView, String) -> Unit,
) = input.choices.forEach { Choice(it.text, it.chosen, { fill(input, it.value) }) }

/** Buttons for the likely ones, a search for all the others, a new one by its name. */
@Composable
private fun ColumnScope.ChooseCustomer(
    input: InputView,
    view: DraftView,
    on: DraftEvents,
    words: Words,
    close: () -> Unit,
) {
    var typed by rememberSaveable { mutableStateOf("") }
    input.choices.forEach { customer ->
        Choice(customer.text, customer.chosen, {
            close()
            typed = ""
            on.fill(input.field, customer.value)
        }, Modifier.fillMaxWidth())
    }
    Field(typed, {
        typed = it
        on.find(it)
    }, input.label.orEmpty(), icon = Icons.search)
    view.newCustomer?.let { name ->
        SoftButton(words("draft.new_customer", "name" to name), {
            close()
            typed = ""
            on.newCustomer(name)
        }, Modifier.fillMaxWidth(), Icons.plus)
    }
}

/** Near days as buttons, any other by a day more or less. */
@Composable
private fun ChooseDay(
    input: InputView,
    fill: (InputView, String) -> Unit,
) {
    input.label?.let { Text(it, style = MaterialTheme.typography.titleSmall) }
    Choices { Buttons(input, fill) }
    input.day?.let { day ->
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            SoftButton("−1", { fill(input, input.earlier.orEmpty()) }, enabled = input.earlier != null)
            Text(day, Modifier.weight(1f), style = MaterialTheme.typography.titleSmall)
            SoftButton("+1", { fill(input, input.later.orEmpty()) })
        }
    }
}

/** A text that is handed over as it is typed. */
@Composable
private fun Typed(
    input: InputView,
    on: DraftEvents,
    lines: Int = 1,
) {
    var text by rememberSaveable(input.field) { mutableStateOf(input.text) }
    Field(text, {
        text = it
        on.fill(input.field, it)
    }, input.label.orEmpty(), lines = lines)
}

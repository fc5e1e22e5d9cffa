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
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.AnnotatedString
import androidx.compose.ui.text.SpanStyle
import androidx.compose.ui.text.buildAnnotatedString
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.unit.dp
import chuda.AddedField
import chuda.ContactMode
import chuda.Draft
import chuda.EvidenceView
import chuda.ExtraType
import chuda.Intent
import chuda.TouchDraft
import chuda.doubtfulBelow
import java.time.DayOfWeek
import java.time.LocalDate
import java.time.temporal.TemporalAdjusters
import chuda.Role as TeamRole

/** The four that every touch needs, and what the action asks for beyond. What is missing is open, what is there is one line. */
@Composable
internal fun Slots(
    state: DraftState,
    on: DraftEvents,
    words: Words,
) = Panel(padding = PaddingValues(vertical = 4.dp)) {
    val draft = state.draft
    val heard = state.heard
    SlotRow(
        words("slot.customer"),
        state.customerName ?: state.candidates.find { it.id == draft.customer }?.name,
        heard?.customer?.let { it.value == draft.customer && it.confidence < doubtful } == true,
        words,
    ) { close -> ChooseCustomer(state, on, words, close) }
    Between()
    SlotRow(
        words("slot.mode"),
        draft.mode?.let { words(it) },
        heard?.contactMode?.let { it.value == draft.mode && it.confidence < doubtful } == true,
        words,
    ) { close ->
        Choices {
            ContactMode.entries.sortedBy { it != ContactMode.VISIT }.forEach { mode ->
                Choice(words(mode), mode == draft.mode, { close().also { on.chooseMode(mode) } })
            }
        }
    }
    Between()
    val options = state.options
    SlotRow(
        words("slot.action"),
        draft.action?.let { key -> options?.actions?.find { it.key == key }?.let { words(it) } ?: key },
        heard?.action?.let { it.value == draft.action && it.confidence < doubtful } == true,
        words,
    ) { close ->
        Choices {
            options?.actions?.forEach { action ->
                Choice(words(action), action.key == draft.action, { close().also { on.chooseAction(action.key) } })
            }
        }
    }
    options?.actions?.find { it.key == draft.action }?.prompt?.let {
        Row(Modifier.padding(start = 16.dp, end = 16.dp, bottom = 8.dp)) { Tag(it, Icons.camera) }
    }
    if (Slot.TechOwner in state.asked) {
        Between()
        SlotRow(words("slot.tech_owner"), draft.techOwner, heard?.techOwner?.let { it.confidence < doubtful } == true, words) { close ->
            Choices {
                state.people.filter { TeamRole.TECH in it.roles }.forEach { person ->
                    Choice(person.name, person.name == draft.techOwner, { close().also { on.change { copy(techOwner = person.name) } } })
                }
            }
            Typed(draft.techOwner.orEmpty(), words("draft.other_name")) { name -> on.change { copy(techOwner = name.ifBlank { null }) } }
        }
        Between()
        SlotRow(words("slot.response_by"), draft.responseBy?.let { words.day(it, state.today) }, false, words) { close ->
            ChooseDay(draft.responseBy, state.today, words, soon = true) { close().also { _ -> on.change { copy(responseBy = it) } } }
        }
    }
    options?.addedFields?.filter { it.required || Slot.Field("x/${it.label.key}") in state.asked }?.forEach {
        Between()
        Added(it, state, on, words)
    }
}

@Composable
private fun Between() = HorizontalDivider(Modifier.padding(horizontal = 16.dp), color = MaterialTheme.colorScheme.outlineVariant)

/** A field: closed it is its value, open it is what there is to choose. */
@Composable
private fun SlotRow(
    label: String,
    value: String?,
    isDoubtful: Boolean,
    words: Words,
    choose: @Composable ColumnScope.(close: () -> Unit) -> Unit,
) {
    var isOpen by rememberSaveable(label) { mutableStateOf(false) }
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
                if (isDoubtful) Row(Modifier.padding(top = 2.dp)) { Tag(words("draft.doubtful"), Icons.question, Tone.DOUBT) }
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

/** Buttons for the likely ones, a search for all the others, a new one by its name. */
@Composable
private fun ColumnScope.ChooseCustomer(
    state: DraftState,
    on: DraftEvents,
    words: Words,
    close: () -> Unit,
) {
    var typed by rememberSaveable { mutableStateOf("") }
    val offered = if (typed.isBlank()) state.candidates else state.found
    offered.forEach { customer ->
        Choice(customer.name, customer.id == state.draft.customer, {
            close()
            typed = ""
            on.chooseCustomer(customer.id)
        }, Modifier.fillMaxWidth())
    }
    Field(typed, {
        typed = it
        on.find(it)
    }, words("draft.find_customer"), icon = Icons.search)
    if (typed.isNotBlank() && offered.none { it.name == typed.trim() }) {
        SoftButton(words("draft.new_customer", "name" to typed.trim()), {
            close()
            on.newCustomer(typed)
            typed = ""
        }, Modifier.fillMaxWidth(), Icons.plus)
    }
}

/** Near days as buttons, any other by a day more or less. */
@Composable
private fun ChooseDay(
    day: LocalDate?,
    today: LocalDate,
    words: Words,
    soon: Boolean,
    onChoose: (LocalDate) -> Unit,
) {
    val monday = today.with(TemporalAdjusters.next(DayOfWeek.MONDAY))
    val offered =
        if (soon) {
            listOf("day.tomorrow" to today.plusDays(1), "day.after_tomorrow" to today.plusDays(2), "day.monday" to monday)
        } else {
            listOf(
                "day.tomorrow" to today.plusDays(1),
                "day.monday" to monday,
                "day.in_a_week" to today.plusDays(7),
                "day.in_a_month" to today.plusMonths(1),
                "day.in_three_months" to today.plusMonths(3),
            )
        }
    Choices { offered.forEach { (key, one) -> Choice(words(key), one == day, { onChoose(one) }) } }
    if (day != null) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
            SoftButton("−1", { onChoose(day.minusDays(1)) }, enabled = day > today)
            Text(words.day(day), Modifier.weight(1f), style = MaterialTheme.typography.titleSmall)
            SoftButton("+1", { onChoose(day.plusDays(1)) })
        }
    }
}

/** A text that is handed over as it is typed. */
@Composable
private fun Typed(
    first: String,
    label: String,
    lines: Int = 1,
    onChange: (String) -> Unit,
) {
    var text by rememberSaveable(label) { mutableStateOf(first) }
    Field(text, {
        text = it
        onChange(it)
    }, label, lines = lines)
}

/** What a touch may say beyond what it must: folded as long as nothing of it was said. */
@Composable
internal fun More(
    state: DraftState,
    on: DraftEvents,
    words: Words,
) {
    val draft = state.draft
    val options = state.options ?: return
    Panel(padding = PaddingValues(vertical = 4.dp)) {
        var isOpen by rememberSaveable { mutableStateOf(false) }
        if (draft.nextAction != null || draft.nextDate != null || isOpen) {
            val next = listOfNotNull(draft.nextDate?.let { words.day(it, state.today) }, draft.nextTime?.toString(), draft.nextAction)
            SlotRow(words("slot.next"), next.joinToString(" ").ifEmpty { words("draft.nothing") }, false, words) { close ->
                Typed(
                    draft.nextAction.orEmpty(),
                    words("draft.next_action"),
                ) { text -> on.change { copy(nextAction = text.ifBlank { null }) } }
                ChooseDay(draft.nextDate, state.today, words, soon = false) { close().also { _ -> on.change { copy(nextDate = it) } } }
            }
        }
        if (draft.amount != null || isOpen) {
            Between()
            SlotRow(words("slot.amount"), draft.amount?.let(words::amount) ?: words("draft.nothing"), false, words) {
                Typed(draft.amount?.let { (it / 100).toString() }.orEmpty(), words("field.amount")) { text ->
                    on.change {
                        copy(
                            amount =
                                text
                                    .trim()
                                    .toBigDecimalOrNull()
                                    ?.movePointRight(2)
                                    ?.toLong(),
                        )
                    }
                }
            }
        }
        if (draft.brief != null || isOpen) {
            Between()
            val brief = options.briefs.find { it.key == draft.brief }
            SlotRow(
                words("slot.brief"),
                brief?.let { words(it) } ?: words("draft.nothing"),
                false,
                words,
            ) { close ->
                Choices {
                    options.briefs.forEach { one ->
                        Choice(words(one), one.key == draft.brief, {
                            close()
                            on.change { copy(brief = one.key) }
                        })
                    }
                }
            }
        }
        if (isOpen) {
            Between()
            SlotRow(words("slot.intent"), draft.intent?.name ?: words("draft.nothing"), false, words) { close ->
                Choices {
                    Intent.entries.forEach { one ->
                        Choice(one.name, one == draft.intent, {
                            close()
                            on.change { copy(intent = one) }
                        })
                    }
                }
            }
            Column(Modifier.padding(16.dp), Arrangement.spacedBy(10.dp)) {
                Choices {
                    Choice(words("draft.feedback"), draft.feedback, { on.change { copy(feedback = !feedback) } })
                    Choice(words("field.custom_development"), draft.customDevelopment, {
                        on.change { copy(customDevelopment = !customDevelopment) }
                    })
                }
                Typed(draft.contact.orEmpty(), words("field.contact")) { text -> on.change { copy(contact = text.ifBlank { null }) } }
                Typed(draft.note.orEmpty(), words("field.note"), lines = 2) { text -> on.change { copy(note = text.ifBlank { null }) } }
            }
            options.addedFields.filter { !it.required && Slot.Field("x/${it.label.key}") !in state.asked }.forEach {
                Between()
                Added(it, state, on, words)
            }
        } else {
            PlainButton(words("draft.more"), { isOpen = true }, Modifier.padding(horizontal = 4.dp), Icons.plus)
        }
    }
}

/** A field that a supervisor added to the form (T6). */
@Composable
private fun Added(
    field: AddedField,
    state: DraftState,
    on: DraftEvents,
    words: Words,
) {
    val key = field.label.key
    val value = state.draft.extra[key]

    fun set(text: String): TouchDraft.() -> TouchDraft = { copy(extra = if (text.isBlank()) extra - key else extra + (key to text)) }
    Column(Modifier.padding(horizontal = 16.dp, vertical = 10.dp), Arrangement.spacedBy(8.dp)) {
        when (field.holds) {
            ExtraType.FLAG -> {
                Choice(words(field.label), value == "true", { on.change(set(if (value == "true") "" else "true")) })
            }

            ExtraType.DAY -> {
                Text(words(field.label), style = MaterialTheme.typography.titleSmall)
                ChooseDay(value?.let(LocalDate::parse), state.today, words, soon = false) { on.change(set(it.toString())) }
            }

            else -> {
                Typed(value.orEmpty(), words(field.label)) { on.change(set(it)) }
            }
        }
    }
}

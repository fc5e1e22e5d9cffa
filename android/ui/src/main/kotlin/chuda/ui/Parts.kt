package chuda.ui

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.OutlinedTextFieldDefaults
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import chuda.ItemState

val EDGE = 16.dp

/** A white card. */
@Composable
fun Panel(
    modifier: Modifier = Modifier,
    padding: PaddingValues = PaddingValues(16.dp),
    content: @Composable ColumnScope.() -> Unit,
) = Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.large, color = MaterialTheme.colorScheme.surface) {
    Column(Modifier.padding(padding), content = content)
}

/** The one thing to do here: 56 dp and more. */
@Composable
fun MainButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    enabled: Boolean = true,
    working: Boolean = false,
    /** Possible, but not what one would do first. */
    isQuiet: Boolean = false,
) = Button(
    onClick,
    modifier.fillMaxWidth().heightIn(min = 56.dp),
    enabled = enabled && !working,
    shape = MaterialTheme.shapes.medium,
    contentPadding = PaddingValues(horizontal = 20.dp, vertical = 12.dp),
    colors =
        ButtonDefaults.buttonColors(
            containerColor = if (isQuiet) MaterialTheme.colorScheme.primaryContainer else MaterialTheme.colorScheme.primary,
            contentColor = if (isQuiet) MaterialTheme.colorScheme.onPrimaryContainer else MaterialTheme.colorScheme.onPrimary,
            disabledContainerColor = MaterialTheme.colorScheme.secondaryContainer,
            disabledContentColor = MaterialTheme.colorScheme.onSurfaceVariant,
        ),
) {
    if (working) {
        Spinner(20.dp)
        Spacer(Modifier.width(10.dp))
    } else if (icon != null) {
        Icon(icon, null, Modifier.size(22.dp))
        Spacer(Modifier.width(8.dp))
    }
    Text(text, style = MaterialTheme.typography.labelLarge, textAlign = TextAlign.Center)
}

/** Another thing to do: quiet, 48 dp. */
@Composable
fun SoftButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    enabled: Boolean = true,
    /** On the grey ground it is white, on a white card grey. */
    isOnGround: Boolean = false,
) = Button(
    onClick,
    modifier.heightIn(min = 48.dp),
    enabled = enabled,
    shape = MaterialTheme.shapes.small,
    contentPadding = PaddingValues(horizontal = 12.dp, vertical = 8.dp),
    colors =
        ButtonDefaults.buttonColors(
            containerColor = if (isOnGround) MaterialTheme.colorScheme.surface else MaterialTheme.colorScheme.secondaryContainer,
            contentColor = MaterialTheme.colorScheme.onSecondaryContainer,
            disabledContainerColor = MaterialTheme.colorScheme.surfaceVariant,
            disabledContentColor = MaterialTheme.colorScheme.onSurfaceVariant,
        ),
) {
    if (icon != null) {
        Icon(icon, null, Modifier.size(20.dp))
        Spacer(Modifier.width(6.dp))
    }
    Text(text, style = MaterialTheme.typography.titleSmall, textAlign = TextAlign.Center)
}

@Composable
fun PlainButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
) = TextButton(onClick, modifier.heightIn(min = 48.dp), contentPadding = PaddingValues(horizontal = 12.dp)) {
    if (icon != null) {
        Icon(icon, null, Modifier.size(20.dp))
        Spacer(Modifier.width(6.dp))
    }
    Text(text, style = MaterialTheme.typography.titleSmall)
}

@Composable
fun IconButton(
    icon: ImageVector,
    label: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
) = Box(
    modifier
        .size(48.dp)
        .clip(CircleShape)
        .clickable(role = Role.Button, onClick = onClick)
        .semantics { contentDescription = label },
    Alignment.Center,
) { Icon(icon, null, Modifier.size(24.dp)) }

/** One of a few to choose from: the chosen one has a tick, not only a colour. */
@Composable
fun Choice(
    text: String,
    isChosen: Boolean,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
) = Surface(
    modifier
        .defaultMinSize(minHeight = 48.dp, minWidth = 48.dp)
        .clip(MaterialTheme.shapes.small)
        .clickable(role = Role.RadioButton, onClick = onClick)
        .semantics { selected = isChosen },
    shape = MaterialTheme.shapes.small,
    color = if (isChosen) MaterialTheme.colorScheme.primaryContainer else MaterialTheme.colorScheme.surface,
    contentColor = if (isChosen) MaterialTheme.colorScheme.onPrimaryContainer else MaterialTheme.colorScheme.onSurface,
    border = BorderStroke(1.dp, if (isChosen) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.outlineVariant),
) {
    Row(
        Modifier.padding(horizontal = 14.dp, vertical = 8.dp),
        Arrangement.Center,
        Alignment.CenterVertically,
    ) {
        if (isChosen) {
            Icon(Icons.check, null, Modifier.size(18.dp))
            Spacer(Modifier.width(6.dp))
        }
        Text(text, style = MaterialTheme.typography.titleSmall, textAlign = TextAlign.Center)
    }
}

/** A round mark with a word: a state, a flag, a grade. */
@Composable
fun Tag(
    text: String,
    icon: ImageVector? = null,
    tone: Tone = Tone.QUIET,
    modifier: Modifier = Modifier,
) {
    val (back, front) = tone.colors()
    Row(
        modifier.clip(CircleShape).background(back).padding(horizontal = 8.dp, vertical = 3.dp),
        Arrangement.spacedBy(4.dp),
        Alignment.CenterVertically,
    ) {
        if (icon != null) Icon(icon, null, Modifier.size(14.dp), tint = front)
        Text(text, color = front, style = MaterialTheme.typography.labelSmall, maxLines = 2, overflow = TextOverflow.Ellipsis)
    }
}

/** Where something is on its way to the server. */
@Composable
fun StateTag(
    state: ItemState,
    words: Words,
) {
    val (icon, tone) =
        when (state) {
            is ItemState.SavedHere, is ItemState.Waiting -> Icons.clock to Tone.QUIET
            is ItemState.Uploading -> Icons.cloudUp to Tone.QUIET
            is ItemState.Verified -> Icons.check to Tone.GOOD
            is ItemState.Failed, is ItemState.Conflict -> Icons.warning to Tone.BAD
        }
    Tag(words.state(state), icon, tone)
}

enum class Tone {
    QUIET,
    GOOD,
    DOUBT,
    BAD,
    ;

    @Composable
    fun colors(): Pair<Color, Color> =
        with(MaterialTheme.colorScheme) {
            when (this@Tone) {
                QUIET -> secondaryContainer to onSecondaryContainer
                GOOD -> primaryContainer to onPrimaryContainer
                DOUBT -> tertiaryContainer to onTertiaryContainer
                BAD -> errorContainer to onErrorContainer
            }
        }
}

/** What went wrong, what to do, and a button that does it. Read out when it appears. */
@Composable
fun Notice(
    failure: Failure,
    words: Words,
    onDismiss: () -> Unit,
    modifier: Modifier = Modifier,
    onRemedy: ((Remedy) -> Unit)? = null,
) {
    val (back, front) = (if (failure.calm) Tone.DOUBT else Tone.BAD).colors()
    Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.medium, color = back, contentColor = front) {
        Column(Modifier.padding(start = 14.dp, top = 4.dp, bottom = 4.dp)) {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Icon(Icons.warning, null, Modifier.size(22.dp))
                Text(
                    words.failure(failure),
                    Modifier
                        .weight(
                            1f,
                        ).padding(start = 10.dp, top = 8.dp, bottom = 8.dp)
                        .semantics { liveRegion = LiveRegionMode.Assertive },
                    style = MaterialTheme.typography.bodyMedium,
                )
                IconButton(Icons.close, words("do.close"), onDismiss)
            }
            val remedy = failure.remedy
            if (remedy != null && onRemedy != null) {
                TextButton({ onRemedy(remedy) }, Modifier.padding(start = 20.dp).heightIn(min = 48.dp)) {
                    Text(words("remedy.${remedy.name.lowercase()}"), color = front, style = MaterialTheme.typography.titleSmall)
                }
            }
        }
    }
}

/** A list with nothing in it: what will be here, and how it gets here. */
@Composable
fun Empty(
    icon: ImageVector,
    title: String,
    text: String,
    modifier: Modifier = Modifier,
) = Column(
    modifier.fillMaxWidth().padding(horizontal = 32.dp, vertical = 56.dp),
    Arrangement.spacedBy(8.dp),
    Alignment.CenterHorizontally,
) {
    Box(Modifier.size(64.dp).clip(CircleShape).background(MaterialTheme.colorScheme.primaryContainer), Alignment.Center) {
        Icon(icon, null, Modifier.size(30.dp), tint = MaterialTheme.colorScheme.onPrimaryContainer)
    }
    Text(title, Modifier.padding(top = 8.dp), style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
    Text(
        text,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        style = MaterialTheme.typography.bodyMedium,
        textAlign = TextAlign.Center,
    )
}

/** The store answers at once; this is seen on a slow phone only, and always ends with an answer or an error. */
@Composable
fun Loading(
    words: Words,
    modifier: Modifier = Modifier,
) = Column(
    modifier.fillMaxSize().semantics { liveRegion = LiveRegionMode.Polite },
    Arrangement.spacedBy(12.dp, Alignment.CenterVertically),
    Alignment.CenterHorizontally,
) {
    Spinner(28.dp)
    Text(words("do.loading"), color = MaterialTheme.colorScheme.onSurfaceVariant)
}

@Composable
fun Spinner(size: Dp) = CircularProgressIndicator(Modifier.size(size), strokeWidth = 2.5.dp, color = MaterialTheme.colorScheme.primary)

/** The top of a screen that one comes back from. */
@Composable
fun TopBar(
    title: String,
    words: Words,
    onBack: (() -> Unit)?,
    modifier: Modifier = Modifier,
    actions: @Composable RowScope.() -> Unit = {},
) = Row(
    modifier.fillMaxWidth().heightIn(min = 56.dp).padding(start = if (onBack == null) EDGE else 4.dp, end = 4.dp),
    Arrangement.spacedBy(4.dp),
    Alignment.CenterVertically,
) {
    if (onBack != null) IconButton(Icons.back, words("do.back"), onBack)
    Text(
        title,
        Modifier.weight(1f).semantics { heading() },
        style = MaterialTheme.typography.titleLarge,
        maxLines = 2,
        overflow = TextOverflow.Ellipsis,
    )
    actions()
}

@Composable
fun Heading(
    text: String,
    modifier: Modifier = Modifier,
) = Text(
    text,
    modifier.padding(start = 4.dp, top = 8.dp).semantics { heading() },
    color = MaterialTheme.colorScheme.onSurfaceVariant,
    style = MaterialTheme.typography.labelMedium,
)

/** One line of a list: an icon, two texts, something at the end. */
@Composable
fun Line(
    title: String,
    modifier: Modifier = Modifier,
    text: String? = null,
    icon: ImageVector? = null,
    tint: Color = MaterialTheme.colorScheme.primary,
    onClick: (() -> Unit)? = null,
    end: @Composable RowScope.() -> Unit = {},
) = Row(
    modifier
        .fillMaxWidth()
        .then(if (onClick == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onClick))
        .heightIn(min = 56.dp)
        .padding(horizontal = 16.dp, vertical = 8.dp),
    Arrangement.spacedBy(12.dp),
    Alignment.CenterVertically,
) {
    if (icon != null) Icon(icon, null, Modifier.size(22.dp), tint = tint)
    Column(Modifier.weight(1f), Arrangement.spacedBy(2.dp)) {
        Text(title, style = MaterialTheme.typography.titleSmall)
        if (text != null) Text(text, color = MaterialTheme.colorScheme.onSurfaceVariant, style = MaterialTheme.typography.bodySmall)
    }
    end()
}

@Composable
fun Field(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    lines: Int = 1,
) = OutlinedTextField(
    value,
    onChange,
    modifier.fillMaxWidth(),
    label = { Text(label) },
    leadingIcon = icon?.let { { Icon(it, null, Modifier.size(20.dp)) } },
    singleLine = lines == 1,
    minLines = lines,
    shape = MaterialTheme.shapes.small,
    textStyle = MaterialTheme.typography.bodyLarge,
    colors =
        OutlinedTextFieldDefaults.colors(
            focusedContainerColor = MaterialTheme.colorScheme.surface,
            unfocusedContainerColor = MaterialTheme.colorScheme.surface,
            unfocusedLabelColor = MaterialTheme.colorScheme.onSurfaceVariant,
            unfocusedBorderColor = MaterialTheme.colorScheme.outline,
        ),
)

/** A question over the screen, at the thumb: a title, what there is to choose, a way out. */
@Composable
fun Question(
    title: String,
    words: Words,
    onCancel: () -> Unit,
    content: @Composable ColumnScope.() -> Unit,
) = Box(Modifier.fillMaxSize(), Alignment.BottomCenter) {
    Box(
        Modifier
            .fillMaxSize()
            .background(Color.Black.copy(alpha = 0.45f))
            .clickable(onClickLabel = words("do.cancel"), onClick = onCancel)
            .semantics {
                contentDescription = words("do.cancel")
                role = Role.Button
            },
    )
    Surface(
        Modifier.fillMaxWidth().widthIn(max = 560.dp).testTag("question"),
        shape = RoundedCornerShape(topStart = 28.dp, topEnd = 28.dp),
        color = MaterialTheme.colorScheme.surface,
    ) {
        Column(Modifier.padding(20.dp), Arrangement.spacedBy(10.dp)) {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Text(title, Modifier.weight(1f).semantics { heading() }, style = MaterialTheme.typography.titleMedium)
                IconButton(Icons.close, words("do.cancel"), onCancel)
            }
            content()
        }
    }
}

/** Asks for a few words. */
@Composable
fun AskText(
    label: String,
    button: String,
    onDone: (String) -> Unit,
    first: String = "",
) {
    var text by rememberSaveable { mutableStateOf(first) }
    Field(text, { text = it }, label, lines = 2)
    MainButton(button, { onDone(text.trim()) }, enabled = text.isNotBlank())
}

package chuda.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawing
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp

/** All of the app in one composable: what an activity or a window shows. The system's way back calls [App.back]. */
@Composable
fun AppScreen(
    app: App,
    modifier: Modifier = Modifier,
) {
    val state by app.state.collectAsState()
    val places by app.stack.places.collectAsState()
    val words = state.words
    ChudaTheme(words) {
        Ground(modifier) {
            val first = state.firstRun
            val failure = state.failure
            when {
                state.workbench != null -> {
                    Column(Modifier.fillMaxSize()) {
                        failure?.let { Notice(it, words, app::dismiss, Modifier.padding(EDGE), app::remedy) }
                        Box(Modifier.weight(1f)) { Screen(places.last(), app, words) }
                    }
                }

                first != null -> {
                    val run by first.state.collectAsState()
                    FirstRunScreen(run, first, words)
                }

                failure != null -> {
                    Notice(failure, words, app::dismiss, Modifier.padding(EDGE), app::remedy)
                }

                else -> {
                    Loading(words)
                }
            }
        }
    }
}

/** The background, within what the system leaves free. */
@Composable
fun Ground(
    modifier: Modifier = Modifier,
    content: @Composable () -> Unit,
) = Surface(modifier.fillMaxSize(), color = MaterialTheme.colorScheme.background) {
    Box(Modifier.windowInsetsPadding(WindowInsets.safeDrawing)) { content() }
}

@Composable
private fun Screen(
    place: Place,
    app: App,
    words: Words,
) {
    // What is half typed on a screen is still there when one comes back to it.
    val saved = rememberSaveableStateHolder()
    saved.SaveableStateProvider(place.toString()) {
        key(place) {
            if (place is Place.Tab) {
                Tabbed(place, { app.stack.go(it) }, words) { Content(place, app, words) }
            } else {
                Content(place, app, words)
            }
        }
    }
}

@Composable
private fun Content(
    place: Place,
    app: App,
    words: Words,
) {
    val back: () -> Unit = { app.stack.back() }
    when (val model = app.model(place)) {
        is HomeModel -> Show(model) { HomeScreen(it, model, words) }
        is DraftModel -> Show(model) { DraftScreen(it, model, words) }
        is TouchesModel -> Show(model) { TouchesScreen(it, model, words) }
        is TouchModel -> Show(model) { TouchScreen(it, model, words, back) }
        is EvidenceModel -> Show(model) { EvidenceScreen(it, model, words, back) }
        is CustomersModel -> Show(model) { CustomersScreen(it, model, words) }
        is CustomerModel -> Show(model) { CustomerScreen(it, model, words, back) }
        is TasksModel -> Show(model) { TasksScreen(it, model, words) }
        is SyncModel -> Show(model) { SyncScreen(it, model, words, back) }
        is MeModel -> Show(model) { MeScreen(it, model, words) }
        is FirstRunModel -> Show(model) { FirstRunScreen(it, model, words) }
    }
}

@Composable
private fun <S : Any> Show(
    model: Model<S>,
    screen: @Composable (S) -> Unit,
) {
    val state by model.state.collectAsState()
    screen(state)
}

/** One of the five, with the bar that leads to the others. */
@Composable
fun Tabbed(
    tab: Place.Tab,
    onGo: (Place.Tab) -> Unit,
    words: Words,
    content: @Composable () -> Unit,
) = Column(Modifier.fillMaxSize()) {
    Box(Modifier.weight(1f)) { content() }
    Surface(color = MaterialTheme.colorScheme.surface) {
        Row(Modifier.fillMaxWidth(), Arrangement.SpaceEvenly) {
            Place.Tab.entries.forEach { one ->
                val isHere = one == tab
                Column(
                    Modifier
                        .weight(1f)
                        .clickable(role = Role.Tab) { onGo(one) }
                        .semantics { selected = isHere }
                        .heightIn(min = 56.dp)
                        .padding(vertical = 6.dp),
                    Arrangement.Center,
                    Alignment.CenterHorizontally,
                ) {
                    val color = if (isHere) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.onSurfaceVariant
                    Box(
                        Modifier
                            .clip(CircleShape)
                            .background(if (isHere) MaterialTheme.colorScheme.primaryContainer else Color.Transparent)
                            .padding(horizontal = 16.dp, vertical = 2.dp),
                    ) { Icon(icon(one), null, Modifier.size(24.dp), tint = color) }
                    Text(
                        words("tab.${one.name.lowercase()}"),
                        color = color,
                        style = MaterialTheme.typography.labelSmall,
                        maxLines = 1,
                        overflow = TextOverflow.Ellipsis,
                    )
                }
            }
        }
    }
}

private fun icon(tab: Place.Tab): ImageVector =
    when (tab) {
        Place.Tab.HOME -> Icons.home
        Place.Tab.TOUCHES -> Icons.list
        Place.Tab.CUSTOMERS -> Icons.people
        Place.Tab.TASKS -> Icons.tasks
        Place.Tab.ME -> Icons.person
    }

package chuda.desktop

import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.type
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import chuda.ui.App
import chuda.ui.AppScreen
import kotlinx.coroutines.MainScope
import java.io.File

/** The app in a window of a phone's size; Escape is the way back. The first argument is the folder for its data, the second an invitation to confirm. */
fun main(arguments: Array<String>) {
    val dir = File(arguments.firstOrNull() ?: "chuda-window").apply { mkdirs() }
    val scope = MainScope()
    val platform = DesktopPlatform(dir, System.getenv("CHUDA_MODELS"), scope)
    val app = App(platform, scope, opened = { platform.workbench = it })
    arguments.getOrNull(1)?.ifEmpty { null }?.let(app::invite)
    application {
        Window(
            onCloseRequest = {
                app.close()
                exitApplication()
            },
            title = app.state.value.words("first.title"),
            state = rememberWindowState(size = DpSize(360.dp, 780.dp)),
            onKeyEvent = { it.type == KeyEventType.KeyUp && it.key == Key.Escape && app.back() },
        ) { AppScreen(app) }
    }
}

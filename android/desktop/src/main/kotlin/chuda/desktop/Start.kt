package chuda.desktop

import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import chuda.CustomerDraft
import chuda.Workbench
import chuda.storeExists
import chuda.ui.App
import chuda.ui.AppScreen
import chuda.ui.HomeModel
import chuda.ui.Place
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory

/**
 * A cold start, measured: the milliseconds from the start of the process until the home screen is drawn with what the store holds. In a
 * folder without a store it makes one and measures nothing.
 */
fun main(arguments: Array<String>) =
    runBlocking {
        val platform = DesktopPlatform(File(arguments.single()).apply { mkdirs() }, null, this)
        val settings = platform.settings()
        if (!storeExists(settings.dir)) {
            Workbench.createOffline(settings, "李强").use { it.addCustomer(CustomerDraft(name = "佛山乐居家具")) }
            return@runBlocking
        }
        val app = App(platform, this, opened = { platform.workbench = it })
        val scene = ImageComposeScene(720, 1560, Density(2f), coroutineContext) { AppScreen(app) }
        while (app.state.value.workbench == null || (app.model(Place.Tab.HOME) as HomeModel).state.value.home == null) {
            scene.render(System.nanoTime())
            delay(1)
        }
        scene.render(System.nanoTime())
        println("""{"id": "P10", "start_ms": ${System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().startTime}}""")
        scene.close()
        app.close()
        coroutineContext.cancelChildren()
    }

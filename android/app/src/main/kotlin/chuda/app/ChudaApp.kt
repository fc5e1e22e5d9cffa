package chuda.app

import android.app.Application
import chuda.Workbench
import chuda.ui.App
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** Lives as long as the process: the store, the screens' models and with them a recording outlive every activity. */
class ChudaApp : Application() {
    internal val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    internal lateinit var intake: Intake
        private set
    internal lateinit var platform: AndroidPlatform
        private set

    /** What the screens show. */
    lateinit var screens: App
        private set

    override fun onCreate() {
        super.onCreate()
        intake = Intake(this)
        platform = AndroidPlatform(this, intake)
        registerActivityLifecycleCallbacks(platform.front)
        scope.launch(Dispatchers.IO) {
            platform.sweep()
            unpackModels(this@ChudaApp)
        }
        screens = App(platform, scope) { SyncJob.keepGoing(this) }
    }

    /** No camera is open any more: what one wrote, while nobody waited for it, is kept now. */
    internal fun photoArrived() {
        scope.launch {
            withContext(Dispatchers.IO) { intake.expectNothing() }
            screens.keepLeftovers()
        }
    }

    /** The store, once it is open; null when there is none yet or it does not open. */
    internal suspend fun workbench(): Workbench? =
        screens.state.first { it.workbench != null || it.firstRun != null || it.failure != null }.workbench
}

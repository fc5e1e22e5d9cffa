package chuda.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.addCallback
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import chuda.ui.AppScreen

/** A window for the screens. Everything that lasts is in [ChudaApp]. */
class MainActivity : ComponentActivity() {
    private val app get() = application as ChudaApp

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        app.platform.front.register(this) { app.photoArrived() }
        if (savedInstanceState == null) {
            // A first start has no camera open behind it.
            app.photoArrived()
            open(intent)
        }
        onBackPressedDispatcher.addCallback(this) {
            if (!app.screens.back()) moveTaskToBack(true)
        }
        setContent { AppScreen(app.screens) }
    }

    override fun onStart() {
        super.onStart()
        app.screens.refresh()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        open(intent)
    }

    /** A link into a team. From the list of recent apps an old one comes once more, which nobody has touched. */
    private fun open(intent: Intent) {
        val isOld = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        if (intent.action == Intent.ACTION_VIEW && !isOld) app.screens.invite(intent.dataString.orEmpty())
    }
}

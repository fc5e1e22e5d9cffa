package chuda.app

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.addCallback
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import chuda.ui.AppScreen

/** A window for the screens. Everything that lasts is in [ChudaApp]. */
class MainActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        val app = application as ChudaApp
        app.platform.front.register(this) { app.photoArrived() }
        // A first start has no camera open behind it.
        if (savedInstanceState == null) app.photoArrived()
        onBackPressedDispatcher.addCallback(this) {
            if (!app.screens.back()) moveTaskToBack(true)
        }
        setContent { AppScreen(app.screens) }
    }

    override fun onStart() {
        super.onStart()
        (application as ChudaApp).screens.refresh()
    }
}

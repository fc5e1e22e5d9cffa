package chuda.app

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.widget.Toast
import androidx.core.content.IntentCompat
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** What other apps share. The right to read it goes with this activity, so it stays until all is copied. */
class ShareActivity : Activity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val shared = shared(intent)
        val app = application as ChudaApp
        app.scope.launch {
            val copied = withContext(Dispatchers.IO) { shared.count { app.intake.copy(it) != null } }
            app.screens.keepLeftovers()
            val all = copied > 0 && copied == shared.size
            Toast.makeText(app, getString(if (all) R.string.share_kept else R.string.share_refused), Toast.LENGTH_LONG).show()
            if (copied > 0) startActivity(Intent(this@ShareActivity, MainActivity::class.java))
            finish()
        }
    }

    private fun shared(intent: Intent): List<Uri> =
        when (intent.action) {
            Intent.ACTION_SEND -> {
                listOfNotNull(IntentCompat.getParcelableExtra(intent, Intent.EXTRA_STREAM, Uri::class.java))
            }

            Intent.ACTION_SEND_MULTIPLE -> {
                IntentCompat.getParcelableArrayListExtra(intent, Intent.EXTRA_STREAM, Uri::class.java).orEmpty().filterNotNull()
            }

            else -> {
                emptyList()
            }
        }.take(LIMIT)

    private companion object {
        const val LIMIT = 50
    }
}

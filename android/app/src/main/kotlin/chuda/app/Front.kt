package chuda.app

import android.app.Activity
import android.app.Application
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.contract.ActivityResultContract
import androidx.activity.result.contract.ActivityResultContracts
import androidx.core.content.FileProvider
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File

/** The activity in front and what it can be asked for. Answers find whoever waits, even if the activity was made anew meanwhile. */
internal class Front : Application.ActivityLifecycleCallbacks {
    var activity: MainActivity? = null
        private set

    /** Whether the person sees the app. */
    var visible = 0
        private set
    private val questions = Questions()

    /** To be called by each activity before it starts. [lost] gets the answers that nobody waits for: their process was killed. */
    fun register(
        activity: MainActivity,
        lost: (Boolean) -> Unit,
    ) {
        this.activity = activity
        questions.photo.register(activity, lost)
        questions.document.register(activity) {}
        questions.code.register(activity) {}
        questions.permissions.register(activity) {}
    }

    /** Asks on the main thread; null without an activity to ask from. */
    suspend fun <I, O> ask(which: Questions.() -> Question<I, O>): (suspend (I) -> O?)? =
        if (activity == null) null else { input -> withContext(Dispatchers.Main.immediate) { questions.which().ask(input) } }

    override fun onActivityDestroyed(activity: Activity) {
        if (this.activity === activity) {
            this.activity = null
        }
    }

    override fun onActivityStarted(activity: Activity) {
        visible++
    }

    override fun onActivityStopped(activity: Activity) {
        visible--
    }

    override fun onActivityCreated(
        activity: Activity,
        state: Bundle?,
    ) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(
        activity: Activity,
        state: Bundle,
    ) = Unit
}

internal class Questions {
    val photo = Question(TakePhoto())
    val document = Question(PickFile())
    val code = Question(ScanCode())
    val permissions = Question(ActivityResultContracts.RequestMultiplePermissions())
}

/** Something that another activity answers. One at a time: whoever waited before gets no answer. */
internal class Question<I, O>(
    private val contract: ActivityResultContract<I, O>,
) {
    private var launcher: ActivityResultLauncher<I>? = null
    private var waiting: CompletableDeferred<O?>? = null

    fun register(
        activity: MainActivity,
        lost: (O) -> Unit,
    ) {
        launcher =
            activity.registerForActivityResult(contract) { answer ->
                val waiting = waiting
                this.waiting = null
                if (waiting?.complete(answer) != true) lost(answer)
            }
    }

    suspend fun ask(input: I): O? {
        waiting?.complete(null)
        val answer = CompletableDeferred<O?>()
        waiting = answer
        try {
            launcher?.launch(input) ?: return null
        } catch (_: ActivityNotFoundException) {
            return null
        } catch (_: IllegalStateException) {
            // The activity is gone.
            return null
        }
        return answer.await()
    }
}

/** The system's camera, writing into a file that it is lent. */
private class TakePhoto : ActivityResultContract<File, Boolean>() {
    private val take = ActivityResultContracts.TakePicture()

    override fun createIntent(
        context: Context,
        input: File,
    ): Intent {
        val lent = FileProvider.getUriForFile(context, Intake.authority(context), input)
        return take.createIntent(context, lent).addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION)
    }

    override fun parseResult(
        resultCode: Int,
        intent: Intent?,
    ): Boolean = take.parseResult(resultCode, intent)
}

private class PickFile : ActivityResultContract<Unit, Uri?>() {
    private val pick = ActivityResultContracts.OpenDocument()

    override fun createIntent(
        context: Context,
        input: Unit,
    ): Intent = pick.createIntent(context, arrayOf("*/*")).addCategory(Intent.CATEGORY_OPENABLE)

    override fun parseResult(
        resultCode: Int,
        intent: Intent?,
    ): Uri? = pick.parseResult(resultCode, intent)
}

private class ScanCode : ActivityResultContract<Unit, String?>() {
    override fun createIntent(
        context: Context,
        input: Unit,
    ): Intent = Intent(context, ScanActivity::class.java)

    override fun parseResult(
        resultCode: Int,
        intent: Intent?,
    ): String? = intent?.getStringExtra(ScanActivity.TEXT)
}

package chuda.app

import android.app.LocaleManager
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Context
import android.content.Intent
import android.graphics.BitmapFactory
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.net.Uri
import android.os.Build
import android.os.LocaleList
import android.provider.Settings.ACTION_APPLICATION_DETAILS_SETTINGS
import android.view.HapticFeedbackConstants
import androidx.annotation.RequiresApi
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import androidx.core.content.ContextCompat
import androidx.core.content.FileProvider
import chuda.Location
import chuda.Settings
import chuda.ui.Access
import chuda.ui.Captured
import chuda.ui.EndReason
import chuda.ui.Feedback
import chuda.ui.LANGUAGE
import chuda.ui.Microphone
import chuda.ui.Permission
import chuda.ui.Platform
import chuda.ui.Player
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File
import java.util.UUID

/** The phone, as the screens need it. What takes more than a few lines has a file of its own. */
internal class AndroidPlatform(
    private val app: ChudaApp,
    private val intake: Intake,
) : Platform {
    /** The activity that is there, if any: it alone can ask the person something. */
    val front = Front()
    private val keys = Keys(app)
    private val choices = app.getSharedPreferences("choices", Context.MODE_PRIVATE)
    private val permissions = Permissions(app, choices, front)
    private val scratch = File(app.cacheDir, "scratch")

    override suspend fun settings(): Settings =
        withContext(Dispatchers.IO) {
            Settings(
                dir = File(app.filesDir, "store").path,
                key = keys.store(),
                signer = keys.device(),
                models = modelsFolder(app).path,
            )
        }

    /** Since Android 13 the language of an app can be chosen in the system's settings too; there is only one choice, and it is there. */
    override fun preference(name: String): String? =
        if (name == LANGUAGE && Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            chosenLanguage()
        } else {
            choices.getString(name, null)
        }

    override fun prefer(
        name: String,
        value: String,
    ) {
        if (name == LANGUAGE && Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            chooseLanguage(value)
        } else {
            choices.edit().putString(name, value).apply()
        }
    }

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun chosenLanguage(): String? =
        app
            .getSystemService(LocaleManager::class.java)
            .applicationLocales
            .takeIf { !it.isEmpty }
            ?.let(::known)

    @RequiresApi(Build.VERSION_CODES.TIRAMISU)
    private fun chooseLanguage(value: String) {
        val tag = if (value == "zh") "zh-CN" else value
        app.getSystemService(LocaleManager::class.java).applicationLocales = LocaleList.forLanguageTags(tag)
    }

    override val language: String
        get() = known(app.resources.configuration.locales)

    private fun known(locales: LocaleList) = if (locales[0].language == "zh") "zh" else "en"

    override fun permission(kind: Permission): Access = permissions.access(kind)

    override suspend fun ask(kind: Permission): Access = permissions.ask(kind)

    override fun openSettings() {
        start(Intent(ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", app.packageName, null)))
    }

    override fun listen(
        onPiece: (ByteArray) -> Unit,
        onEnd: (EndReason) -> Unit,
    ): Microphone = Listening.start(app, onPiece, onEnd)

    override suspend fun takePhoto(): Captured? {
        val file = withContext(Dispatchers.IO) { intake.expect() }
        val taken = front.ask { photo }?.invoke(file)
        return if (taken == null) null else withContext(Dispatchers.IO) { intake.arrived(file)?.let(intake::handOut) }
    }

    override suspend fun pickFile(): Captured? {
        val uri = front.ask { document }?.invoke(Unit) ?: return null
        return withContext(Dispatchers.IO) { intake.copy(uri)?.let(intake::handOut) }
    }

    override suspend fun scanCode(): String? = front.ask { code }?.invoke(Unit)

    override suspend fun location(): Location? = locate(app)

    override fun play(
        path: String,
        onPosition: (Long) -> Unit,
        onEnd: () -> Unit,
    ): Player = SoundPlayer(path, onPosition, onEnd)

    override fun open(
        path: String,
        mime: String,
    ): Boolean = start(Intent(Intent.ACTION_VIEW).setDataAndType(lent(path), mime).addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION))

    override fun share(
        path: String,
        mime: String,
    ): Boolean {
        val send = Intent(Intent.ACTION_SEND).setType(mime).putExtra(Intent.EXTRA_STREAM, lent(path))
        send.clipData = ClipData.newRawUri(null, lent(path))
        return start(Intent.createChooser(send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION), null))
    }

    private fun lent(path: String): Uri = FileProvider.getUriForFile(app, Intake.authority(app), File(path))

    private fun start(intent: Intent): Boolean =
        try {
            app.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
            true
        } catch (_: ActivityNotFoundException) {
            false
        }

    /** A folder for each, since other apps show the name. */
    override fun scratch(name: String): String {
        val folder = File(scratch, UUID.randomUUID().toString())
        folder.mkdirs()
        return File(folder, File(name).name).path
    }

    override fun forget(path: String) {
        if (intake.forget(path)) return
        val folder = File(path).canonicalFile.parentFile
        if (folder?.parentFile == scratch.canonicalFile) folder.deleteRecursively()
    }

    override fun leftovers(): List<Captured> = intake.leftovers()

    /** What screens had written for viewing when the app was killed. */
    fun sweep() {
        scratch.deleteRecursively()
    }

    override fun picture(bytes: ByteArray): ImageBitmap? {
        val size = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeByteArray(bytes, 0, bytes.size, size)
        val options = BitmapFactory.Options().apply { inSampleSize = maxOf(1, maxOf(size.outWidth, size.outHeight) / PICTURE_PIXELS) }
        return BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options)?.asImageBitmap()
    }

    override val freeBytes: Long
        get() = app.filesDir.usableSpace

    /** Not "validated": that asks a host which not every country reaches. */
    override val isOnline: Boolean
        get() = network(NetworkCapabilities.NET_CAPABILITY_INTERNET)

    override val onWifi: Boolean
        get() = isOnline && network(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)

    private fun network(capability: Int): Boolean {
        val manager = app.getSystemService(ConnectivityManager::class.java)
        return manager.getNetworkCapabilities(manager.activeNetwork)?.hasCapability(capability) == true
    }

    override fun feedback(kind: Feedback) {
        val effect =
            when {
                Build.VERSION.SDK_INT < Build.VERSION_CODES.R || kind == Feedback.TICK -> HapticFeedbackConstants.VIRTUAL_KEY
                kind == Feedback.DONE -> HapticFeedbackConstants.CONFIRM
                else -> HapticFeedbackConstants.REJECT
            }
        ContextCompat.getMainExecutor(app).execute {
            front.activity
                ?.window
                ?.decorView
                ?.performHapticFeedback(effect)
        }
    }

    override fun scheduleSync() = SyncJob.soon(app)

    private companion object {
        const val PICTURE_PIXELS = 4096
    }
}

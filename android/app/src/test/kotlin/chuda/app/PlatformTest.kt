package chuda.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.net.Uri
import android.provider.MediaStore
import chuda.Source
import chuda.ui.Access
import chuda.ui.Captured
import chuda.ui.LANGUAGE
import chuda.ui.Permission
import chuda.ui.WIFI_ONLY
import kotlinx.coroutines.async
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowNetworkCapabilities
import java.io.File

class PlatformTest : WithPhone() {
    private val platform
        get() = app.platform

    @Test
    fun `a photo is what the camera wrote`() {
        val activity = activity()
        val taken = app.scope.async { platform.takePhoto() }
        val camera = camera(activity)
        write(camera)
        answer(activity, camera, Activity.RESULT_OK)
        awaitTrue("the photo") { taken.isCompleted }
        val photo = wait { taken.await() }!!
        assertEquals(Source.CAMERA, photo.source)
        assertTrue(File(photo.path).length() > 0)
        platform.forget(photo.path)
        assertFalse(File(photo.path).exists())
    }

    @Test
    fun `going back from the camera is no photo`() {
        val activity = activity()
        val taken = app.scope.async { platform.takePhoto() }
        answer(activity, camera(activity), Activity.RESULT_CANCELED)
        awaitTrue("the answer") { taken.isCompleted }
        assertNull(wait { taken.await() })
        assertEquals(emptyList<Captured>(), platform.leftovers())
    }

    @Test
    fun `a photo that was taken while the app was killed is kept`() {
        started()
        val activity = activity()
        app.scope.async { platform.takePhoto() }
        write(camera(activity))
        val next = killed()
        val phone = opened(next)
        assertEquals("the camera may still write", 0, wait { phone.looseEvidence() }.size)
        next.photoArrived()
        awaitTrue("the evidence") { wait { phone.looseEvidence() }.size == 1 }
    }

    @Test
    fun `without a camera there is no photo and nothing waits for ever`() {
        shadowOf(app).checkActivities(true)
        activity()
        val taken = app.scope.async { platform.takePhoto() }
        awaitTrue("the answer") { taken.isCompleted }
        assertNull(wait { taken.await() })
    }

    @Test
    fun `a permission is asked for until it is refused for good`() {
        assertEquals(Access.ASKABLE, platform.permission(Permission.MICROPHONE))
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO)
        assertEquals(Access.GRANTED, platform.permission(Permission.MICROPHONE))
        shadowOf(app).denyPermissions(Manifest.permission.RECORD_AUDIO)
        assertEquals("allowed only that time", Access.ASKABLE, platform.permission(Permission.MICROPHONE))

        val activity = activity()
        val rationale = shadowOf(app.packageManager)
        rationale.setShouldShowRequestPermissionRationale(Manifest.permission.RECORD_AUDIO, true)
        val asked = app.scope.async { platform.ask(Permission.MICROPHONE) }
        awaitTrue("the question") { shadowOf(activity.get()).lastRequestedPermission != null }
        rationale.setShouldShowRequestPermissionRationale(Manifest.permission.RECORD_AUDIO, false)
        val question = shadowOf(activity.get()).lastRequestedPermission
        activity.get().onRequestPermissionsResult(question.requestCode, question.requestedPermissions, intArrayOf(-1))
        awaitTrue("the answer") { asked.isCompleted }
        assertEquals(Access.DENIED, wait { asked.await() })
    }

    @Test
    fun `before Android 13 there is no question about notifications`() {
        onAndroid(28) { assertEquals(Access.GRANTED, platform.permission(Permission.NOTIFICATIONS)) }
    }

    @Test
    fun `files for viewing are its own, by their plain name, and go`() {
        val path = platform.scratch("../../store/报价单.pdf")
        assertEquals("报价单.pdf", File(path).name)
        assertTrue(path.startsWith(app.cacheDir.path))
        File(path).writeText("x")
        assertTrue(platform.open(path, "application/pdf"))
        val view = shadowOf(app).nextStartedActivity
        assertEquals(
            "content" to Intent.FLAG_GRANT_READ_URI_PERMISSION,
            view.data!!.scheme to (view.flags and Intent.FLAG_GRANT_READ_URI_PERMISSION),
        )
        platform.forget(path)
        assertFalse(File(path).exists())
        val store = File(app.filesDir, "store").apply { mkdirs() }
        platform.forget(File(store, "x").path)
        assertTrue(store.exists())
    }

    @Test
    fun `where nothing opens a file it says so`() {
        shadowOf(app).checkActivities(true)
        assertFalse(platform.open(platform.scratch("a.pdf").also { File(it).writeText("x") }, "application/pdf"))
    }

    @Test
    fun `choices last, the language is the system's own`() {
        assertNull(platform.preference(LANGUAGE))
        platform.prefer(LANGUAGE, "en")
        platform.prefer(WIFI_ONLY, "true")
        val next = killed()
        assertEquals("en" to "true", next.platform.preference(LANGUAGE) to next.platform.preference(WIFI_ONLY))
    }

    @Test
    fun `before Android 13 it keeps the language itself`() {
        onAndroid(28) {
            platform.prefer(LANGUAGE, "en")
            assertEquals("en", killed().platform.preference(LANGUAGE))
        }
    }

    @Test
    fun `a network that costs nothing is told from one that does`() {
        network(NetworkCapabilities.NET_CAPABILITY_INTERNET)
        assertEquals(true to false, platform.isOnline to platform.onWifi)
        network(NetworkCapabilities.NET_CAPABILITY_INTERNET, NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        assertEquals(true to true, platform.isOnline to platform.onWifi)
        network()
        assertEquals(false to false, platform.isOnline to platform.onWifi)
    }

    @Test
    fun `without permission there is no place, and nobody waits`() {
        assertNull(wait { platform.location() })
    }

    private fun activity(): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup()

    private fun camera(activity: ActivityController<MainActivity>): Intent =
        await("the camera") { shadowOf(activity.get()).peekNextStartedActivityForResult()?.intent }
            .also { assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, it.action) }

    @Suppress("DEPRECATION")
    private fun write(camera: Intent) {
        val uri = camera.getParcelableExtra<Uri>(MediaStore.EXTRA_OUTPUT)!!
        sample("photo.jpg").inputStream().use { from -> app.contentResolver.openOutputStream(uri)!!.use(from::copyTo) }
    }

    private fun answer(
        activity: ActivityController<MainActivity>,
        camera: Intent,
        result: Int,
    ) = shadowOf(activity.get()).receiveResult(camera, result, null)

    private fun network(vararg capabilities: Int) {
        val manager = app.getSystemService(ConnectivityManager::class.java)
        val made = ShadowNetworkCapabilities.newInstance()
        capabilities.forEach { shadowOf(made).addCapability(it) }
        shadowOf(manager).setNetworkCapabilities(manager.activeNetwork, made)
    }
}

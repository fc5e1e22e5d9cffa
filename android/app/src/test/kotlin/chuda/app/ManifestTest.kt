package chuda.app

import android.content.pm.ApplicationInfo
import android.content.pm.PackageManager
import android.content.pm.ServiceInfo
import org.junit.Assert.assertEquals
import org.junit.Test
import org.robolectric.RuntimeEnvironment

class ManifestTest : WithPhone() {
    private val info by lazy {
        val all =
            PackageManager.GET_ACTIVITIES or PackageManager.GET_SERVICES or PackageManager.GET_PROVIDERS or PackageManager.GET_PERMISSIONS
        RuntimeEnvironment.getApplication().packageManager.getPackageInfo("chuda.app", all)
    }

    @Test
    fun `no permission but these`() {
        val asked = info.requestedPermissions!!.map { it.removePrefix("android.permission.") }.sorted()
        val needed =
            listOf(
                "ACCESS_COARSE_LOCATION",
                "ACCESS_FINE_LOCATION",
                "ACCESS_NETWORK_STATE",
                "CAMERA",
                "FOREGROUND_SERVICE",
                "FOREGROUND_SERVICE_MICROPHONE",
                "INTERNET",
                "POST_NOTIFICATIONS",
                "RECEIVE_BOOT_COMPLETED",
                "RECORD_AUDIO",
            )
        assertEquals(needed, asked)
    }

    @Test
    fun `other apps reach the first screen and the share sheet, nothing else`() {
        val components = info.activities!!.toList() + info.services!! + info.providers!!
        assertEquals(listOf("MainActivity", "ShareActivity"), components.filter { it.exported }.map { it.name.substringAfterLast('.') })
    }

    @Test
    fun `nothing is copied into a backup, and the microphone's service says what it is`() {
        assertEquals(0, info.applicationInfo!!.flags and ApplicationInfo.FLAG_ALLOW_BACKUP)
        val recording = info.services!!.single { it.name.endsWith("RecordingService") }
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, recording.foregroundServiceType)
    }
}

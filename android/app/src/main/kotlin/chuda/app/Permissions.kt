package chuda.app

import android.Manifest
import android.app.NotificationManager
import android.content.Context
import android.content.SharedPreferences
import android.content.pm.PackageManager
import android.os.Build
import chuda.ui.Access
import chuda.ui.Permission

/**
 * What the person has allowed. Android does not say whether it would still ask, so a refusal for good is remembered: a question that used
 * to come with a reason and no longer does.
 */
internal class Permissions(
    private val context: Context,
    private val memory: SharedPreferences,
    private val front: Front,
) {
    fun access(kind: Permission): Access =
        when {
            granted(kind) -> Access.GRANTED.also { memory.edit().remove(refused(kind)).apply() }
            names(kind).isEmpty() || memory.getBoolean(refused(kind), false) -> Access.DENIED
            else -> Access.ASKABLE
        }

    suspend fun ask(kind: Permission): Access {
        if (access(kind) != Access.ASKABLE) return access(kind)
        val before = explained(kind)
        front.ask { permissions }?.invoke(names(kind).toTypedArray())
        if (!granted(kind) && before && !explained(kind)) memory.edit().putBoolean(refused(kind), true).apply()
        return access(kind)
    }

    private fun granted(kind: Permission): Boolean =
        if (kind == Permission.NOTIFICATIONS && Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) {
            context.getSystemService(NotificationManager::class.java).areNotificationsEnabled()
        } else {
            names(kind).any { context.checkSelfPermission(it) == PackageManager.PERMISSION_GRANTED }
        }

    private fun explained(kind: Permission) = names(kind).any { front.activity?.shouldShowRequestPermissionRationale(it) == true }

    /** None where Android has no such question. */
    private fun names(kind: Permission): List<String> =
        when (kind) {
            Permission.MICROPHONE -> {
                listOf(Manifest.permission.RECORD_AUDIO)
            }

            Permission.CAMERA -> {
                listOf(Manifest.permission.CAMERA)
            }

            Permission.LOCATION -> {
                listOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
            }

            Permission.NOTIFICATIONS -> {
                if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) emptyList() else listOf(Manifest.permission.POST_NOTIFICATIONS)
            }
        }

    private fun refused(kind: Permission) = "refused.${kind.name.lowercase()}"
}

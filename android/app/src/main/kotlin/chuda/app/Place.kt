package chuda.app

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.LocationManager
import android.os.Build
import android.os.CancellationSignal
import android.os.SystemClock
import androidx.core.content.ContextCompat
import androidx.core.location.LocationCompat
import androidx.core.location.LocationManagerCompat
import chuda.Location
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.coroutines.resume
import android.location.Location as Fix

/** Where the phone is, asked once; null when that is not permitted or takes too long. */
internal suspend fun locate(context: Context): Location? {
    val fine = granted(context, Manifest.permission.ACCESS_FINE_LOCATION)
    if (!fine && !granted(context, Manifest.permission.ACCESS_COARSE_LOCATION)) return null
    val manager = context.getSystemService(LocationManager::class.java)
    val provider = providers(fine).firstOrNull { manager.allProviders.contains(it) && manager.isProviderEnabled(it) } ?: return null
    return withTimeoutOrNull(PATIENCE_MS) { current(context, manager, provider) }?.let(::location)
}

private fun providers(fine: Boolean) =
    listOfNotNull(
        LocationManager.FUSED_PROVIDER.takeIf { Build.VERSION.SDK_INT >= Build.VERSION_CODES.S },
        LocationManager.GPS_PROVIDER.takeIf { fine },
        LocationManager.NETWORK_PROVIDER,
    )

// Asked for above; what is withdrawn in between comes as null.
@SuppressLint("MissingPermission")
private suspend fun current(
    context: Context,
    manager: LocationManager,
    provider: String,
): Fix? =
    suspendCancellableCoroutine { continuation ->
        val cancel = CancellationSignal()
        continuation.invokeOnCancellation { cancel.cancel() }
        try {
            LocationManagerCompat.getCurrentLocation(manager, provider, cancel, ContextCompat.getMainExecutor(context)) { fix: Fix? ->
                if (continuation.isActive) continuation.resume(fix)
            }
        } catch (_: SecurityException) {
            continuation.resume(null)
        }
    }

private fun location(fix: Fix) =
    Location(
        latitude = fix.latitude,
        longitude = fix.longitude,
        accuracyM = fix.accuracy.toDouble(),
        ageMs = (SystemClock.elapsedRealtimeNanos() - fix.elapsedRealtimeNanos) / NANOS_PER_MS,
        mock = LocationCompat.isMock(fix),
    )

private fun granted(
    context: Context,
    permission: String,
) = context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

private const val PATIENCE_MS = 5_000L
private const val NANOS_PER_MS = 1_000_000

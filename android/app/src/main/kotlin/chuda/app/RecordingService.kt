package chuda.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import chuda.ui.EndReason

/** Shows that a recording runs, and keeps the app alive meanwhile. The recording itself belongs to [Listening]. */
class RecordingService : Service() {
    override fun onStartCommand(
        intent: Intent?,
        flags: Int,
        startId: Int,
    ): Int {
        // The system wants this within seconds of the start, even if the recording is over already.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            startForeground(NOTIFICATION, notification(), ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE)
        } else {
            startForeground(NOTIFICATION, notification())
        }
        running = this
        if (Listening.current == null) stopSelf()
        // After a kill there is no recording to go on with: what it had is kept when the store opens.
        return START_NOT_STICKY
    }

    /** The app was swiped away: a microphone that nobody sees any more is let go, and what was said is kept. */
    override fun onTaskRemoved(rootIntent: Intent?) {
        Listening.current?.end(EndReason.INTERRUPTED)
    }

    override fun onDestroy() {
        if (running === this) running = null
    }

    override fun onBind(intent: Intent?): IBinder? = null

    private fun notification(): Notification {
        getSystemService(NotificationManager::class.java).createNotificationChannel(
            NotificationChannel(CHANNEL, getString(R.string.channel_recording), NotificationManager.IMPORTANCE_LOW),
        )
        val open = PendingIntent.getActivity(this, 0, Intent(this, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
        return Notification
            .Builder(this, CHANNEL)
            .setSmallIcon(R.drawable.ic_mic)
            .setContentTitle(getString(R.string.recording_title))
            .setContentText(getString(R.string.recording_text))
            .setContentIntent(open)
            .setCategory(Notification.CATEGORY_SERVICE)
            .setUsesChronometer(true)
            .setOngoing(true)
            .build()
    }

    companion object {
        private const val CHANNEL = "recording"
        private const val NOTIFICATION = 1

        @Volatile
        private var running: RecordingService? = null

        /** The recording is over. A service that is only about to start sees that itself: the system forbids to stop it before. */
        fun leave() {
            running?.stopSelf()
        }
    }
}

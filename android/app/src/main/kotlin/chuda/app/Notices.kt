package chuda.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import chuda.TaskView
import chuda.ui.LANGUAGE

/** Tells of tasks that came while nobody looked: each once. On a locked screen without names. */
internal fun showTasks(
    app: ChudaApp,
    tasks: List<TaskView>,
) {
    val memory = app.getSharedPreferences("notices", Context.MODE_PRIVATE)
    val told = memory.getStringSet(TOLD, emptySet()).orEmpty()
    val new = tasks.filter { it.id !in told }
    // Only what is still open is remembered, so that this does not grow.
    memory.edit().putStringSet(TOLD, tasks.map { it.id }.toSet()).apply()
    if (new.isEmpty()) return
    val manager = app.getSystemService(NotificationManager::class.java)
    manager.createNotificationChannel(
        NotificationChannel(CHANNEL, app.getString(R.string.channel_tasks), NotificationManager.IMPORTANCE_DEFAULT),
    )
    val chinese = (app.platform.preference(LANGUAGE) ?: app.platform.language) == "zh"
    val lines = new.take(LINES).map { listOfNotNull(it.customerName, if (chinese) it.kind.zh else it.kind.en).joinToString(" · ") }
    val style = Notification.InboxStyle().also { style -> lines.forEach(style::addLine) }
    val full = notice(app).setContentText(lines.first()).setStyle(style).setNumber(new.size)
    manager.notify(NOTIFICATION, full.setPublicVersion(notice(app).build()).build())
}

private fun notice(app: ChudaApp): Notification.Builder {
    val open = PendingIntent.getActivity(app, 0, Intent(app, MainActivity::class.java), PendingIntent.FLAG_IMMUTABLE)
    return Notification
        .Builder(app, CHANNEL)
        .setSmallIcon(R.drawable.ic_task)
        .setContentTitle(app.getString(R.string.tasks_hidden))
        .setContentIntent(open)
        .setVisibility(Notification.VISIBILITY_PRIVATE)
        .setAutoCancel(true)
}

private const val CHANNEL = "tasks"
private const val NOTIFICATION = 2
private const val TOLD = "told"
private const val LINES = 5

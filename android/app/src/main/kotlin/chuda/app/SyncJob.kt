package chuda.app

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import chuda.Action
import chuda.ChudaException
import chuda.Workbench
import chuda.action
import chuda.blobsOver
import chuda.blobsWait
import chuda.sync
import chuda.ui.network
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/**
 * Sends what waits and fetches what is new, without screens. Three jobs: one as soon as there is a network, one for photos and recordings
 * that wait for a network which costs nothing, and one now and then for the tasks of this person.
 */
class SyncJob : JobService() {
    private val running = mutableMapOf<Int, Job>()

    override fun onStartJob(parameters: JobParameters): Boolean {
        val app = application as ChudaApp
        running[parameters.jobId] =
            app.scope.launch {
                val again = exchange(app, parameters.jobId)
                running -= parameters.jobId
                jobFinished(parameters, again)
            }
        return true
    }

    /** The network went away, or the system wants its time back: what was sent is noted, the rest is tried again. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    /** Whether it is to be tried again, after a wait that grows. */
    private suspend fun exchange(
        app: ChudaApp,
        job: Int,
    ): Boolean {
        val workbench = app.workbench() ?: return false
        // The job for files alone is stopped by the system when the Wi-Fi goes.
        val network = app.platform.network.run { if (job == BLOBS) copy(onWifi = true) else this }
        return try {
            val report = workbench.sync(blobsOver(network))
            val wait = blobsWait(workbench.status().summary, network)
            if (wait) schedule(app, BLOBS) { setRequiredNetworkType(JobInfo.NETWORK_TYPE_UNMETERED) }
            tell(app, workbench)
            report.blobs.left > 0 && !wait
        } catch (error: ChudaException) {
            // Whatever else it is, only the person can do something about it: the sync screen shows it.
            error.action == Action.TRY_LATER
        }
    }

    private suspend fun tell(
        app: ChudaApp,
        workbench: Workbench,
    ) {
        if (app.platform.front.visible == 0) showTasks(app, workbench.tasks())
    }

    companion object {
        private const val SOON = 1
        private const val BLOBS = 2
        private const val NOW_AND_THEN = 3
        private const val FIRST_WAIT_MS = 30_000L
        private const val PERIOD_MS = 60 * 60_000L

        /** Something waits to be sent. */
        fun soon(context: Context) = schedule(context, SOON) { setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY) }

        /** What a phone with a store does from time to time; a job that is there already stays as it is. */
        fun keepGoing(context: Context) {
            if (scheduler(context).getPendingJob(NOW_AND_THEN) != null) return
            schedule(context, NOW_AND_THEN) { setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY).setPeriodic(PERIOD_MS) }
        }

        private fun schedule(
            context: Context,
            id: Int,
            how: JobInfo.Builder.() -> JobInfo.Builder,
        ) {
            val job =
                JobInfo
                    .Builder(id, ComponentName(context, SyncJob::class.java))
                    .setPersisted(true)
                    .setBackoffCriteria(FIRST_WAIT_MS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)
                    .how()
                    .build()
            scheduler(context).schedule(job)
        }

        private fun scheduler(context: Context) = context.getSystemService(JobScheduler::class.java)
    }
}

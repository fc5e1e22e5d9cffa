package chuda.app

import android.app.NotificationManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.content.Context
import chuda.CustomerDraft
import chuda.EvidenceDraft
import chuda.Source
import chuda.TaskView
import chuda.Word
import chuda.Workbench
import chuda.ui.WIFI_ONLY
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.time.Instant
import java.util.UUID
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

class SyncJobTest : WithPhone() {
    private val scheduler
        get() = app.getSystemService(Context.JOB_SCHEDULER_SERVICE) as JobScheduler

    @Test
    fun `what waits is sent as soon as there is a network, also after a restart`() {
        app.platform.scheduleSync()
        app.platform.scheduleSync()
        val job = scheduler.allPendingJobs.single { !it.isPeriodic }
        assertTrue(job.isPersisted)
        assertEquals(JobInfo.BACKOFF_POLICY_EXPONENTIAL, job.backoffPolicy)
        @Suppress("DEPRECATION")
        assertEquals(JobInfo.NETWORK_TYPE_ANY, job.networkType)
    }

    @Test
    fun `a phone with a store looks for news now and then`() {
        started()
        assertEquals(1, scheduler.allPendingJobs.count { it.isPeriodic })
    }

    @Test
    fun `before the first run there is nothing to send`() {
        await("the first run") { app.screens.state.value.firstRun }
        assertFalse(run())
    }

    @Test
    fun `a phone without a server does not try again and again`() {
        started()
        assertFalse(run())
    }

    @Test
    fun `records reach the server, and a server that is out of reach is tried again`() {
        val server = URI(server())
        val phone = started()
        Line(server).use { line ->
            wait { phone.addCustomer(CustomerDraft(name = "佛山乐居家具")) }
            wait { phone.enrol(line.address, invited("王芳")) }
            assertTrue(wait { phone.status() }.summary.recordsWaiting > 0)
            assertFalse(run())
            assertEquals(0L, wait { phone.status() }.summary.recordsWaiting)
        }
        wait { phone.addCustomer(CustomerDraft(name = "苏州明远电子")) }
        assertTrue(run())
        assertTrue(wait { phone.status() }.summary.recordsWaiting > 0)
    }

    @Test
    fun `files wait for a network that costs nothing if the person wants that`() {
        val server = server()
        val phone = started()
        wait { phone.enrol(server, invited("陈静")) }
        wait { phone.keepEvidence(EvidenceDraft(sample("photo.jpg").path, Source.CAMERA)) }
        app.platform.prefer(WIFI_ONLY, "true")
        assertFalse(run())
        assertEquals(0L to 1L, waiting(phone))
        val job = scheduler.allPendingJobs.single { it.id == FILES }
        @Suppress("DEPRECATION")
        assertEquals(JobInfo.NETWORK_TYPE_UNMETERED, job.networkType)
        assertTrue(job.isPersisted)
        // The system starts that one as soon as there is such a network.
        assertFalse(run(FILES))
        assertEquals(0L to 0L, waiting(phone))
    }

    @Test
    fun `files go with the records if the person does not mind`() {
        val server = server()
        val phone = started()
        wait { phone.enrol(server, invited("刘洋")) }
        wait { phone.keepEvidence(EvidenceDraft(sample("photo.jpg").path, Source.CAMERA)) }
        assertFalse(run())
        assertEquals(0L to 0L, waiting(phone))
        assertEquals(0, scheduler.allPendingJobs.count { it.id == FILES })
    }

    private fun waiting(phone: Workbench) = wait { phone.status() }.summary.run { recordsWaiting to blobsWaiting }

    @Test
    fun `a job that the system stops is tried again`() {
        started()
        val service = Robolectric.buildService(SyncJob::class.java).create().get()
        assertTrue(service.onStopJob(parameters()))
    }

    @Test
    @Config(qualifiers = "zh-rCN")
    fun `new tasks are told once, and without names on a locked screen`() {
        started()
        val manager = app.getSystemService(NotificationManager::class.java)
        val one = task("佛山乐居家具")
        showTasks(app, listOf(one))
        val told = shadowOf(manager).allNotifications.single()
        assertEquals("佛山乐居家具 · 二次价值确认", told.extras.getCharSequence("android.text").toString())
        assertEquals(null, told.publicVersion.extras.getCharSequence("android.text"))
        manager.cancelAll()
        showTasks(app, listOf(one))
        assertEquals(0, shadowOf(manager).size())
        showTasks(app, listOf(one, task("苏州明远电子")))
        assertEquals(1, shadowOf(manager).size())
    }

    /** Runs the job as the system would; true when it asks to be run again. */
    private fun run(job: Int = SOON): Boolean {
        val service = Robolectric.buildService(SyncJob::class.java).create().get()
        assertTrue(service.onStartJob(parameters(job)))
        awaitTrue("the end of the job") { shadowOf(service).isJobFinished }
        return shadowOf(service).isRescheduleNeeded
    }

    private fun parameters(job: Int = SOON): JobParameters =
        Shadow.newInstanceOf(JobParameters::class.java).also { ReflectionHelpers.setField(it, "jobId", job) }

    private fun task(customer: String) =
        TaskView(
            id = UUID.randomUUID().toString(),
            kind = Word("second_confirmation", "二次价值确认", "Second value confirmation"),
            notice = false,
            customer = null,
            customerName = customer,
            source = UUID.randomUUID().toString(),
            sourceKind = null,
            about = emptyList(),
            rule = "r",
            because = null,
            choices = emptyList(),
            scriptPack = null,
            createdAt = Instant.EPOCH,
            due = null,
            doneAt = null,
            doneBy = null,
            choice = null,
            reason = null,
            attachmentUploading = false,
        )

    private companion object {
        const val SOON = 1
        const val FILES = 2
    }

    /** The way to a server, which can be cut. */
    private class Line(
        server: URI,
    ) : AutoCloseable {
        private val door = ServerSocket(0, 8, InetAddress.getLoopbackAddress())
        private val sockets = CopyOnWriteArrayList<Socket>()
        val address = "http://127.0.0.1:${door.localPort}"

        init {
            thread(isDaemon = true) {
                while (true) {
                    val here = runCatching { door.accept() }.getOrNull() ?: break
                    val there = Socket(server.host, server.port)
                    sockets += listOf(here, there)
                    // Cut while this one was let in.
                    if (door.isClosed) return@thread cut()
                    pass(here, there)
                    pass(there, here)
                }
            }
        }

        private fun pass(
            from: Socket,
            to: Socket,
        ) = thread(isDaemon = true) { runCatching { from.getInputStream().copyTo(to.getOutputStream()) } }

        override fun close() {
            door.close()
            cut()
        }

        private fun cut() = sockets.forEach { it.close() }
    }
}

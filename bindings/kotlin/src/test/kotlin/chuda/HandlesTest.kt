package chuda

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.CoroutineContext
import kotlin.io.path.exists

/** What is held across the border between Kotlin and the core: nothing more after much use than before it. */
class HandlesTest {
    @TempDir
    lateinit var dir: Path

    @Test
    fun `ten thousand calls leave nothing behind`() {
        val before = handles()
        runBlocking {
            Workbench.createOffline(settings(dir), "李强").use { phone ->
                phone.addCustomer(CustomerDraft(name = "佛山乐居家具"))
                // The first round opens what stays open, such as the store's files and the core's threads.
                calls(phone, 100)
                val files = openFiles()
                calls(phone, 10_000)
                assertTrue(openFiles() <= files + READERS) { "${openFiles()} files, $files before" }
                assertTrue(coreThreads() <= THREADS) { "${coreThreads()} threads" }
            }
        }
        // Listeners are let go by a thread of the core, shortly after the subscription has ended.
        awaitNoMoreThan(before)
    }

    @Test
    fun `calls that nobody waits for any more leave nothing behind`() {
        val before = handles()
        runBlocking {
            Workbench.createOffline(settings(dir), "李强").use { phone ->
                repeat(200) {
                    val call = launch(Dispatchers.Default) { phone.homes().first { home -> home.touchesToday.isNotEmpty() } }
                    val other = launch(Dispatchers.Default) { phone.doctor() }
                    call.cancelAndJoin()
                    other.cancelAndJoin()
                }
                assertEquals(emptyList<CustomerView>(), phone.customers())
                assertTrue(isOpen())
                launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { phone.doctor() }.cancelAndJoin()
            }
        }
        // Closing has waited for them.
        assertFalse(isOpen())
        awaitNoMoreThan(before)
    }

    @Test
    fun `a store whose opening is cancelled is closed, at whatever moment that is`() =
        runBlocking {
            val settings = settings(dir)
            Workbench.createOffline(settings, "李强").use { it.giveConsent(Purpose.RECORDING) }
            val before = openFiles()
            for (moment in 0 until 1_000) {
                cancelledAt(moment) { Workbench.open(settings).close() }
                Workbench.open(settings).use { assertEquals("李强", it.identity().person.name) }
            }
            awaitTrue({ "${openFiles()} files, $before before" }) { openFiles() <= before }
        }

    /** Runs it, and cancels it some moments after the core has said that there may be a result: it is being fetched meanwhile. */
    private suspend fun cancelledAt(
        moment: Int,
        body: suspend () -> Unit,
    ) {
        val steps = AtomicInteger()
        val canceller =
            object : CoroutineDispatcher() {
                override fun dispatch(
                    context: CoroutineContext,
                    block: Runnable,
                ) {
                    Dispatchers.Default.dispatch(context, block)
                    if (steps.incrementAndGet() > 1) {
                        repeat(moment * 10) { Thread.onSpinWait() }
                        context.cancel()
                    }
                }
            }
        CoroutineScope(canceller).launch { body() }.join()
    }

    @Test
    fun `closed twice is closed, and used after that says so`() =
        runBlocking {
            val phone = Workbench.createOffline(settings(dir), "李强")
            phone.close()
            phone.close()
            assertThrows<IllegalStateException> { phone.today() }
            assertThrows<IllegalStateException> { phone.customers() }
            val token = CancelToken()
            token.close()
            assertThrows<IllegalStateException> { token.cancel() }
            Unit
        }

    @Test
    fun `closing while calls are under way lets them finish`() =
        runBlocking {
            val phone = Workbench.createOffline(settings(dir), "李强")
            val calls =
                List(200) {
                    async(Dispatchers.IO) {
                        runCatching { phone.customers() }.exceptionOrNull()?.let { error ->
                            assertTrue(error is IllegalStateException) { "$error" }
                        }
                    }
                }
            phone.close()
            calls.awaitAll()
            Unit
        }

    @Test
    fun `callbacks that throw change nothing`() =
        runBlocking {
            val phone = Workbench.createOffline(settings(dir), "李强")
            val told = CountDownLatch(2)
            val careless =
                object : Listener {
                    override fun changed(home: HomeView) {
                        told.countDown()
                        throw OutOfMemoryError("a mistake of the app")
                    }
                }
            phone.subscribe(careless).use {
                phone.addCustomer(CustomerDraft(name = "苏州明远电子"))
                assertTrue(withContext(Dispatchers.IO) { told.await(60, TimeUnit.SECONDS) }, "told again after it threw")
            }
            assertThrows<ChudaException.Offline> { Workbench.createEnrolled(settings(dir.resolve("other")), "http://127.0.0.1:1", "CODE") }
            assertEquals(1, phone.customers().size)
        }

    /** Calls of every kind: with and without an answer, refused, with a listener, with an object that is passed in. */
    private suspend fun calls(
        phone: Workbench,
        count: Int,
    ) = coroutineScope {
        List(LANES) { lane ->
            async(Dispatchers.Default) {
                for (i in lane until count step LANES) {
                    when (i % 5) {
                        0 -> phone.customers()
                        1 -> phone.homes().first()
                        2 -> assertThrows<ChudaException.Invalid> { phone.customer("no id") }
                        3 -> CancelToken().use { it.cancel() }
                        else -> phone.options()
                    }
                }
            }
        }.awaitAll()
    }

    private fun handles() =
        mapOf(
            "calls" to uniffiContinuationHandleMap.size,
            "signers" to FfiConverterTypeDeviceSigner.handleMap.size,
            "listeners" to FfiConverterTypeListener.handleMap.size,
            "sync" to FfiConverterTypeSyncProgress.handleMap.size,
            "transcription" to FfiConverterTypeTranscriptionProgress.handleMap.size,
        )

    /** This file is there as long as the store is open. */
    private fun isOpen() = dir.resolve("store/open").exists()

    private fun openFiles() = File("/proc/self/fd").list().orEmpty().size

    private fun coreThreads() =
        File(
            "/proc/self/task",
        ).listFiles().orEmpty().count { runCatching { File(it, "comm").readText().trim() }.getOrDefault("") == "chuda" }

    /** Waits until other threads have let go of theirs too. What earlier tests left to the garbage collector may go meanwhile. */
    private fun awaitNoMoreThan(before: Map<String, Int>) {
        awaitTrue({ "${handles()}, before: $before" }) { handles().all { (kind, count) -> count <= before.getValue(kind) } }
    }

    private fun awaitTrue(
        otherwise: () -> String,
        met: () -> Boolean,
    ) {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
        while (!met() && System.nanoTime() < end) {
            System.gc()
            Thread.yield()
        }
        assertTrue(met(), otherwise)
    }

    private companion object {
        const val LANES = 8

        /** The store keeps up to four readers, of three files each, and opens them when they are first needed. */
        const val READERS = 12

        /** Two that poll and at most sixteen that wait for the store. */
        const val THREADS = 18
    }
}

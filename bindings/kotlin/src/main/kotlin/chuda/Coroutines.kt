package chuda

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/**
 * The home screen: as it is now, then whenever it changes. A slow collector misses what was overtaken, never the last one.
 */
fun Workbench.homes(): Flow<HomeView> =
    callbackFlow {
        val listener =
            object : Listener {
                override fun changed(home: HomeView) {
                    trySend(home)
                }
            }
        // A collector may have enough before this returns. What an abandoned call returns is never let go, so it is waited for.
        val subscription = withContext(NonCancellable) { subscribe(listener) }
        awaitClose { subscription.use { it.cancel() } }
    }.conflate()

/**
 * Keeps a recording and turns it into a draft. [onProgress] hears the share that is done, 0 to 1, on a thread of the core.
 * Cancelling the coroutine stops the work; the recording is kept and is then among the [Workbench.pendingTranscriptions].
 */
@Throws(ChudaException::class, kotlin.coroutines.cancellation.CancellationException::class)
suspend fun Workbench.recordVoice(
    draft: EvidenceDraft,
    onProgress: (Float) -> Unit = {},
): VoiceDraft = cancellable { token -> recordVoice(draft, progress(onProgress), token) }

/**
 * Transcribes a kept recording again or for the first time. [onProgress] and cancelling are as with [recordVoice].
 */
@Throws(ChudaException::class, kotlin.coroutines.cancellation.CancellationException::class)
suspend fun Workbench.transcribe(
    evidence: EvidenceId,
    onProgress: (Float) -> Unit = {},
): VoiceDraft = cancellable { token -> transcribe(evidence, progress(onProgress), token) }

/**
 * Listens to a recording of a half-made touch and fills in what nobody has chosen; false when it was stopped. [onProgress] and cancelling
 * are as with [recordVoice].
 */
@Throws(ChudaException::class, kotlin.coroutines.cancellation.CancellationException::class)
suspend fun Drafting.listen(
    recording: EvidenceId,
    onProgress: (Float) -> Unit = {},
): Boolean = cancellable { token -> listen(recording, progress(onProgress), token) }

/**
 * Exchanges records, then blobs. [onProgress] hears what still waits, on a thread of the core. Cancelling the coroutine stops the
 * exchange; whatever the server took before is taken note of.
 */
@Throws(ChudaException::class, kotlin.coroutines.cancellation.CancellationException::class)
suspend fun Workbench.sync(
    blobs: BlobChoice = BlobChoice.ALL,
    onProgress: (SyncSummary) -> Unit = {},
): SyncReport =
    cancellable { token ->
        val progress =
            object : SyncProgress {
                override fun progressed(summary: SyncSummary) = onProgress(summary)
            }
        sync(blobs, progress, token)
    }

private fun progress(tell: (Float) -> Unit) =
    object : TranscriptionProgress {
        override fun progressed(share: Float) = tell(share)
    }

/** Runs work that a token stops, stops it when the coroutine is cancelled, and returns only when it has ended. */
private suspend fun <T> cancellable(work: suspend (CancelToken) -> T): T =
    CancelToken().use { token ->
        coroutineScope {
            val watcher =
                launch(start = CoroutineStart.UNDISPATCHED) {
                    try {
                        awaitCancellation()
                    } finally {
                        token.cancel()
                    }
                }
            try {
                withContext(NonCancellable) { work(token) }
            } catch (error: ChudaException.Cancelled) {
                ensureActive()
                throw error
            } finally {
                watcher.cancel()
            }
        }
    }

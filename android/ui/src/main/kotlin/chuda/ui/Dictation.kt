package chuda.ui

import chuda.ChudaException
import chuda.Consent
import chuda.ConsentView
import chuda.EvidenceId
import chuda.Purpose
import chuda.Recorder
import chuda.Workbench
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** A recording while it is made: [levels] of the latest pieces, 0 to 1, oldest first. */
data class Recording(
    val consent: Consent,
    val durationMs: Long = 0,
    val levels: List<Float> = emptyList(),
)

/**
 * Holding to talk, from the press to kept evidence. Whatever ends it but [cancel] keeps what was said: letting go, a call that comes in,
 * a permission that is withdrawn, a full disk.
 */
internal class Dictation(
    private val workbench: Workbench,
    private val platform: Platform,
    private val scope: CoroutineScope,
) {
    private class End(
        val keep: Boolean,
        val why: ChudaException? = null,
    )

    private var running: Job? = null
    private var end = CompletableDeferred<End>()

    fun start(
        consent: Consent,
        onChange: (Recording?) -> Unit,
        onAgreement: (ConsentView) -> Unit,
        onFailure: (Failure) -> Unit,
        onEnd: (EvidenceId, Failure?) -> Unit,
    ) {
        if (running?.isActive == true) return
        val end = CompletableDeferred<End>().also { end = it }
        running =
            scope.launch {
                try {
                    if (permitted(onAgreement)) record(consent, end, onChange, onEnd)
                } catch (error: CancellationException) {
                    throw error
                } catch (error: ChudaException) {
                    platform.feedback(Feedback.ERROR)
                    onFailure(failure(error))
                } finally {
                    onChange(null)
                }
            }
    }

    fun stop() {
        end.complete(End(keep = true))
    }

    fun cancel() {
        end.complete(End(keep = false))
    }

    private suspend fun permitted(onAgreement: (ConsentView) -> Unit): Boolean {
        val access = platform.permission(Permission.MICROPHONE)
        if (access == Access.DENIED) throw denied(Permission.MICROPHONE)
        val view = workbench.consents().first { it.purpose == Purpose.RECORDING }
        val permitted = view.given && access == Access.GRANTED
        if (!permitted) onAgreement(view)
        return permitted
    }

    private suspend fun record(
        consent: Consent,
        end: CompletableDeferred<End>,
        onChange: (Recording?) -> Unit,
        onEnd: (EvidenceId, Failure?) -> Unit,
    ) {
        val recorder = workbench.startRecording(consent, Platform.RATE)
        var recording = Recording(consent)
        onChange(recording)
        platform.feedback(Feedback.TICK)
        val microphone =
            platform.listen(
                onPiece = { piece ->
                    try {
                        val level = recorder.append(piece)
                        recording =
                            recording.copy(durationMs = level.durationMs, levels = (recording.levels + level.level).takeLast(LEVELS))
                        if (!end.isCompleted) onChange(recording)
                    } catch (error: ChudaException) {
                        end.complete(End(keep = true, error))
                    }
                },
                onEnd = { end.complete(End(keep = true, it.told)) },
            )
        val ended =
            try {
                end.await()
            } catch (_: CancellationException) {
                // The screen goes; what was said stays.
                End(keep = true)
            } finally {
                microphone.stop()
            }
        onChange(null)
        withContext(NonCancellable) { finish(recorder, ended, onEnd) }
    }

    private suspend fun finish(
        recorder: Recorder,
        ended: End,
        onEnd: (EvidenceId, Failure?) -> Unit,
    ) = recorder.use {
        if (ended.keep) {
            val evidence =
                try {
                    recorder.finish().evidence.id
                } catch (error: ChudaException) {
                    // Why the microphone ended says more than that nothing came of it.
                    throw ended.why ?: error
                }
            platform.feedback(if (ended.why == null) Feedback.TICK else Feedback.ERROR)
            onEnd(evidence, ended.why?.let { failure(it) })
        } else {
            recorder.discard()
        }
    }

    private companion object {
        const val LEVELS = 48
    }
}

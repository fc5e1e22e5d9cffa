package chuda.ui

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.job
import kotlinx.coroutines.launch

/** A screen's state and what can be done on it. Whatever fails becomes part of the state. */
abstract class Model<S : Any>(
    first: S,
    parent: CoroutineScope,
) : AutoCloseable {
    protected val scope = CoroutineScope(parent.coroutineContext + SupervisorJob(parent.coroutineContext.job))
    private val current = MutableStateFlow(first)
    val state: StateFlow<S> = current.asStateFlow()

    protected fun change(how: (S) -> S) = current.update(how)

    protected abstract fun failed(
        state: S,
        failure: Failure?,
    ): S

    protected fun fail(failure: Failure) = change { failed(it, failure) }

    /** The person has read what went wrong. */
    fun dismiss() = change { failed(it, null) }

    protected fun work(what: suspend () -> Unit): Job =
        scope.launch {
            try {
                what()
            } catch (error: CancellationException) {
                throw error
            } catch (
                @Suppress("TooGenericExceptionCaught") error: Exception,
            ) {
                fail(failure(error))
            }
        }

    override fun close() = scope.cancel()
}

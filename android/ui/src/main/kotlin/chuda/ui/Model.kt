package chuda.ui

import chuda.HomeView
import chuda.Workbench
import chuda.homes
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
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What a person can do about a message on any screen. */
interface Events {
    /** They have read it. */
    fun dismiss()

    /** They press the button beside it. */
    fun remedy(remedy: Remedy)
}

/** A screen's state and what can be done on it. Whatever fails becomes part of the state. */
abstract class Model<S : Any>(
    first: S,
    parent: CoroutineScope,
    protected val platform: Platform,
    protected val go: (Place) -> Unit,
) : AutoCloseable,
    Events {
    protected val scope = CoroutineScope(parent.coroutineContext + SupervisorJob(parent.coroutineContext.job))
    private val current = MutableStateFlow(first)
    private var again: (() -> Unit)? = null
    private val looks = Mutex()
    val state: StateFlow<S> = current.asStateFlow()

    protected fun set(how: (S) -> S) = current.update(how)

    protected abstract fun failed(
        state: S,
        failure: Failure?,
    ): S

    protected fun fail(failure: Failure) = set { failed(it, failure) }

    override fun dismiss() = set { failed(it, null) }

    override fun remedy(remedy: Remedy) {
        dismiss()
        when (remedy) {
            Remedy.SETTINGS -> platform.openSettings()
            Remedy.JOIN -> go(Place.Join)
            Remedy.RETRY -> again?.invoke()
        }
    }

    /** Work of which nobody waits for the end. [again]: what to do when the person wants it tried again. */
    protected fun work(
        again: (() -> Unit)? = null,
        what: suspend () -> Unit,
    ) {
        start(again, what)
    }

    /** Work that can be stopped. */
    protected fun start(
        again: (() -> Unit)? = null,
        what: suspend () -> Unit,
    ): Job = scope.launch { attempt(again, what) }

    /** Shows what there is now and again whenever it changes. A look that fails is told, and the next one follows all the same. */
    protected fun follow(
        workbench: Workbench,
        show: suspend (HomeView) -> Unit,
    ): Job = start { workbench.homes().collect { home -> attempt(null) { lookUp { show(home) } } } }

    /** Looks something up for the state. One look follows the other, so that no older answer comes after a newer one. */
    protected suspend fun lookUp(look: suspend () -> Unit) = looks.withLock { look() }

    private suspend fun attempt(
        again: (() -> Unit)?,
        what: suspend () -> Unit,
    ) {
        try {
            what()
        } catch (error: CancellationException) {
            throw error
        } catch (
            @Suppress("TooGenericExceptionCaught") error: Exception,
        ) {
            this.again = again
            fail(failure(error, again != null))
        }
    }

    override fun close() = scope.cancel()
}

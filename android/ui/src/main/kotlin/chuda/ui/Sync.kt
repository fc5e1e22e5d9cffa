package chuda.ui

import chuda.RecordId
import chuda.StatusView
import chuda.SyncReport
import chuda.Workbench
import chuda.blobsOver
import chuda.blobsWait
import chuda.sync
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** Where every item is on its way. */
data class SyncState(
    val status: StatusView? = null,
    val syncing: Boolean = false,
    val lastReport: SyncReport? = null,
    /** Photos and recordings go over Wi-Fi only, as the person chose, and there is none. */
    val waitsForWifi: Boolean = false,
    val failure: Failure? = null,
)

interface SyncEvents : Events {
    /** One exchange now. */
    fun sync()

    fun stop()

    /** Makes a refused edit again on top of what the server has. */
    fun redo(id: RecordId)

    fun join()
}

class SyncModel(
    private val workbench: Workbench,
    platform: Platform,
    parent: CoroutineScope,
    go: (Place) -> Unit,
) : Model<SyncState>(SyncState(), parent, platform, go),
    SyncEvents {
    private var running: Job? = null

    init {
        follow(workbench) { load() }
    }

    private suspend fun load() {
        val status = workbench.status()
        set { it.copy(status = status, waitsForWifi = waitsForWifi(status)) }
    }

    private fun waitsForWifi(status: StatusView?) = status != null && blobsWait(status.summary, platform.network)

    override fun sync() {
        if (state.value.syncing) return
        set { it.copy(syncing = true, failure = null, waitsForWifi = waitsForWifi(it.status)) }
        running =
            start(again = ::sync) {
                try {
                    val report =
                        workbench.sync(blobsOver(platform.network)) { summary ->
                            // What the exchange told last is overtaken by its end.
                            set { if (it.syncing) it.copy(status = it.status?.copy(summary = summary)) else it }
                        }
                    set { it.copy(lastReport = report) }
                } finally {
                    set { it.copy(syncing = false) }
                    lookUp { load() }
                }
            }
    }

    override fun stop() {
        running?.cancel()
    }

    override fun redo(id: RecordId) =
        work {
            workbench.redo(id)
            lookUp { load() }
            platform.scheduleSync()
        }

    override fun join() = go(Place.Join)

    override fun failed(
        state: SyncState,
        failure: Failure?,
    ) = state.copy(failure = failure)
}

const val WIFI_ONLY = "wifi_only"
const val LANGUAGE = "language"

package chuda.ui

import chuda.ChudaException
import chuda.key
import chuda.kind
import chuda.params

/** What went wrong, as the words table knows it, and what a button beside it can do about it. */
data class Failure(
    val key: String,
    val kind: String = "invalid",
    val params: Map<String, String> = emptyMap(),
    val remedy: Remedy? = null,
)

enum class Remedy {
    /** The permission is given in the system's settings. */
    SETTINGS,

    /** A new code from the administrator. */
    JOIN,

    /** The same once more. */
    RETRY,
}

fun failure(error: Throwable): Failure =
    if (error is ChudaException) {
        Failure(error.key, error.kind, error.params, remedy(error))
    } else {
        // Its message may name anybody, so only its kind is shown.
        Failure("internal", "internal", mapOf("key" to error::class.simpleName.orEmpty()))
    }

fun denied(permission: Permission) = Failure("permission.${permission.name.lowercase()}", "not_allowed", remedy = Remedy.SETTINGS)

private fun remedy(error: ChudaException): Remedy? =
    when (error.key) {
        "sync.no_server", "sync.not_enrolled" -> Remedy.JOIN
        "permission.camera" -> Remedy.SETTINGS
        else -> null
    }

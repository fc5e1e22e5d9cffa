package chuda.ui

import chuda.ChudaException
import chuda.explain

typealias Failure = chuda.Failure
typealias Remedy = chuda.Remedy

/** What a screen says of an error. [again]: whether it can do the same once more. */
fun failure(
    error: Throwable,
    again: Boolean = false,
): Failure {
    // The message of any other may name anybody, so only its kind is shown.
    fun own() = ChudaException.Internal("internal", mapOf("key" to error::class.simpleName.orEmpty()))
    return explain(error as? ChudaException ?: own(), again)
}

/** What a screen itself stops at. */
fun stopped(key: String) = ChudaException.Invalid(key, emptyMap())

fun denied(permission: Permission) = ChudaException.NotAllowed("permission.${permission.name.lowercase()}", emptyMap())

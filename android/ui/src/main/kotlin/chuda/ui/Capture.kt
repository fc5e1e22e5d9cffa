package chuda.ui

import chuda.EvidenceDraft
import chuda.EvidenceId
import chuda.Purpose
import chuda.TouchId
import chuda.Workbench

/** A picture from the camera; null when the person went back. The system is asked for the camera when it is first needed. */
internal suspend fun photo(platform: Platform): Captured? {
    val access = platform.permission(Permission.CAMERA).let { if (it == Access.ASKABLE) platform.ask(Permission.CAMERA) else it }
    if (access != Access.GRANTED) throw denied(Permission.CAMERA)
    return platform.takePhoto()
}

/**
 * Keeps a captured file as evidence. Its copy in the cache goes when it is kept, not before: what fails is tried again at the next
 * start.
 */
internal suspend fun Workbench.keep(
    platform: Platform,
    captured: Captured,
    touch: TouchId? = null,
): EvidenceId {
    val allowed =
        platform.permission(Permission.LOCATION) == Access.GRANTED && consents().any { it.purpose == Purpose.LOCATION && it.given }
    val place = if (allowed) platform.location() else null
    val draft = EvidenceDraft(captured.path, captured.source, location = place, touch = touch, rendition = captured.rendition)
    val kept = keepEvidence(draft).evidence.id
    platform.forget(captured.path)
    captured.rendition?.let(platform::forget)
    platform.feedback(Feedback.DONE)
    return kept
}

/** Keeps what the camera had made when the app was killed. */
internal suspend fun Workbench.keepLeftovers(platform: Platform): List<EvidenceId> = platform.leftovers().map { keep(platform, it) }

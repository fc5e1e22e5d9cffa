package chuda

/** What a person can do about an error. */
enum class Action {
    /** Correct what was entered. */
    CORRECT,

    /** Look again: it is not there, or not any more. */
    LOOK_AGAIN,

    /** Ask someone who may. */
    ASK_SOMEONE,

    /** Try later: everything is kept. */
    TRY_LATER,

    /** Update the app: everything is kept. */
    UPDATE,

    /** Free some space, then try again. */
    FREE_SPACE,

    /** Fetch the speech model: the recording is kept. */
    FETCH_MODEL,

    /** Nothing: they cancelled it themselves. */
    NOTHING,

    /** Report a fault of the program. */
    REPORT,
}

/** What the person can do about it: what the button beside the error says. */
val ChudaException.action: Action
    get() =
        when (this) {
            is ChudaException.Invalid -> Action.CORRECT
            is ChudaException.NotFound -> Action.LOOK_AGAIN
            is ChudaException.NotAllowed -> Action.ASK_SOMEONE
            is ChudaException.Offline -> Action.TRY_LATER
            is ChudaException.Server -> Action.UPDATE
            is ChudaException.Storage -> Action.FREE_SPACE
            is ChudaException.Model -> Action.FETCH_MODEL
            is ChudaException.Cancelled -> Action.NOTHING
            is ChudaException.Internal -> Action.REPORT
        }

/** The stable key of the error, such as `touch.evidence_missing`: what a translation is looked up by. */
val ChudaException.key: String
    get() =
        when (this) {
            is ChudaException.Invalid -> key
            is ChudaException.NotFound -> key
            is ChudaException.NotAllowed -> key
            is ChudaException.Offline -> key
            is ChudaException.Server -> key
            is ChudaException.Storage -> key
            is ChudaException.Model -> key
            is ChudaException.Cancelled -> key
            is ChudaException.Internal -> key
        }

/** Values for the translated text. */
val ChudaException.params: Map<String, String>
    get() =
        when (this) {
            is ChudaException.Invalid -> params
            is ChudaException.NotFound -> params
            is ChudaException.NotAllowed -> params
            is ChudaException.Offline -> params
            is ChudaException.Server -> params
            is ChudaException.Storage -> params
            is ChudaException.Model -> params
            is ChudaException.Cancelled -> params
            is ChudaException.Internal -> params
        }

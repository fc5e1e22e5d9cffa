package chuda

/** What the person can do about it: what the button beside the error says. */
val ChudaException.action: Action
    get() = explain(this).action

/** Its kind, such as `not_found`: `fault.` and this is what to say where the key has no words of its own. */
val ChudaException.kind: String
    get() = explain(this).kind

/** The stable key of the error, such as `touch.evidence_missing`: what a translation is looked up by. */
val ChudaException.key: String
    get() = explain(this).key

/** Values for the translated text. */
val ChudaException.params: Map<String, String>
    get() = explain(this).params

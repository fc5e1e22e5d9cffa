/// An error says two things: what to tell the user, by its key, and what the user can do, by its action.

extension ChudaError {
    public typealias Action = Chuda.Action

    /// What the user can do about it.
    public var action: Action {
        explain(error: self).action
    }

    /// Its kind, such as `not_found`: `fault.` and this is what to say where the key has no words of its own.
    public var kind: String {
        explain(error: self).kind
    }

    /// The stable key, such as `touch.evidence_missing`: what a translation is looked up by.
    public var key: String {
        explain(error: self).key
    }

    /// Values for the translated text. Neither they nor the key carry names, notes or places.
    public var params: [String: String] {
        explain(error: self).params
    }
}

/// An error says two things: what to tell the user, by its key, and what the user can do, by its action.

extension ChudaError {
    /// What the user can do about an error.
    public enum Action: String, CaseIterable, Sendable {
        /// Correct what was entered.
        case correct
        /// Look again: what was asked for is not there, or not any more.
        case lookAgain
        /// Ask someone who may.
        case askSomeone
        /// Try later: everything is kept.
        case tryLater
        /// Update the app: everything is kept.
        case update
        /// Free some space on the device, then try again.
        case freeSpace
        /// Fetch the speech model: the recording is kept.
        case fetchModel
        /// Nothing: the user cancelled.
        case nothing
        /// Report it: a fault of the program.
        case report
    }

    /// What the user can do about it.
    public var action: Action {
        switch self {
        case .Invalid: .correct
        case .NotFound: .lookAgain
        case .NotAllowed: .askSomeone
        case .Offline: .tryLater
        case .Server: .update
        case .Storage: .freeSpace
        case .Model: .fetchModel
        case .Cancelled: .nothing
        case .Internal: .report
        }
    }

    /// The stable key, such as `touch.evidence_missing`: what a translation is looked up by.
    public var key: String {
        parts.key
    }

    /// Values for the translated text. Neither they nor the key carry names, notes or places.
    public var params: [String: String] {
        parts.params
    }

    private var parts: (key: String, params: [String: String]) {
        switch self {
        case .Invalid(let key, let params), .NotFound(let key, let params), .NotAllowed(let key, let params),
            .Offline(let key, let params), .Server(let key, let params), .Storage(let key, let params),
            .Model(let key, let params), .Cancelled(let key, let params), .Internal(let key, let params):
            (key, params)
        }
    }
}

import Chuda

/// What went wrong, as the words table knows it, and what a button beside it can do about it.
public struct Failure: Equatable, Sendable {
    public var key: String
    /// Finds a sentence for a key that has none of its own: `fault.` and the kind.
    public var kind = "invalid"
    public var params: [String: String] = [:]
    public var remedy: Remedy?

    public enum Remedy: Sendable {
        /// The permission is given in the system's settings.
        case settings
        /// Joins a team, with a code from the administrator.
        case join
        /// The same once more.
        case retry
    }

    public init(key: String, kind: String = "invalid", params: [String: String] = [:], remedy: Remedy? = nil) {
        self.key = key
        self.kind = kind
        self.params = params
        self.remedy = remedy
    }

    public init(_ error: Error) {
        if let error = error as? ChudaError {
            self.init(key: error.key, kind: error.kind, params: error.params, remedy: error.remedy)
        } else if let failure = error as? Stopped {
            self = failure.failure
        } else {
            // Its message may name anybody, so only its kind is shown.
            self.init(key: "internal", kind: "internal", params: ["key": "\(type(of: error))"])
        }
    }

    public static func denied(_ permission: Permission) -> Failure {
        Failure(key: "permission.\(permission.rawValue)", kind: "not_allowed", remedy: .settings)
    }
}

/// What a screen itself stops at.
struct Stopped: Error {
    let failure: Failure
}

extension ChudaError {
    fileprivate var remedy: Failure.Remedy? {
        key == "sync.no_server" || key == "sync.not_enrolled" ? .join : nil
    }
}

import Chuda

extension Failure {
    /// What a screen says of an error. `again`: whether it can do the same once more.
    public init(_ error: Error, again: Bool = false) {
        // The message of any other may name anybody, so only its kind is shown.
        let own = ChudaError.Internal(key: "internal", params: ["key": "\(type(of: error))"])
        self = explain(error: error as? ChudaError ?? own, again: again)
    }
}

/// What a screen itself stops at.
extension ChudaError {
    public static func stopped(_ key: String) -> ChudaError {
        .Invalid(key: key, params: [:])
    }

    public static func denied(_ permission: Permission) -> ChudaError {
        .NotAllowed(key: "permission.\(permission.rawValue)", params: [:])
    }
}

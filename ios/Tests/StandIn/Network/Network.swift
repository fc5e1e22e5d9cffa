// A stand-in: what the app uses of Network, declared only.
@_exported import Foundation

public struct NWPath: Sendable {
    public enum Status { case satisfied, unsatisfied, requiresConnection }
    public var status: Status { .unsatisfied }
    public var isExpensive: Bool { false }
    public var isConstrained: Bool { false }
}

public final class NWPathMonitor: @unchecked Sendable {
    public init() {}
    public var pathUpdateHandler: (@Sendable (NWPath) -> Void)?
    public func start(queue: DispatchQueue) {}
}

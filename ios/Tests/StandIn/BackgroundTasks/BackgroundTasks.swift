// A stand-in: what the app uses of BackgroundTasks, declared only.
@_exported import Foundation

public class BGTask {
    public func setTaskCompleted(success: Bool) {}
    public var expirationHandler: (() -> Void)?
}

public class BGTaskRequest {}

public class BGProcessingTaskRequest: BGTaskRequest {
    public init(identifier: String) {}
    public var requiresNetworkConnectivity = false
}

public class BGTaskScheduler {
    public static let shared = BGTaskScheduler()
    @discardableResult
    public func register(forTaskWithIdentifier: String, using: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void) -> Bool { false }
    public func submit(_ request: BGTaskRequest) throws {}
}

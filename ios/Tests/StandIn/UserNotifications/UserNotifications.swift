// A stand-in: what the app uses of UserNotifications, declared only.
@_exported import Foundation

public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let alert = UNAuthorizationOptions(rawValue: 1)
    public static let badge = UNAuthorizationOptions(rawValue: 2)
    public static let sound = UNAuthorizationOptions(rawValue: 4)
}

public enum UNAuthorizationStatus { case notDetermined, denied, authorized, provisional, ephemeral }

public class UNNotificationSettings: @unchecked Sendable {
    public var authorizationStatus: UNAuthorizationStatus { .denied }
}

public class UNNotificationSound {
    public static let `default` = UNNotificationSound()
}

public class UNNotificationContent {}

public class UNMutableNotificationContent: UNNotificationContent {
    override public init() {}
    public var title = ""
    public var body = ""
    public var sound: UNNotificationSound?
}

public class UNNotificationTrigger {}

public class UNNotificationRequest: @unchecked Sendable {
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {}
}

public class UNUserNotificationCenter: @unchecked Sendable {
    public class func current() -> UNUserNotificationCenter { UNUserNotificationCenter() }
    public func requestAuthorization(options: UNAuthorizationOptions) async throws -> Bool { false }
    public func notificationSettings() async -> UNNotificationSettings { UNNotificationSettings() }
    public func add(_ request: UNNotificationRequest) async throws {}
}

import Chuda
import Foundation

/// What the screens need of the phone they run on. View models hold this and the workbench, nothing else.
///
/// All of it is called from the main thread and returns at once or suspends. Files are made in a folder of the app's own cache; whoever
/// gets one calls `forget` when it is kept.
@MainActor
public protocol Platform: AnyObject, Sendable {
    /// How the store is opened: its folder, its key and the device key, the folder of the speech models.
    func settings() async throws -> Settings

    /// What a person chose, such as `language` or `wifi_only`; nothing as long as they have not.
    func preference(_ name: String) -> String?

    func prefer(_ name: String, _ value: String)

    /// The language of the system: `zh` or `en`.
    var language: String { get }

    func permission(_ kind: Permission) -> Access

    /// Asks the person; to be called after they have been told why.
    func ask(_ kind: Permission) async -> Access

    /// The system's page about this app, where a denied permission is given.
    func openSettings()

    /// Listens until `stop`. `onPiece` gets 16-bit little-endian samples on one channel, `rate` a second, in pieces of about 100 ms, on the
    /// thread that reads the microphone. `onEnd` is called once, when the system takes the microphone away; not after `stop`.
    func listen(onPiece: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (EndReason) -> Void) -> Microphone

    /// The camera: one picture, or nothing when the person went back.
    func takePhoto() async throws -> Captured?

    /// A picture or a file from elsewhere, or nothing.
    func pickFile() async throws -> Captured?

    /// The text of a QR code, or nothing.
    func scanCode() async throws -> String?

    /// Where the phone is, or nothing when that is not known within a few seconds or not permitted.
    func location() async -> Location?

    /// Plays a sound file. `onPosition` hears the position in milliseconds several times a second, `onEnd` that it is over.
    func play(
        _ path: String, onPosition: @escaping @MainActor @Sendable (Int64) -> Void, onEnd: @escaping @MainActor @Sendable () -> Void
    ) throws -> Player

    /// Shows a file. False when nothing here can.
    func open(_ path: String, mime: String) -> Bool

    /// Hands a file to another app.
    func share(_ path: String, mime: String) -> Bool

    /// A new path in the app's cache for a file of that name.
    func scratch(_ name: String) -> String

    /// Deletes a file that `takePhoto`, `pickFile` or `scratch` gave.
    func forget(_ path: String)

    /// Files of the camera or the picker that were not forgotten, because the app was killed before they were kept, and files that other
    /// apps have shared.
    func leftovers() -> [Captured]

    /// Free space on the store's disk, in bytes.
    var freeBytes: Int64 { get }

    var isOnline: Bool { get }
    var onWifi: Bool { get }

    /// A short tick that a hand feels.
    func feedback(_ kind: Feedback)

    /// Something waits to be sent: do it in the background when there is a network, even when the app is gone.
    func scheduleSync()
}

/// Samples a second that `listen` gives.
public let rate: Int32 = 16_000

/// What the system asks the person for.
public enum Permission: String, CaseIterable, Sendable {
    case microphone, camera, location, notifications
}

public enum Access: Sendable {
    case granted
    /// Only the system's settings help now.
    case denied
    case askable
}

/// Why the microphone stopped by itself.
public enum EndReason: String, CaseIterable, Sendable {
    /// A call came in, or another app took it.
    case interrupted
    /// The permission was taken back, or was not there.
    case notPermitted = "not_permitted"
    /// It does not work.
    case failed
}

public enum Feedback: Sendable {
    /// Something began or ended.
    case tick
    /// Something is done.
    case done
    /// Something went wrong.
    case error
}

/// A file that came from the camera, the gallery or elsewhere. `rendition` is a JPEG of it where the core can't decode it (HEIC).
public struct Captured: Equatable, Sendable {
    public var path: String
    public var source: Source
    public var rendition: String?

    public init(path: String, source: Source, rendition: String? = nil) {
        self.path = path
        self.source = source
        self.rendition = rendition
    }
}

@MainActor
public protocol Microphone {
    func stop()
}

@MainActor
public protocol Player {
    func pause()
    /// Goes on where it paused.
    func resume()
    func stop()
}

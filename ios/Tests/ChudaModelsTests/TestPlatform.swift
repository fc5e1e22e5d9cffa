import Chuda
import ChudaModels
import Foundation
import XCTest

/// A phone whose camera, microphone and permissions a test holds in its hand.
@MainActor
final class TestPlatform: Platform {
    let folder: URL
    var models: String?
    var access: [Permission: Access] = [:]
    /// What the person answers when the system asks.
    var answers: [Permission: Access] = [:]
    var camera: [String] = []
    var files: [String] = []
    var code: String?
    var place: Location?
    /// The phone's clock, which its owner can change.
    let clock = MovableClock()
    var online = true
    var wifi = true
    var preferences: [String: String] = [:]
    private(set) var microphone: TestMicrophone?
    private(set) var player: TestPlayer?
    private(set) var asked: [Permission] = []
    private(set) var syncsScheduled = 0
    private(set) var settingsOpened = 0
    private(set) var opened: [(path: String, mime: String)] = []
    private(set) var shared: [(path: String, mime: String)] = []
    private(set) var feedbacks: [Feedback] = []
    var opens = true
    private let key: Data
    private let signer = SoftwareSigner.generate()

    init(_ test: XCTestCase, models: String? = nil) throws {
        // Whoever waits for a slow test sees which one it is.
        setvbuf(stdout, nil, _IOLBF, 0)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("chuda-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("cache"), withIntermediateDirectories: true)
        key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        self.models = models
        for permission in Permission.allCases { answers[permission] = .granted }
        let folder = folder
        test.addTeardownBlock { @MainActor in
            await storesClose(in: folder)
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// What is on disk at this moment, as after the app was killed: the same phone, with a copy of its store.
    func killed(_ test: XCTestCase) throws -> Settings {
        let copy = folder.appendingPathComponent("killed-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: folder.appendingPathComponent("store"), to: copy)
        return Settings(dir: copy.path, key: key, signer: signer, models: models, clock: clock)
    }

    func settings() -> Settings {
        Settings(dir: folder.appendingPathComponent("store").path, key: key, signer: signer, models: models, clock: clock)
    }

    func preference(_ name: String) -> String? { preferences[name] }

    func prefer(_ name: String, _ value: String) { preferences[name] = value }

    let language = "zh"

    func permission(_ kind: Permission) -> Access { access[kind] ?? .askable }

    func ask(_ kind: Permission) async -> Access {
        asked.append(kind)
        access[kind] = answers[kind]
        return permission(kind)
    }

    func openSettings() { settingsOpened += 1 }

    func listen(onPiece: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (EndReason) -> Void) -> Microphone {
        let microphone = TestMicrophone(onPiece: onPiece, onEnd: onEnd)
        self.microphone = microphone
        return microphone
    }

    func takePhoto() throws -> Captured? {
        try camera.popLast().map { Captured(path: try copy($0), source: .camera) }
    }

    func pickFile() throws -> Captured? {
        try files.popLast().map { Captured(path: try copy($0), source: .file) }
    }

    private func copy(_ path: String) throws -> String {
        let copy = scratch(URL(fileURLWithPath: path).lastPathComponent)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    func scanCode() -> String? { code }

    func location() -> Location? { place }

    func play(
        _ path: String, onPosition: @escaping @MainActor @Sendable (Int64) -> Void, onEnd: @escaping @MainActor @Sendable () -> Void
    ) -> Player {
        let player = TestPlayer(path: path, onPosition: onPosition, onEnd: onEnd)
        self.player = player
        return player
    }

    func open(_ path: String, mime: String) -> Bool {
        if opens { opened.append((path, mime)) }
        return opens
    }

    func share(_ path: String, mime: String) -> Bool {
        if opens { shared.append((path, mime)) }
        return opens
    }

    func scratch(_ name: String) -> String {
        folder.appendingPathComponent("cache/\(UUID().uuidString)-\(name)").path
    }

    func forget(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Whatever is in the cache was forgotten by nobody.
    func leftovers() -> [Captured] { cached.map { Captured(path: $0, source: .camera) } }

    var cached: [String] {
        let cache = folder.appendingPathComponent("cache").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []).map { cache + "/" + $0 }
    }

    let freeBytes: Int64 = 1 << 30
    var isOnline: Bool { online }
    var onWifi: Bool { wifi }

    func feedback(_ kind: Feedback) { feedbacks.append(kind) }

    func scheduleSync() { syncsScheduled += 1 }
}

@MainActor
final class TestMicrophone: Microphone {
    let onPiece: @Sendable (Data) -> Void
    let onEnd: @Sendable (EndReason) -> Void
    private(set) var stopped = false

    init(onPiece: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (EndReason) -> Void) {
        self.onPiece = onPiece
        self.onEnd = onEnd
    }

    /// Hears a WAV file of 16 kHz, 16 bit, one channel, in pieces of 100 ms.
    func hear(_ path: String) throws {
        let samples = try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(44)
        for start in stride(from: samples.startIndex, to: samples.endIndex, by: 3200) {
            onPiece(Data(samples[start..<min(start + 3200, samples.endIndex)]))
        }
    }

    func stop() { stopped = true }
}

@MainActor
final class TestPlayer: Player {
    let path: String
    let onPosition: @MainActor (Int64) -> Void
    let onEnd: @MainActor () -> Void
    private(set) var calls: [String] = []

    init(path: String, onPosition: @escaping @MainActor (Int64) -> Void, onEnd: @escaping @MainActor () -> Void) {
        self.path = path
        self.onPosition = onPosition
        self.onEnd = onEnd
    }

    func pause() { calls.append("pause") }
    func resume() { calls.append("resume") }
    func stop() { calls.append("stop") }
}

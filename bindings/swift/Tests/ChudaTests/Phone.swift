import Foundation
import XCTest

@testable import Chuda

/// A folder of its own for one test, gone afterwards.
func folder(of test: XCTestCase) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("chuda-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    test.addTeardownBlock {
        // The core has this file there as long as the store is open: a workbench that was not let go is seen.
        await until { !FileManager.default.fileExists(atPath: folder.appendingPathComponent("store/open").path) }
        try FileManager.default.removeItem(at: folder)
    }
    return folder
}

func settings(_ dir: URL, signer: DeviceSigner = SoftwareSigner.generate(), models: String? = nil) -> Settings {
    let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
    return Settings(dir: dir.appendingPathComponent("store").path, key: key, signer: signer, models: models)
}

/// The folder of the speech model; the test is skipped, and says so, where there is none.
func models() throws -> String {
    try given("CHUDA_MODELS")
}

/// One of the project's own files: `voice.wav`, `photo.jpg`, `quote.pdf`.
func sample(_ name: String) throws -> String {
    try given("CHUDA_SAMPLES") + "/" + name
}

func given(_ variable: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[variable] else {
        print("SKIPPED: \(variable) is not set")
        throw XCTSkip("\(variable) is not set")
    }
    return value
}

func photo() throws -> EvidenceDraft {
    EvidenceDraft(path: try sample("photo.jpg"), source: .camera)
}

func voice() throws -> EvidenceDraft {
    EvidenceDraft(path: try sample("voice.wav"), source: .recording, consent: .ownVoice)
}

/// A key that can't be used before the phone is unlocked.
final class LockedSigner: DeviceSigner, @unchecked Sendable {
    private let key = SoftwareSigner.generate()

    func publicKey() throws -> Data {
        try key.publicKey()
    }

    func sign(message: Data) throws -> Data {
        throw ChudaError.Storage(key: "keystore.locked", params: [:])
    }
}

/// No keystore at all.
final class BrokenSigner: DeviceSigner, @unchecked Sendable {
    struct NoKeystore: Error {}

    func publicKey() throws -> Data {
        throw NoKeystore()
    }

    func sign(message: Data) throws -> Data {
        throw NoKeystore()
    }
}

/// What a call throws; fails the test when it does not.
func thrown<T>(file: StaticString = #filePath, line: UInt = #line, _ call: () async throws -> T) async -> ChudaError? {
    do {
        _ = try await call()
        XCTFail("nothing was thrown", file: file, line: line)
    } catch let error as ChudaError {
        return error
    } catch {
        XCTFail("\(error)", file: file, line: line)
    }
    return nil
}

/// Goes on when the condition holds; what never holds fails the test. The rounds are a bound, not a time.
func until(file: StaticString = #filePath, line: UInt = #line, _ condition: () -> Bool) async {
    for _ in 0..<1_000_000 {
        if condition() { return }
        await Task.yield()
    }
    XCTFail("it never came about", file: file, line: line)
}

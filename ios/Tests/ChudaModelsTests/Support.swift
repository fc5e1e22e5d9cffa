import Chuda
import ChudaModels
import Foundation
import Observation
import XCTest

/// The folder of the speech model; the test is skipped, and says so, where there is none.
func models() throws -> String { try given("CHUDA_MODELS") }

/// One of the project's own files: `voice.wav`, `photo.jpg`, `quote.pdf`.
func sample(_ name: String) throws -> String { try given("CHUDA_SAMPLES") + "/" + name }

func given(_ variable: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[variable] else {
        print("SKIPPED: \(variable) is not set")
        throw XCTSkip("\(variable) is not set")
    }
    return value
}

extension Model {
    /// Waits until the state is as wanted: looks again at every change of it. One that never gets there fails instead of hanging.
    func until(file: StaticString = #filePath, line: UInt = #line, _ wanted: @escaping @MainActor (State) -> Bool) async {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            let (changes, change) = AsyncStream.makeStream(of: Void.self)
            let reached = withObservationTracking {
                wanted(state)
            } onChange: {
                change.finish()
            }
            if reached { return }
            let watchdog = Task {
                try await Task.sleep(until: end, clock: .continuous)
                change.finish()
            }
            for await _ in changes {}
            watchdog.cancel()
        }
        XCTFail("it never came to that: \(state)", file: file, line: line)
    }
}

/// Waits for what is no state of a screen.
@MainActor
func eventually(
    _ failure: String = "it never came to that", file: StaticString = #filePath, line: UInt = #line, _ wanted: () -> Bool
) async {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
        if wanted() { return }
        await Task.yield()
    }
    XCTFail(failure, file: file, line: line)
}

/// Whatever a screen began holds its workbench, so a store that stays open was not let go.
@MainActor
func storesClose(in folder: URL) async {
    await eventually("a workbench was not let go") {
        let stores = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        // The core has this file there as long as the store is open.
        return !stores.contains { FileManager.default.fileExists(atPath: "\(folder.path)/\($0)/open") }
    }
}

private let patience = Duration.seconds(120)

/// A real server of its own, that can go down and come back.
@MainActor
final class Server {
    let url: String
    private let program: String
    private let data: URL
    private let listen: String
    private var process: Process?

    init(_ test: XCTestCase) throws {
        program = try given("CHUDA_TEST_PROGRAM")
        data = FileManager.default.temporaryDirectory.appendingPathComponent("chuda-server-\(UUID().uuidString)")
        let port = UInt16.random(in: 20_000...60_000)
        listen = "127.0.0.1:\(port)"
        url = "http://\(listen)"
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let data = data
        test.addTeardownBlock { @MainActor [self] in
            down()
            try FileManager.default.removeItem(at: data)
        }
    }

    /// A person of the team, and the invitation that is shown to them as a code.
    func invite(_ name: String, _ role: String) throws -> String {
        struct Invited: Decodable { let code: String }
        let answer = try run(["admin", "person", "add", name, "--role", role, "--data", data.path, "--json"])
        return "chuda://join?server=\(url)&code=\(try JSONDecoder().decode(Invited.self, from: answer).code)"
    }

    /// Comes up; it says so itself, in the line with its address.
    func up() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--data", data.path, "--listen", listen]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        self.process = process
        let address = listen
        let (told, tell) = AsyncStream.makeStream(of: Void.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let text = String(decoding: handle.availableData, as: UTF8.self)
            if text.contains(address) || text.isEmpty { tell.finish() }
        }
        for await _ in told {}
        XCTAssert(process.isRunning, "the server did not start")
    }

    func down() {
        guard let process, process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    private func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        XCTAssertEqual(process.terminationStatus, 0)
        return data
    }
}

/// What touches the glass, counted.
@MainActor
final class Finger {
    private(set) var touches = 0

    func touch(_ what: () -> Void) {
        touches += 1
        what()
    }
}

/// The half-made touch, as soon as one is put aside.
@MainActor
func unfinished(_ workbench: Workbench) async throws -> TouchDraft {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
        if let draft = try await workbench.unfinished() { return draft }
        await Task.yield()
    }
    let draft = try await workbench.unfinished()
    return try XCTUnwrap(draft)
}

@MainActor
func offline(_ platform: TestPlatform) async throws -> Workbench {
    try await Workbench.createOffline(settings: platform.settings(), name: "李强")
}

@MainActor
func enrolled(_ platform: TestPlatform, _ code: String) async throws -> Workbench {
    let invitation = try readInvitation(text: code)
    return try await Workbench.createEnrolled(settings: platform.settings(), server: invitation.server, code: invitation.code)
}

/// A phone that has agreed to recording and has one customer.
@MainActor
func ready(_ platform: TestPlatform) async throws -> (Workbench, CustomerView) {
    platform.access = [.microphone: .granted, .camera: .granted]
    let workbench = try await offline(platform)
    try await workbench.giveConsent(purpose: .recording)
    return (workbench, try await workbench.addCustomer(draft: CustomerDraft(name: "佛山乐居家具")))
}

extension DraftState {
    /// What a field holds, as it is shown.
    func value(_ field: String) -> String? {
        ((view?.slots ?? []) + (view?.more ?? [])).first { $0.field == field }?.value
    }
}

import Chuda
import Foundation
import XCTest

@testable import ChudaModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What must never happen: a capture that is lost, a spinner without end, a "synced" that is not, an error without what to do.
final class NeverTests: XCTestCase {
    @MainActor
    func testAKilledAppKeepsWhatWasSaid() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let home = try await speaking(workbench, platform, .told)
        await home.until { ($0.recording?.durationMs ?? 0) > 7000 }

        let again = try await Workbench.open(settings: platform.killed(self))
        let kept = try await again.looseEvidence()
        XCTAssertEqual(kept.map(\.source), ["recording"])
        XCTAssertEqual(kept.first?.consent, "told")
        let pending = try await again.pendingTranscriptions()
        XCTAssertEqual(pending, kept.map(\.id))
        let next = HomeModel(again, platform, go: { _ in })
        await next.until { $0.home?.loose.count == 1 }
        next.close()
        home.cancelRecording()
        await home.until { $0.recording == nil }
        home.close()
    }

    @MainActor
    func testAKilledAppKeepsTheHalfMadeTouch() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        let draft = DraftModel(workbench, platform, leave: {})
        await draft.until { $0.view?.slots.first?.inputs.first?.choices.isEmpty == false }
        draft.fill("customer", customer.id)
        platform.camera = [try sample("photo.jpg")]
        draft.takePhoto()
        draft.fill("note", "门口还有两台旧机器")
        await draft.until { $0.view?.evidence.count == 1 && $0.value("customer") != nil }

        let again = try await Workbench.open(settings: platform.killed(self))
        let home = HomeModel(again, platform, go: { _ in })
        await home.until { $0.home?.unfinished == true }
        XCTAssertEqual(home.state.home?.loose, [])
        let resumed = DraftModel(again, platform, leave: {})
        await resumed.until { $0.view?.evidence.count == 1 && $0.value("customer") != nil }
        XCTAssertEqual(resumed.state.view, draft.state.view)
        XCTAssertEqual(resumed.state.view?.missing, ["mode", "action"])
        for model in [draft, home, resumed] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testAPhotoOfAKilledAppIsKeptAtTheNextStart() async throws {
        let platform = try TestPlatform(self)
        _ = try await ready(platform)
        platform.camera = [try sample("photo.jpg")]
        _ = try platform.takePhoto()
        let app = AppModel(platform)
        app.open()
        await app.until { $0.workbench != nil }
        let home = app.home(try XCTUnwrap(app.state.workbench))
        await home.until { $0.home?.loose.count == 1 }
        await eventually { platform.cached.isEmpty }
        app.close()
    }

    @MainActor
    func testAFullDiskKeepsWhatWasSaidBefore() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        var gone: [Place] = []
        let home = HomeModel(workbench, platform, go: { gone.append($0) })
        home.startRecording(.ownVoice)
        await home.until { $0.recording != nil }
        let microphone = try XCTUnwrap(platform.microphone)
        do {
            FullDisk.above(100_000)
            defer { FullDisk.end() }
            try microphone.hear(sample("voice.wav"))
        }
        await home.until { $0.recording == nil }
        await eventually { !gone.isEmpty }
        XCTAssert(microphone.stopped)
        guard case .draft(let notice?)? = gone.last else { return XCTFail("nothing was said of it: \(gone)") }
        XCTAssertEqual(notice.failure.kind, "storage")
        let draft = try await unfinished(workbench)
        let kept = try await workbench.evidence(id: XCTUnwrap(draft.evidence.first))
        XCTAssertGreaterThan(kept.size, 30_000)
        XCTAssert(kept.readable)
        home.close()
    }

    @MainActor
    func testAMicrophoneThatIsTakenAwayKeepsWhatWasSaid() async throws {
        for reason in EndReason.allCases {
            let platform = try TestPlatform(self)
            let (workbench, _) = try await ready(platform)
            var gone: [Place] = []
            let home = try await speaking(workbench, platform, go: { gone.append($0) })
            platform.microphone?.onEnd(reason)
            await home.until { $0.recording == nil }
            await eventually { !gone.isEmpty }
            let kept = try await unfinished(workbench)
            XCTAssertEqual(kept.evidence.count, 1)
            guard case .draft(let notice?)? = gone.last else { return XCTFail("nothing was said of it: \(gone)") }
            XCTAssertEqual(notice.failure.key, "recording.\(reason.rawValue)")
            home.close()
        }
    }

    @MainActor
    func testAScreenThatClosesKeepsWhatIsBeingSaid() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let home = try await speaking(workbench, platform)
        home.close()
        let kept = try await unfinished(workbench)
        XCTAssertEqual(kept.evidence.count, 1)
        let pending = try await workbench.pendingTranscriptions()
        XCTAssertEqual(pending.count, 1)
    }

    @MainActor
    func testAScreenThatClosesWhileItLoadsBeginsNothing() async throws {
        let platform = try TestPlatform(self, models: models())
        do {
            let (workbench, _) = try await ready(platform)
            let recording = EvidenceDraft(path: try sample("voice.wav"), source: .recording, consent: .ownVoice)
            let evidence = try await workbench.keepEvidence(draft: recording).evidence.id
            try await workbench.keepUnfinished(draft: TouchDraft(evidence: [evidence]))
            DraftModel(workbench, platform, leave: {}).close()
        }
        await storesClose(in: platform.folder)
        let again = try await Workbench.open(settings: platform.settings())
        let pending = try await again.pendingTranscriptions()
        XCTAssertEqual(pending.count, 1)
    }

    @MainActor
    func testWithoutTheSpeechModelTheRecordingIsKeptAndTheRestIsWritten() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        let home = try await speaking(workbench, platform)
        home.stopRecording()
        await home.until { $0.home?.unfinished == true }
        let draft = DraftModel(workbench, platform, leave: {})
        await draft.until { $0.failure != nil && !$0.listening }
        XCTAssertEqual(draft.state.failure?.kind, "model")
        draft.dismiss()
        await save(draft, customer)
        XCTAssertEqual(draft.state.saved?.touch.status, .recorded)
        let pending = try await workbench.pendingTranscriptions()
        XCTAssertEqual(pending.count, 1)
        for model in [home, draft] as [any AnyModel] { model.close() }
    }

    /// How long a recording is follows from its samples: no clock of the phone is in it.
    @MainActor
    func testAClockThatJumpsChangesNoRecording() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let recorder = try await workbench.startRecording(consent: .ownVoice, rate: rate)
        let first = try recorder.append(pcm: Data(count: 3200))
        let second = try recorder.append(pcm: Data(count: 3200))
        XCTAssertEqual([first.durationMs, second.durationMs], [100, 200])
        try await recorder.discard()
    }

    @MainActor
    func testAClockThatJumpsLosesNothingAndIsTold() async throws {
        for days: Int64 in [-3, 3] {
            let platform = try TestPlatform(self)
            let (workbench, customer) = try await ready(platform)
            let before = workbench.today()
            let home = HomeModel(workbench, platform, second: {}, go: { _ in })
            home.startRecording(.ownVoice)
            await home.until { $0.recording != nil }
            try platform.microphone?.hear(sample("voice.wav"))
            platform.clock.moveBy(ms: days * 86_400_000)
            home.stopRecording()
            await home.until { $0.home?.unfinished == true }
            let draft = DraftModel(workbench, platform, leave: {})
            await draft.until { $0.failure?.kind == "model" && !$0.listening }
            await save(draft, customer)
            let touch = try XCTUnwrap(draft.state.saved?.touch)
            XCTAssertNotEqual(touch.day, before)
            XCTAssertEqual(touch.day, workbench.today())
            XCTAssertEqual(touch.evidence.map(\.flags), [["clock_set_by_hand"]])
            await home.until { $0.home?.report.day == touch.day && $0.home?.report.touches.count == 1 }

            // The clock is put right: the card is that of today as soon as one comes back to it.
            platform.clock.moveBy(ms: -days * 86_400_000)
            home.refresh()
            await home.until { $0.home?.report.day == before && $0.home?.report.touches.isEmpty == true }
            let kept = try await workbench.recentTouches(limit: 5)
            XCTAssertEqual(kept.map(\.day), [touch.day])
            for model in [home, draft] as [any AnyModel] { model.close() }
        }
    }

    @MainActor
    func testADeniedPermissionSaysWhereItIsGivenAndSpinsNot() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        platform.access = [.microphone: .denied, .camera: .denied, .location: .denied]
        let home = HomeModel(workbench, platform, go: { _ in })
        home.startRecording(.ownVoice)
        await home.until { $0.failure != nil }
        XCTAssertEqual(home.state.failure, Failure(ChudaError.denied(.microphone)))
        XCTAssertEqual(home.state.failure?.remedy, .settings)
        XCTAssertNil(home.state.recording)
        home.remedy(.settings)
        XCTAssertNil(home.state.failure)
        XCTAssertEqual(platform.settingsOpened, 1)
        home.takePhoto()
        await home.until { $0.failure == Failure(ChudaError.denied(.camera)) }
        home.close()
    }

    @MainActor
    func testARefusedPermissionAfterAgreeingSaysSo() async throws {
        let platform = try TestPlatform(self)
        let workbench = try await offline(platform)
        platform.answers[.microphone] = .denied
        let home = HomeModel(workbench, platform, go: { _ in })
        home.startRecording(.ownVoice)
        await home.until { $0.choosing != nil }
        home.agree()
        await home.until { $0.failure == Failure(ChudaError.denied(.microphone)) }
        home.close()
    }

    @MainActor
    func testNothingSpinsAfterItFailed() async throws {
        let platform = try TestPlatform(self)
        let (workbench, _) = try await ready(platform)
        let unknown = "00000000-0000-7000-8000-000000000000"
        let touch = TouchModel(workbench, platform, unknown, go: { _ in })
        await touch.until { $0.failure != nil && !$0.loading }
        let customer = CustomerModel(workbench, platform, unknown, go: { _ in })
        await customer.until { $0.failure != nil && !$0.loading }
        let evidence = EvidenceModel(workbench, platform, unknown)
        await evidence.until { $0.failure != nil }
        evidence.play()
        await evidence.until { !$0.playing }
        let sync = SyncModel(workbench, platform, go: { _ in })
        sync.sync()
        await sync.until { $0.failure?.remedy == .join && !$0.syncing }
        let draft = DraftModel(workbench, platform, leave: {})
        draft.save()
        await draft.until { $0.failure != nil && !$0.saving }
        XCTAssertNil(draft.state.saved)
        let first = FirstRunModel(nil, try TestPlatform(self), leave: {}, done: { _ in XCTFail("nobody joined") })
        first.type(server: "http://127.0.0.1:1", code: "CODE")
        first.join()
        await first.until { $0.failure != nil && !$0.working }
        for model in [touch, customer, evidence, sync, draft, first] as [any AnyModel] { model.close() }
    }

    @MainActor
    func testNothingIsCalledSentThatIsNot() async throws {
        let platform = try TestPlatform(self)
        let (workbench, customer) = try await ready(platform)
        let draft = DraftModel(workbench, platform, leave: {})
        platform.camera = [try sample("photo.jpg")]
        // All of it before the screen has loaded.
        draft.takePhoto()
        await save(draft, customer)
        XCTAssertEqual(draft.state.saved?.touch.state, .savedHere)
        XCTAssertEqual(draft.state.saved?.touch.evidence.map(\.state), [.savedHere])
        draft.close()
    }

    /// The first screen, on which somebody is just speaking.
    @MainActor
    private func speaking(
        _ workbench: Workbench, _ platform: TestPlatform, _ consent: Consent = .ownVoice, go: @escaping (Place) -> Void = { _ in }
    ) async throws -> HomeModel {
        let home = HomeModel(workbench, platform, go: go)
        home.startRecording(consent)
        await home.until { $0.recording != nil }
        try platform.microphone?.hear(sample("voice.wav"))
        return home
    }

    /// A visit with a demo, chosen by hand and saved.
    @MainActor
    private func save(_ draft: DraftModel, _ customer: CustomerView) async {
        draft.fill("customer", customer.id)
        draft.fill("mode", "visit")
        draft.fill("action", "demo")
        await draft.until { $0.view?.missing == [] }
        draft.save()
        await draft.until { $0.saved != nil }
    }

    /// Every failure that the screens make themselves has a sentence in both languages, and none of the core's is shown as its key.
    func testEveryFailureIsASentence() throws {
        let own = Permission.allCases.map(ChudaError.denied) + EndReason.allCases.map { .stopped("recording.\($0.rawValue)") }
        for language in ["zh", "en"] {
            let words = Words(language)
            for failure in (own + [.stopped("open.no_app")]).map({ Failure($0) }) {
                let text = words(failure)
                XCTAssertFalse(text.contains(failure.key), "\(language): \(text)")
            }
            struct Unknown: Error {}
            for failure in [Failure(Unknown()), Failure(ChudaError.Storage(key: "new.key", params: [:]))] {
                XCTAssertGreaterThan(words(failure).count, failure.key.count)
                XCTAssertFalse(words(failure).contains("{"), words(failure))
            }
        }
    }
}

/// The system refuses to write files beyond a size, as a disk does that is full.
@MainActor
enum FullDisk {
    #if canImport(Glibc)
        private static let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #else
        private static let kind = RLIMIT_FSIZE
    #endif
    private static let usual = {
        var usual = rlimit()
        getrlimit(kind, &usual)
        return usual
    }()

    static func above(_ bytes: rlim_t) {
        signal(SIGXFSZ, SIG_IGN)
        var full = rlimit(rlim_cur: bytes, rlim_max: usual.rlim_max)
        setrlimit(kind, &full)
    }

    static func end() {
        var usual = usual
        setrlimit(kind, &usual)
    }
}

import Foundation
import XCTest

@testable import Chuda

/// What an app does with the package, against the real library and a real server.
final class WorkbenchTests: XCTestCase {
    func testADayIsFiledAndReachesTheServer() async throws {
        let server = try given("CHUDA_TEST_SERVER")
        let settings = settings(try folder(of: self), models: try models())
        let phone = try await Workbench.createEnrolled(settings: settings, server: server, code: try given("CHUDA_TEST_CODE"))
        let identity = try await phone.identity()
        XCTAssertEqual(identity.server, server)
        let customer = try await phone.addCustomer(draft: CustomerDraft(name: "佛山乐居家具"))
        XCTAssertEqual(customer.stage, .claimed)

        let heard = try await phone.recordVoice(voice())
        XCTAssert(heard.transcript.text.contains("展厅"), heard.transcript.text)
        XCTAssertEqual(heard.draft.customer?.value, customer.id)
        let visit = try await phone.recordTouch(
            draft: TouchDraft(
                customer: heard.draft.customer?.value,
                mode: heard.draft.contactMode?.value ?? .visit,
                action: heard.draft.action?.value,
                evidence: [heard.evidence.id],
                nextAction: heard.draft.nextAction?.value,
                nextDate: heard.draft.nextDate?.value
            ))
        XCTAssertEqual(visit.touch.status, .recorded)
        XCTAssertNotNil(visit.touch.nextDate)

        let photo = try await phone.keepEvidence(draft: photo()).evidence
        XCTAssert(photo.readable)
        let thumbnail = try await phone.thumbnail(id: photo.id)
        XCTAssertNotNil(thumbnail)
        _ = try await phone.recordTouch(draft: TouchDraft(customer: customer.id, mode: .phone, action: "demo", evidence: [photo.id]))

        // Two touches are fewer than three, so the report wants a reason.
        let short = await thrown { try await phone.fileReport(request: ReportRequest()) }
        guard case .Invalid(let key, _)? = short else { return XCTFail("\(String(describing: short))") }
        XCTAssert(key.hasPrefix("report."), key)
        let report = try await phone.fileReport(request: ReportRequest(tomorrow: "发报价单", reason: "travel"))
        XCTAssert(report.short)
        XCTAssertEqual(report.touches.count, 2)
        XCTAssertEqual(report.day, phone.today())

        let sync = try await phone.sync()
        XCTAssertGreaterThan(sync.pushed, 0)
        XCTAssertEqual(sync.rejected.count, 0)
        XCTAssertEqual(sync.blobs.left, 0)
        guard case .verified = try await phone.evidence(id: photo.id).state else { return XCTFail("the photo is not there") }
        let after = try await phone.status().summary
        XCTAssertEqual(after.recordsWaiting, 0)
        XCTAssertNotNil(after.lastSync)
    }

    func testTheHomeScreenComesAtOnceAndWithEveryChange() async throws {
        let phone = try await offline()
        var homes = phone.homes().makeAsyncIterator()
        let first = try await homes.next()
        XCTAssertEqual(first?.touchesToday.count, 0)
        let customer = try await phone.addCustomer(draft: CustomerDraft(name: "苏州明远电子"))
        _ = try await phone.recordTouch(
            draft: TouchDraft(customer: customer.id, mode: .phone, action: "demo", allowDraft: true))
        while let home = try await homes.next() {
            guard let touch = home.touchesToday.first else { continue }
            XCTAssertEqual(touch.customerName, "苏州明远电子")
            break
        }
    }

    func testCancellingTheTaskStopsATranscriptionAndKeepsTheRecording() async throws {
        let phone = try await offline(models: try models())
        let draft = try voice()
        let (started, start) = AsyncStream<Void>.makeStream()
        let work = Task { try await phone.recordVoice(draft) { _ in start.yield() } }
        for await _ in started { break }
        work.cancel()
        switch await work.result {
        case .success: XCTFail("it was not cancelled")
        case .failure(let error): XCTAssert(error is CancellationError, "\(error)")
        }
        let kept = try await phone.pendingTranscriptions()
        XCTAssertEqual(kept.count, 1)
        let heard = try await phone.transcribe(kept[0])
        XCTAssertFalse(heard.transcript.text.isEmpty)
        let left = try await phone.pendingTranscriptions()
        XCTAssertEqual(left, [])
    }

    func testAUsedTokenEndsTheWorkWithCancelled() async throws {
        let phone = try await offline(models: try models())
        let token = CancelToken()
        token.cancel()
        let draft = try voice()
        let error = await thrown { try await phone.recordVoice(draft: draft, progress: nil, cancel: token) }
        guard case .Cancelled? = error else { return XCTFail("\(String(describing: error))") }
        let kept = try await phone.pendingTranscriptions()
        XCTAssertEqual(kept.count, 1)
    }

    func testVoiceWithoutAModelKeepsTheRecordingAndSaysWhatIsMissing() async throws {
        let phone = try await offline()
        let draft = try voice()
        let error = await thrown { try await phone.recordVoice(draft) }
        guard case .Model? = error else { return XCTFail("\(String(describing: error))") }
        let kept = try await phone.pendingTranscriptions()
        XCTAssertEqual(kept.count, 1)
    }

    func testARefusalIsTypedAndChangesNothing() async throws {
        let phone = try await offline()
        let customer = try await phone.addCustomer(draft: CustomerDraft(name: "杭州智联科技")).id
        let bare = TouchDraft(customer: customer, mode: .visit, action: "demo")
        let missing = await thrown { try await phone.recordTouch(draft: bare) }
        guard case .Invalid? = missing else { return XCTFail("\(String(describing: missing))") }
        XCTAssertEqual(missing?.key, "touch.evidence_missing")
        let malformed = await thrown { try await phone.customer(id: "no id") }
        XCTAssertEqual(malformed?.key, "id.malformed")
        let unknown = await thrown { try await phone.touch(id: customer) }
        guard case .NotFound? = unknown else { return XCTFail("\(String(describing: unknown))") }
        let touches = try await phone.touchesOf(day: phone.today())
        XCTAssertEqual(touches.count, 0)
    }

    func testWithoutANetworkEverythingIsKept() async throws {
        let settings = settings(try folder(of: self))
        let refused = await thrown { try await Workbench.createEnrolled(settings: settings, server: "http://127.0.0.1:1", code: "CODE") }
        guard case .Offline? = refused else { return XCTFail("\(String(describing: refused))") }
        XCTAssertFalse(storeExists(dir: settings.dir))
        let phone = try await Workbench.createOffline(settings: settings, name: "李强")
        _ = try await phone.addCustomer(draft: CustomerDraft(name: "杭州志连信息"))
        let again = await thrown { try await phone.enrol(server: "http://127.0.0.1:1", code: "CODE") }
        guard case .Offline? = again else { return XCTFail("\(String(describing: again))") }
        let customers = try await phone.customers()
        XCTAssertEqual(customers.map(\.name), ["杭州志连信息"])
    }

    func testAListenerThatThrowsDisturbsNobody() async throws {
        final class Failing: Listener, @unchecked Sendable {
            struct Mistake: Error {}
            let told: @Sendable () -> Void

            init(_ told: @escaping @Sendable () -> Void) {
                self.told = told
            }

            func changed(home: HomeView) throws {
                told()
                throw Mistake()
            }
        }
        let phone = try await offline()
        let (called, call) = AsyncStream<Void>.makeStream()
        let subscription = try await phone.subscribe(listener: Failing { call.yield() })
        for await _ in called { break }
        _ = try await phone.addCustomer(draft: CustomerDraft(name: "苏州明源电气"))
        for try await home in phone.homes() {
            XCTAssertEqual(home.touchesToday.count, 0)
            break
        }
        subscription.cancel()
        subscription.cancel()
    }

    func testEvidenceIsKeptWhileTheKeyCantBeUsed() async throws {
        let saved = try await offline(signer: LockedSigner()).keepEvidence(draft: photo())
        XCTAssert(saved.evidence.readable)
        XCTAssertFalse(saved.claim.signed)
    }

    func testAKeystoreThatFailsIsATypedError() async throws {
        let settings = settings(try folder(of: self), signer: BrokenSigner())
        let error = await thrown { try await Workbench.createOffline(settings: settings, name: "李强") }
        XCTAssertEqual(error?.key, "callback.failed")
    }

    func testASoftwareKeyIsTheSameAfterItWasStored() async throws {
        let key = SoftwareSigner.generate()
        let again = try SoftwareSigner.fromPkcs8(der: key.toPkcs8())
        XCTAssertEqual(try key.publicKey(), try again.publicKey())
        let saved = try await offline(signer: again).keepEvidence(draft: photo())
        XCTAssert(saved.claim.signed)
    }

    func testAStoreOpensAgain() async throws {
        let settings = settings(try folder(of: self))
        do {
            let phone = try await Workbench.createOffline(settings: settings, name: "李强")
            _ = try await phone.addCustomer(draft: CustomerDraft(name: "苏州明源电气"))
        }
        let customers = try await Workbench.open(settings: settings).customers()
        XCTAssertEqual(customers.count, 1)
    }

    func testEveryCallIsSafeFromAnyThread() async throws {
        let phone = try await offline()
        let names = Set((1...40).map { "客户\($0)" })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask { _ = try await phone.addCustomer(draft: CustomerDraft(name: name)) }
            }
            try await group.waitForAll()
        }
        let customers = try await phone.customers()
        XCTAssertEqual(Set(customers.map(\.name)), names)
    }

    private func offline(signer: DeviceSigner = SoftwareSigner.generate(), models: String? = nil) async throws -> Workbench {
        try await Workbench.createOffline(settings: settings(try folder(of: self), signer: signer, models: models), name: "李强")
    }
}

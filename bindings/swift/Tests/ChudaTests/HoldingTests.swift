import Foundation
import XCTest

@testable import Chuda

/// What is held, let go and called from everywhere: nothing leaks, nothing is used after it is gone.
final class HoldingTests: XCTestCase {
    func testTenThousandCallsLeaveNothingBehind() async throws {
        let phone = try await offline()
        _ = try await phone.addCustomer(draft: CustomerDraft(name: "佛山乐居家具"))
        func calls(_ count: Int) async throws {
            for _ in 0..<count / 4 {
                _ = phone.options()
                _ = try await phone.customers()
                _ = try? await phone.customer(id: "no id")
                _ = CancelToken()
            }
        }
        // The first calls fill caches that stay.
        try await calls(2000)
        let before = try residentBytes()
        try await calls(10_000)
        // Four calls that each lose the smallest answer, 200 bytes, would already be more than this.
        XCTAssertLessThan(try residentBytes() - before, 8 << 20)
    }

    func testCallsFromManyTasksAtOnceAllAnswer() async throws {
        let phone = try await offline()
        let customer = try await phone.addCustomer(draft: CustomerDraft(name: "佛山乐居家具"))
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    number.isMultiple(of: 10)
                        ? try await phone.recordTouch(
                            draft: TouchDraft(customer: customer.id, mode: .phone, action: "demo", allowDraft: true)
                        ).touch.customer == customer.id
                        : try await phone.customers().count == 1
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        XCTAssertEqual(answers, 200)
        let touches = try await phone.touchesOf(day: phone.today())
        XCTAssertEqual(touches.count, 20)
    }

    func testAListenerIsLetGoWithItsSubscription() async throws {
        let phone = try await offline()
        weak var gone: Counting?
        do {
            let listener = Counting()
            gone = listener
            let subscription = try await phone.subscribe(listener: listener)
            XCTAssertNotNil(gone)
            subscription.cancel()
            // Ending what has ended is nothing.
            subscription.cancel()
        }
        // A call that was under way comes to its end first.
        await until { gone == nil }
    }

    func testAfterTheEndOfASubscriptionNobodyIsTold() async throws {
        let phone = try await offline()
        let listener = Counting()
        do {
            let subscription = try await phone.subscribe(listener: listener)
            await until { listener.count == 1 }
            subscription.cancel()
        }
        let told = listener.count
        _ = try await phone.addCustomer(draft: CustomerDraft(name: "苏州明远电子"))
        XCTAssertEqual(listener.count, told)
    }

    func testASignerIsLetGoWithItsWorkbench() async throws {
        weak var gone: LockedSigner?
        do {
            let signer = LockedSigner()
            gone = signer
            _ = try await offline(signer: signer).customers()
        }
        await until { gone == nil }
    }

    func testWhatWasBegunEndsAlthoughTheWorkbenchWasLetGo() async throws {
        let settings = settings(try folder(of: self))
        var phone: Workbench? = try await Workbench.createOffline(settings: settings, name: "李强")
        let adding = Task { [phone] in try await phone!.addCustomer(draft: CustomerDraft(name: "杭州智联科技")) }
        let subscription = try await phone!.subscribe(listener: Counting())
        phone = nil
        let added = try await adding.value
        XCTAssertEqual(added.name, "杭州智联科技")
        subscription.cancel()
        let again = try await Workbench.open(settings: settings).customers()
        XCTAssertEqual(again.map(\.id), [added.id])
    }

    func testLeavingTheLoopLetsTheWorkbenchGo() async throws {
        weak var gone: Workbench?
        do {
            let phone = try await offline()
            gone = phone
            for try await _ in phone.homes() { break }
        }
        // The stream's task ends on a thread of its own.
        await until { gone == nil }
    }

    func testATokenCanBeUsedTwiceAndTooEarly() async throws {
        let token = CancelToken()
        token.cancel()
        token.cancel()
        let phone = try await offline()
        let error = await thrown { try await phone.sync(blobs: .all, progress: nil, cancel: token) }
        XCTAssertNotNil(error)
    }

    func testAProgressThatThrowsDisturbsNobody() async throws {
        final class Failing: TranscriptionProgress, @unchecked Sendable {
            struct Mistake: Error {}
            func progressed(share: Float) throws {
                throw Mistake()
            }
        }
        let phone = try await Workbench.createOffline(settings: settings(try folder(of: self), models: try models()), name: "李强")
        let heard = try await phone.recordVoice(draft: voice(), progress: Failing(), cancel: nil)
        XCTAssertFalse(heard.transcript.text.isEmpty)
    }

    func testEveryErrorSaysWhatToDo() {
        let errors: [ChudaError] = [
            .Invalid(key: "k", params: ["a": "b"]), .NotFound(key: "k", params: ["a": "b"]), .NotAllowed(key: "k", params: ["a": "b"]),
            .Offline(key: "k", params: ["a": "b"]), .Server(key: "k", params: ["a": "b"]), .Storage(key: "k", params: ["a": "b"]),
            .Model(key: "k", params: ["a": "b"]), .Cancelled(key: "k", params: ["a": "b"]), .Internal(key: "k", params: ["a": "b"]),
        ]
        XCTAssertEqual(errors.map(\.action), ChudaError.Action.allCases)
        XCTAssert(errors.allSatisfy { $0.key == "k" && $0.params == ["a": "b"] })
    }

    private func offline(signer: DeviceSigner = SoftwareSigner.generate()) async throws -> Workbench {
        try await Workbench.createOffline(settings: settings(try folder(of: self), signer: signer), name: "李强")
    }
}

private final class Counting: Listener, @unchecked Sendable {
    private let lock = NSLock()
    private var told = 0

    var count: Int {
        lock.withLock { told }
    }

    func changed(home: HomeView) {
        lock.withLock { told += 1 }
    }
}

/// The memory of this process that is in use; only where the system tells it in a file.
private func residentBytes() throws -> Int {
    guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
        let pages = statm.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw XCTSkip("this system does not tell") }
    return pages * 4096
}

import Chuda
import XCTest

@testable import ChudaModels

/// A rep's first day, against the real core and a real server, by the events of the screens.
final class DayTests: XCTestCase {
    @MainActor
    func testADayIsFiledBySixTouchesWhileTheServerIsDown() async throws {
        let server = try Server(self)
        let platform = try TestPlatform(self, models: models())
        platform.code = try server.invite("李强", "rep")
        try await server.up()

        // The first run: scan and join.
        let app = AppModel(platform)
        app.open()
        await app.until { $0.firstRun != nil }
        app.state.firstRun?.scan()
        await app.until { $0.workbench != nil }
        let workbench = try XCTUnwrap(app.state.workbench)
        XCTAssertNil(app.state.firstRun)
        let customers = app.customers(workbench)
        customers.add(CustomerDraft(name: "佛山乐居家具"))
        customers.save()
        await customers.until { $0.adding == nil && !$0.customers.isEmpty }
        app.back()
        let home = app.home(workbench)
        await home.until { $0.home != nil }

        // The first press explains what recording means; from then on a press records.
        home.startRecording(.ownVoice)
        await home.until { $0.choosing != nil }
        guard case .agreement(let consent)? = home.state.choosing else { return XCTFail("nothing was asked") }
        XCTAssertFalse(consent.text.zh.isEmpty)
        home.agree()
        await home.until { $0.choosing == nil }
        await eventually { platform.permission(.microphone) == .granted }
        server.down()

        let finger = Finger()
        finger.touch {
            home.startRecording(.ownVoice)
        }
        await home.until { $0.recording != nil }
        try platform.microphone?.hear(sample("voice.wav"))
        await home.until { ($0.recording?.durationMs ?? 0) > 7000 }
        XCTAssertGreaterThan(home.state.recording?.levels.max() ?? 0, 0.05)
        // Letting go is part of the same touch.
        home.stopRecording()
        await eventually { !app.stack.places.isEmpty }
        let draft = app.draft(workbench, nil)
        await draft.until { $0.view?.heard != nil && !$0.listening && $0.view?.missing == [] }
        XCTAssertEqual(draft.state.value("customer"), "佛山乐居家具")
        let action = try XCTUnwrap(draft.state.view?.slots.first { $0.field == "action" })
        XCTAssertEqual(action.inputs.first?.choices.first(where: \.chosen)?.value, "demo")
        XCTAssertNotNil(action.heard)

        platform.camera = [try sample("photo.jpg")]
        finger.touch { draft.takePhoto() }
        // The shutter of the system's camera.
        finger.touch {}
        await draft.until { $0.view?.evidence.count == 2 && $0.thumbnails.count == 1 }
        finger.touch { draft.save() }
        await draft.until { $0.saved != nil }
        XCTAssertEqual(draft.state.saved?.touch.status, .recorded)
        await eventually { app.stack.places.isEmpty }

        let seconds = Seconds()
        let evening = HomeModel(workbench, platform, second: { try await seconds.pass() }, go: app.go)
        await evening.until { $0.home?.touchesToday.count == 1 }
        let scheduled = platform.syncsScheduled
        finger.touch { evening.file() }
        await evening.until { $0.choosing == .reason }
        let reasons = try XCTUnwrap(evening.state.home?.report.reasons)
        finger.touch { evening.chooseReason(reasons[0].key) }
        await evening.until { $0.home?.report.filed != nil && $0.undo == 5 }
        XCTAssertLessThanOrEqual(finger.touches, 6)

        // It can be taken back, and is not sent before that time is over.
        evening.undo()
        // The second that had begun passes all the same.
        await seconds.letPass(1)
        await evening.until { $0.home?.report.filed == nil && $0.undo == 0 }
        evening.chooseReason(reasons[0].key)
        await evening.until { $0.home?.report.filed != nil && $0.undo == 5 }
        XCTAssertEqual(platform.syncsScheduled, scheduled)
        await seconds.letPass(5)
        await evening.until { $0.undo == 0 }
        await eventually { platform.syncsScheduled > scheduled }

        // No signal: it says so, keeps everything and claims nothing.
        let sync = app.sync(workbench)
        sync.sync()
        await sync.until { !$0.syncing && $0.failure != nil }
        XCTAssertEqual(sync.state.failure?.remedy, .retry)
        await sync.until { ($0.status?.summary.recordsWaiting ?? 0) > 0 }
        let waiting = try XCTUnwrap(sync.state.status)
        XCTAssertFalse(waiting.items.contains { $0.kind == "touch" && $0.state == .verified })

        try await server.up()
        sync.remedy(.retry)
        await sync.until { !$0.syncing && $0.lastReport != nil }
        XCTAssertNil(sync.state.failure)
        XCTAssertEqual(sync.state.lastReport?.blobs.left, 0)
        await sync.until { $0.status?.summary.recordsWaiting == 0 && $0.status?.summary.blobsWaiting == 0 }
        for evidence in draft.state.view?.evidence ?? [] {
            let state = try await workbench.evidence(id: evidence.id).state
            XCTAssertEqual(state, .verified)
        }
        evening.close()
        app.close()
    }

    /// B2 and the words that come back: two phones, one server.
    @MainActor
    func testAQuestionIsAskedAnsweredAndRead() async throws {
        let server = try Server(self)
        let (repPlatform, techPlatform) = (try TestPlatform(self), try TestPlatform(self))
        let (repCode, techCode) = (try server.invite("李强", "rep"), try server.invite("赵工", "tech"))
        try await server.up()
        let rep = try await enrolled(repPlatform, repCode)
        let tech = try await enrolled(techPlatform, techCode)
        _ = try await rep.sync()
        let customer = try await rep.addCustomer(draft: CustomerDraft(name: "杭州智联科技"))

        let draft = DraftModel(rep, repPlatform, leave: {})
        draft.fill("customer", customer.id)
        draft.fill("mode", "wechat")
        draft.fill("action", "tech_question")
        await draft.until { $0.view?.missing.prefix(2) == ["tech_owner", "response_by"] }
        let owner = try XCTUnwrap(draft.state.view?.slots.first { $0.field == "tech_owner" })
        XCTAssertEqual(owner.inputs.first?.choices.map(\.text), ["赵工"])
        draft.fill("note", "能否接 Modbus")
        draft.fill("tech_owner", "赵工")
        draft.fill("response_by", rep.today())
        repPlatform.files = [try sample("quote.pdf")]
        draft.addFile()
        await draft.until { $0.view?.missing == [] }
        let asked = try await rep.unfinished()
        draft.save()
        await draft.until { $0.saved != nil }
        // And another one, which is answered on the first screen.
        var second = try XCTUnwrap(asked)
        second.evidence = [try await rep.keepEvidence(draft: EvidenceDraft(path: sample("photo.jpg"), source: .camera)).evidence.id]
        _ = try await rep.recordTouch(draft: second)
        _ = try await rep.sync()
        _ = try await tech.sync()

        let home = HomeModel(tech, techPlatform, go: { _ in })
        await home.until { $0.home?.tasks.count == 2 }
        let first = try XCTUnwrap(home.state.home?.tasks.first)
        home.answer(first.id, nil)
        await home.until { $0.choosing == .answer(Answer(task: first, choice: nil)) }
        home.answer(first.id, nil, reason: "支持")
        await home.until { $0.home?.tasks.count == 1 && $0.choosing == nil }
        XCTAssertNil(home.state.failure)

        let tasks = TasksModel(tech, techPlatform)
        XCTAssertEqual(tasks.state.reminders, .askable)
        tasks.remind()
        await tasks.until { $0.reminders == .granted }
        XCTAssertEqual(techPlatform.asked, [.notifications])
        await tasks.until { $0.tasks.count == 1 }
        let task = tasks.state.tasks[0]
        tasks.answer(task.id, nil)
        await tasks.until { $0.answering != nil }
        tasks.giveReason(nil)
        XCTAssertNil(tasks.state.answering)
        tasks.answer(task.id, nil)
        await tasks.until { $0.answering != nil }
        tasks.giveReason("可以，用网关")
        await tasks.until { $0.tasks.isEmpty }
        _ = try await tech.sync()
        _ = try await rep.sync()

        let told = TasksModel(rep, repPlatform)
        await told.until { $0.notices.count == 2 && !$0.loading }
        let notice = told.state.notices[0].id
        told.tick(notice)
        await told.until { $0.notices.count == 1 }
        told.tick(notice)
        await told.until { $0.failure?.key == "task.already_done" }
        told.dismiss()
        XCTAssertNil(told.state.failure)
        for model in [draft, tasks, told, home] as [any AnyModel] { model.close() }
    }
}

/// Seconds that pass when the test says so.
@MainActor
final class Seconds {
    private var waiting: [CheckedContinuation<Void, Error>] = []

    func pass() async throws {
        try await withCheckedThrowingContinuation { waiting.append($0) }
    }

    func letPass(_ count: Int) async {
        for _ in 0..<count {
            await eventually { !waiting.isEmpty }
            end()
        }
    }

    /// Nobody waits any more.
    func end() {
        waiting.forEach { $0.resume() }
        waiting = []
    }
}

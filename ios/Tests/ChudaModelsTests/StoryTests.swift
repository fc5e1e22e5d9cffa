import Chuda
import Foundation
import XCTest

@testable import ChudaModels

/// The stories of `tests/stories`, played through the view models. The core and Android's view models play the same.
final class StoryTests: XCTestCase {
    @MainActor
    func testStoriesOfTheDraftComeTrue() async throws {
        try await play("draft")
    }

    @MainActor
    func testStoriesOfTheFirstScreenComeTrue() async throws {
        try await play("home")
    }

    @MainActor
    func testStoriesOfEveryModelComeTrue() async throws {
        try await play("model")
    }

    @MainActor
    func testStoriesOfWhoIsAskedComeTrue() async throws {
        try await play("asked") { _ in try await Stage.asked(self) }
    }

    @MainActor
    private func play(_ screen: String) async throws {
        try await play(screen) { try await Stage($0, TestPlatform(self)) }
    }

    @MainActor
    private func play(_ screen: String, _ set: (Story) async throws -> Stage) async throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: given("CHUDA_STORIES") + "/\(screen).json"))
        for story in try XCTUnwrap(JSONSerialization.jsonObject(with: data) as? [Story]) {
            let stage = try await set(story)
            for (number, step) in (story["steps"] as? [Story] ?? []).enumerated() {
                if step["early"] == nil { await stage.loaded() }
                if let done = step["do"] as? [String] { try await stage.act(done) }
                for (what, wanted) in step["see"] as? Story ?? [:] {
                    await eventually("\(story["story"] ?? ""), step \(number): \(what) is not \(wanted)") {
                        json(stage.seen(what), wanted) == json(wanted, wanted)
                    }
                }
            }
            stage.close()
        }
    }
}

/// A state, what is done, and what is then seen.
private typealias Story = [String: Any]

/// What JSON says of it; of an object only what is looked for.
private func json(_ seen: Any?, _ wanted: Any) -> Data? {
    let shown = (wanted as? Story).map { wanted in wanted.keys.reduce(into: Story()) { $0[$1] = (seen as? Story)?[$1] ?? NSNull() } }
    return try? JSONSerialization.data(withJSONObject: [shown ?? seen ?? NSNull()], options: .sortedKeys)
}

@MainActor
private final class Stage {
    private let platform: TestPlatform
    private let workbench: Workbench
    private let home: HomeModel
    private let draft: DraftModel
    private let probe: Probe
    private let sync: SyncModel
    /// The screens' time stands still.
    private let seconds = Seconds()

    init(_ platform: TestPlatform, _ workbench: Workbench) {
        self.platform = platform
        self.workbench = workbench
        home = HomeModel(workbench, platform, second: seconds.pass, go: { _ in })
        draft = DraftModel(workbench, platform) {}
        probe = Probe(workbench, platform)
        sync = SyncModel(workbench, platform, go: { _ in })
    }

    convenience init(_ story: Story, _ platform: TestPlatform) async throws {
        platform.access = [.microphone: .granted, .camera: .granted]
        // 10:00 in Shanghai on 2026-11-23, as the core's clock has it.
        platform.clock.moveBy(ms: Int64((1_795_399_200 - Date.now.timeIntervalSince1970) * 1000))
        let workbench = try await offline(platform)
        workbench.speak(language: story["language"] as? String ?? "zh")
        for name in story["customers"] as? [String] ?? [] { _ = try await workbench.addCustomer(draft: CustomerDraft(name: name)) }
        if let unfinished = story["unfinished"] as? [String: String] {
            let modes: [String: ContactMode] = ["phone": .phone, "visit": .visit]
            try await workbench.keepUnfinished(
                draft: TouchDraft(mode: unfinished["mode"].flatMap { modes[$0] }, action: unfinished["action"]))
        }
        self.init(platform, workbench)
    }

    /// Somebody who is asked a technical question.
    static func asked(_ test: XCTestCase) async throws -> Stage {
        let server = try Server(test)
        let (platform, other) = (try TestPlatform(test), try TestPlatform(test))
        let (rep, tech) = (try server.invite("李强", "rep"), try server.invite("赵工", "tech"))
        try await server.up()
        let asks = try await enrolled(other, rep)
        let asked = try await enrolled(platform, tech)
        _ = try await asks.sync()
        let customer = try await asks.addCustomer(draft: CustomerDraft(name: "杭州智联科技")).id
        let photo = try await asks.keepEvidence(draft: EvidenceDraft(path: sample("photo.jpg"), source: .camera)).evidence.id
        let about = TouchDraft(
            customer: customer, mode: .wechat, action: "tech_question", evidence: [photo], techOwner: "赵工", responseBy: asks.today())
        _ = try await asks.recordTouch(draft: about)
        _ = try await asks.sync()
        _ = try await asked.sync()
        return Stage(platform, asked)
    }

    func loaded() async {
        await home.until { $0.home != nil }
        await draft.until { $0.view != nil }
    }

    func act(_ words: [String]) async throws {
        let one = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "fill": draft.fill(one, try await value(words[2]))
        case "find": draft.find(one)
        case "new_customer": draft.newCustomer(one)
        case "add": try add(one)
        case "take_out": draft.takeOut(try XCTUnwrap(draft.state.view?.evidence[Int(one) ?? 0]).id)
        case "save": draft.save()
        case "discard": draft.discard()
        case "capture": _ = try await workbench.keepEvidence(draft: EvidenceDraft(path: sample(one), source: .camera))
        case "resume": home.resume()
        case "tomorrow": home.chooseTomorrow(one)
        case "file": home.file()
        case "reason": home.chooseReason(one)
        case "undo": home.undo()
        case "let_stand": await seconds.letPass(5)
        case "a_day_passes": platform.clock.moveBy(ms: 86_400_000)
        case "network": platform.wifi = one == "wifi"
        case "wifi_only": platform.prefer("wifi_only", "true")
        case "answer": home.answer(try XCTUnwrap(home.state.home?.tasks.first).id, nil, reason: words.count > 1 ? one : nil)
        case "again": home.remedy(.retry)
        case "disk": one == "full" ? FullDisk.above(0) : FullDisk.end()
        case "deny": deny(one)
        default: try await probe.act(words[0], one)
        }
    }

    private func add(_ file: String) throws {
        if file.hasSuffix("jpg") {
            platform.camera = [try sample(file)]
            draft.takePhoto()
        } else {
            platform.files = [try sample(file)]
            draft.addFile()
        }
    }

    private func deny(_ permission: String) {
        if permission == "camera" {
            platform.access[.camera] = .denied
            home.takePhoto()
        } else {
            platform.access[.microphone] = .denied
            home.startRecording(.ownVoice)
        }
    }

    /// `@name` stands for the id of a customer.
    private func value(_ value: String) async throws -> String {
        guard value.hasPrefix("@") else { return value }
        return try await workbench.findCustomers(words: String(value.dropFirst()))[0].id
    }

    func seen(_ what: String) -> Any? {
        let (card, view) = (home.state.home?.report, draft.state.view)
        let slots = (view?.slots ?? []) + (view?.more ?? [])
        func each(_ show: (SlotView) -> Any?) -> Any? {
            Dictionary(uniqueKeysWithValues: slots.map { ($0.field, show($0) ?? NSNull()) })
        }
        func choices(_ slot: SlotView) -> [ChoiceView] { slot.inputs.flatMap(\.choices) }
        switch what {
        case "loose": return home.state.home?.loose.count
        case "unfinished": return home.state.home?.unfinished
        case "waiting": return home.state.home?.waiting
        case "tasks": return home.state.home?.tasks.count
        case "sync":
            return home.state.home.map(\.sync.line).map { ["key": $0.key, "text": $0.text, "standing": "\($0.standing)"] as Story }
        case "waits_for_wifi": return sync.state.waitsForWifi
        case "undo": return home.state.undo
        case "choosing": return home.state.choosing.map { String("\($0)".prefix { $0 != "(" }) }
        case "day": return card?.day
        case "filing": return card.map { $0.filing == .fileShort ? "file_short" : "\($0.filing)" }
        case "full": return card?.full
        case "undo_seconds": return card?.undoSeconds
        case "tomorrow": return card?.tomorrow
        case "another": return card?.another
        case "missing": return view?.missing
        case "missing_touches": return card?.missing
        case "values": return each { $0.value }
        case "labels": return each { $0.label }
        case "offered": return each { choices($0).map(\.text) }
        case "chosen": return each { choices($0).filter(\.chosen).map(\.value) }
        case "slots": return view?.slots.map(\.field)
        case "can_save": return view?.canSave
        case "save": return view?.save
        case "new_customer": return view?.newCustomer
        case "evidence": return view?.evidence.count
        case "kinds": return view?.evidence.map { "\($0.kind)" }
        case "saved": return draft.state.saved.map { "\($0.touch.status)" }
        case "failure":
            let failure = home.state.failure ?? draft.state.failure ?? probe.state.failure
            return failure.map {
                ["key": $0.key, "kind": $0.kind, "remedy": $0.remedy.map { "\($0)" } ?? NSNull(), "calm": $0.calm] as Story
            }
        default: return probe.seen(what)
        }
    }

    func close() {
        for model in [home, draft, probe, sync] as [any AnyModel] { model.close() }
        seconds.end()
    }
}

/// A screen that shows nothing: what every model does.
private struct ProbeState: ScreenState {
    var shown = false
    var attempts = 0
    var looks: [String] = []
    var failure: Failure?
}

private final class Probe: Model<ProbeState> {
    private let workbench: Workbench
    private var showFails = true

    init(_ workbench: Workbench, _ platform: Platform) {
        self.workbench = workbench
        super.init(ProbeState(), platform)
    }

    func act(_ what: String, _ one: String) async throws {
        switch what {
        case "show_fails":
            follow(workbench) { [self] _ in
                if showFails { throw ChudaError.Storage(key: "storage.full", params: [:]) }
                state.shown = true
            }
        case "show_works":
            showFails = false
            _ = try await workbench.addCustomer(draft: CustomerDraft(name: "宁波海天机械"))
        case "two_looks": twoLooks()
        case "work_fails": attempt(one)
        case "retry": remedy(.retry)
        default: XCTFail(what)
        }
    }

    func seen(_ what: String) -> Any? {
        switch what {
        case "shown": state.shown
        case "attempts": state.attempts
        case "looks": state.looks
        default: nil
        }
    }

    private func twoLooks() {
        let (held, hold) = AsyncStream.makeStream(of: Void.self)
        work { [self] in
            try await lookUp { [self] in
                for await _ in held {}
                state.looks.append("older")
            }
        }
        work { [self] in try await lookUp { [self] in state.looks.append("newer") } }
        work { hold.finish() }
    }

    private func attempt(_ key: String) {
        work(again: { [self] in attempt(key) }) { [self] in
            state.attempts += 1
            switch key {
            case "storage.full": throw ChudaError.Storage(key: key, params: [:])
            case "sync.offline": throw ChudaError.Offline(key: key, params: [:])
            default: throw ChudaError.Invalid(key: key, params: [:])
            }
        }
    }
}

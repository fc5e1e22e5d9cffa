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
    private func play(_ screen: String) async throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: given("CHUDA_STORIES") + "/\(screen).json"))
        for story in try JSONDecoder().decode([Story].self, from: data) {
            let stage = try await Stage(story, TestPlatform(self))
            for (number, step) in story.steps.enumerated() {
                if step.early != true { await stage.loaded() }
                if let done = step.do { try await stage.act(done) }
                for (what, wanted) in step.see ?? [:] {
                    await eventually("\(story.story), step \(number): \(what) is not \(wanted)") {
                        stage.seen(what).narrowed(wanted) == wanted
                    }
                }
            }
            stage.close()
        }
    }
}

/// A state, what is done, and what is then seen.
private struct Story: Decodable {
    struct Step: Decodable {
        var `do`: [String]?
        var early: Bool?
        var see: [String: Json]?
    }

    let story: String
    var language: String?
    var customers: [String]?
    var unfinished: [String: String]?
    let steps: [Step]
}

/// What JSON can say.
private enum Json: Decodable, Equatable {
    case null, flag(Bool), number(Int), text(String), list([Json]), object([String: Json])

    init(from decoder: Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Json].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Json].self))
        }
    }

    init(_ text: String?) { self = text.map(Json.text) ?? .null }
    init(_ flag: Bool?) { self = flag.map(Json.flag) ?? .null }
    init(_ number: (any BinaryInteger)?) { self = number.map { .number(Int($0)) } ?? .null }
    init(_ list: [String]?) { self = list.map { .list($0.map(Json.text)) } ?? .null }

    /// Of an object only what is looked for.
    func narrowed(_ wanted: Json) -> Json {
        guard case .object(let seen) = self, case .object(let wanted) = wanted else { return self }
        return .object(wanted.mapValues { _ in .null }.merging(seen.filter { wanted[$0.key] != nil }) { _, seen in seen })
    }
}

@MainActor
private final class Stage {
    private let platform: TestPlatform
    private let workbench: Workbench
    private let home: HomeModel
    private let draft: DraftModel
    private let probe: Probe

    init(_ story: Story, _ platform: TestPlatform) async throws {
        self.platform = platform
        platform.access = [.microphone: .granted, .camera: .granted]
        // 10:00 in Shanghai on 2026-11-23, as the core's clock has it.
        platform.clock.moveBy(ms: Int64((1_795_399_200 - Date.now.timeIntervalSince1970) * 1000))
        workbench = try await offline(platform)
        workbench.speak(language: story.language ?? "zh")
        for name in story.customers ?? [] { _ = try await workbench.addCustomer(draft: CustomerDraft(name: name)) }
        if let unfinished = story.unfinished {
            let modes: [String: ContactMode] = ["phone": .phone, "visit": .visit]
            try await workbench.keepUnfinished(
                draft: TouchDraft(mode: unfinished["mode"].flatMap { modes[$0] }, action: unfinished["action"]))
        }
        home = HomeModel(workbench, platform, second: { try await Task.sleep(for: .seconds(3600)) }, go: { _ in })
        draft = DraftModel(workbench, platform) {}
        probe = Probe(workbench, platform)
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

    func seen(_ what: String) -> Json {
        let (card, view) = (home.state.home?.report, draft.state.view)
        let slots = (view?.slots ?? []) + (view?.more ?? [])
        func each(_ show: (SlotView) -> Json) -> Json { .object(Dictionary(uniqueKeysWithValues: slots.map { ($0.field, show($0)) })) }
        func choices(_ slot: SlotView) -> [ChoiceView] { slot.inputs.flatMap(\.choices) }
        switch what {
        case "loose": return Json(home.state.home?.loose.count)
        case "unfinished": return Json(home.state.home?.unfinished)
        case "waiting": return Json(home.state.home?.waiting)
        case "sync": return home.state.home.map { shown($0.sync.line) } ?? .null
        case "undo": return Json(home.state.undo)
        case "choosing": return Json(home.state.choosing.map { "\($0)" })
        case "filing": return Json(card.map { $0.filing == .fileShort ? "file_short" : "\($0.filing)" })
        case "full": return Json(card?.full)
        case "undo_seconds": return Json(card?.undoSeconds)
        case "tomorrow": return Json(card?.tomorrow)
        case "another": return Json(card?.another)
        case "missing": return Json(view?.missing)
        case "missing_touches": return Json(card?.missing)
        case "values": return each { Json($0.value) }
        case "labels": return each { Json($0.label) }
        case "offered": return each { Json(choices($0).map(\.text)) }
        case "chosen": return each { Json(choices($0).filter(\.chosen).map(\.value)) }
        case "slots": return Json(view?.slots.map(\.field))
        case "can_save": return Json(view?.canSave)
        case "save": return Json(view?.save)
        case "new_customer": return Json(view?.newCustomer)
        case "evidence": return Json(view?.evidence.count)
        case "saved": return Json(draft.state.saved.map { "\($0.touch.status)" })
        case "failure": return (home.state.failure ?? draft.state.failure ?? probe.state.failure).map(shown) ?? .null
        default: return probe.seen(what)
        }
    }

    private func shown(_ line: SyncLine) -> Json {
        .object(["key": .text(line.key), "text": .text(line.text), "standing": .text("\(line.standing)")])
    }

    private func shown(_ failure: Failure) -> Json {
        .object(["key": .text(failure.key), "kind": .text(failure.kind), "remedy": Json(failure.remedy.map { "\($0)" })])
    }

    func close() {
        for model in [home, draft, probe] as [any AnyModel] { model.close() }
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

    func seen(_ what: String) -> Json {
        switch what {
        case "shown": Json(state.shown)
        case "attempts": Json(state.attempts)
        case "looks": Json(state.looks)
        default: .null
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
            throw key == "storage.full" ? ChudaError.Storage(key: key, params: [:]) : ChudaError.Invalid(key: key, params: [:])
        }
    }
}

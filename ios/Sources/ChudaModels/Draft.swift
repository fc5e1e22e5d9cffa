import Chuda
import Foundation

/// The half-made touch, to be confirmed.
public struct DraftState: ScreenState, Equatable {
    public var draft = TouchDraft()
    /// What was understood, with the words that said it.
    public var heard: Draft?
    /// Customers to choose from: those that the sound could not tell apart, else those touched last.
    public var candidates: [Candidate] = []
    /// What still has to be given.
    public var missing: [Slot] = [.customer, .mode, .action, .evidence]
    /// What the action asks for beyond that (B2, T6); stays once it was asked.
    public var asked: Set<Slot> = []
    public var customerName: String?
    public var evidence: [EvidenceView] = []
    public var thumbnails: [EvidenceId: Data] = [:]
    public var options: Options
    public var people: [PersonView] = []
    /// All customers whose name fits what is typed.
    public var found: [Candidate] = []
    public var today: Day
    public var listening = false
    /// How far listening is: 0 to 1.
    public var share: Float = 0
    public var saving = false
    public var saved: TouchSaved?
    public var failure: Failure?

    public init(options: Options, today: Day) {
        self.options = options
        self.today = today
    }
}

/// What a touch needs.
public enum Slot: Hashable, Sendable {
    case customer, mode, action, evidence
    /// Who answers the technical question (B2).
    case techOwner
    /// Until when (B2).
    case responseBy
    /// A field of the form by its name, a supervisor's own among them (T6).
    case field(String)
}

public final class DraftModel: Model<DraftState> {
    private let workbench: Workbench
    private let leave: () -> Void
    private var hearing: Task<Void, Never>?
    private var looking: Task<Void, Never>?
    /// What is put aside must not come back after it was recorded or thrown away.
    private let keeping = Line()
    private var over = false
    private static let shownCandidates = 6

    public init(_ workbench: Workbench, _ platform: Platform, notice: Failure? = nil, leave: @escaping () -> Void) {
        self.workbench = workbench
        self.leave = leave
        super.init(DraftState(options: workbench.options(), today: workbench.today()), platform)
        state.failure = notice
        work { [self] in
            try await keeping.run { [self] in
                guard let kept = try await workbench.unfinished() else { return }
                // What was tapped before it came wins.
                state.draft = fillDraft(chosen: state.draft, heard: kept)
            }
            state.people = try await workbench.people()
            try await suggestCustomers()
            try await look()
            let pending = try await workbench.pendingTranscriptions()
            if let spoken = pending.first(where: state.draft.evidence.contains) {
                listen(spoken)
            } else {
                try await recall()
            }
        }
    }

    /// Listens to the recording once more.
    public func listenAgain() {
        guard let recording = state.evidence.last(where: { $0.source == "recording" }) else { return }
        listen(recording.id)
    }

    /// Gives up listening: the recording stays, the rest is filled in by hand.
    public func stopListening() {
        hearing?.cancel()
    }

    private func listen(_ recording: EvidenceId) {
        guard !state.listening else { return }
        state.listening = true
        state.share = 0
        state.failure = nil
        hearing = work { [self] in
            defer { state.listening = false }
            let voice = try await workbench.transcribe(recording) { share in
                Task { @MainActor in self.state.share = max(self.state.share, share) }
            }
            state.heard = voice.draft
            state.draft = fillDraft(chosen: state.draft, heard: voice.touch)
            if !voice.candidates.isEmpty { state.candidates = voice.candidates }
            platform.feedback(.tick)
            try await keep()
        }
    }

    /// The words of a recording that was understood before the app ended.
    private func recall() async throws {
        guard let words = state.evidence.lazy.compactMap(\.transcript).first else { return }
        let understood = try await workbench.understand(words: words)
        state.heard = understood.draft
        if !understood.candidates.isEmpty { state.candidates = understood.candidates }
    }

    /// The customers that were touched last, for a touch that names none.
    private func suggestCustomers() async throws {
        let last = try await workbench.recentTouches(limit: 20).map { Candidate(id: $0.customer, name: $0.customerName) }
        let others = try await workbench.customers().map { Candidate(id: $0.id, name: $0.name) }
        var seen = Set<CustomerId>()
        state.candidates = Array((last + others).filter { seen.insert($0.id).inserted }.prefix(Self.shownCandidates))
    }

    public func chooseCustomer(_ id: CustomerId) {
        change { $0.customer = id }
    }

    /// Looks for customers by what is typed.
    public func find(_ words: String) {
        work { [self] in
            let found = trimmed(words).isEmpty ? [] : try await workbench.findCustomers(words: trimmed(words))
            state.found = found.prefix(Self.shownCandidates).map { Candidate(id: $0.id, name: $0.name) }
        }
    }

    /// Enters a customer and takes it.
    public func newCustomer(_ name: String) {
        work { [self] in
            let id = try await workbench.addCustomer(draft: CustomerDraft(name: trimmed(name))).id
            state.found = []
            state.draft.customer = id
            try await keep()
        }
    }

    public func chooseMode(_ mode: ContactMode) {
        change { $0.mode = mode }
    }

    public func chooseAction(_ key: String) {
        change { $0.action = key }
    }

    /// Any other field.
    public func change(_ how: (inout TouchDraft) -> Void) {
        // Whoever changes it may look at the state meanwhile.
        var draft = state.draft
        how(&draft)
        state.draft = draft
        // Whoever types fast is looked at once, at the end; what they typed is kept each time.
        looking?.cancel()
        looking = work(again: { [self] in change { _ in } }) { [self] in try await keep() }
    }

    public func takePhoto() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await photo(platform) { try await add(captured) }
        }
    }

    public func addFile() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await platform.pickFile() { try await add(captured) }
        }
    }

    /// Takes a piece of evidence out of the touch: it stays, and is offered again.
    public func takeOut(_ id: EvidenceId) {
        // The words of a recording go with it; what they filled in was shown and stays.
        if state.evidence.contains(where: { $0.id == id && $0.source == "recording" }) {
            stopListening()
            state.heard = nil
        }
        change { $0.evidence.removeAll { $0 == id } }
    }

    private func add(_ captured: Captured) async throws {
        let id = try await workbench.keep(captured, platform)
        state.draft.evidence.append(id)
        try await keep()
    }

    /// What the camera made and the store could not take.
    private func keepLeftovers() {
        work(again: keepLeftovers) { [self] in
            state.draft.evidence += try await workbench.keepLeftovers(platform)
            try await keep()
        }
    }

    /// Records the touch as it is. Without evidence it is kept as 待补证据.
    public func save() {
        guard !state.saving else { return }
        state.saving = true
        state.failure = nil
        work(again: save) { [self] in
            defer { state.saving = false }
            try await keeping.run { [self] in
                var draft = state.draft
                draft.allowDraft = draft.evidence.isEmpty
                state.saved = try await workbench.recordTouch(draft: draft)
                over = true
            }
            hearing?.cancel()
            platform.feedback(.done)
            platform.scheduleSync()
            leave()
        }
    }

    /// It waits on the home screen.
    public func keepForLater() {
        work { [self] in
            try await keep()
            leave()
        }
    }

    /// Throws the touch away; its evidence stays and belongs to nothing.
    public func discard() {
        work { [self] in
            try await keeping.run { [self] in
                over = true
                try await workbench.keepUnfinished(draft: nil)
            }
            hearing?.cancel()
            leave()
        }
    }

    /// Puts the draft aside as it is now, then looks at it.
    private func keep() async throws {
        try await keeping.run { [self] in
            guard !over else { return }
            try await workbench.keepUnfinished(draft: state.draft == TouchDraft() ? nil : state.draft)
        }
        try Task.checkCancellation()
        try await look()
    }

    /// What belongs to the draft, and what it still lacks.
    private func look() async throws {
        let draft = state.draft
        var evidence: [EvidenceView] = []
        for id in draft.evidence {
            evidence.append(try await workbench.evidence(id: id))
            if state.thumbnails[id] == nil { state.thumbnails[id] = try await workbench.thumbnail(id: id) }
        }
        let name = if let customer = draft.customer { try await workbench.customer(id: customer).name } else { String?.none }
        let (missing, asked) = try await missing(draft)
        // What changed meanwhile has its own look.
        guard draft == state.draft else { return }
        state.evidence = evidence
        state.customerName = name
        state.missing = missing
        state.asked.formUnion(asked)
    }

    /// First the four of every touch, then what the rules ask of this one.
    private func missing(_ draft: TouchDraft) async throws -> ([Slot], Set<Slot>) {
        var missing: [Slot] = []
        if draft.customer == nil { missing.append(.customer) }
        if draft.mode == nil { missing.append(.mode) }
        if draft.action == nil { missing.append(.action) }
        var asked = Set<Slot>()
        if missing.isEmpty {
            do {
                try await workbench.checkTouch(draft: draft)
            } catch let error as ChudaError {
                guard let slot = Slot(error) else { throw error }
                // Whoever asks a colleague also says until when.
                asked = slot == .techOwner || slot == .responseBy ? [.techOwner, .responseBy] : [slot]
                if case .field = slot { missing.append(slot) }
            }
        }
        if asked.contains(.techOwner) && trimmed(draft.techOwner ?? "").isEmpty { missing.append(.techOwner) }
        if asked.contains(.responseBy) && draft.responseBy == nil { missing.append(.responseBy) }
        if draft.evidence.isEmpty { missing.append(.evidence) }
        return (missing, asked)
    }
}

extension Slot {
    /// What an error says is missing.
    fileprivate init?(_ error: ChudaError) {
        switch error.key {
        case "touch.tech_owner_missing": self = .techOwner
        case "touch.response_by_missing": self = .responseBy
        case "touch.field_missing":
            guard let field = error.params["field"] else { return nil }
            self = .field(field)
        default: return nil
        }
    }
}

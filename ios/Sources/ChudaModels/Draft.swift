import Chuda
import Foundation

/// The half-made touch, to be confirmed.
public struct DraftState: ScreenState, Equatable {
    /// What there is to fill in, what was heard, what is missing. None as long as it is loaded.
    public var view: DraftView?
    public var thumbnails: [EvidenceId: Data] = [:]
    public var listening = false
    /// How far listening is: 0 to 1.
    public var share: Float = 0
    public var saving = false
    public var saved: TouchSaved?
    public var failure: Failure?

    public init() {}
}

public final class DraftModel: Model<DraftState> {
    private let workbench: Workbench
    private let drafting: Drafting
    private let leave: () -> Void

    public init(_ workbench: Workbench, _ platform: Platform, notice: Failure? = nil, leave: @escaping () -> Void) {
        self.workbench = workbench
        self.leave = leave
        drafting = workbench.draft()
        super.init(DraftState(), platform)
        state.failure = notice
        work(again: refresh) { [self] in
            try await look()
            if let recording = state.view?.waitsForListening { listen(recording) }
        }
    }

    /// Fills a field in with what the view offers, or with what is typed; with nothing it is open again.
    public func fill(_ field: String, _ value: String) {
        act(.fill(field: field, value: value))
    }

    /// Looks for customers by what is typed.
    public func find(_ words: String) {
        act(.find(words: words))
    }

    /// Enters a customer and takes it.
    public func newCustomer(_ name: String) {
        act(.newCustomer(name: name))
    }

    public func takePhoto() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await photo(platform) { add(try await workbench.keep(captured, platform)) }
        }
    }

    public func addFile() {
        work(again: keepLeftovers) { [self] in
            if let captured = try await platform.pickFile() { add(try await workbench.keep(captured, platform)) }
        }
    }

    /// Takes a piece of evidence out of the touch: it stays, and is offered again.
    public func takeOut(_ id: EvidenceId) {
        act(.takeOut(evidence: id))
    }

    /// Listens to the recording once more.
    public func listenAgain() {
        if let recording = state.view?.canListen { listen(recording) }
    }

    /// Gives up listening: the recording stays, the rest is filled in by hand.
    public func stopListening() {
        drafting.stopListening()
    }

    private func listen(_ recording: EvidenceId) {
        guard !state.listening else { return }
        state.listening = true
        state.share = 0
        work { [self] in
            defer {
                state.listening = false
                refresh()
            }
            let heard = try await drafting.listen(recording) { share in
                Task { @MainActor in self.state.share = max(self.state.share, share) }
            }
            if heard { platform.feedback(.tick) }
        }
    }

    /// Records the touch as it is. Without evidence it is kept as 待补证据.
    public func save() {
        guard !state.saving else { return }
        state.saving = true
        state.failure = nil
        work(again: save) { [self] in
            defer { state.saving = false }
            state.saved = try await drafting.save()
            platform.feedback(.done)
            platform.scheduleSync()
            leave()
        }
    }

    /// It waits on the home screen.
    public func keepForLater() {
        work { [self] in
            try await look()
            leave()
        }
    }

    /// Throws the touch away; its evidence stays and belongs to nothing.
    public func discard() {
        work { [self] in
            try await drafting.discard()
            leave()
        }
    }

    /// What the camera made and the store could not take.
    private func keepLeftovers() {
        work(again: keepLeftovers) { [self] in try await workbench.keepLeftovers(platform).forEach(add) }
    }

    private func add(_ evidence: EvidenceId) {
        act(.add(evidence: evidence))
    }

    private func act(_ event: DraftEvent) {
        drafting.act(event: event)
        refresh()
    }

    private func refresh() {
        work(again: refresh) { [self] in try await look() }
    }

    /// What it is now, put aside before it is shown.
    private func look() async throws {
        try await lookUp { [self] in
            let view = try await drafting.look()
            for id in view.evidence.map(\.id) where state.thumbnails[id] == nil {
                state.thumbnails[id] = try await workbench.thumbnail(id: id)
            }
            state.view = view
            if let problem = view.problem { state.failure = problem }
        }
    }
}

import Chuda
import Foundation

/// One touch with its evidence.
public struct TouchState: ScreenState, Equatable {
    public var touch: TouchView?
    public var thumbnails: [EvidenceId: Data] = [:]
    public var loading = true
    public var failure: Failure?

    public init() {}
}

public final class TouchModel: Model<TouchState> {
    private let workbench: Workbench
    private let id: TouchId

    public init(_ workbench: Workbench, _ platform: Platform, _ id: TouchId, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        self.id = id
        super.init(TouchState(), platform, go: go)
        follow(workbench) { [self] _ in try await load() }
    }

    private func load() async throws {
        defer { state.loading = false }
        let touch = try await workbench.touch(id: id)
        state.touch = touch
        for one in touch.evidence where state.thumbnails[one.id] == nil {
            state.thumbnails[one.id] = try await workbench.thumbnail(id: one.id)
        }
    }

    public func openEvidence(_ id: EvidenceId) {
        go(.evidence(id))
    }

    public func openCustomer(_ id: CustomerId) {
        go(.customer(id))
    }

    public func takePhoto() {
        work(again: attachLeftovers) { [self] in
            if let captured = try await photo(platform) { try await attach(captured) }
        }
    }

    public func addFile() {
        work(again: attachLeftovers) { [self] in
            if let captured = try await platform.pickFile() { try await attach(captured) }
        }
    }

    /// Kept first, attached then: whatever fails, nothing captured is lost.
    private func attach(_ captured: Captured) async throws {
        _ = try await workbench.attach(evidence: workbench.keep(captured, platform), touch: id)
        platform.scheduleSync()
    }

    /// What the camera made and the store could not take.
    private func attachLeftovers() {
        work(again: attachLeftovers) { [self] in
            for captured in platform.leftovers() { try await attach(captured) }
        }
    }

    /// The customer answered (客户已反馈).
    public func feedback() {
        work { [self] in
            _ = try await workbench.noteFeedback(touch: id)
            platform.feedback(.done)
            platform.scheduleSync()
        }
    }
}

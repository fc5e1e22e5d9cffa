import Chuda

/// A customer: its health with the sum, its timeline, its briefs, its documents.
public struct CustomerState: ScreenState, Equatable {
    public var page: CustomerPage?
    public var loading = true
    public var failure: Failure?

    public init() {}
}

public final class CustomerModel: Model<CustomerState> {
    private let workbench: Workbench
    private let id: CustomerId

    public init(_ workbench: Workbench, _ platform: Platform, _ id: CustomerId, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        self.id = id
        super.init(CustomerState(), platform, go: go)
        follow(workbench) { [self] _ in try await load() }
    }

    private func load() async throws {
        defer { state.loading = false }
        state.page = try await workbench.customerPage(id: id)
    }

    /// A new touch of this customer.
    public func touch() {
        work { [self] in
            try await workbench.beginTouch(customer: id)
            go(.draft())
        }
    }

    public func open(_ id: TouchId) {
        go(.touch(id))
    }

    public func openEvidence(_ id: EvidenceId) {
        go(.evidence(id))
    }
}

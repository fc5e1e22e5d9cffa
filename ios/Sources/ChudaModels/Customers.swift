import Chuda

/// Customers, reddest first.
public struct CustomersState: ScreenState, Equatable {
    public var customers: [CustomerView] = []
    public var search = ""
    /// The customer that is being entered.
    public var adding: CustomerDraft?
    public var loading = true
    public var failure: Failure?

    public init() {}
}

public final class CustomersModel: Model<CustomersState> {
    private let workbench: Workbench

    public init(_ workbench: Workbench, _ platform: Platform, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        super.init(CustomersState(), platform, go: go)
        follow(workbench) { [self] _ in try await load() }
    }

    public func find(_ words: String) {
        state.search = words
        work { [self] in try await lookUp(load) }
    }

    private func load() async throws {
        defer { state.loading = false }
        let search = state.search
        let words = trimmed(search)
        let found = words.isEmpty ? try await workbench.customers() : try await workbench.findCustomers(words: words)
        // What was typed meanwhile has its own answer.
        if state.search == search { state.customers = found }
    }

    public func open(_ id: CustomerId) {
        go(.customer(id))
    }

    /// Begins a new customer, changes what is typed, or with nothing gives it up.
    public func add(_ draft: CustomerDraft?) {
        state.adding = draft
        state.failure = nil
    }

    public func save() {
        guard let draft = state.adding else { return }
        work(again: save) { [self] in
            let customer = try await workbench.addCustomer(draft: draft)
            state.adding = nil
            state.search = ""
            platform.scheduleSync()
            go(.customer(customer.id))
        }
    }
}

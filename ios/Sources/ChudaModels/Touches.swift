import Chuda

/// Own touches, newest first, day by day.
public struct TouchesState: ScreenState, Equatable {
    public var days: [TouchDay] = []
    public var today: Day
    public var loading = true
    public var failure: Failure?

    public init(today: Day) {
        self.today = today
    }
}

public final class TouchesModel: Model<TouchesState> {
    private let workbench: Workbench

    public init(_ workbench: Workbench, _ platform: Platform, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        super.init(TouchesState(today: workbench.today()), platform, go: go)
        follow(workbench) { [self] _ in try await load() }
    }

    public func refresh() {
        work { [self] in try await lookUp(load) }
    }

    private func load() async throws {
        defer { state.loading = false }
        state.days = try await workbench.touchDays()
        state.today = workbench.today()
    }

    public func open(_ id: TouchId) {
        go(.touch(id))
    }
}

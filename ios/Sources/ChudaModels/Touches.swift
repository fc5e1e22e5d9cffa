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

public struct TouchDay: Equatable, Sendable {
    public let day: Day
    public var touches: [TouchView]

    public init(day: Day, touches: [TouchView]) {
        self.day = day
        self.touches = touches
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
        var days: [TouchDay] = []
        for touch in try await workbench.recentTouches(limit: 100) {
            if days.last?.day == touch.day {
                days[days.count - 1].touches.append(touch)
            } else {
                days.append(TouchDay(day: touch.day, touches: [touch]))
            }
        }
        state.days = days
        state.today = workbench.today()
    }

    public func open(_ id: TouchId) {
        go(.touch(id))
    }
}

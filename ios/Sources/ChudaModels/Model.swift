import Chuda
import Observation

/// What every screen's state has.
public protocol ScreenState: Sendable {
    var failure: Failure? { get set }
}

/// A screen's state and what can be done on it. Whatever fails becomes part of the state.
@MainActor
@Observable
public class Model<State: ScreenState> {
    public internal(set) var state: State
    @ObservationIgnored let platform: Platform
    @ObservationIgnored let go: (Place) -> Void
    @ObservationIgnored private var again: (@MainActor () -> Void)?
    @ObservationIgnored private let looks = Line()
    @ObservationIgnored private var works: [Int: Task<Void, Never>] = [:]
    @ObservationIgnored private var begun = 0
    @ObservationIgnored private(set) var isClosed = false

    init(_ state: State, _ platform: Platform, go: @escaping (Place) -> Void = { _ in }) {
        self.state = state
        self.platform = platform
        self.go = go
    }

    /// The person has read what went wrong.
    public func dismiss() {
        state.failure = nil
        again = nil
    }

    /// The person presses the button beside it.
    public func remedy(_ remedy: Remedy) {
        let again = again
        dismiss()
        switch remedy {
        case .settings: platform.openSettings()
        case .join: go(.join)
        case .retry: again?()
        }
    }

    func fail(_ failure: Failure) {
        state.failure = failure
    }

    /// Begins something that takes time; it holds on to the model until it is done or the model is closed. `again`: what to do when
    /// the person wants it tried again.
    @discardableResult
    func work(again: (@MainActor () -> Void)? = nil, _ what: @escaping @MainActor () async throws -> Void) -> Task<Void, Never> {
        begun += 1
        let number = begun
        let task = Task {
            do {
                try await what()
            } catch is CancellationError {
                // Whoever cancelled knows.
            } catch {
                if !isClosed { self.again = again }
                fail(Failure(error, again: again != nil))
            }
            works[number] = nil
        }
        works[number] = task
        // The screen is gone already. What keeps something in the store comes to its end all the same.
        if isClosed { task.cancel() }
        return task
    }

    /// Shows what there is now and again whenever it changes, until the model is closed.
    @discardableResult
    func follow(_ workbench: Workbench, _ show: @escaping @MainActor (HomeView) async throws -> Void) -> Task<Void, Never> {
        work {
            for try await home in workbench.homes() {
                do {
                    try await self.lookUp { try await show(home) }
                } catch let error where !(error is CancellationError) {
                    self.fail(Failure(error))
                }
            }
        }
    }

    /// Looks something up for the state. One look follows the other, so that no older answer comes after a newer one.
    func lookUp(_ look: @escaping @MainActor () async throws -> Void) async throws {
        try await looks.run(look)
    }

    /// The screen is gone: what only serves it stops.
    public func close() {
        isClosed = true
        for task in works.values { task.cancel() }
        again = nil
    }
}

/// One thing after the other, in the order asked for, and to its end even when nobody waits any more.
@MainActor
final class Line {
    private var last: Task<Void, Never>?

    func run(_ what: @escaping @MainActor () async throws -> Void) async throws {
        let before = last
        let task = Task {
            await before?.value
            try await what()
        }
        last = Task { _ = await task.result }
        try await task.value
    }
}

import Chuda
import Observation

/// Where one can be.
public enum Place: Hashable, Sendable {
    /// The half-made touch. `notice`: what happened on the way here.
    case draft(notice: Notice? = nil)
    case touch(TouchId)
    case evidence(EvidenceId)
    case customer(CustomerId)
    case sync
    /// Joins a team with what is on this phone already.
    case join

    /// The five that the bar at the bottom leads to.
    public enum Tab: CaseIterable, Hashable, Sendable {
        case home, touches, customers, tasks, me
    }
}

/// What happened just before: a failure that did not stop the way.
public struct Notice: Hashable, Sendable {
    public let failure: Failure

    public init(_ failure: Failure) {
        self.failure = failure
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(failure.key)
    }
}

/// The tab, and what was opened on top of it.
@MainActor
@Observable
public final class BackStack {
    public private(set) var tab = Place.Tab.home
    public private(set) var places: [Place] = []

    /// A tab forgets the way.
    public func go(_ tab: Place.Tab) {
        self.tab = tab
        places = []
    }

    /// Puts a place on top, once.
    public func go(_ place: Place) {
        places = places.filter { $0 != place } + [place]
    }

    /// False when there is nothing to go back to.
    @discardableResult
    public func back() -> Bool {
        places.popLast() != nil
    }

    /// The system's own way back has left some of them.
    public func left(_ remaining: [Place]) {
        places = remaining
    }
}

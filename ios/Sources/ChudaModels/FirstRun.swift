import Chuda
import Foundation

/// The first run, and joining a team later.
public struct FirstRunState: ScreenState, Equatable {
    public var step = Step.welcome
    public var server = ""
    public var code = ""
    public var name = ""
    public var working = false
    public var failure: Failure?

    public enum Step: Sendable {
        case welcome, code, name
    }

    public init() {}
}

/// `present`: the store that is there already and is to join a team.
public final class FirstRunModel: Model<FirstRunState> {
    private let present: Workbench?
    private let leave: () -> Void
    private let done: (Workbench) -> Void

    public init(_ present: Workbench?, _ platform: Platform, leave: @escaping () -> Void, done: @escaping (Workbench) -> Void) {
        self.present = present
        self.leave = leave
        self.done = done
        var state = FirstRunState()
        if present != nil { state.step = .code }
        super.init(state, platform)
    }

    /// A scanned invitation joins at once; without a camera it is typed.
    public func scan() {
        state.step = .code
        work { [self] in
            guard let text = try await platform.scanCode() else { return }
            try fillIn(text)
            join()
        }
    }

    /// An invitation that was opened as a link is filled in; the person joins by the button.
    public func invite(_ link: String) {
        // What is under way is not mixed up with it.
        guard !state.working else { return }
        typeCode()
        work { [self] in try fillIn(link) }
    }

    private func fillIn(_ text: String) throws {
        let invitation = try readInvitation(text: text)
        (state.server, state.code) = (invitation.server, invitation.code)
    }

    /// What is typed; a pasted invitation fills both fields.
    public func type(server: String? = nil, code: String? = nil, name: String? = nil) {
        let pasted = [server, code].compactMap { $0 }.compactMap { try? readInvitation(text: $0) }.first
        state.server = pasted?.server ?? server ?? state.server
        state.code = pasted?.code ?? code ?? state.code
        state.name = name ?? state.name
        state.failure = nil
    }

    public func typeCode() {
        state.step = .code
        state.failure = nil
    }

    public func join() {
        let (server, code) = (trimmed(state.server), trimmed(state.code))
        enter(again: join) { [self] in
            guard let present else {
                return try await Workbench.createEnrolled(settings: platform.settings(), server: server, code: code)
            }
            _ = try await present.enrol(server: server, code: code)
            return present
        }
    }

    /// Asks for the name first; with one it begins.
    public func startOffline() {
        guard state.step == .name else {
            state.step = .name
            state.failure = nil
            return
        }
        let name = trimmed(state.name)
        enter(again: startOffline) { [self] in try await Workbench.createOffline(settings: platform.settings(), name: name) }
    }

    private func enter(again: @escaping @MainActor () -> Void, _ how: @escaping @MainActor () async throws -> Workbench) {
        guard !state.working else { return }
        state.working = true
        state.failure = nil
        work(again: again) { [self] in
            defer { state.working = false }
            let workbench = try await how()
            platform.scheduleSync()
            done(workbench)
        }
    }

    /// Goes a step back. While it joins, which ends in any case, there is no way back: the server may have used up the code already.
    public func back() {
        guard !state.working else { return }
        if present != nil || state.step == .welcome { return leave() }
        state.step = .welcome
        state.failure = nil
    }
}

func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
}

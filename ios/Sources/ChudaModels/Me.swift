import Chuda

/// This person, this phone.
public struct MeState: ScreenState, Equatable {
    public var identity: Identity?
    public var consents: [ConsentView] = []
    /// What the check of the phone's data found; nothing as long as it has not been asked for.
    public var checks: [Check]?
    public var checking = false
    /// Free bytes.
    public var storage: Int64 = 0
    public var language = "zh"
    public var wifiOnly = false
    public var failure: Failure?

    public init() {}
}

public final class MeModel: Model<MeState> {
    private let workbench: Workbench
    private let speak: (String) -> Void

    public init(_ workbench: Workbench, _ platform: Platform, speak: @escaping (String) -> Void, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        self.speak = speak
        super.init(MeState(), platform, go: go)
        state.storage = platform.freeBytes
        state.language = platform.preference(languagePreference) ?? platform.language
        state.wifiOnly = platform.network.wifiOnly
        follow(workbench) { [self] _ in try await load() }
    }

    private func load() async throws {
        state.identity = try await workbench.identity()
        state.consents = try await workbench.consents()
    }

    /// Agreeing is of no use without the system's permission, so that is asked for, too.
    public func giveConsent(_ purpose: Purpose) {
        work { [self] in
            try await workbench.giveConsent(purpose: purpose)
            try await lookUp(load)
            let permission: Permission = purpose == .location ? .location : .microphone
            guard await platform.ask(permission) == .granted else { throw ChudaError.denied(permission) }
        }
    }

    public func withdrawConsent(_ purpose: Purpose) {
        work { [self] in
            try await workbench.withdrawConsent(purpose: purpose)
            try await lookUp(load)
        }
    }

    /// Reads everything on this phone.
    public func check() {
        guard !state.checking else { return }
        state.checking = true
        work { [self] in
            defer { state.checking = false }
            state.checks = try await workbench.doctor()
        }
    }

    public func chooseLanguage(_ language: String) {
        platform.prefer(languagePreference, language)
        state.language = language
        speak(language)
    }

    public func setWifiOnly(_ only: Bool) {
        platform.prefer(wifiOnlyPreference, only ? "true" : "false")
        state.wifiOnly = only
        platform.scheduleSync()
    }

    public func join() {
        go(.join)
    }
}

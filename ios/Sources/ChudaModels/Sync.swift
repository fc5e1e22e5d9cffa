import Chuda

/// Where every item is on its way.
public struct SyncState: ScreenState, Equatable {
    public var status: StatusView?
    public var syncing = false
    public var lastReport: SyncReport?
    /// Photos and recordings go over Wi-Fi only, as the person chose, and there is none.
    public var waitsForWifi = false
    public var failure: Failure?

    public init() {}
}

public final class SyncModel: Model<SyncState> {
    private let workbench: Workbench
    private var running: Task<Void, Never>?

    public init(_ workbench: Workbench, _ platform: Platform, go: @escaping (Place) -> Void) {
        self.workbench = workbench
        super.init(SyncState(), platform, go: go)
        follow(workbench) { [self] _ in try await load() }
    }

    private func load() async throws {
        state.status = try await workbench.status()
        lookForWifi()
    }

    private func lookForWifi() {
        state.waitsForWifi = state.status.map { blobsWait(sync: $0.summary, network: platform.network) } ?? false
    }

    /// One exchange now.
    public func sync() {
        guard !state.syncing else { return }
        state.syncing = true
        state.failure = nil
        lookForWifi()
        running = work(again: sync) { [self] in
            defer { state.syncing = false }
            state.lastReport = try await workbench.sync(blobsOver(network: platform.network)) { summary in
                Task { @MainActor in
                    // What the exchange told last is overtaken by its end.
                    if self.state.syncing { self.state.status?.summary = summary }
                }
            }
            try await lookUp(load)
        }
    }

    public func stop() {
        running?.cancel()
    }

    /// Makes a refused edit again on top of what the server has.
    public func redo(_ id: RecordId) {
        work { [self] in
            try await workbench.redo(document: id)
            try await lookUp(load)
            platform.scheduleSync()
        }
    }

    public func join() {
        go(.join)
    }
}

extension Platform {
    /// What there is to know of the network, and what the person wants of it.
    public var network: Network { Network(wifiOnly: preference(wifiOnlyPreference) == "true", onWifi: onWifi) }
}

let wifiOnlyPreference = "wifi_only"
let languagePreference = "language"

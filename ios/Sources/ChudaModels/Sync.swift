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
        state.waitsForWifi = (state.status?.summary.blobsWaiting ?? 0) > 0 && blobs(platform) == .none
    }

    /// One exchange now. Photos and recordings wait for Wi-Fi if the person wants that.
    public func sync() {
        guard !state.syncing else { return }
        state.syncing = true
        state.failure = nil
        lookForWifi()
        running = work(again: sync) { [self] in
            defer { state.syncing = false }
            state.lastReport = try await workbench.sync(blobs(platform)) { summary in
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

/// What an exchange may send on this network.
@MainActor
public func blobs(_ platform: Platform) -> BlobChoice {
    platform.preference(wifiOnlyPreference) == "true" && !platform.onWifi ? .none : .all
}

let wifiOnlyPreference = "wifi_only"
let languagePreference = "language"

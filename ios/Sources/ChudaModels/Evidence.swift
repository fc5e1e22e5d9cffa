import Chuda
import Foundation

/// One piece of evidence: the picture, the sound with its words, the document, and how far it can be trusted.
public struct EvidenceState: ScreenState, Equatable {
    public var evidence: EvidenceView?
    /// A JPEG: the thumbnail at first, then the larger one.
    public var picture: Data?
    public var playing = false
    /// Of the sound, in milliseconds.
    public var position: Int64 = 0
    public var failure: Failure?

    public init() {}
}

public final class EvidenceModel: Model<EvidenceState> {
    private let workbench: Workbench
    private let id: EvidenceId
    private var player: Player?
    private var written: Set<String> = []

    public init(_ workbench: Workbench, _ platform: Platform, _ id: EvidenceId) {
        self.workbench = workbench
        self.id = id
        super.init(EvidenceState(), platform)
        work { [self] in
            let evidence = try await workbench.evidence(id: id)
            state.evidence = evidence
            state.picture = try await workbench.thumbnail(id: id)
            guard evidence.here else { return }
            let path = scratch("picture.jpg")
            defer { forget(path) }
            if try await workbench.exportRendition(id: id, to: path) {
                state.picture = try Data(contentsOf: URL(fileURLWithPath: path))
            }
        }
    }

    public func play() {
        if let player {
            player.resume()
            state.playing = true
            return
        }
        work { [self] in
            let path = try await original(workbench.evidence(id: id))
            guard player == nil else { return }
            // A player that somebody keeps does not keep the screen.
            player = try platform.play(
                path,
                onPosition: { [weak self] in self?.state.position = $0 },
                onEnd: { [weak self] in self?.ended(path) }
            )
            state.playing = true
        }
    }

    private func ended(_ path: String) {
        player = nil
        state.playing = false
        state.position = 0
        forget(path)
    }

    public func pause() {
        player?.pause()
        state.playing = false
    }

    /// Shows the original.
    public func open() {
        work { [self] in
            let evidence = try await workbench.evidence(id: id)
            guard platform.open(try await original(evidence), mime: evidence.mime) else { throw ChudaError.stopped("open.no_app") }
        }
    }

    /// Hands over a bundle that anybody can check without this app.
    public func exportProof() {
        work { [self] in
            let path = try await export("proof-\(id.prefix(8)).zip") { try await workbench.exportProof(evidence: id, to: $0) }
            guard platform.share(path, mime: "application/zip") else { throw ChudaError.stopped("open.no_app") }
        }
    }

    private func original(_ evidence: EvidenceView) async throws -> String {
        try await export("evidence.\(evidence.extension)") { try await workbench.exportOriginal(id: id, to: $0) }
    }

    /// A file that is there as long as the screen is, which may have closed while it was written.
    private func export(_ name: String, _ write: (String) async throws -> Void) async throws -> String {
        let path = scratch(name)
        defer { if isClosed { platform.forget(path) } }
        try await write(path)
        try Task.checkCancellation()
        return path
    }

    private func scratch(_ name: String) -> String {
        let path = platform.scratch(name)
        written.insert(path)
        return path
    }

    private func forget(_ path: String) {
        platform.forget(path)
        written.remove(path)
    }

    /// Nothing decrypted is left behind.
    override public func close() {
        player?.stop()
        player = nil
        written.forEach(platform.forget)
        super.close()
    }
}

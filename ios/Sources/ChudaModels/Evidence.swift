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
    private var closed = false

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
            if try await workbench.exportRendition(id: id, to: path) {
                state.picture = try Data(contentsOf: URL(fileURLWithPath: path))
            }
            forget(path)
        }
    }

    public func play() {
        if let player {
            player.resume()
            state.playing = true
            return
        }
        work { [self] in
            let path = try await original()
            guard player == nil, !closed else { return }
            player = try platform.play(
                path,
                onPosition: { [self] in state.position = $0 },
                onEnd: { [self] in
                    player = nil
                    state.playing = false
                    state.position = 0
                    forget(path)
                }
            )
            state.playing = true
        }
    }

    public func pause() {
        player?.pause()
        state.playing = false
    }

    /// Shows the original.
    public func open() {
        work { [self] in
            let mime = try await workbench.evidence(id: id).mime
            guard platform.open(try await original(), mime: mime) else { throw Stopped(failure: Failure(key: "open.no_app")) }
        }
    }

    /// Hands over a bundle that anybody can check without this app.
    public func exportProof() {
        work { [self] in
            let path = scratch("proof-\(id.prefix(8)).zip")
            try await workbench.exportProof(evidence: id, to: path)
            guard platform.share(path, mime: "application/zip") else { throw Stopped(failure: Failure(key: "open.no_app")) }
        }
    }

    private func original() async throws -> String {
        let mime = try await workbench.evidence(id: id).mime
        let kind = mime.split { $0 == "/" || $0 == "-" }.last.map(String.init) ?? "bin"
        let path = scratch("evidence.\(kind)")
        try await workbench.exportOriginal(id: id, to: path)
        // The screen may have closed while the file was written.
        if closed { platform.forget(path) }
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
        closed = true
        player?.stop()
        player = nil
        written.forEach(platform.forget)
        super.close()
    }
}

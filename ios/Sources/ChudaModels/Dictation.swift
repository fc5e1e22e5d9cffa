import Chuda
import Foundation

/// A recording while it is made. `levels`: of the latest pieces, 0 to 1, oldest first.
public struct Recording: Equatable, Sendable {
    public var consent: Consent
    public var durationMs: Int64 = 0
    public var levels: [Float] = []

    public init(consent: Consent, durationMs: Int64 = 0, levels: [Float] = []) {
        self.consent = consent
        self.durationMs = durationMs
        self.levels = levels
    }
}

/// Holding to talk, from the press to kept evidence. Whatever ends it but `cancel` keeps what was said: letting go, a call that comes in, a
/// permission that is withdrawn, a full disk, a screen that closes.
@MainActor
final class Dictation {
    private enum Event: Sendable {
        case level(RecordingLevel)
        case ended(keep: Bool, why: Error?)
    }

    /// What the dictation tells its screen.
    struct Screen {
        var changed: @MainActor (Recording?) -> Void
        var agreementMissing: @MainActor (ConsentView) -> Void
        var failed: @MainActor (Failure) -> Void
        var kept: @MainActor (EvidenceId, Failure?) -> Void
    }

    private let workbench: Workbench
    private let platform: Platform
    private var tell: AsyncStream<Event>.Continuation?
    private static let shownLevels = 48

    init(_ workbench: Workbench, _ platform: Platform) {
        self.workbench = workbench
        self.platform = platform
    }

    func start(_ consent: Consent, _ screen: Screen) {
        guard tell == nil else { return }
        let (events, tell) = AsyncStream.makeStream(of: Event.self)
        self.tell = tell
        Task {
            do {
                let recorder: Recorder?
                do {
                    recorder = try await permitted(screen) ? try await workbench.startRecording(consent: consent, rate: rate) : nil
                } catch {
                    over(screen)
                    throw error
                }
                guard let recorder else { return over(screen) }
                let (keep, why) = await listen(recorder, consent, events, tell, screen)
                // The next one may begin while this one is being kept.
                over(screen)
                try await finish(recorder, keep: keep, why, screen)
            } catch {
                platform.feedback(.error)
                screen.failed(Failure(error))
            }
        }
    }

    private func over(_ screen: Screen) {
        tell = nil
        screen.changed(nil)
    }

    func stop() {
        tell?.yield(.ended(keep: true, why: nil))
    }

    func cancel() {
        tell?.yield(.ended(keep: false, why: nil))
    }

    private func permitted(_ screen: Screen) async throws -> Bool {
        let access = platform.permission(.microphone)
        guard access != .denied else { throw ChudaError.denied(.microphone) }
        guard let consent = try await workbench.consents().first(where: { $0.purpose == .recording }) else { return false }
        if consent.given && access == .granted { return true }
        screen.agreementMissing(consent)
        return false
    }

    /// Until something ends it: whether it is to be kept, and what there is to say.
    private func listen(
        _ recorder: Recorder, _ consent: Consent, _ events: AsyncStream<Event>, _ tell: AsyncStream<Event>.Continuation, _ screen: Screen
    ) async -> (keep: Bool, why: Error?) {
        var recording = Recording(consent: consent)
        screen.changed(recording)
        platform.feedback(.tick)
        let microphone = platform.listen(
            onPiece: { piece in
                do {
                    tell.yield(.level(try recorder.append(pcm: piece)))
                } catch {
                    tell.yield(.ended(keep: true, why: error))
                }
            },
            onEnd: { tell.yield(.ended(keep: true, why: ChudaError.stopped("recording.\($0.rawValue)"))) }
        )
        defer { microphone.stop() }
        for await event in events {
            switch event {
            case .level(let level):
                recording.durationMs = level.durationMs
                recording.levels = (recording.levels + [level.level]).suffix(Self.shownLevels)
                screen.changed(recording)
            case .ended(let keep, let why):
                return (keep, why)
            }
        }
        return (true, nil)
    }

    private func finish(_ recorder: Recorder, keep: Bool, _ why: Error?, _ screen: Screen) async throws {
        guard keep else { return try await recorder.discard() }
        do {
            let evidence = try await recorder.finish().evidence.id
            platform.feedback(why == nil ? .tick : .error)
            screen.kept(evidence, why.map { Failure($0) })
        } catch {
            // Why the microphone ended says more than that nothing came of it.
            throw why ?? error
        }
    }
}

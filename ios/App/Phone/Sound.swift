#if canImport(UIKit)
    import AVFoundation
    import ChudaModels

    /// Plays a recording, through the speaker, and tells where it is.
    @MainActor
    final class SoundPlayer: NSObject, Player, AVAudioPlayerDelegate {
        private let player: AVAudioPlayer
        private let onPosition: @MainActor @Sendable (Int64) -> Void
        private let onEnd: @MainActor @Sendable () -> Void
        private var timer: Timer?

        init(
            _ url: URL, onPosition: @escaping @MainActor @Sendable (Int64) -> Void, onEnd: @escaping @MainActor @Sendable () -> Void
        ) throws {
            try AVAudioSession.sharedInstance().setCategory(.playback, mode: .spokenAudio)
            try AVAudioSession.sharedInstance().setActive(true)
            player = try AVAudioPlayer(contentsOf: url)
            self.onPosition = onPosition
            self.onEnd = onEnd
            super.init()
            player.delegate = self
            resume()
        }

        func pause() {
            timer?.invalidate()
            player.pause()
        }

        func resume() {
            player.play()
            timer = Timer.scheduledTimer(withTimeInterval: 0.2, repeats: true) { [weak self] _ in
                MainActor.assumeIsolated {
                    guard let self else { return }
                    self.onPosition(Int64(self.player.currentTime * 1000))
                }
            }
        }

        func stop() {
            timer?.invalidate()
            player.stop()
        }

        nonisolated func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool) {
            Task { @MainActor in
                stop()
                onEnd()
            }
        }
    }
#endif

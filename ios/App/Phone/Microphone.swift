#if canImport(UIKit)
    import AVFoundation
    import ChudaModels

    /// The microphone, converted to what speech recognition takes: 16 kHz, 16 bit, one channel.
    @MainActor
    final class EngineMicrophone: Microphone {
        private let engine = AVAudioEngine()
        private let onPiece: @Sendable (Data) -> Void
        private let onEnd: @Sendable (EndReason) -> Void
        private var observers: [NSObjectProtocol] = []
        private var isOver = false

        init(onPiece: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (EndReason) -> Void) {
            self.onPiece = onPiece
            self.onEnd = onEnd
            do {
                let session = AVAudioSession.sharedInstance()
                try session.setCategory(.record, mode: .default, options: [.allowBluetooth])
                try session.setActive(true)
                try begin()
                watch()
            } catch {
                end(AVAudioApplication.shared.recordPermission == .granted ? .failed : .notPermitted)
            }
        }

        func stop() {
            guard !isOver else { return }
            isOver = true
            observers.forEach(NotificationCenter.default.removeObserver)
            engine.inputNode.removeTap(onBus: 0)
            engine.stop()
            try? AVAudioSession.sharedInstance().setActive(false, options: .notifyOthersOnDeactivation)
        }

        private func end(_ reason: EndReason) {
            guard !isOver else { return }
            stop()
            onEnd(reason)
        }

        private func begin() throws {
            let source = engine.inputNode.outputFormat(forBus: 0)
            // Without a channel there is no microphone at the moment, as during a call.
            guard source.channelCount > 0, let converter = Converter(from: source) else { throw CocoaError(.featureUnsupported) }
            let onPiece = onPiece
            let frames = AVAudioFrameCount(source.sampleRate / 10)
            engine.inputNode.installTap(onBus: 0, bufferSize: frames, format: source) { buffer, _ in
                if let piece = converter.convert(buffer) { onPiece(piece) }
            }
            engine.prepare()
            try engine.start()
        }

        private func watch() {
            let center = NotificationCenter.default
            observe(AVAudioSession.interruptionNotification) { note in
                let type = note.userInfo?[AVAudioSessionInterruptionTypeKey] as? UInt
                return type == AVAudioSession.InterruptionType.began.rawValue ? .interrupted : nil
            }
            observe(AVAudioSession.mediaServicesWereResetNotification) { _ in .failed }
            // A headset that is plugged in or out changes the format: the recording goes on with the new one.
            observers.append(
                center.addObserver(forName: .AVAudioEngineConfigurationChange, object: engine, queue: .main) { [weak self] _ in
                    MainActor.assumeIsolated { self?.changeRoute() }
                })
        }

        private func changeRoute() {
            guard !isOver else { return }
            engine.inputNode.removeTap(onBus: 0)
            do {
                try begin()
            } catch {
                end(AVAudioApplication.shared.recordPermission == .granted ? .failed : .notPermitted)
            }
        }

        private func observe(_ name: Notification.Name, _ reason: @escaping @Sendable (Notification) -> EndReason?) {
            observers.append(
                NotificationCenter.default.addObserver(forName: name, object: nil, queue: .main) { [weak self] note in
                    guard let reason = reason(note) else { return }
                    MainActor.assumeIsolated { self?.end(reason) }
                })
        }
    }

    /// Used from the microphone's thread only.
    private final class Converter: @unchecked Sendable {
        private let converter: AVAudioConverter
        private let format: AVAudioFormat

        init?(from source: AVAudioFormat) {
            guard let format = AVAudioFormat(commonFormat: .pcmFormatInt16, sampleRate: Double(rate), channels: 1, interleaved: true),
                let converter = AVAudioConverter(from: source, to: format)
            else { return nil }
            self.format = format
            self.converter = converter
        }

        /// 16-bit samples; iPhones are little-endian.
        func convert(_ buffer: AVAudioPCMBuffer) -> Data? {
            let ratio = format.sampleRate / buffer.format.sampleRate
            let capacity = AVAudioFrameCount(Double(buffer.frameLength) * ratio) + 64
            guard let result = AVAudioPCMBuffer(pcmFormat: format, frameCapacity: capacity) else { return nil }
            var given = false
            var failure: NSError?
            converter.convert(to: result, error: &failure) { _, status in
                status.pointee = given ? .noDataNow : .haveData
                defer { given = true }
                return given ? nil : buffer
            }
            guard failure == nil, result.frameLength > 0, let samples = result.int16ChannelData else { return nil }
            return Data(bytes: samples[0], count: Int(result.frameLength) * MemoryLayout<Int16>.size)
        }
    }
#endif

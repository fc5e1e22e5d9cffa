// A stand-in: what the app uses of AVFoundation, declared only.
@_exported import Foundation
import UIKit

public class AVAudioApplication {
    public enum recordPermission { case undetermined, denied, granted }
    public static let shared = AVAudioApplication()
    public var recordPermission: recordPermission { .undetermined }
    public static func requestRecordPermission() async -> Bool { false }
}

public class AVAudioSession {
    public struct Category {
        public static let record = Category()
        public static let playback = Category()
    }
    public struct Mode {
        public static let `default` = Mode()
        public static let spokenAudio = Mode()
    }
    public struct CategoryOptions: OptionSet {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static let allowBluetooth = CategoryOptions(rawValue: 4)
    }
    public struct SetActiveOptions: OptionSet {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
        public static let notifyOthersOnDeactivation = SetActiveOptions(rawValue: 1)
    }
    public enum InterruptionType: UInt { case ended, began }
    public static let interruptionNotification = Notification.Name("interruption")
    public static let mediaServicesWereResetNotification = Notification.Name("reset")
    public class func sharedInstance() -> AVAudioSession { AVAudioSession() }
    public func setCategory(_ category: Category, mode: Mode, options: CategoryOptions = []) throws {}
    public func setActive(_ active: Bool, options: SetActiveOptions = []) throws {}
}

public let AVAudioSessionInterruptionTypeKey = "type"

extension NSNotification.Name {
    public static let AVAudioEngineConfigurationChange = NSNotification.Name("change")
}

public typealias AVAudioFrameCount = UInt32
public typealias AVAudioNodeBus = Int

public enum AVAudioCommonFormat { case pcmFormatFloat32, pcmFormatInt16 }

public class AVAudioFormat {
    public init?(commonFormat: AVAudioCommonFormat, sampleRate: Double, channels: UInt32, interleaved: Bool) {}
    public var sampleRate: Double { 0 }
    public var channelCount: UInt32 { 0 }
}

public class AVAudioBuffer {
    public var format: AVAudioFormat { fatalError() }
}

public class AVAudioPCMBuffer: AVAudioBuffer {
    public init?(pcmFormat: AVAudioFormat, frameCapacity: AVAudioFrameCount) {}
    public var frameLength: AVAudioFrameCount = 0
    public var int16ChannelData: UnsafePointer<UnsafeMutablePointer<Int16>>? { nil }
}

public class AVAudioTime {}

public class AVAudioInputNode {
    public func outputFormat(forBus: AVAudioNodeBus) -> AVAudioFormat { fatalError() }
    public func installTap(
        onBus: AVAudioNodeBus, bufferSize: AVAudioFrameCount, format: AVAudioFormat?,
        block: @escaping (AVAudioPCMBuffer, AVAudioTime) -> Void
    ) {}
    public func removeTap(onBus: AVAudioNodeBus) {}
}

public class AVAudioEngine {
    public init() {}
    public var inputNode: AVAudioInputNode { AVAudioInputNode() }
    public func prepare() {}
    public func start() throws {}
    public func stop() {}
}

public enum AVAudioConverterInputStatus { case haveData, noDataNow, endOfStream }

public enum AVAudioConverterOutputStatus { case haveData, inputRanDry, endOfStream, error }

public class AVAudioConverter {
    public init?(from: AVAudioFormat, to: AVAudioFormat) {}
    @discardableResult
    public func convert(
        to: AVAudioBuffer, error: UnsafeMutablePointer<NSError?>?,
        withInputFrom: (AVAudioFrameCount, UnsafeMutablePointer<AVAudioConverterInputStatus>) -> AVAudioBuffer?
    ) -> AVAudioConverterOutputStatus { .error }
}

public protocol AVAudioPlayerDelegate: AnyObject {
    func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool)
}

public class AVAudioPlayer {
    public init(contentsOf: URL) throws {}
    public weak var delegate: AVAudioPlayerDelegate?
    public var currentTime: TimeInterval = 0
    @discardableResult
    public func play() -> Bool { false }
    public func pause() {}
    public func stop() {}
}

public struct AVMediaType {
    public static let video = AVMediaType()
}

public enum AVAuthorizationStatus { case notDetermined, restricted, denied, authorized }

public class AVCaptureDevice {
    public class func authorizationStatus(for: AVMediaType) -> AVAuthorizationStatus { .denied }
    public class func requestAccess(for: AVMediaType) async -> Bool { false }
    public class func `default`(for: AVMediaType) -> AVCaptureDevice? { nil }
}

public class AVCaptureInput {}

public class AVCaptureDeviceInput: AVCaptureInput {
    public init(device: AVCaptureDevice) throws {}
}

public class AVCaptureOutput {}

public class AVCaptureConnection {}

public class AVMetadataObject {
    public struct ObjectType {
        public static let qr = ObjectType()
    }
}

public class AVMetadataMachineReadableCodeObject: AVMetadataObject {
    public var stringValue: String? { nil }
}

public protocol AVCaptureMetadataOutputObjectsDelegate: AnyObject {
    func metadataOutput(_ output: AVCaptureMetadataOutput, didOutput: [AVMetadataObject], from: AVCaptureConnection)
}

public class AVCaptureMetadataOutput: AVCaptureOutput {
    override public init() {}
    public func setMetadataObjectsDelegate(_ delegate: AVCaptureMetadataOutputObjectsDelegate?, queue: DispatchQueue?) {}
    public var metadataObjectTypes: [AVMetadataObject.ObjectType]!
}

public class AVCaptureSession: @unchecked Sendable {
    public init() {}
    public func canAddInput(_ input: AVCaptureInput) -> Bool { false }
    public func canAddOutput(_ output: AVCaptureOutput) -> Bool { false }
    public func addInput(_ input: AVCaptureInput) {}
    public func addOutput(_ output: AVCaptureOutput) {}
    public func startRunning() {}
    public func stopRunning() {}
}

public struct AVLayerVideoGravity {
    public static let resizeAspectFill = AVLayerVideoGravity()
}

@MainActor
public class AVCaptureVideoPreviewLayer: CALayer {
    public init(session: AVCaptureSession) {}
    public var videoGravity = AVLayerVideoGravity()
}

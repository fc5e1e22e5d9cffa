// A stand-in for UIKit where there is none: it declares what the app uses of it, with Apple's names, labels and types, and does nothing.

@_exported import Foundation

// Looks

public struct UITraitCollection {
    public var userInterfaceStyle: UIUserInterfaceStyle
}

public enum UIUserInterfaceStyle { case unspecified, light, dark }

public class UIColor {
    public required init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
    public init(dynamicProvider: @escaping (UITraitCollection) -> UIColor) {}
    public convenience init(_ dynamicProvider: @escaping (UITraitCollection) -> UIColor) { self.init(dynamicProvider: dynamicProvider) }
    public static let black = UIColor(red: 0, green: 0, blue: 0, alpha: 1)
}

public class UIImage: @unchecked Sendable {
    public init?(data: Data) { return nil }
    public init?(contentsOfFile: String) { return nil }
    public var size: CGSize { .zero }
    public func jpegData(compressionQuality: CGFloat) -> Data? { nil }
    public func byPreparingThumbnail(ofSize: CGSize) async -> UIImage? { nil }
}

public struct UITextContentType {
    public static let organizationName = UITextContentType()
    public static let name = UITextContentType()
    public static let telephoneNumber = UITextContentType()
    public static let fullStreetAddress = UITextContentType()
    public static let URL = UITextContentType()
    public static let oneTimeCode = UITextContentType()
}

public enum UIKeyboardType { case `default`, phonePad, decimalPad, URL }

// Screens

@MainActor
open class CALayer {
    public init() {}
    public var frame = CGRect.zero
    public func addSublayer(_ layer: CALayer) {}
}

@MainActor
open class UIView {
    public var backgroundColor: UIColor?
    public var bounds: CGRect { .zero }
    public let layer = CALayer()
}

@MainActor
open class UIViewController: NSObject {
    override public init() {}
    public var view: UIView! { UIView() }
    public var presentedViewController: UIViewController? { nil }
    public var popoverPresentationController: UIPopoverPresentationController? { nil }
    public var presentationController: UIPresentationController? { nil }
    public var extensionContext: NSExtensionContext? { nil }
    public func present(_ screen: UIViewController, animated: Bool, completion: (() -> Void)? = nil) {}
    public func dismiss(animated: Bool, completion: (() -> Void)? = nil) {}
    open func viewDidLoad() {}
    open func viewDidLayoutSubviews() {}
    open func viewWillAppear(_ animated: Bool) {}
    open func viewDidAppear(_ animated: Bool) {}
    open func viewDidDisappear(_ animated: Bool) {}
}

@MainActor
public protocol UIAdaptivePresentationControllerDelegate: AnyObject {
    func presentationControllerDidDismiss(_ presentationController: UIPresentationController)
}

@MainActor
public class UIPresentationController {
    public weak var delegate: UIAdaptivePresentationControllerDelegate?
}

public class UIPopoverPresentationController: UIPresentationController {
    public var sourceView: UIView?
}

public class UIActivity {}

public class UIActivityViewController: UIViewController {
    public init(activityItems: [Any], applicationActivities: [UIActivity]?) {}
}

@MainActor
public class UIAlertAction {
    public enum Style { case `default`, cancel, destructive }
    public init(title: String?, style: Style, handler: (@MainActor (UIAlertAction) -> Void)? = nil) {}
}

public class UIAlertController: UIViewController {
    public enum Style { case actionSheet, alert }
    public init(title: String?, message: String?, preferredStyle: Style) {}
    public func addAction(_ action: UIAlertAction) {}
}

@MainActor
public protocol UINavigationControllerDelegate: AnyObject {}

@MainActor
public protocol UIImagePickerControllerDelegate: AnyObject {
    func imagePickerController(_ picker: UIImagePickerController, didFinishPickingMediaWithInfo: [UIImagePickerController.InfoKey: Any])
    func imagePickerControllerDidCancel(_ picker: UIImagePickerController)
}

public class UIImagePickerController: UIViewController {
    public enum SourceType { case photoLibrary, camera }
    public enum CameraCaptureMode { case photo, video }
    public struct InfoKey: Hashable, Sendable {
        public static let originalImage = InfoKey()
    }
    public class func isSourceTypeAvailable(_ type: SourceType) -> Bool { false }
    public var sourceType = SourceType.photoLibrary
    public var cameraCaptureMode = CameraCaptureMode.photo
    public weak var delegate: (UIImagePickerControllerDelegate & UINavigationControllerDelegate)?
}

@MainActor
public protocol UIDocumentPickerDelegate: AnyObject {
    func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt: [URL])
    func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController)
}

public class UIDocumentPickerViewController: UIViewController {
    public init(forOpeningContentTypes: [UTType], asCopy: Bool) {}
    public weak var delegate: UIDocumentPickerDelegate?
}

// The application

@MainActor
public class UIScene: NSObject {
    public enum ActivationState { case unattached, foregroundActive, foregroundInactive, background }
    public var activationState: ActivationState { .background }
}

public class UIWindow: UIView {
    public var rootViewController: UIViewController?
}

public class UIWindowScene: UIScene {
    public var keyWindow: UIWindow? { nil }
}

public struct UIBackgroundTaskIdentifier {}

@MainActor
public class UIApplication {
    public enum State { case active, inactive, background }
    public static let shared = UIApplication()
    public nonisolated static let openSettingsURLString = ""
    public var applicationState: State { .background }
    public var connectedScenes: Set<UIScene> { [] }
    public func open(_ url: URL) {}
    public func beginBackgroundTask(expirationHandler: (@MainActor () -> Void)? = nil) -> UIBackgroundTaskIdentifier { fatalError() }
    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}
}

@MainActor
public class UIImpactFeedbackGenerator {
    public enum FeedbackStyle { case light, medium, heavy }
    public init(style: FeedbackStyle) {}
    public func impactOccurred() {}
}

@MainActor
public class UINotificationFeedbackGenerator {
    public enum FeedbackType { case success, warning, error }
    public init() {}
    public func notificationOccurred(_ type: FeedbackType) {}
}

// What Foundation has on Apple's systems only

public struct UTType: Sendable {
    public static let image = UTType()
    public static let pdf = UTType()
    public static let audio = UTType()
    public static let data = UTType()
    public static let heic = UTType()
    public static let heif = UTType()
    init() {}
    public init?(filenameExtension: String) {}
    public var identifier: String { "" }
    public func conforms(to: UTType) -> Bool { false }
}

public class NSItemProvider: @unchecked Sendable {
    @discardableResult
    public func loadFileRepresentation(
        forTypeIdentifier: String, completionHandler: @escaping @Sendable (URL?, Error?) -> Void
    ) -> Progress { Progress(totalUnitCount: 0) }
}

public class NSExtensionItem {
    public var attachments: [NSItemProvider]?
}

public class NSExtensionContext {
    public var inputItems: [Any] { [] }
    public func completeRequest(returningItems: [Any]?, completionHandler: (@Sendable (Bool) -> Void)? = nil) {}
    public func cancelRequest(withError: Error) {}
}

extension URL {
    public static var applicationSupportDirectory: URL { URL(fileURLWithPath: "/") }
    public static var cachesDirectory: URL { URL(fileURLWithPath: "/") }
}

extension URLResourceKey {
    public static let volumeAvailableCapacityForImportantUsageKey = URLResourceKey(rawValue: "")
}

extension URLResourceValues {
    public var volumeAvailableCapacityForImportantUsage: Int64? { nil }
}

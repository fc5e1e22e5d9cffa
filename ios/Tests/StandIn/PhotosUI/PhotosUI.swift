// A stand-in: what the app uses of PhotosUI, declared only.
@_exported import Foundation
import UIKit

public struct PHPickerFilter {
    public static let images = PHPickerFilter()
}

public struct PHPickerConfiguration {
    public enum AssetRepresentationMode { case automatic, current, compatible }
    public init() {}
    public var filter: PHPickerFilter?
    public var preferredAssetRepresentationMode = AssetRepresentationMode.automatic
}

public struct PHPickerResult {
    public var itemProvider: NSItemProvider { fatalError() }
}

@MainActor
public protocol PHPickerViewControllerDelegate: AnyObject {
    func picker(_ picker: PHPickerViewController, didFinishPicking: [PHPickerResult])
}

public class PHPickerViewController: UIViewController {
    public init(configuration: PHPickerConfiguration) {}
    public weak var delegate: PHPickerViewControllerDelegate?
}

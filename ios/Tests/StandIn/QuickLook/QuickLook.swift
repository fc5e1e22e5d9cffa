// A stand-in: what the app uses of QuickLook, declared only.
@_exported import Foundation
import UIKit

public protocol QLPreviewItem {}

extension NSURL: QLPreviewItem {}

@MainActor
public protocol QLPreviewControllerDataSource: AnyObject {
    func numberOfPreviewItems(in controller: QLPreviewController) -> Int
    func previewController(_ controller: QLPreviewController, previewItemAt: Int) -> QLPreviewItem
}

public class QLPreviewController: UIViewController {
    public weak var dataSource: QLPreviewControllerDataSource?
    public class func canPreview(_ item: QLPreviewItem) -> Bool { false }
}

import Foundation

/// The little of UIKit that the screens name.
public struct UITraitCollection {
    public var userInterfaceStyle: UIUserInterfaceStyle
}

public enum UIUserInterfaceStyle { case unspecified, light, dark }

public class UIColor {
    public required init(red: CGFloat, green: CGFloat, blue: CGFloat, alpha: CGFloat) {}
    public init(dynamicProvider: @escaping (UITraitCollection) -> UIColor) {}
    public convenience init(_ dynamicProvider: @escaping (UITraitCollection) -> UIColor) { self.init(dynamicProvider: dynamicProvider) }
}

public class UIImage {
    public init?(data: Data) { return nil }
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

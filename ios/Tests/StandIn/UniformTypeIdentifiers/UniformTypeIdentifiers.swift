// A stand-in: what the app uses of UniformTypeIdentifiers, declared only.
@_exported import UIKit

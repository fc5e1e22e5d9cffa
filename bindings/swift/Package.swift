// swift-tools-version:5.9
// Beside this file, `scripts/ios framework` puts ChudaFFI.xcframework and the generated sources: the package is then complete for Apple's
// platforms. Without the framework it links the library that was built for this machine, as `scripts/bindings swift` does on Linux.
import Foundation
import PackageDescription

let framework = "ChudaFFI.xcframework"
let isBundled = FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + framework)

let package = Package(
    name: "Chuda",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Chuda", targets: ["Chuda"])],
    targets: [
        isBundled ? .binaryTarget(name: "ChudaFFI", path: framework) : .systemLibrary(name: "ChudaFFI"),
        .target(name: "Chuda", dependencies: ["ChudaFFI"]),
        .testTarget(name: "ChudaTests", dependencies: ["Chuda"]),
    ]
)

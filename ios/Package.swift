// swift-tools-version:5.9
// What the screens know and do, in plain Swift: tested on any machine. The app itself is made by project.yml.
import PackageDescription

let package = Package(
    name: "ChudaModels",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "ChudaModels", targets: ["ChudaModels"])],
    dependencies: [.package(name: "Chuda", path: Context.environment["CHUDA_PACKAGE"] ?? "../bindings/swift")],
    targets: [
        .target(
            name: "ChudaModels",
            dependencies: [.product(name: "Chuda", package: "Chuda")],
            swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]
        ),
        .testTarget(name: "ChudaModelsTests", dependencies: ["ChudaModels"]),
    ]
)

#if os(Linux)
    // Where there is no SwiftUI, the screens are compiled against a stand-in that does nothing.
    package.targets += [
        .target(name: "UIKit", path: "Tests/StandIn/UIKit"),
        .target(name: "SwiftUI", dependencies: ["UIKit"], path: "Tests/StandIn/SwiftUI"),
        .target(
            name: "Screens",
            dependencies: ["ChudaModels", "SwiftUI", "UIKit"],
            path: "App",
            exclude: ["ChudaApp.swift", "Previews.swift", "Phone", "Resources", "Info.plist", "App.entitlements"]
        ),
    ]
#endif

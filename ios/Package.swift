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
    // Where Apple's frameworks are not, the app is compiled against stand-ins that do nothing.
    let frameworks = [
        "AVFoundation", "BackgroundTasks", "CoreLocation", "CryptoKit", "Network", "PhotosUI", "QuickLook", "Security", "SwiftUI",
        "UniformTypeIdentifiers", "UserNotifications",
    ]
    package.targets.append(.target(name: "UIKit", path: "Tests/StandIn/UIKit"))
    package.targets += frameworks.map { name in
        .target(name: name, dependencies: name == "CryptoKit" ? ["Security"] : ["UIKit"], path: "Tests/StandIn/\(name)")
    }
    let besides = ["Package.swift", "README.md", "Sources", "Tests", "project.yml"]
    package.targets += [
        .target(
            name: "ChudaApp",
            dependencies: ["ChudaModels", "UIKit"] + frameworks.map { .target(name: $0) },
            path: ".",
            exclude: besides + [
                "App/Previews.swift", "App/Resources", "App/Info.plist", "App/App.entitlements", "Share/Info.plist",
                "Share/Share.entitlements",
            ],
            sources: ["App", "Share", "Shared"],
            swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]
        )
    ]
#endif

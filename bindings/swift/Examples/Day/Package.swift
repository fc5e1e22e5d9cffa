// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "Day",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Chuda", path: "../..")],
    targets: [.executableTarget(name: "Day", dependencies: [.product(name: "Chuda", package: "Chuda")])]
)

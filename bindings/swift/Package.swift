// swift-tools-version:5.9
// The Swift package. scripts/bindings swift builds the library, generates Chuda.swift and ChudaFFI.h into a copy of this and tests it.
import PackageDescription

let package = Package(
    name: "Chuda",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Chuda", targets: ["Chuda"])],
    targets: [
        .systemLibrary(name: "ChudaFFI"),
        .target(name: "Chuda", dependencies: ["ChudaFFI"]),
        .testTarget(name: "ChudaTests", dependencies: ["Chuda"]),
    ]
)

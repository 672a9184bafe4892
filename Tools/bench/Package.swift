// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "bench",
    dependencies: [.package(name: "huleedu", path: "../..")],
    targets: [
        .executableTarget(
            name: "bench", dependencies: [.product(name: "CJCore", package: "huleedu")],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

/// A program that measures the judgement core alone.
func coreBench(_ name: String, _ others: Target.Dependency...) -> Target {
    .executableTarget(
        name: name, dependencies: [.product(name: "CJCore", package: "huleedu")] + others,
        swiftSettings: [.treatAllWarnings(as: .error)])
}

let package = Package(
    name: "bench",
    dependencies: [
        .package(name: "huleedu", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        coreBench("bench", "Figures"),
        coreBench("calibration", "Figures"),
        coreBench("economy", "Figures"),
        coreBench("grading"),
        coreBench("scaling", "Figures"),
        .target(name: "Figures", swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "instructions",
            dependencies: [.product(name: "Contracts", package: "huleedu"), .product(name: "Wire", package: "huleedu")],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "load-server",
            dependencies: [
                .product(name: "Contracts", package: "huleedu"), .product(name: "Wire", package: "huleedu"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "Measuring",
            dependencies: [
                .product(name: "JobQueue", package: "huleedu"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "queue",
            dependencies: [
                "Measuring", .product(name: "JobQueue", package: "huleedu"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "unit-of-work",
            dependencies: [
                "Measuring", .product(name: "CJCore", package: "huleedu"), .product(name: "JobQueue", package: "huleedu"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTesting = Target.Dependency.product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")

let package = Package(
    name: "huleedu",
    products: [
        .executable(name: "huleedu", targets: ["huleedu"]),
        .executable(name: "fakeprovider", targets: ["fakeprovider"]),
        .executable(name: "chaos", targets: ["chaos"]),
        .executable(name: "chaosproxy", targets: ["chaosproxy"]),
        .executable(name: "huleedu-sim", targets: ["huleedu-sim"]),
        .executable(name: "wiredump", targets: ["wiredump"]),
        .executable(name: "protoc-gen-huleedu", targets: ["protoc-gen-huleedu"]),
        .library(name: "CJCore", targets: ["CJCore"]),
        .library(name: "JobQueue", targets: ["JobQueue", "Postgres"]),
        .library(name: "Wire", targets: ["Wire", "WireNIO"]),
        .library(name: "WireTLS", targets: ["WireTLS"]),
        .library(name: "Contracts", targets: ["Contracts"]),
        // Empty without the trait.
        .library(name: "EventLogKafka", targets: ["EventLogKafka"]),
    ],
    traits: [
        .trait(name: "Kafka", description: "Builds EventLogKafka, which publishes events on a Kafka topic; takes librdkafka.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries: a module map and a shim, nothing else.
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CKafka"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CCurlShims", dependencies: ["CCurl"]),
        .target(name: "CContracts", dependencies: ["CProtobufC"], cSettings: [.headerSearchPath(".")]),
        .target(name: "CDescriptors", dependencies: ["CProtobufC"]),

        // Wire and contracts.
        .target(name: "Wire", dependencies: ["CProtobufC"], swiftSettings: strict),
        .target(name: "WireNIO", dependencies: ["Wire", nioCore, nioPosix, logging], swiftSettings: strict),
        .target(
            name: "WireTLS", dependencies: ["Wire", "WireNIO", logging, nioCore, nioSSL, nioTLS, swiftASN1, x509],
            swiftSettings: strict),
        .target(name: "Contracts", dependencies: ["Wire", "CContracts"], swiftSettings: strict),

        // Building blocks.
        .target(name: "CVectorMath"),
        .target(name: "CJCore", dependencies: ["CVectorMath", crypto], swiftSettings: strict + [.strictMemorySafety()]),
        .target(name: "Postgres", dependencies: ["CPostgres", crypto, logging], swiftSettings: strict),
        .target(name: "JobQueue", dependencies: ["Postgres", logging], swiftSettings: strict + [.strictMemorySafety()]),
        .target(name: "EventLog", dependencies: ["Postgres", "Contracts", "Wire", logging], swiftSettings: strict),
        .target(
            name: "EventLogKafka",
            dependencies: ["EventLog", "Contracts", "Wire", .target(name: "CKafka", condition: .when(traits: ["Kafka"]))],
            swiftSettings: strict),
        .target(name: "CurlClient", dependencies: ["CCurl", "CCurlShims"], swiftSettings: strict),
        .target(
            name: "ServiceKit",
            dependencies: [
                "Wire", "WireNIO", "Contracts", configuration, crypto, lifecycle, logging, metrics, nioCore, nioHTTP1, nioPosix,
                tracing,
            ],
            swiftSettings: strict),

        // Services.
        .target(
            name: "LLMProviderService",
            dependencies: ["Contracts", "Wire", "Postgres", "JobQueue", "EventLog", "CurlClient", "ServiceKit", crypto, logging],
            swiftSettings: strict),
        .target(
            name: "CJAssessmentService",
            dependencies: ["Contracts", "Wire", "Postgres", "EventLog", "ServiceKit", "CJCore", crypto, logging],
            swiftSettings: strict),

        // Programs.
        .executableTarget(
            name: "huleedu",
            dependencies: [
                "CJAssessmentService", "CJCore", "Contracts", "CurlClient", "EventLog", "FakeProvider",
                "LLMProviderService", "Postgres", "ServiceKit", "Wire", "WireNIO", "WireTLS",
                .target(name: "EventLogKafka", condition: .when(traits: ["Kafka"])),
                argumentParser, crypto, lifecycle, logging, signals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "protoc-gen-huleedu",
            dependencies: ["CDescriptors", "CProtobufC"],
            path: "Tools/protoc-gen-huleedu",
            exclude: ["protoc-gen-c-optional"],
            swiftSettings: strict),
        .target(
            name: "FakeProvider",
            dependencies: [nioCore, nioPosix, nioHTTP1, crypto, logging],
            path: "Tools/fakeprovider/FakeProvider",
            swiftSettings: strict),
        .executableTarget(
            name: "fakeprovider",
            dependencies: ["FakeProvider", argumentParser, logging, signals],
            path: "Tools/fakeprovider/CommandLine",
            swiftSettings: strict),

        // A proxy that spoils connections.
        .target(
            name: "ChaosProxy", dependencies: ["CJCore", nioCore, nioPosix], path: "Tools/chaosproxy/ChaosProxy",
            swiftSettings: strict),
        .executableTarget(
            name: "chaosproxy", dependencies: ["ChaosProxy", argumentParser, signals], path: "Tools/chaosproxy/CommandLine",
            swiftSettings: strict),
        .testTarget(
            name: "ChaosProxyTests", dependencies: ["ChaosProxy", "chaosproxy", "ChildProcesses", "Watching", nioCore, nioPosix],
            swiftSettings: strict),

        // Drills: processes die, and connections are spoilt, while assessments run.
        .target(
            name: "Chaos",
            dependencies: ["ChaosProxy", "ChildProcesses", "CJCore", "Contracts", "Postgres", "Wire", "WireNIO", logging],
            path: "Tools/chaos/Chaos", swiftSettings: strict),
        .executableTarget(
            name: "chaos", dependencies: ["Chaos", argumentParser, logging], path: "Tools/chaos/CommandLine",
            swiftSettings: strict),

        // The workflow under simulated time, chance and trouble.
        .target(
            name: "Simulation", dependencies: ["CJAssessmentService", "CJCore", "Contracts", "Wire", logging],
            path: "Tools/huleedu-sim/Simulation", swiftSettings: strict),
        .executableTarget(
            name: "huleedu-sim", dependencies: ["Simulation", argumentParser], path: "Tools/huleedu-sim/CommandLine",
            swiftSettings: strict),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation", "CJAssessmentService", "CJCore", "Contracts", "Postgres", "PostgresTestSupport"],
            swiftSettings: strict),

        // What goes over the wire, for a person to read.
        .target(name: "WireDump", dependencies: ["Wire", crypto], path: "Tools/wiredump/WireDump", swiftSettings: strict),
        .systemLibrary(name: "CPacketSocket", path: "Tools/wiredump/CPacketSocket"),
        .executableTarget(
            name: "wiredump",
            dependencies: [
                "CPacketSocket", "WireDump", "ChaosProxy", "Contracts", "Wire", "WireNIO", "WireTLS", argumentParser, logging,
                nioCore, nioPosix, signals,
            ],
            path: "Tools/wiredump/CommandLine", swiftSettings: strict),
        .testTarget(
            name: "WireDumpTests",
            dependencies: [
                "CPacketSocket", "WireDump", "wiredump", "Certificates", "ChaosProxy", "ChildProcesses", "Contracts", "Fuzzing",
                "SampleContracts", "Wire", "WireNIO", "WireTLS", logging,
            ],
            swiftSettings: strict),

        // Fuzzing: the mechanism, what is fuzzed, and the program that Tools/fuzz/run starts.
        .target(name: "Fuzzing", path: "Tools/fuzz/Fuzzing", swiftSettings: strict),
        .target(
            name: "FuzzTargets", dependencies: ["Fuzzing", "Wire", "WireDump", "Contracts", "CJCore", "LLMProviderService"],
            path: "Tools/fuzz/FuzzTargets",
            swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["Fuzzing", "FuzzTargets"], path: "Tools/fuzz/CommandLine", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzzing", "FuzzTargets"], swiftSettings: strict),

        // Tests.
        .testTarget(
            name: "CJCoreTests", dependencies: ["CVectorMath", "CJCore", crypto], exclude: ["Corpus"], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Fuzzing"], swiftSettings: strict),
        .testTarget(
            name: "WireNIOTests",
            dependencies: ["ChaosProxy", "Wire", "WireNIO", "Fuzzing", "Watching", nioCore, nioPosix, nioEmbedded, logging],
            swiftSettings: strict),
        .testTarget(
            name: "WireTLSTests",
            dependencies: ["Certificates", "Wire", "WireNIO", "WireTLS", logging, nioCore, nioPosix], swiftSettings: strict),
        .testTarget(
            name: "ContractsTests",
            dependencies: ["Contracts", "SampleContracts", "ChildProcesses", "Wire", "WireDump", "Fuzzing", "FuzzTargets"],
            swiftSettings: strict),
        // A contract with a field of every kind, generated as the contracts are.
        .target(
            name: "CSampleContracts", dependencies: ["CProtobufC"], path: "Tests/Support/SampleContracts/CSampleContracts",
            cSettings: [.headerSearchPath(".")]),
        .target(
            name: "SampleContracts", dependencies: ["Wire", "CSampleContracts"],
            path: "Tests/Support/SampleContracts/SampleContracts", swiftSettings: strict),
        .target(
            name: "PostgresTestSupport", dependencies: ["Postgres", logging], path: "Tests/Support/PostgresTestSupport",
            swiftSettings: strict),
        // Runs programs for tests.
        .target(
            name: "ChildProcesses", dependencies: ["CSpawn", "Watching"], path: "Tests/Support/ChildProcesses",
            swiftSettings: strict),
        .systemLibrary(name: "CSpawn", path: "Tests/Support/CSpawn"),
        // Certificates, made as they are needed.
        .target(
            name: "Certificates", dependencies: ["WireTLS", crypto, swiftASN1, x509], path: "Tests/Support/Certificates",
            swiftSettings: strict),
        // Values that tests wait on.
        .target(name: "Watching", path: "Tests/Support/Watching", swiftSettings: strict),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "PostgresTestSupport", logging], swiftSettings: strict),
        .testTarget(
            name: "JobQueueTests", dependencies: ["JobQueue", "Postgres", "PostgresTestSupport", logging], swiftSettings: strict),
        .testTarget(
            name: "EventLogTests",
            dependencies: ["EventLog", "EventBusConformance", "Contracts", "Postgres", "PostgresTestSupport", "Wire", logging],
            swiftSettings: strict),
        .testTarget(
            name: "EventLogKafkaTests",
            dependencies: [
                "EventLogKafka", "EventLog", "EventBusConformance", "Contracts", "Postgres", "PostgresTestSupport", "Wire",
                "huleedu", "CJAssessmentService", "ChildProcesses", logging,
                .target(name: "CKafka", condition: .when(traits: ["Kafka"])),
            ],
            swiftSettings: strict),
        // What every event bus has to do.
        .target(
            name: "EventBusConformance",
            dependencies: ["EventLog", "Contracts", "Postgres", "PostgresTestSupport", "Wire", logging],
            path: "Tests/Support/EventBusConformance", swiftSettings: strict),
        .testTarget(
            name: "ServiceKitTests",
            dependencies: [
                "ServiceKit", "Contracts", "CurlClient", "Watching", "Wire", "WireNIO", configuration, lifecycle,
                lifecycleTesting,
                logging, metrics, tracing,
            ],
            swiftSettings: strict),
        .testTarget(name: "CurlClientTests", dependencies: ["CurlClient", "ChildProcesses"], swiftSettings: strict),
        .testTarget(
            name: "FakeProviderTests",
            dependencies: ["FakeProvider", "fakeprovider", "CurlClient", "ChildProcesses", crypto], swiftSettings: strict),
        .testTarget(
            name: "LLMProviderServiceTests",
            dependencies: [
                "LLMProviderService", "CJCore", "FakeProvider", "CurlClient", "Postgres", "PostgresTestSupport", "JobQueue",
                "EventLog",
                "Contracts", "ServiceKit", "Wire", "ChildProcesses", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CJAssessmentServiceTests",
            dependencies: [
                "CJAssessmentService", "CJCore", "Postgres", "PostgresTestSupport", "EventLog", "Contracts", "Wire", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HuleEduTests",
            dependencies: [
                "huleedu", "CJAssessmentService", "CJCore", "Contracts", "Fuzzing", "LLMProviderService", "ServiceKit", "Wire",
                argumentParser,
                configuration, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "fakeprovider", "huleedu", "wiredump", "Certificates", "Chaos", "ChaosProxy", "ChildProcesses", "CJCore",
                "CJAssessmentService", "Contracts",
                "CurlClient", "EventLog",
                "FakeProvider",
                "LLMProviderService", "Postgres", "PostgresTestSupport", "SampleContracts", "ServiceKit", "Wire", "WireNIO",
                "WireTLS", logging, nioCore, nioPosix,
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

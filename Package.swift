// swift-tools-version:6.2
// Ruhu (入户): offline-first household survey and social-assistance records.
// Arrows point inwards: Main → Server / EdgeClient → {RecordStore, SyncWire, Assistance, CommandSupport} → SyncEngine.

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let shared: [Target.Dependency] = ["SyncEngine", "SyncWire", "RecordStore", "Assistance", "Markup", "CommandSupport"]

let package = Package(
    name: "ruhu",
    products: [
        .executable(name: "ruhu", targets: ["ruhu"]),
        .executable(name: "ruhu-server", targets: ["ruhu-server"]),
        .library(name: "SyncEngine", targets: ["SyncEngine"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Without `pkgConfig`, which would link it: it is loaded when it is needed (Sources/CCurl/shim.h).
        .systemLibrary(name: "CCurl", path: "Sources/CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CXlsxwriter", path: "Sources/CXlsxwriter", pkgConfig: "xlsxwriter",
            providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "SyncEngine", dependencies: [crypto], path: "Sources/Shared/SyncEngine", swiftSettings: settings),
        .target(
            name: "SyncWire",
            dependencies: [
                "SyncEngine", "CZstd", "CZlib", crypto,
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            path: "Sources/Shared/SyncWire",
            exclude: ["ruhu.proto", "generate.sh"], swiftSettings: settings),
        .target(
            name: "RecordStore", dependencies: ["SyncEngine", grdb, sqlite, crypto],
            path: "Sources/Shared/RecordStore", swiftSettings: settings),
        .target(name: "Markup", path: "Sources/Shared/Markup", swiftSettings: settings),
        .target(
            name: "Assistance", dependencies: ["SyncEngine", "Markup"],
            path: "Sources/Shared/Assistance",
            exclude: ["generate.swift", "Calendar/generate.swift", "Calendar/china-holidays.csv"],
            swiftSettings: settings),
        .target(
            name: "CommandSupport",
            dependencies: ["SyncEngine", argumentParser, .product(name: "Yams", package: "Yams")],
            path: "Sources/Shared/CommandSupport", swiftSettings: settings),

        .target(
            name: "Server",
            dependencies: shared + [
                "CXlsxwriter", argumentParser, crypto, .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            path: "Sources/Server", exclude: ["Main"], swiftSettings: settings),
        .executableTarget(
            name: "ruhu-server", dependencies: ["Server", "CommandSupport"], path: "Sources/Server/Main",
            swiftSettings: settings),

        .target(
            name: "EdgeClient",
            dependencies: shared + [
                "CCurl", argumentParser, crypto,
            ],
            path: "Sources/EdgeClient", exclude: ["Main"], swiftSettings: settings),
        .executableTarget(
            name: "ruhu", dependencies: ["EdgeClient", "CommandSupport"], path: "Sources/EdgeClient/Main",
            swiftSettings: settings),

        .target(name: "ProgramRunner", path: "Tests/ProgramRunner", swiftSettings: settings),
        .target(
            name: "BrowserDriver", dependencies: ["ProgramRunner"], path: "Tests/BrowserDriver",
            swiftSettings: settings),
        .executableTarget(
            name: "ruhu-demo", dependencies: ["ProgramRunner"], path: "Examples/Demo", swiftSettings: settings),
        .executableTarget(
            name: "ruhu-bench",
            dependencies: [
                "ProgramRunner", "Server", "EdgeClient", "RecordStore", "SyncWire", "Assistance", "SyncEngine", grdb,
                argumentParser,
            ],
            path: "Benchmarks/Bench", swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["SyncEngine", "RecordStore", "SyncWire", grdb, crypto],
            path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "CSimulatedDisk", dependencies: [sqlite], path: "Tests/CSimulatedDisk"),
        .target(
            name: "SimulationKit",
            dependencies: [
                "SyncEngine", "SyncWire", "RecordStore", "Server", "EdgeClient", "TestSupport", "CSimulatedDisk", grdb,
                crypto,
            ],
            path: "Tests/SimulationKit", swiftSettings: settings),
        .executableTarget(
            name: "ruhu-simulate", dependencies: ["SimulationKit", argumentParser], path: "Tests/SimulationProgram",
            swiftSettings: settings),
        .testTarget(
            name: "Simulation",
            dependencies: ["SimulationKit", "SyncEngine", "SyncWire", "RecordStore", "TestSupport", grdb],
            path: "Tests/Simulation", swiftSettings: settings),
        .testTarget(name: "LayerTests", path: "Tests/LayerTests", swiftSettings: settings),
        .testTarget(
            name: "SyncEngineTests", dependencies: ["SyncEngine", "SyncWire", "RecordStore", "TestSupport"],
            path: "Tests/SyncEngineTests", swiftSettings: settings),
        .testTarget(
            name: "SyncWireTests", dependencies: ["SyncWire", "SyncEngine", crypto], path: "Tests/SyncWireTests",
            swiftSettings: settings),
        .testTarget(
            name: "RecordStoreTests", dependencies: ["RecordStore", "SyncEngine", "SyncWire", "TestSupport", grdb],
            path: "Tests/RecordStoreTests", exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "AssistanceTests", dependencies: ["Assistance", "SyncEngine"], path: "Tests/AssistanceTests",
            exclude: ["Golden"],
            swiftSettings: settings),
        .testTarget(
            name: "MarkupTests", dependencies: ["Markup"], path: "Tests/MarkupTests", swiftSettings: settings),
        .testTarget(
            name: "ServerTests",
            dependencies: shared + ["Server", "TestSupport", grdb, crypto], path: "Tests/ServerTests",
            swiftSettings: settings),
        .testTarget(
            name: "CommandSupportTests", dependencies: ["CommandSupport", "SyncEngine", argumentParser],
            path: "Tests/CommandSupportTests", swiftSettings: settings),
        .testTarget(
            name: "EdgeClientTests", dependencies: ["EdgeClient", "SyncEngine", "SyncWire"],
            path: "Tests/EdgeClientTests", swiftSettings: settings),
        .testTarget(
            name: "BundleTests",
            dependencies: ["Server", "EdgeClient", "RecordStore", "SyncEngine", "SyncWire", "TestSupport", grdb],
            path: "Tests/BundleTests", swiftSettings: settings),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "EdgeClient", "RecordStore", "Server", "SyncEngine", "SyncWire", "Assistance", "CommandSupport",
                "TestSupport", grdb,
            ],
            path: "Tests/FuzzTests", exclude: ["Corpus"], swiftSettings: settings),
        .testTarget(
            name: "LedgerTests", dependencies: shared + ["Server", "ProgramRunner", "ruhu-server", grdb],
            path: "Tests/LedgerTests",
            swiftSettings: settings),
        .testTarget(
            name: "AttachmentTests",
            dependencies: shared + ["Server", "EdgeClient", "TestSupport", grdb], path: "Tests/AttachmentTests",
            swiftSettings: settings),
        .testTarget(
            name: "TableTests",
            dependencies: [
                "Server", "CommandSupport", "RecordStore", "Assistance", "SyncEngine", "CZlib", grdb,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/TableTests", exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "QualityTests", dependencies: shared + ["Server", grdb], path: "Tests/QualityTests",
            exclude: ["Golden"], swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["ProgramRunner", "ruhu", "ruhu-server"], path: "Tests/EndToEndTests",
            exclude: ["Golden"],
            swiftSettings: settings),
        .testTarget(
            name: "BenchTests", dependencies: ["ProgramRunner", "ruhu", "ruhu-server", "ruhu-bench"],
            path: "Tests/BenchTests", swiftSettings: settings),
        .testTarget(
            name: "BrowserTests", dependencies: ["BrowserDriver", "ProgramRunner"], path: "Tests/BrowserTests",
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

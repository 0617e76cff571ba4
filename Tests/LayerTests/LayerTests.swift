import Foundation
import Testing

/// Arrows point inwards (DESIGN section 2). The compiler holds targets to their declared dependencies; this holds the
/// declarations, and the modules of the system, to the design.
@Suite struct LayerTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The modules of this package that each folder may import.
    private static let inward: [String: Set<String>] = [
        "Sources/Shared/SyncEngine": [],
        "Sources/Shared/SyncWire": ["SyncEngine", "CZstd", "CZlib"],
        "Sources/Shared/RecordStore": ["SyncEngine"],
        "Sources/Shared/Markup": [],
        "Sources/Shared/Assistance": ["SyncEngine", "Markup"],
        "Sources/Shared/CommandSupport": ["SyncEngine"],
        "Sources/Server": [
            "SyncEngine", "SyncWire", "RecordStore", "Assistance", "Markup", "CommandSupport", "CXlsxwriter", "Server",
        ],
        "Sources/EdgeClient": [
            "SyncEngine", "SyncWire", "RecordStore", "Assistance", "CommandSupport", "CCurl", "EdgeClient",
        ],
    ]

    private static let own: Set<String> = [
        "SyncEngine", "SyncWire", "RecordStore", "Assistance", "Markup", "CommandSupport", "Server", "EdgeClient",
        "CCurl", "CZstd", "CZlib", "CXlsxwriter",
    ]

    /// Modules that would bring I/O, time or a domain into the engine and the rules.
    private static let pure = ["Sources/Shared/SyncEngine", "Sources/Shared/Assistance", "Sources/Shared/Markup"]
    private static let impure: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "GRDB", "GRDBSQLite", "SwiftProtobuf", "Hummingbird",
    ]

    @Test(arguments: inward.keys.sorted()) func importsOnlyWhatLiesInwards(folder: String) throws {
        let allowed = try #require(Self.inward[folder])
        for (file, module) in try Self.imports(in: folder) where Self.own.contains(module) {
            #expect(allowed.contains(module), "\(file) imports \(module), which \(folder) must not")
        }
    }

    @Test(arguments: pure) func pureLayersImportNoInputOrOutput(folder: String) throws {
        for (file, module) in try Self.imports(in: folder) {
            #expect(!Self.impure.contains(module), "\(file) imports \(module)")
        }
    }

    @Test func theCheckSeesImports() throws {
        #expect(try Self.imports(in: "Sources/Shared/RecordStore").contains { $0.module == "SyncEngine" })
        #expect(Self.module(ofLine: "package import SyncWire") == "SyncWire")
        #expect(Self.module(ofLine: "@testable import struct GRDB.Row") == "GRDB")
        #expect(Self.module(ofLine: "// import Foundation") == nil)
    }

    private static func imports(in folder: String) throws -> [(file: String, module: String)] {
        let base = root.appending(path: folder)
        let files = try #require(FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil))
        var found: [(String, String)] = []
        for case let file as URL in files where file.pathExtension == "swift" && !file.path.contains("generate.swift") {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                if let module = module(ofLine: String(line)) { found.append((file.lastPathComponent, module)) }
            }
        }
        return found
    }

    private static func module(ofLine line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first,
            first.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(first)
        {
            words.removeFirst()
        }
        guard words.first == "import" else { return nil }
        words.removeFirst()
        if let kind = words.first,
            ["struct", "class", "enum", "func", "protocol", "let", "var", "typealias"].contains(kind)
        {
            words.removeFirst()
        }
        return words.first.map { String($0.split(separator: ".")[0]) }
    }
}

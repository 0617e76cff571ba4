package import RecordStore
package import SyncEngine
import SyncWire
import TestSupport

/// Two versions of one domain: the second has one more field and one more kind.
package enum SimulatedSchema: Int, Sendable, CaseIterable {
    case first = 1
    case second

    package static let newField = "future"

    package var schema: Schema {
        switch self {
        case .first: Sample.schema
        case .second: Self.grown
        }
    }

    package var root: KindSchema { self == .first ? Sample.root : Self.grownRoot }

    package static let leaflet = KindSchema(
        "leaflet", label: Label(zh: "单", en: "Leaflet"), parents: [ParentField("root", kind: "root")],
        fields: [
            FieldSchema("root", .reference, .humanReview, .none, Label(zh: "根", en: "root")),
            FieldSchema("text", .text, .humanReview, .none, Label(zh: "文", en: "text")),
        ])

    private static let grownRoot = KindSchema(
        "root", label: Sample.root.label, scopeField: "place", groups: Sample.root.groups,
        searchFields: Sample.root.searchFields,
        fields: Sample.root.fields + [
            FieldSchema(newField, .text, .humanReview, .none, Label(zh: "将来", en: "Future"))
        ])
    private static let grown = Schema(version: 2, kinds: [grownRoot, Sample.item, Sample.fact, leaflet])
    private static let firstTables = makeTables(Sample.schema)
    private static let secondTables = makeTables(grown)

    package var tables: RecordTables { self == .first ? Self.firstTables : Self.secondTables }

    private static func makeTables(_ schema: Schema) -> RecordTables {
        RecordTables(schema: schema, codec: WireCodec()) { kind, record in
            kind.searchFields.isEmpty
                ? nil : kind.searchFields.compactMap { record.value($0, in: kind).text }.joined(separator: "\n")
        }
    }
}

/// Empty databases of each sort, made once: a world copies them instead of running the migrations again.
package final class DatabaseTemplates {
    private let disk = SimulatedDisk(seed: 0)

    package init() throws {
        for version in SimulatedSchema.allCases {
            let authority = try AuthorityDatabase(
                path: disk.path("authority\(version.rawValue)"), tables: version.tables, isPooled: false)
            try authority.pool.close()
            let replica = try ReplicaDatabase(path: disk.path("replica\(version.rawValue)"), tables: version.tables)
            try replica.queue.close()
        }
    }

    package func install(_ role: String, _ version: SimulatedSchema, on target: SimulatedDisk, as name: String) {
        let found = disk.copy("\(role)\(version.rawValue)", to: target, as: name)
        precondition(found, "a template of \(role)")
    }
}

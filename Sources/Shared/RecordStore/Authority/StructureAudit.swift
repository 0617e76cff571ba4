package import GRDB
import SyncEngine

/// The structure of the database against the one that this program makes: a trigger that somebody added undoes what the
/// program writes, and an index or a value of another type hides a row from those who look for it. What is there besides is
/// not looked at: programs of before have left tables and indexes. An index that is to be another needs another name.
package struct StructureAudit {
    private let database: Database
    private let tables: RecordTables

    package init(_ database: Database, tables: RecordTables) {
        self.database = database
        self.tables = tables
    }

    /// Tables that do not follow from the log, or that a later look at rests on.
    private static let checked = [
        "account", "sign_in_session", "invitation", "page_view", "moved", "orphan", "addressee",
    ]

    private struct Item {
        let name: String
        let type: String
        let table: String
        let sql: String

        /// Of the kinds' tables columns were added in the order in which the schema grew.
        func isSame(as other: Item, kinds: Set<String>) -> Bool {
            type == "table" && kinds.contains(name) ? sql.hasSuffix("STRICT") : sql == other.sql
        }
    }

    /// Triggers, views, and what is not as this program makes it.
    package func findings() throws -> [AuditFinding] {
        let present = try items(of: database)
        let kinds = Set(tables.schema.kinds.map(\.name))
        let foreign = present.filter { ["trigger", "view"].contains($0.type) }
        let wrong = try expected().filter { item in
            !present.contains { $0.name == item.name && $0.type == item.type && $0.isSame(as: item, kinds: kinds) }
        }
        let names = foreign.map { "\($0.type) \($0.name)" } + wrong.map { "\($0.type) \($0.name)" }
        return try (names + unsoundTables()).map { AuditFinding(.structure, $0) }
    }

    private func expected() throws -> [Item] {
        let fresh = try DatabaseQueue()
        let migrator = AuthorityMigrations.migrator
        try fresh.prepare(migrator, tables: tables, structure: tables.structure(migrator))
        return try fresh.read { try items(of: $0) }
    }

    private func items(of database: Database) throws -> [Item] {
        try Query(database, "SELECT name, type, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            .all {
                Item(
                    name: $0.text(0), type: $0.text(1), table: $0.text(2),
                    sql: $0.text(3).split(whereSeparator: \.isWhitespace).joined(separator: " "))
            }
    }

    /// Whether every index has every row, and every value is of its column's type.
    private func unsoundTables() throws -> [String] {
        try Self.checked.filter { table in
            try String.fetchAll(database, sql: "PRAGMA integrity_check('\(table)')") != ["ok"]
        }.map { "table \($0)" }
    }
}

import Foundation
import GRDB
package import SyncEngine

/// Carries what is sound of a damaged replica into a fresh one: every set that reads well and is in its place in the
/// chain, what the station knows of itself, and what is not the township's to state again. The records come with the
/// next bootstrap.
package struct ReplicaSalvage {
    /// A copy of the damaged file; it may be written to.
    private let source: DatabaseQueue?
    private let target: ReplicaDatabase
    /// What the station knew of itself when all was well, for what cannot be read any more.
    private let remembered: [String: [UInt8]]

    /// - Parameter copy: path of a copy of the damaged file, with its journal beside it.
    package init(copy: String, target: ReplicaDatabase, remembered: [String: [UInt8]]) {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            // A schema that does not parse in places must not hide the tables that do.
            try database.execute(sql: "PRAGMA writable_schema = ON")
        }
        source = try? DatabaseQueue(path: copy, configuration: configuration)
        self.target = target
        self.remembered = remembered
    }

    /// Of a replica that was made anew here once.
    fileprivate static let rebuiltKey = "rebuilt"

    /// Keys of what a station knows of itself.
    package static let ownKeys = [
        "device", "lineage", "epoch", "scopes", "url", "pin", "station", "staff", "region", "server_key", "certificate",
        "invitation", "sealing_public_key", "former",
    ]

    /// Those of them that may have become another since they were remembered.
    static let changingKeys: Set<String> = [
        "device", "lineage", "epoch", "url", "certificate", "sealing_public_key", "former",
    ]

    /// Of the place in a history that the fresh replica is not at.
    private static let placeKeys: Set<String> = [
        "cursor", "bootstrapped", "bootstrap_token", "digest_differs", "staging", "structure",
    ]

    /// What the server states, and what is made anew from the sets.
    private static let statedTables: Set<String> = [
        "meta", "outbox", "own_change", "shadow", "held_record", "seen", "writer", "scope_digest", "search_text",
        "staged_page",
        "grdb_migrations",
    ]

    /// - Returns: what became of the sets.
    /// - Throws: ``Problem`` ``Problem/Code/replicaDamaged`` when not even who this station is can be told;
    ///   ``Problem/Code/storageFull``; the target's errors.
    package func run() throws -> OutboxSalvage.Plan {
        let meta = readMeta()
        guard let device = meta["device"], DeviceID(bytes: device) != nil, meta["url"] != nil,
            let epoch = meta["epoch"], EpochID(bytes: epoch) != nil
        else { throw Problem(.replicaDamaged, "meta") }
        return try target.write { transaction in
            let database = transaction.database
            for (key, value) in meta where !Self.placeKeys.contains(key) { try Meta.set(value, for: key, in: database) }
            try Meta.set(1 as UInt64, for: Self.rebuiltKey, in: database)
            let columns = try database.columns(in: "outbox").map(\.name)
            let (rows, highest, isEndKnown) = readOutbox(columns: columns)
            let position = try transaction.position()
            var plan = OutboxSalvage.plan(
                rows.map { salvaged($0.row, codec: transaction.tables.codec) }, highest: highest,
                author: position.author)
            plan.isEndKnown = isEndKnown
            let byNumber = Dictionary(rows.map { ($0.number, $0.row) }, uniquingKeysWith: { first, _ in first })
            for kept in plan.kept {
                guard let row = byNumber[kept.number] else { continue }
                try write(kept, row: row, columns: columns, in: transaction)
            }
            try keepLost(plan, in: database)
            try copyOtherTables(to: database, kinds: Set(transaction.schema.kinds.map(\.name)))
            try transaction.showOverlay(scope: position.scopes.first ?? Scope(""))
            return plan
        }
    }

    // MARK: - What the station knows of itself

    private func readMeta() -> [String: [UInt8]] {
        var meta: [String: [UInt8]] = [:]
        for row in scan(table: "meta", columns: ["key", "value"], order: "key").rows {
            if let key = row[0].asText, let value = row[1].asBytes { meta[key] = value }
        }
        for (key, value) in remembered {
            // What never changes is right as it was remembered; what may have, only when nothing better is there.
            if !Self.changingKeys.contains(key) || !Self.isWhole(meta[key], of: key) { meta[key] = value }
        }
        return meta
    }

    private static func isWhole(_ value: [UInt8]?, of key: String) -> Bool {
        guard let value else { return false }
        return switch key {
        case "device", "epoch": value.count == 16
        case "lineage": true
        default: !value.isEmpty
        }
    }

    // MARK: - Sets

    private func readOutbox(
        columns: [String]
    ) -> (rows: [(number: UInt64, row: [DatabaseValue])], highest: UInt64, isEndKnown: Bool) {
        let scanned = scan(table: "outbox", columns: columns, order: "number")
        let named = scan(table: "own_change", columns: ["record", "number"], order: "record")
            .rows.compactMap { $0[1].asInt }
        // One damaged number must not name thousands of sets that never were.
        let plausible = Int64(scanned.rows.count + named.count) + Int64(Limits.salvagedGap)
        var rows: [(number: UInt64, row: [DatabaseValue])] = []
        for row in scanned.rows {
            guard let number = row[0].asInt, number > 0, number <= plausible else { continue }
            rows.append((UInt64(number), row))
        }
        var highest: Int64 = 0
        for number in named where number > highest && number <= plausible { highest = number }
        return (rows, UInt64(highest), scanned.isEndKnown)
    }

    private func salvaged(_ row: [DatabaseValue], codec: any ChangeCodec) -> OutboxSalvage.Row {
        let bytes = row[2].asBytes ?? []
        let set = try? codec.decode(set: bytes)
        let state = row[3].asInt ?? -1
        let outcome = OutboxColumns(
            state: state, seq: row[4].asInt, result: row[5].asInt, problem: row[6].asInt, closedBy: row[10].asInt)
        let number = UInt64(bitPattern: row[0].asInt ?? 0)
        return OutboxSalvage.Row(
            number: number, hash: row[1].asBytes.flatMap { Hash256(bytes: $0) }, bytes: bytes, set: set,
            isDecided: (state == 1 || state == 2) && row[4].asInt != nil,
            isPlausible: outcome.isPossible(number: number))
    }

    private func write(
        _ kept: OutboxSalvage.Kept, row: [DatabaseValue], columns: [String], in transaction: ReplicaTransaction
    ) throws {
        var values = row
        let outcome = OutboxColumns(
            state: row[3].asInt ?? -1, seq: row[4].asInt, result: row[5].asInt, problem: row[6].asInt,
            closedBy: row[10].asInt)
        let isPossible = outcome.isPossible(number: kept.number)
        values[1] = Data(kept.hash.bytes).databaseValue
        if !kept.isDecided {
            values[3] = 0.databaseValue
            for index in 4...10 { values[index] = .null }
        } else if !isPossible || (row[3].asInt ?? 0) == 0 {
            // A set below a decided one is decided: what exactly became of it, the township knows.
            values[3] = 2.databaseValue
            for index in 4...10 { values[index] = .null }
        }
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        try transaction.database.execute(
            sql: "INSERT INTO outbox (\(columns.joined(separator: ", "))) VALUES (\(marks))",
            arguments: StatementArguments(values))
        for change in kept.set.changes { try transaction.addOwnChange(change.record, number: kept.number) }
    }

    private func keepLost(_ plan: OutboxSalvage.Plan, in database: Database) throws {
        guard !plan.lost.isEmpty else { return }
        var known = try LostSets.read(database)
        for (number, hash) in plan.lost { known[number] = known[number] ?? hash ?? .zero }
        try LostSets.write(known, to: database)
    }

    // MARK: - The rest

    private func copyOtherTables(to database: Database, kinds: Set<String>) throws {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for name in names where !Self.statedTables.contains(name) && !kinds.contains(name) {
            let columns = try columns(of: name, in: database)
            let list = columns.map { "\"\($0)\"" }
            let marks = columns.map { _ in "?" }.joined(separator: ", ")
            for row in scan(table: name, columns: columns, order: "rowid").rows {
                // A damaged row of these may be left out. What people typed is in visits under way alone, a row each,
                // and such a row is either read or gone.
                try? database.execute(
                    sql: "INSERT OR IGNORE INTO \"\(name)\" (\(list.joined(separator: ", "))) VALUES (\(marks))",
                    arguments: StatementArguments(row))
            }
        }
    }

    /// Those that the damaged file has too: it may be of before the last migration.
    private func columns(of table: String, in database: Database) throws -> [String] {
        let wanted = try database.columns(in: table).map(\.name)
        let known = try? source?.read { try $0.columns(in: table).map(\.name) }
        return known.map { known in wanted.filter(known.contains) } ?? wanted
    }

    // MARK: - Reading what can be read

    /// Rows from the beginning to the first damaged page, then from the end back to it.
    /// - Returns: the rows, and whether the last of them is the table's last.
    private func scan(
        table: String, columns: [String], order: String
    ) -> (rows: [[DatabaseValue]], isEndKnown: Bool) {
        guard let source else { return ([], false) }
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let sql = "SELECT \(list) FROM \"\(table)\" ORDER BY \"\(order)\""
        let (forward, isWhole) = Self.rows(sql, in: source)
        if isWhole { return (forward, true) }
        let (backward, _) = Self.rows(sql + " DESC", in: source)
        let seen = Set(forward)
        return (forward + backward.reversed().filter { !seen.contains($0) }, !backward.isEmpty)
    }

    private static func rows(_ sql: String, in source: DatabaseQueue) -> (rows: [[DatabaseValue]], isWhole: Bool) {
        var rows: [[DatabaseValue]] = []
        do {
            try source.writeWithoutTransaction { database in
                let cursor = try Row.fetchCursor(database, sql: sql)
                while let row = try cursor.next() { rows.append(Array(row.databaseValues)) }
            }
            return (rows, true)
        } catch {
            return (rows, false)
        }
    }
}

extension ReplicaTransaction {
    /// Whether the replica was made anew and its records are still to be fetched.
    package func awaitsRecords() throws -> Bool {
        try Meta.number(ReplicaSalvage.rebuiltKey, in: database) == 1 && !position().isBootstrapped
    }
}

/// The columns of an outbox row beside its set.
struct OutboxColumns {
    var state: Int64
    var seq: Int64?
    var result: Int64?
    var problem: Int64?
    var closedBy: Int64?

    /// Whether they go together as the program writes them.
    func isPossible(number: UInt64) -> Bool {
        if let closedBy, closedBy <= Int64(number) { return false }
        // Codes of a newer township are possible too.
        if let problem, !(1_000...9_999).contains(problem) || result != 4 { return false }
        switch state {
        case 0: return seq == nil && result == nil && problem == nil
        case 1:
            guard let seq, seq > 0, let result else { return false }
            return (1...4).contains(result)
        case 2:
            // Carried over without what became of it.
            if seq == nil { return result == nil && problem == nil }
            guard let seq, seq > 0, let result else { return false }
            return (1...4).contains(result)
        default: return false
        }
    }
}

/// Own decided sets that damage has taken from this replica; the township has them. By number, with the chain's hash.
enum LostSets {
    private static let key = "lost_sets"

    static func read(_ database: Database) throws -> [UInt64: Hash256] {
        var lost: [UInt64: Hash256] = [:]
        for part in (try Meta.text(key, in: database) ?? "").split(separator: " ") {
            let pair = part.split(separator: ":")
            guard pair.count == 2, let number = UInt64(pair[0]) else { continue }
            lost[number] = Hex.decode(String(pair[1])).flatMap { Hash256(bytes: $0) }
        }
        return lost
    }

    static func write(_ lost: [UInt64: Hash256], to database: Database) throws {
        let text = lost.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
        try Meta.set(text, for: key, in: database)
    }
}

extension DatabaseValue {
    fileprivate var asInt: Int64? { if case .int64(let number) = storage { number } else { nil } }
    fileprivate var asText: String? { if case .string(let text) = storage { text } else { nil } }
    fileprivate var asBytes: [UInt8]? { if case .blob(let data) = storage { Array(data) } else { nil } }
}

import Assistance
import RecordStore
import SyncEngine

import class GRDB.Database

/// How records were at a seq of the log, for a ledger of then.
struct LedgerPast {
    let seq: Seq
    private let log: LogReader
    /// Records that hung elsewhere then than they do now: members who moved, households that were merged or parted.
    private var elsewhere: [(record: Record, field: String)] = []

    /// Fields by which a record can come under another: all the others that do are written once.
    private static let movable: [(kind: KindSchema, field: String)] = [
        (householdKind, KindSchema.aliasField), (memberKind, "household"),
    ]

    init(at instant: Instant, tables: RecordTables, database: Database) throws {
        log = LogReader(database, tables: tables)
        seq = try log.seq(asOf: instant)
        for (kind, field) in Self.movable {
            var query = try Query(database, "SELECT id FROM \"\(kind.name)\" WHERE seq > ?")
            query.bind(seq)
            for id in try query.all({ $0.id(0) }) {
                guard let present = try tables.record(id, kind: kind, in: database),
                    let past = try log.record(id, kind: kind, asOf: seq),
                    past.value(field, in: kind) != present.value(field, in: kind)
                else { continue }
                elsewhere.append((past, field))
            }
        }
    }

    /// Households that were merged into another then.
    var mergedThen: Set<RecordID> {
        Set(elsewhere.filter { $0.field == KindSchema.aliasField }.map(\.record.id))
    }

    /// - Returns: `nil` for a record that did not exist then.
    func then(_ present: Record, kind: KindSchema) throws -> Record? {
        present.seq <= seq ? present : try log.record(present.id, kind: kind, asOf: seq)
    }

    /// Of the records of which a reference is one of these now, those of which it was then.
    func then(
        _ present: [Record], kind: KindSchema, whose field: String, isOneOf ids: [RecordID]
    ) throws -> [Record] {
        let found = try present.compactMap { record -> Record? in
            guard let past = try then(record, kind: kind) else { return nil }
            return field == "id" || past.value(field, in: kind) == record.value(field, in: kind) ? past : nil
        }
        let wanted = Set(ids)
        return found
            + elsewhere.filter { past in
                past.record.kind == kind.name && past.field == field
                    && past.record.value(field, in: kind).recordID.map(wanted.contains) ?? false
            }.map(\.record)
    }
}

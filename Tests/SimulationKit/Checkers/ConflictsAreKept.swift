import RecordStore
import SyncEngine
import TestSupport

/// Invariant 8: no concurrent differing value is superseded without a conflict record. A model of its own, over the
/// log's sets and their bases: it follows who wrote the standing value of each field, and asks of each write that had
/// not seen it for a conflict that names both.
final class ConflictsAreKept: Checker {
    let invariant = 8

    private struct Unit: Hashable {
        var record: RecordID
        var key: FieldKey
    }

    private struct Standing {
        var values: [String: Value] = [:]
        /// Who wrote it, and who wrote the same since.
        var claims: [Claim] = []
    }

    private struct Claim {
        var seq: Seq
        var device: DeviceID
        var number: UInt64
    }

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        let database = world.township.database
        let log = try world.log()
        let named = try Self.named(database)
        let applied = try Self.applied(database)
        var standing: [Unit: Standing] = [:]
        var found: [String] = []
        for row in log.rows where row.result != .quarantined {
            guard let set = log.set(row) else { continue }
            for change in set.changes where change.kind == "root" && change.operation != .delete {
                let kind = world.township.version.root
                for (unit, edits) in Self.units(of: change, kind) {
                    let base = edits.map { log.seq(of: $0.base ?? set.base, for: row) }.min() ?? 0
                    let before = standing[unit] ?? Standing()
                    let mine = Dictionary(edits.map { ($0.field, $0.new.normalised) }, uniquingKeysWith: { $1 })
                    let differs = mine.contains { (before.values[$0.key] ?? .null) != $0.value }
                    let unseen = before.claims.filter {
                        $0.seq > base && (row.isDesk || !log.isOwn($0.device, $0.number, to: row.device))
                    }
                    if differs, let other = unseen.last, !named.contains(row.seq, of: unit) {
                        found.append(
                            "\(unit.record) \(unit.key.field): seq \(row.seq) had not seen seq \(other.seq), and no conflict names both"
                        )
                    }
                    let claim = Claim(seq: row.seq, device: row.device, number: row.number)
                    if !differs {
                        standing[unit, default: before].claims.append(claim)
                    } else if applied[row.seq]?.contains(unit) ?? false || change.operation == .create {
                        standing[unit] = Standing(values: before.values.merging(mine) { $1 }, claims: [claim])
                    }
                }
            }
        }
        return found
    }

    private static func units(of change: Change, _ kind: KindSchema) -> [(Unit, [Edit])] {
        var units: [Unit: [Edit]] = [:]
        for edit in change.edits {
            let group = kind.groups.first { $0.fields.contains(edit.field) }
            let key = group.map { FieldKey(field: $0.name) } ?? edit.key
            units[Unit(record: change.record, key: key), default: []].append(edit)
        }
        return units.map { ($0.key, $0.value) }.sorted { $0.1[0].field < $1.1[0].field }
    }

    /// Which units a set's effects changed, or found as it would have them.
    private static func applied(_ database: AuthorityDatabase) throws -> [Seq: Set<Unit>] {
        try database.read { snapshot in
            var result: [Seq: Set<Unit>] = [:]
            let reader = LogReader(snapshot, tables: database.tables)
            try reader.forEachChange(after: 0, through: try reader.head().seq) { header, decode in
                guard let kind = database.tables.schema.kind(header.kind), header.kind == "root" else { return true }
                for effect in try decode().effects where effect.result == .applied {
                    let group = kind.groups.first { $0.fields.contains(effect.field) }
                    let key = group.map { FieldKey(field: $0.name) } ?? effect.key
                    result[header.seq, default: []].insert(Unit(record: header.record, key: key))
                }
                return true
            }
            return result
        }
    }

    /// The seqs that conflicts name, by unit.
    private struct Named {
        var seqs: [Unit: [Set<Seq>]] = [:]

        func contains(_ seq: Seq, of unit: Unit) -> Bool { seqs[unit]?.contains { $0.contains(seq) } ?? false }
    }

    private static func named(_ database: AuthorityDatabase) throws -> Named {
        let kind = ConflictRecord.kind
        var named = Named()
        for conflict in try database.read({ try database.tables.conflicts(in: $0, includeClosed: true) }) {
            guard let record = conflict.value("record", in: kind).recordID,
                let field = conflict.value("field", in: kind).text
            else { continue }
            let key = FieldKey(field: field, element: conflict.value("element", in: kind).text)
            let seqs = Set(conflict.value("seqs", in: kind).elements.compactMap { Seq($0) })
            named.seqs[Unit(record: record, key: key), default: []].append(seqs)
        }
        return named
    }
}

import RecordStore
import SyncEngine

/// Invariant 2: at rest, shadow equals server, value for value, for every client and scope.
final class ShadowEqualsServer: Checker {
    let invariant = 2

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        var theirs: [RecordID: Record] = [:]
        let schema = world.township.database.tables.schema
        for kind in schema.kinds {
            for record in try world.township.records(of: kind, includeDeleted: true) { theirs[record.id] = record }
        }
        return try world.stations.filter { !$0.isRevoked }.flatMap { station in
            let own = try station.shadows()
            return Self.differences(
                theirs.values.filter { station.scope.covers($0.scope) && !$0.isDeleted },
                own.filter { station.scope.covers($0.value.scope) && !$0.value.isDeleted }, schema: schema
            ).map { "station \(station.index): \($0)" }
        }
    }

    static func differences(_ theirs: [Record], _ own: [RecordID: Record], schema: Schema) -> [String] {
        var found: [String] = []
        for record in theirs {
            guard let mine = own[record.id] else {
                found.append("\(record.kind) \(record.id) is missing (seq \(record.seq))")
                continue
            }
            guard let kind = schema.kind(record.kind) else { continue }
            if !same(record, mine, kind) {
                found.append(
                    "\(record.kind) \(record.id): server \(record.seq) \(record.named(in: kind)), here \(mine.seq) \(mine.named(in: kind))"
                )
            }
        }
        let known = Set(theirs.map(\.id))
        for record in own.values where !known.contains(record.id) {
            found.append("\(record.kind) \(record.id) is here only (seq \(record.seq))")
        }
        return found
    }

    static func same(_ a: Record, _ b: Record, _ kind: KindSchema) -> Bool {
        a.seq == b.seq && a.scope == b.scope && a.isDeleted == b.isDeleted && a.named(in: kind) == b.named(in: kind)
    }
}

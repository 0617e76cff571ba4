import RecordStore
import SyncEngine

/// Invariant 5: a cursor never claims more than is durably applied. After each crash the shadow is compared with the
/// fold of the log up to the cursor.
final class DurableCursor: Checker {
    let invariant = 5

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        // Of a township that has become an older one a station knows nothing until it has synced.
        guard case .restarted(let station) = moment, !station.isRevoked, station.history == world.history else {
            return []
        }
        let position = try station.position()
        guard position.isBootstrapped else { return [] }
        let database = world.township.database
        let schema = database.tables.schema
        let then = try database.read { snapshot in
            let reader = LogReader(snapshot, tables: database.tables)
            var then: [Record] = []
            for kind in schema.kinds {
                let all = RecordSelection(limit: Limits.listRecords, isComplete: true)
                for present in try database.tables.list(kind, all, in: snapshot) {
                    // What has not changed since is as it was.
                    let isPast = present.seq > position.cursor
                    let past = try isPast ? reader.record(present.id, kind: kind, asOf: position.cursor) : present
                    guard let record = past else { continue }
                    if !record.isDeleted, station.scope.covers(record.scope) { then.append(record) }
                }
            }
            return then
        }
        let known = station.replica.tables.schema
        let own = try station.shadows().filter { station.scope.covers($0.value.scope) && !$0.value.isDeleted }
        let comparable = then.filter { known.kind($0.kind) != nil }
        return ShadowEqualsServer.differences(comparable, own, schema: schema).map {
            "station \(station.index) at cursor \(position.cursor): \($0)"
        }
    }
}

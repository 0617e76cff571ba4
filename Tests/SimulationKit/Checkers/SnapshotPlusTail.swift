import RecordStore
import SyncEngine

/// Invariant 9: a bootstrap begun in the middle, plus the tail of the log, equals a bootstrap of now.
final class SnapshotPlusTail: Checker {
    let invariant = 9

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment, let witness = world.witness else { return [] }
        let fresh = try world.freshReplica(like: witness)
        return ShadowEqualsServer.differences(
            Array(try fresh.records().values), try witness.records(), schema: world.township.database.tables.schema
        ).map { "the tail: \($0)" }
    }
}

import SyncEngine
import TestSupport

/// Of invariant 8: an edit that stands against a deletion can be found, for what it stands below stands too.
final class NothingBelowDeleted: Checker {
    let invariant = 8

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        let schema = world.township.database.tables.schema
        return schema.belowDeleted(
            try schema.kinds.flatMap { try world.township.records(of: $0, includeDeleted: true) })
    }
}

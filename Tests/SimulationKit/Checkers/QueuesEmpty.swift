import RecordStore
import SyncEngine

/// Invariant 10: after healing, queues are empty within the bounded rounds, chains verify, nobody begins anew again.
final class QueuesEmpty: Checker {
    let invariant = 10

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        var found: [String] = []
        let head = try world.township.head()
        for station in world.stations where !station.isRevoked {
            let name = "station \(station.index)"
            let waiting = try station.outbox(.unsettled)
            if !waiting.isEmpty { found.append("\(name): \(waiting.count) sets wait after healing") }
            let position = try station.position()
            if position.cursor != head { found.append("\(name): cursor \(position.cursor), head \(head)") }
            found += try station.replica.read { try ReplicaCheck($0).run() }.filter { !$0.isSound }.map {
                "\(name): \($0.check) \($0.detail)"
            }
        }
        let database = world.township.database
        return try database.read { snapshot in
            let audit = LogAudit(snapshot, tables: database.tables)
            let chains = try audit.verifyChains()
            if chains.gaps > 0 || !chains.broken.isEmpty { found.append("log: \(chains)") }
            found += try audit.wrongDigests().map { "digest of \($0)" }
            let derivation = DerivationAudit(snapshot, tables: database.tables)
            found += try derivation.findings().map { "derivation: \($0.subject)" }
            let quarantine = QuarantineAudit(snapshot, tables: database.tables)
            found += try quarantine.findings().map { "quarantine: \($0.subject)" }
            let placement = PlacementAudit(snapshot, tables: database.tables)
            found += try placement.findings().map { "placement: \($0.subject)" }
            return found
        }
    }
}

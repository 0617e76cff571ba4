import RecordStore
import SyncEngine
import TestSupport

/// Invariant 1: every locally committed change is in the outbox, the log, quarantine or a conflict.
final class NeverNowhere: Checker {
    let invariant = 1

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        switch moment {
        case .captured(let station, let sealed):
            return try outbox(of: station, from: sealed.set.number)
        case .restarted(let station):
            return try outbox(of: station, from: 1)
        case .rest:
            let log = try world.log()
            return try world.stations.flatMap { station in
                try outbox(of: station, from: 1) + (station.isRevoked ? [] : delivered(station, log))
            } + acknowledged(world, log) + escrowed(world, log) + standing(world, log) + vanished(world)
        case .synced, .decided, .replaced: return []
        }
    }

    /// The ledger against the machine's own store.
    private func outbox(of station: SimulatedStation, from first: UInt64) throws -> [String] {
        let stored = try station.replica.read { transaction in
            var query = try Query(transaction.database, "SELECT number, hash, bytes FROM outbox WHERE number >= ?")
            query.bind(first)
            let rows = try query.all { ($0.uint64(0), (hash: $0.bytes(1), bytes: $0.bytes(2))) }
            return Dictionary(uniqueKeysWithValues: rows)
        }
        let codec = station.replica.tables.codec
        let missing = try station.ledger.filter { number, saved in
            guard number >= first else { return false }
            guard let row = stored[number] else { return true }
            if row.hash == saved.hash.bytes { return false }
            return try SimulatedStation.act(codec.decode(set: row.bytes), codec) != saved.act
        }
        return missing.map {
            "station \(station.index): set \($0.key) was saved and is not in the outbox"
        }
    }

    /// The ledger against the township's log.
    private func delivered(_ station: SimulatedStation, _ log: LogSnapshot) throws -> [String] {
        let known = log.acts(of: try station.position(), station.replica.tables.codec)
        return station.ledger.filter { !(known[$0.key]?.contains($0.value.act) ?? false) }.map {
            "station \(station.index): set \($0.key) is not in the township's log"
        }
    }

    /// What a township held when its author's disk was lost.
    private func acknowledged(_ world: Simulation, _ log: LogSnapshot) -> [String] {
        guard !world.acknowledged.isEmpty else { return [] }
        let codec = world.township.database.tables.codec
        let known = Set(log.sets.values.map { SimulatedStation.act($0, codec) })
        return world.acknowledged.filter { !known.contains($0.act) }.map {
            "set \($0.number) was acknowledged, its author's disk was lost, and the log has it no more"
        }
    }

    /// The desk's acts that stations held when the township became an older one.
    private func escrowed(_ world: Simulation, _ log: LogSnapshot) throws -> [String] {
        let brought = world.escrowed.filter { held in !world.stations[held.station].isRevoked }
        guard !brought.isEmpty else { return [] }
        let codec = world.township.database.tables.codec
        let known = Set(log.sets.values.map { SimulatedStation.EscrowedAct($0, codec) })
        let missing = Set(brought.map(\.act)).subtracting(known).map {
            "an act of the desk was held by a station and did not come back: \($0.hash)"
        }
        let acts = Set(log.sets.values.map { SimulatedStation.act($0, codec) })
        return missing
            + Set(brought.flatMap(\.work)).subtracting(acts).map {
                "a set of a revoked station was held with its revocation and did not come back: \($0)"
            }
    }

    /// What a station had seen before the township became an older one is at the township again, or the station tells it.
    /// Its own work it hands in again; of that, what the township refuses now is among the refused.
    private func vanished(_ world: Simulation) throws -> [String] {
        let stations = world.stations.filter { !$0.isRevoked && !$0.seen.isEmpty }
        guard !stations.isEmpty else { return [] }
        var there: Set<RecordID> = []
        for kind in world.township.version.tables.schema.kinds {
            there.formUnion(try world.township.records(of: kind, includeDeleted: true).map(\.id))
        }
        return try stations.flatMap { station in
            let told = try station.replica.read { try $0.vanished() }.map(\.record.seen.id)
            let own = try station.outbox(.all).flatMap(\.sealed.set.changes).filter { $0.operation == .create }
            return station.seen.subtracting(there).subtracting(told).subtracting(own.map(\.record)).map {
                "station \(station.index): record \($0) vanished with the township's disk, and nobody is told"
            }
        }
    }

    /// What was applied left its trace in the log; what was refused is in quarantine; what lost is in a conflict.
    private func standing(_ world: Simulation, _ log: LogSnapshot) throws -> [String] {
        let database = world.township.database
        let named = try Self.seqsInConflicts(database)
        return try database.read { snapshot in
            var found: [String] = []
            let reader = LogReader(snapshot, tables: database.tables)
            let refused = try Query(snapshot, "SELECT device, number FROM quarantine").all {
                LogSnapshot.Key(device: $0.id(0), number: $0.uint64(1))
            }
            let quarantine = Set(refused)
            for row in log.rows {
                guard let set = log.set(row) else { continue }
                if row.result == .quarantined {
                    let key = LogSnapshot.Key(device: row.device, number: row.number)
                    if !quarantine.contains(key) { found.append("seq \(row.seq) is refused and not in quarantine") }
                    continue
                }
                for change in set.changes {
                    let traces = try reader.changes(of: change.record, after: row.seq - 1)
                    guard let trace = traces.first(where: { $0.seq == row.seq }) else {
                        found.append("seq \(row.seq) left no trace on \(change.record)")
                        continue
                    }
                    let lost = trace.effects.filter { $0.result == .lost && $0.old != $0.new }
                    if !lost.isEmpty, !named.contains(row.seq) {
                        found.append("seq \(row.seq) lost \(lost.map(\.field)) and no conflict names it")
                    }
                }
            }
            return found
        }
    }

    static func seqsInConflicts(_ database: AuthorityDatabase) throws -> Set<Seq> {
        let kind = ConflictRecord.kind
        let all = try database.read { try database.tables.conflicts(in: $0, includeClosed: true) }
        return Set(all.flatMap { $0.value("seqs", in: kind).elements.compactMap { Seq($0) } })
    }
}

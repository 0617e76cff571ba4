import RecordStore
import SyncEngine

/// Invariant 6: a device sees its own writes, in order; a set is all or nothing.
final class OwnWrites: Checker {
    let invariant = 6

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        switch moment {
        case .captured(let station, _), .restarted(let station), .synced(let station):
            return try overlay(of: station)
        case .rest: return try order(world)
        case .decided, .replaced: return []
        }
    }

    /// What is not settled is on the screen: the last own value of each field.
    private func overlay(of station: SimulatedStation) throws -> [String] {
        try station.replica.read { transaction in
            let schema = transaction.schema
            typealias Typed = (value: Value, in: OutboxSet)
            var typed: [RecordID: (kind: KindSchema, values: [FieldKey: Typed], isDeleted: Bool)] = [:]
            for sent in try transaction.outboxSets(OutboxFilter(.unsettled)) {
                for change in sent.sealed.set.changes {
                    guard let kind = schema.kind(change.kind) else { continue }
                    var state = typed[change.record] ?? (kind, [:], false)
                    for edit in change.edits { state.values[edit.key] = (edit.new.normalised, sent) }
                    if change.operation == .delete { state.isDeleted = true }
                    typed[change.record] = state
                }
            }
            var found: [String] = []
            for (id, state) in typed.sorted(by: { $0.key < $1.key }) {
                guard let working = try transaction.working(id, kind: state.kind) else { continue }
                for (key, typed) in state.values where working.value(key, in: state.kind) != typed.value {
                    let (shown, sent) = (working.value(key, in: state.kind), typed.in)
                    found.append(
                        "station \(station.index): \(id) \(key.field) shows \(shown), typed was \(typed.value) in set \(sent.sealed.set.number), \(sent.state) \(sent.outcome.map { "at \($0.seq)" } ?? "")"
                    )
                }
                if state.isDeleted, !working.isDeleted {
                    found.append("station \(station.index): \(id) is not deleted")
                }
            }
            return found
        }
    }

    /// A device's sets are in the log in their order; each left a trace on all its records, or on none.
    private func order(_ world: Simulation) throws -> [String] {
        let log = try world.log()
        var found: [String] = []
        var last: [DeviceID: UInt64] = [:]
        for row in log.rows where !row.isRelease {
            if row.number != (last[row.device] ?? log.starts[row.device]?.number ?? 0) + 1 {
                found.append("\(row.device): \(row.number) out of order")
            }
            last[row.device] = row.number
        }
        let touched = try world.township.database.read { snapshot in
            try Query(snapshot, "SELECT id, record FROM log_change").all { (Seq($0.uint64(0) >> 20), $0.id(1)) }
        }
        var records: [Seq: Set<RecordID>] = [:]
        for (seq, record) in touched { records[seq, default: []].insert(record) }
        for row in log.rows {
            guard let set = log.set(row) else { continue }
            let wanted = Set(set.changes.map(\.record))
            let there = records[row.seq] ?? []
            if row.result == .quarantined ? !there.isEmpty : !wanted.isSubset(of: there) {
                found.append("seq \(row.seq): \(there.count) of \(wanted.count) records")
            }
        }
        return found
    }
}

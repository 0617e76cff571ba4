import RecordStore
import SyncEngine

/// Invariant 3: each (device, number) takes effect exactly once.
final class ExactlyOnce: Checker {
    let invariant = 3

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        let log = try LogSnapshot(world.township.database)
        var found: [String] = []
        var rows: [LogSnapshot.Key: [LogSnapshot.Row]] = [:]
        var last: [DeviceID: UInt64] = [:]
        for row in log.rows {
            rows[LogSnapshot.Key(device: row.device, number: row.number), default: []].append(row)
            last[row.device] = max(last[row.device] ?? 0, row.number)
        }
        for (key, rows) in rows {
            if rows.filter({ !$0.isRelease }).count != 1 { found.append("\(key) was decided \(rows.count) times") }
            if rows.filter({ $0.result != .quarantined }).count > 1 { found.append("\(key) took effect twice") }
            if rows.count > 1, rows.first?.result != .quarantined { found.append("\(key) was released unrefused") }
        }
        let acknowledged = try world.township.database.read { snapshot in
            try Query(snapshot, "SELECT id, acknowledged FROM device").all { ($0.id(0), $0.uint64(1)) }
        }
        for (device, number) in acknowledged where number != last[device] ?? 0 {
            found.append("\(device): acknowledged \(number), decided up to \(last[device] ?? 0)")
        }
        return found
    }
}

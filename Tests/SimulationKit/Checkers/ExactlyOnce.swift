import RecordStore
import SyncEngine

/// Invariant 3: each (device, number) takes effect exactly once.
final class ExactlyOnce: Checker {
    let invariant = 3

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        guard case .rest = moment else { return [] }
        let log = try world.log()
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
        found += Self.underTwoIdentities(log, world.township.database.tables.codec)
        let acknowledged = try world.township.database.read { snapshot in
            try Query(snapshot, "SELECT id, acknowledged FROM device").all { ($0.id(0), $0.uint64(1)) }
        }
        for (device, number) in acknowledged where number != last[device] ?? log.starts[device]?.number ?? 0 {
            found.append("\(device): acknowledged \(number), decided up to \(last[device] ?? 0)")
        }
        return found
    }

    /// An act that took effect twice for one station: under an identity of its past, and under its present one.
    private static func underTwoIdentities(_ log: LogSnapshot, _ codec: any ChangeCodec) -> [String] {
        guard !log.lineages.isEmpty else { return [] }
        var first: [Hash256: LogSnapshot.Row] = [:]
        var found: [String] = []
        for row in log.rows where row.result != .quarantined && !row.isDesk {
            guard let set = log.set(row) else { continue }
            let act = SimulatedStation.act(set, codec)
            guard let earlier = first[act], earlier.device != row.device else {
                first[act] = row
                continue
            }
            // Siblings may both bring what was typed before they parted: the township cannot tell.
            let isOwnPast = log.isOwn(earlier.device, earlier.number, to: row.device)
            guard isOwnPast || log.isOwn(row.device, row.number, to: earlier.device) else { continue }
            found.append("seq \(row.seq) is the act of seq \(earlier.seq) under another identity, \(row.result)")
        }
        return found
    }
}

import RecordStore
import SyncEngine

/// Invariant 4: seq is dense, unique, monotone; what was once visible stays; no cursor passes an invisible commit. An
/// older database that takes the township's place begins anew where it ends.
final class DenseSequence: Checker {
    let invariant = 4
    /// Every row as it was first seen after its commit.
    private var seen: [Seq: LogSnapshot.Key] = [:]
    private var head: Seq = 0

    func check(_ world: Simulation, at moment: Moment) throws -> [String] {
        switch moment {
        case .decided: return try follow(world)
        case .synced(let station):
            guard station.history == world.history else { return [] }
            let cursor = try station.position().cursor
            return cursor > head ? ["station \(station.index): cursor \(cursor) beyond the head \(head)"] : []
        case .replaced:
            (head, seen) = (0, [:])
            return try follow(world)
        case .rest: return try follow(world) + compare(world)
        case .captured, .restarted: return []
        }
    }

    private func follow(_ world: Simulation) throws -> [String] {
        var found: [String] = []
        let now = try world.township.head()
        if now < head { found.append("the head went back from \(head) to \(now)") }
        if now <= head { return found }
        for row in try LogSnapshot.rows(world.township.database, after: head) {
            if row.seq != head + 1 { found.append("seq \(row.seq) follows \(head)") }
            head = row.seq
            seen[row.seq] = LogSnapshot.Key(device: row.device, number: row.number)
        }
        return found
    }

    private func compare(_ world: Simulation) throws -> [String] {
        let rows = try LogSnapshot.rows(world.township.database, after: 0)
        var found: [String] = []
        if rows.count != seen.count { found.append("\(rows.count) rows, \(seen.count) were seen") }
        for (index, row) in rows.enumerated() {
            if row.seq != Seq(index) + 1 { found.append("row \(index) has seq \(row.seq)") }
            if seen[row.seq] != LogSnapshot.Key(device: row.device, number: row.number) {
                found.append("seq \(row.seq) was another set's")
            }
        }
        return found
    }
}

import Foundation
import GRDB
import RecordStore

/// The floor: the same rows into a plain SQLite table of the same columns, 1,000 a transaction, WAL,
/// `synchronous=FULL`, statements prepared once and stepped directly.
struct Floor {
    let rows: [[String: Any]]
    let columns: [String]

    struct Cost {
        var processorSeconds: Double
        var seconds: Double
    }

    func run(in folder: URL) throws -> Cost {
        let file = folder.appending(path: "floor-\(UUID().uuidString).sqlite")
        let queue = try DatabaseQueue(path: file.path, configuration: Connection.configuration())
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE floor (id INTEGER PRIMARY KEY, \(names))")
        }
        let prepared = rows.map { row in columns.map { Self.bound(row[$0]) } }
        let before = Usage.own()
        let started = ContinuousClock.now
        try queue.writeWithoutTransaction { database in
            for start in stride(from: 0, to: prepared.count, by: 1_000) {
                try database.inTransaction {
                    for row in prepared[start..<min(start + 1_000, prepared.count)] {
                        var query = try Query(database, "INSERT INTO floor (\(names)) VALUES (\(marks))")
                        for value in row {
                            switch value {
                            case .text(let text): query.bind(text)
                            case .number(let number): query.bind(number)
                            }
                        }
                        try query.run()
                    }
                    return .commit
                }
            }
        }
        return Cost(processorSeconds: Usage.own() - before, seconds: Usage.seconds(since: started))
    }

    private enum Bound {
        case text(String)
        case number(Int64)
    }

    private static func bound(_ value: Any?) -> Bound {
        switch value {
        case let number as Int: .number(Int64(number))
        case let flag as Bool: .number(flag ? 1 : 0)
        case let list as [String]: .text(list.joined(separator: ","))
        default: .text(value as? String ?? "")
        }
    }
}

/// CPU time and wall time.
enum Usage {
    static func own() -> Double { seconds(of: RUSAGE_SELF) }
    /// Of finished children.
    static func children() -> Double { seconds(of: RUSAGE_CHILDREN) }

    private static func seconds(of who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func seconds(since started: ContinuousClock.Instant) -> Double {
        let elapsed = started.duration(to: .now)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    }
}

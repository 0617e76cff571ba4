import Foundation
import GRDB
import RecordStore

/// The floor: the same rows into a plain SQLite table of the same columns, WAL, `synchronous=FULL`, statements prepared
/// once and stepped directly.
struct Floor {
    private let rows: [[Bound]]
    private let columns: [String]

    struct Cost {
        var processorSeconds: Double
        var seconds: Double
    }

    /// - Parameter records: households as they are measured.
    init(records: Int) {
        var sample = Sample(seed: 1, village: BenchTownship.village)
        let columns = sample.fieldNames
        self.columns = columns
        rows = (0..<records).map { index in
            let row = sample.next(index)
            return columns.map { Self.bound(row[$0]) }
        }
    }

    func run(in folder: URL, perTransaction size: Int = 1_000) throws -> Cost {
        let file = folder.appending(path: "floor-\(UUID().uuidString).sqlite")
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
        }
        let queue = try DatabaseQueue(path: file.path, configuration: Connection.configuration())
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return try queue.writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE floor (id INTEGER PRIMARY KEY, \(names))")
            return try Self.cost {
                for start in stride(from: 0, to: rows.count, by: size) {
                    try database.transaction(.immediate) {
                        for row in rows[start..<min(start + size, rows.count)] {
                            var query = try Query(database, "INSERT INTO floor (\(names)) VALUES (\(marks))")
                            for value in row {
                                switch value {
                                case .text(let text): query.bind(text)
                                case .number(let number): query.bind(number)
                                }
                            }
                            try query.run()
                        }
                    }
                }
            }
        }
    }

    /// What `body` takes in this process.
    static func cost(_ body: () throws -> Void) rethrows -> Cost {
        let before = Usage.own()
        let started = ContinuousClock.now
        try body()
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

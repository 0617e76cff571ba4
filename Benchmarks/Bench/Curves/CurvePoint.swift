import Foundation
import ProgramRunner

/// What is measured at one size, as a row of `docs/curves.csv`.
struct CurvePoint {
    let records: Int
    var values: [Curve: Double] = [:]

    static let heading = (["records"] + Curve.allCases.map(\.rawValue)).joined(separator: ",")

    var line: String {
        let cells = Curve.allCases.map { curve in values[curve].map { String(format: "%.4g", $0) } ?? "" }
        return (["\(records)"] + cells).joined(separator: ",")
    }

    init(records: Int) { self.records = records }

    /// - Throws: ``ProgramFailure`` for what ``line`` did not write.
    init(line: String) throws {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        guard let records = cells.first.flatMap({ Int($0) }), cells.count == Curve.allCases.count + 1 else {
            throw ProgramFailure("no line of curves: \(line)")
        }
        self.records = records
        for (curve, cell) in zip(Curve.allCases, cells.dropFirst()) { values[curve] = Double(cell) }
    }

    static func read(_ file: URL) throws -> [CurvePoint] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        guard lines.first.map({ String($0) }) == heading else { throw ProgramFailure("\(file.path): other columns") }
        return try lines.dropFirst().map { try CurvePoint(line: String($0)) }
    }
}

/// The columns of `docs/curves.csv`.
enum Curve: String, CaseIterable {
    case captureStation = "capture_station_cpu_ms_per_1000"
    case pushServer = "push_server_cpu_ms_per_1000"
    case pushStation = "push_station_cpu_ms_per_1000"
    case pushTime = "push_time_ms_per_1000"
    case pullServer = "pull_server_cpu_ms_per_1000"
    case pullStation = "pull_station_cpu_ms_per_1000"
    case pullTime = "pull_time_ms_per_1000"
    case changePush = "change200_push_ms"
    case changePull = "change200_pull_ms"
    case changeServer = "change200_server_cpu_ms"
    case find = "find_ms"
    case findStation = "find_cpu_ms"
    case idle = "idle_ms"
    case serverBytes = "server_bytes_per_record"
    case stationBytes = "station_bytes_per_record"
    case writerBytes = "writing_station_bytes_per_record"
    case serverMemory = "server_memory_mb"
    case pullMemory = "bootstrap_client_memory_mb"
    case pushMemory = "push_client_memory_mb"
}

/// A drawing of `docs/curves`.
struct CurveTopic {
    let name: String
    let title: String
    let panels: [(title: String, unit: String, series: [(name: String, curve: Curve)])]

    static var all: [CurveTopic] {
        [
            CurveTopic(
                name: "push", title: "Capture and push, by what is there already",
                panels: [
                    (
                        "1,000 records pushed", "ms",
                        [
                            ("time", .pushTime), ("server CPU", .pushServer), ("station CPU", .pushStation),
                        ]
                    ),
                    ("1,000 records captured", "ms", [("station CPU", .captureStation)]),
                ]),
            CurveTopic(
                name: "pull", title: "A fresh station fetches everything",
                panels: [
                    (
                        "each 1,000 records of the pull", "ms",
                        [
                            ("time", .pullTime), ("server CPU", .pullServer), ("station CPU", .pullStation),
                        ]
                    )
                ]),
            CurveTopic(
                name: "incremental", title: "200 changed records, by what is there already",
                panels: [
                    (
                        "whole processes", "ms",
                        [
                            ("push", .changePush), ("pull by another", .changePull), ("nothing to do", .idle),
                        ]
                    ),
                    ("server CPU of push and pull", "ms", [("server CPU", .changeServer)]),
                ]),
            CurveTopic(
                name: "find", title: "ruhu find NUMBER, as a whole process",
                panels: [("whole process", "ms", [("time", .find), ("CPU", .findStation)])]),
            CurveTopic(
                name: "size", title: "Database files",
                panels: [
                    (
                        "each record", "bytes",
                        [
                            ("server", .serverBytes), ("station that fetched", .stationBytes),
                            ("station that wrote", .writerBytes),
                        ]
                    )
                ]),
            CurveTopic(
                name: "memory", title: "Memory at its highest",
                panels: [
                    (
                        "resident memory", "MB",
                        [
                            ("server", .serverMemory), ("station, fetching everything", .pullMemory),
                            ("station, pushing", .pushMemory),
                        ]
                    )
                ]),
        ]
    }
}

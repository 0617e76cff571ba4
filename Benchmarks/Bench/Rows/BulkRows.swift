import Foundation
import ProgramRunner

/// Many records of one station: captured, pushed, and fetched by another, as whole processes; the floor in the same run.
enum BulkRows: RowGroup {
    static let name = "bulk"
    static let abstract = "many records captured, pushed, and fetched by another station, against a plain table"
    static let rows: [Row] = [
        .captureCPU, .pushServer, .pushStation, .pushRate, .pushBytes, .bulkMemory, .pullServer, .pullStation,
        .pullRate,
        .pullBytes,
    ]

    private struct Run {
        var floor: Double
        var capture: Cost
        var push: Cost
        var pull: Cost
        var up: Int
        var down: Int
        var memory: Int
    }

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let floor = Floor(records: sizes.records)
        let runs = try (0..<sizes.runs).map { _ in try run(sizes.records, floor) }
        let count = Double(sizes.records)
        let floors = runs.map { $0.floor * 1e6 / count }
        func cpu(_ row: Row, _ seconds: (Run) -> Double) {
            report.add(row, runs.map { seconds($0) * 1e6 / count }, floors: floors)
        }
        func plain(_ row: Row, _ value: (Run) -> Double) { report.add(row, runs.map(value)) }
        cpu(.captureCPU) { $0.capture.station }
        cpu(.pushServer) { $0.push.server }
        cpu(.pushStation) { $0.push.station }
        plain(.pushRate) { count / $0.push.seconds }
        plain(.pushBytes) { Double($0.up) / count }
        plain(.bulkMemory) { Double($0.memory) / 1e6 }
        cpu(.pullServer) { $0.pull.server }
        cpu(.pullStation) { $0.pull.station }
        plain(.pullRate) { count / $0.pull.seconds }
        plain(.pullBytes) { Double($0.down) / count }
    }

    private static func run(_ records: Int, _ floor: Floor) throws -> Run {
        let folder = try TemporaryFolder()
        let before = try floor.run(in: folder.url)
        let township = try BenchTownship(in: folder.url)
        defer { township.stop() }
        let capture = try township.capture(records)
        let (push, pushed) = try Cost.of(township.server) { try township.first.sync() }
        let memory = township.server.peakMemory
        let second = try township.station("second")
        let (pull, pulled) = try Cost.of(township.server) { try second.sync() }
        let after = try floor.run(in: folder.url)
        return Run(
            floor: (before.processorSeconds + after.processorSeconds) / 2, capture: capture, push: push, pull: pull,
            up: pushed["bytes"]["sent"].int ?? 0, down: pulled["bytes"]["received"].int ?? 0, memory: memory)
    }
}

import Foundation
import ProgramRunner

/// One township that grows, measured at sizes a third of a decade apart.
struct GrowthCurves {
    /// Everything is measured at these sizes: records that are there before.
    static let sizes = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
    /// Pushed at every size, three times: few enough that the next size is not reached.
    private static let pushed = 500
    private static let pushes = 3
    private static let changed = 200
    private static let rounds = 5
    private static let processRuns = 11

    private let folder: TemporaryFolder
    private let township: BenchTownship

    init() throws {
        folder = try TemporaryFolder()
        township = try BenchTownship(in: folder.url)
    }

    func point(_ records: Int) throws -> CurvePoint {
        // The highest memory is that of this size.
        township.stop()
        try township.server.start()
        try grow(to: records)
        township.stop()
        try township.server.start()
        var point = CurvePoint(records: records)
        let second = try pull(&point)
        try changes(second, &point)
        try commands(&point)
        try push(&point)
        point.values[.serverMemory] = Double(township.server.peakMemory) / 1e6
        second.remove()
        return point
    }

    func stop() { township.stop() }

    private func grow(to records: Int) throws {
        // A push of everything at once would wait in the outbox first; a township gets it bit by bit.
        while township.records < records {
            try township.capture(min(100_000, records - township.records))
            try township.first.sync()
            Report.say("  \(township.records) records")
        }
    }

    // MARK: - At one size

    /// - Returns: the station that fetched.
    private func pull(_ point: inout CurvePoint) throws -> VillageStation {
        let thousands = Double(township.records) / 1_000
        let second = try township.station("second-\(township.records)")
        let (cost, peak) = try Cost.of(township.server) { try second.syncWatchingMemory() }
        point.values[.pullTime] = cost.seconds * 1_000 / thousands
        point.values[.pullServer] = cost.server * 1_000 / thousands
        point.values[.pullStation] = cost.station * 1_000 / thousands
        point.values[.pullMemory] = Double(peak) / 1e6
        let records = Double(township.records)
        point.values[.serverBytes] = Double(township.server.folder.databaseBytes) / records
        point.values[.stationBytes] = Double(second.folder.databaseBytes) / records
        point.values[.writerBytes] = Double(township.first.folder.databaseBytes) / records
        return second
    }

    private func changes(_ second: VillageStation, _ point: inout CurvePoint) throws {
        let ids = try township.first.households(Self.changed)
        var (pushes, pulls, idles): ([Cost], [Cost], [Cost]) = ([], [], [])
        for round in 0..<Self.rounds {
            let edits = ids.enumerated().map { index, id in
                #"{"id":"\#(id)","fields":{"rooms":\#((township.records + round) % 97 + index % 9),"#
                    + #""remarks":"\#(township.records) 第\#(round)次\#(index)"}}"#
            }
            try township.first.pipe(edits.joined(separator: "\n"), to: "edit")
            pushes.append(try Cost.of(township.server) { try township.first.sync() }.cost)
            pulls.append(try Cost.of(township.server) { try second.sync() }.cost)
            idles.append(try Cost.of(township.server) { try second.sync() }.cost)
        }
        point.values[.changePush] = pushes.map(\.seconds).median * 1_000
        point.values[.changePull] = pulls.map(\.seconds).median * 1_000
        point.values[.changeServer] = (pushes.map(\.server).median + pulls.map(\.server).median) * 1_000
        point.values[.idle] = idles.map(\.seconds).median * 1_000
    }

    private func commands(_ point: inout CurvePoint) throws {
        let number = String(format: "%06d", township.records - 1)
        let costs = try (0..<Self.processRuns).map { _ in
            let (cost, found) = try Cost.of(nil) { try township.first.run(["find", number]) }
            guard found.code == 0 else { throw ProgramFailure("find: \(found.text)") }
            return cost
        }
        point.values[.find] = costs.map(\.seconds).median * 1_000
        point.values[.findStation] = costs.map(\.station).median * 1_000
    }

    private func push(_ point: inout CurvePoint) throws {
        let thousands = Double(Self.pushed) / 1_000
        var (captures, pushes, memory): ([Double], [Cost], [Int]) = ([], [], [])
        for _ in 0..<Self.pushes {
            captures.append(try township.capture(Self.pushed).station)
            let (cost, peak) = try Cost.of(township.server) { try township.first.syncWatchingMemory() }
            pushes.append(cost)
            memory.append(peak)
        }
        point.values[.captureStation] = captures.median * 1_000 / thousands
        point.values[.pushTime] = pushes.map(\.seconds).median * 1_000 / thousands
        point.values[.pushServer] = pushes.map(\.server).median * 1_000 / thousands
        point.values[.pushStation] = pushes.map(\.station).median * 1_000 / thousands
        point.values[.pushMemory] = Double(memory.max() ?? 0) / 1e6
    }
}

extension VillageStation {
    fileprivate func remove() { try? FileManager.default.removeItem(at: folder) }
}

extension URL {
    /// Of the SQLite files in this folder, their journals included.
    fileprivate var databaseBytes: Int {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: self, includingPropertiesForKeys: [.fileSizeKey])) ?? []
        return files.filter { $0.lastPathComponent.contains(".sqlite") }.reduce(0) { sum, file in
            sum + ((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
        }
    }
}

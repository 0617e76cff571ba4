import Foundation
import ProgramRunner
import SyncEngine
import Synchronization

/// Many stations' pushes at one server at once, each over a connection of its own. The stations' files are made by the
/// programs; the frames are ready before the first is sent, but the stations' threads share the server's cores.
enum StormRows: RowGroup {
    static let name = "storm"
    static let abstract = "100 stations × 20 records at once"
    static let rows: [Row] = [.stormRate, .stormWait, .stormServer, .stormServerRate, .stormMemory, .stormProcesses]
    private static let each = 20

    private struct Run {
        /// From the first request to the last answer.
        var seconds: Double
        /// Of each request.
        var waits: [Double]
        var server: Double
        /// Of the whole processes afterwards.
        var processes: Double
    }

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let folder = try TemporaryFolder()
        let township = try BenchTownship(in: folder.url, records: sizes.records)
        defer { township.stop() }
        let floor = Floor(records: sizes.stations * each)
        let stations = try (0..<sizes.stations).map { index in
            let village = "3704041012\(String(format: "%02d", 10 + index % 80))"
            return try township.server.station("storm-\(index)", village: village, staff: "协理员\(index)")
        }
        var sample = Sample(seed: 2, village: BenchTownship.village)
        // The highest memory is that of storms, not of the bulk before.
        township.stop()
        try township.server.start()
        var (runs, floors): ([Run], [Double]) = ([], [])
        for _ in 0..<sizes.runs {
            for (index, station) in stations.enumerated() { try capture(&sample, index, at: station) }
            floors.append(try floor.run(in: folder.url).processorSeconds)
            runs.append(try run(stations, township.server))
        }
        let count = Double(sizes.stations * each)
        report.add(.stormRate, runs.map { count / $0.seconds })
        let waits = runs.flatMap(\.waits).sorted()
        report.add(.stormWait, waits[min(waits.count - 1, waits.count * 99 / 100)] * 1_000)
        report.add(.stormServer, runs.map { $0.server * 1e6 / count }, floors: floors.map { $0 * 1e6 / count })
        let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
        report.add(.stormServerRate, runs.map { cores * count / $0.server })
        report.add(.stormMemory, Double(township.server.peakMemory) / 1e6)
        report.add(.stormProcesses, runs.map(\.processes))
    }

    private static func capture(_ sample: inout Sample, _ index: Int, at station: VillageStation) throws {
        let lines = (0..<each).map { row in
            var fields = sample.next(index * each + row)
            fields["village"] = nil
            return BenchTownship.line(["kind": "household", "fields": fields])
        }
        try station.pipe(lines.joined(separator: "\n"), to: "new")
    }

    private static func run(_ stations: [VillageStation], _ server: TownshipServer) throws -> Run {
        let outcomes = Mutex<[Result<FramePusher.Answer, any Error>]>([])
        let (ready, gate, done) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        for station in stations {
            let url = server.url
            Thread.detachNewThread {
                let pusher = Result {
                    let pusher = try FramePusher(station, url: url)
                    guard try pusher.prepare() else { throw ProgramFailure("nothing to push") }
                    return pusher
                }
                ready.signal()
                gate.wait()
                let outcome = pusher.flatMap { pusher in Result { try pusher.push() } }
                outcomes.withLock { $0.append(outcome) }
                done.signal()
            }
        }
        for _ in stations { ready.wait() }
        let before = server.processorSeconds
        let started = ContinuousClock.now
        for _ in stations { gate.signal() }
        for _ in stations { done.wait() }
        let seconds = Usage.seconds(since: started)
        let used = server.processorSeconds - before
        let answers = try outcomes.withLock { try $0.map { try $0.get() } }
        guard answers.allSatisfy({ $0.outcomes.allSatisfy { $0.result == .verbatim } }) else {
            throw ProgramFailure("a set of the storm was not taken as it is")
        }
        let (processes, failed) = try stations.syncAtOnce()
        guard failed == 0 else { throw ProgramFailure("\(failed) syncs failed") }
        return Run(seconds: seconds, waits: answers.map(\.seconds), server: used, processes: processes)
    }
}

extension [VillageStation] {
    /// Starts a sync at every station, as a process, and waits for all.
    /// - Returns: from the first start to the last end; how many failed.
    func syncAtOnce() throws -> (seconds: Double, failed: Int) {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let started = ContinuousClock.now
        let processes = try map { try $0.program.start(["sync", "--json"], descriptors: (null, null, null)) }
        let failed = processes.map { $0.wait() }.filter { $0 != 0 }.count
        return (Usage.seconds(since: started), failed)
    }
}

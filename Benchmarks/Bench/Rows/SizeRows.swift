import Foundation
import ProgramRunner

/// What must not grow with what is there: two townships serve at the same time, one of five times the records, and take
/// turns. The large one's station also tells what single commands and a bootstrap take.
enum SizeRows: RowGroup {
    static let name = "sizes"
    static let abstract = "200 changes, single commands and a bootstrap at 100,000 records, and against 20,000"
    static let rows: [Row] = [
        .changeBytes, .changePush, .changePull, .changePushGrowth, .changePullGrowth, .changeServerGrowth, .processNew,
        .processShow, .processFind, .clientMemory,
    ]
    private static let changes = 200
    /// Rounds of the changes: what is compared are times near 50 ms.
    private static let rounds = 15

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let folder = try TemporaryFolder()
        let small = try Pair(in: folder.url, "small", records: sizes.records)
        let large = try Pair(in: folder.url, "large", records: sizes.large, watchesMemory: true)
        let rounds = max(sizes.runs, min(Self.rounds, sizes.processRuns))
        for round in 0..<rounds {
            // Neither always comes first.
            for pair in round % 2 == 0 ? [small, large] : [large, small] { try pair.change(changes, round: round) }
        }
        report.add(.changeBytes, small.bytes.map { Double($0) / Double(changes) })
        report.add(.changePush, large.pushes.map { $0.seconds * 1_000 })
        report.add(.changePull, large.pulls.map { $0.seconds * 1_000 })
        func growth(_ row: Row, _ value: (Pair) -> Double) { report.add(row, value(large) / value(small)) }
        growth(.changePushGrowth) { $0.pushes.map(\.seconds).median }
        growth(.changePullGrowth) { $0.pulls.map(\.seconds).median }
        growth(.changeServerGrowth) { $0.pushes.map(\.server).median + $0.pulls.map(\.server).median }
        try processes(large.township.first, sizes, into: &report)
        report.add(.clientMemory, Double(large.peakMemory) / 1e6)
    }

    private static func processes(_ station: VillageStation, _ sizes: Sizes, into report: inout Report) throws {
        let household = try station.households(1).first ?? ""
        let number = String(format: "%06d", sizes.large - 1)
        for (row, arguments) in [
            (Row.processNew, ["new", "note", "household=\(household)", "text=来过"]),
            (.processShow, ["show", household]), (.processFind, ["find", number]),
        ] {
            let times = try (0..<sizes.processRuns).map { _ in
                let outcome = try station.run(arguments)
                guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text)") }
                return outcome.seconds * 1_000
            }
            report.add(row, times)
        }
    }

    /// A township with the stations that write and that read.
    private final class Pair {
        let township: BenchTownship
        private let second: VillageStation
        private let ids: [String]
        private(set) var pushes: [Cost] = []
        private(set) var pulls: [Cost] = []
        private(set) var bytes: [Int] = []
        private(set) var peakMemory = 0

        init(in parent: URL, _ name: String, records: Int, watchesMemory: Bool = false) throws {
            Report.say("\(name): a township of \(records) records")
            township = try BenchTownship(in: parent, name: name, records: records)
            second = try township.station("second")
            if watchesMemory { peakMemory = try second.syncWatchingMemory() } else { try second.sync() }
            ids = try township.first.households(changes)
        }

        deinit { township.stop() }

        /// Two fields of each record: pushed by one station, pulled by the other.
        func change(_ count: Int, round: Int) throws {
            let edits = ids.enumerated().map { index, id in
                #"{"id":"\#(id)","fields":{"rooms":\#(index % 9 + round + 1),"remarks":"第\#(round)次核对\#(index)"}}"#
            }
            try township.first.pipe(edits.joined(separator: "\n"), to: "edit")
            let (push, pushed) = try Cost.of(township.server) { try township.first.sync() }
            let (pull, pulled) = try Cost.of(township.server) { try second.sync() }
            guard pulled["records"].int.map({ $0 >= ids.count }) ?? true else {
                throw ProgramFailure("pulled \(pulled.value ?? "nothing")")
            }
            pushes.append(push)
            pulls.append(pull)
            bytes.append(pushed["bytes"]["sent"].int ?? 0)
        }
    }
}

extension VillageStation {
    /// - Returns: the most memory the process had, in bytes.
    func syncWatchingMemory() throws -> Int {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let (code, peak) = try program.start(["sync", "--json"], descriptors: (null, null, null)).waitWatchingMemory()
        guard code == 0 else { throw ProgramFailure("\(name) sync: \(code)") }
        return peak
    }
}

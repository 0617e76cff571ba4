import Assistance
import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import SyncWire

/// The station's own engine in this process, from typed values to the commit, against plain inserts of the same values
/// with the same settings, in turns.
enum LocalRows: RowGroup {
    static let name = "local"
    static let abstract = "local writes at a station against plain inserts"
    static let rows: [Row] = [.localOne, .localOneCPU, .localMany, .localManyCPU]
    private static let thousand = 1_000

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let folder = try TemporaryFolder()
        let township = try BenchTownship(in: folder.url, records: min(sizes.records, thousand))
        defer { township.stop() }
        let writer = try Writer(township.first)
        for (size, wall, cpu) in [(1, Row.localOne, Row.localOneCPU), (thousand, .localMany, .localManyCPU)] {
            // Each transaction of one waits for the disk.
            let count = size == 1 ? max(1, sizes.records / 10) : min(sizes.records, 10 * thousand)
            let floor = Floor(records: count)
            var (own, floors): ([Floor.Cost], [Floor.Cost]) = ([], [])
            for _ in 0..<sizes.runs {
                floors.append(try floor.run(in: folder.url, perTransaction: size))
                own.append(try writer.write(count, perTransaction: size))
            }
            let scale = 1e6 / Double(count)
            report.add(wall, own.map { $0.seconds * scale }, floors: floors.map { $0.seconds * scale })
            report.add(
                cpu, own.map { $0.processorSeconds * scale }, floors: floors.map { $0.processorSeconds * scale })
        }
    }

    private final class Writer {
        private let replica: ReplicaDatabase
        private let codec = WireCodec()
        private var sample = Sample(seed: 3, village: BenchTownship.village)
        private var written = 0
        private let now = Instant(milliseconds: 1_790_000_000_000)

        init(_ station: VillageStation) throws { replica = try station.replica() }

        func write(_ count: Int, perTransaction size: Int) throws -> Floor.Cost {
            let drafts = (written..<written + count).map { sample.draft($0) }
            written += count
            return try Floor.cost {
                for start in stride(from: 0, to: drafts.count, by: size) {
                    try replica.write { transaction in
                        let capture = Capture(
                            store: transaction, isDesk: false, context: RuleContext(today: now.day))
                        for draft in drafts[start..<min(start + size, drafts.count)] {
                            _ = try capture.commit([draft], act: .init(author: "王秀英", now: now), codec: codec)
                        }
                    }
                }
            }
        }
    }
}

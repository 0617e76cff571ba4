import Foundation
import ProgramRunner
import SyncEngine

/// Two stations that have not seen each other change the same field of the same records: the township's value stands, the
/// other is kept beside it, and a person decides.
enum ConflictRows: RowGroup {
    static let name = "conflicts"
    static let abstract = "2,000 conflicting edits, both values kept"
    static let rows: [Row] = [.conflictRate, .conflictServer, .conflictProcess]

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let folder = try TemporaryFolder()
        // Each round's records are new ones: a second conflict of the same field would be the first one's again.
        let township = try BenchTownship(in: folder.url, records: sizes.conflicts * sizes.runs * 2)
        defer { township.stop() }
        let second = try township.station("second")
        try second.sync()
        let pusher = try FramePusher(second, url: township.server.url)
        let ids = try township.first.households(township.records)
        let floor = Floor(records: sizes.conflicts)
        var (alone, whole, floors): ([Cost], [Cost], [Double]) = ([], [], [])
        var edited: [Edit] = []
        var random = SplitMix(state: 4)
        for round in 0..<sizes.runs * 2 {
            let some = ids[round * sizes.conflicts..<(round + 1) * sizes.conflicts].map { Edit($0, &random) }
            edited += some
            try township.first.pipe(some.map(\.theirs.line).joined(separator: "\n"), to: "edit")
            try second.pipe(some.map(\.mine.line).joined(separator: "\n"), to: "edit")
            try township.first.sync()
            if round % 2 == 0 {
                floors.append(try floor.run(in: folder.url).processorSeconds)
                alone.append(try push(pusher, township.server))
                try second.sync()
            } else {
                whole.append(try Cost.of(township.server) { try second.sync() }.cost)
            }
        }
        try check(edited, at: township.server)
        let count = Double(sizes.conflicts)
        report.add(.conflictRate, alone.map { count / $0.seconds })
        report.add(.conflictServer, alone.map { $0.server * 1e6 / count }, floors: floors.map { $0 * 1e6 / count })
        report.add(.conflictProcess, whole.map { count / $0.seconds })
    }

    /// All frames that wait; only the exchanges are counted.
    private static func push(_ pusher: FramePusher, _ server: TownshipServer) throws -> Cost {
        var sum = Cost(seconds: 0, station: 0, server: 0)
        while try pusher.prepare() {
            let (cost, answer) = try Cost.of(server) { try pusher.push() }
            guard answer.outcomes.allSatisfy({ $0.result == .conflicted }) else {
                throw ProgramFailure("no conflict: \(answer.outcomes.first.debugDescription)")
            }
            sum.seconds += answer.seconds
            sum.server += cost.server
            try pusher.keep(answer)
        }
        return sum
    }

    /// What each of the two stations writes to a record.
    private struct Edit {
        struct Side {
            let record: String
            let head: String

            init(_ record: String, _ random: inout SplitMix) {
                self.record = record
                head = RecordID.v7(milliseconds: 1_700_000_000_000, using: &random).description
            }

            var line: String { #"{"id":"\#(record)","fields":{"head":"\#(head)"}}"# }
        }

        let theirs: Side
        let mine: Side

        init(_ record: String, _ random: inout SplitMix) {
            theirs = Side(record, &random)
            mine = Side(record, &random)
        }
    }

    /// Both values of every edit are at the township, in an open conflict.
    private static func check(_ edits: [Edit], at server: TownshipServer) throws {
        let conflicts = try server.command("conflicts").json["conflicts"].array
        let values = Dictionary(
            conflicts.map { ($0["record"].string ?? "", [$0["theirs"].string, $0["mine"].string]) },
            uniquingKeysWith: { first, _ in first })
        let missing = edits.filter { values[$0.mine.record] != [$0.theirs.head, $0.mine.head] }
        guard missing.isEmpty, conflicts.count == edits.count else {
            throw ProgramFailure("\(conflicts.count) conflicts of \(edits.count), \(missing.count) without both values")
        }
    }
}

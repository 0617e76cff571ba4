import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Draws spot checks and takes in their results (R57).
struct SampleDesk {
    let township: Township

    struct Row {
        let place: Int64
        let household: String
        let village: String
        let number: String?
    }

    struct Run {
        let id: RecordID
        let sample: SpotSample
        let rows: [Row]
        /// This very draw was made before; nothing was written.
        let isKnown: Bool
        /// Of the set that put it on record; `nil` for one that was.
        let seq: Seq?
    }

    /// Draws from the households on record; with a programme from those where it is in force.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a size that they do not give.
    func draw(_ size: SpotSample.Size, seed: Int64, programme: Programme?, act: Desk.Act) throws -> Run {
        let desk = CaseDesk(township: township)
        return try township.write(act) { transaction, act in
            let households = try population(programme, in: transaction)
            let byID = Dictionary(uniqueKeysWithValues: households.map { ($0.id, $0) })
            let sample = try SpotSample(of: households.map(\.id), size: size, seed: seed)
            let kind = try desk.kind("household")
            let rows = sample.drawn.enumerated().map { index, id in
                Row(
                    place: Int64(index + 1), household: id.description, village: byID[id]?.scope.code ?? "",
                    number: byID[id]?.value("number", in: kind).text)
            }
            let fields = fields(of: sample, programme: programme)
            let known = try transaction.tables.first(
                of: try desk.kind("sample_check"), where: fields.filter { !$0.1.isNull }.map { ($0.0, $0.1) },
                in: transaction.database)
            if let known { return Run(id: known.id, sample: sample, rows: rows, isKnown: true, seq: nil) }
            let run = try desk.new(
                "sample_check",
                fields + [
                    ("drawn_by", .text(act.author)), ("drawn_on", .date(act.now.day)), ("share_percent", share(size)),
                ], id: act.made)
            let drawn = try rows.map { row in
                try desk.new(
                    "sampled_household",
                    [
                        ("sample_check", .text(run.record.description)), ("place", .int64(row.place)),
                        ("household", .text(row.household)), ("village", .text(row.village)),
                    ])
            }
            let outcome = try township.desk.act([run] + drawn, act, in: transaction)
            return Run(id: run.record, sample: sample, rows: rows, isKnown: false, seq: outcome?.seq)
        }
    }

    /// What makes a draw the same as another.
    private func fields(of sample: SpotSample, programme: Programme?) -> [(String, Value)] {
        [
            ("seed", .int64(sample.seed)), ("programme", programme.map { .text($0.rawValue) } ?? .null),
            ("population", .int64(Int64(sample.population))),
            ("population_sha256", .text(sample.populationHash.description)),
            ("drawn", .int64(Int64(sample.drawn.count))),
        ]
    }

    private func share(_ size: SpotSample.Size) -> Value {
        if case .share(let percent) = size { .int64(Int64(percent)) } else { .null }
    }

    private func population(
        _ programme: Programme?, in transaction: AuthorityTransaction
    ) throws -> [SyncEngine.Record] {
        let desk = CaseDesk(township: township)
        let tables = transaction.tables
        let all = try tables.all(of: try desk.kind("household"), where: [], in: transaction.database)
        guard let programme else { return all }
        let application = try desk.kind("application")
        let cases = try tables.all(
            of: application, where: [("programme", .text(programme.rawValue))], in: transaction.database)
        let inForce = Set(
            cases.filter { record in
                record.value("status", in: application).text.flatMap(CaseState.init)?.isInForce == true
            }.compactMap { $0.value("household", in: application).recordID })
        return all.filter { inForce.contains($0.id) }
    }

    /// What the check of one household of a draw came to.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for a household that was not drawn.
    func record(
        run: String, household: String, writes: [FieldWrite], act: Desk.Act
    ) throws -> (draft: Draft, seq: Seq) {
        let desk = CaseDesk(township: township)
        let kind = try desk.kind("sampled_household")
        guard RecordID(run) != nil, RecordID(household) != nil else { throw notDrawn(run, household) }
        let found = try township.database.read { database in
            try township.database.tables.first(
                of: kind, where: [("sample_check", .text(run)), ("household", .text(household))], in: database)
        }
        guard let found else { throw notDrawn(run, household) }
        let draft = Draft(kind: kind, record: found.id, operation: .edit, writes: writes)
        return (draft, try desk.add(draft, act: act))
    }

    private func notDrawn(_ run: String, _ household: String) -> Problem {
        Problem(
            .unknownRecord, "\(run) \(household)",
            explanation: Label(zh: "这次抽查没有抽到这一户", en: "This household was not drawn in this spot check"))
    }
}

import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// The month's roll: computed from the cases, frozen once, paid as frozen.
struct RollDesk {
    let township: Township

    /// Lines of one set: with their roll they stay below what a set may hold.
    private static let linesPerSet = 500

    struct Frozen {
        let roll: Roll
        /// `nil` while it is only looked at.
        let record: RecordID?
        let batch: Int64
        let seq: Seq?
    }

    /// What would be frozen now.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    func preview(_ month: Month) throws -> Frozen {
        try township.database.write { transaction in
            Frozen(
                roll: try roll(month, in: transaction), record: nil, batch: try nextBatch(month, in: transaction),
                seq: nil)
        }
    }

    /// Freezes what is due and has no line yet: a second freeze of a month is a further batch of what came since.
    /// - Throws: ``Problem`` ``Problem/Code/nothingToChange`` when nothing is due, ``Problem/Code/badValue`` for a month
    ///   that is still far.
    func freeze(_ month: Month, act: Desk.Act) throws -> Frozen {
        guard month <= Month(of: act.now.day).next else {
            throw Problem(
                .badValue, month.description,
                explanation: Label(zh: "最多提前一个月冻结", en: "A roll is frozen at most a month ahead"))
        }
        return try township.database.write { transaction in
            let roll = try roll(month, in: transaction)
            guard !roll.lines.isEmpty else {
                throw Problem(
                    .nothingToChange, month.description,
                    explanation: Label(
                        zh: "\(month) 没有待发放的，另有 \(roll.held.count) 件暂缓",
                        en: "Nothing is due for \(month); \(roll.held.count) cases are held"))
            }
            let batch = try nextBatch(month, in: transaction)
            let desk = CaseDesk(township: township)
            let id = Township.newID(at: act.now)
            let lines = try roll.lines.map { try payment($0, roll: id, desk: desk) }
            let head = Draft(
                kind: rollKind, record: id, operation: .create,
                writes: [
                    .set("month", .text(month.description)), .set("batch", .int64(batch)),
                    .set("frozen_at", .time(act.now)), .set("frozen_by", .text(act.author)),
                    .set("lines", .int64(Int64(roll.lines.count))), .set("total_fen", .int64(roll.totalFen)),
                    .set("digest", .text(roll.digest.description)),
                ])
            var seq: Seq?
            var drafts = [head] + lines
            while !drafts.isEmpty {
                // Every later set has seen the earlier ones of the same act.
                var next = act
                if seq != nil { next.seen = nil }
                seq = try township.desk.act(Array(drafts.prefix(Self.linesPerSet)), next, in: transaction)?.seq ?? seq
                drafts.removeFirst(min(Self.linesPerSet, drafts.count))
            }
            return Frozen(roll: roll, record: id, batch: batch, seq: seq)
        }
    }

    private func roll(_ month: Month, in transaction: AuthorityTransaction) throws -> Roll {
        let records = try CaseReader(township, in: transaction.database)
        let files = try records.files(RecordSelection(limit: Limits.listRecords), at: township.clock())
        let conflicts = try transaction.tables.conflicts(in: transaction.database, includeClosed: false)
        return try Roll(
            month, files: files,
            conflicts: Set(conflicts.compactMap { $0.value("record", in: ConflictRecord.kind).recordID }))
    }

    private func nextBatch(_ month: Month, in transaction: AuthorityTransaction) throws -> Int64 {
        let earlier = try transaction.tables.all(
            of: rollKind, where: [("month", .text(month.description))], in: transaction.database)
        return Int64(earlier.count) + 1
    }

    private func payment(_ line: Roll.Line, roll: RecordID, desk: CaseDesk) throws -> Draft {
        try desk.new(
            "payment",
            [
                ("application", .text(line.file.application.record.id.description)),
                ("month", .text(line.month.description)), ("payee", .text(line.payee.record.id.description)),
                ("amount_fen", .int64(line.fen)), ("means", .text("account")), ("state", .text("planned")),
                ("roll", .text(roll.description)),
            ] + ["kind", "number", "bank", "holder"].map { ("account_\($0)", line.account.value($0)) })
    }
}

extension Roll {
    /// Of every line's case, month, amount and account, in the roll's order.
    var digest: Hash256 {
        Self.digest(
            lines.map { line in
                Self.entry(
                    application: line.file.application.record.id.description, month: line.month.description,
                    fen: line.fen,
                    account: line.account.text("number"))
            })
    }

    /// A line as the digest has it.
    static func entry(application: String, month: String, fen: Int64, account: String?) -> String {
        "\(application) \(month) \(fen) \(account ?? "")\n"
    }

    /// - Parameter entries: by case and month, as the roll has them.
    static func digest(_ entries: [String]) -> Hash256 { Hash256(of: Array(entries.joined().utf8)) }
}

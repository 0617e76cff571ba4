package import Assistance
import CommandSupport
import RecordStore
package import SyncEngine

import class GRDB.Database

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
        /// Where it pays to, for a second person to see.
        let accounts: AccountReview
    }

    /// What would be frozen now.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    func preview(_ month: Month) throws -> Frozen { try township.database.read { try preview(month, in: $0) } }

    /// The same, on one snapshot with what else is read there: nobody who writes waits for it.
    func preview(_ month: Month, in database: Database) throws -> Frozen {
        let records = try CaseReader(township, in: database)
        let roll = try roll(month, in: records)
        return Frozen(
            roll: roll, record: nil, batch: try nextBatch(month, in: database), seq: nil,
            accounts: try AccountReview(roll, in: records))
    }

    /// Freezes what is due and has no line yet: a second freeze of a month is a further batch of what came since.
    /// - Throws: ``Problem`` ``Problem/Code/nothingToChange`` when nothing is due, ``Problem/Code/badValue`` for a month
    ///   that is still far, ``Problem/Code/samePerson`` for who changed an account that it pays to,
    ///   ``Problem/Code/changedMeanwhile`` for who has not seen the change.
    /// - Parameters:
    ///   - awaitsStations: after a restore, whether it waits until every station has brought back what it knows: a month
    ///     that was frozen before may be among it.
    ///   - looked: what was worked out and seen before; `nil` where nobody is asked, as on the command line.
    ///   - isNamed: the act's author has said who he is. A system's user, whom all who use the server's shell are, is
    ///     nobody to compare with: what changed is listed, and refused to no one.
    func freeze(
        _ month: Month, awaitsStations: Bool, looked: Looked? = nil, isNamed: Bool = true, act: Desk.Act
    ) throws -> Frozen {
        guard month <= Month(of: act.now.day).next else {
            throw Problem(
                .badValue, month.description,
                explanation: Label(zh: "最多提前一个月冻结", en: "A roll is frozen at most a month ahead"))
        }
        return try township.write(act) { transaction, act in
            if awaitsStations { try checkStations(in: transaction) }
            let records = try CaseReader(township, in: transaction.database)
            let roll = try roll(month, in: records)
            guard !roll.lines.isEmpty else {
                throw Problem(
                    .nothingToChange, month.description,
                    explanation: Label(
                        zh: "\(month) 没有待发放的，另有 \(roll.held.count) 件暂缓",
                        en: "Nothing is due for \(month); \(roll.held.count) cases are held"),
                    hint: Label(
                        zh: "ruhu-server roll show \(month) 可看暂缓的和原因",
                        en: "ruhu-server roll show \(month) says what is held and why"))
            }
            let accounts = try AccountReview(roll, in: records)
            if isNamed {
                try accounts.checkFreezer(act.author)
                try Self.checkReturns(paidAgainIn: roll, by: act.author)
            }
            try accounts.checkSeen(act.seen)
            if let looked { try Self.check(looked, against: roll, in: records) }
            let batch = try nextBatch(month, in: transaction.database)
            let desk = CaseDesk(township: township)
            let id = act.newID()
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
            return Frozen(roll: roll, record: id, batch: batch, seq: seq, accounts: accounts)
        }
    }

    /// Whether a line came back is one person's word; that it is paid again takes another (R14).
    private static func checkReturns(paidAgainIn roll: Roll, by person: String) throws {
        let own = roll.lines.filter { line in
            line.file.returners(of: line.month, from: line.account).contains { MoneyAdmission.isSame($0, person) }
        }
        guard !own.isEmpty else { return }
        throw Problem(
            .samePerson, Set(own.map(\.month.description)).sorted().joined(separator: ", "),
            explanation: Label(
                zh: "这些月份的退回是您登记的，重发的名册须由另一人冻结",
                en: "You recorded that these months came back: another freezes the roll that pays them again"),
            hint: Label(
                zh: "请另一位同事核对退回的情况，由他冻结这个月的名册。",
                en: "Ask a colleague to look at what came back, and to freeze the roll."))
    }

    private func checkStations(in transaction: AuthorityTransaction) throws {
        guard let restored = try EpochReader(transaction.database).restoredAt() else { return }
        let awaited = try DeviceRegister(transaction.database).stations().filter {
            $0.revokedAt == nil && $0.lastSeen ?? $0.enrolledAt < restored
        }
        guard !awaited.isEmpty else { return }
        let names = awaited.map(\.staff).sorted().joined(separator: ", ")
        let reason = Label(
            zh: "恢复备份之后还有 \(awaited.count) 个工作站没有同步（\(names)），冻结过的名册可能还会带回来；等它们同步，或写明理由：--without-stations 理由",
            en:
                "since the restore \(awaited.count) stations have not synced (\(names)), and may bring back a frozen roll; wait for them, or say why not: --without-stations REASON"
        )
        throw Refusal(
            move: Label(zh: "冻结名册", en: "freeze the roll"), reasons: [.init(CaseRule(14), reason)]
        ).problem
    }

    private func roll(_ month: Month, in records: CaseReader) throws -> Roll {
        let files = try records.due(month, at: township.clock())
        return try Roll(month, files: files, doubtful: try doubtful(in: records.database))
    }

    /// What a person has to look at first: open conflicts, and who may be on record twice.
    private func doubtful(in database: Database) throws -> Set<RecordID> {
        let tables = township.database.tables
        let conflicts = try tables.conflicts(in: database, includeClosed: false).compactMap {
            $0.value("record", in: ConflictRecord.kind).recordID
        }
        let kind = DuplicateRecord.kind
        let duplicates = try tables.all(
            of: kind, where: [("state", .text(DuplicateRecord.State.open.rawValue))], in: database
        ).flatMap { found in DuplicateRecord.namingFields.compactMap { found.value($0, in: kind).recordID } }
        return Set(conflicts + duplicates)
    }

    private func nextBatch(_ month: Month, in database: Database) throws -> Int64 {
        let earlier = try township.database.tables.all(
            of: rollKind, where: [("month", .text(month.description))], in: database)
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
    package static func entry(application: String, month: String, fen: Int64, account: String?) -> String {
        "\(application) \(month) \(fen) \(account ?? "")\n"
    }

    /// - Parameter entries: by case and month, as the roll has them.
    package static func digest(_ entries: [String]) -> Hash256 { Hash256(of: Array(entries.joined().utf8)) }
}

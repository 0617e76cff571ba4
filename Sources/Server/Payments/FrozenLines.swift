import Assistance
import GRDB
import RecordStore
import SyncEngine

/// A line of a frozen roll and what became of it.
struct FrozenLine {
    let line: Linked
    let roll: Linked
    /// What takes it back.
    let reversal: Linked?
    /// What is withheld from it, in fen.
    let withheldFen: Int64

    var grossFen: Int64 { line.number("amount_fen") ?? 0 }
    var fen: Int64 { grossFen - withheldFen }
    var application: RecordID? { line.value("application").recordID }

    var state: PaymentState { PaymentState(of: line, reversedBy: reversal) }
}

/// The frozen lines of a month, read by the rolls' index: the one source of pay file, plan and reconciliation. Each roll
/// is checked against what was frozen with it.
struct FrozenLines {
    let month: Month
    /// The batches, the earlier first.
    let rolls: [Linked]
    /// By roll, and in it by case and month.
    let lines: [FrozenLine]

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` when the month was not frozen or has no such batch,
    ///   ``Problem/Code/storage`` when the lines do not come to what was frozen.
    init(_ month: Month, batch: Int64?, in records: CaseReader) throws {
        self.month = month
        rolls = try Self.rolls(of: month, batch: batch, in: records)
        guard !rolls.isEmpty else {
            throw Problem(
                .unknownRecord, month.description,
                explanation: Label(
                    zh: "这个月还没有冻结过",
                    en: "This month is not frozen yet"),
                hint: Label(
                    zh: "先冻结这个月（ruhu-server roll freeze），或去掉 --batch 看有哪些批次",
                    en: "Freeze the month first (ruhu-server roll freeze), or leave out --batch"))
        }
        let withheld = try Self.withheld(in: records)
        let kind = try records.kind("payment")
        lines = try rolls.flatMap { roll in
            let lines = try records.tables.all(
                of: kind, where: [("roll", .text(roll.record.id.description))], in: records.database
            ).compactMap(Linked.init)
            try Self.check(lines, against: roll)
            return try lines.map { line in
                FrozenLine(
                    line: line, roll: roll,
                    reversal: try records.tables.first(
                        of: kind, where: [("reverses", .text(line.record.id.description))], in: records.database
                    ).flatMap(Linked.init),
                    withheldFen: withheld[line.record.id] ?? 0)
            }
        }
    }

    /// The rolls of a month in order of their batches; none when it was not frozen.
    static func rolls(of month: Month, batch: Int64? = nil, in records: CaseReader) throws -> [Linked] {
        try records.tables.all(of: rollKind, where: [("month", .text(month.description))], in: records.database)
            .compactMap(Linked.init)
            .filter { batch == nil || $0.number("batch") == batch }
            .sorted { ($0.number("batch") ?? 0, $0.record.id) < ($1.number("batch") ?? 0, $1.record.id) }
    }

    private static func withheld(in records: CaseReader) throws -> [RecordID: Int64] {
        let items = try records.tables.all(
            of: MoneyKinds.recoveryItem, where: [("means", .text(MoneyKinds.Means.offset.rawValue))],
            in: records.database
        ).compactMap(Linked.init)
        return Dictionary(
            items.compactMap { item in
                item.value("payment").recordID.map { ($0, item.number("amount_fen") ?? 0) }
            }, uniquingKeysWith: +)
    }

    /// The lines are those that were frozen, to the fen and the account.
    private static func check(_ lines: [Linked], against roll: Linked) throws {
        // Case and month begin each entry: in that order the roll was frozen.
        let entries = lines.map { line in
            Roll.entry(
                application: line.text("application") ?? "", month: line.text("month") ?? "",
                fen: line.number("amount_fen") ?? 0, account: line.text("account_number"))
        }
        guard Roll.digest(entries.sorted()).description == roll.text("digest"),
            lines.reduce(0, { $0 + ($1.number("amount_fen") ?? 0) }) == roll.number("total_fen")
        else {
            throw Problem(
                .storage, roll.record.id.description,
                explanation: Label(zh: "名册与冻结时不一致，不能导出", en: "The roll is not what was frozen"))
        }
    }
}

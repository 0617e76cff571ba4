import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// The 一本通 pay file of a frozen roll, with the columns of DOMAIN section 8. What it pays is what the roll's lines
/// say, account included, whatever changed since; a line that was taken back, or of whom a death became known, is left out.
struct PayFile {
    /// A frozen line that is not paid out, and why: a death that became known since.
    struct Held {
        let payment: RecordID
        let reason: Refusal.Reason
    }

    let rows: [[Table.Cell]]
    let held: [Held]
    let totalFen: Int64

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` when the month was not frozen or has no such batch,
    ///   ``Problem/Code/storage`` when the lines do not come to what was frozen, ``Problem/Code/refusedMove`` when a case
    ///   has two lines that stand for one month (R14).
    init(_ township: Township, month: Month, batch: Int64?, in database: Database) throws {
        let records = try CaseReader(township, in: database)
        let rolls = try records.tables.all(
            of: rollKind, where: [("month", .text(month.description))], in: database
        ).filter { batch == nil || $0.value("batch", in: rollKind) == batch.map(Value.int64) ?? .null }
        guard !rolls.isEmpty else {
            throw Problem(
                .unknownRecord, month.description,
                explanation: Label(
                    zh: "这个月没有冻结过：ruhu-server roll freeze \(month)",
                    en: "This month is not frozen: ruhu-server roll freeze \(month)"),
                hint: Label(
                    zh: "先冻结这个月，或去掉 --batch 看有哪些批次", en: "Freeze the month first, or leave out --batch"))
        }
        var rows: [[Table.Cell]] = []
        var held: [Held] = []
        var total: Int64 = 0
        for roll in rolls {
            total += try Self.add(roll, to: &rows, holding: &held, unit: township.identity.name, records: records)
        }
        (self.rows, self.held, totalFen) = (rows, held, total)
    }

    /// - Returns: what the rows that were added come to, in fen.
    private static func add(
        _ roll: SyncEngine.Record, to rows: inout [[Table.Cell]], holding held: inout [Held], unit: String,
        records: CaseReader
    ) throws -> Int64 {
        let kind = try records.kind("payment")
        var lines: [(line: SyncEngine.Record, file: CaseFile, place: [String])] = []
        for line in try records.tables.all(
            of: kind, where: [("roll", .text(roll.id.description))], in: records.database)
        {
            func text(_ field: String) -> String { line.value(field, in: kind).text ?? "" }
            let file = try records.file(text("application"), at: Instant(milliseconds: 0))
            let place = [
                line.scope.code, file.home?.text("number") ?? "", file.programme?.rawValue ?? "", text("month"),
                line.id.description,
            ]
            lines.append((line, file, place))
        }
        try check(lines.map { ($0.line, $0.file) }, against: roll, kind: kind)
        var total: Int64 = 0
        // As a village's roster is read: by village, household, programme and month.
        for (line, file, _) in lines.sorted(by: { $0.place.lexicographicallyPrecedes($1.place) }) {
            func text(_ field: String) -> String { line.value(field, in: kind).text ?? "" }
            let fen = line.value("amount_fen", in: kind).int64 ?? 0
            let standing = file.standingPayments
            // What was taken back is not paid, and what was frozen twice waits for a person: after a restore a month may
            // have been frozen anew before the villages brought its first roll back.
            guard standing.contains(where: { $0.record.id == line.id }) else { continue }
            if let twin = standing.first(where: { $0.record.id != line.id && $0.text("month") == text("month") }) {
                throw doubled(line, twin.record)
            }
            if let reason = file.deathHold {
                held.append(Held(payment: line.id, reason: reason))
                continue
            }
            let payee = try line.value("payee", in: kind).recordID.flatMap {
                try records.record($0, kind: try records.kind("member"))
            }
            func person(_ field: String) throws -> String {
                try payee?.value(field, in: records.kind("member")).text ?? ""
            }
            total += fen
            let (of, batch) = (roll.value("month", in: rollKind).text, roll.value("batch", in: rollKind).int64)
            rows.append([
                .number(Int64(rows.count + 1)), .empty, .text(unit), .text(String(line.scope.code.prefix(9))),
                .text(file.home?.text("number") ?? ""), .text(try person("name")), .text(try person("id_number")),
                .number(1), .fen(fen), .fen(fen), .text(text("account_number")),
                .text(file.home?.text("address") ?? ""), .text(file.programme?.rawValue ?? ""), .text(text("month")),
                .text("\(of ?? "")-\(batch ?? 0)"),
            ])
        }
        return total
    }

    /// The lines are those that were frozen, to the fen and the account.
    private static func check(
        _ lines: [(SyncEngine.Record, CaseFile)], against roll: SyncEngine.Record, kind: KindSchema
    ) throws {
        func fen(_ line: SyncEngine.Record) -> Int64 { line.value("amount_fen", in: kind).int64 ?? 0 }
        // Case and month begin each entry: in that order the roll was frozen.
        let entries = lines.map { line, file in
            Roll.entry(
                application: file.application.record.id.description, month: line.value("month", in: kind).text ?? "",
                fen: fen(line), account: line.value("account_number", in: kind).text)
        }
        let total = lines.reduce(0) { $0 + fen($1.0) }
        guard Roll.digest(entries.sorted()).description == roll.value("digest", in: rollKind).text,
            total == roll.value("total_fen", in: rollKind).int64
        else {
            throw Problem(
                .storage, roll.id.description,
                explanation: Label(zh: "名册与冻结时不一致，不能导出", en: "The roll is not what was frozen"))
        }
    }

    private static func doubled(_ line: SyncEngine.Record, _ twin: SyncEngine.Record) -> Problem {
        let (one, other) = (min(line.id, twin.id), max(line.id, twin.id))
        let reason = Label(
            zh: "同一月份有两笔：\(one) 和 \(other)；冲销一笔：ruhu-server new payment application=… reverses=\(other) amount_fen=负数",
            en:
                "one month has two lines, \(one) and \(other): take one back, ruhu-server new payment application=ID reverses=\(other) amount_fen=MINUS"
        )
        return Refusal(
            move: Label(zh: "导出发放文件", en: "write the pay file"), reasons: [.init(CaseRule(14), reason)]
        ).problem
    }

    /// What was written of the month before this file, the older first.
    static func earlier(_ township: Township, month: Month) throws -> [Linked] {
        try township.database.read { database in
            try township.database.tables.all(
                of: payFileKind, where: [("month", .text(month.description))], in: database
            ).compactMap(Linked.init)
        }
    }

    /// Keeps on record that the file was written.
    func keep(_ township: Township, month: Month, batch: Int64?, act: Desk.Act) throws {
        let draft = Draft(
            kind: payFileKind, record: Township.newID(at: act.now), operation: .create,
            writes: [
                .set("month", .text(month.description)), .set("rows", .int64(Int64(rows.count))),
                .set("total_fen", .int64(totalFen)), .set("sha256", .text(Hash256(of: csv).description)),
                .set("written_by", .text(act.author)), .set("written_at", .time(act.now)),
            ] + (batch.map { [.set("batch", .int64($0))] } ?? []))
        _ = try CaseDesk(township: township).add(draft, act: act)
    }

    var csv: [UInt8] {
        let writer = CSVWriter(PayFileTable.columns)
        return writer.begin() + writer.rows(rows) + writer.end()
    }
}

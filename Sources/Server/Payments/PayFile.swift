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

    /// What it pays, in the order of its rows.
    let lines: [PaidLine]
    let rows: [[Table.Cell]]
    let held: [Held]
    var totalFen: Int64 { lines.reduce(0) { $0 + $1.fen } }

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` when the month was not frozen or has no such batch,
    ///   ``Problem/Code/storage`` when the lines do not come to what was frozen, ``Problem/Code/refusedMove`` when a case
    ///   has two lines that stand for one month (R14).
    init(_ township: Township, month: Month, batch: Int64?, in database: Database) throws {
        try self.init(
            month: month, batch: batch, unit: township.identity.name, in: CaseReader(township, in: database))
    }

    /// The same, on one snapshot with what else is read there.
    init(month: Month, batch: Int64?, unit: String, in records: CaseReader) throws {
        let frozen = try FrozenLines(month, batch: batch, in: records)
        var (lines, rows, held): ([PaidLine], [[Table.Cell]], [Held]) = ([], [], [])
        for roll in frozen.rolls {
            let placed = try frozen.lines.filter { $0.roll.record.id == roll.record.id }.map { frozen in
                let file = try records.file(frozen.line.text("application") ?? "", at: Instant(milliseconds: 0))
                return (frozen: frozen, file: file, place: Self.place(of: frozen.line, in: file))
            }
            // As a village's roster is read: by village, household, programme and month.
            for (frozen, file, _) in placed.sorted(by: { $0.place.lexicographicallyPrecedes($1.place) }) {
                // What was taken back is not paid, and what was frozen twice waits for a person: after a restore a month
                // may have been frozen anew before the villages brought its first roll back.
                guard frozen.reversal == nil else { continue }
                let line = frozen.line
                if let twin = file.standingPayments.first(where: {
                    $0.record.id != line.record.id && $0.text("month") == line.text("month")
                }) {
                    throw Self.doubled(line.record, twin.record)
                }
                if let reason = file.deathHold {
                    held.append(Held(payment: line.record.id, reason: reason))
                    continue
                }
                let paid = PaidLine(file: file, line: line, roll: month, withheldFen: frozen.withheldFen)
                lines.append(paid)
                rows.append(try Self.row(of: paid, number: lines.count, roll: roll, unit: unit, in: records))
            }
        }
        (self.lines, self.rows, self.held) = (lines, rows, held)
    }

    private static func place(of line: Linked, in file: CaseFile) -> [String] {
        [
            line.record.scope.code, file.home?.text("number") ?? "", file.programme?.rawValue ?? "",
            line.text("month") ?? "", line.record.id.description,
        ]
    }

    private static func row(
        of paid: PaidLine, number: Int, roll: Linked, unit: String, in records: CaseReader
    ) throws -> [Table.Cell] {
        let (line, file) = (paid.line, paid.file)
        let payee = try line.value("payee").recordID.flatMap { try records.record($0, kind: records.kind("member")) }
            .flatMap(Linked.init)
        let village = try Village.name(of: line.record.scope, in: records)
        return [
            .number(Int64(number)), .empty, .text(unit), .text(paid.township), .text(file.home?.text("number") ?? ""),
            .text(payee?.text("name") ?? ""), .text(payee?.text("id_number") ?? ""), .number(1), .fen(paid.fen),
            .fen(paid.fen), .text(line.text("account_number") ?? ""),
            .text(file.home.flatMap { Village.address($0, in: village) } ?? ""),
            .text(file.programme?.rawValue ?? ""), .text(line.text("month") ?? ""),
            .text("\(roll.text("month") ?? "")-\(roll.number("batch") ?? 0)"),
        ]
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

    /// Reads it and keeps on record that it was written, in one transaction: the digest on record is of what is handed out.
    /// - Parameter deliver: hands it out; when it throws, nothing was written.
    /// - Throws: what ``init(_:month:batch:in:)`` throws.
    static func write(
        _ township: Township, month: Month, batch: Int64?, act: Desk.Act, deliver: (PayFile) throws -> Void = { _ in }
    ) throws -> PayFile {
        try township.write(act) { transaction, act in
            let file = try PayFile(township, month: month, batch: batch, in: transaction.database)
            try deliver(file)
            _ = try township.desk.act([file.record(of: month, batch: batch, act: act)], act, in: transaction)
            return file
        }
    }

    private func record(of month: Month, batch: Int64?, act: Desk.Act) -> Draft {
        Draft(
            kind: payFileKind, record: Township.newID(at: act.now), operation: .create,
            writes: [
                .set("month", .text(month.description)), .set("rows", .int64(Int64(rows.count))),
                .set("total_fen", .int64(totalFen)), .set("sha256", .text(Hash256(of: csv).description)),
                .set("written_by", .text(act.author)), .set("written_at", .time(act.now)),
            ] + (held.isEmpty ? [] : [.set("left_out", .list(held.map(\.payment.description)))])
                + (batch.map { [.set("batch", .int64($0))] } ?? []))
    }

    var csv: [UInt8] {
        let writer = CSVWriter(PayFileTable.columns)
        return writer.begin() + writer.rows(rows) + writer.end()
    }
}

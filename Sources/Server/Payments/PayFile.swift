import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// The 一本通 pay file of a frozen roll, with the columns of DOMAIN section 8. What it pays is what the roll's lines
/// say, account included, whatever changed since; a line that was taken back, or of whom a death became known, is left out.
struct PayFile {
    static let columns = [
        "序号", "发放时间", "发放单位", "所属乡镇", "农户代码", "姓名", "身份证号", "补贴数量", "补贴标准", "补贴金额", "发放账号",
        "家庭住址", "项目编码", "所属月份", "批次号",
    ]

    /// A frozen line that is not paid out, and why: a death that became known since.
    struct Held {
        let payment: RecordID
        let reason: Refusal.Reason
    }

    let rows: [[String]]
    let held: [Held]
    let totalFen: Int64

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` when the month was not frozen or has no such batch,
    ///   ``Problem/Code/storage`` when the lines do not come to what was frozen, ``Problem/Code/refusedMove`` when a case
    ///   has two lines that stand for one month (R14).
    init(_ township: Township, month: Month, batch: Int64?) throws {
        (rows, held, totalFen) = try township.database.read { database in
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
            var rows: [[String]] = []
            var held: [Held] = []
            var total: Int64 = 0
            for roll in rolls {
                total += try Self.add(roll, to: &rows, holding: &held, unit: township.identity.name, records: records)
            }
            return (rows, held, total)
        }
    }

    /// - Returns: what the rows that were added come to, in fen.
    private static func add(
        _ roll: Record, to rows: inout [[String]], holding held: inout [Held], unit: String, records: CaseReader
    ) throws -> Int64 {
        let kind = try records.kind("payment")
        var lines: [(line: Record, file: CaseFile, place: [String])] = []
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
            rows.append([
                String(rows.count + 1), "", unit, String(line.scope.code.prefix(9)), file.home?.text("number") ?? "",
                try person("name"), try person("id_number"), "1", Yuan.text(fen), Yuan.text(fen),
                text("account_number"), file.home?.text("address") ?? "", file.programme?.rawValue ?? "",
                text("month"),
                "\(roll.value("month", in: rollKind).text ?? "")-\(roll.value("batch", in: rollKind).int64 ?? 0)",
            ])
        }
        return total
    }

    /// The lines are those that were frozen, to the fen and the account.
    private static func check(_ lines: [(Record, CaseFile)], against roll: Record, kind: KindSchema) throws {
        func fen(_ line: Record) -> Int64 { line.value("amount_fen", in: kind).int64 ?? 0 }
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

    private static func doubled(_ line: Record, _ twin: Record) -> Problem {
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

    /// With a byte order mark, so that Excel and WPS read the Chinese.
    var csv: [UInt8] { CSVFile.bytes([Self.columns] + rows) }
}

/// RFC 4180, for spreadsheets.
enum CSVFile {
    static func bytes(_ rows: [[String]]) -> [UInt8] {
        let lines = rows.map { row in row.map(cell).joined(separator: ",") + "\r\n" }
        return [0xEF, 0xBB, 0xBF] + Array(lines.joined().utf8)
    }

    /// A cell that a spreadsheet would take for a formula begins with an apostrophe.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) || $0 == "\r\n" }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

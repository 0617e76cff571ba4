import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What the bank says of a batch: paid on a day, or returned (R14). A line that came back is taken back in full, so that
/// its month is due again.
struct ReturnDesk {
    let township: Township

    /// Lines of one set, and rows of a return file that are decided in one transaction.
    static let linesPerSet = 500
    /// Rows of one return file, at most: more than a district has lines in two months.
    static let rowLimit = 50_000

    // MARK: - Paid

    struct Paid {
        let file: Linked
        /// Lines that are marked now; those that were marked before or came back meanwhile are not counted.
        let lines: Int
        let totalFen: Int64
        let seq: Seq?
    }

    /// Records that the bank paid what a pay file listed.
    /// - Parameters:
    ///   - file: the pay file that was handed in; needed when the batch was written several times with other contents.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` when no pay file was written, or it is not said which;
    ///   ``Problem/Code/badValue`` for a day that is still to come, or before the file was written;
    ///   ``Problem/Code/nothingToChange`` when all is marked.
    func markPaid(_ month: Month, batch: Int64?, on day: CalendarDay, file: String?, act: Desk.Act) throws -> Paid {
        guard day <= act.now.day else {
            throw Problem(
                .badValue, day.description, explanation: Label(zh: "日期不能晚于今天", en: "Not later than today"))
        }
        return try township.write(act) { transaction, act in
            let records = try CaseReader(township, in: transaction.database)
            let handed = try payFile(month, batch: batch, named: file, in: records)
            try CaseDays.check(
                day, Label(zh: "发放日期", en: "The day"), "payment.paid_at", since: handed.day("written_at"), at: act.now)
            let open = try lines(of: handed, month: month, in: records).filter {
                $0.reversal == nil && $0.line.value("paid_at").isNull
                    && (batch == nil || $0.roll.number("batch") == batch)
            }
            guard !open.isEmpty else {
                throw Problem(
                    .nothingToChange, month.description,
                    explanation: Label(zh: "这一批都已登记为已发放或已退回", en: "All of it is marked as paid, or came back"))
            }
            // The day as the bank says it; of today the time is known.
            let at = day == act.now.day ? act.now : Self.noon(of: day)
            var (seq, act): (Seq?, Desk.Act) = (nil, act)
            for start in stride(from: 0, to: open.count, by: Self.linesPerSet) {
                let drafts = open[start..<min(start + Self.linesPerSet, open.count)].map { frozen in
                    Draft(
                        kind: frozen.line.kind, record: frozen.line.record.id, operation: .edit,
                        writes: [.set("paid_at", .time(at)), .set("recorded_by", .text(act.author))])
                }
                seq = try township.desk.act(drafts, act, in: transaction)?.seq ?? seq
                act.seen = nil
            }
            return Paid(file: handed, lines: open.count, totalFen: open.reduce(0) { $0 + $1.fen }, seq: seq)
        }
    }

    private static func noon(of day: CalendarDay) -> Instant {
        Instant(milliseconds: Int64(day.daysSinceEpoch) * 86_400_000 + 12 * 3_600_000 - Instant.chinaOffsetMilliseconds)
    }

    private func payFile(
        _ month: Month, batch: Int64?, named id: String?, in records: CaseReader
    ) throws -> Linked {
        let roll = try batch.flatMap { try FrozenLines.rolls(of: month, batch: $0, in: records).last }
        let written = try Self.payFiles(of: .text(month.description), in: records).filter { file in
            if let id, file.record.id.description != id { return false }
            guard let batch else { return true }
            // A file of all batches has those that were frozen by then.
            return file.number("batch") == batch
                || (file.value("batch").isNull && roll.map { $0.record.seq < file.record.seq } ?? false)
        }
        guard let last = written.last else {
            throw id == nil
                ? refused("这个月没有导出过发放文件", "no pay file of it was written")
                : refused("这一份不是所选批次的发放文件", "this is no pay file of that batch")
        }
        guard Set(written.map { $0.text("sha256") }).count == 1 || id != nil else {
            let names = written.map { "\($0.record.id)" }.joined(separator: ", ")
            throw refused(
                "导出过几份不同的发放文件，请写明报送银行的是哪一份：--file（\(names)）",
                "several were written: say which the bank has, --file (\(names))")
        }
        return last
    }

    /// What was written of a month, the older first.
    private static func payFiles(of month: Value, in records: CaseReader) throws -> [Linked] {
        try records.tables.all(of: payFileKind, where: [("month", month)], in: records.database)
            .compactMap(Linked.init).sorted { $0.record.seq < $1.record.seq }
    }

    private func refused(_ zh: String, _ en: String) -> Problem {
        Refusal(
            move: Label(zh: "登记已发放", en: "mark as paid"), reasons: [.init(CaseRule(14), Label(zh: zh, en: en))]
        ).problem
    }

    /// The lines that a pay file listed: what stood when it was written, less what it left out.
    /// - Throws: ``Problem`` ``Problem/Code/storage`` when they do not come to what the file came to.
    private func lines(of file: Linked, month: Month, in records: CaseReader) throws -> [FrozenLine] {
        let leftOut = Set(file.elements("left_out"))
        let lines = try FrozenLines(month, batch: file.number("batch"), in: records).lines.filter { frozen in
            frozen.roll.record.seq < file.record.seq && !leftOut.contains(frozen.line.record.id.description)
                && (frozen.reversal.map { $0.record.seq > file.record.seq } ?? true)
        }
        guard lines.count == file.number("rows").map({ Int($0) }),
            lines.reduce(0, { $0 + $1.fen }) == file.number("total_fen")
        else {
            throw Problem(
                .storage, file.record.id.description,
                explanation: Label(zh: "与导出的发放文件不一致", en: "It does not come to what the pay file came to"))
        }
        return lines
    }

    // MARK: - Returned

    struct Returned {
        let line: Linked
        let reversal: RecordID
        let code: String
    }

    /// Takes back a line that the bank returned; its code and reason stay with it.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/refusedMove`` when it was taken back before, or
    ///   no pay file with it was written; ``Problem/Code/badValue`` for an empty code.
    func returnLine(_ id: String, code: String, act: Desk.Act) throws -> (returned: Returned, seq: Seq) {
        try township.write(act) { transaction, act in
            let records = try CaseReader(township, in: transaction.database)
            guard let id = RecordID(id),
                let line = try records.record(id, kind: records.kind("payment")).flatMap(Linked.init)
            else { throw Problem(.unknownRecord, id) }
            let draft = try draft(line, code: code, by: act.author, id: act.made)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return (Returned(line: line, reversal: draft.record, code: code), outcome.seq)
        }
    }

    private func draft(_ line: Linked, code: String, by author: String, id: RecordID? = nil) throws -> Draft {
        guard code.contains(where: { !$0.isWhitespace }) else {
            throw Problem(
                .badValue, "--code", explanation: Label(zh: "须写明银行的退回原因", en: "The bank's reason is needed"))
        }
        return try CaseDesk(township: township).new(
            "payment",
            ["application", "month", "payee", "means"].map { ($0, line.value($0)) } + [
                ("amount_fen", .int64(-(line.number("amount_fen") ?? 0))), ("state", .text("returned")),
                ("reverses", .text(line.record.id.description)), ("return_code", .text(code)),
                ("recorded_by", .text(author)),
            ], id: id)
    }

    /// Says that what came back is paid again to the account it had: another than who recorded the return, and than who
    /// changed an account of the household since, so that nobody alone pays a month twice or elsewhere.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/refusedMove`` when it did not come back,
    ///   ``Problem/Code/samePerson``.
    func payAgain(_ id: String, act: Desk.Act) throws -> (id: RecordID, seq: Seq) {
        let (line, makers) = try township.database.read { database in
            let records = try CaseReader(township, in: database)
            let line = try RecordID(id).flatMap { try records.record($0, kind: records.kind("payment")) }
                .flatMap(Linked.init)
            return (line, try line.map { try Self.makers(of: $0, in: records) } ?? [])
        }
        guard let line else { throw Problem(.unknownRecord, id) }
        if makers.contains(where: { MoneyAdmission.isSame($0, act.author) }) { throw Problem(.samePerson) }
        let draft = Draft(
            kind: MoneyKinds.payAgain, record: act.newID(), operation: .create,
            writes: [
                .set("application", line.value("application")), .set("payment", .text(line.record.id.description)),
                .set("by", .text(act.author)), .set("at", .time(act.now)),
            ] + (act.reason.isEmpty ? [] : [.set("reason", .text(act.reason))]))
        return (draft.record, try CaseDesk(township: township).add(draft, act: act))
    }

    /// Who recorded that a line came back, by hand or with the bank's file, and who changed an account of the household
    /// since; none when it did not come back.
    /// - Parameter history: from before the return on, where several lines are asked about.
    static func makers(
        of line: Linked, in records: CaseReader, history: AccountHistory? = nil
    ) throws -> Set<String> {
        guard
            let reversal = try records.tables.first(
                of: line.kind, where: [("reverses", .text(line.record.id.description))], in: records.database),
            let returner = try records.author(of: reversal.id), let application = line.text("application")
        else { return [] }
        let file = try records.file(application, at: Instant(milliseconds: 0))
        let history = try history ?? AccountHistory(records: records, after: reversal.seq)
        return try history.authors(of: file, after: reversal.seq).union([
            returner
        ])
    }

    // MARK: - The bank's file

    struct Rejected {
        let line: Int
        let field: String
        let reason: String
    }

    struct Report {
        var rows = 0
        var returned: [Returned] = []
        /// Rows that changed nothing; each with its line in the file.
        var rejected: [Rejected] = []

        var totalFen: Int64 { returned.reduce(0) { $0 + ($1.line.number("amount_fen") ?? 0) } }
    }

    /// The columns that are read, as the pay file names them, and what the bank adds.
    static let columns = (
        batch: "批次号", account: "发放账号", amount: "补贴金额", month: "所属月份", programme: "项目编码", identity: "身份证号",
        code: "退回原因", id: "发放编号"
    )

    /// Takes in the bank's return file: the pay file's columns and 退回原因. A bad row is reported with its line and stops
    /// nothing.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for a file that is no table, or has too many rows, or not the
    ///   columns.
    func takeIn(_ bytes: [UInt8], act: Desk.Act) throws -> Report {
        let table = try CSVTable(bytes)
        let needed = [Self.columns.batch, Self.columns.account, Self.columns.amount, Self.columns.code]
        let missing =
            table.header.contains(Self.columns.id)
            ? [Self.columns.code].filter { !table.header.contains($0) } : needed.filter { !table.header.contains($0) }
        guard missing.isEmpty, table.rows.count <= Self.rowLimit else {
            throw Problem(
                .badDocument, missing.joined(separator: "、"),
                explanation: missing.isEmpty
                    ? Label(zh: "退回文件最多 \(Self.rowLimit) 行", en: "A return file has at most \(Self.rowLimit) rows")
                    : Label(zh: "退回文件缺少这些列", en: "The return file lacks these columns"))
        }
        return try township.write(act) { transaction, act in
            var finder = ReturnFinder(records: try CaseReader(township, in: transaction.database))
            var report = Report(rows: table.rows.count)
            var act = act
            for row in table.rows {
                do {
                    guard let fields = table.fields(of: row) else {
                        throw ReturnFinder.Unclear("", "列数与表头不同", "it has not as many columns as the header")
                    }
                    let line = try finder.line(fields)
                    let code = fields[Self.columns.code]?.trimmingSpace ?? ""
                    let draft = try draft(line, code: code, by: act.author)
                    // Rows are decided one by one: what one of them may not change holds up no other.
                    try transaction.savepoint { _ = try township.desk.act([draft], act, in: transaction) }
                    act.seen = nil
                    report.returned.append(Returned(line: line, reversal: draft.record, code: code))
                } catch let unclear as ReturnFinder.Unclear {
                    report.rejected.append(
                        .init(line: row.line, field: unclear.field, reason: unclear.reason.text()))
                } catch let problem as Problem where problem.code.exitCode == .badData {
                    report.rejected.append(.init(line: row.line, field: "", reason: Failure(problem).message))
                }
            }
            return report
        }
    }
}

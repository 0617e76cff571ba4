import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Finds the frozen line that a row of the bank's return file is about: by the id of the line, else by batch, account and
/// amount, and what else the row says.
struct ReturnFinder {
    let records: CaseReader
    /// Standing lines of the batches that were asked for, by account.
    private var batches: [String: [String: [Linked]]] = [:]

    init(records: CaseReader) { self.records = records }

    /// What a row does not say clearly enough, with the column.
    struct Unclear: Error {
        let field: String
        let reason: Label

        init(_ field: String, _ zh: String, _ en: String) {
            self.field = field
            reason = Label(zh: zh, en: en)
        }
    }

    /// - Throws: ``Unclear``.
    mutating func line(_ row: [String: String]) throws -> Linked {
        let columns = ReturnDesk.columns
        func cell(_ column: String) -> String { row[column]?.trimmingSpace ?? "" }
        guard !cell(columns.code).isEmpty else { throw Unclear(columns.code, "没有写退回原因", "no reason of the return") }
        if !cell(columns.id).isEmpty { return try line(id: cell(columns.id)) }
        guard let fen = Yuan.fen(cell(columns.amount)) else {
            throw Unclear(columns.amount, "金额写作 320.00", "an amount is 320.00")
        }
        let lines = try lines(ofBatch: cell(columns.batch))[cell(columns.account)] ?? []
        guard !lines.isEmpty else {
            throw Unclear(columns.account, "这一批没有发放到这个账号", "this batch paid nothing to this account")
        }
        let found = try lines.filter { line in
            try pays(line, fen) && (cell(columns.month).isEmpty || line.text("month") == cell(columns.month))
                && isAbout(line, programme: cell(columns.programme), identity: cell(columns.identity))
        }
        let standing = try found.filter { try reversal(of: $0) == nil }
        guard !found.isEmpty else {
            throw Unclear(columns.amount, "金额、月份、项目或身份证号对不上", "amount, month, programme or identity number differ")
        }
        guard let line = standing.first else {
            throw Unclear("", "这一笔已经退回或冲销过", "it was returned or taken back before")
        }
        guard standing.count == 1 else {
            throw Unclear(
                columns.month, "有 \(standing.count) 笔都符合，请补写所属月份、项目编码",
                "\(standing.count) lines fit: name month and programme")
        }
        return line
    }

    private func line(id: String) throws -> Linked {
        let column = ReturnDesk.columns.id
        guard let id = RecordID(id),
            let line = try records.record(id, kind: records.kind("payment")).flatMap(Linked.init)
        else { throw Unclear(column, "没有这一笔发放", "there is no such line") }
        if try reversal(of: line) != nil {
            throw Unclear(column, "这一笔已经退回或冲销过", "it was returned or taken back before")
        }
        return line
    }

    private func reversal(of line: Linked) throws -> SyncEngine.Record? {
        try records.tables.first(
            of: line.kind, where: [("reverses", .text(line.record.id.description))], in: records.database)
    }

    /// The bank paid what was left after what was withheld.
    private func pays(_ line: Linked, _ fen: Int64) throws -> Bool {
        let withheld = try records.tables.all(
            of: MoneyKinds.recoveryItem, where: [("payment", .text(line.record.id.description))],
            in: records.database
        ).reduce(0) { $0 + ($1.value("amount_fen", in: MoneyKinds.recoveryItem).int64?.bounded ?? 0) }
        return (line.number("amount_fen") ?? 0) - withheld == fen
    }

    private func isAbout(_ line: Linked, programme: String, identity: String) throws -> Bool {
        if !programme.isEmpty {
            let application = try line.value("application").recordID.flatMap {
                try records.record($0, kind: records.kind("application"))
            }.flatMap(Linked.init)
            guard application?.text("programme") == programme else { return false }
        }
        guard !identity.isEmpty else { return true }
        let payee = try line.value("payee").recordID.flatMap { try records.record($0, kind: records.kind("member")) }
            .flatMap(Linked.init)
        return payee?.text("id_number")?.uppercased() == identity.uppercased()
    }

    /// - Parameter batch: as the pay file writes it: `2026-12-1`.
    private mutating func lines(ofBatch batch: String) throws -> [String: [Linked]] {
        if let known = batches[batch] { return known }
        let column = ReturnDesk.columns.batch
        guard let dash = batch.lastIndex(of: "-"), let month = Month(String(batch[..<dash])),
            let number = Int64(batch[batch.index(after: dash)...])
        else { throw Unclear(column, "批次号写作 2026-12-1", "a batch is 2026-12-1") }
        guard let roll = try FrozenLines.rolls(of: month, batch: number, in: records).first else {
            throw Unclear(column, "没有这个批次", "there is no such batch")
        }
        let lines = try records.tables.all(
            of: records.kind("payment"), where: [("roll", .text(roll.record.id.description))], in: records.database
        ).compactMap(Linked.init)
        let byAccount = Dictionary(grouping: lines) { $0.text("account_number") ?? "" }
        batches[batch] = byAccount
        return byAccount
    }
}

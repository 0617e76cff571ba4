import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct LedgerCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ledger", abstract: L("救助台账：谁在享受、多少、从何时起", "The ledger: who receives what, since when"),
            discussion: L(
                "只列正在享受的，--all 列出全部申请；身份证号隐去中间几位。--as-of 由日志推算当天结束时的台账，户数多时要等一会儿。",
                "Lists those in force, --all every case; identity numbers are masked. --as-of works the ledger at the end of "
                    + "that day out from the log, which takes a while with many households."))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("只列某村（代码前缀）", "Only of a village (a prefix of its code)"))) var village: String?
    @Option(help: ArgumentHelp(L("只列某项目", "Only of a programme"))) var programme: String?
    @Option(help: ArgumentHelp(L("只列某状态", "Only in this status"))) var status: String?
    @Flag(help: ArgumentHelp(L("不在享受的也列出", "Those not in force too"))) var all = false
    @Option(help: ArgumentHelp(L("当天结束时的台账", "The ledger at the end of this day"), valueName: "date")) var asOf: String?

    func run() throws {
        var filter = LedgerReader.CaseFilter()
        filter.village = village
        filter.programme = try programme.map { try Programme(parsing: $0) }
        filter.status = try status.map { text in
            guard let state = CaseState(rawValue: text) else {
                throw Problem(.badValue, text, explanation: Label(zh: "没有这个状态", en: "There is no such status"))
            }
            return state
        }
        filter.isInForce = all || status != nil ? nil : true
        let day = try asOf.map { try CalendarDay(typed: $0) }
        let township = try options.township()
        let ledger = try day.map { try township.ledger.asOf($0) } ?? township.ledger
        let names = try ledger.tables.villageNames()
        let cases = try ledger.read { try $0.cases(filter, limit: Limits.listRecords) }
        let shown = LedgerTables.ledgerColumns.indices.filter { LedgerTables.ledgerColumns[$0].name != "household" }
        options.output.write(
            list: "ledger", documents: cases.map(\.document),
            columns: shown.map { LedgerTables.ledgerColumns[$0].title.text() },
            rows: cases.map { entry in
                let row = LedgerTables.ledgerRow(entry, names)
                return shown.map { row[$0].told }
            }, empty: L("没有正在享受的", "Nobody receives anything")
        )
    }
}

extension LedgerCase {
    /// `application`, `household`, `number`, `head`, `applicant` (names), `idNumber` (masked), `village`, `programme`,
    /// `status`, `members`, `incomeFen`, `amountFen`, `from`, `change`, `changedOn`, `pack`, `seq`.
    fileprivate var document: JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        func number(_ number: Int64?) -> JSONValue { number.map(JSONValue.int) ?? .null }
        return .object([
            ("application", .string(application.description)), ("household", text(household?.description)),
            ("number", text(self.number)), ("head", text(head?.name)), ("applicant", text(applicant?.name)),
            ("idNumber", text(person?.idNumber.map(Masking.identityNumber))), ("village", .string(village.code)),
            ("programme", text(programme?.rawValue)), ("status", text(status?.rawValue)),
            ("members", .int(Int64(members))), ("incomeFen", number(incomeFen)), ("amountFen", number(amountFen)),
            ("from", text(fromMonth?.description)), ("change", text(lastMove)),
            ("changedOn", text(changedOn?.description)), ("pack", text(pack)), ("seq", .int(Int64(seq))),
        ])
    }
}

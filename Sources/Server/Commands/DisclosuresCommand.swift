import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct DisclosuresCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "disclosures",
            abstract: L("谁看过被遮盖的敏感信息、什么理由", "Who asked to see what is masked, and why"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("只列这个账号的", "Only of this account"))) var account: String?
    @Option(help: ArgumentHelp(L("起（YYYY-MM-DD）", "From (YYYY-MM-DD)"))) var from: String?
    @Option(help: ArgumentHelp(L("止（YYYY-MM-DD），含当日", "To (YYYY-MM-DD), included"))) var to: String?

    /// Rows that are shown, at most; the export has all.
    private static let limit = 1_000

    func run() throws {
        let township = try options.township()
        let filter = Disclosures.Filter(
            account: account?.lowercased(), from: try day(from, "--from"), to: try day(to, "--to"))
        let table = Disclosures.table(township.database.tables, filter)
        let rows = try township.database.read { try table.page(nil, Self.limit, $0) }.rows
        var text = TextTable(table.columns.map { $0.title.text() })
        for row in rows { text.add(row.map(\.shown)) }
        let documents = rows.map { Table.document($0, table.columns) }
        options.output.write(
            .object([("disclosures", .array(documents)), ("count", .int(Int64(rows.count)))]),
            text: rows.isEmpty ? L("没有人查看过", "Nobody asked") : text.text)
    }

    private func day(_ text: String?, _ name: String) throws -> CalendarDay? {
        guard let text else { return nil }
        guard let day = CalendarDay(text) else { throw Problem(.badValue, "\(name) \(text)") }
        return day
    }
}

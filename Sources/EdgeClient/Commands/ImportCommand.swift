import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: L("从表格导入名册（CSV）", "Import a roster from a spreadsheet (CSV)"),
            discussion: L(
                "有错的行报出行号和原因，其余照常导入。映射文件写法见 docs/import.md。",
                "A bad row is reported with its line and stops nothing. The mapping is described in docs/import.md."))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("CSV 文件", "The CSV file"))) var file: String
    @Option(help: ArgumentHelp(L("映射文件（YAML）", "The mapping file (YAML)"))) var map: String

    func run() throws {
        let station = try options.station()
        let recorder = Recorder(
            station: station, author: try author.name(station), reason: author.reason ?? L("导入名册", "roster import"))
        let mapping = try RosterMapping(
            MappingNode(try YAMLDocument.value(try Files.read(map, limit: 1_048_576))),
            schema: station.replica.tables.schema)
        let bytes = try TextEncoding.decode(try Files.read(file), name: file).bytes
        try station.checkFreeSpace(needed: UInt64(bytes.count * Limits.importFreeFactor))
        let table = try CSVTable(bytes)
        let bar = ProgressBar(label: L("导入", "Import"))
        let result = try RosterImport(recorder: recorder, mapping: mapping).run(table) {
            bar.update(completed: $0, total: table.rows.count)
        }
        bar.finish()
        options.output.write(
            .object([
                ("rows", .int(Int64(table.rows.count))), ("created", .int(Int64(result.created))),
                ("updated", .int(Int64(result.updated))), ("rejected", .array(result.rejected.map(\.document))),
            ]),
            text: ([
                L(
                    "\(table.rows.count) 行：新建 \(result.created) 条，更新 \(result.updated) 条，退回 \(result.rejected.count) 行",
                    "\(table.rows.count) rows: \(result.created) created, \(result.updated) updated, \(result.rejected.count) rejected"
                )
            ] + result.rejected.map(\.text)).joined(separator: "\n"))
    }
}

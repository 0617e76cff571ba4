import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: L("从表格导入名册（CSV），可先试", "Import a roster (CSV), after a dry run"),
            discussion: L(
                "--dry-run 列出会新建什么、哪条记录的哪个字段从什么改为什么、哪些行退回和原因，不写任何东西。映射文件写法见 docs/import.md。",
                "--dry-run says what would be created, which fields of which record would change from what to what, and what is rejected; it writes nothing. The mapping is described in docs/import.md."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("CSV 文件（UTF-8 或 GBK）", "The CSV file (UTF-8 or GBK)"))) var file: String
    @Option(help: ArgumentHelp(L("映射文件（YAML）", "The mapping file (YAML)"))) var map: String
    @Option(help: ArgumentHelp(L("村居代码，表里没有写时用", "The village of rows that name none"))) var village: String?
    @Option(help: ArgumentHelp(L("原因", "Why"))) var reason: String?
    @Flag(help: ArgumentHelp(L("只试，不写", "Only look, write nothing"))) var dryRun = false

    func run() throws {
        let township = try options.township()
        let mapping = try RosterMapping(
            MappingNode(try YAMLDocument.value(try Files.read(map, limit: 1_048_576))),
            schema: township.database.tables.schema)
        let bytes = try Files.read(file, limit: Limits.rosterBytes)
        let act = desk.act(reason: reason ?? L("导入名册", "roster import"), intent: .record, now: township.clock())
        let importer = RosterImportDesk(township: township)
        var looking = act
        looking.seen = nil
        let plan = try importer.plan(
            bytes, name: file, mapping: mapping, village: village.map(Scope.init), act: looking)
        let seq = dryRun ? nil : try importer.apply(plan, act: act)
        options.output.write(
            plan.document(isClear: true).adding([
                ("dryRun", .bool(dryRun)), ("seq", seq.map { .int(Int64($0)) } ?? .null),
            ]),
            text: plan.text(isApplied: !dryRun))
    }
}

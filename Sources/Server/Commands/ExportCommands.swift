import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct ExportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export", abstract: L("导出表格：XLSX、CSV、JSON", "Export tables: XLSX, CSV, JSON"),
            subcommands: [
                ExportTableCommand.self, ExportListCommand.self, ExportPayFileCommand.self, ExportPlanCommand.self,
            ],
            defaultSubcommand: ExportTableCommand.self)
    }
}

struct ExportListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("有哪些表可以导出", "The tables that can be exported"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        func names(_ parameters: Set<TableCatalogue.Parameter>) -> [String] {
            TableCatalogue.Parameter.allCases.filter(parameters.contains).map(\.rawValue)
        }
        var table = TextTable([L("表", "Table"), L("名称", "Title"), L("可按", "Takes")])
        let documents = TableCatalogue.entries.map { entry in
            table.add([
                entry.name, entry.title.text(), names(entry.parameters).map { "--" + $0 }.joined(separator: " "),
            ])
            return JSONValue.object([
                ("table", .string(entry.name)), ("title", .string(entry.title.text())),
                ("takes", .array(names(entry.parameters).map(JSONValue.string))),
                ("needs", .array(names(entry.needs).map(JSONValue.string))),
            ])
        }
        options.output.write(
            .object([("tables", .array(documents)), ("count", .int(Int64(documents.count)))]), text: table.text)
    }
}

struct ExportTableCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "table", abstract: L("把一个表写进文件", "Write a table into a file"),
            discussion: L(
                "例：ruhu-server export households 住户.xlsx --village 370404101201。证件号、账号、电话和敏感内容默认隐去；--clear 写明文，要写理由并记录在案。文件只有本人可读。",
                "Example: ruhu-server export households homes.xlsx --village 370404101201. Numbers of people and sensitive values are masked; --clear shows them, takes a reason, and is put on record. Only its owner may read the file."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(
        help: ArgumentHelp(L("表，如 households；export list 列出所有的", "The table, e.g. households; export list names them")))
    var table: String
    @Argument(help: ArgumentHelp(L("文件名", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("xlsx、csv 或 json（默认看文件名）", "xlsx, csv or json (default: the file's ending)")))
    var format: String?
    @Option(help: ArgumentHelp(L("月份，如 2026-12", "A month, e.g. 2026-12"))) var month: String?
    @Option(help: ArgumentHelp(L("年份，如 2026", "A year, e.g. 2026"))) var year: String?
    @Option(help: ArgumentHelp(L("村居代码，可只写前几位", "A village's code, or its beginning"))) var village: String?
    @Option(help: ArgumentHelp(L("救助项目，如 dibao", "A programme, e.g. dibao"))) var programme: String?
    @Option(help: ArgumentHelp(L("登记簿：自某日", "Of a register: from this day"))) var from: String?
    @Option(help: ArgumentHelp(L("登记簿：至某日", "Of a register: to this day"))) var to: String?
    @Option(help: ArgumentHelp(L("登记簿：open 未办结、overdue 逾期", "Of a register: open or overdue"))) var state: String?
    @Flag(help: ArgumentHelp(L("写明文，不隐去证件号、账号和敏感内容", "Show numbers and sensitive values"))) var clear = false
    @Option(help: ArgumentHelp(L("要明文的理由", "Why in clear"))) var reason: String?
    @Flag(help: ArgumentHelp(L("覆盖已有的文件", "Overwrite a file that is there"))) var force = false

    func run() throws {
        let township = try options.township()
        let format = try self.format.map(Self.format(named:)) ?? TableFormat(ofFile: file)
        try PrintedFile(output: file, isForced: force).check(file)
        let act = desk.act(reason: reason ?? "", intent: .record, now: township.clock())
        let export = try TableExport(of: table, try request(), as: format, from: township, act: act)
        let rows = try export.write(to: file)
        options.output.write(
            .object([
                ("file", .string(file)), ("table", .string(export.table.name)),
                ("format", .string(format.rawValue)), ("rows", .int(Int64(rows))), ("clear", .bool(clear)),
                ("seq", .int(Int64(export.edition.seq))), ("at", .string(export.edition.at.description)),
            ]),
            text: L(
                "已写出“\(export.table.title.zh)”\(rows) 行（序号 \(export.edition.seq)）：\(file)",
                "\(export.table.title.en): \(rows) rows (seq \(export.edition.seq)) written to \(file)"))
    }

    private func request() throws -> TableCatalogue.Request {
        try TableCatalogue.Request(
            {
                [
                    .month: month, .year: year, .village: village, .programme: programme, .from: from, .to: to,
                    .state: state,
                ][$0] ?? nil
            }, isClear: clear)
    }

    private static func format(named name: String) throws -> TableFormat {
        guard let format = TableFormat(rawValue: name) else {
            throw Problem(
                .badValue, name, explanation: Label(zh: "格式是 xlsx、csv 或 json", en: "A format is xlsx, csv or json"))
        }
        return format
    }
}

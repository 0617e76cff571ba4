import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct PlatformCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "platform", abstract: L("社会救助综合管理平台：报送文件", "The district's management platform: its file"),
            subcommands: [PlatformExportCommand.self, PlatformSimulateCommand.self])
    }
}

struct PlatformExportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: L("写出报送文件；不合规则的户另列", "Write the file; households that break a rule are listed"),
            discussion: L(
                "文件含完整身份证号，只有本人可读；导出会留下记录，须写明理由。",
                "It holds full identity numbers and only its owner may read it; the export stays on record, with its reason."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("写到此文件", "The file to write"))) var file: String
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func run() throws {
        guard !reason.isEmpty else { throw Problem(.reasonNeeded, "platform export") }
        let township = try options.township()
        let written = try PlatformFile.write(township, to: file)
        try written.keep(township, act: desk.act(reason: reason, intent: .record, now: township.clock()))
        let refused = written.refused.map { one in
            JSONValue.object([
                ("household", .string(one.household.record.id.description)),
                ("village", .string(one.household.record.scope.code)),
                ("number", one.household.text("number").map(JSONValue.string) ?? .null),
                ("rules", .array(one.rules.map { .string($0.code) })),
            ])
        }
        let lines = written.refused.map { one in
            let rules = one.rules.map { "\($0.code) \($0.label.text())" }.joined(separator: L("、", ", "))
            return "  \(one.household.record.scope.code) \(one.household.text("number") ?? "-")  \(rules)"
        }
        options.output.write(
            .object([
                ("file", .string(file)), ("rows", .int(Int64(written.rows))), ("sha256", .string(written.sha256)),
                ("refused", .array(refused)),
            ]),
            text: ([
                L(
                    "已写出 \(written.rows) 行：\(file)；未报送 \(refused.count) 户。",
                    "\(written.rows) rows written to \(file); \(refused.count) households kept out.")
            ] + lines).joined(separator: "\n"))
    }
}

struct PlatformSimulateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "simulate",
            abstract: L("模拟平台读入报送文件，答复哪些行被拒", "Take a file in as the platform would, and say which rows it rejects"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("报送文件", "The file"))) var file: String

    /// Bytes of a file that is read whole: a district's.
    private static let byteLimit = 512 * 1024 * 1024

    func run() throws {
        let documents = try JSONParser.documents(try Files.read(file, limit: Self.byteLimit))
        guard let head = documents.first, head["row"]?.text == "file", head["version"]?.int == PlatformRows.version
        else {
            throw Problem(
                .badDocument, file,
                explanation: Label(zh: "这不是平台报送文件", en: "This is no file for the platform"))
        }
        var simulator = PlatformRows.Simulator(today: SystemClock.now().day)
        for row in documents.dropFirst() { simulator.take(row) }
        options.output.write(
            .object([
                ("accepted", .int(Int64(simulator.accepted))),
                (
                    "rejected",
                    .array(
                        simulator.rejected.map { row in
                            .object([
                                ("line", .int(Int64(row.line))), ("id", .string(row.id)),
                                ("reason", .string(row.reason)),
                            ])
                        })
                ),
            ]),
            text: ([
                L(
                    "接收 \(simulator.accepted) 行，拒收 \(simulator.rejected.count) 行。",
                    "\(simulator.accepted) rows accepted, \(simulator.rejected.count) rejected.")
            ] + simulator.rejected.map { "  \($0.line)  \($0.id)  \($0.reason)" }).joined(separator: "\n"))
    }
}

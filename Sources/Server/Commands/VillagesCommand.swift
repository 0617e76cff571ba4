import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct VillagesCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "villages", abstract: L("村居和它们的名称", "The villages and what they are called"),
            discussion: L(
                "不写参数时列出。写“代码=名称”则记下名称，网页、文书和台账都用它。\n例：ruhu-server villages 370404101201=夏庄村 370404101202=南石村",
                "Lists them. CODE=NAME writes a name down, for pages, papers and ledgers.\nExample: ruhu-server villages 370404101201=夏庄村 370404101202=南石村"
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("代码=名称 …", "CODE=NAME …"))) var names: [String] = []

    func run() throws {
        let township = try options.township()
        let villages = VillageDesk(township: township)
        if !names.isEmpty {
            let act = desk.act(reason: "", intent: .record, now: township.clock())
            _ = try villages.name(try names.map(Self.pair), act: act)
        }
        let entries = try township.database.read { try villages.villages(in: $0) }
        var table = TextTable([L("村居代码", "Village"), L("名称", "Name"), L("住户", "Households")])
        for entry in entries { table.add([entry.code, entry.name ?? "", String(entry.households)]) }
        options.output.write(
            .object([("villages", .array(entries.map(\.document)))]),
            text: entries.isEmpty ? L("还没有村居", "No villages yet") : table.text)
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    private static func pair(_ text: String) throws -> (code: String, name: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0).trimmingWhitespace() }
        guard parts.count == 2 else {
            throw Problem(
                .badValue, text,
                explanation: Label(zh: "请写作 代码=名称，例如 370404101201=夏庄村", en: "Write it CODE=NAME"))
        }
        return (parts[0], parts[1])
    }
}

extension VillageDesk.Entry {
    /// `code`, `name` (null), `households`.
    var document: JSONValue {
        .object([
            ("code", .string(code)), ("name", name.map(JSONValue.string) ?? .null),
            ("households", .int(Int64(households))),
        ])
    }
}

import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct RollCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "roll", abstract: L("每月发放名册：预览、冻结", "The month's roll: look, freeze"),
            subcommands: [RollShowCommand.self, RollFreezeCommand.self])
    }
}

struct RollShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: L("看这个月还有哪些要发、哪些暂缓、为什么", "What is still due this month, what is held and why"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String

    func run() throws {
        let township = try options.township()
        try warnOfPolicy(township)
        let frozen = try RollDesk(township: township).preview(try Month(parsing: month))
        options.output.write(frozen.document, text: frozen.text)
    }
}

struct RollFreezeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "freeze",
            abstract: L("冻结名册：按决定逐户生成发放记录", "Freeze the roll: a line for every case, as decided"),
            discussion: L(
                "同一个月再冻结一次，只补新增的，记为下一批。冻结后账户、金额不再变动。",
                "Freezing a month again adds only what came since, as the next batch. What is frozen keeps its account and amount."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("月份，如 2026-12", "The month, e.g. 2026-12"))) var month: String
    @Option(
        help: ArgumentHelp(
            L("恢复备份后不等各站同步的理由", "Why not to wait, after a restore, until the stations have synced")))
    var withoutStations: String?

    func run() throws {
        let township = try options.township()
        try warnOfPolicy(township)
        let act = desk.act(reason: withoutStations ?? "", intent: .record, now: township.clock())
        let frozen = try RollDesk(township: township).freeze(
            try Month(parsing: month), awaitsStations: withoutStations?.isEmpty ?? true, isNamed: desk.author != nil,
            act: act)
        options.output.write(frozen.document, text: frozen.text)
    }
}

/// A policy that has ended, or whose amounts are for demonstration, is told of before money is paid by it.
func warnOfPolicy(_ township: Township) throws {
    let today = township.clock().day
    Diagnostics.warn(try PolicyDesk(township: township).contents().shelf.pack(on: today).warnings(on: today))
}

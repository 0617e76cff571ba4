package import ArgumentParser
import CommandSupport
import SyncEngine

/// The table's, not the parser's.
typealias ExitCode = CommandSupport.ExitCode

/// `ruhu`: the village assistant's program.
package struct Ruhu: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ruhu",
            abstract: L("入户：无信号也能登记，有信号时与镇街同步", "Ruhu: record household visits offline, sync with the township later"),
            version: "0.1.0",
            groupedSubcommands: [
                CommandGroup(name: L("开始", "Getting started"), subcommands: [JoinCommand.self]),
                CommandGroup(
                    name: L("记录（不需要网络）", "Records (no network needed)"),
                    subcommands: [
                        NewCommand.self, EditCommand.self, DeleteCommand.self, ShowCommand.self, FindCommand.self,
                        ListCommand.self, HistoryCommand.self, ImportCommand.self, AttachCommand.self,
                        AttachmentsCommand.self, VisitCommand.self, CalculateCommand.self,
                    ]),
                CommandGroup(
                    name: L("办理（不需要网络）", "Cases (no network needed)"),
                    subcommands: [
                        ApplyCommand.self, ProofsCommand.self, DocumentCommand.self, TasksCommand.self,
                        DeadlineCommand.self,
                    ]),
                CommandGroup(
                    name: L("同步", "Syncing"),
                    subcommands: [
                        SyncCommand.self, StatusCommand.self, OutboxCommand.self, ConflictsCommand.self,
                        RefusedCommand.self, AmendCommand.self, WithdrawCommand.self, BundleCommand.self,
                        VanishedCommand.self, EvidenceCommand.self, DoctorCommand.self, VerifyProofCommand.self,
                    ]),
            ])
    }

    package init() {}
}

/// What every command of a station takes.
struct StationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(L("数据目录（默认 RUHU_HOME 或 XDG 目录）", "Data folder (default: RUHU_HOME, else the XDG folder)")))
    var data: String?

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document")))
    var json = false

    init() {}

    func folder() throws -> StationFolder { StationFolder(path: try DataFolder.path(option: data, name: "ruhu")) }
    func station() throws -> Station { try Station.open(try folder(), clock: SystemClock.now) }
    var output: Output { Output(isJSON: json) }
}

/// Who writes, and why.
struct AuthorOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("填写人（默认本站协理员）", "Who writes (default: the station's assistant)")))
    var author: String?

    @Option(help: ArgumentHelp(L("原因", "Why")))
    var reason: String?

    init() {}

    func name(_ station: Station) throws -> String {
        if let author, !author.isEmpty { return author }
        return try station.membership().staff
    }
}

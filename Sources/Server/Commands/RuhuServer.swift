package import ArgumentParser
import CommandSupport
import SyncEngine

/// `ruhu-server`: the township's program.
package struct RuhuServer: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ruhu-server",
            abstract: L("入户：镇街服务端，合并各村记录、处理冲突、保存权威数据", "Ruhu: the township server that merges village records"),
            version: "0.1.0",
            groupedSubcommands: [
                CommandGroup(
                    name: L("设立与运行", "Setting up and running"),
                    subcommands: [
                        InitCommand.self, ServeCommand.self, NightlyCommand.self, BackupCommand.self,
                        RestoreCommand.self, StatusCommand.self,
                    ]),
                CommandGroup(
                    name: L("工作站、村居和账号", "Stations, villages and accounts"),
                    subcommands: [
                        InviteCommand.self, DevicesCommand.self, RevokeCommand.self, VillagesCommand.self,
                        UserCommand.self,
                    ]),
                CommandGroup(
                    name: L("记录", "Records"),
                    subcommands: [
                        ListCommand.self, ShowCommand.self, HistoryCommand.self, FindCommand.self, NewCommand.self,
                        EditCommand.self, UndeleteCommand.self, ImportCommand.self,
                    ]),
                CommandGroup(
                    name: L("政策与计算", "Policy and calculation"),
                    subcommands: [PackCommand.self, CalculateCommand.self]),
                CommandGroup(
                    name: L("办理", "The desk"),
                    subcommands: [
                        TasksCommand.self, CaseCommand.self, CheckCommand.self, NoticeCommand.self,
                        DocumentCommand.self, ConflictsCommand.self, ResolveCommand.self, DuplicatesCommand.self,
                        DuplicateCommand.self, QuarantineCommand.self, BundleCommand.self, FormCommand.self,
                    ]),
                CommandGroup(
                    name: L("发放", "Payments"),
                    subcommands: [
                        RollCommand.self, ExportCommand.self, BudgetCommand.self, PaymentsCommand.self,
                        ReconcileCommand.self, RecoveryCommand.self,
                    ]),
                CommandGroup(
                    name: L("登记和监督", "Registers and supervision"),
                    subcommands: [
                        RegisterCommand.self, SampleCommand.self, StatisticsCommand.self, LedgerCommand.self,
                        QualityCommand.self, MissesCommand.self, ExitsCommand.self, CoverageCommand.self,
                        PlatformCommand.self,
                    ]),
                CommandGroup(name: L("审计", "Audit"), subcommands: [AuditCommand.self, DisclosuresCommand.self]),
            ])
    }

    package init() {}
}

/// What every command of a township takes.
struct TownshipOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(L("数据目录（默认 RUHU_HOME 或 XDG 目录）", "Data folder (default: RUHU_HOME, else the XDG folder)")))
    var data: String?

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document")))
    var json = false

    init() {}

    func folder() throws -> TownshipFolder {
        TownshipFolder(path: try DataFolder.path(option: data, name: "ruhu-server"))
    }

    /// - Parameter isAudited: only look: what is wrong is for the audit to say.
    func township(isAudited: Bool = false) throws -> Township {
        let township = try Township.open(try folder(), isAudited: isAudited, clock: SystemClock.now)
        if !isAudited, let notice = township.headNotice { Diagnostics.say(notice.text) }
        return township
    }

    var output: Output { Output(isJSON: json) }
}

/// Who acts at the desk, and on what he had seen.
struct DeskOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("经办人（默认当前系统用户）", "The clerk (default: the system's user)")))
    var author: String?

    @Option(help: ArgumentHelp(L("所见页面的序号（默认最新）", "Seq of the page that was seen (default: the head)")))
    var seen: UInt64?

    init() {}

    func act(reason: String, intent: Intent, now: Instant) -> Desk.Act {
        Desk.Act(author: author ?? SystemUser.name, reason: reason, intent: intent, seen: seen, now: now)
    }
}

import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct TasksCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tasks",
            abstract: L("要办的事，按到期日排列：各村的和镇街的", "What has to be done, by due date: the villages' and the township's"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("只列某村（代码前缀）", "Only of a village (a prefix of its code)"))) var village: String?
    @Option(help: ArgumentHelp(L("只列某经办人的", "Only of one clerk"))) var clerk: String?
    @Flag(help: ArgumentHelp(L("只列镇街自己的", "Only the township's own"))) var desk = false
    @Flag(help: ArgumentHelp(L("只列已超期的", "Only what is late"))) var late = false

    func run() throws {
        let township = try options.township()
        let filter = LedgerReader.TaskFilter(village: village, clerk: clerk, isDeskOnly: desk, isLateOnly: late)
        let now = township.clock()
        let listed = try township.ledger.read { try $0.tasks(filter) }
        options.output.write(
            list: "tasks", documents: listed.map { $0.document(at: now, text: $0.kind.label.text()) },
            columns: DueTask.columns.map { $0.text() }, rows: listed.map { $0.row(at: now).map { $0.text() } },
            empty: L("没有要办的事", "Nothing to do"))
    }
}

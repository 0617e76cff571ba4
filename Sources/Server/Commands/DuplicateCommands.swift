import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct DuplicatesCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "duplicates",
            abstract: L(
                "疑似重复：同一人、同一户登记两次，或享受互斥的救助", "People or households on record twice; benefits that exclude each other"))
    }

    @OptionGroup var options: TownshipOptions
    @Flag(help: ArgumentHelp(L("包括已处理和已消除的", "Those decided and those gone too"))) var all = false

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        options.output.write(
            duplicates: try township.database.read {
                try DuplicateReader(tables: tables, database: $0).list(all: all)
            })
    }
}

struct DuplicateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "duplicate",
            abstract: L("处理一条疑似重复：合并、不是重复、撤回处理", "Decide a duplicate: merge, dismiss, take back"),
            discussion: L(
                "什么也不会删除：合并时未保留的一条指向保留的一条；reopen 撤回。",
                "Nothing is deleted: the record that is not kept points to the other; reopen takes it back."),
            subcommands: [
                DuplicateAcceptCommand.self, DuplicateDismissCommand.self, DuplicateReopenCommand.self,
            ])
    }
}

/// What the three take.
struct DuplicateOptions: ParsableArguments {
    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("疑似重复的编号", "The duplicate's id"))) var id: String
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func decide(_ body: (DuplicateDesk, Desk.Act) throws -> DuplicateDesk.Merge) throws {
        guard !reason.isEmpty else { throw Problem(.reasonNeeded, "duplicate") }
        let township = try options.township()
        let act = desk.act(reason: reason, intent: .record, now: township.clock())
        let merge = try body(DuplicateDesk(township: township), act)
        let tables = township.database.tables
        let item = try township.database.read { try DuplicateReader(tables: tables, database: $0).item(id) }
        let differing = merge.differing.map { pair in
            JSONValue.object([
                ("kept", .string(pair.kept.description)), ("merged", .string(pair.merged.description)),
                ("fields", .array(pair.fields.map(JSONValue.string))),
            ])
        }
        let lines = merge.differing.map { pair in
            L(
                "请核对：\(pair.merged) 与保留的 \(pair.kept) 不同：\(pair.fields.joined(separator: "、"))",
                "Look: \(pair.merged) differs from the kept \(pair.kept) in \(pair.fields.joined(separator: ", "))")
        }
        options.output.write(
            .object([
                ("id", .string(id)), ("state", .string(item.state.rawValue)),
                ("records", .array(merge.merged.map { .string($0.description) })), ("differing", .array(differing)),
                ("seq", .int(Int64(merge.seq))),
            ]),
            text: ([
                L("\(item.state.label.zh)（序号 \(merge.seq)）", "\(item.state.label.en) (seq \(merge.seq))")
            ] + lines).joined(separator: "\n"))
    }
}

struct DuplicateAcceptCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "accept", abstract: L("是同一个：合并", "The two are one: merge them"))
    }

    @OptionGroup var decision: DuplicateOptions
    @Option(help: ArgumentHelp(L("保留的记录编号", "The record to keep"))) var keep: String

    func run() throws { try decision.decide { try $0.accept(decision.id, keep: keep, act: $1) } }
}

struct DuplicateDismissCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dismiss", abstract: L("不是重复：以后不再提示", "The two are not one: never proposed again"))
    }

    @OptionGroup var decision: DuplicateOptions

    func run() throws {
        try decision.decide { DuplicateDesk.Merge(seq: try $0.dismiss(decision.id, act: $1)) }
    }
}

struct DuplicateReopenCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "reopen", abstract: L("撤回处理，恢复原状", "Take the decision back"))
    }

    @OptionGroup var decision: DuplicateOptions

    func run() throws { try decision.decide { try $0.reopen(decision.id, act: $1) } }
}

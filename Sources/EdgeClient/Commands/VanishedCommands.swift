import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct VanishedCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "vanished",
            abstract: L("镇街恢复备份后，不见了的记录", "Records that a restored township lacks"),
            discussion: L(
                """
                本站同步时见过、恢复后的镇街却没有的内容。填写它的电脑再同步一次，就自己回来；那台电脑丢了或坏了，\
                就用 ruhu vanished retype 由本站重新录入，编号不变。
                """,
                """
                What this station had seen and the restored township does not hold. It comes back by itself when the laptop \
                that it was typed on syncs; where that laptop is lost, ruhu vanished retype records it again from here, \
                under the same id.
                """),
            subcommands: [VanishedListCommand.self, VanishedRetypeCommand.self, VanishedDismissCommand.self],
            defaultSubcommand: VanishedListCommand.self)
    }
}

struct VanishedListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出", "List them"))
    }

    @OptionGroup var options: StationOptions

    func run() throws {
        let station = try options.station()
        let found = try station.replica.read { try $0.vanished() }.map(VanishedDocument.init)
        options.output.write(
            .object([("records", .array(found.map(\.json))), ("count", .int(Int64(found.count)))]),
            text: found.isEmpty ? L("没有不见的记录", "Nothing has vanished") : found.map(\.text).joined(separator: "\n"))
    }
}

/// Which of what vanished.
struct VanishedChoice: ParsableArguments {
    @Argument(help: ArgumentHelp(L("记录编号 …", "The records' ids …"))) var ids: [String] = []
    @Flag(help: ArgumentHelp(L("全部", "All of them"))) var all = false

    init() {}

    /// - Throws: ``Problem`` ``Problem/Code/usage`` when neither or both are given; ``Problem/Code/unknownRecord``.
    func records() throws -> Set<RecordID> {
        guard all == ids.isEmpty else {
            throw Problem(
                .usage, "vanished",
                explanation: Label(zh: "要写记录编号，或者写 --all，二者选一", en: "Give the records' ids, or --all, one of the two"))
        }
        return Set(
            try ids.map { text in
                guard let id = RecordID(text) else { throw Problem(.unknownRecord, text) }
                return id
            })
    }
}

struct VanishedRetypeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "retype", abstract: L("照见过的样子重新录入", "Record them again, as they were seen"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @OptionGroup var choice: VanishedChoice

    func run() throws {
        let station = try options.station()
        let reason = author.reason ?? L("镇街恢复备份后重新录入", "Typed again after the township was restored")
        let retyping = Retyping(station: station, author: try author.name(station), reason: reason)
        options.output.write(recorded: try retyping.retype(choice.records()), isStream: true, warnings: [])
    }
}

struct VanishedDismissCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dismiss", abstract: L("看过了，不用再录，不再提示", "Looked at: they need not come back"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var choice: VanishedChoice

    func run() throws {
        let station = try options.station()
        let ids = try choice.records()
        let dismissed = try station.replica.write { transaction in
            let chosen = try transaction.vanished(ids).map(\.record.seen.id)
            for id in chosen { try transaction.forgetVanished(id) }
            return chosen
        }
        options.output.write(
            .object([
                ("dismissed", .array(dismissed.map { .string($0.description) })),
                ("count", .int(Int64(dismissed.count))),
            ]),
            text: L("\(dismissed.count) 条不再提示", "\(dismissed.count) will not be told again"))
    }
}

/// What vanished, as `vanished list` states it.
struct VanishedDocument {
    let record: VanishedRecord
    let loss: VanishedRecord.Loss

    private var lost: [String] {
        switch loss {
        case .record: record.seen.named(in: record.kind).keys.sorted()
        case .deletion: [Effect.deleted]
        case .fields(let names): names
        }
    }

    /// `id`, `kind`, `scope`, `lost` (`record`, `deletion` or `fields`), `fields` [`field`, `seen`, `now`], `retype`
    /// (whether a station may write it), and who wrote the record last: `author`, `at` (null when the station was not
    /// told).
    var json: JSONValue {
        let what =
            switch loss {
            case .record: "record"
            case .deletion: "deletion"
            case .fields: "fields"
            }
        return .object([
            ("id", .string(record.seen.id.description)), ("kind", .string(record.kind.name)),
            ("scope", .string(record.seen.scope.code)), ("lost", .string(what)),
            (
                "fields",
                .array(
                    lost.map { name in
                        .object([
                            ("field", .string(name)), ("seen", JSONValue(value(name, of: record.seen))),
                            ("now", JSONValue(value(name, of: record.then))),
                        ])
                    })
            ),
            ("retype", .bool(record.isWritable(loss))), ("author", .string(record.author)),
            ("at", record.writtenAt.map { .string($0.description) } ?? .null),
        ])
    }

    private func value(_ name: String, of record: Record?) -> Value {
        guard let record else { return .null }
        return name == Effect.deleted ? .bool(record.isDeleted) : record.value(name, in: self.record.kind)
    }

    /// What a sync says of it; nothing when nothing is missing.
    static func remark(_ count: Int) -> [String] {
        guard count > 0 else { return [] }
        return [
            L(
                "镇街恢复过备份，有 \(count) 条记录不在了，或者退回了旧内容：填写它的电脑再同步就会回来。用 ruhu vanished 查看。",
                "The township was restored: \(count) records that this station had seen are gone, or as they were before. They "
                    + "come back when the laptops that they were typed on sync. See ruhu vanished.")
        ]
    }

    /// For people: the record, what of it is lost, and whom to ask.
    var text: String {
        let line = RecordDocument(record.seen, kind: record.kind, conflicts: []).line
        let what =
            switch loss {
            case .record: L("整条不见", "the whole record")
            case .deletion: L("删除不见了，记录又在", "its deletion: the record is back")
            case .fields(let names): fields(names)
            }
        let writer =
            record.writtenAt.map { L("  最后填写：", "  last written by: ") + record.author + "  " + PlainText.of($0) } ?? ""
        let hint = record.isWritable(loss) ? "" : L("  镇街办的，请告诉镇街", "  the township's own: tell it")
        return line + "\n    " + what + writer + hint
    }

    private func fields(_ names: [String]) -> String {
        names.map { name in
            let field = record.kind.field(name)
            let (now, seen) = (value(name, of: record.then), value(name, of: record.seen))
            return FieldNames.label(of: name, in: record.kind).text() + L("：", ": ")
                + L("见过的是 ", "seen ") + PlainText.of(seen, field: field)
                + L("，现在是 ", ", now ") + PlainText.of(now, field: field)
        }.joined(separator: L("；", "; "))
    }
}

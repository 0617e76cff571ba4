import ArgumentParser
import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

struct ConflictsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "conflicts",
            abstract: L("待处理的冲突：两个值都保留，由人决定", "Conflicts: both values are kept, a person decides"))
    }

    @OptionGroup var options: TownshipOptions
    @Flag(help: ArgumentHelp(L("包括已了结的", "Closed ones too"))) var all = false

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let conflicts = try township.database.read { try tables.conflicts(in: $0, includeClosed: all) }
        options.output.write(conflicts: conflicts.map { ConflictDocument($0) })
    }
}

struct ResolveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "resolve", abstract: L("决定一个冲突", "Decide a conflict"),
            discussion: L(
                "--take mine 取后到的值，--take theirs 取已有的值，也可直接写值；一组字段写 JSON 列表。",
                "--take mine: the one decided later; theirs: the one already there; or a value. A group takes a JSON list."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("冲突编号", "The conflict's id"))) var id: String
    @Option(help: ArgumentHelp(L("mine、theirs 或值", "mine, theirs or a value"))) var take: String
    @Flag(
        help: ArgumentHelp(
            L("--take 所写就是值本身，哪怕它像 mine、theirs", "What --take says is the value, though it reads like mine or theirs")))
    var value = false
    @Option(help: ArgumentHelp(L("理由", "Why"))) var reason: String

    func run() throws {
        try checkSlip()
        let township = try options.township()
        guard let id = RecordID(id) else { throw Problem(.unknownConflict, id) }
        guard !reason.isEmpty else { throw Problem(.reasonNeeded, "resolve") }
        let act = desk.act(reason: reason, intent: .resolve(id), now: township.clock())
        let side = value ? nil : Resolution.Side(rawValue: take)
        let decided = try ConflictDesk(township: township).decide(id, side.map { .side($0) } ?? .text(take), act: act)
        let value = JSONValue.parsed(ConflictValue.json(decided.values))
        options.output.write(
            .object([
                ("id", .string(id.description)), ("field", .string(decided.field)), ("value", value),
                ("seq", .int(Int64(decided.seq))),
            ]),
            text: L(
                "已决定：\(decided.field) = \(value.compact)（序号 \(decided.seq)）",
                "Decided: \(decided.field) = \(value.compact) (seq \(decided.seq))"))
    }

    /// `--take min` must not write "min" where a clerk meant mine.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    private func checkSlip() throws {
        let sides = Resolution.Side.allCases.map(\.rawValue)
        guard !value, !sides.contains(take), let meant = sides.first(where: { Suggestion.isSlip(take, of: $0) }) else {
            return
        }
        throw Problem(
            .badValue, "--take \(take)",
            explanation: Label(
                zh: "是不是 --take \(meant)？如果值就是“\(take)”，请再加 --value",
                en: "Did you mean --take \(meant)? If the value is \"\(take)\" itself, add --value"))
    }
}

struct QuarantineCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "quarantine",
            abstract: L("被隔离的变更和核对报告及原因", "Sets and check reports kept aside, with their reasons"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let (entries, reports) = try township.database.read { database in
            let everything = RecordSelection(limit: Limits.listRecords)
            let kept = try tables.schema.kind("refused_report").map { try tables.list($0, everything, in: database) }
            return (try QuarantineReader(database, tables: tables).open(), (kept ?? []).compactMap(Linked.init))
        }
        let sets = entries.map { RefusedDocument(set: $0.sealed.set, problem: $0.outcome.problem) }
        let lines = sets.map(\.text) + reports.map(Self.line)
        options.output.write(
            .object([("sets", .array(sets.map(\.json))), ("reports", .array(reports.map(Self.document)))]),
            text: lines.isEmpty ? L("没有被隔离的", "Nothing is kept aside") : lines.joined(separator: "\n"))
    }

    /// `application`, `no`, `reason`, `at`.
    private static func document(_ report: Linked) -> JSONValue {
        .object(
            ["application", "no", "reason"].map { ($0, report.text($0).map(JSONValue.string) ?? .null) }
                + [("at", report.time("at").map { .string($0.description) } ?? .null)])
    }

    private static func line(_ report: Linked) -> String {
        L("核对报告 ", "Report ") + "\(report.text("no") ?? "")  \(report.text("reason") ?? "")"
    }
}

struct StatusCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "status", abstract: L("镇街数据概况", "The township at a glance"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let shelf = try PolicyDesk(township: township).contents().shelf
        let policy = shelf.findings + shelf.expiryAlerts(on: township.clock().day)
        let document = try township.database.read { database in
            let head = try LogReader(database, tables: tables).head()
            let scopes = try ScopeDigests.read(database).map(\.document)
            let devices = try DeviceRegister(database).stations().map(\.document)
            return JSONValue.object([
                ("seq", .int(Int64(head.seq))), ("epoch", .string(head.epoch.description)),
                ("name", .string(township.identity.name)), ("region", .string(township.identity.region.code)),
                ("scopes", .array(scopes)), ("devices", .array(devices)),
                ("conflicts", .int(Int64(try tables.conflicts(in: database, includeClosed: false).count))),
                ("quarantined", .int(Int64(try QuarantineReader(database, tables: tables).count()))),
                ("staffing", try staffing(of: township, in: database).document),
                ("policy", .array(policy.map { .string($0.message.text()) })),
            ])
        }
        options.output.write(document, text: StatusWords.outline(document))
    }
}

extension StatusCommand {
    /// R48, R51, R52.
    private func staffing(of township: Township, in database: Database) throws -> Staffing {
        let book = try RegisterReader(tables: township.database.tables, database: database)
            .book(of: Staffing.kinds, today: township.clock().day)
        return Staffing(book, region: township.identity.region)
    }
}

extension ScopeDigest {
    var document: JSONValue {
        .object([
            ("scope", .string(scope.code)), ("records", .int(Int64(records))), ("digest", .string(digest.description)),
        ])
    }
}

struct NightlyCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "nightly",
            abstract: L("夜间任务：核对日志和摘要、查找重复人员", "Night job: verify log and digests, look for duplicates"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(
        help: ArgumentHelp(
            L("备份目录，最好在另一块磁盘上；不写则不备份", "Folder for backups, best on another disk; without it none is made")))
    var backups: String?
    @Option(help: ArgumentHelp(L("保留几份备份", "How many backups are kept"))) var keep = 14
    @Option(
        help: ArgumentHelp(
            L("多少天没有联系的工作站不再等它", "A station silent for so many days is not waited for"))
    ) var silentDays = 180

    func run() throws {
        guard keep > 0, silentDays >= 0 else { throw Problem(.badValue, keep > 0 ? "--silent-days" : "--keep") }
        let township = try options.township()
        let nightly = Nightly(township: township)
        var report = try nightly.run()
        if report.isSound {
            try nightly.keep(report)
            let act = Desk.Act(author: SystemUser.name, reason: "nightly", now: township.clock())
            report.candidates = try CaseDesk(township: township).findElderlyCandidates(act: act)
            report.collected = try nightly.collect(silentDays: silentDays)
            try KeptTables(township: township).rebuild()
            if let backups { report.backup = try nightly.backUp(to: backups, keep: keep) }
        }
        guard report.isSound else {
            // A damaged database may not take what was found: it is said all the same.
            let unkept = Result { try nightly.keep(report) }
            if case .failure(let error) = unkept { Diagnostics.detail("\(error)") }
            if !options.json { options.output.write(report.document, text: report.text) }
            options.output.fail(
                LogVerification.Report.problem, document: report.document.with(LogVerification.Report.problem),
                code: .inputOutput)
        }
        options.output.write(report.document, text: report.text)
    }
}

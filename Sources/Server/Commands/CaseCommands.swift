import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct CaseCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "case", abstract: L("救助申请：状态、期限、下一步还缺什么", "Cases: status, clocks, what each step still needs"),
            subcommands: [
                CaseListCommand.self, CaseShowCommand.self, CaseDecideCommand.self, CaseMoveCommand.self,
                CaseNoteCommand.self, CaseArchiveCommand.self,
            ])
    }
}

struct CaseListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出申请", "List cases"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var page: PageOptions
    @Option(help: ArgumentHelp(L("只列某状态", "Only those in this status"))) var status: String?
    @Flag(help: ArgumentHelp(L("只列已超期或即将到期的", "Only those overdue or ending soon"))) var late = false

    func run() throws {
        let wanted = try status.map { text in
            guard let state = CaseState(rawValue: text) else {
                throw Problem(.badValue, text, explanation: Label(zh: "没有这个状态", en: "There is no such status"))
            }
            return state
        }
        let township = try options.township()
        let selection = try page.selection()
        let some = try wanted == nil && !late ? nil : chosen(wanted, township, selection)
        let now = township.clock()
        let files = try township.database.read { database in
            let reader = try CaseReader(township, in: database)
            return try some?.map { try reader.file($0.description, at: now) } ?? reader.files(selection, at: now)
        }
        let page = page.page(of: files, id: \.application.record.id)
        let documents = page.rows.map(CaseDocument.init)
        options.output.write(
            .object([("cases", .array(documents.map(\.row)))] + page.members), text: Self.table(documents) + page.note)
    }

    /// The page of those that the options choose, as the ledger knows them: nobody's file is read for being left out.
    private func chosen(
        _ status: CaseState?, _ township: Township, _ selection: RecordSelection
    ) throws -> [RecordID] {
        let clocks: [CaseClock.State?] = late ? [.overdue, .warning] : [nil]
        let ids = try township.ledger.read { reader in
            try clocks.flatMap { clock in
                try reader.cases(LedgerReader.CaseFilter(status: status, clock: clock), limit: Limits.listRecords + 1)
                    .map(\.application)
            }
        }
        let later = Set(ids).sorted().filter { id in selection.after.map { id > $0 } ?? true }
        return Array(later.prefix(selection.limit))
    }

    private static func table(_ documents: [CaseDocument]) -> String {
        guard !documents.isEmpty else { return L("没有申请", "No cases") }
        var table = TextTable([
            L("申请", "Case"), L("项目", "Programme"), L("状态", "Status"), L("期限", "Clock"),
        ])
        for document in documents { table.add(document.line) }
        return table.text
    }
}

struct CaseShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: L("一件申请：状态、期限、每个下一步还缺什么", "One case: status, clocks, what each next step needs"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String

    func run() throws {
        let township = try options.township()
        let document = CaseDocument(
            file: try township.database.read { database in
                try CaseReader(township, in: database)
                    .file(id, at: township.clock())
            })
        options.output.write(document.json, text: document.text)
    }
}

struct CaseMoveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "move", abstract: L("办理一步；不合规定的会说明是哪一条", "Take a step; a refusal names the rule"),
            discussion: L(
                "步骤见 ruhu-server case show 编号 和 docs/cases.md。",
                "For the steps see ruhu-server case show ID and docs/cases.md."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String
    @Argument(help: ArgumentHelp(L("步骤，如 accept", "The step, e.g. accept"))) var step: String
    @Option(help: ArgumentHelp(L("职责：clerk 经办、leader 负责人、district 区级", "Role: clerk, leader or district")))
    var role = "clerk"
    @Option(help: ArgumentHelp(L("说明", "A note"))) var note: String?

    func run() throws {
        let role = try Role(parsing: role)
        let township = try options.township()
        let act = desk.act(reason: note ?? "", intent: .record, now: township.clock())
        let (file, seq) = try CaseDesk(township: township).move(id, step, role: role, act: act)
        let document = CaseDocument(file: file)
        options.output.write(document.json.adding([("seq", .int(Int64(seq)))]), text: document.text)
    }
}

struct CaseNoteCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "note",
            abstract: L("主管对超期的说明；超期记录始终保留", "A supervisor's note on a clock; the breach stays on record"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String
    @Option(help: ArgumentHelp(L("期限：decision、relief、registration", "Clock: decision, relief, registration")))
    var clock: String
    @Option(help: ArgumentHelp(L("说明", "What is said"))) var text: String

    func run() throws {
        let township = try options.township()
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw Problem(
                .badValue, "--text", explanation: Label(zh: "说明不能空着", en: "The note is not empty"))
        }
        let desk = CaseDesk(township: township)
        let now = township.clock()
        let draft = try desk.new(
            "supervisor_note",
            [("application", .text(id)), ("clock", .text(clock)), ("text", .text(text)), ("at", .time(now))])
        let seq = try desk.add(draft, act: self.desk.act(reason: text, intent: .record, now: now))
        options.output.write(recordedAtDesk: draft, seq: seq)
    }
}

import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct DocumentCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "document",
            abstract: L("统一文书：哪些可出具、编号、打印", "Documents: which are possible, numbers, printing"),
            subcommands: [DocumentListCommand.self, DocumentPrintCommand.self])
    }
}

struct DocumentListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list",
            abstract: L("一件申请的文书：已出具的编号、现在可出具的、还缺什么", "A case's documents: issued, possible, what is missing"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String

    func run() throws {
        let township = try options.township()
        let desk = DocumentDesk(township: township)
        let list = DocumentList(subject: try desk.read { try desk.subject(id, in: $0, at: township.clock()) })
        options.output.write(list.json, text: list.text)
    }
}

struct DocumentPrintCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "print",
            abstract: L("出具文书（A4 的 HTML），编号并登记", "Issue a document as HTML for A4, numbered and recorded"),
            usage: "ruhu-server document print ID … CODE [--output FILE] [--draft] [--force]",
            discussion: L(
                """
                文书：application、authorisation、commitment、acceptance、survey、approval、rejection、adjustment、public_notice、
                democratic_review、relief_receipt、leaflet。内容没有变化的是补打，编号不变。样稿不编号、不登记。
                例：ruhu-server document print 申请编号 public_notice
                """,
                """
                Documents: application, authorisation, commitment, acceptance, survey, approval, rejection, adjustment,
                public_notice, democratic_review, relief_receipt, leaflet. Printed again with the same facts it keeps its
                number. A draft has none and is not recorded. Example: ruhu-server document print ID public_notice
                """))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("一个或多个申请编号，最后是文书", "One or several applications, then the document's code")))
    var words: [String]
    @Option(help: ArgumentHelp(L("写到哪个文件或文件夹，- 为标准输出（默认 编号.html）", "The file or folder, or - (default: SERIAL.html)")))
    var output: String?
    @Flag(help: ArgumentHelp(L("样稿：不编号、不登记", "A draft: no number, not recorded"))) var draft = false
    @Flag(help: ArgumentHelp(L("覆盖已有的文件", "Overwrite a file that is there"))) var force = false

    func run() throws {
        guard words.count > 1, let code = words.last else {
            throw Problem(
                .badValue, words.last ?? "",
                explanation: Label(
                    zh: "先写申请编号，再写文书，如：document print 编号 approval",
                    en: "Give the application, then the document: document print ID approval"))
        }
        let template = DocumentTemplate.of(try DocumentCode(parsing: code))
        let ids = Array(words.dropLast())
        if ids.count > 1, !PrintedFile(output: output, isForced: force).takesSeveral {
            throw Problem(
                .badValue, "--output",
                explanation: Label(
                    zh: "一次打印多件时要写文件夹，各自存为 编号.html", en: "Of several it takes a folder: each goes to SERIAL.html"))
        }
        if output == "-", options.json {
            throw Problem(
                .badValue, "--output -",
                explanation: Label(zh: "--json 与 --output - 不能同时用", en: "--json and --output - exclude each other"))
        }
        let township = try options.township()
        guard ids.count > 1 else {
            let (made, file) = try one(ids[0], template, of: township)
            if file != "-" { options.output.write(made.json(file: file), text: made.line(file: file)) }
            return
        }
        try several(ids, template, of: township)
    }

    /// Each on its own: one that is refused stops no other.
    private func several(_ ids: [String], _ template: DocumentTemplate, of township: Township) throws {
        var done: [(DocumentDesk.Made, String)] = []
        var refused: [CaseDesk.Refused] = []
        for id in ids {
            do {
                done.append(try one(id, template, of: township))
            } catch let problem as Problem {
                refused.append(CaseDesk.Refused(subject: id, problem: problem))
            }
        }
        let document = JSONValue.object([
            ("documents", .array(done.map { $0.json(file: $1) })), ("count", .int(Int64(done.count))),
            ("refused", .array(refused.map(\.document))),
        ])
        let lines = done.map { $0.line(file: $1) }.joined(separator: "\n")
        guard let first = refused.first else { return options.output.write(document, text: lines) }
        if !options.json {
            options.output.write(document, text: lines)
            for one in refused { Diagnostics.say("\(one.subject): \(Failure(one.problem).message)") }
        }
        options.output.fail(
            first.problem, document: document.adding([("error", Failure(first.problem).document)]),
            code: first.problem.code.exitCode)
    }

    private func one(
        _ id: String, _ template: DocumentTemplate, of township: Township
    ) throws -> (DocumentDesk.Made, file: String) {
        let documents = DocumentDesk(township: township)
        let now = township.clock()
        let target = PrintedFile(output: output, isForced: force)
        let draftName = "\(template.code.rawValue)-\(id)"
        let made: DocumentDesk.Made
        if draft {
            made = try documents.draft(id, template, at: now)
            try target.check(draftName)
        } else {
            let act = desk.act(reason: "", intent: .record, now: now)
            made = try documents.issue(id, template, act: act, isWelcome: target.check)
        }
        let name = made.serial ?? draftName
        try target.write(made.document.html, name: name)
        return (made, target.path(name))
    }
}

struct CaseArchiveCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "archive",
            abstract: L(
                "一件申请的档案是否齐全：每项材料在哪里、缺什么、保管期限",
                "Whether a case's file is complete: what is there, missing, how long kept"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String

    func run() throws {
        let township = try options.township()
        let desk = DocumentDesk(township: township)
        let subject = try desk.read { try desk.subject(id, in: $0, at: township.clock()) }
        guard let file = subject.file else { throw Problem(.unknownRecord, id) }
        let document = ArchiveDocument(file: file, archive: CaseArchive(subject))
        options.output.write(document.json, text: document.text)
    }
}

import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct VisitCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "visit", abstract: L("入户调查：一题一题地问，每答一题就保存", "Survey a household, question by question"),
            discussion: L(
                "例：ruhu visit 012\n停电、关窗都不丢；再运行一次就从停下的地方继续。脚本用 --answers 文件（写法见 docs/survey.md）。",
                "Example: ruhu visit 012\nNeither power loss nor closing the window costs an answer; run it again to go on. Scripts use --answers FILE (see docs/survey.md)."
            ))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("住户：户编号或记录编号", "The household: its number or id"))) var household: String?
    @Option(help: ArgumentHelp(L("答案文件（JSON），- 为标准输入", "A file of answers (JSON); - is standard input")))
    var answers: String?
    @Option(help: ArgumentHelp(L("照片文件，可写几次", "A photo's file; may be repeated"))) var photo: [String] = []
    @Option(help: ArgumentHelp(L("签字文件", "The signature's file"))) var signature: [String] = []
    @Flag(help: ArgumentHelp(L("列出没有完成的走访", "List the visits under way"))) var list = false
    @Flag(help: ArgumentHelp(L("放弃没有完成的走访，须写 --reason", "Discard the visit under way; needs --reason"))) var discard =
        false

    func validate() throws {
        guard household != nil || list else { throw ValidationError("Missing expected argument '<household>'") }
    }

    func run() throws {
        let station = try options.station()
        if list { return try listDrafts(station) }
        if discard { return try discardDraft(station) }
        let visit = try Visit(household: household ?? "", station: station, author: try author.name(station))
        if let answers { return try script(visit, document: answers) }
        guard StandardInput.isTerminal else { throw refuse(try unasked(visit)) }
        try ask(visit)
    }

    private func listDrafts(_ station: Station) throws {
        let drafts = try station.replica.read { try $0.draftDocuments() }
        options.output.write(
            .object([("visits", .array(drafts.map(\.json))), ("count", .int(Int64(drafts.count)))]),
            text: drafts.isEmpty ? L("没有未完成的走访", "No visit is under way") : drafts.map(\.text).joined(separator: "\n"))
    }

    private func discardDraft(_ station: Station) throws {
        guard let reason = author.reason, !reason.isEmpty else { throw Problem(.reasonNeeded, "visit --discard") }
        let draft = try Visit.discard(household: household ?? "", reason: reason, station: station)
        options.output.write(
            .object([
                ("visit", .string(draft.visit.description)), ("household", .string(draft.household.description)),
                ("state", .string("discarded")), ("reason", .string(reason)),
            ]), text: L("已放弃这次走访；填过的内容留在本机备查", "Discarded; what was typed stays in the database"))
    }

    // MARK: - On a terminal

    private func ask(_ opened: Visit) throws {
        var visit = opened
        try attach(to: &visit)
        if visit.files.map(\.blob) != opened.files.map(\.blob) { try visit.save() }
        var dialogue = VisitDialogue(visit: visit, screen: VisitScreen(stream: options.json ? .errors : .output))
        if try dialogue.run() { return try finish(dialogue.visit) }
        let visitID = dialogue.visit.draft.visit.description
        let (step, count) = dialogue.visit.session.progress
        options.output.write(
            .object([
                ("visit", .string(visitID)), ("household", .string(visit.household.id.description)),
                ("state", .string(dialogue.visit.isBegun ? "draft" : "none")),
                ("progress", .object([("step", .int(Int64(step))), ("of", .int(Int64(count)))])),
            ]),
            text: L(
                "已保存到第 \(step)/\(count) 题；继续请再运行 ruhu visit", "Saved at \(step)/\(count); run ruhu visit again to go on"
            ))
    }

    private func attach(to visit: inout Visit) throws {
        let given = photo.map { ($0, "photo") } + signature.map { ($0, "signature") }
        for (path, kind) in given {
            let file = try AttachedFile(path: path, kind: kind, station: visit.station)
            if !visit.files.contains(where: { $0.blob == file.blob }) { visit.files.append(file) }
        }
    }

    private func finish(_ visit: Visit) throws {
        let trial = try? VisitTrial(visit).json
        let finished = try visit.finish(reason: author.reason)
        Diagnostics.warn(finished.warnings)
        let set = OutboxDocument(finished.set)
        options.output.write(
            .object([
                ("id", .string(finished.visit.description)), ("kind", .string("visit")),
                ("set", set.json["number"] ?? .null), ("household", .string(visit.household.id.description)),
                ("form", .string(visit.session.form.name)), ("version", .int(visit.session.form.version)),
                ("state", .string("finished")), ("changes", set.json["changes"] ?? .array([])),
                ("files", .array(visit.files.map(\.json))), ("trial", trial ?? .null),
            ]),
            text: L("走访完成，已保存为一个变更；有信号时 ruhu sync 上传：", "Finished: one change set, sent by the next ruhu sync:") + "\n"
                + set.text)
    }

    // MARK: - From a file

    private func script(_ visit: Visit, document path: String) throws {
        var visit = visit
        let bytes =
            path == "-" ? try StandardInput.all(limit: Limits.setBytes) : try Files.read(path, limit: Limits.setBytes)
        let documents = try JSONParser.documents(bytes)
        guard documents.count == 1, let document = documents.first else {
            throw Problem(.badDocument, explanation: Label(zh: "要一个 JSON 对象", en: "One JSON object is needed"))
        }
        let findings = try visit.session.apply(document)
        guard findings.isEmpty else { throw refuse(findings) }
        try attach(to: &visit)
        try finish(visit)
    }

    /// What a program would have to answer, when nobody can be asked.
    private func unasked(_ visit: Visit) throws -> [SurveyFinding] {
        let missing = try visit.session.findings()
        let message = Label(zh: "标准输入不是终端：请用 --answers 文件", en: "Standard input is no terminal: use --answers FILE")
        return [SurveyFinding("--answers", message)] + missing
    }

    /// `error` and `findings`, exit code 65. Ends the process.
    private func refuse(_ findings: [SurveyFinding]) -> Problem {
        for finding in findings {
            Diagnostics.say("\(finding.place)" + L("：", ": ") + finding.said)
        }
        let problem = Problem(.answersRefused)
        let document = JSONValue.object([
            ("error", Failure(problem).document), ("findings", .array(findings.map(\.json))),
        ])
        options.output.fail(problem, document: document, code: .badData)
    }
}

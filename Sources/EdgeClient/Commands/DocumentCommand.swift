import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// The forms that are filled in and signed in the village; the township alone numbers.
struct DocumentCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "document",
            abstract: L(
                "打印要填写、签字的文书（A4 的 HTML，未编号）", "Print a form to fill in and sign, as HTML for A4, without a number"),
            discussion: L(
                "文书：\(Self.codes)。写申请编号则按申请填好；写住户编号则只填住户情况。编号由镇街出具。\n例：ruhu document 编号 application --output 申请表.html",
                "Forms: \(Self.codes). Of an application it is filled in; of a household only what is known of it. The township gives numbers.\nExample: ruhu document ID application --output form.html"
            ))
    }

    private static let codes = DocumentTemplate.all.filter(\.isForm).map(\.code.rawValue).joined(separator: ", ")

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("住户编号或申请编号", "The id of a household or an application"))) var id: String
    @Argument(help: ArgumentHelp(L("文书，如 application", "The form, such as application"))) var code: String
    @Option(help: ArgumentHelp(L("写到哪个文件，- 为标准输出", "The file, or - for standard output"))) var output: String
    @Flag(help: ArgumentHelp(L("覆盖已有的文件", "Overwrite a file that is there"))) var force = false

    func run() throws {
        let template = DocumentTemplate.of(try DocumentCode(parsing: code))
        guard template.isForm else {
            throw Problem(
                .badValue, code,
                explanation: Label(
                    zh: "这种文书由镇街出具；工作站可打印：\(Self.codes)",
                    en: "The township issues this document; a station prints \(Self.codes)"))
        }
        if output == "-", options.json {
            throw Problem(
                .badValue, "--output -",
                explanation: Label(zh: "--json 与 --output - 不能同时用", en: "--json and --output - exclude each other"))
        }
        let name = "\(template.code.rawValue)-\(id)"
        let target = PrintedFile(output: output, isForced: force)
        try target.check(name)
        let subject = try subject(of: try options.station())
        if let file = subject.file, let programme = file.programme,
            !DocumentTemplate.all(of: programme).contains(where: { $0.code == template.code })
        {
            try template.check(file, pack: subject.pack)
        }
        let document = RenderedDocument(template, of: subject, standing: .unnumbered)
        try target.write(document.html, name: name)
        guard output != "-" else { return }
        let title = template.title(in: subject)
        options.output.write(
            .object([
                ("household", .string(subject.household.record.id.description)),
                ("application", subject.file.map { .string($0.application.record.id.description) } ?? .null),
                ("code", .string(template.code.rawValue)), ("title", .string(title)), ("serial", .null),
                ("template", .string(template.name)), ("sha256", .string(document.hash.description)),
                ("file", .string(target.path(name))),
            ]),
            text: L("已打印《\(title)》（未编号）：\(target.path(name))", "Printed 《\(title)》, not numbered: \(target.path(name))")
        )
    }

    private func subject(of station: Station) throws -> DocumentSubject {
        let region = try station.membership().region
        let now = station.clock()
        return try station.replica.read { transaction in
            let records = StationRecords(transaction: transaction)
            let (record, kind) = try transaction.known(id)
            let shelf = try transaction.policyShelf()
            let file = try CaseFile(record, in: records, at: now, shelf: shelf)
            guard file != nil || kind.name == "household",
                let home = file.map({ $0.application.value("household").recordID }) ?? record.id
            else { throw Problem(.unknownRecord, id) }
            let pack = try file?.pack ?? shelf.pack(on: now.day)
            return try DocumentSubject(
                household: try transaction.known(home.description).0, file: file, pack: pack,
                office: .init(name: CodeLists.township[region] ?? region, region: Scope(region)), in: records)
        }
    }
}

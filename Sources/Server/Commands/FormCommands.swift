import ArgumentParser
import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

struct FormCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "form",
            abstract: L("调查表：发布、列出、显示；各村同步后使用新版", "Forms: publish, list, show; villages use the newest after a sync"),
            discussion: L(
                "写法见 docs/survey.md。改表：ruhu-server form show household_survey > 表.json，改好，版本加一，再 form import。没填完的走访仍用旧版。",
                "See docs/survey.md. To change one: ruhu-server form show household_survey > form.json, edit, raise the version, form import. A visit under way keeps its version."
            ),
            subcommands: [FormImportCommand.self, FormListCommand.self, FormShowCommand.self])
    }
}

/// A published form.
private struct PublishedForm {
    var id: RecordID
    var seq: Seq
    var name: String
    var version: Int64
    var document: String

    static func all(_ database: Database, tables: RecordTables) throws -> [PublishedForm] {
        guard let kind = tables.schema.kind("form") else { return [] }
        return try tables.all(of: kind, where: [], in: database).map { record in
            PublishedForm(
                id: record.id, seq: record.seq, name: record.value("name", in: kind).text ?? "",
                version: record.value("version", in: kind).int64 ?? 0,
                document: record.value("document", in: kind).text ?? "")
        }.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }
}

struct FormImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "import", abstract: L("检查并发布一个调查表", "Check and publish a form"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("调查表文件（JSON）", "The form's file (JSON)"))) var file: String

    func run() throws {
        let township = try options.township()
        let schema = township.database.tables.schema
        let documents = try JSONParser.documents(try Files.read(file, limit: Limits.textBytes))
        guard documents.count == 1 else { throw Problem(.badDocument, file) }
        let (form, findings) = FormReader.read(documents[0], schema: schema)
        guard let form else { refuse(findings) }
        let uniform = try UniformSurvey.form(schema: schema)
        let reason = L("发布调查表 \(form.name) 第 \(form.version) 版", "form \(form.name), version \(form.version)")
        let act = desk.act(reason: reason, intent: .record, now: township.clock())
        var random = SystemRandomNumberGenerator()
        let id = RecordID.v7(milliseconds: township.clock().milliseconds, using: &random)
        let seq = try township.database.write { transaction -> Seq in
            let known = try PublishedForm.all(transaction.database, tables: township.database.tables)
            let newest =
                known.filter { $0.name == form.name }.map(\.version)
                + (form.name == uniform.name ? [uniform.version] : [])
            if let newest = newest.max(), form.version <= newest {
                refuse([
                    SurveyFinding(
                        "version",
                        Label(
                            zh: "已有第 \(newest) 版，新版要更大", en: "Version \(newest) is there already; a new one is higher"),
                        example: "\(newest + 1)")
                ])
            }
            guard let kind = schema.kind("form") else { throw Problem(.unknownKind, "form") }
            let draft = Draft(
                kind: kind, record: id, operation: .create,
                writes: [
                    .set("name", .text(form.name)), .set("version", .int64(form.version)),
                    .set("document", .text(form.document.compact)),
                ])
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return outcome.seq
        }
        let count = form.items.map { item in
            if case .group(let group) = item { group.questions.count } else { 1 }
        }.reduce(0, +)
        options.output.write(
            .object([
                ("id", .string(id.description)), ("form", .string(form.name)), ("version", .int(form.version)),
                ("questions", .int(Int64(count))), ("seq", .int(Int64(seq))),
            ]),
            text: L(
                "已发布 \(form.name) 第 \(form.version) 版，\(count) 道题；各村下次同步后使用",
                "Published \(form.name), version \(form.version), \(count) questions; villages use it after their next sync"
            ))
    }

    /// `error` and `findings`, exit code 65. Ends the process.
    private func refuse(_ findings: [SurveyFinding]) -> Never {
        for finding in findings {
            Diagnostics.say("\(finding.place)" + L("：", ": ") + finding.message.text())
        }
        let problem = Problem(.badForm)
        options.output.fail(
            problem,
            document: .object([
                ("error", Failure(problem).document),
                (
                    "findings",
                    .array(
                        findings.map {
                            .object([("place", .string($0.place)), ("message", .string($0.message.text()))])
                        })
                ),
            ]), code: .badData)
    }
}

struct FormListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出已发布的调查表", "List the forms that were published"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let published = try township.database.read { try PublishedForm.all($0, tables: tables) }
        let uniform = try UniformSurvey.form(schema: tables.schema)
        var rows: [(name: String, version: Int64, id: String?, seq: Seq)] = [
            (uniform.name, uniform.version, nil, 0)
        ]
        rows += published.map { ($0.name, $0.version, $0.id.description, $0.seq) }
        options.output.write(
            .object([
                (
                    "forms",
                    .array(
                        rows.map { row in
                            .object([
                                ("id", row.id.map(JSONValue.string) ?? .null), ("form", .string(row.name)),
                                ("version", .int(row.version)), ("seq", .int(Int64(row.seq))),
                            ])
                        })
                ), ("count", .int(Int64(rows.count))),
            ]),
            text: rows.map { row in
                L("\(row.name) 第 \(row.version) 版", "\(row.name), version \(row.version)")
                    + (row.id == nil ? L("（程序自带）", " (built in)") : "")
            }.joined(separator: "\n"))
    }
}

struct FormShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show", abstract: L("显示一个调查表的内容，可作改表的底稿", "Print a form: a beginning for the next version"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("表名，如 household_survey", "The form's name, e.g. household_survey"))) var name: String
    @Option(help: ArgumentHelp(L("版本（默认最新）", "The version (default: the newest)"))) var version: Int64?

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let published = try township.database.read { try PublishedForm.all($0, tables: tables) }
            .filter { $0.name == name && (version == nil || $0.version == version) }
        if let newest = published.last {
            return options.output.write(JSONValue.parsed(newest.document), text: newest.document)
        }
        let uniform = try UniformSurvey.form(schema: tables.schema)
        guard name == uniform.name, version == nil || version == uniform.version else {
            throw Problem(.unknownRecord, version.map { "\(name) \($0)" } ?? name)
        }
        options.output.write(uniform.document, text: UniformSurvey.text)
    }
}

import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct AuditCalculationCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "calculation",
            abstract: L(
                "按留存的试算结果重新计算，核对是否一致", "Calculate a kept calculation again and compare"),
            discussion: L(
                "写决定的编号，或 calculate --json 输出的文件。决定还会按当时的记录重新取数。退出码：0 一致，65 不一致。",
                "A decision's id, or a file of what calculate --json said. Of a decision its records are read again as they were. Exit codes: 0 the same, 65 not."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("决定编号，或文件；写 - 则从标准输入读", "A decision's id, or a file; - reads standard input")))
    var subject: String

    func run() throws {
        let township = try options.township()
        let again = try RecordID(subject).map { try decision($0, of: township) } ?? kept(of: township)
        let (result, differences) = again
        let document = JSONValue.object([
            ("same", .bool(differences.isEmpty)), ("programme", .string(result.programme.rawValue)),
            ("day", .string(result.day.description)), ("pack", .string(result.pack.name)),
            ("amountFen", result.amountFen.map(JSONValue.int) ?? .null),
            ("differs", .array(differences.map(JSONValue.string))),
        ])
        guard differences.isEmpty else {
            let problem = Problem(
                .badDocument, differences.joined(separator: ", "),
                explanation: Label(zh: "重新计算的结果与留存的不一致", en: "Calculated again it comes to something else"))
            options.output.fail(problem, document: document, code: .badData)
        }
        options.output.write(document, text: L("重新计算，结果一致。", "Calculated again: the same."))
    }

    private typealias Again = (Calculation, differences: [String])

    private func kept(of township: Township) throws -> Again {
        let documents = try JSONParser.documents(subject == "-" ? try StandardInput.all() : try Files.read(subject))
        guard documents.count == 1 else { throw Problem(.badDocument, "calculation") }
        let shelf = try PolicyDesk(township: township).contents().shelf
        let snapshot = try CalculationSnapshot(recalculating: documents[0], shelf: shelf)
        return (snapshot.calculation, snapshot.differences)
    }

    /// What a decision keeps; its facts are read again from the log, as they were when it was made.
    private func decision(_ id: RecordID, of township: Township) throws -> Again {
        try township.database.read { database in
            let records = try CaseReader(township, in: database)
            guard let decision = try records.record(id, kind: try records.kind("decision")),
                let kept = decision.value("calculation", in: try records.kind("decision")).text,
                let json = try JSONParser.documents(Array(kept.utf8)).first,
                let application = decision.value("application", in: try records.kind("decision")).text,
                let household = try records.file(application, at: township.clock()).householdID
            else { throw Problem(.unknownRecord, subject) }
            let snapshot = try CalculationSnapshot(recalculating: json, shelf: records.shelf)
            // An application's decision is never changed: its seq is that of its only set.
            let then = try records.calculationReading(of: household, asOf: decision.seq - 1)
            let isSame = then.input.hash == snapshot.calculation.input.hash
            return (snapshot.calculation, snapshot.differences + (isSame ? [] : ["records"]))
        }
    }
}

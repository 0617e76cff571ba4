import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct CalculateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "calculate",
            abstract: L("试算一户的救助金额，逐条说明依据；与工作站同一套算法", "Trial calculation for a household, by the stations' own code"),
            discussion: L(
                "--as-of 按某日、某时或某序号的记录计算，用来复核以前的决定。",
                "--as-of takes the records as of a date, a time or a seq, to check a decision of then."))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("住户编号，或 -", "The household's id, or -"))) var household: String
    @Argument(help: ArgumentHelp(L("救助项目，如 dibao", "The programme, such as dibao"))) var programme: String
    @Option(help: ArgumentHelp(L("按哪一天计算（默认今天）", "The day to calculate for (default: today)"))) var on: String?
    @Option(help: ArgumentHelp(L("用哪个政策包，如 370404-2020-14@1", "The policy pack, such as 370404-2020-14@1")))
    var pack: String?
    @Option(help: ArgumentHelp(L("某日、某时（RFC 3339）或某序号", "A date, a time (RFC 3339) or a seq"))) var asOf: String?

    func run() throws {
        let township = try options.township()
        let request = try CalculationRequest(programme: programme, on: on, today: township.clock().day)
        let shelf = try PolicyDesk(township: township).contents().shelf
        Diagnostics.warn(shelf.findings)
        let pack = try self.pack.map { try shelf.pack(named: $0) } ?? shelf.pack(on: request.day)
        let reading =
            try household == "-"
            ? CalculationRequest.reading(try DocumentInput.read())
            : records(of: township)
        switch try request.calculate(reading, pack: pack) {
        case .calculated(let result):
            let trial = try trial(of: request.programme, in: township)
            let lines = [result.explanation(names: reading.names), trial?.difference(from: result)]
            options.output.write(
                result.document(records: reading.records, trial: trial),
                text: lines.compactMap { $0?.text() }.joined(separator: "\n"))
        case .incomplete(let findings):
            options.output.fail(findings: findings)
        }
    }

    /// What the household was told at its last visit.
    private func trial(of programme: Programme, in township: Township) throws -> VisitTrialRecord? {
        guard asOf == nil, let id = RecordID(household) else { return nil }
        let tables = township.database.tables
        return try township.database.read { database in
            guard let record = try tables.record(id, kind: householdKind, in: database) else { return nil }
            return VisitTrialRecord.latest(
                of: programme, in: try tables.family(of: record, in: database).filter { $0.kind == "visit" })
        }
    }

    private func records(of township: Township) throws -> CalculationInput.Reading {
        guard let id = RecordID(household) else { throw Problem(.unknownRecord, household) }
        return try township.database.read { database in
            let records = try CaseReader(township, in: database)
            guard let asOf else { return try records.calculationReading(of: id) }
            let seq = try LogReader(database, tables: township.database.tables).seq(asOf: asOf)
            return try records.calculationReading(of: id, asOf: seq)
        }
    }
}

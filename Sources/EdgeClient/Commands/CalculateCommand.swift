import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

struct CalculateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "calculate",
            abstract: L("试算一户的救助金额，逐条说明依据（不具有约束力）", "Trial calculation for a household, line by line; not binding"),
            discussion: L(
                "例：ruhu calculate 编号 dibao --on 2026-03-01\n写 - 则从标准输入读一户的 JSON 文档，金额写成文字（元），格式见 docs/cli-json.md。",
                "Example: ruhu calculate ID dibao --on 2026-03-01\nWith - it reads one household as a JSON document, amounts as texts in yuan; see docs/cli-json.md."
            ))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("户编号或记录编号，或 -", "The household's number or id, or -"))) var household: String
    @Argument(
        help: ArgumentHelp(
            L(
                "救助项目：dibao、tekun、relief_expense、relief_urgent、elderly_allowance、disability_living、disability_care",
                "dibao, tekun, relief_expense, relief_urgent, elderly_allowance, disability_living or disability_care"))
    )
    var programme: String
    @Option(help: ArgumentHelp(L("按哪一天计算（默认今天）", "The day to calculate for (default: today)"))) var on: String?
    @Option(
        help: ArgumentHelp(
            L("用哪个政策包：名称如 370404-2020-14@1，或文件", "The policy pack: a name such as 370404-2020-14@1, or a file")))
    var pack: String?

    func run() throws {
        let request = try CalculationRequest(programme: programme, on: on, today: SystemClock.now().day)
        let (reading, shelf) = try household == "-" ? document() : records()
        let pack = try self.pack.map { try chosen($0, from: shelf) } ?? shelf.pack(on: request.day)
        Diagnostics.warn(shelf.findings)
        switch try request.calculate(reading, pack: pack) {
        case .calculated(let result):
            options.output.write(
                result.document(records: reading.records), text: result.explanation(names: reading.names).text())
        case .incomplete(let findings):
            options.output.fail(findings: findings)
        }
    }

    /// A household on standard input; the station's packs when this is a station, else the one of the program.
    private func document() throws -> (CalculationInput.Reading, PolicyShelf) {
        let reading = try CalculationRequest.reading(try DocumentInput.read())
        let folder = try options.folder()
        guard Files.exists(folder.databasePath) else { return (reading, .included) }
        return (reading, try options.station().replica.read { try $0.policyShelf() })
    }

    private func records() throws -> (CalculationInput.Reading, PolicyShelf) {
        try options.station().replica.read { transaction in
            let record = try transaction.household(named: household)
            return (try transaction.calculationReading(of: record), try transaction.policyShelf())
        }
    }

    private func chosen(_ text: String, from shelf: PolicyShelf) throws -> PolicyPack {
        guard Files.exists(text) else { return try shelf.pack(named: text) }
        let (pack, findings) = PolicyPack.read(String(decoding: try Files.read(text), as: UTF8.self))
        if let pack { return pack }
        options.output.fail(findings: findings, Problem(.badPack, text))
    }
}

extension ReplicaTransaction {
    /// What the records say of a household.
    /// - Parameter changed: records as they will be, in place of what is stored, or besides it.
    func calculationReading(of household: Record, changed: [Record] = []) throws -> CalculationInput.Reading {
        var byID = Dictionary(changed.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let root = byID.removeValue(forKey: household.id) ?? household
        let stored = try CalculationInput.records(below: household) { try family(of: $0) }
        let records = stored.map { byID.removeValue(forKey: $0.id) ?? $0 }
        var reading = CalculationInput.read(household: root, records: records + byID.values, schema: schema)
        for source in reading.records where try !tables.openConflicts(of: source.id, in: database).isEmpty {
            reading.findings.append(CalculationInput.conflict(source))
        }
        return reading
    }

    func policyShelf() throws -> PolicyShelf {
        let all = RecordSelection(limit: Limits.listRecords, after: nil, isComplete: false)
        let records = try [PolicyPackRecord.kind, districtKeyKind].flatMap { try tables.list($0, all, in: database) }
        let region = try position().scopes.first ?? Scope("")
        return PolicyShelf(records: records, region: region) { Ed25519().isValid($0, for: $1, publicKey: $2) }
    }
}

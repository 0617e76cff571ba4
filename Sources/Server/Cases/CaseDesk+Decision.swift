import Assistance
import CommandSupport
import RecordStore
import SyncEngine

extension CaseDesk {
    /// What a clerk or leader writes of a decision (R12, R15).
    struct Opinion {
        let result: CaseDecision.Result
        let basis: String
        let signatories: [String]
        let role: Role
        /// Of relief, what is granted, in fen; `nil`: what was calculated.
        let amountFen: Int64?
    }

    struct Decided {
        let record: RecordID
        let seq: Seq
        let amountFen: Int64?
        /// What it rests on; `nil` for a refusal or an end that could not be calculated.
        let calculation: Calculation?
        let names: [String: String]
    }

    enum DecisionOutcome {
        case decided(Decided)
        /// What is missing to calculate.
        case incomplete([Finding])
    }

    /// Decides a case by today's policy, and keeps the calculation with the decision.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` when the rules do not let it be granted,
    ///   ``Problem/Code/missingParameter``.
    func decide(_ id: String, _ opinion: Opinion, act: Desk.Act) throws -> DecisionOutcome {
        try township.write(act) { transaction, act in
            let records = try records(in: transaction)
            let file = try records.file(id, at: act.now)
            guard let programme = file.programme, let household = file.householdID else {
                throw Problem(
                    .badValue, id, explanation: Label(zh: "申请没有写明救助项目", en: "The application names no programme"))
            }
            let day = act.now.day
            let reading = try records.calculationReading(of: household)
            let request = try CalculationRequest(programme: programme.rawValue, on: nil, today: day)
            let calculation: Calculation?
            switch try request.calculate(reading, pack: try records.shelf.pack(on: day)) {
            case .calculated(let result): calculation = result
            case .incomplete(let findings):
                if opinion.result.grants { return .incomplete(findings) }
                calculation = nil
            }
            let due = calculation.flatMap { CaseDecision(of: file, by: $0).dueFen }
            let amount = opinion.result.grants ? opinion.amountFen ?? due : nil
            let draft = try new(
                "decision",
                [
                    ("application", .text(file.application.record.id.description)),
                    ("result", .text(opinion.result.rawValue)), ("amount_fen", amount.map(Value.int64) ?? .null),
                    ("basis", .text(opinion.basis)), ("signatories", .list(opinion.signatories)),
                    ("calculation", calculation.map { .text($0.document(records: reading.records).compact) } ?? .null),
                    ("role", .text(opinion.role.rawValue)), ("decided_on", .date(day)),
                ], id: act.made)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return .decided(
                Decided(
                    record: draft.record, seq: outcome.seq, amountFen: amount, calculation: calculation,
                    names: reading.names))
        }
    }
}

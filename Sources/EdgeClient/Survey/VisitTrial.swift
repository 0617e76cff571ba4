import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What the household would get with the answers of a visit, before they are committed. Not binding: the township decides
/// (R20). Nothing about it ever keeps a visit from being finished.
struct VisitTrial {
    private let outcome: CalculationRequest.Outcome
    private let reading: CalculationInput.Reading

    /// The minimum living allowance of today.
    /// - Throws: ``Problem`` for what the records refuse, ``Problem/Code/missingParameter``; the store's errors.
    init(_ visit: Visit) throws {
        let today = visit.station.clock().day
        let drafts = visit.drafts
        let (reading, pack) = try visit.station.replica.read { transaction in
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: today))
            let after = try capture.prepare(drafts, position: try transaction.position()).after
            let reading = try transaction.calculationReading(of: visit.household, changed: after)
            return (reading, try transaction.policyShelf().pack(on: today))
        }
        self.reading = reading
        outcome = try CalculationRequest(programme: Programme.dibao.rawValue, on: nil, today: today)
            .calculate(reading, pack: pack)
    }

    /// What the visit keeps of it: the amount that was told, and the policy that it came from.
    var writes: [FieldWrite] {
        guard case .calculated(let result) = outcome, let amount = result.amountFen else { return [] }
        return [
            .set("trial_programme", .text(result.programme.rawValue)), .set("trial_amount_fen", .int64(amount)),
            .set("trial_pack", .text(result.pack.name)),
        ]
    }

    /// For people: line by line, or what is missing to calculate.
    var text: String {
        switch outcome {
        case .calculated(let result): result.explanation(names: reading.names).text()
        case .incomplete(let findings):
            ([L("还不能试算低保金额，缺：", "The allowance cannot be calculated yet; missing or wrong:")]
                + findings.filter { $0.severity == .error }.map { "  - " + $0.message.text() }).joined(separator: "\n")
        }
    }

    /// As `ruhu calculate` gives it; `null` while something is missing.
    var json: JSONValue {
        guard case .calculated(let result) = outcome else { return .null }
        return result.document(records: reading.records)
    }
}

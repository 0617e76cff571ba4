import Assistance
import RecordStore
import SyncEngine

/// The township's rules that the station can ask before it keeps what was typed, for it holds the case and the policy.
extension ReplicaTransaction {
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` for a proof that the applicant is not asked for (R37, R38).
    func checkProofRequests(_ drafts: [Draft], at now: Instant) throws {
        for draft in drafts where draft.kind.name == "proof_request" && draft.operation == .create {
            guard let file = try caseFile(of: draft, at: now) else { continue }
            let code = draft.writes.compactMap { if case .set("code", let value) = $0 { value.text } else { nil } }
            if let refusal = file.refusal(ofAskingFor: code.last) { throw refusal.problem }
        }
    }

    /// What is to be said of a case after these drafts: that its applicant has come again (R45).
    func caseFindings(of drafts: [Draft], at now: Instant) throws -> [Finding] {
        try drafts.filter { $0.kind.name == "trip" }.compactMap { try caseFile(of: $0, at: now)?.tripFinding }
    }

    /// With the day of death of whom they report as dead (R22): it is typed once.
    func withDeaths(_ drafts: [Draft], at now: Instant) throws -> [Draft] {
        try DeathEntry.complete(
            drafts, by: nil, on: now.day, newID: { RecordID(high: 0, low: 0) },
            member: { try working($0, kind: memberKind) })
    }

    /// The case that a new record hangs below.
    private func caseFile(of draft: Draft, at now: Instant) throws -> CaseFile? {
        let ids = draft.writes.compactMap {
            if case .set("application", let value) = $0 { value.recordID } else { nil }
        }
        guard let id = ids.last, let kind = schema.kind("application"), let record = try working(id, kind: kind) else {
            return nil
        }
        return try CaseFile(record, in: StationRecords(transaction: self), at: now, shelf: policyShelf())
    }
}

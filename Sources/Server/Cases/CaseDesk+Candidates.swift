import Assistance
import CommandSupport
import RecordStore
import SyncEngine

extension CaseDesk {
    /// The steps of a night: candidates of one set.
    private static let candidatesPerSet = 500

    /// 老年人补贴 finds its candidates by itself: of age, and the household receives 低保 (R2, R16; DOMAIN section 3). Nobody
    /// becomes a candidate twice.
    /// - Returns: the new applications.
    func findElderlyCandidates(act: Desk.Act) throws -> [RecordID] {
        try township.database.write { transaction in
            let records = try records(in: transaction)
            let programme = Programme.elderlyAllowance
            let known = Set(try records.applications(for: programme).compactMap { $0.text("member") })
            let households = try records.applications(for: .dibao, in: CaseState.allCases.filter(\.isInForce))
                .compactMap { $0.value("household").recordID }
            let drafts = try Set(households).sorted().flatMap { household in
                try candidates(of: programme, in: household, records: records, on: act.now.day)
                    .filter { !known.contains($0) }.map { member in
                        try new(
                            "application",
                            [
                                ("household", .text(household.description)), ("member", .text(member)),
                                ("programme", .text(programme.rawValue)), ("applied_at", .time(act.now)),
                                ("channel", .text("automatic")),
                            ])
                    }
            }
            for start in stride(from: 0, to: drafts.count, by: Self.candidatesPerSet) {
                _ = try township.desk.act(
                    Array(drafts[start..<min(start + Self.candidatesPerSet, drafts.count)]), act, in: transaction)
            }
            return drafts.map(\.record)
        }
    }

    /// Members who would get it by today's policy; none while facts are missing.
    private func candidates(
        of programme: Programme, in household: RecordID, records: CaseReader, on day: CalendarDay
    ) throws -> [String] {
        let request = try CalculationRequest(programme: programme.rawValue, on: nil, today: day)
        let reading = try records.calculationReading(of: household)
        guard case .calculated(let result) = try request.calculate(reading, pack: try records.shelf.pack(on: day))
        else {
            return []
        }
        return result.persons.filter(\.isEligible).map(\.person)
    }
}

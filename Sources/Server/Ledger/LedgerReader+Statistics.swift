import Assistance
import RecordStore
import SyncEngine

/// Figures over all cases (R70).
extension LedgerReader {
    /// On-time rate and mean working days.
    /// - Parameters:
    ///   - village: one, or a prefix of its code; `nil`: all.
    ///   - from: the first day on which a clock stopped.
    ///   - through: the last such day.
    func statistics(
        village: String? = nil, from: CalendarDay? = nil, through: CalendarDay? = nil
    ) throws -> CaseStatistics {
        let clocks = try clocks(village: village).map { (programme: $0.programme, clock: $0.clock) }
        return CaseStatistics(clocks, at: now, from: from, through: through)
    }

    /// The same, village by village.
    func statisticsByVillage(
        from: CalendarDay? = nil, through: CalendarDay? = nil
    ) throws -> [(village: Scope, statistics: CaseStatistics)] {
        var byVillage: [String: [(programme: Programme, clock: LedgerEntry.Clock)]] = [:]
        for (village, programme, clock) in try clocks(village: nil) {
            byVillage[village, default: []].append((programme, clock))
        }
        return byVillage.sorted { $0.key < $1.key }.map { village, clocks in
            (Scope(village), CaseStatistics(clocks, at: now, from: from, through: through))
        }
    }

    private func clocks(
        village: String?
    ) throws -> [(village: String, programme: Programme, clock: LedgerEntry.Clock)] {
        let conditions: [LedgerCondition] = village.map { [.prefix("village", $0)] } ?? []
        var query = try Query(database, Self.clockSQL + conditions.whereSQL)
        conditions.bind(to: &query)
        return try query.all { row in
            try Programme(rawValue: row.text(8)).map { (row.text(7), $0, try Self.clock(row)) }
        }.compactMap(\.self)
    }

    /// Who receives a benefit, month by month.
    func flow(from: Month, through: Month, isByVillage: Bool = false, village: String? = nil) throws -> BenefitFlow {
        let conditions: [LedgerCondition] = village.map { [.prefix("village", $0)] } ?? []
        var query = try Query(
            database,
            "SELECT programme, village, max(substr(on_day, 1, 7), ?) AS month, kind, count(*) FROM turn"
                + conditions.whereSQL + " GROUP BY programme, village, month, kind")
        // Whatever turned before the first month wanted only says with how many it opens.
        query.bind(from.previous.description)
        conditions.bind(to: &query)
        let counts = try query.all { row -> BenefitFlow.Count? in
            guard let programme = Programme(rawValue: row.text(0)), let month = Month(row.text(2)),
                let kind = Turn.Kind(rawValue: row.text(3))
            else { return nil }
            return BenefitFlow.Count(
                programme: programme, village: Scope(row.text(1)), month: month, kind: kind, number: row.int(4))
        }.compactMap(\.self)
        // Before the first turn there is nobody, and after this month nobody knows.
        let first = counts.map(\.month).min()
        return BenefitFlow(
            counts, from: max(from, first ?? from), through: min(through, Month(of: now.day)), isByVillage: isByVillage)
    }
}

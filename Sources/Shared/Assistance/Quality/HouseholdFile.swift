package import SyncEngine

/// A household with everything on record below it, at a time: what the rules of data quality (R63) and the lists of
/// possible misses and must-exits (R16) look at. A value, so that the same rules look at a store and at a test.
package struct HouseholdFile: LinkedRecords {
    /// What only the whole township knows of a household's records.
    package struct Context: Sendable {
        /// The open duplicates by the records that they name.
        package var duplicates: [RecordID: [DuplicateRecord.Rule]] = [:]
        /// Records that two people say different things of.
        package var inConflict: Set<RecordID> = []
        /// The last month that a payee of this household has a standing line for. Only payees who died are looked up.
        package var lastPaid: [RecordID: Month] = [:]

        package init() {}
    }

    package let home: Linked
    package let at: Instant
    package let shelf: PolicyShelf
    package let context: Context
    /// The live records of the household, those merged into others too; each once.
    package let records: [Record]
    private let byID: [RecordID: Record]
    private let byParent: [RecordID: [Record]]

    /// - Parameters:
    ///   - household: one that stands for itself.
    ///   - records: live ones: households and people merged into it, and what hangs below all of them.
    ///   - others: records of other households that these name, such as whom a person was merged into.
    /// - Returns: `nil` for what is no household.
    package init?(
        _ household: Record, records: [Record], others: [Record] = [], context: Context = Context(), at: Instant,
        shelf: PolicyShelf
    ) {
        guard household.kind == householdKind.name, let home = Linked(household) else { return nil }
        self.home = home
        self.at = at
        self.shelf = shelf
        self.context = context
        var known: Set<RecordID> = [household.id]
        let live = records.filter { !$0.isDeleted && known.insert($0.id).inserted }
        self.records = live
        byID = Dictionary((live + others + [household]).map { ($0.id, $0) }) { first, _ in first }
        var byParent: [RecordID: [Record]] = [:]
        for record in live {
            for parent in Self.parents(of: record) { byParent[parent, default: []].append(record) }
        }
        self.byParent = byParent
    }

    /// The records that it hangs below, and the one that it was merged into.
    private static func parents(of record: Record) -> Set<RecordID> {
        guard let kind = AssistanceSchema.current.kind(record.kind) else { return [] }
        let named = kind.parents.compactMap { record.value($0.field, in: kind).recordID }
        return Set(named + [record.mergedInto(in: kind)].compactMap(\.self))
    }

    // MARK: - As records

    package func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        byID[id].flatMap { $0.kind == kind.name ? $0 : nil }
    }

    /// What is below a record, and below those merged into it.
    package func dependents(of record: Record) throws -> [Record] {
        var found: [Record] = []
        var known: Set<RecordID> = [record.id]
        var waiting = [record]
        while let next = waiting.popLast() {
            for child in byParent[next.id] ?? [] where known.insert(child.id).inserted {
                found.append(child)
                let isMerged = AssistanceSchema.current.kind(child.kind).flatMap { child.mergedInto(in: $0) } == next.id
                if isMerged, child.kind == next.kind { waiting.append(child) }
            }
        }
        return found
    }

    // MARK: - As a household

    package var id: RecordID { home.record.id }
    package var village: String { home.record.scope.code }
    package var today: CalendarDay { at.day }

    /// The records of a kind that stand for themselves, in order of id.
    package func all(_ kind: String) -> [Linked] {
        records.filter { $0.kind == kind }.compactMap(Linked.init)
            .filter { $0.record.mergedInto(in: $0.kind) == nil }.sorted { $0.record.id < $1.record.id }
    }

    package var members: [Linked] { all(memberKind.name) }

    /// Those who live in the household and are alive.
    package var present: [Linked] {
        members.filter { $0.value("death_date").isNull && $0.value("in_household") != .bool(false) }
    }

    package func member(_ id: String?) -> Linked? {
        id.flatMap { RecordID($0) }.flatMap { byID[$0] }.flatMap(Linked.init)
    }

    /// The household's cases, the older first.
    package var cases: [CaseFile] {
        all(CaseKinds.application.name).compactMap { try? CaseFile($0.record, in: self, at: at, shelf: shelf) }
    }

    /// The day of the last visit that is on record.
    package var lastVisit: CalendarDay? { all("visit").compactMap { $0.day("when") }.max() }

    /// What the records say, to calculate with.
    package var reading: CalculationInput.Reading {
        CalculationInput.read(household: home.record, records: records, schema: AssistanceSchema.current)
    }
}

extension CaseFile {
    /// Decided for and paid every month.
    package var isPaidMonthly: Bool {
        status?.isInForce == true && programme != .reliefExpense && programme != .reliefUrgent
    }

    /// Neither granted nor over: somebody is deciding.
    package var isUndecided: Bool {
        guard let machine, let status else { return true }
        return !status.isInForce && !machine.isFinal(status)
    }
}

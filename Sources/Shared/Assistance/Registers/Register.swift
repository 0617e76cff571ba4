package import SyncEngine

/// A register as supervisors read it: the entries of one kind, with the columns that are computed of them.
package struct Register: Sendable {
    package let name: String
    package let label: Label
    /// The obligations that it answers, by their numbers in DOMAIN section 2.
    package let rules: [CaseRule]
    package let kindName: String
    /// The day by which a time is selected; `nil`: the first day of ``RegisterClock/period(from:through:)``.
    package let day: String?
    /// Kinds of which an entry is worked out besides its own record: its own kind, where all are compared.
    package let others: [String]
    let clock: RegisterClock
    /// Of a register without a clock: the field that is empty until an entry is done.
    let pending: String?
    /// The fields that a table shows.
    package let shown: [String]
    /// Only what is decided and approved, with names and numbers masked (R62).
    package let isExport: Bool
    let columns: @Sendable (Linked, RegisterBook) -> [RegisterColumn]
    let findings: @Sendable (Linked, RegisterBook) -> [Finding]
    let summary: @Sendable ([RegisterEntry], RegisterBook) -> [(String, JSONValue)]

    init(
        _ name: String, of kind: KindSchema, _ label: Label? = nil, rules: [Int], day: String?, others: [String] = [],
        clock: RegisterClock = .none, pending: String? = nil, shown: [String], isExport: Bool = false,
        columns: @escaping @Sendable (Linked, RegisterBook) -> [RegisterColumn] = { _, _ in [] },
        findings: @escaping @Sendable (Linked, RegisterBook) -> [Finding] = { _, _ in [] },
        summary: @escaping @Sendable ([RegisterEntry], RegisterBook) -> [(String, JSONValue)] = { _, _ in [] }
    ) {
        self.name = name
        self.label = label ?? kind.label
        self.rules = rules.map { CaseRule($0) }
        kindName = kind.name
        self.day = day
        self.others = others
        self.clock = clock
        self.pending = pending
        self.shown = shown
        self.isExport = isExport
        self.columns = columns
        self.findings = findings
        self.summary = summary
    }

    /// Whether the files that hang below its records count: where it asks for evidence.
    package var readsFiles: Bool {
        AssistanceSchema.current.kind(kindName)?.index(of: Self.evidence) != nil
    }

    private static let evidence = "evidence"

    /// The kinds whose records its book holds.
    package var kinds: [String] { [kindName] + others.filter { $0 != kindName } }

    /// The fields that say which of its entries wait for somebody: until when, where there is a day, and the field that is
    /// empty meanwhile; `nil` for a register of what is.
    package var waiting: (due: String?, done: String)? {
        switch clock {
        case .matter(let due, let done), .followUp(let due, let done): (due, done)
        case .decision: isExport ? nil : (nil, "decision")
        case .none: pending.map { (nil, $0) }
        case .period: nil
        }
    }

    /// Whether an entry waits only when it has a day: there was nothing to follow up.
    package var waitsOnlyWhenDue: Bool {
        if case .followUp = clock { true } else { false }
    }

    /// Whether its entries are open or done, in force or ended.
    package var hasStates: Bool {
        if case .none = clock { false } else { true }
    }

    /// Whether its entries are about villages, or written there.
    package var hasVillages: Bool {
        let fields = AssistanceSchema.current.kind(kindName)?.fields ?? []
        return fields.contains { $0.name == "village" || !$0.isDeskOnly }
    }

    /// What is computed of an entry, without the values.
    package var headings: [RegisterColumn] {
        guard let kind = AssistanceSchema.current.kind(kindName), !isExport,
            let nothing = Linked(
                Record(id: RecordID(high: 0, low: 0), kind: kind, scope: Scope(""), seq: 0, isDeleted: false))
        else { return [] }
        return entry(of: nothing, in: RegisterBook([], today: CalendarDay(daysSinceEpoch: 0), villages: [])).columns
    }

    /// Whether its entries are written by hand: a draw, a packet and a list that leaves have acts of their own.
    package var isWritten: Bool { !isExport && kindName == name && !Self.ownActs.contains(name) }
    private static let ownActs: Set<String> = ["sample_check", "sampled_household", "commitment"]

    /// Whether the district's supervisors write it, besides the township (R1, R4, R7, R57).
    package var isSupervision: Bool { Self.supervision.contains(name) }
    private static let supervision: Set<String> = ["guidance", "finding", "sample_check", "sampled_household"]

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that lists the registers.
    package static func named(_ name: String) throws -> Register {
        if let register = all.first(where: { $0.name == name }) { return register }
        let names = all.map(\.name).joined(separator: ", ")
        throw Problem(
            .badValue, name,
            explanation: Label(zh: "没有这个登记簿；有：\(names)", en: "There is no such register; there are: \(names)"))
    }

    /// What of a register is asked for. Both days count.
    package struct Selection: Sendable {
        /// A village's code, or the beginning of one.
        package var village: String?
        package var from: CalendarDay?
        package var to: CalendarDay?

        package init(village: String? = nil, from: CalendarDay? = nil, to: CalendarDay? = nil) {
            self.village = village
            self.from = from
            self.to = to
        }

        func covers(_ day: CalendarDay?) -> Bool {
            guard from != nil || to != nil else { return true }
            guard let day else { return false }
            return (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
        }
    }

    /// The entries in order of their day.
    package func entries(_ selection: Selection, of book: RegisterBook) -> [RegisterEntry] {
        book.all(kindName)
            .map { entry(of: $0, in: book) }
            .filter { entry in
                (selection.village.map { entry.village?.hasPrefix($0) ?? false } ?? true)
                    && selection.covers(date(of: entry.record))
                    && (!isExport || (entry.state == .inForce && !entry.record.value("export_approved_on").isNull))
            }
            .sorted { order(of: $0.record) < order(of: $1.record) }
    }

    /// By day, those without one first; within a day by the place in a draw, then as they were written.
    private func order(of record: Linked) -> (Int32, Int64, RecordID) {
        (date(of: record)?.daysSinceEpoch ?? .min, record.number("place") ?? 0, record.record.id)
    }

    private func date(of record: Linked) -> CalendarDay? {
        guard let day else { return nil }
        // A month counts as its first day.
        return record.day(day) ?? record.text(day).flatMap { Month($0)?.first }
    }

    private func entry(of record: Linked, in book: RegisterBook) -> RegisterEntry {
        let (state, late) = clock.state(of: record, on: book.today)
        let files = book.dependents(of: record.record.id).filter { $0.kind.name == Attachment.kindName }
        let rules =
            record.kind.recordRule?(
                record.record.named(in: record.kind), RuleContext(today: book.today)) ?? []
        // An attached file is evidence, whether or not the entry names it.
        let own = rules.filter { files.isEmpty || $0.field != Self.evidence }
        let counted =
            readsFiles ? [RegisterColumn("files", "附件", "Files", .int(Int64(files.count)))] : []
        return RegisterEntry(
            record: record, village: record.village, state: state, daysLate: late,
            columns: isExport ? [] : columns(record, book) + counted,
            findings: isExport ? [] : own + findings(record, book))
    }

    /// How many entries are in each state, and what the register adds up.
    package func summary(of entries: [RegisterEntry], in book: RegisterBook) -> JSONValue {
        let states = RegisterState.allCases.compactMap { state -> (String, JSONValue)? in
            let count = entries.filter { $0.state == state }.count
            return count == 0 ? nil : (state.rawValue, .int(Int64(count)))
        }
        return .object([("states", .object(states))] + summary(entries, book))
    }
}

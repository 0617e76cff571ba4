package import SyncEngine

/// A line that is paid out of a frozen roll, as plan and pay file count it.
package struct PaidLine: Sendable {
    package let file: CaseFile
    package let line: Linked
    /// The month of the roll; an earlier month of the line is arrears.
    package let roll: Month
    /// What is withheld from it to recover what was paid before, in fen.
    package let withheldFen: Int64

    package init(file: CaseFile, line: Linked, roll: Month, withheldFen: Int64) {
        self.file = file
        self.line = line
        self.roll = roll
        self.withheldFen = withheldFen
    }

    package var grossFen: Int64 { line.number("amount_fen") ?? 0 }
    /// What the bank pays.
    package var fen: Int64 { grossFen - withheldFen }
    package var isArrears: Bool { line.text("month").flatMap(Month.init).map { $0 < roll } ?? false }
    package var programme: Programme? { file.programme }
    package var township: String { Self.township(of: line.record.scope) }

    /// The 9 digits of the township that a record lies in.
    package static func township(of scope: Scope) -> String { String(scope.code.prefix(9)) }
}

/// 月度救助支出计划 (R11; DOMAIN section 8): a fold over the lines that the pay file pays, so that both come to the same
/// fen.
package struct SpendingPlan: Sendable {
    /// One programme of one township.
    package struct Row: Sendable {
        package let township: String
        package let programme: Programme
        package var households = 0
        package var persons = 0
        package var lines = 0
        package var amountFen: Int64 = 0
        package var arrearsFen: Int64 = 0
        package var recoveryFen: Int64 = 0

        package var totalFen: Int64 { amountFen + arrearsFen - recoveryFen }
    }

    package let month: Month
    /// By township and programme.
    package let rows: [Row]

    /// - Parameter lines: those that the pay file of the month pays.
    package init(_ month: Month, _ lines: [PaidLine]) {
        self.month = month
        var rows: [String: Row] = [:]
        var cases: Set<RecordID> = []
        var homes: Set<String> = []
        for paid in lines {
            guard let programme = paid.programme else { continue }
            let order = Programme.allCases.firstIndex(of: programme) ?? 0
            let key = "\(paid.township) \(order)"
            var row = rows[key] ?? Row(township: paid.township, programme: programme)
            row.lines += 1
            if paid.isArrears { row.arrearsFen += paid.grossFen } else { row.amountFen += paid.grossFen }
            row.recoveryFen += paid.withheldFen
            if cases.insert(paid.file.application.record.id).inserted { row.persons += paid.file.supported }
            let home = paid.file.home?.record.id ?? paid.file.application.record.id
            if homes.insert("\(key) \(home)").inserted { row.households += 1 }
            rows[key] = row
        }
        self.rows = rows.sorted { $0.key < $1.key }.map(\.value)
    }

    package var lines: Int { rows.reduce(0) { $0 + $1.lines } }
    package var amountFen: Int64 { rows.reduce(0) { $0 + $1.amountFen } }
    package var arrearsFen: Int64 { rows.reduce(0) { $0 + $1.arrearsFen } }
    package var recoveryFen: Int64 { rows.reduce(0) { $0 + $1.recoveryFen } }
    package var totalFen: Int64 { rows.reduce(0) { $0 + $1.totalFen } }

    /// The last day on which 区财政 allocates in time, by the pack's `payment.allocated_by` (a day of the month, or its
    /// last one); `nil` where the pack does not say.
    package static func due(_ month: Month, by shelf: PolicyShelf) -> CalendarDay? {
        let pack = PolicyPack.governing(month.first, among: shelf.packs)
        guard case .count(let day)? = try? pack?.parameter("payment.allocated_by", on: month.first).value, day > 0
        else { return nil }
        return min(month.first.adding(days: day - 1), month.last)
    }
}

extension CaseFile {
    /// How many people the case supports: those who live in the household, or the one person it is for.
    package var supported: Int { programme?.isPersonal == true ? 1 : present.count }
}

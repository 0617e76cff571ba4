package import SyncEngine

/// What a budget of the year is come to by (R5): what is frozen already, and what the months that remain are due.
package struct BudgetEstimate: Sendable {
    package let township: String
    package let programme: Programme
    package var frozenFen: Int64 = 0
    /// What a month is due by the decisions that stand.
    package var monthlyFen: Int64 = 0
    /// What the months that remain are due in all.
    package var remainingFen: Int64 = 0
    package var households = 0
    package var persons = 0
    package let frozenMonths: Int
    package let remainingMonths: Int

    package init(township: String, programme: Programme, frozenMonths: Int, remainingMonths: Int) {
        self.township = township
        self.programme = programme
        self.frozenMonths = frozenMonths
        self.remainingMonths = remainingMonths
    }

    /// Relief is not due every month: what remains is taken to cost what the frozen months did on average, rounded up to
    /// a whole fen.
    package var isByMean: Bool { programme == .reliefExpense || programme == .reliefUrgent }

    package var amountFen: Int64 {
        guard isByMean else { return frozenFen + remainingFen }
        guard frozenMonths > 0, frozenFen > 0 else { return frozenFen }
        let months = Int64(frozenMonths)
        return frozenFen + (frozenFen * Int64(remainingMonths) + months - 1) / months
    }

    /// How it was come to, as it is kept and shown.
    package var explanation: Label {
        let (frozen, total) = (Yuan.text(frozenFen), Yuan.text(amountFen))
        if isByMean {
            return Label(
                zh: "已冻结 \(frozenMonths) 个月 \(frozen) 元，其余 \(remainingMonths) 个月按已冻结月份平均，合计 \(total) 元",
                en:
                    "\(frozenMonths) months frozen: \(frozen) yuan; the other \(remainingMonths) at their mean; \(total) yuan"
            )
        }
        let (remaining, monthly) = (Yuan.text(remainingFen), Yuan.text(monthlyFen))
        return Label(
            zh:
                "已冻结 \(frozenMonths) 个月 \(frozen) 元 + 其余 \(remainingMonths) 个月应发 \(remaining) 元（每月应发 \(monthly) 元）= \(total) 元",
            en:
                "\(frozenMonths) months frozen, \(frozen) yuan + \(remaining) yuan due in the other \(remainingMonths) (\(monthly) a month) = \(total) yuan"
        )
    }
}

/// Where a budget record stands (R10).
package enum BudgetState: String, Sendable, CaseIterable {
    case proposed, approved
    /// Approved, and another that replaces it is approved too.
    case adjusted
    /// Never approved, and another was asked for instead.
    case replaced

    package var label: Label {
        switch self {
        case .proposed: Label(zh: "待批准", en: "proposed")
        case .approved: Label(zh: "已批准", en: "approved")
        case .adjusted: Label(zh: "已调整", en: "adjusted")
        case .replaced: Label(zh: "已替代", en: "replaced")
        }
    }
}

/// The budget records of a year: which is in force for whom. Their order is that in which they replace one another.
package struct BudgetBook: Sendable {
    /// By township and programme, in it the older first.
    package let records: [Linked]
    private let successors: [RecordID: Linked]

    package init(_ records: [Linked]) {
        successors = Dictionary(
            records.compactMap { record in record.value("replaces").recordID.map { ($0, record) } }
        ) { $0.record.seq > $1.record.seq ? $0 : $1 }
        let byID = Dictionary(records.map { ($0.record.id, $0) }) { first, _ in first }
        func depth(_ record: Linked) -> Int {
            var (depth, earlier) = (0, record.value("replaces").recordID)
            while let found = earlier.flatMap({ byID[$0] }), depth < records.count {
                (depth, earlier) = (depth + 1, found.value("replaces").recordID)
            }
            return depth
        }
        func place(_ record: Linked) -> (String, Int, Int, RecordID) {
            let programme = record.text("programme").flatMap(Programme.init)
            return (
                record.text("township") ?? "", programme.flatMap(Programme.allCases.firstIndex) ?? 0, depth(record),
                record.record.id
            )
        }
        self.records = records.map { ($0, place($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private func all(_ township: String, _ programme: Programme) -> [Linked] {
        records.filter { $0.text("township") == township && $0.text("programme") == programme.rawValue }
    }

    /// The latest record of a programme in a township: what a further one replaces.
    package func latest(_ township: String, _ programme: Programme) -> Linked? { all(township, programme).last }

    /// What is approved for it, in fen; `nil` while nothing is.
    package func approvedFen(_ township: String, _ programme: Programme) -> Int64? {
        all(township, programme).last { !$0.value("approved_on").isNull }?.number("approved_fen")
    }

    package func state(of record: Linked) -> BudgetState {
        var next = successors[record.record.id]
        guard !record.value("approved_on").isNull else { return next == nil ? .proposed : .replaced }
        for _ in records {
            guard let later = next else { break }
            if !later.value("approved_on").isNull { return .adjusted }
            next = successors[later.record.id]
        }
        return .approved
    }
}

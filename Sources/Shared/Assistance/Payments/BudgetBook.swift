package import SyncEngine

/// What a budget of the year is come to by (R5): what is frozen already, and for each month that remains what is due now.
package struct BudgetEstimate: Sendable {
    package let township: String
    package let programme: Programme
    package var frozenFen: Int64 = 0
    package var monthlyFen: Int64 = 0
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
        guard isByMean else { return frozenFen + monthlyFen * Int64(remainingMonths) }
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
        let monthly = Yuan.text(monthlyFen)
        return Label(
            zh: "已冻结 \(frozenMonths) 个月 \(frozen) 元 + 其余 \(remainingMonths) 个月 × 目前每月应发 \(monthly) 元 = \(total) 元",
            en:
                "\(frozenMonths) months frozen, \(frozen) yuan + the other \(remainingMonths) × \(monthly) yuan due a month now = \(total) yuan"
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

/// The budget records of a year, the older first: which is in force for whom.
package struct BudgetBook: Sendable {
    package let records: [Linked]

    package init(_ records: [Linked]) { self.records = records.sorted { $0.record.id < $1.record.id } }

    private func isSame(_ record: Linked, _ township: String, _ programme: Programme) -> Bool {
        record.text("township") == township && record.text("programme") == programme.rawValue
    }

    /// The latest record of a programme in a township: what a further one replaces.
    package func latest(_ township: String, _ programme: Programme) -> Linked? {
        records.last { isSame($0, township, programme) }
    }

    /// What is approved for it, in fen; `nil` while nothing is.
    package func approvedFen(_ township: String, _ programme: Programme) -> Int64? {
        records.last { isSame($0, township, programme) && !$0.value("approved_on").isNull }?.number("approved_fen")
    }

    package func state(of record: Linked) -> BudgetState {
        var next = records.first { $0.value("replaces").recordID == record.record.id }
        guard !record.value("approved_on").isNull else { return next == nil ? .proposed : .replaced }
        while let later = next {
            if !later.value("approved_on").isNull { return .adjusted }
            next = records.first { $0.value("replaces").recordID == later.record.id }
        }
        return .approved
    }
}

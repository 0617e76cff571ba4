package import SyncEngine

/// What became of a line of money. It is never written over: the line says when it was paid, and what takes it back is a line
/// of its own (R14).
package enum PaymentState: String, Sendable, CaseIterable {
    /// Put down, and not known to be paid yet.
    case waiting
    case paid
    /// The bank sent it back.
    case returned
    /// Taken back by the township.
    case reversed

    /// - Parameter reversal: what takes the line back; `nil` where nothing does.
    package init(of line: Linked, reversedBy reversal: Linked?) {
        // A line that takes another back is itself what it is.
        let taken = reversal ?? (line.value("reverses").isNull ? nil : line)
        if let taken {
            self = taken.text("state") == "returned" ? .returned : .reversed
        } else {
            let isPaid = !line.value("paid_at").isNull || line.text("state") == "paid"
            self = isPaid ? .paid : .waiting
        }
    }

    package var label: Label {
        switch self {
        case .waiting: Label(zh: "待发放", en: "to be paid")
        case .paid: Label(zh: "已发放", en: "paid")
        case .returned: Label(zh: "已退回", en: "returned")
        case .reversed: Label(zh: "已冲销", en: "taken back")
        }
    }
}

/// What a field holds. Money is `int64` in fen; a nested thing is flattened into fields or carried as JSON text.
package enum Value: Hashable, Sendable {
    case null
    case text(String)
    case int64(Int64)
    case bool(Bool)
    case date(CalendarDay)
    case time(Instant)
    /// A list of texts. A field of policy ``MergePolicy/setUnion`` keeps it sorted and without repeats.
    case list([String])

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var int64: Int64? {
        if case .int64(let number) = self { number } else { nil }
    }

    package var elements: [String] {
        if case .list(let elements) = self { elements } else { [] }
    }

    package var recordID: RecordID? { text.flatMap { RecordID($0) } }

    /// An empty list and an empty text are stored as nothing, so that "cleared" has one form.
    package var normalised: Value {
        switch self {
        case .list(let elements) where elements.isEmpty: .null
        case .text(let text) where text.isEmpty: .null
        default: self
        }
    }
}

/// The types a field may have.
package enum ValueType: String, Sendable, CaseIterable {
    case text, int64, bool, date, time, list
    /// A record's id as text.
    case reference

    package func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (_, .null), (.text, .text), (.int64, .int64), (.bool, .bool), (.date, .date), (.time, .time),
            (.list, .list):
            true
        case (.reference, .text(let text)):
            RecordID(text) != nil
        default:
            false
        }
    }
}

import SyncEngine

/// Single values of a page, and bases.
extension WireValue {
    /// `nil` for null, which is an absent field.
    init?(_ value: Value) {
        self.init()
        switch value {
        case .null: return nil
        case .text(let text): self.text = text
        case .int64(let number): int64 = number
        case .bool(let flag): bool = flag
        case .date(let day): date = day.daysSinceEpoch
        case .time(let instant): time = instant.milliseconds
        case .list(let elements): list.elements = elements
        }
    }

    func engineValue() throws(CodecError) -> Value {
        switch kind {
        case nil: return .null
        case .text(let text):
            guard text.utf8.count <= Limits.textBytes else { throw CodecError("text of \(text.utf8.count) bytes") }
            return .text(text)
        case .int64(let number): return .int64(number)
        case .bool(let flag): return .bool(flag)
        case .date(let days): return .date(CalendarDay(daysSinceEpoch: days))
        case .time(let milliseconds): return .time(Instant(milliseconds: milliseconds))
        case .list(let list):
            guard list.elements.count <= Limits.listElements else { throw CodecError("list of \(list.elements.count)") }
            return .list(list.elements)
        }
    }
}

extension WireBase {
    init(_ base: Base) {
        self.init()
        epoch = base.epoch.data
        seq = base.seq
    }

    func engineValue() throws(CodecError) -> Base { Base(epoch: try epoch.id("base.epoch"), seq: seq) }
}

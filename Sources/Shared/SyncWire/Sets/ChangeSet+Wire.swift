import SyncEngine

extension WireChangeSet {
    init(_ set: ChangeSet) {
        self.init()
        number = set.number
        milliseconds = set.time.rawValue >> 16
        counter = UInt32(set.time.counter)
        device = set.device.data
        epoch = set.base.epoch.data
        seq = set.base.seq
        schemaVersion = set.schemaVersion
        author = set.author
        reason = set.reason
        if let day = set.observedOn { observedOn = day.daysSinceEpoch }
        switch set.intent {
        case .record: break
        case .amend(let number): intent = .amend(number)
        case .withdraw(let number): intent = .withdraw(number)
        case .resolve(let conflict): intent = .resolve(conflict.data)
        }
        changes = set.changes.map { WireChange($0, setEpoch: set.base.epoch) }
    }
}

extension WireChange {
    fileprivate init(_ change: Change, setEpoch: EpochID) {
        self.init()
        kind = change.kind
        operation =
            switch change.operation {
            case .create: .create
            case .edit: .edit
            case .delete: .delete
            }
        record = change.record.data
        fields = change.edits.map(\.field)
        var columns = ColumnWriter()
        if change.edits.contains(where: { !$0.old.isNull }) {
            oldTags = change.edits.map { columns.append($0.old, element: $0.element) }
        }
        newTags = change.edits.map { columns.append($0.new, element: $0.element) }
        numbers = columns.numbers
        texts = columns.texts
        for (row, edit) in change.edits.enumerated() {
            if let element = edit.element { elements.append(WireElement(row, element)) }
            if let base = edit.base { bases.append(WireEditBase(row, base, setEpoch: setEpoch)) }
        }
    }
}

extension WireElement {
    init(_ row: Int, _ text: String) {
        self.init()
        self.row = UInt32(row)
        self.text = text
    }
}

extension WireEditBase {
    fileprivate init(_ row: Int, _ base: Base, setEpoch: EpochID) {
        self.init()
        self.row = UInt32(row)
        if base.epoch != setEpoch { epoch = base.epoch.data }
        seq = base.seq
    }
}

extension HybridTime {
    /// - Throws: ``CodecError`` for a time that 48 and 16 bits do not hold.
    init(wire milliseconds: UInt64, counter: UInt32) throws(CodecError) {
        guard milliseconds < 1 << 48, let counter = UInt16(exactly: counter) else {
            throw CodecError("time out of range")
        }
        self.init(rawValue: milliseconds << 16 | UInt64(counter))
    }
}

/// - Throws: ``CodecError`` that names `field` for a number that no log reaches.
func checkedNumber(_ number: UInt64, _ field: StaticString) throws(CodecError) -> UInt64 {
    guard number < WireLimits.largestNumber else { throw CodecError("\(field) out of range") }
    return number
}

/// - Throws: ``CodecError`` that names `field` for an empty name or one of over ``WireLimits/nameBytes``.
func checkedName(_ name: String, _ field: StaticString) throws(CodecError) -> String {
    guard 1...WireLimits.nameBytes ~= name.utf8.count else { throw CodecError("\(field): not a name") }
    return name
}

/// - Throws: ``CodecError`` that names `field` for a text of over ``Limits/textBytes``.
func checkedText(_ text: String, _ field: StaticString) throws(CodecError) -> String {
    guard text.utf8.count <= Limits.textBytes else { throw CodecError("\(field) over \(Limits.textBytes) bytes") }
    return text
}

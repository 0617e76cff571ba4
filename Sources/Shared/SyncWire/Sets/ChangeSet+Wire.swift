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

extension ChangeSet {
    init(_ message: WireChangeSet) throws(CodecError) {
        guard message.changes.count <= Limits.changesPerSet else {
            throw CodecError("over \(Limits.changesPerSet) changes")
        }
        let base = Base(epoch: try message.epoch.id("epoch"), seq: try checkedNumber(message.seq, "seq"))
        var changes: [Change] = []
        changes.reserveCapacity(message.changes.count)
        for change in message.changes { changes.append(try Change(change, base: base)) }
        self.init(
            device: try message.device.id("device"), number: try Self.number(message.number),
            time: try HybridTime(wire: message.milliseconds, counter: message.counter),
            author: try checkedText(message.author, "author"), reason: try checkedText(message.reason, "reason"),
            schemaVersion: message.schemaVersion, base: base, observedOn: try Self.observedOn(message),
            intent: try Self.intent(message.intent), changes: changes)
    }

    private static func number(_ number: UInt64) throws(CodecError) -> UInt64 {
        guard number > 0 else { throw CodecError("number out of range") }
        return try checkedNumber(number, "number")
    }

    private static func observedOn(_ message: WireChangeSet) throws(CodecError) -> CalendarDay? {
        guard message.hasObservedOn else { return nil }
        return try CalendarDay(wire: Int64(message.observedOn))
    }

    private static func intent(_ intent: WireChangeSet.OneOf_Intent?) throws(CodecError) -> Intent {
        switch intent {
        case nil: .record
        case .amend(let number): .amend(try self.number(number))
        case .withdraw(let number): .withdraw(try self.number(number))
        case .resolve(let conflict): .resolve(try conflict.id("resolve"))
        }
    }
}

extension Change {
    fileprivate init(_ message: WireChange, base: Base) throws(CodecError) {
        let rows = message.fields.count
        guard message.newTags.count == rows, message.oldTags.isEmpty || message.oldTags.count == rows else {
            throw CodecError("columns of different lengths")
        }
        var edits: [Edit] = []
        edits.reserveCapacity(rows)
        var columns = ColumnReader(numbers: message.numbers, texts: message.texts)
        var elements = ElementRows(message.elements)
        for row in 0..<rows {
            let field = try checkedName(message.fields[row], "field")
            let element = try elements.element(of: row)
            let old = message.oldTags.isEmpty ? .null : try columns.value(message.oldTags[row], element: element)
            edits.append(Edit(field, element: element, old: old, new: .null))
        }
        for row in 0..<rows { edits[row].new = try columns.value(message.newTags[row], element: edits[row].element) }
        try columns.finish()
        try elements.finish()
        for other in message.bases {
            guard other.row < rows, edits[Int(other.row)].base == nil else { throw CodecError("bases out of order") }
            edits[Int(other.row)].base = Base(
                epoch: other.epoch.isEmpty ? base.epoch : try other.epoch.id("epoch"),
                seq: try checkedNumber(other.seq, "seq"))
        }
        self.init(
            kind: try checkedName(message.kind, "kind"), record: try message.record.id("record"),
            operation: try Self.operation(message.operation), edits: edits)
    }

    private static func operation(_ operation: WireChange.Operation) throws(CodecError) -> Operation {
        switch operation {
        case .create: .create
        case .edit: .edit
        case .delete: .delete
        case .unspecified, .UNRECOGNIZED: throw CodecError("unknown operation")
        }
    }
}

import SyncEngine

@testable import SyncWire

/// What the generated code makes of a set's bytes: the reading that the product's own must equal.
enum GeneratedReader {
    static func read(_ bytes: [UInt8]) throws(CodecError) -> ChangeSet {
        guard bytes.count <= Limits.setBytes else { throw CodecError("set over \(Limits.setBytes) bytes") }
        return try ChangeSet(Protobuf.message(WireChangeSet.self, from: bytes))
    }
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

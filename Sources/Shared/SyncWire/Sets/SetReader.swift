import SyncEngine

/// Reads a change set straight from its bytes: what ``ChangeSet/init(_:)`` makes of the generated message, without the
/// message.
struct SetReader {
    private var number: UInt64 = 0
    private var milliseconds: UInt64 = 0
    private var counter: UInt64 = 0
    private var device: RecordID?
    private var epoch: RecordID?
    private var seq: UInt64 = 0
    private var schemaVersion: UInt64 = 0
    private var author = ""
    private var reason = ""
    private var observedOn: Int64?
    private var intent = Intent.record
    private var changes: [ProtobufReader] = []
    private var count = 0
    private let wanted: Range<Int>

    private init(_ wanted: Range<Int>) { self.wanted = wanted }

    /// - Parameter wanted: the places of the changes that are read; the others are passed over.
    /// - Throws: ``CodecError`` for everything that the generated reader and the checks behind it refuse.
    static func read(
        _ bytes: [UInt8], _ wanted: Range<Int> = 0..<Limits.changesPerSet
    ) throws(CodecError) -> ChangeSet {
        let result: Result<ChangeSet, CodecError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(CodecError) in
                var reader = SetReader(wanted)
                try reader.scan(ProtobufReader(buffer))
                return try reader.set()
            }
        }
        return try result.get()
    }

    private mutating func scan(_ message: ProtobufReader) throws(CodecError) {
        var reader = message
        while let (field, type) = try reader.next() {
            switch (field, type) {
            case (1, .varint): number = try reader.varint()
            case (2, .varint): milliseconds = try reader.varint()
            case (3, .varint): counter = try reader.varint() & 0xFFFF_FFFF
            case (4, .lengthDelimited): device = try reader.id("device")
            case (5, .lengthDelimited): epoch = try reader.id("epoch")
            case (6, .varint): seq = try reader.varint()
            case (7, .varint): schemaVersion = try reader.varint() & 0xFFFF_FFFF
            case (8, .lengthDelimited): author = try reader.text()
            case (9, .lengthDelimited): reason = try reader.text()
            case (10, .varint): observedOn = Int64(Self.signed32(try reader.varint()))
            case (11, .varint): intent = .amend(try reader.varint())
            case (12, .varint): intent = .withdraw(try reader.varint())
            case (13, .lengthDelimited):
                guard let conflict = try reader.id("resolve") else { throw CodecError("resolve: 0 bytes, not 16") }
                intent = .resolve(conflict)
            case (14, .lengthDelimited):
                guard count < Limits.changesPerSet else { throw CodecError("over \(Limits.changesPerSet) changes") }
                let change = try reader.message()
                if wanted.contains(count) { changes.append(change) }
                count += 1
            default: try reader.skip(type, field: field)
            }
        }
    }

    private static func signed32(_ raw: UInt64) -> Int32 {
        let raw = UInt32(truncatingIfNeeded: raw)
        return Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)
    }

    private func set() throws(CodecError) -> ChangeSet {
        guard let epoch else { throw CodecError("epoch: 0 bytes, not 16") }
        guard let device else { throw CodecError("device: 0 bytes, not 16") }
        let base = Base(epoch: epoch, seq: try checkedNumber(seq, "seq"))
        var decoded: [Change] = []
        decoded.reserveCapacity(changes.count)
        for change in changes { decoded.append(try ChangeReader.read(change, base: base)) }
        var day: CalendarDay?
        if let observedOn { day = try CalendarDay(wire: observedOn) }
        return ChangeSet(
            device: device, number: try Self.checkedSetNumber(number),
            time: try HybridTime(wire: milliseconds, counter: UInt32(counter)),
            author: try checkedText(author, "author"), reason: try checkedText(reason, "reason"),
            schemaVersion: UInt32(schemaVersion), base: base, observedOn: day, intent: try checkedIntent(),
            changes: decoded)
    }

    private static func checkedSetNumber(_ number: UInt64) throws(CodecError) -> UInt64 {
        guard number > 0 else { throw CodecError("number out of range") }
        return try checkedNumber(number, "number")
    }

    private func checkedIntent() throws(CodecError) -> Intent {
        switch intent {
        case .amend(let number): .amend(try Self.checkedSetNumber(number))
        case .withdraw(let number): .withdraw(try Self.checkedSetNumber(number))
        case .record, .resolve: intent
        }
    }
}

/// One change of a set, from its columns.
private struct ChangeReader {
    private var kind = ""
    private var operation: Change.Operation?
    private var fields: [String] = []
    private var newTags: [UInt64] = []
    private var oldTags: [UInt64] = []
    private var record: RecordID?
    private var numbers: [Int64] = []
    private var texts: [String] = []
    private var elements: [WireElement] = []
    private var bases: [(row: Int, epoch: RecordID?, seq: UInt64)] = []

    static func read(_ message: ProtobufReader, base: Base) throws(CodecError) -> Change {
        var reader = ChangeReader()
        try reader.scan(message)
        return try reader.change(base: base)
    }

    private mutating func scan(_ message: ProtobufReader) throws(CodecError) {
        var reader = message
        fields.reserveCapacity(32)
        texts.reserveCapacity(32)
        while let (field, type) = try reader.next() {
            switch (field, type) {
            case (1, .lengthDelimited): kind = try reader.text()
            case (2, .varint): operation = Change.Operation(rawValue: UInt8(clamping: try reader.varint()))
            case (3, .lengthDelimited): fields.append(try reader.text())
            case (4, .lengthDelimited): try reader.packed(to: &newTags)
            case (4, .varint): newTags.append(try reader.varint())
            case (5, .lengthDelimited): try reader.packed(to: &oldTags)
            case (5, .varint): oldTags.append(try reader.varint())
            case (6, .lengthDelimited): record = try reader.id("record")
            case (7, .lengthDelimited):
                var list = try reader.message()
                numbers.reserveCapacity(numbers.count + list.remaining)
                while !list.isAtEnd { numbers.append(try list.signed()) }
            case (7, .varint): numbers.append(try reader.signed())
            case (8, .lengthDelimited): texts.append(try reader.text())
            case (9, .lengthDelimited): elements.append(try reader.element())
            case (10, .lengthDelimited): bases.append(try Self.base(try reader.message()))
            default: try reader.skip(type, field: field)
            }
        }
    }

    private static func base(
        _ message: ProtobufReader
    ) throws(CodecError) -> (row: Int, epoch: RecordID?, seq: UInt64) {
        var reader = message
        var base: (row: Int, epoch: RecordID?, seq: UInt64) = (0, nil, 0)
        while let (field, type) = try reader.next() {
            switch (field, type) {
            case (1, .varint): base.row = Int(UInt32(truncatingIfNeeded: try reader.varint()))
            case (2, .lengthDelimited): base.epoch = try reader.id("epoch")
            case (3, .varint): base.seq = try reader.varint()
            default: try reader.skip(type, field: field)
            }
        }
        return base
    }

    private func change(base: Base) throws(CodecError) -> Change {
        guard let operation else { throw CodecError("unknown operation") }
        guard let record else { throw CodecError("record: 0 bytes, not 16") }
        var edits = try self.edits()
        for other in bases {
            guard other.row < edits.count, edits[other.row].base == nil else { throw CodecError("bases out of order") }
            edits[other.row].base = Base(epoch: other.epoch ?? base.epoch, seq: try checkedNumber(other.seq, "seq"))
        }
        return Change(kind: try checkedName(kind, "kind"), record: record, operation: operation, edits: edits)
    }

    private func edits() throws(CodecError) -> [Edit] {
        let rows = fields.count
        guard newTags.count == rows, oldTags.isEmpty || oldTags.count == rows else {
            throw CodecError("columns of different lengths")
        }
        var edits: [Edit] = []
        edits.reserveCapacity(rows)
        var columns = ColumnReader(numbers: numbers, texts: texts)
        var named = ElementRows(elements)
        for row in 0..<rows {
            let element = elements.isEmpty ? nil : try named.element(of: row)
            let old = oldTags.isEmpty ? .null : try columns.value(WireValues.Tag(wire: oldTags[row]), element: element)
            edits.append(Edit(try checkedName(fields[row], "field"), element: element, old: old, new: .null))
        }
        for row in 0..<rows {
            edits[row].new = try columns.value(WireValues.Tag(wire: newTags[row]), element: edits[row].element)
        }
        try columns.finish()
        try named.finish()
        return edits
    }
}

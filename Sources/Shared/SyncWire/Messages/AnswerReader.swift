import SyncEngine

/// Reads an answer's bytes. The records of a page, which are nearly all of it, are read in place and not by way of the
/// generated messages; the rest is left to the generated code.
enum AnswerReader {
    /// - Throws: ``CodecError`` for everything that the generated reader and the checks behind it refuse.
    static func read(_ payload: [UInt8]) throws(CodecError) -> Answer {
        let result: Result<Answer, CodecError> = payload.withUnsafeBytes { buffer in
            Result { () throws(CodecError) in
                guard let page = try PageScan(answer: ProtobufReader(buffer)) else {
                    return try Protobuf.message(WireAnswer.self, from: payload).engineValue()
                }
                var answer = try Protobuf.message(WireAnswer.self, from: page.rest).engineValue()
                guard case .pull(let rest) = answer.body else { throw CodecError("no page") }
                answer.body = .pull(try page.adding(to: rest))
                return answer
            }
        }
        return try result.get()
    }
}

/// A page's records, and everything else of the answer that it is in.
private struct PageScan {
    private(set) var rest: [UInt8] = []
    private var records: [ProtobufReader] = []

    private static let bodies = 4...12
    private static let recordField = 4

    /// `nil` when there is not one page and nothing besides it.
    init?(answer: ProtobufReader) throws(CodecError) {
        var reader = answer
        var page: ProtobufReader?
        var start = reader.place
        while let (field, type) = try reader.next() {
            if Self.bodies.contains(field) {
                guard page == nil, field == WireAnswer.pullField, type == .lengthDelimited else { return nil }
                page = try reader.message()
            } else {
                try reader.skip(type, field: field)
                rest += reader.bytes(from: start)
            }
            start = reader.place
        }
        guard let page else { return nil }
        let others = try scan(page)
        var writer = ProtobufWriter(capacity: rest.count + others.count + 8)
        writer.append(rest)
        writer.present(WireAnswer.pullField, others)
        rest = writer.bytes
    }

    /// - Returns: what the page has besides records.
    private mutating func scan(_ page: ProtobufReader) throws(CodecError) -> [UInt8] {
        var reader = page
        var others: [UInt8] = []
        var start = reader.place
        while let (field, type) = try reader.next() {
            if field == Self.recordField, type == .lengthDelimited {
                records.append(try reader.message())
            } else {
                try reader.skip(type, field: field)
                others += reader.bytes(from: start)
            }
            start = reader.place
        }
        return others
    }

    func adding(to rest: PullPage) throws(CodecError) -> PullPage {
        var page = rest
        page.records.reserveCapacity(records.count)
        var reader = RecordReader()
        for record in records { page.records.append(try reader.read(record, writers: page.writers.count)) }
        return page
    }
}

/// The records of a page, one after the other, each from its columns.
private struct RecordReader {
    private var names = KnownTexts()
    private var places = KnownTexts()
    private var form: UInt64 = 0
    private var writer: UInt64 = 0
    private var fields: [String] = []
    private var tags: [UInt64] = []
    private var fieldWriters: [UInt64] = []
    private var elements: [WireElement] = []
    private var numbers: [Int64] = []
    private var texts: [String] = []
    private var deletions: [UInt64] = []

    mutating func read(_ message: ProtobufReader, writers: Int) throws(CodecError) -> RecordDelta {
        (form, writer) = (0, 0)
        fields.removeAll(keepingCapacity: true)
        tags.removeAll(keepingCapacity: true)
        fieldWriters.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        deletions.removeAll(keepingCapacity: true)
        names.rewind()
        places.rewind()
        var delta = try scan(message)
        delta.fields = try columns(writers: writers)
        if !deletions.isEmpty { delta.deletions = try RecordDelta.deletions(deletions, writers: writers) }
        return delta
    }

    private mutating func scan(_ message: ProtobufReader) throws(CodecError) -> RecordDelta {
        var reader = message
        // Of a field that comes twice the last counts, as everywhere in protobuf: only that one is looked at.
        var (kind, scope, id, isDeleted) = ("", "", nil as ProtobufReader?, false)
        var seq: Seq = 0
        while let (field, type) = try reader.next() {
            switch (field, type) {
            case (1, .lengthDelimited): kind = try reader.text(among: &places)
            case (2, .lengthDelimited): scope = try reader.text(among: &places)
            case (3, .varint): form = try reader.varint() & 0xFFFF_FFFF
            case (4, .varint): isDeleted = try reader.varint() != 0
            case (5, .lengthDelimited): fields.append(try reader.text(among: &names))
            case (6, .lengthDelimited): try reader.packed(to: &tags)
            case (6, .varint): tags.append(try reader.varint())
            case (7, .lengthDelimited): try reader.packed(to: &fieldWriters)
            case (7, .varint): fieldWriters.append(try reader.varint())
            case (8, .lengthDelimited): elements.append(try reader.element())
            case (9, .lengthDelimited): id = try reader.message()
            case (10, .varint): seq = try reader.varint()
            case (11, .varint): writer = try reader.varint() & 0xFFFF_FFFF
            case (12, .lengthDelimited):
                var list = try reader.message()
                while !list.isAtEnd { numbers.append(try list.signed()) }
            case (12, .varint): numbers.append(try reader.signed())
            case (13, .lengthDelimited): texts.append(try reader.text())
            case (14, .lengthDelimited): try reader.packed(to: &deletions)
            case (14, .varint): deletions.append(try reader.varint())
            default: try reader.skip(type, field: field)
            }
        }
        guard let form = RecordDelta.Form(rawValue: UInt8(clamping: form)) else { throw CodecError("form \(form)") }
        guard let id = try id?.wholeID("id") else { throw CodecError("id: 0 bytes, not 16") }
        return RecordDelta(id: id, kind: kind, scope: Scope(scope), seq: seq, form: form, isDeleted: isDeleted)
    }

    private func columns(writers: Int) throws(CodecError) -> [FieldDelta] {
        let rows = fields.count
        guard tags.count == rows, fieldWriters.isEmpty || fieldWriters.count == rows else {
            throw CodecError("columns of different lengths")
        }
        var deltas: [FieldDelta] = []
        deltas.reserveCapacity(rows)
        var columns = ColumnReader(numbers: numbers, texts: texts)
        var named = ElementRows(elements)
        for row in 0..<rows {
            let index = Int(fieldWriters.isEmpty ? writer : fieldWriters[row] & 0xFFFF_FFFF)
            guard index < writers else { throw CodecError("writer \(index)") }
            let element = elements.isEmpty ? nil : try named.element(of: row)
            deltas.append(
                FieldDelta(
                    key: FieldKey(field: try checkedName(fields[row], "field"), element: element),
                    value: try columns.value(WireValues.Tag(wire: tags[row]), element: element), writer: index))
        }
        try columns.finish()
        try named.finish()
        return deltas
    }
}

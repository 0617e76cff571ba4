import SyncEngine

extension WireRecordDelta {
    init(_ delta: RecordDelta) {
        self.init()
        id = delta.id.data
        kind = delta.kind
        scope = delta.scope.code
        seq = delta.seq
        form = UInt32(delta.form.rawValue)
        deleted = delta.isDeleted
        let first = delta.fields.first?.writer ?? 0
        writer = UInt32(clamping: first)
        if delta.fields.contains(where: { $0.writer != first }) {
            fieldWriters = delta.fields.map { UInt32(clamping: $0.writer) }
        }
        fields = delta.fields.map(\.key.field)
        var columns = ColumnWriter()
        tags = delta.fields.map { columns.append($0.value, element: $0.key.element) }
        numbers = columns.numbers
        texts = columns.texts
        for (row, field) in delta.fields.enumerated() {
            if let element = field.key.element { elements.append(WireElement(row, element)) }
        }
        deletions = delta.deletions.map { UInt32(clamping: $0.wireNumber) }
    }

    /// - Parameter writers: how many the page names.
    /// - Throws: ``CodecError``.
    func engineValue(writers: Int) throws(CodecError) -> RecordDelta {
        guard let form = RecordDelta.Form(rawValue: UInt8(clamping: form)) else { throw CodecError("form \(form)") }
        let rows = fields.count
        guard tags.count == rows, fieldWriters.isEmpty || fieldWriters.count == rows else {
            throw CodecError("columns of different lengths")
        }
        var delta = RecordDelta(
            id: try id.id("id"), kind: kind, scope: Scope(scope), seq: seq, form: form, isDeleted: deleted)
        delta.fields.reserveCapacity(rows)
        var columns = ColumnReader(numbers: numbers, texts: texts)
        var named = ElementRows(elements)
        for row in 0..<rows {
            let index = Int(fieldWriters.isEmpty ? writer : fieldWriters[row])
            guard index < writers else { throw CodecError("writer \(index)") }
            let element = try named.element(of: row)
            delta.fields.append(
                FieldDelta(
                    key: FieldKey(field: try checkedName(fields[row], "field"), element: element),
                    value: try columns.value(tags[row], element: element), writer: index))
        }
        try columns.finish()
        try named.finish()
        delta.deletions = try RecordDelta.deletions(deletions.map(UInt64.init), writers: writers)
        return delta
    }
}

extension RecordDelta.Deletion {
    /// Twice the writer, and one more where the record was deleted.
    var wireNumber: UInt64 { UInt64(clamping: writer) << 1 | (isDeleted ? 1 : 0) }
}

extension RecordDelta {
    /// - Throws: `CodecError` for a writer that the page does not name.
    static func deletions(_ numbers: [UInt64], writers: Int) throws(CodecError) -> [Deletion] {
        var deletions: [Deletion] = []
        for number in numbers {
            let writer = (number & 0xFFFF_FFFF) >> 1
            guard writer < UInt64(writers) else { throw CodecError("writer \(writer)") }
            deletions.append(Deletion(writer: Int(writer), isDeleted: number & 1 == 1))
        }
        return deletions
    }
}

import SyncEngine

/// Writes a page of a pull: its records, which are nearly all of it, by hand, the rest by the generated code.
struct PageWriter {
    private var page: ProtobufWriter
    private var record = ProtobufWriter(capacity: 2_048)
    private var list = ProtobufWriter(capacity: 64)

    /// The bytes that the generated code writes for the page.
    static func bytes(_ page: PullPage) -> [UInt8] {
        var writer = PageWriter(page: ProtobufWriter(capacity: 512 + page.records.count * 640))
        writer.write(page)
        return writer.page.bytes
    }

    private init(page: ProtobufWriter) { self.page = page }

    private mutating func write(_ page: PullPage) {
        // In the order of their numbers: epoch, from and to, the records, what follows them.
        self.page.append(Protobuf.bytes(WirePullPage(headOf: page)))
        let records = page.records.span
        for row in records.indices { write(records[row]) }
        self.page.append(Protobuf.bytes(WirePullPage(tailOf: page)))
    }

    private mutating func write(_ delta: borrowing RecordDelta) {
        let fields = delta.fields.span
        let first = fields.isEmpty ? 0 : fields[0].writer
        record.clear()
        record.write(1, delta.kind)
        record.write(2, delta.scope.code)
        record.write(3, UInt64(delta.form.rawValue))
        record.write(4, delta.isDeleted ? 1 : 0)
        for row in fields.indices { record.present(5, fields[row].key.field) }
        writeTags(fields)
        writeWriters(fields, first: first)
        for row in fields.indices {
            guard let element = fields[row].key.element else { continue }
            record.present(8, Protobuf.bytes(WireElement(row, element)))
        }
        record.present(9, delta.id)
        record.write(10, delta.seq)
        record.write(11, UInt64(UInt32(clamping: first)))
        writeNumbers(fields)
        writeTexts(fields)
        if !delta.deletions.isEmpty { writeDeletions(delta.deletions.span) }
        page.present(4, record)
    }

    private mutating func writeTags(_ fields: Span<FieldDelta>) {
        list.clear()
        for row in fields.indices {
            list.varint(UInt64(ColumnWriter.tag(of: fields[row].value, element: fields[row].key.element).rawValue))
        }
        record.packed(6, list)
    }

    private mutating func writeWriters(_ fields: Span<FieldDelta>, first: Int) {
        list.clear()
        var isUniform = true
        for row in fields.indices where fields[row].writer != first { isUniform = false }
        if isUniform { return }
        for row in fields.indices { list.varint(UInt64(UInt32(clamping: fields[row].writer))) }
        record.packed(7, list)
    }

    private mutating func writeDeletions(_ deletions: Span<RecordDelta.Deletion>) {
        list.clear()
        for row in deletions.indices { list.varint(deletions[row].wireNumber) }
        record.packed(14, list)
    }

    private mutating func writeNumbers(_ fields: Span<FieldDelta>) {
        list.clear()
        for row in fields.indices {
            guard let number = ColumnWriter.number(of: fields[row].value) else { continue }
            list.varint(ProtobufWriter.zigzag(number))
        }
        record.packed(12, list)
    }

    private mutating func writeTexts(_ fields: Span<FieldDelta>) {
        for row in fields.indices {
            switch fields[row].value {
            case .text(let text) where text != fields[row].key.element: record.present(13, text)
            case .list(let elements): for element in elements { record.present(13, element) }
            default: break
            }
        }
    }
}

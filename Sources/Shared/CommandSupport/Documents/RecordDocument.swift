package import SyncEngine

/// A record, as `show`, `list` and `find` state it.
package struct RecordDocument: Sendable {
    let record: Record
    let kind: KindSchema
    private let pending: [String]
    private let conflicts: [RecordID]
    private let duplicates: [RecordID]?

    /// - Parameters:
    ///   - pending: names of fields with edits that are not yet decided.
    ///   - conflicts: ids of the open ones about this record.
    ///   - duplicates: ids of the open ones about this record; `nil` where nobody looked.
    package init(
        _ record: Record, kind: KindSchema, pending: [String] = [], conflicts: [RecordID], duplicates: [RecordID]? = nil
    ) {
        self.duplicates = duplicates
        self.record = record
        self.kind = kind
        self.pending = pending
        self.conflicts = conflicts
    }

    /// What is set, in schema order with the derived fields computed, then what a newer schema brought.
    private var fields: [(schema: FieldSchema?, name: String, value: Value)] {
        let named = record.named(in: kind)
        var result: [(FieldSchema?, String, Value)] = kind.fields.compactMap { field in
            let value = field.derivation.map { $0(named) } ?? named[field.name] ?? .null
            return value.isNull ? nil : (field, field.name, value)
        }
        for (name, value) in record.extra.sorted(by: { $0.key < $1.key }) where !value.isNull {
            result.append((nil, name, value))
        }
        return result
    }

    /// `id`, `kind`, `scope`, `seq` (0 while never sent), `deleted`, `pending`, `fields`, `conflicts`. Fields that are
    /// not set are left out.
    package var json: JSONValue {
        .object(
            [
                ("id", .string(record.id.description)), ("kind", .string(kind.name)),
                ("scope", .string(record.scope.code)),
                ("seq", .int(Int64(record.seq))), ("deleted", .bool(record.isDeleted)),
                ("pending", .array(pending.map(JSONValue.string))),
                ("fields", .object(fields.map { ($0.name, json(of: $0.value, named: $0.name)) })),
                ("conflicts", .array(conflicts.map { .string($0.description) })),
            ] + (duplicates.map { [("duplicates", .array($0.map { .string($0.description) }))] } ?? []))
    }

    private var isConflict: Bool { kind.name == ConflictRecord.kindName }

    /// A conflict's own fields hold JSON text.
    private func json(of value: Value, named name: String) -> JSONValue {
        isConflict ? ConflictDocument.json(of: value, named: name) : JSONValue(value)
    }

    /// For people: a line a field, with its label and what its code means.
    package var text: String {
        let shown = fields
        let labels = shown.map { ($0.schema?.label.text() ?? $0.name) + L("：", ":") }
        let width = labels.map(TerminalText.width).max() ?? 0
        var lines = ["\(kind.label.text()) \(record.id)" + (record.isDeleted ? L("（已删除）", " (deleted)") : "")]
        for (field, label) in zip(shown, labels) {
            let said =
                isConflict
                ? json(of: field.value, named: field.name).plain : PlainText.of(field.value, field: field.schema)
            let mark = pending.contains(field.name) ? L("  ← 未定", "  ← pending") : ""
            lines.append("  " + TerminalText.padded(label, to: width) + " " + said + mark)
        }
        if !conflicts.isEmpty {
            lines.append(L("  有 \(conflicts.count) 个冲突待决定：", "  Open conflicts (\(conflicts.count)):"))
            lines += conflicts.map { "    \($0)" }
        }
        if let duplicates, !duplicates.isEmpty {
            lines.append(L("  疑似重复，由镇街处理：", "  May be on record twice; the township decides:"))
            lines += duplicates.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// The fields of a listing: what `find` searches, else the first ones, at most four.
    static func columns(of kind: KindSchema) -> [FieldSchema] {
        let searched = kind.searchFields.compactMap { kind.field($0) }
        let known = searched.isEmpty ? kind.storedFields.filter { $0.type != .reference } : searched
        return Array(known.prefix(4))
    }

    /// The cells of a listing, at most `width` columns wide each.
    func cells(_ columns: [FieldSchema], width: Int = 28) -> [String] {
        columns.map { TerminalText.cut(PlainText.of(record.value($0.name, in: kind), field: $0), to: width) }
    }

    /// One line of a listing of several kinds.
    package var line: String {
        let cells = cells(Self.columns(of: kind)).filter { $0 != "-" }
        return "\(record.id)  \(kind.label.text())  \(cells.joined(separator: "  "))"
    }
}

extension Output {
    /// `records`, `count` and `next`; for people a table when all are of one kind.
    /// - Parameter found: of the selection of `page`.
    package func write(records found: [RecordDocument], of page: PageOptions) {
        let page = page.page(of: found, id: \.record.id)
        let stated = isJSON ? page.rows.map(\.json) : []
        write(.object([("records", .array(stated))] + page.members), text: Self.table(of: page.rows) + page.note)
    }

    static func table(of records: [RecordDocument]) -> String {
        guard let kind = records.first?.kind else { return L("没有记录", "No records") }
        guard records.allSatisfy({ $0.kind.name == kind.name }) else {
            return records.map(\.line).joined(separator: "\n")
        }
        let columns = RecordDocument.columns(of: kind)
        var table = TextTable([L("记录", "Record")] + columns.map { $0.label.text() })
        for record in records { table.add([record.record.id.description] + record.cells(columns)) }
        return table.text
    }
}

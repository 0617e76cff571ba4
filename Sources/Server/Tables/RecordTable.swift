import Assistance
import RecordStore
import SyncEngine

/// The records of a kind, a row each in order of their ids: the live ones, as they stand.
enum RecordTable {
    /// Kinds with a table of their own, which says more than their fields do.
    private static let others: Set<String> = [DuplicateRecord.kindName, ConflictRecord.kindName]

    /// One of every kind.
    static let entries = AssistanceSchema.current.kinds.filter { !others.contains($0.name) }.map { kind in
        // Who looked at whom is for those who answer for it.
        let readers = kind.name == Disclosure.kindName ? TableCatalogue.answerable : Set(Role.allCases)
        return TableCatalogue.Entry(
            name(of: kind), kind.label, takes: [.village], readers: readers, clear: TableCatalogue.answerable
        ) { township, request in
            table(of: kind, request, tables: township.database.tables)
        }
    }

    /// `bank-accounts` of `bank_account`.
    static func name(of kind: KindSchema) -> String {
        let name = kind.name.split(separator: "_").joined(separator: "-")
        if ["staff", "guidance"].contains(name) { return name }
        if name.hasSuffix("y"), !name.hasSuffix("ey") { return name.dropLast() + "ies" }
        return name + "s"
    }

    static func table(of kind: KindSchema, _ request: TableCatalogue.Request, tables: RecordTables) -> Table {
        let id = Table.Column("id", "编号", "Id", .open(RecordNames.kinds[kind.name] ?? .records))
        let columns =
            [id, Table.Column("scope", "所属地区代码", "Scope")] + columns(of: kind.fields, in: kind)
        return Table(name(of: kind), kind.label, columns: columns) { place, limit, database in
            let selection = RecordSelection(
                limit: limit, after: place.flatMap { RecordID($0.key) }, scope: request.village)
            let records = try tables.list(kind, selection, in: database)
            let names = try RecordNames(references(of: records, kind, kind.fields), tables: tables, in: database)
            return Table.Page(
                rows: records.map { row($0, kind: kind, names, isClear: request.isClear) },
                next: records.count < limit ? nil : records.last.map { Table.Place(key: $0.id.description) })
        }
    }

    /// Of a reference to a record that people call by a name that stands at the field's place, the id after all fields.
    static func columns(of fields: [FieldSchema], in kind: KindSchema) -> [Table.Column] {
        fields.map { column($0, in: kind) } + named(fields, in: kind).map(idColumn)
    }

    private static func named(_ fields: [FieldSchema], in kind: KindSchema) -> [FieldSchema] {
        fields.filter { RecordNames.kind(of: $0, in: kind) != nil }
    }

    private static func column(_ field: FieldSchema, in kind: KindSchema) -> Table.Column {
        let (key, title) = (key(of: field), title(of: field))
        guard field.type == .reference else {
            return Table.Column(name: key, title: title, display: forPrograms.contains(field.name) ? .hidden : .plain)
        }
        guard let target = RecordNames.kind(of: field, in: kind).flatMap({ RecordNames.kinds[$0] }) else {
            return Table.Column(name: key, title: title, display: .open(.records))
        }
        return Table.Column(name: key + "Name", title: title, display: .link(target, id: key))
    }

    private static func idColumn(_ field: FieldSchema) -> Table.Column {
        let title = title(of: field)
        return Table.Column(
            name: key(of: field), title: Label(zh: title.zh + "编号", en: title.en + " id"), display: .hidden)
    }

    /// Texts that no person reads in a table: documents in JSON, keys, checksums.
    private static let forPrograms: Set<String> = [
        "answers", "calculation", "per_member", "sha256", "signature", "key", "content", "template_hash",
        "population_sha256",
    ]

    /// - Parameter fields: those that are shown.
    static func references(
        of records: [Record], _ kind: KindSchema, _ fields: [FieldSchema]
    ) -> [String: Set<RecordID>] {
        var found: [String: Set<RecordID>] = [:]
        for field in fields {
            guard let target = RecordNames.kind(of: field, in: kind) else { continue }
            found[target, default: []].formUnion(records.compactMap { $0.value(field.name, in: kind).recordID })
        }
        return found
    }

    private static func row(
        _ record: Record, kind: KindSchema, _ names: RecordNames, isClear: Bool
    ) -> [Table.Cell] {
        let values = record.named(in: kind)
        return [.text(record.id.description), .text(record.scope.code)]
            + cells(of: kind.fields, in: kind, names, isClear: isClear) { field in
                field.derivation.map { $0(values) } ?? values[field.name] ?? .null
            }
    }

    /// What stands in ``columns(of:in:)``.
    static func cells(
        of fields: [FieldSchema], in kind: KindSchema, _ names: RecordNames, isClear: Bool = false,
        value: (FieldSchema) -> Value
    ) -> [Table.Cell] {
        func cell(_ field: FieldSchema) -> Table.Cell {
            Table.Cell(isClear ? value(field) : masked(value(field), field, kind), of: field)
        }
        return fields.map { RecordNames.kind(of: $0, in: kind) == nil ? cell($0) : names[value($0).recordID] }
            + named(fields, in: kind).map(cell)
    }

    /// What the township decided and paid stands in the ledger and on the page of the case: here too all but accounts,
    /// numbers and illnesses is shown.
    private static let decided: Set<String> = ["payment", "decision"]

    private static func masked(_ value: Value, _ field: FieldSchema, _ kind: KindSchema) -> Value {
        guard decided.contains(kind.name), field.type != .reference else { return Masking.value(value, of: field) }
        return Masking.masked(value, of: field.name, in: kind.name)
    }

    /// `idNumber` of `id_number`.
    private static func key(of field: FieldSchema) -> String {
        let words = field.name.split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }

    /// Money stands in yuan.
    private static func title(of field: FieldSchema) -> Label {
        func said(_ text: String, _ fen: String, _ yuan: String) -> String {
            text.hasSuffix(fen) ? text.dropLast(fen.count) + yuan : text
        }
        return Label(zh: said(field.label.zh, "（分）", "（元）"), en: said(field.label.en, "(fen)", "(yuan)"))
    }
}

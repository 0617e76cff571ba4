import Assistance
import RecordStore
import SyncEngine

/// The records of a kind, a row each in order of their ids: the live ones, as they stand.
enum RecordTable {
    /// Kinds with a table of their own, which says more than their fields do.
    private static let others: Set<String> = [DuplicateRecord.kindName, ConflictRecord.kindName]

    /// One of every kind.
    static let entries = AssistanceSchema.current.kinds.filter { !others.contains($0.name) }.map { kind in
        TableCatalogue.Entry(name(of: kind), kind.label, takes: [.village]) { township, request in
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
        let columns =
            [Table.Column("id", "编号", "Id"), Table.Column("scope", "所属地区代码", "Scope")]
            + kind.fields.map { Table.Column(name: key(of: $0), title: title(of: $0)) }
        return Table(name(of: kind), kind.label, columns: columns) { place, limit, database in
            let selection = RecordSelection(
                limit: limit, after: place.flatMap { RecordID($0.key) }, scope: request.village)
            let records = try tables.list(kind, selection, in: database)
            return Table.Page(
                rows: records.map { row($0, kind: kind, isClear: request.isClear) },
                next: records.count < limit ? nil : records.last.map { Table.Place(key: $0.id.description) })
        }
    }

    private static func row(_ record: Record, kind: KindSchema, isClear: Bool) -> [Table.Cell] {
        let named = record.named(in: kind)
        return [.text(record.id.description), .text(record.scope.code)]
            + kind.fields.map { field in
                let value = field.derivation.map { $0(named) } ?? named[field.name] ?? .null
                return Table.Cell(isClear ? value : Masking.value(value, of: field), of: field)
            }
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

extension Table.Cell {
    /// A field's value: codes as what they mean, in Chinese as every file.
    init(_ value: Value, of field: FieldSchema) {
        func said(_ code: String) -> String { field.rule?.codes?[code]?.zh ?? code }
        switch value {
        case .null: self = .empty
        case .text(let text): self = .text(said(text))
        case .int64(let number): self = field.name.hasSuffix("_fen") ? .fen(number) : .number(number)
        case .bool(let flag): self = .text(flag ? "是" : "否")
        case .date(let day): self = .day(day)
        case .time(let instant): self = .text(instant.plain)
        case .list(let elements): self = .text(elements.map(said).joined(separator: "、"))
        }
    }
}

extension Instant {
    /// `2026-11-24 09:30:15`, China Standard Time.
    var plain: String {
        description.prefix { $0 != "." && $0 != "+" }.split(separator: "T").joined(separator: " ")
    }
}

import Assistance
import RecordStore
import SyncEngine

/// A register as a table: what it shows of its entries, what is computed of them, and what is still to be completed.
enum RegisterTable {
    /// One of every register.
    static let entries = Register.all.map { register in
        var taken: Set<TableCatalogue.Parameter> = [.from, .to]
        if register.waiting != nil { taken.insert(.state) }
        if register.hasVillages { taken.insert(.village) }
        return TableCatalogue.Entry(
            name(of: register), title(of: register), takes: taken
        ) { township, request in
            table(of: register, request, of: township).namingVillages()
        }
    }

    /// `register-finding`
    static func name(of register: Register) -> String {
        "register-" + register.name.split(separator: "_").joined(separator: "-")
    }

    private static func title(of register: Register) -> Label {
        Label(zh: "登记簿：" + register.label.zh, en: "Register: " + register.label.en)
    }

    static func table(of register: Register, _ request: TableCatalogue.Request, of township: Township) -> Table {
        let kind = AssistanceSchema.current.kind(register.kindName)
        let fields = register.shown.compactMap { kind?.field($0) }.filter { $0.name != "village" }
        let tables = township.database.tables
        return Table(name(of: register), title(of: register), columns: columns(of: register, fields)) {
            after, limit, database in
            let today = township.clock().day
            let page = try RegisterList(register: register, tables: tables, database: database)
                .page(request, after: after, limit: limit, on: today)
            let book = try RegisterReader(tables: tables, database: database)
                .book(of: register, around: page.records, today: today)
            let entries = Dictionary(
                register.entries(Register.Selection(), of: book).map { ($0.record.record.id, $0) }
            ) { first, _ in first }
            guard let kind else { return Table.Page(rows: [], next: nil) }
            let names = try RecordNames(
                RecordTable.references(of: page.records, kind, fields), tables: tables, in: database)
            let rows = page.records.compactMap { entries[$0.id] }.map {
                row($0, of: register, fields, names)
            }
            return Table.Page(rows: rows, next: page.next)
        }
    }

    private static func columns(of register: Register, _ fields: [FieldSchema]) -> [Table.Column] {
        guard let kind = AssistanceSchema.current.kind(register.kindName) else { return [] }
        let id = Table.Column(
            "id", "编号", "Id", .hidden)
        let state = register.hasStates ? [Table.Column("state", "状态", "State")] : []
        let late = register.waiting?.due == nil ? [] : [Table.Column("daysLate", "逾期天数", "Days late")]
        let computed = register.headings.map { Table.Column(name: $0.name, title: $0.label) }
        let village = register.hasVillages ? [Table.Column("village", "村居代码", "Village")] : []
        var shown = RecordTable.columns(of: fields, in: kind)
        // What stands first in an entry leads to it.
        if !register.isExport, let first = shown.firstIndex(where: { $0.display == .plain }) {
            shown[first].display = .link(register.name == "sample_check" ? .samples : .records, id: "id")
        }
        return shown + village + state + late + computed
            + (register.isExport ? [] : [Table.Column("toComplete", "待补填", "To complete")]) + [id]
    }

    private static func row(
        _ entry: RegisterEntry, of register: Register, _ fields: [FieldSchema], _ names: RecordNames
    ) -> [Table.Cell] {
        let record = entry.record
        let id: Table.Cell = .text(record.record.id.description)
        let village = register.hasVillages ? [Table.Cell(entry.village)] : []
        let state: [Table.Cell] =
            register.hasStates ? [entry.state.map { .code($0.rawValue, $0.label) } ?? .empty] : []
        let late: [Table.Cell] =
            register.waiting?.due == nil ? [] : [entry.daysLate > 0 ? .number(Int64(entry.daysLate)) : .empty]
        let values = RecordTable.cells(of: fields, in: record.kind, names) { field in
            register.isExport ? record.masked(field.name) : shown(field, of: record)
        }
        let said = entry.findings
        let findings: Table.Cell =
            said.isEmpty
            ? .empty
            : .label(
                Label(
                    zh: said.map(\.message.zh).joined(separator: "；"),
                    en: said.map(\.message.en).joined(separator: "; ")))
        return values + village + state + late + entry.columns.map { Table.Cell(computed: $0.value) }
            + (register.isExport ? [] : [findings]) + [id]
    }
}

extension RegisterTable {
    /// Whoever complains or asks may fear for it: of a name the first character is shown.
    fileprivate static func shown(_ field: FieldSchema, of record: Linked) -> Value {
        let value = record.value(field.name)
        guard record.kind.name == "complaint", field.name == "by", let name = value.text else { return value }
        return .text(Masking.name(name))
    }
}

extension Table.Cell {
    /// What a register computes of an entry.
    fileprivate init(computed value: JSONValue) {
        switch value {
        case .int(let number): self = .number(number)
        case .bool(let flag): self = .flag(flag)
        case .array(let elements):
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            self = texts.isEmpty ? .empty : .list(texts)
        case .string(let text): self = .text(text)
        default: self = .empty
        }
    }
}

package import SyncEngine

/// A tree as a mapping file holds it, whatever parser read it.
package indirect enum MappingNode: Hashable, Sendable {
    case scalar(String)
    case list([MappingNode])
    case map([String: MappingNode])

    /// Of a document whose scalars are texts; of a key that is there twice the first.
    package init(_ document: JSONValue) {
        switch document {
        case .string(let text): self = .scalar(text)
        case .array(let values): self = .list(values.map(MappingNode.init))
        case .members(let members):
            let pairs = members.map { ($0.key, MappingNode($0.value)) }
            self = .map(Dictionary(pairs) { first, _ in first })
        case .null, .bool, .int, .decimal: self = .scalar(document.compact)
        }
    }

    var text: String? { if case .scalar(let text) = self { text } else { nil } }
    var nodes: [MappingNode] { if case .list(let nodes) = self { nodes } else { [] } }
    subscript(key: String) -> MappingNode? { if case .map(let map) = self { map[key] } else { nil } }
}

/// How a row of a spreadsheet becomes records (`docs/import.md`).
package struct RosterMapping: Sendable {
    /// One record of a row, or as many as `repeat` says.
    struct Template: Sendable {
        var kind: KindSchema
        var alias: String?
        var count: String?
        var when: String?
        /// Fields by which an existing record is found again; only for the row's first record.
        var key: [String]
        var fields: [(name: String, source: Source)]
    }

    enum Source: Sendable {
        /// Text with `{COLUMN}` and `{index}` in it.
        case text(String)
        /// A column's value, looked up.
        case lookup(column: String, table: [String: String])
        /// Column × multiplier ÷ divisor, in whole numbers, rounded once, half up; nothing below zero.
        case amount(column: String, times: String?, dividedBy: Int64)
        /// The id of the row's record with this alias.
        case reference(String)
    }

    package struct Draft: Sendable {
        package var kind: KindSchema
        package var alias: String?
        package var key: [String]
        /// Values, with references to other drafts of the row by alias.
        package var fields: [(name: String, value: Field)]

        package enum Field: Sendable {
            case value(Value)
            case reference(String)
        }
    }

    package struct RowError: Error, Sendable {
        package var field: String
        package var reason: Label

        package init(field: String, reason: Label) {
            self.field = field
            self.reason = reason
        }
    }

    let templates: [Template]

    private static let repeatLimit = 50

    /// - Throws: ``Problem`` ``Problem/Code/badMapping`` with the place; for what no roster brings (``RosterKinds``) too.
    package init(_ root: MappingNode, schema: Schema) throws {
        guard let records = root["records"]?.nodes, !records.isEmpty else { throw Problem(.badMapping, "records") }
        guard records.count <= Limits.mappingBlocks else {
            throw Problem(
                .badMapping, "records",
                explanation: Label(
                    zh: "映射有 \(records.count) 段，最多 \(Limits.mappingBlocks) 段",
                    en: "The mapping has \(records.count) blocks, more than \(Limits.mappingBlocks)"))
        }
        templates = try records.enumerated().map { index, node in
            try Self.template(node, at: "records[\(index + 1)]", schema: schema)
        }
    }

    private static func template(_ node: MappingNode, at place: String, schema: Schema) throws -> Template {
        let kind = try RosterKinds.kind(node["kind"]?.text, at: place, in: schema)
        let name = kind.name
        guard case .map(let fields)? = node["fields"] else { throw Problem(.badMapping, "\(name).fields") }
        return Template(
            kind: kind, alias: node["as"]?.text, count: node["repeat"]?.text, when: node["when"]?.text,
            key: node["key"]?.nodes.compactMap(\.text) ?? [],
            fields: try fields.sorted { $0.key < $1.key }.map { field, source in
                try RosterKinds.check(field, of: kind)
                return (field, try Self.source(source, at: "\(name).\(field)"))
            })
    }

    private static func source(_ node: MappingNode, at place: String) throws -> Source {
        if let text = node.text { return .text(text) }
        if let alias = node["ref"]?.text { return .reference(alias) }
        if let column = node["lookup"]?.text, case .map(let table)? = node["in"] {
            return .lookup(column: column, table: table.compactMapValues(\.text))
        }
        if let column = node["amount"]?.text {
            guard let divisor = Int64(node["divide"]?.text ?? "1"), divisor > 0 else {
                throw Problem(.badMapping, place)
            }
            return .amount(column: column, times: node["times"]?.text, dividedBy: divisor)
        }
        throw Problem(.badMapping, place)
    }

    /// The records of one row, the first of them the root.
    /// - Throws: ``RowError`` for the first thing that is wrong with the row.
    package func drafts(of row: [String: String]) throws -> [Draft] {
        var room = Self.rowBytes
        return try templates.flatMap { template -> [Draft] in
            if let column = template.when {
                guard let condition = row[column] else { throw Self.missing(column) }
                if condition.isEmpty || condition == "0" { return [] }
            }
            let count = try template.count.map { try number(of: $0, row) } ?? 1
            guard (0...Int64(Self.repeatLimit)).contains(count) else {
                throw RowError(
                    field: template.count ?? "", reason: Label(zh: "数目不在 0 至 50 之间", en: "Not between 0 and 50"))
            }
            return try (0..<count).map { index in
                try draft(template, index: Int(index) + 1, row: row, room: &room)
            }
        }
    }

    /// What the texts of one row come to, at the most.
    private static let rowBytes = 1 << 20
    private static let tooLong = Label(zh: "按模板填出来的内容太长", en: "What the template comes to is too long")

    /// How many records a row comes to, without making them; 0 for what makes the row a bad one.
    package func count(of row: [String: String]) -> Int {
        templates.reduce(0) { sum, template in
            if let column = template.when, row[column].map({ $0.isEmpty || $0 == "0" }) ?? true { return sum }
            let count = template.count.map { Int($0) ?? row[$0].flatMap { Int($0) } ?? 0 } ?? 1
            return sum + ((0...Self.repeatLimit).contains(count) ? count : 0)
        }
    }

    private func draft(
        _ template: Template, index: Int, row: [String: String], room: inout Int
    ) throws -> Draft {
        var fields: [(String, Draft.Field)] = []
        for (name, source) in template.fields {
            guard let field = template.kind.field(name) else { continue }
            switch source {
            case .reference(let alias): fields.append((name, .reference(alias)))
            default:
                let value = try value(source, field: field, index: index, row: row)
                room -= (value.text.map { [$0] } ?? value.elements).reduce(0) { $0 + $1.utf8.count }
                guard room >= 0 else { throw RowError(field: name, reason: Self.tooLong) }
                if !value.isNull { fields.append((name, .value(value))) }
            }
        }
        let alias = template.alias.map { template.count == nil ? $0 : "\($0)\(index)" }
        return Draft(kind: template.kind, alias: alias, key: template.key, fields: fields)
    }

    private func value(_ source: Source, field: FieldSchema, index: Int, row: [String: String]) throws -> Value {
        switch source {
        case .reference: return .null
        case .lookup(let column, let table):
            guard let key = row[column] else { throw Self.missing(column) }
            if key.isEmpty { return .null }
            guard let text = table[key] else {
                throw RowError(
                    field: field.name, reason: Label(zh: "对照表里没有“\(key)”", en: "“\(key)” is not in the table"))
            }
            return try typed(text, field)
        case .amount(let column, let times, let divisor):
            guard let text = row[column] else { throw Self.missing(column) }
            if text.isEmpty { return .null }
            let multiplier = try times.map { try number(of: $0, row) } ?? 1
            return .int64(try Self.amount(try number(of: column, row), multiplier, divisor, field: field.name))
        case .text(let template):
            return try typed(try filled(template, index: index, row: row), field)
        }
    }

    /// a × b ÷ divisor, rounded half up; a loss counts as nothing.
    static func amount(_ a: Int64, _ b: Int64, _ divisor: Int64, field: String) throws -> Int64 {
        if a <= 0 { return 0 }
        let product = a.multipliedReportingOverflow(by: b)
        let sum = product.partialValue.addingReportingOverflow(divisor / 2)
        guard !product.overflow, !sum.overflow else {
            throw RowError(field: field, reason: Label(zh: "金额太大", en: "Too large"))
        }
        return sum.partialValue / divisor
    }

    private func number(of column: String, _ row: [String: String]) throws -> Int64 {
        if let literal = Int64(column) { return literal }
        guard let text = row[column] else { throw Self.missing(column) }
        guard let number = Int64(text) else {
            throw RowError(field: column, reason: Label(zh: "“\(text)”不是整数", en: "“\(text)” is not a whole number"))
        }
        return number
    }

    private func filled(_ template: String, index: Int, row: [String: String]) throws -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            guard result.utf8.count <= Limits.textBytes else { throw RowError(field: "", reason: Self.tooLong) }
            let name = String(rest[rest.index(after: open)..<close])
            result += rest[..<open]
            switch name {
            case "index": result += String(index)
            case "name": result += DemoNames.name(row: row.values.sorted().joined(), person: index)
            default:
                guard let text = row[name] else { throw Self.missing(name) }
                result += text
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private func typed(_ text: String, _ field: FieldSchema) throws -> Value {
        if text.isEmpty { return .null }
        let value: Value? =
            switch field.type {
            case .text, .reference: .text(text)
            case .int64: Int64(text).map(Value.int64)
            case .bool:
                [
                    "true": .bool(true), "1": .bool(true), "是": .bool(true), "false": .bool(false), "0": .bool(false),
                    "2": .bool(false), "否": .bool(false),
                ][text]
            case .date: CalendarDay(text).map(Value.date)
            case .time: Instant(text).map(Value.time)
            case .list: .list(text.split { ",，、;；".contains($0) }.map(String.init))
            }
        guard let value else {
            throw RowError(
                field: field.name, reason: Label(zh: "“\(text)”填不进这个字段", en: "“\(text)” does not fit the field"))
        }
        return value
    }

    private static func missing(_ column: String) -> RowError {
        RowError(field: column, reason: Label(zh: "表格没有这一列", en: "The file has no such column"))
    }
}

/// Invented names for data that has none: the same row and person always get the same one.
enum DemoNames {
    private static let surnames = Array("王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹")
    private static let given = Array("秀英建国桂兰志强玉梅春生凤霞立新海燕长河文静大勇金凤永福素珍德明")

    static func name(row: String, person: Int) -> String {
        // FNV-1a, 64 bits: stable across runs and machines, which Swift's own hashing is not.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in row.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let surname = surnames[Int(hash % UInt64(surnames.count))]
        for byte in String(person).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // One byte more changes few bits of FNV's: mixed, so that those of one row are not all called alike.
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 33
        let first = given[Int((hash >> 16) % UInt64(given.count))]
        let second = given[Int((hash >> 32) % UInt64(given.count))]
        return hash >> 60 < 5 ? "\(surname)\(first)" : "\(surname)\(first)\(second)"
    }
}

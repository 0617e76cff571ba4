package import SyncEngine

/// `name=value` and its kin, as a person types them, and their JSON form.
package enum FieldAssignment {
    /// - Throws: ``Problem``: ``Problem/Code/unknownField``, ``Problem/Code/derivedField``, ``Problem/Code/badValue``.
    package static func parse(_ text: String, kind: KindSchema) throws -> FieldWrite {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw Problem(.badValue, text, explanation: Label(zh: "要写成 字段=值", en: "Write field=value"))
        }
        var name = String(text[..<equals])
        let value = String(text[text.index(after: equals)...])
        var sign: Character?
        if let last = name.last, last == "+" || last == "-" {
            sign = last
            name.removeLast()
        }
        let field = try self.field(name, kind: kind)
        guard let sign else { return .set(name, value.isEmpty ? .null : try Value.parse(text: value, for: field)) }
        guard field.isSet else {
            throw Problem(
                .badValue, name,
                explanation: Label(zh: "这个字段只有一个值，用 字段=值", en: "This field has one value: use field=value"))
        }
        let element = try Value.parse(text: value, for: field).elements
        guard element.count == 1 else { throw Problem(.badValue, name) }
        return sign == "+" ? .add(name, element[0]) : .remove(name, element[0])
    }

    /// From a JSON object of fields.
    package static func parse(_ fields: JSONValue, kind: KindSchema) throws -> [FieldWrite] {
        guard case .members(let members) = fields else { throw Problem(.badDocument, "fields") }
        return try members.map { member in
            .set(member.key, try Value.parse(json: member.value, for: try field(member.key, kind: kind)))
        }
    }

    private static func field(_ name: String, kind: KindSchema) throws -> FieldSchema {
        guard let field = kind.field(name) else {
            let nearest = kind.fields.map(\.name).min { distance($0, name) < distance($1, name) } ?? ""
            throw Problem(
                .unknownField, "\(kind.name).\(name)",
                explanation: Label(zh: "没有这个字段，是不是 \(nearest)？", en: "There is no such field; did you mean \(nearest)?")
            )
        }
        if field.derivation != nil { throw Problem(.derivedField, "\(kind.name).\(name)") }
        return field
    }

    /// Levenshtein's, over bytes.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b.utf8)
        var row = Array(0...b.count)
        for (i, x) in a.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = x == y ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count]
    }
}

extension Value {
    /// What a person typed for a field.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` with what the field takes.
    package static func parse(text: String, for field: FieldSchema) throws -> Value {
        switch field.type {
        case .text: return .text(try clean(text, field))
        case .int64:
            guard let number = Int64(text), !text.hasPrefix("+") else {
                throw expected(field, "整数，金额以分为单位", "a whole number, money in fen")
            }
            return .int64(number)
        case .bool:
            switch text.lowercased() {
            case "true", "yes", "1", "是", "有": return .bool(true)
            case "false", "no", "0", "否", "无": return .bool(false)
            default: throw expected(field, "是或否", "true or false")
            }
        case .date:
            guard let day = CalendarDay(text) else {
                throw expected(field, "日期，如 2026-01-31", "a date like 2026-01-31")
            }
            return .date(day)
        case .time:
            guard let instant = Instant(text) else {
                throw expected(field, "时间，如 2026-01-31T09:30:00+08:00", "a time like 2026-01-31T09:30:00+08:00")
            }
            return .time(instant)
        case .reference:
            guard let id = RecordID(text) else { throw expected(field, "记录编号", "a record's id") }
            return .text(id.description)
        case .list:
            if text.hasPrefix("["), let json = try? JSONParser.documents(Array(text.utf8)).first, case .array = json {
                return try parse(json: json, for: field)
            }
            let parts = text.split { ",，、".contains($0) }.map { part in
                part.drop { $0 == " " }.description
            }
            return .list(try parts.map { try clean($0, field) })
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package static func parse(json: JSONValue, for field: FieldSchema) throws -> Value {
        switch (field.type, json) {
        case (_, .null): return .null
        case (.int64, .int(let number)): return .int64(number)
        case (.bool, .bool(let flag)): return .bool(flag)
        case (.list, .array(let elements)):
            return .list(
                try elements.map { element in
                    guard let text = element.text else { throw expected(field, "文字列表", "a list of texts") }
                    return try clean(text, field)
                })
        case (.text, .string(let text)): return .text(try clean(text, field))
        case (.date, .string(let text)), (.time, .string(let text)), (.reference, .string(let text)):
            return try parse(text: text, for: field)
        default: throw expected(field, "\(field.type.rawValue) 类型的值", "a value of type \(field.type.rawValue)")
        }
    }

    private static func expected(_ field: FieldSchema, _ zh: String, _ en: String) -> Problem {
        Problem(.badValue, field.name, explanation: Label(zh: "要填\(zh)", en: "It takes \(en)"))
    }

    private static func clean(_ text: String, _ field: FieldSchema) throws -> String {
        let hasControl = text.unicodeScalars.contains {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F
        }
        if hasControl { throw expected(field, "不含控制字符的文字", "text without control characters") }
        guard text.utf8.count <= Limits.textBytes else { throw Problem(.setTooLarge, field.name) }
        return text
    }
}

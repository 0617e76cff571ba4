package import SyncEngine

/// From what a person typed, or another program sent, to a field's value.
extension Value {
    /// What a person typed for a field: whole numbers in decimal digits, `true`/`false`/`是`/`否`/`yes`/`no`/`1`/`0`,
    /// dates `YYYY-MM-DD`, times RFC 3339 with a zone or a bare date, an id, and a list as a JSON array or its
    /// elements between `,`, `，` or `、`.
    ///
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that says what the field takes;
    ///   ``Problem/Code/setTooLarge`` beyond ``Limits/textBytes`` or ``Limits/listElements``.
    package static func parse(text: String, for field: FieldSchema) throws -> Value {
        switch field.type {
        case .text: return .text(try checked(text, field))
        case .int64: return .int64(try integer(text, field))
        case .bool:
            guard let flag = flags[text.lowercased()] else {
                throw expected(field, "是或否（true、false）", "true or false")
            }
            return .bool(flag)
        case .date:
            guard let day = CalendarDay(text) else {
                throw expected(field, "日期，如 2026-01-31", "a date that exists, like 2026-01-31")
            }
            return .date(day)
        case .time:
            guard let instant = Instant(text) else {
                throw expected(
                    field, "带时区的时间，如 2026-01-31T09:30:00+08:00，或日期",
                    "a time with its zone, like 2026-01-31T09:30:00+08:00, or a date")
            }
            return .time(instant)
        case .reference:
            guard let id = RecordID(text) else {
                throw expected(field, "记录编号（36 位，用 find 查）", "a record's id (36 characters; see find)")
            }
            return .text(id.description)
        case .list: return try list(text, field)
        }
    }

    /// A field's value in a JSON document. No type is taken for another: a number in quotes is no number.
    ///
    /// - Throws: as ``parse(text:for:)``.
    package static func parse(json: JSONValue, for field: FieldSchema) throws -> Value {
        switch (field.type, json) {
        case (_, .null): return .null
        case (.int64, .int(let number)): return .int64(number)
        case (.int64, .decimal): throw notWhole(field)
        case (.bool, .bool(let flag)): return .bool(flag)
        case (.list, .array(let elements)): return try list(elements, field)
        case (.text, .string(let text)): return .text(try checked(text, field))
        case (.date, .string(let text)), (.time, .string(let text)), (.reference, .string(let text)):
            return try parse(text: text, for: field)
        case (.int64, _): throw expected(field, "JSON 整数，不加引号", "a JSON integer, not in quotes")
        case (.bool, _): throw expected(field, "JSON 的 true 或 false，不加引号", "true or false, not in quotes")
        case (.list, _): throw expected(field, "文字的 JSON 数组", "a JSON array of texts")
        default: throw expected(field, "加引号的 JSON 文字", "a JSON text, in quotes")
        }
    }

    private static let flags = [
        "true": true, "yes": true, "1": true, "是": true, "有": true,
        "false": false, "no": false, "0": false, "否": false, "无": false,
    ]

    private static func integer(_ text: String, _ field: FieldSchema) throws -> Int64 {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { throw notWhole(field) }
        guard let number = Int64(text) else {
            throw expected(field, "不超过 19 位的整数", "a whole number of at most 19 digits")
        }
        return number
    }

    private static func notWhole(_ field: FieldSchema) -> Problem {
        let isMoney = field.name.hasSuffix("_fen")
        return expected(
            field, "整数，不带小数点、逗号和单位" + (isMoney ? "；金额以分为单位，12.50 元写 1250" : ""),
            "a whole number without point, comma or unit" + (isMoney ? "; money in fen: 1250 for 12.50 yuan" : ""))
    }
}

// MARK: - Lists and texts

extension Value {
    private static func list(_ text: String, _ field: FieldSchema) throws -> Value {
        let trimmed = text.trimmingSpace
        if trimmed.first == "[" {
            guard let documents = try? JSONParser.documents(Array(trimmed.utf8)), documents.count == 1 else {
                throw expected(field, "逗号隔开的文字，或完整的 JSON 数组", "texts between commas, or a whole JSON array")
            }
            return try parse(json: documents[0], for: field)
        }
        let parts = text.split { ",，、".contains($0) }.map { String($0).trimmingSpace }.filter { !$0.isEmpty }
        return .list(try counted(parts, field).map { try checked($0, field) })
    }

    private static func list(_ elements: [JSONValue], _ field: FieldSchema) throws -> Value {
        .list(
            try counted(elements, field).map { element in
                guard let text = element.text, !text.isEmpty else {
                    throw expected(field, "不为空的文字的 JSON 数组", "a JSON array of texts that are not empty")
                }
                return try checked(text, field)
            })
    }

    private static func counted<Element>(_ elements: [Element], _ field: FieldSchema) throws -> [Element] {
        guard elements.count <= Limits.listElements else {
            throw Problem(
                .setTooLarge, field.name,
                explanation: Label(
                    zh: "最多 \(Limits.listElements) 项，这里有 \(elements.count) 项",
                    en: "At most \(Limits.listElements) elements; there are \(elements.count)"))
        }
        return elements
    }

    /// Texts of people: without control characters but newline and tab, and not beyond the limit.
    private static func checked(_ text: String, _ field: FieldSchema) throws -> String {
        let hasControl = text.unicodeScalars.contains { scalar in
            TerminalText.isControl(scalar) && scalar != "\n" && scalar != "\t"
        }
        if hasControl { throw expected(field, "不含控制字符的文字", "text without control characters") }
        guard text.utf8.count <= Limits.textBytes else {
            throw Problem(
                .setTooLarge, field.name,
                explanation: Label(
                    zh: "文字最多 \(Limits.textBytes) 字节，这里有 \(text.utf8.count) 字节",
                    en: "At most \(Limits.textBytes) bytes of text; there are \(text.utf8.count)"))
        }
        return text
    }

    private static func expected(_ field: FieldSchema, _ zh: String, _ en: String) -> Problem {
        Problem(
            .badValue, field.name,
            explanation: Label(zh: "“\(field.label.zh)”要填\(zh)", en: "\(field.label.en) takes \(en)"))
    }
}

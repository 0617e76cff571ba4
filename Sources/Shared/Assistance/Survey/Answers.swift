package import SyncEngine

/// What has been answered so far. A question that was skipped or cleared is answered with null.
package struct Answers: Hashable, Sendable {
    package var values: [String: Value] = [:]
    package var rows: [String: [Row]] = [:]

    /// One row of a group: a record that exists, or one that finishing will create.
    package struct Row: Hashable, Sendable {
        package var record: RecordID
        package var isRemoved = false
        package var values: [String: Value] = [:]

        package init(record: RecordID) { self.record = record }
    }

    package init() {}
}

extension Answers {
    /// The same document that an answers file is and that a visit keeps: question → answer, groups as arrays; a row
    /// names its record. Money and numbers with decimals are decimal texts.
    package func json(of form: Form) -> JSONValue {
        .object(
            form.items.compactMap { item in
                switch item {
                case .question(let question):
                    return values[question.id].map { (question.id, AnswerText.json($0, of: question)) }
                case .group(let group):
                    guard let rows = rows[group.id] else { return nil }
                    return (group.id, .array(rows.map { Self.json($0, of: group) }))
                }
            })
    }

    private static func json(_ row: Row, of group: Form.Group) -> JSONValue {
        let answers = group.questions.compactMap { question in
            row.values[question.id].map { (question.id, AnswerText.json($0, of: question)) }
        }
        let removed: [(String, JSONValue)] = row.isRemoved ? [("remove", .bool(true))] : []
        return .object([("record", .string(row.record.description))] + removed + answers)
    }

    /// Reads what ``json(of:)`` wrote, for a form that may have changed since: what does not fit any more is left out.
    package init(_ json: JSONValue, of form: Form) {
        for item in form.items {
            switch item {
            case .question(let question):
                values[question.id] = json[question.id].flatMap { AnswerText.value($0, of: question) }
            case .group(let group):
                guard let list = json[group.id]?.elements, json[group.id] != nil else { continue }
                rows[group.id] = list.compactMap { json in
                    guard let record = json["record"]?.text.flatMap({ RecordID($0) }) else { return nil }
                    var row = Row(record: record)
                    row.isRemoved = json["remove"] == .bool(true)
                    for question in group.questions {
                        row.values[question.id] = json[question.id].flatMap { AnswerText.value($0, of: question) }
                    }
                    return row
                }
            }
        }
    }
}

/// Answers as documents hold them and as people read them.
package enum AnswerText {
    package static func json(_ value: Value, of question: Question) -> JSONValue {
        if case .number(let decimals) = question.type, decimals > 0, let number = value.int64 {
            return .string(decimal(number, decimals: decimals))
        }
        return JSONValue(value)
    }

    /// - Returns: `nil` for what is no answer to the question.
    static func value(_ json: JSONValue, of question: Question) -> Value? {
        switch (question.type, json) {
        case (_, .null): .null
        case (.number(0), .int(let number)): .int64(number)
        case (.number(let decimals), .string(let text)): number(text, decimals: decimals).map(Value.int64)
        case (.date, .string(let text)): CalendarDay(text).map(Value.date)
        case (.yesNo, .bool(let flag)): .bool(flag)
        case (.choices, .array(let list)), (.texts, .array(let list)): .list(list.compactMap(\.text))
        case (.text, .string(let text)), (.choice, .string(let text)), (.member, .string(let text)): .text(text)
        default: nil
        }
    }

    /// `12.50`, from 1250 of two decimals.
    package static func decimal(_ number: Int64, decimals: Int) -> String {
        guard decimals > 0 else { return String(number) }
        let digits = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
        return (number < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// Decimal digits with at most `decimals` behind the point; `nil` for anything else and beyond 64 bits.
    static func number(_ text: String, decimals: Int) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first else { return nil }
        let isNegative = whole.first == "-"
        let digits = isNegative ? whole.dropFirst() : whole
        let fraction = parts.count == 2 ? parts[1] : ""
        guard !digits.isEmpty, parts.count == 1 || !fraction.isEmpty, fraction.utf8.count <= decimals,
            (digits + fraction).utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
        return Int64((isNegative ? "-" : "") + digits + fraction + zeros)
    }

    /// For people, without its unit; `-` for nothing.
    /// - Parameter name: of the member with this record.
    package static func text(
        _ value: Value, of question: Question, isChinese: Bool, name: (RecordID) -> String?
    )
        -> String
    {
        func choice(_ code: String) -> String {
            question.choices.first { $0.code == code }.map { isChinese ? $0.text.zh : $0.text.en } ?? code
        }
        switch value {
        case .null: return "-"
        case .bool(let flag): return isChinese ? (flag ? "是" : "否") : (flag ? "yes" : "no")
        case .int64(let number):
            if case .number(let decimals) = question.type { return decimal(number, decimals: decimals) }
            return String(number)
        case .text(let text):
            if question.type == .member { return RecordID(text).flatMap(name) ?? text }
            return choice(text)
        case .date(let day): return day.description
        case .time(let instant): return instant.day.description
        case .list(let elements): return elements.map(choice).joined(separator: isChinese ? "、" : ", ")
        }
    }
}

/// A JSON value with its keys in the order they are given. What programs count here are integers;
/// ``decimal(_:)`` is for durations, and for numbers that are read where none is due.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case members([Member])

    /// One key of an object with its value.
    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object with these keys, in this order.
    package static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .members(members.map { Member($0.0, $0.1) })
    }

    /// An object with more keys behind its own; anything else as it is.
    package func adding(_ more: [(String, JSONValue)]) -> JSONValue {
        guard case .members(let members) = self else { return self }
        return .members(members + more.map { Member($0.0, $0.1) })
    }

    /// Seconds, to the millisecond.
    package static func seconds(_ seconds: Double) -> JSONValue { .decimal((seconds * 1000).rounded() / 1000) }

    /// A member of an object; `nil` when it has no such key, or is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .members(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The text of a string; `nil` for anything else.
    package var text: String? { if case .string(let text) = self { text } else { nil } }

    /// RFC 8259 without spaces, in UTF-8, keys in their order.
    package var compact: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .int(let number): bytes += String(number).utf8
        case .decimal(let number): bytes += (number.isFinite ? String(number) : "null").utf8
        case .string(let text): Self.append(quoted: text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .members(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(quoted: member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// RFC 8259 section 7; the same escapes as ``ConflictValue`` writes.
    private static func append(quoted text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0..<0x20: bytes += #"\u00"#.utf8 + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    /// A field's value: dates as `YYYY-MM-DD`, times as RFC 3339 in China Standard Time.
    package init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .text(let text): self = .string(text)
        case .int64(let number): self = .int(number)
        case .bool(let flag): self = .bool(flag)
        case .date(let day): self = .string(day.description)
        case .time(let instant): self = .string(instant.description)
        case .list(let elements): self = .array(elements.map(JSONValue.string))
        }
    }

    /// What a conflict keeps: of one field its value, of a group the list of its values in schema order.
    package init(unit values: [Value]) {
        self = values.count == 1 ? JSONValue(values[0]) : .array(values.map { JSONValue($0) })
    }

    /// The JSON text of one value, or of a group's list of values; ``ConflictValue/json(_:)`` writes the same.
    package static func text(of values: [Value]) -> String { JSONValue(unit: values).compact }

    /// A text that is known to be one JSON document; otherwise the text itself.
    package static func parsed(_ text: String) -> JSONValue {
        guard let documents = try? JSONParser.documents(Array(text.utf8)), documents.count == 1 else {
            return .string(text)
        }
        return documents[0]
    }
}

package import SyncEngine

/// A JSON value with keys in the order they are given. No floating point: what programs count here are integers;
/// ``decimal(_:)`` is for durations alone.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case members([Member])

    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue
    }

    package static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .members(members.map { Member(key: $0.0, value: $0.1) })
    }

    package subscript(key: String) -> JSONValue? {
        guard case .members(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }

    /// RFC 8259 without spaces.
    package var compact: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .decimal(let number): String((number * 1000).rounded() / 1000)
        case .string(let text): ConflictValue.json([.text(text)])
        case .array(let values): "[" + values.map(\.compact).joined(separator: ",") + "]"
        case .members(let members):
            "{" + members.map { ConflictValue.json([.text($0.key)]) + ":" + $0.value.compact }.joined(separator: ",")
                + "}"
        }
    }

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

    /// A text that is known to be JSON; otherwise the text itself.
    package static func parsed(_ text: String) -> JSONValue {
        (try? JSONParser.documents(Array(text.utf8)).first) ?? .string(text)
    }

    /// For people: one line a value.
    package var outline: String { lines(indent: "").joined(separator: "\n") }

    private func lines(indent: String) -> [String] {
        switch self {
        case .members(let members):
            members.flatMap { member -> [String] in
                switch member.value {
                case .members, .array: ["\(indent)\(member.key):"] + member.value.lines(indent: indent + "  ")
                default: ["\(indent)\(member.key): \(member.value.plain)"]
                }
            }
        case .array(let values):
            values.isEmpty
                ? ["\(indent)-"]
                : values.map { value in
                    guard case .members(let members) = value else { return indent + value.plain }
                    return indent + members.map { "\($0.key) \($0.value.plain)" }.joined(separator: "  ")
                }
        default: [indent + plain]
        }
    }

    package var plain: String {
        switch self {
        case .string(let text): text
        case .null: "-"
        case .array(let values): values.map(\.plain).joined(separator: "、")
        default: compact
        }
    }
}

/// A strict RFC 8259 parser that also reads several documents one after the other.
package struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0

    private static let depthLimit = 64

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Every document in `bytes`, in order; one top-level array gives its elements.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` with the byte where it went wrong.
    package static func documents(_ bytes: [UInt8]) throws -> [JSONValue] {
        var parser = JSONParser(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes)
        var documents: [JSONValue] = []
        parser.skipSpace()
        while parser.position < parser.bytes.count {
            documents.append(try parser.value(depth: 0))
            parser.skipSpace()
        }
        return documents
    }

    private func failure() -> Problem { Problem(.badDocument, "byte \(position)") }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        skipSpace()
        guard position < bytes.count, depth < Self.depthLimit else { throw failure() }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .members([]) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure() }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw failure() }
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure() }
        return .members(members)
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat { values.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure() }
        return .array(values)
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw failure() }
        position += text.utf8.count
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        while position < bytes.count, "+-0123456789.eE".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let number = Int64(text), !text.hasPrefix("+") { return .int(number) }
        guard !text.isEmpty, let number = Double(text), number.isFinite, !text.hasPrefix("+") else {
            position = start
            throw failure()
        }
        return .decimal(number)
    }

    private mutating func string() throws -> String {
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure() }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw failure()
            default: content.append(byte)
            }
        }
        throw failure()
    }

    private mutating func escape(into content: inout [UInt8]) throws {
        guard position < bytes.count else { throw failure() }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"): content += Array(String(try scalar()).utf8)
        default: throw failure()
        }
    }

    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try codeUnit()
        if (0xD800..<0xDC00).contains(first) {
            guard bytes[position...].starts(with: "\\u".utf8) else { throw failure() }
            position += 2
            let second = try codeUnit()
            guard (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
            else { throw failure() }
            return scalar
        }
        guard let scalar = Unicode.Scalar(UInt32(first)) else { throw failure() }
        return scalar
    }

    private mutating func codeUnit() throws -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure() }
        position += 4
        return unit
    }
}

/// Documents from standard input.
package enum DocumentInput {
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for anything but objects.
    package static func read() throws -> [JSONValue] {
        var documents = try JSONParser.documents(try StandardInput.all())
        if documents.count == 1, case .array(let elements) = documents[0] { documents = elements }
        for (index, document) in documents.enumerated() {
            guard case .members = document else { throw Problem(.badDocument, "\(index + 1)") }
        }
        return documents
    }
}

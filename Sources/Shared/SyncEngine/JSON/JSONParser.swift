/// A strict RFC 8259 parser that also reads several documents one after the other: concatenated, or a line each.
/// A key given twice in one object is refused, and so is nesting beyond ``depthLimit``.
package struct JSONParser {
    /// Arrays and objects inside each other, at most.
    package static let depthLimit = 64
    /// Documents in one input, at most.
    package static let documentLimit = 1_000_000

    let bytes: [UInt8]
    var position = 0
    /// Arrays and objects that are open at `position`.
    private var depth = 0
    /// The keys of the object that ended last, by depth: documents one after the other mostly have the same.
    private var formerKeys = [[String]](repeating: [], count: depthLimit + 1)

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Every document in `bytes`, in order; none for an empty input. A byte order mark at the start is skipped.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` that says line, byte and reason.
    package static func documents(_ bytes: [UInt8]) throws -> [JSONValue] {
        var parser = JSONParser(bytes)
        var documents: [JSONValue] = []
        parser.skipSpace()
        while parser.position < bytes.count {
            guard documents.count < documentLimit else {
                throw parser.failure("文档超过 \(documentLimit) 个", "more than \(documentLimit) documents")
            }
            documents.append(try parser.value())
            parser.skipSpace()
        }
        return documents
    }

    /// A problem at the present position, or at the byte given.
    func failure(_ zh: String, _ en: String, at place: Int? = nil) -> Problem {
        let before = bytes[..<min(place ?? position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return Problem(
            .badDocument,
            explanation: Label(
                zh: "JSON 第 \(line) 行第 \(column) 个字节有误：\(zh)", en: "JSON, line \(line), byte \(column): \(en)"))
    }

    private func missing(_ wanted: String) -> Problem {
        position < bytes.count
            ? failure("这里应为 \(wanted)", "expected \(wanted)")
            : failure("没有写完，缺 \(wanted)", "it ends where \(wanted) is expected")
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw missing("value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw missing("value")
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
        guard depth < Self.depthLimit else {
            throw failure("嵌套超过 \(Self.depthLimit) 层", "nested more than \(Self.depthLimit) deep")
        }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws -> JSONValue {
        var members: [JSONValue.Member] = []
        if take(UInt8(ascii: "}")) { return .members([]) }
        let former = formerKeys[depth]
        members.reserveCapacity(former.count)
        // As long as they are those of the object before, no key can be there twice.
        var isAsBefore = true
        var keys: Set<String> = []
        repeat {
            skipSpace()
            let start = position
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw missing("\"") }
            let key: String
            if isAsBefore, members.count < former.count, take(quoted: former[members.count]) {
                key = former[members.count]
            } else {
                if isAsBefore { keys = Set(members.lazy.map(\.key)) }
                isAsBefore = false
                key = try string()
                guard keys.insert(key).inserted else {
                    throw failure("同一个键写了两次", "the same key twice", at: start)
                }
            }
            guard take(UInt8(ascii: ":")) else { throw missing(":") }
            members.append(JSONValue.Member(key, try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw missing(", }") }
        if !isAsBefore || members.count != former.count { formerKeys[depth] = members.map(\.key) }
        return .members(members)
    }

    /// Whether this text stands here, in quotes and without escapes; then it is passed.
    private mutating func take(quoted text: String) -> Bool {
        var text = text
        let end = position + 1 + text.utf8.count
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return false }
        let isSame = text.withUTF8 { utf8 in
            var place = position + 1
            for byte in utf8 {
                guard Self.isPlain(byte), bytes[place] == byte else { return false }
                place += 1
            }
            return true
        }
        if isSame { position = end + 1 }
        return isSame
    }

    private mutating func array() throws -> JSONValue {
        var values: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat { values.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw missing(", ]") }
        return .array(values)
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw missing("value") }
        position += text.utf8.count
        try endScalar()
        return value
    }

    /// A number or a word must be followed by something that is neither.
    private func endScalar() throws {
        guard position < bytes.count else { return }
        switch bytes[position] {
        case 0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return
        default: throw failure("这个字符不该在这里", "this character does not belong here")
        }
    }
}

// MARK: - Numbers

extension JSONParser {
    /// RFC 8259 section 6: a whole number that fits is exact; any other is read to the nearest double.
    private mutating func number() throws -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits()
        if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
            throw failure("数字不能以 0 开头", "a number does not begin with 0", at: first)
        }
        var isWhole = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        try endScalar()
        if isWhole, let number = whole(from: start) { return .int(number) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw failure("数字太大", "the number is too large", at: start)
        }
        return .decimal(number)
    }

    /// The digits up to here with their sign; `nil` when they do not fit.
    private func whole(from start: Int) -> Int64? {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var number: Int64 = 0
        for byte in bytes[(isNegative ? start + 1 : start)..<position] {
            let (tenfold, overflows) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (next, isBeyond) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            if overflows || isBeyond { return nil }
            number = next
        }
        return number
    }

    private mutating func digits() throws {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        if position == start { throw missing("0–9") }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws -> String {
        let start = position
        position += 1
        if let text = try plainString(from: start) { return text }
        var content: [UInt8] = []
        while position < bytes.count {
            let run = position
            while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
            content += bytes[run..<position]
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw failure("文字不是 UTF-8", "the text is not UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &content)
            default:
                throw failure("文字里有未转义的控制字符", "an unescaped control character in a text")
            }
        }
        throw failure("文字没有写完，缺 \"", "the text is not closed with \"", at: start)
    }

    /// The text up to its closing quote, when nothing in it is escaped.
    private mutating func plainString(from start: Int) throws -> String? {
        var end = position
        while end < bytes.count, Self.isPlain(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        let text = bytes.withUnsafeBufferPointer { all -> String? in
            let plain = UnsafeBufferPointer(rebasing: all[position..<end])
            // Reading mends what is not UTF-8; what was mended is not what was given.
            var text = String(decoding: plain, as: UTF8.self)
            return text.withUTF8 { $0.elementsEqual(plain) } ? text : nil
        }
        guard let text else { throw failure("文字不是 UTF-8", "the text is not UTF-8", at: start) }
        position = end + 1
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func escape(into content: inout [UInt8]) throws {
        guard position < bytes.count else { throw missing("\\") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"): content += Array(String(Character(try scalar())).utf8)
        default: throw failure("没有这种转义", "there is no such escape", at: position - 1)
        }
    }

    /// One scalar after `\u`, from a surrogate pair where it takes one.
    private mutating func scalar() throws -> Unicode.Scalar {
        let start = position
        let first = try codeUnit()
        if (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: "\\u".utf8) {
            position += 2
            let second = try codeUnit()
            if (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        } else if let scalar = Unicode.Scalar(first) {
            return scalar
        }
        throw failure("代理对不完整", "half of a surrogate pair", at: start)
    }

    private mutating func codeUnit() throws -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw missing("0–9 a–f")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}

import Foundation
import SyncEngine

/// What a page is asked with, or an act.
struct ConsoleRequest: Sendable {
    let person: Person
    /// The token's hash.
    let session: Hash256
    /// What a form of this session carries.
    let formToken: String
    /// The parts of the path that stand for something, by name.
    let path: [String: String]
    let query: FormFields
    /// What was typed; empty for a page.
    let form: FormFields
    let now: Instant
    /// Gives out the ids of what this session's forms make.
    let ids: OneTimeID
    /// Of the page that is shown, or on which the form stands: its forms say it as `page`. Empty where there is none.
    let address: String
    /// The form of this page that was refused, and is shown once more.
    var returned: ReturnedForm?

    /// The page at an address, for the same person, with a form that comes back.
    func again(at address: PageAddress, parts: [String: String], returned: ReturnedForm) -> ConsoleRequest {
        ConsoleRequest(
            person: person, session: session, formToken: formToken, path: parts, query: address.query,
            form: FormFields(), now: now, ids: ids, address: address.link.text, returned: returned)
    }

    func part(_ name: String) -> String { path[name] ?? "" }

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func record(_ name: String = "id") throws -> RecordID {
        guard let id = RecordID(part(name)) else { throw Problem(.unknownRecord, String(part(name).prefix(40))) }
        return id
    }

    /// The seq of the page that was seen when the form was filled in.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` when the form does not say.
    func seen() throws -> Seq {
        guard let seen = form["seen"].flatMap(Seq.init) else {
            throw Problem(
                .badValue, "seen",
                explanation: Label(
                    zh: "页面没有送全，说不清是何时打开的", en: "The page was not sent whole: it does not say when it was opened"))
        }
        return seen
    }

    /// An act of this person, on what the page showed.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func act(reason: String, intent: Intent = .record) throws -> Desk.Act {
        var act = Desk.Act(author: person.author, reason: reason, intent: intent, seen: try seen(), now: now)
        act.made = try newRecord()
        return act
    }

    /// A number of the log in the address; `nil` when there is none.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func number(_ name: String) throws -> Seq? {
        guard let text = query[name] else { return nil }
        guard let number = Seq(text) else { throw Problem(.badValue, name) }
        return number
    }

    /// What must be typed.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``, ``Problem/Code/reasonNeeded`` for a reason.
    func required(_ name: String) throws -> String {
        let text = (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw Problem(name == "reason" ? .reasonNeeded : .badValue, name) }
        return text
    }

    /// `nil` when nothing was typed.
    func optional(_ name: String) -> String? {
        let text = (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}

/// Fields of a form or a query, in the order in which they came.
struct FormFields: Sendable, Hashable {
    enum Limit {
        static let fields = 2_000
        static let bodyBytes = 1024 * 1024
        /// Of who signs in or out, whom nobody knows yet.
        static let strangersBytes = 16 * 1024
        static let nameBytes = 200
    }

    private(set) var pairs: [(name: String, value: String)] = []

    static func == (one: FormFields, other: FormFields) -> Bool {
        one.pairs.elementsEqual(other.pairs) { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(pair.name)
            hasher.combine(pair.value)
        }
    }

    init(_ pairs: [(name: String, value: String)] = []) { self.pairs = pairs }

    /// The first of this name.
    subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// `a=1&b=2`, percent-encoded, `+` for a space.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for what is not UTF-8, has too many fields or control characters.
    ///
    /// Byte by byte: as characters a text of combining marks takes time by the square of its length.
    init(urlEncoded bytes: some Collection<UInt8>) throws {
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { String(validating: Self.decoded($0), as: UTF8.self) }
            guard let name = decoded.first ?? nil, let value = decoded.count > 1 ? decoded[1] : "" else {
                throw Problem(.badRequest, "form")
            }
            try add(name, value)
        }
    }

    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = [rest.next(), rest.next()].compactMap {
                    $0.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }
                }
                // What is no escape is no UTF-8 either, and is refused as that.
                bytes.append(digits.count == 2 ? UInt8(digits[0] << 4 | digits[1]) : 0xFF)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// An object whose values are texts, numbers, booleans, or lists of them.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest``.
    init(json: JSONValue) throws {
        guard case .members(let members) = json else { throw Problem(.badRequest, "form") }
        for member in members {
            switch member.value {
            case .array(let values): for value in values { try add(member.key, try Self.text(value)) }
            case .null: break
            default: try add(member.key, try Self.text(member.value))
            }
        }
    }

    private static func text(_ value: JSONValue) throws -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        default: throw Problem(.badRequest, "form")
        }
    }

    private mutating func add(_ name: String, _ value: String) throws {
        guard pairs.count < Limit.fields, name.utf8.count <= Limit.nameBytes, !value.utf8.contains(0),
            Self.isStreamSafe(name), Self.isStreamSafe(value)
        else { throw Problem(.badRequest, "form") }
        pairs.append((name, Self.lines(value)))
    }

    /// Browsers end lines of a text with CR LF; a record's lines end with LF.
    private static func lines(_ text: String) -> String {
        let (feed, back) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        guard text.utf8.contains(back) else { return text }
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte != feed || last != back { bytes.append(byte == back ? feed : byte) }
            last = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// No more than 30 marks on one character (UAX #15, Stream-Safe Text Format): the time to compare texts goes by the
    /// square of that.
    private static func isStreamSafe(_ text: String) -> Bool {
        var marks = 0
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
                marks = 0
                continue
            }
            marks += 1
            if marks > 30 { return false }
        }
        return true
    }
}

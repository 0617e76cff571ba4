import SyncEngine

/// Values on their way into columns.
struct ColumnWriter {
    private(set) var numbers: [Int64] = []
    private(set) var texts: [String] = []

    /// - Parameter element: of the edit the value belongs to.
    /// - Returns: the value's tag; its number or text is in the columns.
    mutating func append(_ value: Value, element: String? = nil) -> WireValues.Tag {
        let tag = Self.tag(of: value, element: element)
        if let number = Self.number(of: value) { numbers.append(number) }
        switch value {
        case .text(let text) where tag == .text: texts.append(text)
        case .list(let elements): texts.append(contentsOf: elements)
        default: break
        }
        return tag
    }

    static func tag(of value: borrowing Value, element: String?) -> WireValues.Tag {
        switch value {
        case .null: .null
        case .text(let text): text == element ? .element : .text
        case .int64: .int64
        case .bool(let flag): flag ? .true : .false
        case .date: .date
        case .time: .time
        case .list: .list
        }
    }

    /// What of a value goes into the column of numbers; of a list, how many texts are its.
    static func number(of value: borrowing Value) -> Int64? {
        switch value {
        case .int64(let number): number
        case .date(let day): Int64(day.daysSinceEpoch)
        case .time(let instant): instant.milliseconds
        case .list(let elements): Int64(elements.count)
        case .null, .text, .bool: nil
        }
    }
}

/// Values on their way out of columns. Nothing in the columns is trusted.
struct ColumnReader {
    private let numbers: [Int64]
    private let texts: [String]
    private var nextNumber = 0
    private var nextText = 0

    init(numbers: [Int64], texts: [String]) {
        self.numbers = numbers
        self.texts = texts
    }

    /// - Throws: ``CodecError`` for an unknown tag, a column that is too short, a value out of range.
    mutating func value(_ tag: WireValues.Tag, element: String?) throws(CodecError) -> Value {
        switch tag {
        case .null:
            return .null
        case .text:
            return .text(try text())
        case .int64:
            return .int64(try number())
        case .false:
            return .bool(false)
        case .true:
            return .bool(true)
        case .date:
            return .date(try CalendarDay(wire: try number()))
        case .time:
            return .time(try Instant(wire: try number()))
        case .list:
            return .list(try list())
        case .element:
            guard let element else { throw CodecError("no element") }
            return .text(element)
        case .UNRECOGNIZED(let raw):
            throw CodecError("unknown tag \(raw)")
        }
    }

    /// - Throws: ``CodecError`` when values are left over.
    func finish() throws(CodecError) {
        guard nextNumber == numbers.count, nextText == texts.count else { throw CodecError("values left over") }
    }

    private mutating func number() throws(CodecError) -> Int64 {
        guard nextNumber < numbers.count else { throw CodecError("a number is missing") }
        nextNumber += 1
        return numbers[nextNumber - 1]
    }

    private mutating func text() throws(CodecError) -> String {
        guard nextText < texts.count else { throw CodecError("a text is missing") }
        let text = texts[nextText]
        guard text.utf8.count <= Limits.textBytes else { throw CodecError("text over \(Limits.textBytes) bytes") }
        nextText += 1
        return text
    }

    private mutating func list() throws(CodecError) -> [String] {
        let count = try number()
        guard 0...Int64(Limits.listElements) ~= count else {
            throw CodecError("list over \(Limits.listElements) elements")
        }
        var elements: [String] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count { elements.append(try text()) }
        return elements
    }
}

extension Instant {
    /// - Throws: ``CodecError`` for a time that does not fall into the years 0001–9999, which nobody could show.
    init(wire milliseconds: Int64) throws(CodecError) {
        guard Instant.shownMilliseconds.contains(milliseconds) else { throw CodecError("time out of range") }
        self.init(milliseconds: milliseconds)
    }
}

extension CalendarDay {
    /// - Throws: ``CodecError`` for a day outside the years 0001–9999.
    init(wire days: Int64) throws(CodecError) {
        guard -719_162...2_932_896 ~= days else { throw CodecError("date out of range") }
        self.init(daysSinceEpoch: Int32(days))
    }
}

/// The rows of a message that are about one element of a set.
struct ElementRows {
    private var next: ArraySlice<WireElement>

    init(_ elements: [WireElement]) { next = elements[...] }

    /// The element of `row`; to be asked for every row in order.
    mutating func element(of row: Int) throws(CodecError) -> String? {
        guard let first = next.first, first.row == row else { return nil }
        guard first.text.utf8.count <= Limits.textBytes else {
            throw CodecError("element over \(Limits.textBytes) bytes")
        }
        next = next.dropFirst()
        return first.text
    }

    /// - Throws: ``CodecError`` for rows that do not exist or stand out of order.
    func finish() throws(CodecError) {
        guard next.isEmpty else { throw CodecError("elements out of order") }
    }
}

import SyncEngine

/// Writes protobuf's wire format without an object for every message and without measuring each before it is
/// written: the hot paths of a capture and of a pull. The same bytes as the
/// generated code writes, when it is called in the order of field numbers; a suite holds the two against each other.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: bytes that it will about take.
    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Begins anew in the same memory.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// What was encoded otherwise.
    mutating func append(_ encoded: [UInt8]) { bytes.append(contentsOf: encoded) }

    private mutating func key(_ field: Int, _ type: ProtobufReader.WireType) {
        varint(UInt64(field << 3) | UInt64(type.rawValue))
    }

    @inline(__always) mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func size(_ number: UInt64) -> Int { max(1, (70 - number.leadingZeroBitCount) / 7) }

    /// How a signed number travels.
    static func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }

    /// A number, present even when it is 0.
    mutating func present(_ field: Int, _ number: UInt64) {
        key(field, .varint)
        varint(number)
    }

    mutating func write(_ field: Int, _ number: UInt64) {
        if number != 0 { present(field, number) }
    }

    mutating func write(_ field: Int, _ text: String) {
        if !text.isEmpty { present(field, text) }
    }

    /// A text, present even when it is empty: one of a list.
    mutating func present(_ field: Int, _ text: String) {
        key(field, .lengthDelimited)
        var text = text
        text.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func present(_ field: Int, _ id: RecordID) {
        key(field, .lengthDelimited)
        varint(16)
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes.append(contentsOf: $0) }
    }

    /// A message inside this one.
    mutating func present(_ field: Int, _ message: ProtobufWriter) { present(field, message.bytes) }

    /// The bytes of a message inside this one.
    mutating func present(_ field: Int, _ message: [UInt8]) {
        key(field, .lengthDelimited)
        varint(UInt64(message.count))
        bytes.append(contentsOf: message)
    }

    /// A packed list; an empty one is not written.
    mutating func packed(_ field: Int, _ list: ProtobufWriter) {
        if !list.bytes.isEmpty { present(field, list) }
    }

    mutating func packed(_ field: Int, _ numbers: some Collection<UInt64>) {
        if numbers.isEmpty { return }
        key(field, .lengthDelimited)
        varint(UInt64(numbers.reduce(0) { $0 + Self.size($1) }))
        for number in numbers { varint(number) }
    }
}

import Glibc
import SyncEngine

/// Reads protobuf's wire format in place, without an object for every message: the hot path of a push. The same bytes as
/// the generated code reads; a suite holds the two against each other.
///
/// Confined to the buffer's scope.
struct ProtobufReader {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    private init(_ bytes: UnsafeRawBufferPointer, from: Int, to: Int) {
        self.bytes = bytes
        position = from
        end = to
    }

    enum WireType: UInt8 { case varint, fixed64, lengthDelimited, startGroup, endGroup, fixed32 }

    /// The next field's number and wire type; `nil` at the end.
    mutating func next() throws(CodecError) -> (field: Int, type: WireType)? {
        guard position < end else { return nil }
        let key = try varint()
        let field = key >> 3
        guard field > 0, field < 1 << 29, let type = WireType(rawValue: UInt8(key & 7)) else {
            throw CodecError("protobuf: key \(key)")
        }
        return (Int(field), type)
    }

    @inline(__always) mutating func varint() throws(CodecError) -> UInt64 {
        guard position < end else { throw CodecError("protobuf: cut") }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(CodecError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // Of the tenth byte one bit counts, as in the library.
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
            if shift > 63 { throw CodecError("protobuf: varint") }
        }
        throw CodecError("protobuf: cut")
    }

    mutating func signed() throws(CodecError) -> Int64 {
        let raw = try varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    private mutating func length() throws(CodecError) -> Int {
        let length = try varint()
        guard length <= UInt64(end - position) else { throw CodecError("protobuf: cut") }
        return Int(length)
    }

    /// A submessage, or a packed list.
    mutating func message() throws(CodecError) -> ProtobufReader {
        let length = try length()
        defer { position += length }
        return ProtobufReader(bytes, from: position, to: position + length)
    }

    var isAtEnd: Bool { position >= end }
    var remaining: Int { end - position }

    mutating func text() throws(CodecError) -> String {
        let length = try length()
        defer { position += length }
        guard length > 0 else { return "" }
        let start = bytes.baseAddress! + position  // there are bytes
        let slice = UnsafeRawBufferPointer(start: start, count: length)
        // Reading mends what is not UTF-8; what was mended is not what was sent.
        var text = String(decoding: slice, as: UTF8.self)
        let isSame = text.withUTF8 { $0.count == length && memcmp($0.baseAddress!, start, length) == 0 }
        guard isSame else { throw CodecError("protobuf: not UTF-8") }
        return text
    }

    /// The same for a text that may have come before.
    mutating func text(among known: inout KnownTexts) throws(CodecError) -> String {
        var ahead = self
        let length = try ahead.length()
        guard length > 0 else { return try text() }
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[ahead.position..<ahead.position + length])
        if let text = known.text(bytes) {
            position = ahead.position + length
            return text
        }
        let text = try text()
        known.add(text, bytes)
        return text
    }

    /// Where the reader stands.
    var place: Int { position }

    /// What was read since the reader stood at `start`.
    func bytes(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// A packed list.
    mutating func packed(to list: inout [UInt64]) throws(CodecError) {
        var reader = try message()
        list.reserveCapacity(list.count + reader.remaining)
        while !reader.isAtEnd { list.append(try reader.varint()) }
    }

    /// The row that is about one element of a set.
    mutating func element() throws(CodecError) -> WireElement {
        var reader = try message()
        var element = WireElement()
        while let (field, type) = try reader.next() {
            switch (field, type) {
            case (1, .varint): element.row = UInt32(truncatingIfNeeded: try reader.varint())
            case (2, .lengthDelimited): element.text = try reader.text()
            default: try reader.skip(type, field: field)
            }
        }
        return element
    }

    mutating func id(_ field: StaticString) throws(CodecError) -> RecordID? { try message().wholeID(field) }

    /// An id, when that is all there is.
    func wholeID(_ field: StaticString) throws(CodecError) -> RecordID? {
        let length = remaining
        if length == 0 { return nil }
        guard length == 16 else { throw CodecError("\(field): \(length) bytes, not 16") }
        return RecordID(
            high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)))
    }

    /// Passes over a field of an unknown number.
    mutating func skip(_ type: WireType, field: Int, depth: Int = 0) throws(CodecError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: try skip(8)
        case .fixed32: try skip(4)
        case .lengthDelimited: try skip(try length())
        case .startGroup:
            guard depth < WireLimits.messageDepth else { throw CodecError("protobuf: depth") }
            while let (inner, type) = try next() {
                if type == .endGroup {
                    guard inner == field else { throw CodecError("protobuf: group") }
                    return
                }
                try skip(type, field: inner, depth: depth + 1)
            }
            throw CodecError("protobuf: cut")
        case .endGroup: throw CodecError("protobuf: group")
        }
    }

    private mutating func skip(_ count: Int) throws(CodecError) {
        guard count <= end - position else { throw CodecError("protobuf: cut") }
        position += count
    }
}

extension WireValues.Tag {
    /// An enumeration's number as it travels: its lower 32 bits count.
    init(wire raw: UInt64) {
        let number = Int(Int32(truncatingIfNeeded: raw))
        self = Self(rawValue: number) ?? .UNRECOGNIZED(number)
    }
}

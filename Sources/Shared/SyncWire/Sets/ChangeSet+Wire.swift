import SyncEngine

extension WireElement {
    init(_ row: Int, _ text: String) {
        self.init()
        self.row = UInt32(row)
        self.text = text
    }
}

extension HybridTime {
    /// - Throws: ``CodecError`` for a time that 48 and 16 bits do not hold.
    init(wire milliseconds: UInt64, counter: UInt32) throws(CodecError) {
        guard milliseconds < 1 << 48, let counter = UInt16(exactly: counter) else {
            throw CodecError("time out of range")
        }
        self.init(rawValue: milliseconds << 16 | UInt64(counter))
    }
}

/// - Throws: ``CodecError`` that names `field` for a number that no log reaches.
func checkedNumber(_ number: UInt64, _ field: StaticString) throws(CodecError) -> UInt64 {
    guard number < WireLimits.largestNumber else { throw CodecError("\(field) out of range") }
    return number
}

/// - Throws: ``CodecError`` that names `field` for an empty name or one of over ``WireLimits/nameBytes``.
func checkedName(_ name: String, _ field: StaticString) throws(CodecError) -> String {
    guard 1...WireLimits.nameBytes ~= name.utf8.count else { throw CodecError("\(field): not a name") }
    return name
}

/// - Throws: ``CodecError`` that names `field` for a text of over ``Limits/textBytes``.
func checkedText(_ text: String, _ field: StaticString) throws(CodecError) -> String {
    guard text.utf8.count <= Limits.textBytes else { throw CodecError("\(field) over \(Limits.textBytes) bytes") }
    return text
}

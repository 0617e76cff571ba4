import Glibc

/// Texts that come again and again in one buffer, such as the names of fields: each is made once. Those that mostly come
/// in one order are found where the one before was found, and behind it.
///
/// Confined to the buffer's scope.
struct KnownTexts {
    private var known: [(bytes: UnsafeRawBufferPointer, text: String)] = []
    private var hint = 0
    /// Beyond it every text is made anew.
    private static let limit = 256

    /// The next text is one of the first again.
    mutating func rewind() { hint = 0 }

    /// The text of these bytes, if it came before.
    mutating func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        for place in hint..<min(hint + 3, known.count) where isSame(bytes, place) { return found(place) }
        for place in known.indices where isSame(bytes, place) { return found(place) }
        return nil
    }

    /// - Parameter bytes: of the text, and not empty.
    mutating func add(_ text: String, _ bytes: UnsafeRawBufferPointer) {
        guard known.count < Self.limit else { return }
        known.append((bytes, text))
        hint = known.count
    }

    private func isSame(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        let other = known[place].bytes
        guard other.count == bytes.count, let a = other.baseAddress, let b = bytes.baseAddress else { return false }
        return memcmp(a, b, bytes.count) == 0
    }

    private mutating func found(_ place: Int) -> String {
        hint = place + 1
        return known[place].text
    }
}

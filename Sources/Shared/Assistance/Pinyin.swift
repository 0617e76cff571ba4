/// Initials of Chinese texts, as people type them to find a name: 张三 is `zs`.
package enum Pinyin {
    /// Surnames that are read otherwise than the same character elsewhere.
    private static let surnames: [Unicode.Scalar: UInt8] = [
        "s": "单召折", "z": "曾查翟", "q": "仇覃", "x": "解", "g": "盖", "r": "任", "o": "区", "p": "朴繁", "m": "缪", "c": "种",
        "y": "尉员乐俞", "h": "黑", "f": "宓",
    ].reduce(into: [:]) { readings, pair in
        for scalar in pair.value.unicodeScalars { readings[scalar] = pair.key.utf8.first }
    }

    /// One reading, or two where the first character is a surname of another reading; lower case. Letters and digits
    /// pass through, everything else is left out.
    package static func initials(of text: String) -> [String] {
        var usual: [UInt8] = []
        usual.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let letter = initial(scalar) { usual.append(letter) }
        }
        guard let letter = usual.first else { return [] }
        let reading = String(decoding: usual, as: UTF8.self)
        guard let first = text.unicodeScalars.first, let other = surnames[first], other != letter else {
            return [reading]
        }
        usual[0] = other
        return [String(decoding: usual, as: UTF8.self), reading]
    }

    private static func initial(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.isASCII {
            let byte = UInt8(scalar.value)
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): return byte
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): return byte | 0x20
            default: return nil
            }
        }
        let offset = Int(scalar.value) - Int(PinyinTable.firstCodePoint)
        guard offset >= 0, offset < PinyinTable.letters.utf8CodeUnitCount else { return nil }
        let letter = PinyinTable.letters.utf8Start[offset]
        return letter == UInt8(ascii: "?") ? nil : letter
    }
}

/// Base64 (RFC 4648): with padding, as headers, PEM and libcurl's pins have it, and for URLs.
package enum Base64 {
    package enum Form: Sendable {
        /// Section 4, with padding.
        case padded
        /// Section 5, base64url, without padding.
        case url
    }

    package static func encode(_ bytes: [UInt8], _ form: Form = .padded) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var count = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let left = min(3, bytes.count - start)
                var bits: UInt32 = 0
                for place in 0..<3 { bits = bits << 8 | (place < left ? UInt32(bytes[start + place]) : 0) }
                for place in 0..<(form == .padded ? 4 : left + 1) {
                    let digit = UInt8(truncatingIfNeeded: bits >> UInt32(18 - 6 * place)) & 63
                    text[count] = place <= left ? character(digit, form) : padding
                    count += 1
                }
            }
            return count
        }
    }

    /// `nil` for another character, an incomplete group, and padding that is not as `form` has it.
    package static func decode(_ text: String, _ form: Form = .padded) -> [UInt8]? {
        var text = text
        return text.withUTF8 { characters in
            var end = characters.count
            if form == .padded {
                guard end % 4 == 0 else { return nil }
                for _ in 0..<2 where end > 0 && characters[end - 1] == padding { end -= 1 }
            }
            guard end % 4 != 1 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(end / 4 * 3 + 2)
            var bits: UInt32 = 0
            for position in 0..<end {
                guard let digit = digit(characters[position], form) else { return nil }
                bits = bits << 6 | UInt32(digit)
                // The second, third and fourth character of a group complete a byte each.
                if position % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - 2 * (position % 4)))) }
            }
            return bytes
        }
    }

    private static let padding = UInt8(ascii: "=")

    private static func character(_ digit: UInt8, _ form: Form) -> UInt8 {
        switch digit {
        case 0..<26: UInt8(ascii: "A") + digit
        case 26..<52: UInt8(ascii: "a") + digit - 26
        case 52..<62: UInt8(ascii: "0") + digit - 52
        case 62: form == .padded ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: form == .padded ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    private static func digit(_ character: UInt8, _ form: Form) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case self.character(62, form): 62
        case self.character(63, form): 63
        default: nil
        }
    }
}

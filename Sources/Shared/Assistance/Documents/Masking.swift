package import SyncEngine

/// What others may read of a person (DOMAIN section 9: no full numbers and no illnesses on notice boards).
package enum Masking {
    /// `张三` as `张*`: the first character, and a star for each of the others; a name of one is hidden whole.
    package static func name(_ name: String) -> String {
        guard name.count > 1 else { return String(repeating: "*", count: name.count) }
        return String(name.prefix(1)) + String(repeating: "*", count: name.count - 1)
    }

    /// `370404195103021234` as `3704**********1234`; of anything shorter than an identity number nothing is shown.
    package static func identityNumber(_ number: String) -> String {
        guard number.count >= 15 else { return String(repeating: "*", count: number.count) }
        return String(number.prefix(4)) + String(repeating: "*", count: number.count - 8) + String(number.suffix(4))
    }
}

extension Masking {
    /// What stands for a value that is not shown at all.
    package static let hidden = "***"

    /// A field as files and pages show it to those who need not see more: of what is sensitive nothing, of what names
    /// another record its id, and of every other text no number by which a person could be found.
    package static func value(_ value: Value, of field: FieldSchema) -> Value {
        guard !value.isNull, field.type != .reference else { return value }
        if field.personalData == .sensitive { return .text(hidden) }
        switch value {
        case _ where field.personalData == .none: return value
        case .text(let text): return .text(numbers(in: text))
        case .list(let elements): return .list(elements.map { numbers(in: $0) })
        default: return value
        }
    }

    /// A text in which identity numbers, accounts and telephone numbers are masked, full-width digits too; shorter
    /// numbers, and the twelve digits of a village, stay.
    /// - Parameter alsoPhones: a page shows telephone numbers, for a clerk has to call.
    package static func numbers(in text: String, alsoPhones: Bool = true) -> String {
        // Most texts have none: nothing is made anew for those.
        guard text.utf8.contains(where: { $0 >= 0x80 || (0x30...0x39).contains($0) }), hasLongRun(text) else {
            return text
        }
        var result = ""
        var run: [Character] = []
        for character in text + "\n" {
            let isLast = character == "X" || character == "x"
            if character.isWholeNumber || (isLast && run.count == 17) {
                run.append(character)
                continue
            }
            result += number(run, alsoPhones)
            run = []
            result.append(character)
        }
        return String(result.dropLast())
    }

    /// A telephone number's digits, at least, in a row.
    private static func hasLongRun(_ text: String) -> Bool {
        var run = 0
        for character in text {
            run = character.isWholeNumber ? run + 1 : 0
            if run == 11 { return true }
        }
        return false
    }

    private static func number(_ digits: [Character], _ alsoPhones: Bool) -> String {
        let text = String(digits)
        switch digits.count {
        case 15...: return identityNumber(text)
        case 11 where alsoPhones && digits[0].wholeNumberValue == 1:
            return String(digits.prefix(3)) + "****" + String(digits.suffix(4))
        default: return text
        }
    }
}

/// Amounts in words, as receipts write them so that no digit can be added.
package enum ChineseAmount {
    private static let digits: [Character] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"]
    private static let units = ["", "拾", "佰", "仟"]
    private static let groups = ["", "万", "亿"]

    /// 叁佰贰拾元整, of 32,000 fen.
    /// - Precondition: `fen` is not negative and within ``Yuan/limitFen``.
    package static func text(_ fen: Int64) -> String {
        let (yuan, rest) = fen.quotientAndRemainder(dividingBy: 100)
        var text = yuan > 0 || rest == 0 ? whole(yuan) + "元" : ""
        let (jiao, cents) = rest.quotientAndRemainder(dividingBy: 10)
        if rest == 0 { return text + "整" }
        if jiao > 0 {
            text += "\(digits[Int(jiao)])角"
        } else if yuan > 0 {
            text += "零"
        }
        return text + (cents > 0 ? "\(digits[Int(cents)])分" : "整")
    }

    private static func whole(_ number: Int64) -> String {
        guard number > 0 else { return "零" }
        var parts: [Int] = []
        var left = number
        while left > 0 {
            parts.append(Int(left % 10_000))
            left /= 10_000
        }
        var text = ""
        var needsZero = false
        for (index, part) in parts.enumerated().reversed() {
            guard part > 0 else {
                needsZero = true
                continue
            }
            if !text.isEmpty, needsZero || part < 1_000 { text += "零" }
            text += group(part) + groups[min(index, groups.count - 1)]
            needsZero = false
        }
        return text
    }

    private static func group(_ number: Int) -> String {
        var text = ""
        var needsZero = false
        for (place, scale) in [1_000, 100, 10, 1].enumerated() {
            let digit = number / scale % 10
            guard digit > 0 else {
                needsZero = !text.isEmpty
                continue
            }
            text += (needsZero ? "零" : "") + "\(digits[digit])\(units[3 - place])"
            needsZero = false
        }
        return text
    }
}

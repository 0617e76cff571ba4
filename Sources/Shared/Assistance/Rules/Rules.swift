package import SyncEngine

/// The checks of single values, each with its source.
package enum Rules {
    /// A list of codes with their Chinese texts; the English ones are ``CodeLists``'.
    /// - Parameter alternates: other spellings of codes in the list (``Rule/alternates``).
    static func codes(_ codes: [String: String], alternates: Set<String> = []) -> Rule {
        self.codes(
            Dictionary(uniqueKeysWithValues: codes.map { ($0, CodeLists.label($0, $1)) }), alternates: alternates)
    }

    static func codes(_ codes: [String: Label], alternates: Set<String> = []) -> Rule {
        Rule(codes: codes, alternates: alternates) { value, _ in
            guard let text = value.text, codes[text] == nil else { return nil }
            let sample = codes.sorted { $0.key < $1.key }.prefix(4)
            let zh = sample.map { "\($0.key) \($0.value.zh)" }.joined(separator: "、")
            let en = sample.map { $0.key == $0.value.en ? $0.key : "\($0.key) \($0.value.en)" }.joined(separator: ", ")
            return Finding(.error, Label(zh: "没有这个代码；例如 \(zh)", en: "No such code; for example \(en)"))
        }
    }

    /// At most so many characters.
    static func text(_ limit: Int) -> Rule {
        Rule { value, _ in
            // A character has at least one byte: most texts need no counting.
            guard let text = value.text, text.utf8.count > limit, text.count > limit else { return nil }
            return Finding(.error, Label(zh: "最多 \(limit) 个字", en: "At most \(limit) characters"))
        }
    }

    /// Money in fen, counts, areas: never below nothing, and not beyond ``Limits/largestNumber``.
    static let notNegative = Rule { value, _ in
        guard let number = value.int64 else { return nil }
        if number < 0 { return Finding(.error, Label(zh: "不能小于 0", en: "Not below 0")) }
        guard number > Limits.largestNumber else { return nil }
        return Finding(.error, Label(zh: "数目太大，请核对", en: "Too large; check it"))
    }

    /// 12 digits; 001–199 居, 200–399 村 (DOMAIN section 4).
    static let village = Rule { value, _ in
        guard let code = value.text, !VillageCode.isValid(code) else { return nil }
        return Finding(
            .error,
            Label(zh: "村居代码为 12 位数字，末三位 001 至 399", en: "A village code has 12 digits, the last three 001 to 399"))
    }

    /// 6 digits (GB/T 2260).
    static let district = Rule { value, _ in
        guard let code = value.text, code.utf8.count != 6 || !code.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Finding(
            .error, Label(zh: "县区代码为 6 位数字，如 370404", en: "A district code has 6 digits, such as 370404"))
    }

    /// `1[3-9]\d{9}`, or a landline with or without its area code.
    static let phone = Rule { value, _ in
        guard let text = value.text, !isPhone(text) else { return nil }
        return Finding(.error, Label(zh: "手机号 11 位，座机写区号-号码", en: "11 digits of a mobile, or area code and number"))
    }

    static func isPhone(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        guard digits.allSatisfy({ ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "-") }) else { return false }
        if digits.count == 11, digits[0] == 49, digits[1] >= 51, !digits.contains(UInt8(ascii: "-")) { return true }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2 {
            return parts[0].first == "0" && (3...4).contains(parts[0].count) && (7...8).contains(parts[1].count)
        }
        return parts.count == 1 && digits.first == 48 && (10...12).contains(digits.count)
    }

    /// GB 11643: 18 characters, a real date that is not in the future, the check character.
    static let identityNumber = Rule { value, context in
        guard let text = value.text else { return nil }
        switch IdentityNumber.check(text, today: context.today) {
        case .valid: return nil
        case .fifteenDigits:
            return Finding(
                .error, Label(zh: "这是 15 位旧号，请填 18 位身份证号", en: "An old number of 15 digits; enter the one of 18"))
        case .form: return Finding(.error, Label(zh: "身份证号应为 18 位", en: "An identity number has 18 characters"))
        case .date: return Finding(.error, Label(zh: "身份证号中的出生日期不对", en: "Its date of birth is not possible"))
        case .checkDigit:
            return Finding(.error, Label(zh: "身份证号校验不通过，请核对每一位", en: "Its check digit does not fit; check every digit"))
        }
    }

    /// 20 digits: the identity number, type and grade; a reissue mark may follow.
    static let disabilityCertificate = Rule { value, context in
        guard let text = value.text else { return nil }
        let characters = Array(text)
        guard (20...22).contains(characters.count), ("1"..."7").contains(String(characters[18])),
            ("1"..."4").contains(String(characters[19])),
            IdentityNumber.check(String(characters[0..<18]), today: context.today) == .valid
        else {
            return Finding(
                .error,
                Label(zh: "残疾人证号为身份证号加类别、等级，共 20 位", en: "Identity number, type and grade: 20 characters"))
        }
        return nil
    }

    static let accountNumber = Rule { value, _ in
        guard let text = value.text else { return nil }
        guard (8...32).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            return Finding(.error, Label(zh: "账号为 8 至 32 位数字", en: "8 to 32 digits"))
        }
        return nil
    }

    /// 64 hexadecimal digits in lower case.
    static let sha256 = Rule { value, _ in
        guard let text = value.text, text.utf8.count != 64 || !text.utf8.allSatisfy(isLowerHex) else { return nil }
        return Finding(.error, Label(zh: "应为 64 位小写十六进制", en: "64 hexadecimal digits in lower case"))
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

    static let page = Rule { value, _ in
        guard let number = value.int64, !(1...9_999).contains(number) else { return nil }
        return Finding(.error, Label(zh: "页码为 1 至 9999", en: "A page is 1 to 9999"))
    }

    static let blobSize = Rule { value, _ in
        guard let size = value.int64, !(1...Int64(Limits.blobBytes)).contains(size) else { return nil }
        return Finding(
            .error, Label(zh: "附件为 1 至 \(Limits.blobBytes) 字节", en: "An attachment has 1 to \(Limits.blobBytes) bytes"))
    }

    /// Not later than today.
    static let past = Rule { value, context in
        guard case .date(let day) = value, day > context.today else { return nil }
        return Finding(.error, Label(zh: "日期不能晚于今天", en: "Not later than today"))
    }
}

/// Village codes: 12 digits, the last three 001–199 for 居, 200–399 for 村 (DOMAIN section 4).
package enum VillageCode {
    package static func isValid(_ code: String) -> Bool {
        guard code.utf8.count == 12, code.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let last = Int(code.suffix(3))
        else {
            return false
        }
        return (1...399).contains(last)
    }
}

/// Resident identity numbers (GB 11643-1999).
package enum IdentityNumber {
    package enum Verdict: Hashable, Sendable { case valid, form, fifteenDigits, date, checkDigit }

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let characters = Array("10X98765432".utf8)

    package static func check(_ text: String, today: CalendarDay) -> Verdict {
        let bytes = Array(text.utf8)
        if bytes.count == 15, bytes.allSatisfy({ $0 >= 48 && $0 <= 57 }) { return .fifteenDigits }
        guard bytes.count == 18, bytes.prefix(17).allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return .form }
        guard let birth = birthDate(text), birth <= today, birth.components.year >= 1850 else { return .date }
        let sum = zip(bytes, weights).reduce(0) { $0 + Int($1.0 - 48) * $1.1 }
        return characters[sum % 11] == bytes[17] ? .valid : .checkDigit
    }

    package static func birthDate(_ text: String) -> CalendarDay? {
        let bytes = Array(text.utf8)
        guard bytes.count == 18 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        return CalendarDay("\(part(6..<10))-\(part(10..<12))-\(part(12..<14))")
    }

    /// GB/T 2261.1: `1` or `2`, from the 17th digit.
    package static func sex(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == 18, bytes[16] >= 48, bytes[16] <= 57 else { return nil }
        return (bytes[16] - 48) % 2 == 1 ? "1" : "2"
    }
}

/// The Luhn check of bank card numbers (ISO/IEC 7812-1).
package enum Luhn {
    package static func isValid(_ digits: String) -> Bool {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return false }
        let sum = digits.utf8.reversed().enumerated().reduce(0) { total, item in
            let digit = Int(item.element - 48)
            guard item.offset % 2 == 1 else { return total + digit }
            return total + (digit * 2 > 9 ? digit * 2 - 9 : digit * 2)
        }
        return sum % 10 == 0
    }
}

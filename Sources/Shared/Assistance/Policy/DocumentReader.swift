package import SyncEngine

/// Reads a JSON document strictly: an unknown key, a wrong type or a wrong value is a finding that says where, the rule
/// and an example; reading goes on, so that a person sees all of them at once.
package struct DocumentReader {
    package private(set) var findings: [Finding] = []

    package init() {}

    /// One object of the document, with its place in it.
    package struct Place {
        package let json: JSONValue
        /// `members[2]`; empty for the document itself.
        package let path: String

        package init(_ json: JSONValue, path: String = "") {
            self.json = json
            self.path = path
        }

        package func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    }

    package mutating func report(_ field: String, _ zh: String, _ en: String) {
        findings.append(Finding(.error, field: field, Label(zh: "\(field)：\(zh)", en: "\(field): \(en)")))
    }

    /// Every key of the object must be among these.
    package mutating func allow(_ keys: Set<String>, in place: Place) {
        guard case .members(let members) = place.json else {
            return report(place.path.isEmpty ? "$" : place.path, "应为对象 {…}", "an object {…} is expected")
        }
        for member in members where !keys.contains(member.key) {
            let known = keys.sorted().joined(separator: ", ")
            report(place.name(member.key), "没有这个键；可用：\(known)", "no such key; known: \(known)")
        }
    }

    /// The value, when the key is there and not null.
    package mutating func value(_ key: String, in place: Place, required: Bool = false) -> JSONValue? {
        if let value = place.json[key], value != .null { return value }
        if required { report(place.name(key), "必须填写", "is needed") }
        return nil
    }

    package mutating func text(
        _ key: String, in place: Place, required: Bool = false, codes: [String: String]? = nil
    ) -> String? {
        guard let value = value(key, in: place, required: required) else { return nil }
        guard let text = value.text, !text.isEmpty else {
            report(place.name(key), "应为文字，例如 \"…\"", "a text is expected, such as \"…\"")
            return nil
        }
        guard let codes, codes[text] == nil else { return text }
        unknownCode(place.name(key), codes)
        return nil
    }

    private mutating func unknownCode(_ name: String, _ codes: [String: String]) {
        let sample = codes.sorted { $0.key < $1.key }.prefix(4)
        let zh = sample.map { "\($0.key) \($0.value)" }.joined(separator: "、")
        let en = sample.map { "\($0.key) \(CodeLists.label($0.key, $0.value).en)" }.joined(separator: ", ")
        report(name, "没有这个代码；例如 \(zh)", "no such code; for example \(en)")
    }

    package mutating func texts(_ key: String, in place: Place, codes: [String: String]? = nil) -> [String]? {
        guard let value = value(key, in: place) else { return nil }
        guard case .array(let elements) = value, elements.allSatisfy({ $0.text != nil }) else {
            report(place.name(key), "应为文字的列表，例如 [\"01\", \"02\"]", "a list of texts, such as [\"01\", \"02\"]")
            return nil
        }
        let texts = elements.compactMap(\.text)
        if let codes, texts.contains(where: { codes[$0] == nil }) { unknownCode(place.name(key), codes) }
        return texts
    }

    package mutating func flag(_ key: String, in place: Place) -> Bool? {
        guard let value = value(key, in: place) else { return nil }
        if case .bool(let flag) = value { return flag }
        report(place.name(key), "应为 true 或 false", "true or false is expected")
        return nil
    }

    package mutating func date(_ key: String, in place: Place, required: Bool = false) -> CalendarDay? {
        guard let value = value(key, in: place, required: required) else { return nil }
        if let day = value.text.flatMap({ CalendarDay($0) }) { return day }
        report(place.name(key), "没有这一天；写法如 2026-03-01", "there is no such day; write 2026-03-01")
        return nil
    }

    /// Yuan as a decimal text, in fen.
    package mutating func yuan(_ key: String, in place: Place, required: Bool = false) -> Int64? {
        guard let value = value(key, in: place, required: required) else { return nil }
        if let fen = value.text.flatMap({ Yuan.fen($0) }) { return fen }
        if value.text?.hasPrefix("-") == true {
            report(place.name(key), "不能小于 0，例如 \"9600.00\"", "not below 0; for example \"9600.00\"")
        } else {
            report(
                place.name(key), "金额写成文字，元，最多两位小数，例如 \"9600.00\"",
                "an amount is a text: yuan with at most two decimals, such as \"9600.00\"")
        }
        return nil
    }

    /// The objects of a list.
    package mutating func objects(_ key: String, in place: Place, required: Bool = false) -> [Place] {
        guard let value = value(key, in: place, required: required) else { return [] }
        guard case .array(let elements) = value else {
            report(place.name(key), "应为列表 […]", "a list […] is expected")
            return []
        }
        return elements.enumerated().map { Place($1, path: "\(place.name(key))[\($0)]") }
    }

    package mutating func object(_ key: String, in place: Place, required: Bool = false) -> Place? {
        value(key, in: place, required: required).map { Place($0, path: place.name(key)) }
    }
}

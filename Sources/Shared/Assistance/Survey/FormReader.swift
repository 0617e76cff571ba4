package import SyncEngine

/// Reads a form strictly: an unknown key, a field that does not exist, a condition on a question that does not come
/// before are findings, all of them together.
package struct FormReader {
    private let schema: Schema
    private var findings: [SurveyFinding] = []
    /// Ids so far, with their types.
    private var known: [String: AnswerType] = [:]

    /// Questions of one form, groups' included.
    private static let questionLimit = 500
    private static let rowLimit = 200

    /// - Returns: the form, or what is wrong with the document.
    package static func read(_ document: JSONValue, schema: Schema) -> (form: Form?, findings: [SurveyFinding]) {
        var reader = FormReader(schema: schema)
        let form = reader.form(document)
        return (reader.findings.isEmpty ? form : nil, reader.findings)
    }

    private init(schema: Schema) { self.schema = schema }

    private mutating func add(_ place: String, _ zh: String, _ en: String) {
        findings.append(SurveyFinding(place, Label(zh: zh, en: en)))
    }

    private mutating func form(_ json: JSONValue) -> Form? {
        guard json.isObject else {
            add("", "表要写成一个 JSON 对象", "A form is one JSON object")
            return nil
        }
        checkKeys(json, ["form", "version", "title", "questions"], at: "")
        let name = json["form"]?.text ?? ""
        if !Self.isIdentifier(name) { add("form", "要写表名，小写字母、数字和下划线", "The name: a-z, 0-9 and _") }
        let version = json["version"]?.int ?? 0
        if version < 1 { add("version", "版本是 1 以上的整数", "A version is a whole number from 1") }
        let title = label(json["title"], at: "title")
        let list = json["questions"]?.elements ?? []
        if list.isEmpty { add("questions", "至少要有一道题", "At least one question") }
        let items = list.enumerated().compactMap { item($1, at: "questions/\($0 + 1)") }
        if known.count > Self.questionLimit {
            add("questions", "最多 \(Self.questionLimit) 道题", "At most \(Self.questionLimit) questions")
        }
        return Form(name: name, version: version, title: title, items: items, document: json)
    }

    private mutating func item(_ json: JSONValue, at place: String) -> Form.Item? {
        guard json.isObject else {
            add(place, "题要写成对象 {…}", "A question is an object {…}")
            return nil
        }
        return json["group"] == nil
            ? question(json, at: place, group: nil).map(Form.Item.question) : group(json, at: place)
    }

    private mutating func group(_ json: JSONValue, at place: String) -> Form.Item? {
        checkKeys(json, ["id", "group", "text", "questions", "key", "at_least", "at_most", "removable"], at: place)
        let id = identifier(json, at: place)
        guard let kind = json["group"]?.text.flatMap(schema.kind), !kind.isSystem, !kind.isAppendOnly,
            kind.field("household") != nil
        else {
            add(place + "/group", "要写住户之下的一种记录，如 member", "A kind below a household, e.g. member")
            return nil
        }
        let list = json["questions"]?.elements ?? []
        if list.isEmpty { add(place + "/questions", "至少要有一道题", "At least one question") }
        let questions = list.enumerated().compactMap {
            question($1, at: "\(place)/questions/\($0 + 1)", group: kind)
        }
        let key = json["key"]?.elements.compactMap(\.text) ?? []
        for name in key where !questions.contains(where: { $0.id == name }) {
            add(place + "/key", "本组没有题 \(name)", "The group has no question \(name)")
        }
        return .group(
            Form.Group(
                id: id, text: label(json["text"], at: place + "/text"), kind: kind, questions: questions, key: key,
                atLeast: Int(clamping: whole(json, "at_least", at: place) ?? 0),
                atMost: min(Int(clamping: whole(json, "at_most", at: place) ?? 50), Self.rowLimit),
                isRemovable: flag(json, "removable", at: place)))
    }

    // MARK: - Questions

    private static let questionKeys = [
        "id", "text", "help", "type", "unit", "decimals", "when", "required", "field", "default", "default_if_set",
        "fresh", "example", "at_least", "at_most", "choices", "show",
    ]

    private mutating func question(_ json: JSONValue, at place: String, group: KindSchema?) -> Question? {
        checkKeys(json, Self.questionKeys, at: place)
        let when = json["when"].flatMap { condition($0, at: place + "/when") }
        let id = identifier(json, at: place)
        guard let type = type(json, at: place) else { return nil }
        known[id] = type
        let target = json["field"].flatMap { self.target($0, type: type, at: place + "/field", group: group) }
        let (choices, shown) = self.choices(json, type: type, target: target, at: place)
        return Question(
            id: id, text: label(json["text"], at: place + "/text"),
            help: json["help"].map { label($0, at: place + "/help") }, type: type,
            unit: json["unit"].map { label($0, at: place + "/unit") }
                ?? (json["type"]?.text == "money" ? Label(zh: "元", en: "yuan") : nil),
            when: when, isRequired: flag(json, "required", at: place), target: target,
            initial: initial(json, type: type, at: place, group: group), isFresh: flag(json, "fresh", at: place),
            example: json["example"]?.text, atLeast: whole(json, "at_least", at: place),
            atMost: whole(json, "at_most", at: place), choices: choices, shown: shown)
    }

    private mutating func type(_ json: JSONValue, at place: String) -> AnswerType? {
        let decimals = whole(json, "decimals", at: place)
        switch json["type"]?.text {
        case "text": return .text
        case "number": return .number(decimals: Int(clamping: min(max(decimals ?? 0, 0), 6)))
        case "money": return .number(decimals: 2)
        case "date": return .date
        case "yes_no": return .yesNo
        case "choice": return .choice
        case "choices": return .choices
        case "texts": return .texts
        case "member": return .member
        default:
            add(
                place + "/type", "应为 text、number、money、date、yes_no、choice、choices、texts、member 之一",
                "One of text, number, money, date, yes_no, choice, choices, texts, member")
            return nil
        }
    }

    private mutating func target(
        _ json: JSONValue, type: AnswerType, at place: String, group: KindSchema?
    ) -> Question.Target? {
        let parts = (json.text ?? "").split(separator: ".").map(String.init)
        let allowed = group.map { [$0.name] } ?? ["household", "visit"]
        guard parts.count == 2, allowed.contains(parts[0]), let kind = schema.kind(parts[0]),
            let field = kind.field(parts[1]), field.derivation == nil, !field.isDeskOnly
        else {
            add(
                place, "没有这个字段，或这里不能写；应为 \(allowed.joined(separator: "、"))的字段",
                "No such field, or it cannot be written here; a field of \(allowed.joined(separator: ", "))")
            return nil
        }
        guard Self.admits(field.type, type) else {
            add(place, "字段类型（\(field.type.rawValue)）与题不符", "The field's type (\(field.type.rawValue)) does not fit")
            return nil
        }
        return Question.Target(kind: kind, field: field)
    }

    private static func admits(_ field: ValueType, _ type: AnswerType) -> Bool {
        switch (type, field) {
        case (.text, .text), (.choice, .text), (.number, .int64), (.date, .date), (.date, .time), (.yesNo, .bool),
            (.choices, .list), (.texts, .list), (.member, .reference):
            true
        default: false
        }
    }

    private mutating func choices(
        _ json: JSONValue, type: AnswerType, target: Question.Target?, at place: String
    ) -> (choices: [Question.Choice], shown: Int) {
        guard type == .choice || type == .choices else { return ([], 0) }
        let codes = target?.field.rule?.codes ?? [:]
        if let list = json["choices"]?.elements {
            let choices = list.enumerated().compactMap { index, json -> Question.Choice? in
                checkKeys(json, ["code", "zh", "en"], at: "\(place)/choices/\(index + 1)")
                guard let code = json["code"]?.text, let zh = json["zh"]?.text else { return nil }
                return Question.Choice(code: code, text: Label(zh: zh, en: json["en"]?.text ?? zh))
            }
            if choices.count != list.count { add(place + "/choices", "每个选项要有 code 和 zh", "A choice has code and zh") }
            for choice in choices where !codes.isEmpty && codes[choice.code] == nil {
                add(place + "/choices", "字段没有代码 \(choice.code)", "The field has no code \(choice.code)")
            }
            return (choices, choices.count)
        }
        if codes.isEmpty { add(place + "/choices", "要列出选项", "The choices are missing") }
        let first = json["show"]?.elements.compactMap(\.text) ?? []
        for code in first where codes[code] == nil {
            add(place + "/show", "字段没有代码 \(code)", "The field has no code \(code)")
        }
        let rest = codes.keys.filter { !first.contains($0) }.sorted()
        let choices = (first + rest).compactMap { code in
            codes[code].map { Question.Choice(code: code, text: $0) }
        }
        return (choices, first.isEmpty ? choices.count : first.count)
    }

    private mutating func initial(
        _ json: JSONValue, type: AnswerType, at place: String, group: KindSchema?
    ) -> Question.Initial? {
        if let name = json["default_if_set"]?.text {
            guard type == .yesNo, (group ?? schema.kind("household"))?.field(name) != nil else {
                add(place + "/default_if_set", "要写本记录的字段，且题为 yes_no", "A field of the record; the type is yes_no")
                return nil
            }
            return .isSet(name)
        }
        guard let given = json["default"] else { return nil }
        if type == .date, given.text == "today" { return .today }
        guard let value = Self.literal(given), Self.fits(value, type) else {
            add(place + "/default", "默认值与题的类型不符", "The default does not fit the type")
            return nil
        }
        return .value(value)
    }

    private static func literal(_ json: JSONValue) -> Value? {
        switch json {
        case .bool(let flag): .bool(flag)
        case .int(let number): .int64(number)
        case .string(let text): .text(text)
        default: nil
        }
    }

    private static func fits(_ value: Value, _ type: AnswerType) -> Bool {
        switch (type, value) {
        case (.yesNo, .bool), (.number, .int64), (.text, .text), (.choice, .text), (.choices, .text): true
        default: false
        }
    }

    // MARK: - Conditions

    private mutating func condition(_ json: JSONValue, at place: String) -> Condition? {
        guard case .members(let members) = json, members.count == 1, let only = members.first else {
            add(place, "条件是只有一个键的对象", "A condition is an object of one key")
            return nil
        }
        let inside = "\(place)/\(only.key)"
        switch only.key {
        case "all": return .all(only.value.elements.compactMap { condition($0, at: inside) })
        case "any": return .any(only.value.elements.compactMap { condition($0, at: inside) })
        case "not": return condition(only.value, at: inside).map(Condition.not)
        case "answered": return asked(only.value.text, at: inside).map { .answered($0) }
        case "equals", "in", "greater": return comparison(only.key, only.value.elements, at: inside)
        default:
            add(place, "没有条件 \(only.key)", "There is no condition \(only.key)")
            return nil
        }
    }

    private mutating func comparison(_ name: String, _ parts: [JSONValue], at place: String) -> Condition? {
        guard parts.count == 2, let id = asked(parts[0].text, at: place) else {
            add(place, "写成 [题, 值]", "It takes [question, value]")
            return nil
        }
        switch (name, parts[1]) {
        case ("greater", .int(let number)): return .greater(id, number)
        case ("in", .array(let list)): return .isIn(id, list.compactMap(Self.literal))
        case ("equals", let value):
            if let literal = Self.literal(value) { return .equals(id, literal) }
        default: break
        }
        add(place, "值的类型不对", "The value is of the wrong type")
        return nil
    }

    private mutating func asked(_ id: String?, at place: String) -> String? {
        guard let id, known[id] != nil else {
            add(place, "“\(id ?? "")”不是前面问过的题", "\"\(id ?? "")\" is no question asked before")
            return nil
        }
        return id
    }

    // MARK: - Parts

    private mutating func checkKeys(_ json: JSONValue, _ allowed: [String], at place: String) {
        guard case .members(let members) = json else { return }
        for member in members where !allowed.contains(member.key) {
            add(place.isEmpty ? member.key : "\(place)/\(member.key)", "没有这个键", "There is no such key")
        }
    }

    private mutating func identifier(_ json: JSONValue, at place: String) -> String {
        let id = json["id"]?.text ?? ""
        if !Self.isIdentifier(id) { add(place + "/id", "题号用小写字母、数字和下划线", "An id: a-z, 0-9 and _") }
        if known[id] != nil { add(place + "/id", "题号 \(id) 用了两次", "The id \(id) is used twice") }
        known[id] = .text
        return id
    }

    private static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    private mutating func label(_ json: JSONValue?, at place: String) -> Label {
        guard let zh = json?["zh"]?.text, !zh.isEmpty else {
            add(place, "要有中文：{\"zh\": …, \"en\": …}", "A text in Chinese is needed: {\"zh\": …, \"en\": …}")
            return Label(zh: "", en: "")
        }
        return Label(zh: zh, en: json?["en"]?.text ?? zh)
    }

    private mutating func flag(_ json: JSONValue, _ key: String, at place: String) -> Bool {
        guard let given = json[key] else { return false }
        guard case .bool(let flag) = given else {
            add("\(place)/\(key)", "应为 true 或 false", "true or false")
            return false
        }
        return flag
    }

    private mutating func whole(_ json: JSONValue, _ key: String, at place: String) -> Int64? {
        guard let given = json[key] else { return nil }
        guard let number = given.int else {
            add("\(place)/\(key)", "应为整数", "A whole number")
            return nil
        }
        return number
    }
}

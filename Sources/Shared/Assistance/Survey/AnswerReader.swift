package import SyncEngine

/// Reads what was typed for a question, or stands in an answers file, and checks it on the spot.
package struct AnswerReader {
    let question: Question
    /// Where the answer is, for the finding.
    let place: String
    let context: RuleContext
    /// The members in their order: record and name.
    let members: [(record: RecordID, name: String, idNumber: String)]

    package enum Reading: Hashable, Sendable {
        case value(Value)
        case finding(SurveyFinding)
    }

    func refuse(_ zh: String, _ en: String, example: String? = nil) -> Reading {
        .finding(SurveyFinding(place, Label(zh: zh, en: en), example: example ?? question.example))
    }

    /// What a person typed; never empty.
    func read(_ typed: String) -> Reading {
        let text = Self.narrow(typed.trimmingSpace)
        guard text.utf8.count <= Limits.textBytes, !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
            return refuse("文字太长，或含有控制字符", "Too long, or with control characters")
        }
        switch question.type {
        case .text: return checked(.text(isIdentityNumber ? text.uppercased() : text))
        case .number(let decimals): return number(text, decimals: decimals)
        case .date: return date(text)
        case .yesNo: return yesNo(text)
        case .choice: return choice(text)
        case .choices: return choices(Self.parts(text))
        case .texts: return texts(Self.parts(text))
        case .member: return member(text)
        }
    }

    /// An answer of an answers file; no type is taken for another.
    func read(_ json: JSONValue) -> Reading {
        switch (question.type, json) {
        case (_, .null): return .value(.null)
        case (.number(0), .int(let whole)): return number(String(whole), decimals: 0)
        case (.number(0), _): return refuse("应为 JSON 整数，不加引号", "A JSON integer, not in quotes", example: "3")
        case (.number, .int): return refuse("要写成加引号的小数", "A decimal number in quotes", example: "\"1200.00\"")
        case (.yesNo, .bool(let flag)): return checked(.bool(flag))
        case (.yesNo, _): return refuse("应为 true 或 false", "true or false", example: "true")
        case (.choices, .array(let list)) where list.allSatisfy({ $0.text != nil }):
            return choices(list.compactMap(\.text))
        case (.texts, .array(let list)) where list.allSatisfy({ $0.text != nil }): return texts(list.compactMap(\.text))
        case (.choices, _), (.texts, _): return refuse("应为文字的 JSON 数组", "A JSON array of texts", example: "[\"…\"]")
        case (_, .string(let text)):
            return text.isEmpty ? refuse("不能为空；没有写 null", "Not empty; null for nothing") : read(text)
        default: return refuse("应为加引号的 JSON 文字", "A JSON text, in quotes")
        }
    }

    // MARK: - Types

    /// Ends in X, which is typed as x.
    private var isIdentityNumber: Bool { question.target?.field.name == "id_number" }

    private func number(_ text: String, decimals: Int) -> Reading {
        let sample = question.example ?? (decimals == 0 ? "3" : "1200.00")
        guard let number = AnswerText.number(text, decimals: decimals) else {
            return decimals == 0
                ? refuse("应为整数，不带小数点、逗号和单位", "A whole number without point, comma or unit", example: sample)
                : refuse(
                    "应为数字，小数点后最多 \(decimals) 位，不带逗号和单位",
                    "A number with at most \(decimals) digits behind the point, without comma or unit", example: sample)
        }
        if number < 0, (question.atLeast ?? 0) >= 0 { return refuse("不能小于 0", "Not below 0", example: sample) }
        let scale = (0..<decimals).reduce(Int64(1)) { scale, _ in scale * 10 }
        if let least = question.atLeast, number < least.multipliedReportingOverflow(by: scale).partialValue {
            return refuse("不能小于 \(least)", "Not below \(least)", example: sample)
        }
        if let most = question.atMost, number > most.multipliedReportingOverflow(by: scale).partialValue {
            return refuse("不能大于 \(most)", "Not above \(most)", example: sample)
        }
        return checked(.int64(number))
    }

    /// `2026-01-31`, and as it is often typed: `2026.1.31`, `2026/1/31`, `2026年1月31日`, `20260131`.
    private func date(_ text: String) -> Reading {
        var parts = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
        if parts.count == 1, text.utf8.count == 8, let all = parts.first {
            parts = [all / 10_000, all / 100 % 100, all % 100]
        }
        guard parts.count == 3, parts[0] > 999, let day = CalendarDay(year: parts[0], month: parts[1], day: parts[2])
        else {
            return refuse("没有这一天；写年-月-日", "There is no such day; write year-month-day", example: "2026-01-31")
        }
        guard let target = question.target, target.field.type == .time else { return checked(.date(day)) }
        if day > context.today { return refuse("日期不能晚于今天", "Not later than today", example: context.today.description) }
        return .value(.date(day))
    }

    private func yesNo(_ text: String) -> Reading {
        switch text.lowercased() {
        case "y", "yes", "1", "是", "有", "对", "true": checked(.bool(true))
        case "n", "no", "0", "2", "否", "无", "没有", "不是", "false": checked(.bool(false))
        default: refuse("答 y（是）或 n（否）", "Answer y (yes) or n (no)", example: "y")
        }
    }

    private func choice(_ text: String) -> Reading {
        if let code = code(of: text) { return checked(.text(code)) }
        let message = Label(
            zh: "没有选项“\(text)”；打编号或文字，? 看全部",
            en: "There is no choice \"\(text)\"; type its number or text, ? shows all")
        let first = question.choices.first.map { choice in
            let number = shownNumber(of: choice)
            return Label(zh: "\(number) \(choice.text.zh)", en: "\(number) \(choice.text.en)")
        }
        return .finding(SurveyFinding(place, message, example: question.example, choice: first))
    }

    private func choices(_ parts: [String]) -> Reading {
        var codes: [String] = []
        for part in parts {
            guard let code = code(of: part) else { return choice(part) }
            if !codes.contains(code) { codes.append(code) }
        }
        if let least = question.atLeast, codes.count < least {
            return refuse("至少选 \(least) 项", "Choose at least \(least)")
        }
        return checked(.list(codes.sorted()))
    }

    private func texts(_ parts: [String]) -> Reading {
        var texts: [String] = []
        for part in parts.map(\.trimmingSpace) where !part.isEmpty && !texts.contains(part) { texts.append(part) }
        if let least = question.atLeast, texts.count < least {
            return refuse(
                "至少 \(least) 个，用顿号或逗号隔开；重复的只算一个", "At least \(least), between commas; the same twice is one",
                example: question.example ?? "王秀英、李建国")
        }
        if let most = question.atMost, texts.count > most { return refuse("最多 \(most) 个", "At most \(most)") }
        guard texts.count <= Limits.listElements else { return refuse("太多了", "Too many") }
        return checked(.list(texts))
    }

    private func member(_ text: String) -> Reading {
        if let number = Int(text), number > 0, members.indices.contains(number - 1) {
            return .value(.text(members[number - 1].record.description))
        }
        let named = members.filter {
            $0.name == text || Pinyin.initials(of: $0.name).contains(text.lowercased())
                || $0.idNumber == text.uppercased() || $0.record.description == text
        }
        guard named.count == 1, let only = named.first else {
            return refuse(
                named.isEmpty ? "没有这位成员；打编号或姓名" : "有几位同名；打编号或身份证号",
                named.isEmpty
                    ? "There is no such member; type the number or name" : "Several have that name; type the number",
                example: members.first.map { "1 \($0.name)" })
        }
        return .value(.text(only.record.description))
    }

    // MARK: - Choices

    /// What is shown before a choice and may be typed for it: its code where all codes are numbers, else its place.
    package static func numbers(of choices: [Question.Choice]) -> [String] {
        choices.allSatisfy { $0.code.utf8.allSatisfy { (48...57).contains($0) } }
            ? choices.map(\.code) : choices.indices.map { String($0 + 1) }
    }

    private func shownNumber(of choice: Question.Choice) -> String {
        let index = question.choices.firstIndex(of: choice) ?? 0
        return Self.numbers(of: question.choices)[index]
    }

    /// By number, code, text, the only one that begins so or contains it, or its pinyin initials.
    private func code(of typed: String) -> String? {
        let text = typed.trimmingSpace
        let choices = question.choices
        if let exact = choices.first(where: {
            $0.code == text || $0.text.zh == text || $0.text.en.lowercased() == text.lowercased()
        }) {
            return exact.code
        }
        if let index = Self.numbers(of: choices).firstIndex(of: text) { return choices[index].code }
        if text.utf8.allSatisfy({ (48...57).contains($0) }) {
            let padded = choices.filter { Int($0.code) == Int(text) }
            return padded.count == 1 ? padded[0].code : nil
        }
        let begins = choices.filter { choice in
            choice.text.zh.hasPrefix(text) || choice.text.en.lowercased().hasPrefix(text.lowercased())
                || Pinyin.initials(of: choice.text.zh).contains(text.lowercased())
        }
        return begins.count == 1 ? begins[0].code : nil
    }

    private static func parts(_ text: String) -> [String] {
        text.split { ",，、;； ".contains($0) }.map { String($0).trimmingSpace }.filter { !$0.isEmpty }
    }

    /// Digits and signs as a Chinese input method may leave them, in their usual form.
    private static func narrow(_ text: String) -> String {
        let digits = text.unicodeScalars.allSatisfy { scalar in
            (0xFF10...0xFF19).contains(scalar.value) || scalar.value == 0xFF0E || scalar.value == 0x3002
                || (scalar.isASCII && scalar.value > 32)
        }
        guard digits else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0xFF10...0xFF19: Unicode.Scalar(scalar.value - 0xFF10 + 48) ?? scalar
                    case 0xFF0E, 0x3002: "."
                    default: scalar
                    }
                }))
    }

    // MARK: - Rules

    /// The rule of the field that the answer writes.
    private func checked(_ value: Value) -> Reading {
        guard let target = question.target, let rule = target.field.rule else { return .value(value) }
        let parts: [Value] = if case .list(let elements) = value { elements.map(Value.text) } else { [value] }
        for part in parts {
            if let finding = rule.check(part, context), finding.severity == .error {
                return .finding(SurveyFinding(place, finding.message, example: question.example))
            }
        }
        return .value(value)
    }
}

package import SyncEngine

extension Calculation {
    /// What `calculate --json` says, and what a decision keeps: the same bytes for the same facts, pack and rules, in
    /// no language but both.
    /// - Parameter trial: what the last visit was told (``VisitTrialRecord``), where it is known.
    package func document(records: [CalculationInput.Source], trial: VisitTrialRecord? = nil) -> JSONValue {
        .object(
            [
                ("programme", .string(programme.rawValue)), ("day", .string(day.description)),
                ("binding", .bool(false)),
                ("eligible", isEligible.map(JSONValue.bool) ?? .null), ("amount", Self.yuan(amountFen)),
                ("amountFen", amountFen.map(JSONValue.int) ?? .null),
                ("authority", .string(goesToDistrict ? "district" : "township")),
                ("persons", .array(persons.map(\.document))), ("pack", pack.reference),
                ("ruleVersion", .int(Int64(Self.ruleVersion))), ("inputsHash", .string(input.hash.description)),
                ("input", input.document), ("records", .array(records.map(\.document))),
                ("lines", .array(lines.map(\.document))), ("findings", .array(findings.map(\.document))),
            ] + (trial.map { [("trial", $0.document(beside: self))] } ?? []))
    }

    private static func yuan(_ fen: Int64?) -> JSONValue { fen.map { .string(Yuan.text($0)) } ?? .null }

    /// The explanation for people, line by line.
    /// - Parameter names: people's names by id.
    /// - Parameter isDecided: it is what a decision rests on, and no trial any more.
    package func explanation(names: [String: String] = [:], isDecided: Bool = false) -> Label {
        Label(
            zh: explanation(names, isChinese: true, isDecided: isDecided),
            en: explanation(names, isChinese: false, isDecided: isDecided))
    }

    private func explanation(_ names: [String: String], isChinese: Bool, isDecided: Bool) -> String {
        func pick(_ zh: String, _ en: String) -> String { isChinese ? zh : en }
        let name = pick(programme.title, programme.rawValue)
        var rows = [
            isDecided ? pick("核算", "Calculated") : pick("试算，不具有约束力", "Trial calculation, not binding"),
            pick(
                "\(name)，\(day)，政策包 \(pack.name)（\(pack.title.zh)）",
                "\(name), \(day), policy pack \(pack.name) (\(pack.title.en))"),
        ]
        rows += findings.map { (isChinese ? "提示：\($0.message.zh)" : "Note: \($0.message.en)") }
        rows.append(result(isChinese: isChinese))
        for person in persons where person.isEligible {
            let (who, amount) = (names[person.person] ?? person.person, Yuan.text(person.amountFen))
            rows.append(pick("  \(who)：\(amount) 元", "  \(who): \(amount) yuan"))
        }
        for (index, line) in lines.enumerated() {
            rows.append("\(index + 1). " + line.text(names, isChinese: isChinese))
        }
        return rows.joined(separator: "\n")
    }

    private func result(isChinese: Bool) -> String {
        guard let isEligible, let amountFen else {
            return isChinese ? "结果：资料不全，无法计算" : "Result: facts are missing, nothing was calculated"
        }
        guard isEligible else { return isChinese ? "结果：不符合条件" : "Result: not eligible" }
        let isOnce = programme == .reliefExpense || programme == .reliefUrgent
        let amount = Yuan.text(amountFen)
        if isChinese {
            let authority = goesToDistrict ? "（超过镇街额度，报区民政）" : ""
            return "结果：符合条件，\(isOnce ? "一次性" : "每月") \(amount) 元\(authority)"
        }
        return "Result: eligible, \(amount) yuan \(isOnce ? "once" : "a month")"
            + (goesToDistrict ? " (above the township's limit: for the district)" : "")
    }
}

extension PolicyPack {
    /// How a calculation names its pack.
    package var reference: JSONValue {
        .object([
            ("id", .string(id)), ("version", .int(Int64(version))), ("hash", .string(hash.description)),
            ("from", .string(from.description)), ("until", .string(until.description)),
            ("demo", .bool(parameters.contains { $0.source == .demo })),
        ])
    }
}

extension Calculation.PersonResult {
    fileprivate var document: JSONValue {
        .object([
            ("member", .string(person)), ("eligible", .bool(isEligible)), ("amount", .string(Yuan.text(amountFen))),
            ("amountFen", .int(amountFen)),
        ])
    }
}

extension Calculation.Line {
    /// The article that the line rests on: the parameter's, else the law's.
    private var article: String? {
        if case .article(let article) = parameter?.source { return article }
        return parameter == nil ? law?.rawValue : nil
    }

    fileprivate var document: JSONValue {
        .object([
            ("code", .string(code)), ("zh", .string(text.zh)), ("en", .string(text.en)),
            ("amount", amount.map { .string(Yuan.text($0)) } ?? .null),
            ("article", article.map(JSONValue.string) ?? .null),
            ("law", law.map { .string($0.rawValue) } ?? .null), ("parameter", parameter?.document ?? .null),
            ("item", item.map(JSONValue.string) ?? .null),
        ])
    }

    fileprivate func text(_ names: [String: String], isChinese: Bool) -> String {
        let sources = [
            parameter.map { parameter in
                let source = isChinese ? parameter.source.text.zh : parameter.source.text.en
                return "\(parameter.name)\(isChinese ? "，" : ", ")\(source)"
            }, law?.rawValue, item.map { names[$0] ?? $0 },
        ].compactMap(\.self)
        let value = amount.map { isChinese ? "：\(Yuan.reading($0)) 元" : ": \(Yuan.reading($0)) yuan" } ?? ""
        let said = (isChinese ? text.zh : text.en) + value
        guard !sources.isEmpty else { return said }
        return said + (isChinese ? "〔\(sources.joined(separator: "；"))〕" : " [\(sources.joined(separator: "; "))]")
    }
}

extension PolicyParameter {
    fileprivate var document: JSONValue {
        .object([
            ("name", .string(name)), ("value", .string(text)), ("from", .string(from.description)),
            ("until", until.map { .string($0.description) } ?? .null), ("demo", .bool(source == .demo)),
        ])
    }
}

extension CalculationInput.Source {
    fileprivate var document: JSONValue {
        .object([("kind", .string(kind)), ("id", .string(id.description)), ("seq", .int(Int64(seq)))])
    }
}

extension Finding {
    /// `severity`, `field`, and the message in both languages.
    package var document: JSONValue {
        .object([
            ("severity", .string(severity == .error ? "error" : "warning")),
            ("field", field.map(JSONValue.string) ?? .null),
            ("zh", .string(message.zh)), ("en", .string(message.en)),
        ])
    }
}

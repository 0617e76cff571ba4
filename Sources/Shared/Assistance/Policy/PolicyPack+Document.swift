package import SyncEngine

extension PolicyPack {
    /// A pack's document, at most: one field of one record.
    package static let byteLimit = 60 * 1024

    private static let keys: Set<String> = [
        "id", "version", "region", "title", "issued", "from", "until", "parameters", "deadlines", "notice", "hotline",
        "documents", "basis", "proofs", "calendar",
    ]

    /// Reads a pack's document strictly.
    /// - Returns: the pack, `nil` when something is wrong; what is wrong, each with its place.
    package static func read(_ text: String) -> (pack: PolicyPack?, findings: [Finding]) {
        var reader = DocumentReader()
        guard text.utf8.count <= byteLimit else {
            reader.report("$", "政策包超过 \(byteLimit) 字节", "a pack has at most \(byteLimit) bytes")
            return (nil, reader.findings)
        }
        let documents: [JSONValue]
        do {
            documents = try JSONParser.documents(Array(text.utf8))
        } catch {
            let label = (error as? Problem)?.explanation ?? Label(zh: "无法读取", en: "it cannot be read")
            return (nil, [Finding(.error, field: "$", label)])
        }
        guard documents.count == 1 else {
            reader.report("$", "应为一个 JSON 文档", "one JSON document is expected")
            return (nil, reader.findings)
        }
        let pack = read(documents[0], text: text, &reader)
        return (reader.findings.isEmpty ? pack : nil, reader.findings)
    }

    private static func read(_ json: JSONValue, text: String, _ reader: inout DocumentReader) -> PolicyPack? {
        let place = DocumentReader.Place(json)
        reader.allow(keys, in: place)
        let id = reader.text("id", in: place, required: true)
        let version = version(in: place, &reader)
        let region = region(in: place, &reader)
        let title = reader.policyLabel("title", in: place)
        let issued = reader.date("issued", in: place, required: true)
        let from = reader.date("from", in: place, required: true)
        let until = reader.date("until", in: place, required: true)
        if let from, let until, until < from {
            reader.report("until", "不能早于 from", "not before from")
        }
        let parameters = parameters(in: place, &reader)
        let deadlines = reader.objects("deadlines", in: place).compactMap { deadline($0, &reader) }
        let notice = reader.object("notice", in: place).flatMap { deadline($0, &reader) }
        let hotline = reader.object("hotline", in: place).flatMap { complaintLine($0, &reader) }
        let documents = reader.objects("documents", in: place).compactMap { policyText($0, &reader) }
        let basis = reader.objects("basis", in: place).compactMap { policyText($0, &reader) }
        let proofs = reader.proofs(in: place)
        let calendar = reader.objects("calendar", in: place).compactMap { calendarDay($0, &reader) }
        guard let id, let version, let region, let title, let issued, let from, let until else { return nil }
        return PolicyPack(
            id: id, version: version, region: region, title: title, issued: issued, from: from, until: until,
            parameters: parameters, deadlines: deadlines, notice: notice, hotline: hotline, documents: documents,
            basis: basis, proofs: proofs, calendar: calendar, text: text)
    }

    private static func version(in place: DocumentReader.Place, _ reader: inout DocumentReader) -> Int? {
        guard let value = reader.value("version", in: place, required: true) else { return nil }
        if case .int(let number) = value, (1...9_999).contains(number) { return Int(number) }
        reader.report("version", "应为 1 至 9999 的整数", "a whole number from 1 to 9999")
        return nil
    }

    private static func region(in place: DocumentReader.Place, _ reader: inout DocumentReader) -> Scope? {
        guard let code = reader.text("region", in: place, required: true) else { return nil }
        if [6, 9].contains(code.utf8.count), code.utf8.allSatisfy({ (48...57).contains($0) }) { return Scope(code) }
        reader.report("region", "县区 6 位或镇街 9 位代码，例如 \"370404\"", "6 digits of a district or 9, such as \"370404\"")
        return nil
    }

    private static func parameters(
        in place: DocumentReader.Place, _ reader: inout DocumentReader
    ) -> [PolicyParameter] {
        var parameters: [PolicyParameter] = []
        for object in reader.objects("parameters", in: place, required: true) {
            guard let parameter = parameter(object, &reader) else { continue }
            let overlaps = parameters.contains { other in
                other.name == parameter.name && other.isInForce(on: max(other.from, parameter.from))
                    && parameter.isInForce(on: max(other.from, parameter.from))
            }
            if overlaps {
                reader.report(
                    object.name("from"), "\(parameter.name) 在同一天有两个值", "two values of \(parameter.name) on one day")
            }
            parameters.append(parameter)
        }
        return parameters
    }

    private static func parameter(
        _ place: DocumentReader.Place, _ reader: inout DocumentReader
    ) -> PolicyParameter? {
        reader.allow(["name", "value", "from", "until", "article", "demo"], in: place)
        let from = reader.date("from", in: place, required: true)
        let until = reader.date("until", in: place)
        if let from, let until, until < from { reader.report(place.name("until"), "不能早于 from", "not before from") }
        let source = reader.policySource(in: place)
        guard let name = reader.text("name", in: place, required: true) else { return nil }
        guard let type = PolicyParameterType.all[name] else {
            reader.report(
                place.name("name"), "本程序不认识参数 \(name)", "this program does not know the parameter \(name)")
            return nil
        }
        guard let json = reader.value("value", in: place, required: true) else { return nil }
        guard let value = type.value(json), isPossible(value, name: name) else {
            reader.report(
                place.name("value"), "\(name) 的写法如 \(type.example)", "\(name) is written like \(type.example)")
            return nil
        }
        guard let from, let source else { return nil }
        return PolicyParameter(
            name: name, value: value, text: json.text ?? json.compact, from: from, until: until, source: source)
    }

    /// A standard or a step of 0, or an age that is none, would calculate nonsense without a word.
    private static func isPossible(_ value: PolicyParameter.Value, name: String) -> Bool {
        switch value {
        case .money(let fen): fen > 0 || !(name.hasSuffix(".step") || name.contains(".standard."))
        case .amounts(let table) where name == "elderly_allowance.amount": table.keys.allSatisfy { Int($0) != nil }
        case .amounts(let table) where name == "tekun.care": Set(table.keys) == ["self", "partial", "full"]
        case .amounts(let table) where name == "dibao.grade.amount": Set(table.keys) == ["a", "b", "c"]
        case .ratios(let table) where name == "dibao.grade.income_up_to": Set(table.keys) == ["a", "b"]
        case .ratio(let share) where name == "income.job_cost": share <= Ratio(1)
        default: true
        }
    }

    private static func deadline(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> PolicyDeadline? {
        reader.allow(["programme", "step", "rule", "warning", "starts", "stops", "article", "demo"], in: place)
        let programme = reader.text("programme", in: place, codes: Programme.titles)
        let source = reader.policySource(in: place)
        let warning = warning(in: place, &reader)
        let steps = Dictionary(uniqueKeysWithValues: PolicyDeadline.Step.allCases.map { ($0.rawValue, "") })
        guard
            let step = reader.text("step", in: place, required: true, codes: steps).flatMap(PolicyDeadline.Step.init),
            let rule = reader.text("rule", in: place, required: true),
            let starts = reader.text("starts", in: place, required: true),
            let stops = reader.text("stops", in: place, required: true)
        else { return nil }
        guard PolicyDeadline.isRule(rule) else {
            reader.report(
                place.name("rule"), "写法如 \"12wd\"（工作日）、\"7d\"、\"24h\"、\"12m\"、\"5y\"",
                "written like \"12wd\" (working days), \"7d\", \"24h\", \"12m\", \"5y\"")
            return nil
        }
        guard let source else { return nil }
        let deadline = PolicyDeadline(
            programme: programme.flatMap(Programme.init), step: step, rule: rule, warning: warning, starts: starts,
            stops: stops, source: source)
        guard deadline.isUsable else {
            reader.report(
                place.name("step"),
                "\(step.rawValue) 的写法：期限 \(deadline.units.zh)，starts \(ClockRule.startCodes)，stops \(ClockRule.stopCodes)",
                "\(step.rawValue) takes \(deadline.units.en); starts \(ClockRule.startCodes); stops \(ClockRule.stopCodes)"
            )
            return nil
        }
        return deadline
    }

    private static func warning(in place: DocumentReader.Place, _ reader: inout DocumentReader) -> Term? {
        guard let text = reader.text("warning", in: place) else { return nil }
        if let term = try? Term(parsing: text) { return term }
        reader.report(
            place.name("warning"), "写法如 \"3wd\"、\"6h\"：到期前多久提醒",
            "written like \"3wd\" or \"6h\": how long before the end it warns")
        return nil
    }

    private static func complaintLine(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> PolicyHotline? {
        reader.allow(["number", "article", "demo"], in: place)
        let source = reader.policySource(in: place)
        guard let number = reader.text("number", in: place, required: true), let source else { return nil }
        if Rules.isPhone(number) { return PolicyHotline(number: number, source: source) }
        reader.report(
            place.name("number"), "手机号 11 位，座机写区号-号码，例如 \"0632-7700000\"",
            "11 digits of a mobile, or area code and number, such as \"0632-7700000\"")
        return nil
    }

    private static func policyText(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> PolicyText? {
        reader.allow(["code", "zh", "en", "article", "demo"], in: place)
        let source = reader.policySource(in: place)
        guard let code = reader.text("code", in: place, required: true),
            let zh = reader.text("zh", in: place, required: true),
            let en = reader.text("en", in: place, required: true), let source
        else { return nil }
        return PolicyText(code: code, label: Label(zh: zh, en: en), source: source)
    }

    private static func calendarDay(
        _ place: DocumentReader.Place, _ reader: inout DocumentReader
    ) -> PolicyCalendarDay? {
        reader.allow(["day", "working", "name"], in: place)
        guard let day = reader.date("day", in: place, required: true),
            let name = reader.text("name", in: place, required: true)
        else { return nil }
        return PolicyCalendarDay(day: day, isWorking: reader.flag("working", in: place) ?? false, name: name)
    }
}

extension DocumentReader {
    mutating func policyLabel(_ key: String, in place: Place) -> Label? {
        guard let object = object(key, in: place, required: true) else { return nil }
        allow(["zh", "en"], in: object)
        guard let zh = text("zh", in: object, required: true), let en = text("en", in: object, required: true) else {
            return nil
        }
        return Label(zh: zh, en: en)
    }

    /// `"article": "二（三）"` or `"demo": true`: exactly one of them, so that nothing passes for the document's that is
    /// not.
    mutating func policySource(in place: Place) -> PolicySource? {
        let article = text("article", in: place)
        let isDemo = flag("demo", in: place) ?? false
        if let article, !isDemo { return .article(article) }
        if isDemo, article == nil { return .demo }
        report(
            place.name("article"), "写出条款 \"article\"，文件没有规定的写 \"demo\": true",
            "give the \"article\", or \"demo\": true for what the document does not give")
        return nil
    }
}

package import SyncEngine

/// A household as a JSON document (`docs/cli-json.md`, calculate): keys are the records' fields; money is yuan in
/// decimal texts.
extension CalculationInput {
    /// Members, or items of one sort, in a document, at most.
    package static let itemLimit = 10_000

    /// Reads a document strictly.
    /// - Returns: the facts, and everything that is wrong with them.
    package static func read(_ json: JSONValue) -> (input: CalculationInput, findings: [Finding]) {
        var reader = DocumentReader()
        let place = DocumentReader.Place(json)
        reader.allow(
            ["residence", "members", "incomes", "expenses", "properties", "supporters", "receives_dibao"], in: place)
        var input = CalculationInput()
        input.residence = reader.text("residence", in: place, codes: ["urban": "城镇", "rural": "农村"])
            .flatMap(Residence.init)
        input.receivesDibao = reader.flag("receives_dibao", in: place)
        input.persons = items("members", in: place, &reader).map { person($0, &reader) }
        let known = Set(input.persons.map(\.id))
        if known.count < input.persons.count { reader.report("members", "id 重复", "an id is given twice") }
        input.incomes = items("incomes", in: place, &reader).compactMap { income($0, members: known, &reader) }
        input.expenses = items("expenses", in: place, &reader).compactMap { expense($0, members: known, &reader) }
        input.properties = items("properties", in: place, &reader).compactMap { property($0, &reader) }
        input.supporters = items("supporters", in: place, &reader).map { supporter($0, &reader) }
        return (input, reader.findings)
    }

    private static func items(
        _ key: String, in place: DocumentReader.Place, _ reader: inout DocumentReader
    ) -> [DocumentReader.Place] {
        let items = reader.objects(key, in: place)
        guard items.count > itemLimit else { return items }
        reader.report(key, "最多 \(itemLimit) 项", "at most \(itemLimit)")
        return []
    }

    private static func person(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> Person {
        reader.allow(
            [
                "id", "name", "birth_date", "death_date", "in_household", "health", "disability_type",
                "disability_grade", "disability_expiry", "labour_ability", "self_care", "failed_activities", "receives",
            ], in: place)
        var person = Person(id: reader.text("id", in: place) ?? place.path)
        person.birthDate = reader.date("birth_date", in: place)
        person.deathDate = reader.date("death_date", in: place)
        person.livesHere = reader.flag("in_household", in: place) ?? true
        person.health = reader.text("health", in: place, codes: CodeLists.health)
        person.disabilityType = reader.text("disability_type", in: place, codes: CodeLists.disabilityType)
        person.disabilityGrade = reader.text("disability_grade", in: place, codes: CodeLists.disabilityGrade)
        person.disabilityExpiry = reader.date("disability_expiry", in: place)
        let abilities = ["full": "完全", "partial": "部分", "none": "丧失"]
        person.labourAbility = reader.text("labour_ability", in: place, codes: abilities).flatMap(Ability.init(code:))
        person.selfCare = reader.text("self_care", in: place, codes: abilities).flatMap(Ability.init(code:))
        person.failedActivities = reader.texts("failed_activities", in: place, codes: DailyActivity.titles)?.sorted()
        person.receives = (reader.texts("receives", in: place) ?? []).sorted()
        return person
    }

    private static func member(
        in place: DocumentReader.Place, members: Set<String>, _ reader: inout DocumentReader
    ) -> String? {
        guard let member = reader.text("member", in: place) else { return nil }
        if !members.contains(member) {
            reader.report(
                place.name("member"), "没有这个成员：\(member)；写 members 中的 id",
                "no such member: \(member); write an id of members")
        }
        return member
    }

    private static func income(
        _ place: DocumentReader.Place, members: Set<String>, _ reader: inout DocumentReader
    ) -> Income? {
        reader.allow(["id", "member", "type", "amount", "period", "from", "to"], in: place)
        let type = reader.text("type", in: place, required: true, codes: CodeLists.incomeType)
        let amount = reader.yuan("amount", in: place, required: true)
        let period = reader.text("period", in: place, required: true, codes: periods).flatMap(Period.init)
        let (from, to) = (reader.date("from", in: place), reader.date("to", in: place))
        if let from, let to, to < from { reader.report(place.name("to"), "不能早于 from", "not before from") }
        let person = member(in: place, members: members, &reader)
        guard let type, let amount, let period else { return nil }
        return Income(
            id: reader.text("id", in: place) ?? place.path, person: person, type: type, amountFen: amount,
            period: period, from: from, to: to)
    }

    private static let periods = ["month": "月", "quarter": "季", "year": "年", "once": "一次性"]

    private static func expense(
        _ place: DocumentReader.Place, members: Set<String>, _ reader: inout DocumentReader
    ) -> Expense? {
        reader.allow(["id", "member", "type", "amount", "paid", "reimbursed", "bill_no"], in: place)
        let type = reader.text("type", in: place, required: true, codes: CodeLists.rigidExpenditure)
        let amount = reader.yuan("amount", in: place, required: true)
        let person = member(in: place, members: members, &reader)
        let (paid, reimbursed) = (reader.yuan("paid", in: place), reader.yuan("reimbursed", in: place))
        guard let type, let amount else { return nil }
        return Expense(
            id: reader.text("id", in: place) ?? place.path, person: person, type: type, amountFen: amount,
            paidFen: paid,
            reimbursedFen: reimbursed, billNumber: reader.text("bill_no", in: place))
    }

    private static func property(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> Property? {
        reader.allow(["id", "type", "value", "exemption"], in: place)
        let type = reader.text("type", in: place, required: true, codes: PropertyType.titles)
        let value = reader.yuan("value", in: place)
        let exemption = reader.text("exemption", in: place, codes: CodeLists.assetExemption)
        guard let type = type.flatMap(PropertyType.init(rawValue:)) else { return nil }
        return Property(
            id: reader.text("id", in: place) ?? place.path, type: type, valueFen: value, exemption: exemption)
    }

    private static func supporter(_ place: DocumentReader.Place, _ reader: inout DocumentReader) -> Supporter {
        reader.allow(["id", "name", "ability", "fee"], in: place)
        let ability = reader.text("ability", in: place, codes: CodeLists.supporterAbility)
        return Supporter(
            id: reader.text("id", in: place) ?? place.path, isAble: ability.map { $0 == "able" },
            feeFen: reader.yuan("fee", in: place))
    }
}

// MARK: - Writing

extension CalculationInput {
    /// The same document for the same facts, in whatever order they came: what the hash is over, and what calculates
    /// again.
    package var document: JSONValue {
        Self.object([
            ("residence", residence.map { .string($0.rawValue) }),
            ("members", Self.list(persons.map { ($0.id, $0.document) })),
            ("incomes", Self.list(incomes.map { ($0.id, $0.document) })),
            ("expenses", Self.list(expenses.map { ($0.id, $0.document) })),
            ("properties", Self.list(properties.map { ($0.id, $0.document) })),
            ("supporters", Self.list(supporters.map { ($0.id, $0.document) })),
            ("receives_dibao", receivesDibao.map(JSONValue.bool)),
        ])
    }

    package var hash: Hash256 { Hash256(of: Array(document.compact.utf8)) }

    private static func list(_ items: [(id: String, document: JSONValue)]) -> JSONValue? {
        items.isEmpty ? nil : .array(items.sorted { $0.id < $1.id }.map(\.document))
    }

    fileprivate static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { key, value in value.map { (key, $0) } })
    }

    fileprivate static func date(_ day: CalendarDay?) -> JSONValue? { day.map { .string($0.description) } }
    fileprivate static func yuan(_ fen: Int64?) -> JSONValue? { fen.map { .string(Yuan.text($0)) } }
    fileprivate static func texts(_ texts: [String]?) -> JSONValue? { texts.map { .array($0.map(JSONValue.string)) } }
}

extension CalculationInput.Person {
    fileprivate var document: JSONValue {
        typealias Input = CalculationInput
        return Input.object([
            ("id", .string(id)), ("birth_date", Input.date(birthDate)), ("death_date", Input.date(deathDate)),
            ("in_household", livesHere ? nil : .bool(false)), ("health", health.map(JSONValue.string)),
            ("disability_type", disabilityType.map(JSONValue.string)),
            ("disability_grade", disabilityGrade.map(JSONValue.string)),
            ("disability_expiry", Input.date(disabilityExpiry)),
            ("labour_ability", labourAbility.map { .string($0.rawValue) }),
            ("self_care", selfCare.map { .string($0.rawValue) }),
            ("failed_activities", Input.texts(failedActivities)),
            ("receives", receives.isEmpty ? nil : Input.texts(receives)),
        ])
    }
}

extension CalculationInput.Income {
    fileprivate var document: JSONValue {
        typealias Input = CalculationInput
        return Input.object([
            ("id", .string(id)), ("member", person.map(JSONValue.string)), ("type", .string(type)),
            ("amount", Input.yuan(amountFen)), ("period", .string(period.rawValue)), ("from", Input.date(from)),
            ("to", Input.date(to)),
        ])
    }
}

extension CalculationInput.Expense {
    fileprivate var document: JSONValue {
        typealias Input = CalculationInput
        return Input.object([
            ("id", .string(id)), ("member", person.map(JSONValue.string)), ("type", .string(type)),
            ("amount", Input.yuan(amountFen)), ("paid", Input.yuan(paidFen)),
            ("reimbursed", Input.yuan(reimbursedFen)), ("bill_no", billNumber.map(JSONValue.string)),
        ])
    }
}

extension CalculationInput.Property {
    fileprivate var document: JSONValue {
        CalculationInput.object([
            ("id", .string(id)), ("type", .string(type.rawValue)), ("value", CalculationInput.yuan(valueFen)),
            ("exemption", exemption.map(JSONValue.string)),
        ])
    }
}

extension CalculationInput.Supporter {
    fileprivate var document: JSONValue {
        CalculationInput.object([
            ("id", .string(id)), ("ability", isAble.map { .string($0 ? "able" : "unable") }),
            ("fee", CalculationInput.yuan(feeFen)),
        ])
    }
}

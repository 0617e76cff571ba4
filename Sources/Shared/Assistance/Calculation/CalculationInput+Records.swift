package import SyncEngine

/// A household as its records state it.
extension CalculationInput {
    /// The facts, what is missing to calculate with them, and the versions of the records that they came from.
    package struct Reading: Sendable {
        package var input = CalculationInput()
        package var findings: [Finding] = []
        package var records: [Source] = []
        /// People's names by id, for the screen only: the input, and so what is kept, has none.
        package var names: [String: String] = [:]
    }

    /// A record of which two people say different things, and nobody has decided yet.
    package static func conflict(_ source: Source) -> Finding {
        let kind = AssistanceSchema.current.kind(source.kind)?.label
        return Finding(
            .warning, field: "\(source.kind) \(source.id)",
            Label(
                zh: "\(kind?.zh ?? source.kind) \(source.id) 有未处理的冲突，按目前的值试算",
                en:
                    "\(kind?.en ?? source.kind) \(source.id) is in an open conflict: calculated with the value that stands"
            ))
    }

    /// A record at a seq of the log; 0 for one that the township does not have yet.
    package struct Source: Hashable, Sendable {
        package let kind: String
        package let id: RecordID
        package let seq: Seq
    }

    /// What hangs below a household, and below its members: an income may name its member alone.
    /// - Parameter dependents: what is below a record, and below those that are merged into it.
    package static func records(
        below household: Record, dependents: (Record) throws -> [Record]
    ) rethrows -> [Record] {
        let direct = try dependents(household)
        let indirect = try direct.filter { $0.kind == memberKind.name }.flatMap(dependents)
        var known = Set(direct.map(\.id))
        return direct + indirect.filter { known.insert($0.id).inserted }
    }

    /// - Parameter records: what hangs below the household, of whatever kinds; deleted ones and aliases do not count.
    package static func read(household: Record, records: [Record], schema: Schema) -> Reading {
        var reading = Reading()
        var facts = Facts(record: household, kind: householdKind)
        reading.input.residence = residence(facts)
        reading.records.append(Source(kind: household.kind, id: household.id, seq: household.seq))
        var benefits: [Facts] = []
        let merged = Merged(records.filter { $0.kind == memberKind.name })
        for record in records.sorted(by: { $0.id < $1.id }) where !record.isDeleted {
            guard let kind = schema.kind(record.kind) else { continue }
            facts = Facts(record: record, kind: kind)
            guard facts.text(KindSchema.aliasField) == nil, !merged.isElsewhere(facts.text("member")) else { continue }
            let excesses = facts.excesses
            guard excesses.isEmpty else {
                reading.findings += excesses
                continue
            }
            switch record.kind {
            case memberKind.name:
                reading.input.persons.append(person(facts))
                reading.names[facts.id] = facts.text("name")
            case incomeItemKind.name: income(facts, of: merged, into: &reading)
            case expenseItemKind.name: expense(facts, of: merged, into: &reading)
            case propertyItemKind.name: property(facts, into: &reading)
            case supporterKind.name:
                reading.input.supporters.append(supporter(facts))
                reading.names[facts.id] = facts.text("name")
            case CaseKinds.application.name: benefits.append(facts)
            case CaseKinds.changeReport.name where facts.text("type") == DeathReports.death:
                // A source as well: of whom it tells is known once all are read.
                break
            default: continue
            }
            reading.records.append(Source(kind: record.kind, id: record.id, seq: record.seq))
        }
        for facts in benefits { benefit(facts, into: &reading.input) }
        for report in DeathReports(records.compactMap(Linked.init)).standing {
            death(report, of: merged, into: &reading)
        }
        return reading
    }

    /// A death that a report alone tells of (R22): as of its day.
    private static func death(_ report: Linked, of merged: Merged, into reading: inout Reading) {
        let person = merged.person(report.text("member"))
        guard let index = reading.input.persons.firstIndex(where: { $0.id == person && $0.deathDate == nil }) else {
            return
        }
        guard let day = report.day("on") else {
            let facts = Facts(record: report.record, kind: report.kind)
            return reading.findings.append(facts.lacks("on", example: "2026-11-15"))
        }
        reading.input.persons[index].deathDate = day
    }

    /// Who was merged into whom (docs/duplicates.md): what is on record of him counts for the one who stands for him.
    private struct Merged {
        private let standing: [String: String]
        private let present: Set<String>

        init(_ members: [Record]) {
            present = Set(members.map(\.id.description))
            standing = Dictionary(
                members.compactMap { member in
                    member.mergedInto(in: memberKind).map { (member.id.description, $0.description) }
                }
            ) { first, _ in first }
        }

        func person(_ member: String?) -> String? {
            var person = member
            // A circle ends somewhere too.
            for _ in 0..<16 { person = person.map { standing[$0] ?? $0 } }
            return person
        }

        /// What is on record of him counts in the household where he stands for himself.
        func isElsewhere(_ member: String?) -> Bool {
            guard let member, standing[member] != nil, let person = person(member) else { return false }
            return !present.contains(person)
        }
    }

    /// A record's values by name.
    private struct Facts {
        let record: Record
        let kind: KindSchema

        var id: String { record.id.description }
        func value(_ name: String) -> Value { kind.field(name) == nil ? .null : record.value(name, in: kind) }
        func text(_ name: String) -> String? { value(name).text }
        func fen(_ name: String) -> Int64? { value(name).int64 }
        func day(_ name: String) -> CalendarDay? { if case .date(let day) = value(name) { day } else { nil } }
        func flag(_ name: String) -> Bool? { if case .bool(let flag) = value(name) { flag } else { nil } }

        /// Amounts that no household has would run past what is calculated with.
        var excesses: [Finding] {
            kind.fields.filter { $0.name.hasSuffix("_fen") && fen($0.name) ?? 0 > Yuan.limitFen }.map { field in
                Finding(
                    .error, field: "\(kind.name) \(id) \(field.name)",
                    Label(
                        zh: "\(kind.label.zh) \(id) 的\(field.label.zh)过大，最多 \(Yuan.text(Yuan.limitFen)) 元",
                        en: "\(kind.name) \(id): \(field.name) is beyond \(Yuan.text(Yuan.limitFen)) yuan"))
            }
        }

        func lacks(_ name: String, example: String) -> Finding {
            Finding(
                .error, field: "\(kind.name) \(id) \(name)",
                Label(
                    zh: "\(kind.label.zh) \(id) 缺 \(kind.field(name)?.label.zh ?? name)，例如 \(name)=\(example)",
                    en: "\(kind.name) \(id) lacks \(name), such as \(name)=\(example)"))
        }
    }

    /// By the registration; of a resident's registration without a kind by the village code: 001–199 居, 200–399 村.
    private static func residence(_ facts: Facts) -> Residence? {
        switch facts.text("hukou_type")?.first {
        case "1": return .urban
        case "2": return .rural
        default: break
        }
        let code = facts.text("village") ?? facts.record.scope.code
        guard VillageCode.isValid(code), let last = Int(code.suffix(3)) else { return nil }
        return last < 200 ? .urban : .rural
    }

    /// What the household and its people receive, by their cases (R2; DOMAIN section 5).
    private static func benefit(_ facts: Facts, into input: inout CalculationInput) {
        guard let programme = facts.text("programme").flatMap(Programme.init) else { return }
        let isInForce = facts.text("status").flatMap(CaseState.init)?.isInForce ?? false
        if programme == .dibao { input.receivesDibao = (input.receivesDibao ?? false) || isInForce }
        guard isInForce, programme.isPersonal,
            let index = input.persons.firstIndex(where: { $0.id == facts.text("member") }),
            !input.persons[index].receives.contains(programme.rawValue)
        else { return }
        input.persons[index].receives = (input.persons[index].receives + [programme.rawValue]).sorted()
    }

    private static func person(_ facts: Facts) -> Person {
        var person = Person(id: facts.id)
        person.birthDate = facts.text("id_number").flatMap(IdentityNumber.birthDate)
        person.deathDate = facts.day("death_date")
        person.livesHere = facts.flag("in_household") ?? true
        person.health = facts.text("health")
        person.disabilityType = facts.text("disability_type")
        person.disabilityGrade = facts.text("disability_grade")
        person.disabilityExpiry = facts.day("disability_expiry")
        person.labourAbility = facts.text("labour_ability").flatMap(Ability.init(code:))
        person.selfCare = facts.text("self_care").flatMap(Ability.init(code:))
        let failed = facts.value("failed_activities").elements
        person.failedActivities = failed.isEmpty ? nil : failed.sorted()
        return person
    }

    private static func income(_ facts: Facts, of merged: Merged, into reading: inout Reading) {
        guard let type = facts.text("type") else { return reading.findings.append(facts.lacks("type", example: "10")) }
        guard let amount = facts.fen("amount_fen") else {
            return reading.findings.append(facts.lacks("amount_fen", example: "120000"))
        }
        guard let period = facts.text("period").flatMap(Period.init) else {
            return reading.findings.append(facts.lacks("period", example: "month"))
        }
        reading.input.incomes.append(
            Income(
                id: facts.id, person: merged.person(facts.text("member")), type: type, amountFen: amount,
                period: period,
                from: facts.day("from"), to: facts.day("to")))
    }

    private static func expense(_ facts: Facts, of merged: Merged, into reading: inout Reading) {
        guard let type = facts.text("type") else { return reading.findings.append(facts.lacks("type", example: "02")) }
        guard let amount = facts.fen("amount_fen") else {
            return reading.findings.append(facts.lacks("amount_fen", example: "120000"))
        }
        reading.input.expenses.append(
            Expense(
                id: facts.id, person: merged.person(facts.text("member")), type: type, amountFen: amount,
                paidFen: facts.fen("paid_fen"), reimbursedFen: facts.fen("reimbursed_fen"),
                billNumber: facts.text("bill_no")))
    }

    private static func property(_ facts: Facts, into reading: inout Reading) {
        guard let type = facts.text("type").flatMap(PropertyType.init(code:)) else {
            return reading.findings.append(facts.lacks("type", example: "vehicle"))
        }
        reading.input.properties.append(
            Property(id: facts.id, type: type, valueFen: facts.fen("value_fen"), exemption: facts.text("exemption")))
    }

    private static func supporter(_ facts: Facts) -> Supporter {
        Supporter(
            id: facts.id, isAble: facts.text("ability").map { $0 == "able" }, feeFen: facts.fen("fee_fen"))
    }
}

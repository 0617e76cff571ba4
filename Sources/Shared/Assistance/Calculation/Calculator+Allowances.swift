import SyncEngine

/// 经济困难老年人补贴 and 残疾人两项补贴 (DOMAIN section 5): they follow 低保 status (R2); of the two subsidies at most one
/// of each, the higher; exclusions in the pack.
extension Calculator {
    mutating func elderlyAllowance() throws {
        let (parameter, bands) = try amounts("elderly_allowance.amount")
        guard let receives = try receivesDibao() else { return }
        let ages = bands.keys.compactMap { Int($0) }.sorted()
        try eachPerson { calculator, person in
            guard let age = calculator.age(person) else { return nil }
            guard receives, let band = ages.last(where: { $0 <= age }), let amount = bands[String(band)] else {
                calculator.say(
                    "elderly.no_band", "\(age) 岁，不在补贴年龄或未享受低保", "aged \(age): no band, or no dibao", by: parameter,
                    item: person.id, law: .elderly)
                return nil
            }
            calculator.say(
                "elderly.band", "\(age) 岁，按满 \(band) 岁档", "aged \(age), band from \(band)", Ratio(amount),
                by: parameter,
                item: person.id, law: .elderly)
            return amount
        }
    }

    mutating func disabilitySubsidy(_ name: String) throws {
        let (parameter, table) = try amounts("\(name).amount")
        let (excludedBy, excluding) = try codes("\(name).excluded_by")
        let needsDibao = try name == "disability_living" || choice("disability_care.requires_dibao").1 == "yes"
        if needsDibao {
            guard let receives = try receivesDibao() else { return }
            guard receives else {
                say("disability.not_dibao", "未享受低保，不在补贴范围", "no dibao: not for this household", law: .disability)
                return try eachPerson { _, _ in nil }
            }
        }
        try eachPerson { calculator, person in
            guard let grade = person.disabilityGrade else {
                calculator.say("disability.none", "没有登记残疾等级", "no grade of disability is recorded", item: person.id)
                return nil
            }
            guard calculator.hasDisability(person, among: [grade]) else {
                calculator.say(
                    "disability.expired", "残疾人证已过期", "the certificate has expired", item: person.id, law: .disability)
                return nil
            }
            if let other = person.receives.sorted().first(where: excluding.contains) {
                calculator.say(
                    "disability.excluded", "已享受 \(Programme.titles[other] ?? other)，不重复享受",
                    "receives \(other): excluded", by: excludedBy, item: person.id, law: .disability)
                return nil
            }
            let typed = person.disabilityType.map { "\($0)-\(grade)" }
            let amount = [grade, typed].compactMap { $0.flatMap { table[$0] } }.max()
            guard let amount else {
                calculator.say(
                    "disability.no_amount", "\(CodeLists.disabilityGrade[grade] ?? grade)残疾，不在补贴范围",
                    "grade \(grade): no subsidy", by: parameter, item: person.id, law: .disability)
                return nil
            }
            calculator.say(
                "disability.amount", "\(CodeLists.disabilityGrade[grade] ?? grade)残疾，取可享受中最高的一项",
                "grade \(grade): the highest that fits", Ratio(amount), by: parameter, item: person.id, law: .disability
            )
            return amount
        }
    }

    /// Each person's amount, `nil` for none, and their sum.
    private mutating func eachPerson(
        _ amount: (inout Calculator, CalculationInput.Person) throws -> Int64?
    ) throws {
        var total: Int64 = 0
        for person in household {
            let fen = try amount(&self, person)
            total += fen ?? 0
            result.persons.append(.init(person: person.id, isEligible: fen != nil, amountFen: fen ?? 0))
        }
        finish(isEligible: result.persons.contains(where: \.isEligible), amountFen: total)
    }
}

import SyncEngine

/// 最低生活保障 (DOMAIN section 5; 《社会救助暂行办法》第九、十二条).
extension Calculator {
    /// Eligible: annual < standard × members × 12, and property within limits. The amount is the difference, or a grade's;
    /// supplements on top; rounded once.
    mutating func dibao() throws {
        guard let standard = try standard() else { return }
        let annual = try countedIncome()
        let line = standard * size * Ratio(12 as Int128)
        let isBelow = annual < line
        say(
            isBelow ? "dibao.below" : "dibao.not_below",
            "年收入\(isBelow ? "低于" : "不低于")全年标准（标准 × \(count) 人 × 12 个月）",
            "the income is \(isBelow ? "below" : "not below") a year's standard (standard × \(count) × 12)", line,
            law: .assistance9)
        let isWithin = try isPropertyWithinLimits(standard: standard)
        guard isBelow, isWithin else { return finish(isEligible: false, amountFen: 0) }
        let (mode, chosen) = try choice("dibao.mode")
        let basic: Ratio
        if chosen == "graded" {
            basic = try grade(annual: annual, line: line, mode: mode)
        } else {
            basic = (line - annual) / Ratio(12 as Int128)
            say(
                "dibao.difference", "按差额计：（全年标准 − 年收入）÷ 12", "the difference: (a year's standard − income) ÷ 12",
                basic, by: mode, law: .assistance12)
        }
        let supplements = try supplements(standard: standard)
        let step = try parameter("dibao.step")
        finish(isEligible: true, amountFen: try pay(basic + supplements, step: step))
    }

    /// Graded mode: A, B or C by how far the income is below the standard, an amount a person.
    private mutating func grade(annual: Ratio, line: Ratio, mode: PolicyParameter) throws -> Ratio {
        let upTo = try parameter("dibao.grade.income_up_to")
        guard case .ratios(let shares) = upTo.value else { throw wrongType(upTo) }
        let (parameter, table) = try amounts("dibao.grade.amount")
        let grade = ["a", "b"].first { annual <= line * (shares[$0] ?? .zero) } ?? "c"
        let amount = Ratio(table[grade] ?? 0) * size
        say("dibao.grade", "分档补助，\(grade.uppercased()) 档", "graded: grade \(grade.uppercased())", by: upTo)
        say(
            "dibao.grade_amount", "每人每月 \(Yuan.text(table[grade] ?? 0)) 元 × \(count) 人",
            "\(Yuan.text(table[grade] ?? 0)) yuan a person × \(count)", amount, by: parameter, law: .assistance12)
        return amount
    }

    /// For severe illness, severe disability, age, minors: each person once, the highest that fits.
    private mutating func supplements(standard: Ratio) throws -> Ratio {
        var total = Ratio.zero
        for person in household {
            var best: (PolicyParameter, Ratio)?
            for name in try fittingSupplements(person) {
                let found = try ratio("dibao.supplement.\(name)")
                if found.1 > best?.1 ?? .zero { best = found }
            }
            guard let (parameter, share) = best else { continue }
            let amount = share * standard
            total = total + amount
            say(
                "dibao.supplement", "分类施保：标准的 \(parameter.text)，每人只计一项",
                "supplement: \(parameter.text) of the standard, each person once", amount, by: parameter,
                item: person.id,
                law: .assistance12)
        }
        return total
    }

    private mutating func fittingSupplements(_ person: CalculationInput.Person) throws -> [String] {
        var names: [String] = []
        let illnesses = try codes("dibao.supplement.severe_illness.health").1
        if let health = person.health, illnesses.contains(health) { names.append("severe_illness") }
        if hasDisability(person, among: try codes("dibao.supplement.severe_disability.grades").1) {
            names.append("severe_disability")
        }
        let (old, young) = (try count("dibao.supplement.age.from").1, try count("dibao.supplement.minor.under").1)
        guard person.birthDate != nil, let age = age(person) else {
            warn(
                "member \(person.id) birth_date", "缺出生日期，未计年龄类分类施保", "no date of birth: no supplement for age")
            return names
        }
        if age >= old { names.append("age") }
        if age < young { names.append("minor") }
        return names
    }

    /// Whether the household receives 低保: as recorded, else as its facts come to.
    mutating func receivesDibao() throws -> Bool? {
        if let known = input.receivesDibao {
            say(
                known ? "dibao.received" : "dibao.not_received", known ? "正在享受低保" : "未享受低保",
                known ? "receives dibao" : "does not receive dibao")
            return known
        }
        let trial = try Calculation.calculate(.dibao, input, pack: pack, on: day)
        guard let isEligible = trial.isEligible else {
            result.findings += trial.findings.filter { $0.severity == .error }
            return nil
        }
        say(
            isEligible ? "dibao.would_receive" : "dibao.would_not_receive",
            isEligible ? "未登记是否享受低保，按现有情况试算符合低保条件" : "未登记是否享受低保，按现有情况试算不符合低保条件",
            isEligible
                ? "not recorded; by its facts eligible for dibao" : "not recorded; by its facts not eligible for dibao")
        return isEligible
    }
}

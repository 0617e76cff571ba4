import SyncEngine

/// 特困人员救助供养 (DOMAIN section 5; 《社会救助暂行办法》第十四条): the unit is a person; no ability to work, no income, no
/// able supporter; factor × 低保 standard + the care tier of the six daily activities.
extension Calculator {
    mutating func tekun() throws {
        guard let standard = try standard() else { return }
        let hasNoSupporter = hasNoAbleSupporter()
        let isWithin = try isPropertyWithinLimits(standard: standard)
        var total: Int64 = 0
        for person in household {
            let cannotWork = try hasNoAbilityToWork(person)
            let hasNoIncome = cannotWork ? try hasNoIncome(person, standard: standard) : false
            guard cannotWork, hasNoIncome, hasNoSupporter, isWithin else {
                result.persons.append(.init(person: person.id, isEligible: false, amountFen: 0))
                continue
            }
            let (parameter, factor) = try ratio("tekun.basic")
            let basic = factor * standard
            say(
                "tekun.basic", "基本生活标准：低保标准 × \(parameter.text)", "basic: dibao standard × \(parameter.text)", basic,
                by: parameter, item: person.id, law: .assistance14)
            let care = try care(of: person)
            let amount = try pay(basic + care, step: try self.parameter("tekun.step"))
            total += amount
            result.persons.append(.init(person: person.id, isEligible: true, amountFen: amount))
        }
        finish(isEligible: result.persons.contains(where: \.isEligible), amountFen: total)
    }

    private mutating func hasNoAbilityToWork(_ person: CalculationInput.Person) throws -> Bool {
        let (oldBy, old) = try count("tekun.age.from")
        let (youngBy, young) = try count("tekun.minor.under")
        let (disabledBy, disabilities) = try codes("tekun.disabilities")
        guard let age = age(person) else { return false }
        let because: (zh: String, en: String, by: PolicyParameter?)? =
            if age >= old {
                ("\(age) 岁，满 \(old) 岁", "aged \(age), at least \(old)", oldBy)
            } else if age < young {
                ("\(age) 岁，未满 \(young) 岁", "aged \(age), under \(young)", youngBy)
            } else if hasDisability(person, among: disabilities) {
                ("残疾类别等级在列", "a disability of the list", disabledBy)
            } else if person.labourAbility == CalculationInput.Ability.none {
                ("完全丧失劳动能力", "no ability to work", nil)
            } else {
                nil
            }
        guard let because else {
            say(
                "tekun.can_work", "有劳动能力或未认定为无劳动能力", "able to work, or not assessed as unable", item: person.id,
                law: .assistance14)
            return false
        }
        say(
            "tekun.cannot_work", "无劳动能力：\(because.zh)", "cannot work: \(because.en)", by: because.by, item: person.id,
            law: .assistance14)
        return true
    }

    private mutating func hasNoIncome(_ person: CalculationInput.Person, standard: Ratio) throws -> Bool {
        let (parameter, times) = try ratio("tekun.income_up_to")
        let annual = try income(of: person)
        let limit = times * standard * Ratio(12 as Int128)
        let isBelow = annual < limit
        say(
            isBelow ? "tekun.no_income" : "tekun.has_income",
            "本人年收入\(isBelow ? "低于" : "不低于")全年标准 × \(parameter.text)（\(Yuan.reading(limit)) 元）",
            "own annual income \(isBelow ? "below" : "not below") a year's standard × \(parameter.text), \(Yuan.reading(limit)) yuan",
            annual, by: parameter, item: person.id, law: .assistance14)
        return isBelow
    }

    /// Nobody who owes support is able to give it.
    private mutating func hasNoAbleSupporter() -> Bool {
        var hasNone = true
        for supporter in input.supporters.sorted(by: { $0.id < $1.id }) {
            guard let isAble = supporter.isAble else {
                missing(
                    "supporter \(supporter.id) ability", "缺赡养抚养扶养能力，able 或 unable", "able or unable is needed")
                continue
            }
            say(
                isAble ? "tekun.able_supporter" : "tekun.unable_supporter", isAble ? "法定义务人有履行能力" : "法定义务人无履行能力",
                isAble ? "a supporter who is able" : "a supporter who is unable", item: supporter.id, law: .assistance14
            )
            hasNone = hasNone && !isAble
        }
        if input.supporters.isEmpty {
            say("tekun.no_supporter", "没有登记法定义务人", "no supporter is recorded", law: .assistance14)
        }
        return hasNone
    }

    /// 0 failed: self-caring; 1–3: partial; 4 and more: full loss.
    private mutating func care(of person: CalculationInput.Person) throws -> Ratio {
        let (parameter, table) = try amounts("tekun.care")
        let tier: String
        if let failed = person.failedActivities.map({ Set($0).count }) {
            tier = failed == 0 ? "self" : failed < 4 ? "partial" : "full"
            say(
                "tekun.assessment", "六项日常活动中 \(failed) 项不能自理", "\(failed) of the six daily activities failed",
                item: person.id)
        } else if let selfCare = person.selfCare {
            tier =
                switch selfCare {
                case .full: "self"
                case .partial: "partial"
                case .none: "full"
                }
        } else {
            missing(
                "member \(person.id) failed_activities", "缺自理能力评估，例如 [\"walk\", \"bathe\"]，全能自理写 []",
                "the assessment is needed, such as [\"walk\", \"bathe\"]; [] when all succeed")
            return .zero
        }
        let label = ["self": "全自理", "partial": "半护理", "full": "全护理"][tier] ?? tier
        let amount = Ratio(table[tier] ?? 0)
        say(
            "tekun.care", "照料护理标准：\(label)", "care tier: \(tier)", amount, by: parameter, item: person.id,
            law: .assistance14)
        return amount
    }
}

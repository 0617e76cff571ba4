import SyncEngine

/// 临时救助 (DOMAIN section 5; 《社会救助暂行办法》第四十七条): k × monthly standard × persons × months, capped; a bill is used
/// once; above the township's limit it goes up.
extension Calculator {
    /// 支出型: income up to a multiple of the standard, expenses borne oneself at least a share of it, property within
    /// limits; never more than the expenses.
    mutating func reliefExpense() throws {
        guard let standard = try standard() else { return }
        let annual = try income()
        let expenses = try rigidExpenses()
        let (incomeBy, times) = try ratio("relief_expense.income_up_to")
        let limit = times * standard * size * Ratio(12 as Int128)
        let isPoor = annual < limit
        say(
            isPoor ? "relief.income_below" : "relief.income_not_below",
            "年收入\(isPoor ? "低于" : "不低于")全年标准 × \(incomeBy.text)（\(Yuan.reading(limit)) 元）",
            "income \(isPoor ? "below" : "not below") a year's standard × \(incomeBy.text), \(Yuan.reading(limit)) yuan",
            annual,
            by: incomeBy, law: .assistance47)
        let (shareBy, share) = try ratio("relief_expense.expense_share")
        let isHeavy = expenses > .zero && expenses >= annual * share
        say(
            isHeavy ? "relief.expenses_heavy" : "relief.expenses_light",
            "自行负担的刚性支出\(isHeavy ? "达到" : "未达到")年收入的 \(shareBy.text)",
            "expenses \(isHeavy ? "reach" : "do not reach") \(shareBy.text) of the income", expenses, by: shareBy,
            law: .assistance47)
        let isWithin = try isPropertyWithinLimits(standard: standard)
        guard isPoor, isHeavy, isWithin else { return finish(isEligible: false, amountFen: 0) }
        try relief("relief_expense", standard: standard, upTo: expenses)
    }

    /// 急难型: relief first; no test of income.
    mutating func reliefUrgent() throws {
        guard let standard = try standard() else { return }
        try relief("relief_urgent", standard: standard, upTo: nil)
    }

    private mutating func relief(_ name: String, standard: Ratio, upTo expenses: Ratio?) throws {
        let (timesBy, times) = try ratio("\(name).standards")
        let (monthsBy, months) = try count("\(name).months")
        let (capBy, cap) = try money("\(name).cap")
        var exact = times * standard * size * Ratio(months)
        say(
            "relief.standard", "标准 × \(timesBy.text) × \(count) 人 × \(months) 个月",
            "standard × \(timesBy.text) × \(count) × \(months) months", exact, by: timesBy, law: .assistance47)
        say("relief.months", "救助 \(months) 个月", "\(months) months", by: monthsBy)
        if let expenses, exact > expenses {
            exact = expenses
            say("relief.expenses", "不超过自行负担的支出", "not above the expenses borne", exact, law: .assistance47)
        }
        if exact > cap {
            exact = cap
            say("relief.cap", "不超过封顶线 \(capBy.text) 元", "capped at \(capBy.text) yuan", exact, by: capBy)
        }
        let amount = try pay(exact, step: try parameter("\(name).step"))
        let (limitBy, limit) = try money("relief.township_limit")
        if Ratio(amount) > limit {
            result.goesToDistrict = true
            say(
                "relief.above_township_limit", "超过镇街审批额度 \(limitBy.text) 元，报区民政",
                "above the township's limit of \(limitBy.text) yuan: it goes to the district", Ratio(amount),
                by: limitBy)
        }
        finish(isEligible: true, amountFen: amount)
    }
}

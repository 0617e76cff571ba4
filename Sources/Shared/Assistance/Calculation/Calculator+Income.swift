import SyncEngine

/// Annual income = wages + net business + land + property + net transfers + support payments − job costs − deductible
/// rigid expenses of the pack; exclusions in the pack (DOMAIN section 5).
extension Calculator {
    /// A year's income of the household, before expenses; or of one person, with a share of what is the household's.
    mutating func income(of person: CalculationInput.Person? = nil) throws -> Ratio {
        let (excludedBy, excluded) = try codes("income.excluded_types")
        let (jobCostBy, jobCost) = try ratio("income.job_cost")
        var total = Ratio.zero
        var received = Ratio.zero
        for item in input.incomes.sorted(by: { $0.id < $1.id }) {
            guard let share = share(of: item, for: person) else { continue }
            let name = IncomeType.title(item.type)
            if excluded.contains(item.type) {
                say(
                    "income.excluded", "\(name)不计入", "not counted: income of type \(item.type)", by: excludedBy,
                    item: item.id)
                continue
            }
            let annual = Ratio(item.amountFen) * Ratio(item.period.timesAYear) * share
            if item.type == IncomeType.support {
                received = received + annual
                say("income.support_received", "收到的赡养抚养扶养费，全年", "support received in a year", annual, item: item.id)
                continue
            }
            say("income.counted", "\(name)，全年", "income of type \(item.type) in a year", annual, item: item.id)
            total = total + annual
            if item.type == IncomeType.wages, jobCost > .zero {
                let cost = annual * jobCost
                let percent = Yuan.text(jobCost * Ratio(10_000 as Int128)).replacing(".00", with: "") + "%"
                total = total - cost
                say(
                    "income.job_cost", "扣除务工成本（工资的 \(percent)）", "less job costs, \(percent) of wages",
                    Ratio.zero - cost, by: jobCostBy, item: item.id)
            }
        }
        return total + support(received: received, for: person)
    }

    /// What supporters owe, or what was received: the higher of both, so that neither counts twice.
    private mutating func support(received: Ratio, for person: CalculationInput.Person?) -> Ratio {
        var due = Ratio.zero
        let share = person == nil ? Ratio(1 as Int128) : Ratio(1, over: Int128(count))
        for supporter in input.supporters.sorted(by: { $0.id < $1.id }) {
            guard let fee = supporter.feeFen, fee > 0 else { continue }
            let annual = Ratio(fee) * Ratio(12 as Int128) * share
            due = due + annual
            say("income.support_due", "应得赡养抚养扶养费，全年", "support due in a year", annual, item: supporter.id)
        }
        guard due > .zero || received > .zero else { return .zero }
        let counted = max(due, received)
        say("income.support", "赡养抚养扶养费按应得与实收中较高者计入", "support: the higher of due and received", counted)
        return counted
    }

    /// What of an item counts for the household (1), or for one person; `nil` when nothing does.
    private mutating func share(
        of item: CalculationInput.Income, for person: CalculationInput.Person?
    ) -> Ratio? {
        let isCurrent = item.from.map { $0 <= day } ?? true && item.to.map { day <= $0 } ?? true
        let isRecent = item.period != .once || item.from.map { day.daysSinceEpoch - $0.daysSinceEpoch < 366 } ?? true
        guard isCurrent, isRecent else {
            if person == nil {
                say("income.not_current", "不在计算日期的收入，不计入", "not counted: not current on the day", item: item.id)
            }
            return nil
        }
        if let owner = item.person {
            guard household.contains(where: { $0.id == owner }) else {
                if person == nil {
                    say("income.not_household", "不是共同生活成员的收入，不计入", "not counted: not of a member", item: item.id)
                }
                return nil
            }
            return person.map { $0.id == owner } ?? true ? Ratio(1 as Int128) : nil
        }
        return person == nil ? Ratio(1 as Int128) : Ratio(1, over: Int128(count))
    }

    /// A year's rigid expenses that the household bears itself; a bill counts once.
    mutating func rigidExpenses() throws -> Ratio {
        let (parameter, types) = try codes("expense.deductible_types")
        var bills: Set<String> = []
        var total = Ratio.zero
        for item in input.expenses.sorted(by: { $0.id < $1.id }) where types.contains(item.type) {
            if let bill = item.billNumber, !bills.insert(bill).inserted {
                warn(
                    "expense \(item.id) bill_no", "票据 \(bill) 已用过，只计一次", "bill \(bill) is used already: it counts once")
                continue
            }
            let name = CodeLists.rigidExpenditure[item.type] ?? item.type
            let borne = Ratio(item.borneFen)
            say(
                "expense.borne", "\(name)支出，自行负担", "expense of type \(item.type), borne oneself", borne, by: parameter,
                item: item.id)
            total = total + borne
        }
        return total
    }

    /// The income that is compared with the standard: never below nothing.
    mutating func countedIncome() throws -> Ratio {
        let income = try income()
        let expenses = try rigidExpenses()
        let counted = max(.zero, income - expenses)
        say(
            "income.annual", "家庭年收入（收入减去刚性支出，不低于 0）", "annual income: income less rigid expenses, not below 0", counted,
            law: .assistance9)
        return counted
    }
}

/// Types of income with a rule of their own (code list `income_type`).
enum IncomeType {
    static let wages = "10"
    static let support = "42"

    /// As a sentence names it: 工资性收入, 经营净收入, 养老金.
    static func title(_ code: String) -> String {
        let name = CodeLists.incomeType[code] ?? code
        return ["10", "21", "90"].contains(code) ? name + "收入" : name
    }
}

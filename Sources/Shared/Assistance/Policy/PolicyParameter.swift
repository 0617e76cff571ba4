package import SyncEngine

/// One value of a policy, for a time.
package struct PolicyParameter: Hashable, Sendable {
    package let name: String
    package let value: Value
    /// The value as the pack writes it, for explanations.
    package let text: String
    package let from: CalendarDay
    /// Its last day; `nil` while no end is known.
    package let until: CalendarDay?
    package let source: PolicySource

    package enum Value: Hashable, Sendable {
        case money(Int64)
        case ratio(Ratio)
        case count(Int)
        case codes([String])
        case amounts([String: Int64])
        case ratios([String: Ratio])
        case choice(String)
    }

    package func isInForce(on day: CalendarDay) -> Bool { from <= day && until.map { day <= $0 } ?? true }
}

/// Where a value of a pack comes from: an article of the document, or nowhere yet.
package enum PolicySource: Hashable, Sendable {
    case article(String)
    /// Not given by the document: a value for demonstration, to be replaced by the district.
    case demo

    package var text: Label {
        switch self {
        case .article(let article): Label(zh: article, en: article)
        case .demo: Label(zh: "演示值，待区民政确定", en: "demo value, to be set by the district")
        }
    }
}

/// The parameters that calculations know (DOMAIN section 5). A pack gives each a value; what it does not give is an
/// error where it is needed, never a default.
package enum PolicyParameterType: Hashable, Sendable {
    /// Yuan as a decimal text.
    case money
    /// A decimal or a fraction as text.
    case ratio
    /// A whole number.
    case count
    /// A list of codes.
    case codes
    /// Yuan by key.
    case amounts
    /// Ratios by key.
    case ratios
    case choice([String])

    package static let all: [String: PolicyParameterType] = [
        "dibao.mode": .choice(["difference", "graded"]),
        "dibao.standard.urban": .money, "dibao.standard.rural": .money, "dibao.step": .money,
        "dibao.grade.income_up_to": .ratios, "dibao.grade.amount": .amounts,
        "dibao.supplement.severe_illness": .ratio, "dibao.supplement.severe_illness.health": .codes,
        "dibao.supplement.severe_disability": .ratio, "dibao.supplement.severe_disability.grades": .codes,
        "dibao.supplement.age": .ratio, "dibao.supplement.age.from": .count,
        "dibao.supplement.minor": .ratio, "dibao.supplement.minor.under": .count,
        "income.excluded_types": .codes, "income.job_cost": .ratio, "expense.deductible_types": .codes,
        "property.deposit.standards_per_person": .ratio, "property.vehicles": .count, "property.houses": .count,
        "property.premises": .count, "property.companies": .count, "property.exemptions": .codes,
        "tekun.age.from": .count, "tekun.minor.under": .count, "tekun.disabilities": .codes,
        "tekun.income_up_to": .ratio, "tekun.basic": .ratio, "tekun.care": .amounts, "tekun.step": .money,
        "relief_expense.income_up_to": .ratio, "relief_expense.expense_share": .ratio,
        "relief_expense.standards": .ratio, "relief_expense.months": .count, "relief_expense.cap": .money,
        "relief_expense.step": .money,
        "relief_urgent.standards": .ratio, "relief_urgent.months": .count, "relief_urgent.cap": .money,
        "relief_urgent.step": .money, "relief.township_limit": .money,
        "elderly_allowance.amount": .amounts,
        "disability_living.amount": .amounts, "disability_living.excluded_by": .codes,
        "disability_care.amount": .amounts, "disability_care.excluded_by": .codes,
        "disability_care.requires_dibao": .choice(["yes", "no"]),
        "payment.starts": .choice(["same_month", "next_month"]), "payment.allocated_by": .count,
    ]

    /// What a pack may leave unsaid: nothing is calculated with it, and where it is missing nothing is told of it.
    package static let optional: Set<String> = ["payment.allocated_by"]

    /// Of one amount of a pack: a hundred million yuan.
    private static let limitFen: Int64 = 10_000_000_000

    private static func fen(_ text: String) -> Int64? { Yuan.fen(text).flatMap { $0 <= limitFen ? $0 : nil } }

    /// The value in this type; `nil` when it is not one.
    func value(_ json: JSONValue) -> PolicyParameter.Value? {
        switch self {
        case .money: json.text.flatMap { Self.fen($0) }.map(PolicyParameter.Value.money)
        case .ratio: json.text.flatMap { Ratio($0) }.map(PolicyParameter.Value.ratio)
        case .count: if case .int(let number) = json, (0...1_000).contains(number) { .count(Int(number)) } else { nil }
        case .codes: Self.codes(json).map(PolicyParameter.Value.codes)
        case .amounts: Self.table(json) { Self.fen($0) }.map(PolicyParameter.Value.amounts)
        case .ratios: Self.table(json) { Ratio($0) }.map(PolicyParameter.Value.ratios)
        case .choice(let choices): json.text.flatMap { choices.contains($0) ? .choice($0) : nil }
        }
    }

    private static func codes(_ json: JSONValue) -> [String]? {
        guard case .array(let elements) = json else { return nil }
        let codes = elements.compactMap(\.text)
        return codes.count == elements.count ? codes : nil
    }

    private static func table<Item>(_ json: JSONValue, _ item: (String) -> Item?) -> [String: Item]? {
        guard case .members(let members) = json, !members.isEmpty else { return nil }
        var table: [String: Item] = [:]
        for member in members {
            guard let value = member.value.text.flatMap(item) else { return nil }
            table[member.key] = value
        }
        return table
    }

    /// How to write it, in a finding.
    var example: String {
        switch self {
        case .money: "\"560.00\""
        case .ratio: "\"1.3\", \"1/3\""
        case .count: "60"
        case .codes: "[\"01\"]"
        case .amounts: "{\"1\": \"100.00\"}"
        case .ratios: "{\"a\": \"1/3\"}"
        case .choice(let choices): choices.map { "\"\($0)\"" }.joined(separator: ", ")
        }
    }
}

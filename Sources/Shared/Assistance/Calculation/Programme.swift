/// The programmes that a township decides (DOMAIN section 3).
package enum Programme: String, Hashable, Sendable, CaseIterable {
    case dibao
    case tekun
    case reliefExpense = "relief_expense"
    case reliefUrgent = "relief_urgent"
    case elderlyAllowance = "elderly_allowance"
    case disabilityLiving = "disability_living"
    case disabilityCare = "disability_care"

    package static let titles: [String: String] = [
        "dibao": "最低生活保障", "tekun": "特困人员救助供养", "relief_expense": "支出型临时救助", "relief_urgent": "急难型临时救助",
        "elderly_allowance": "经济困难老年人补贴", "disability_living": "困难残疾人生活补贴", "disability_care": "重度残疾人护理补贴",
    ]

    package var title: String { Self.titles[rawValue] ?? rawValue }
}

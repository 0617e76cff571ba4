package import SyncEngine

/// The programmes that a township decides (DOMAIN section 3).
package enum Programme: String, Hashable, Sendable, CaseIterable {
    case dibao
    case tekun
    case reliefExpense = "relief_expense"
    case reliefUrgent = "relief_urgent"
    case elderlyAllowance = "elderly_allowance"
    case disabilityLiving = "disability_living"
    case disabilityCare = "disability_care"

    package var label: Label {
        switch self {
        case .dibao: Label(zh: "最低生活保障", en: "Minimum living allowance")
        case .tekun: Label(zh: "特困人员救助供养", en: "Support of persons in extreme hardship")
        case .reliefExpense: Label(zh: "支出型临时救助", en: "Temporary relief (expenses)")
        case .reliefUrgent: Label(zh: "急难型临时救助", en: "Temporary relief (urgent)")
        case .elderlyAllowance: Label(zh: "经济困难老年人补贴", en: "Allowance for elderly persons in hardship")
        case .disabilityLiving: Label(zh: "困难残疾人生活补贴", en: "Living subsidy for disabled persons")
        case .disabilityCare: Label(zh: "重度残疾人护理补贴", en: "Care subsidy for disabled persons")
        }
    }

    /// The unit is a person, not a household.
    package var isPersonal: Bool {
        switch self {
        case .dibao, .reliefExpense, .reliefUrgent: false
        case .tekun, .elderlyAllowance, .disabilityLiving, .disabilityCare: true
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that lists the programmes.
    package init(parsing text: String) throws {
        guard let known = Programme(rawValue: text) else {
            throw Problem(
                .badValue, text,
                explanation: Label(zh: "没有这个救助项目；可用：\(Self.list.zh)", en: "No such programme; known: \(Self.list.en)"))
        }
        self = known
    }

    /// All of them, as they are written and what they are called.
    package static let list = Label(
        zh: allCases.map { "\($0.rawValue) \($0.label.zh)" }.joined(separator: "；"),
        en: allCases.map { "\($0.rawValue) \($0.label.en)" }.joined(separator: "; "))

    /// The Chinese names, by what records hold.
    package static let titles = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.label.zh) })

    package var title: String { label.zh }
}

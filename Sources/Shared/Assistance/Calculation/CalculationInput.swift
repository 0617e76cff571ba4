package import SyncEngine

/// The facts that a calculation rests on, as a plain value: made from records or from a document, and enough to
/// calculate again years later. Money in fen.
package struct CalculationInput: Hashable, Sendable {
    package enum Residence: String, Hashable, Sendable { case urban, rural }

    package var residence: Residence?
    package var persons: [Person] = []
    package var incomes: [Income] = []
    package var expenses: [Expense] = []
    package var properties: [Property] = []
    package var supporters: [Supporter] = []
    /// Whether the household receives 低保; `nil` when it is not known.
    package var receivesDibao: Bool?

    package init() {}

    package struct Person: Hashable, Sendable {
        package var id: String
        package var birthDate: CalendarDay?
        package var deathDate: CalendarDay?
        package var livesHere = true
        package var health: String?
        package var disabilityType: String?
        package var disabilityGrade: String?
        package var disabilityExpiry: CalendarDay?
        package var labourAbility: Ability?
        package var selfCare: Ability?
        /// Of the six daily activities, those the person cannot do alone; `nil` before the assessment.
        package var failedActivities: [String]?
        /// Other benefits, by programme or local code.
        package var receives: [String] = []

        package init(id: String) { self.id = id }
    }

    package enum Ability: String, Hashable, Sendable {
        case full, partial, none

        /// From either spelling of the code list.
        package init?(code: String) {
            switch code {
            case "full", "完全": self = .full
            case "partial", "部分": self = .partial
            case "none", "丧失": self = .none
            default: return nil
            }
        }
    }

    package struct Income: Hashable, Sendable {
        package var id: String
        /// `nil` for income of the household as a whole.
        package var person: String?
        package var type: String
        package var amountFen: Int64
        package var period: Period
        package var from: CalendarDay?
        package var to: CalendarDay?

        package init(
            id: String, person: String? = nil, type: String, amountFen: Int64, period: Period,
            from: CalendarDay? = nil, to: CalendarDay? = nil
        ) {
            self.id = id
            self.person = person
            self.type = type
            self.amountFen = amountFen
            self.period = period
            self.from = from
            self.to = to
        }
    }

    package enum Period: String, Hashable, Sendable {
        case month, quarter, year, once

        package var timesAYear: Int {
            switch self {
            case .month: 12
            case .quarter: 4
            case .year, .once: 1
            }
        }
    }

    /// What the household itself bears of a year's expense.
    package struct Expense: Hashable, Sendable {
        package var id: String
        package var person: String?
        package var type: String
        package var amountFen: Int64
        package var paidFen: Int64?
        package var reimbursedFen: Int64?
        package var billNumber: String?

        package init(
            id: String, person: String? = nil, type: String, amountFen: Int64, paidFen: Int64? = nil,
            reimbursedFen: Int64? = nil, billNumber: String? = nil
        ) {
            self.id = id
            self.person = person
            self.type = type
            self.amountFen = amountFen
            self.paidFen = paidFen
            self.reimbursedFen = reimbursedFen
            self.billNumber = billNumber
        }

        /// What was paid oneself; of both statements the lower.
        package var borneFen: Int64 {
            let left = max(0, amountFen - min(reimbursedFen ?? 0, amountFen))
            return min(paidFen ?? left, left)
        }
    }

    package struct Property: Hashable, Sendable {
        package var id: String
        package var type: PropertyType
        package var valueFen: Int64?
        package var exemption: String?

        package init(id: String, type: PropertyType, valueFen: Int64? = nil, exemption: String? = nil) {
            self.id = id
            self.type = type
            self.valueFen = valueFen
            self.exemption = exemption
        }
    }

    package struct Supporter: Hashable, Sendable {
        package var id: String
        package var isAble: Bool?
        /// A month.
        package var feeFen: Int64?

        package init(id: String, isAble: Bool? = nil, feeFen: Int64? = nil) {
            self.id = id
            self.isAble = isAble
            self.feeFen = feeFen
        }
    }

    /// Whoever belongs to the household on the day, in order of id: what else the order would do is nothing.
    package func household(on day: CalendarDay) -> [Person] {
        persons.filter { person in
            person.livesHere && person.deathDate.map { $0 > day } ?? true && person.birthDate.map { $0 <= day } ?? true
        }.sorted { $0.id < $1.id }
    }
}

/// What the property limits distinguish (DOMAIN section 5).
package enum PropertyType: String, Hashable, Sendable, CaseIterable {
    case deposit, vehicle, house, premises, company

    package static let titles = [
        "deposit": "存款", "vehicle": "车辆", "house": "住房", "premises": "商业用房", "company": "经营中的企业",
    ]

    package var title: String { Self.titles[rawValue] ?? rawValue }

    /// From the code, or from the words of a form.
    package init?(code: String) {
        if let type = PropertyType(rawValue: code) {
            self = type
            return
        }
        switch code {
        case "存款", "现金", "有价证券": self = .deposit
        case "车辆", "汽车", "机动车": self = .vehicle
        case "房产", "住房", "房屋": self = .house
        case "商铺", "商业用房", "门面房": self = .premises
        case "企业", "公司", "经营中的企业": self = .company
        default: return nil
        }
    }

    /// The exemption codes that fit this kind of property (code list `asset_exemption`).
    package var fittingExemptions: Set<String> {
        switch self {
        case .vehicle: ["01", "02", "03"]
        case .deposit: ["04", "05"]
        default: []
        }
    }
}

/// The six daily activities of the assessment (DOMAIN section 5).
package enum DailyActivity {
    package static let titles = [
        "eat": "自主吃饭", "dress": "自主穿衣", "bed": "自主上下床", "toilet": "自主如厕", "walk": "室内自主行走", "bathe": "自主洗澡",
    ]
}

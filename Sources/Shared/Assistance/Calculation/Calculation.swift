package import SyncEngine

/// What a household would get of a programme on a day, with every step that leads there. A trial: it binds nobody; a
/// decision keeps it as its snapshot (R15), and the same input, pack and rule version give the same again.
package struct Calculation: Hashable, Sendable {
    /// Grows with every change of the rules below that could change a result.
    package static let ruleVersion = 1

    package let programme: Programme
    package let day: CalendarDay
    package let pack: PolicyPack
    package let input: CalculationInput
    /// `nil` while facts are missing.
    package internal(set) var isEligible: Bool?
    /// A month; of relief once. `nil` while facts are missing.
    package internal(set) var amountFen: Int64?
    /// Of a programme for persons: each person's part, in order of id.
    package internal(set) var persons: [PersonResult] = []
    /// Of relief: whether the amount is beyond what the township may decide.
    package internal(set) var goesToDistrict = false
    package internal(set) var lines: [Line] = []
    package internal(set) var findings: [Finding] = []

    package struct PersonResult: Hashable, Sendable {
        package let person: String
        package let isEligible: Bool
        package let amountFen: Int64
    }

    /// One line of the explanation.
    package struct Line: Hashable, Sendable {
        /// Stable, for programs: `income.counted`.
        package let code: String
        package let text: Label
        /// In fen, exact.
        package let amount: Ratio?
        package let parameter: PolicyParameter?
        /// The record, or the place in the document, that it is about.
        package let item: String?
        /// The law behind a step that has no parameter.
        package let law: Law?
    }

    /// Facts are missing or contradict each other: nothing is calculated.
    package var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

/// The laws that the steps rest on.
package enum Law: String, Hashable, Sendable {
    /// 低保: eligibility and property.
    case assistance9 = "《社会救助暂行办法》第九条"
    /// 低保: the difference is paid; supplements.
    case assistance12 = "《社会救助暂行办法》第十二条"
    /// 特困: no ability to work, no income, no able supporter.
    case assistance14 = "《社会救助暂行办法》第十四条"
    /// 临时救助.
    case assistance47 = "《社会救助暂行办法》第四十七条"
    /// 两项补贴.
    case disability = "国发〔2015〕52号"
    /// 经济困难老年人补贴.
    case elderly = "《老年人权益保障法》第三十三条"
}

extension Calculation {
    /// Calculates.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter`` for a parameter that the pack does not give on the day.
    package static func calculate(
        _ programme: Programme, _ input: CalculationInput, pack: PolicyPack, on day: CalendarDay
    ) throws -> Calculation {
        var calculator = Calculator(programme, input, pack: pack, day: day)
        try calculator.run()
        var result = calculator.result
        if result.hasErrors {
            result.isEligible = nil
            result.amountFen = nil
            result.persons = []
        }
        return result
    }
}

/// The work of one calculation: reads facts and parameters, says each step.
struct Calculator {
    let input: CalculationInput
    let pack: PolicyPack
    let day: CalendarDay
    let household: [CalculationInput.Person]
    var result: Calculation

    init(_ programme: Programme, _ input: CalculationInput, pack: PolicyPack, day: CalendarDay) {
        self.input = input
        self.pack = pack
        self.day = day
        household = input.household(on: day)
        result = Calculation(programme: programme, day: day, pack: pack, input: input)
        result.findings = pack.warnings(on: day)
    }

    var count: Int { household.count }
    var size: Ratio { Ratio(count) }

    mutating func run() throws {
        guard !household.isEmpty else {
            return missing(
                "members", "没有共同生活的家庭成员，例如 {\"id\": \"1\", \"birth_date\": \"1951-03-02\"}",
                "nobody lives there, such as {\"id\": \"1\", \"birth_date\": \"1951-03-02\"}")
        }
        sayHousehold()
        switch result.programme {
        case .dibao: try dibao()
        case .tekun: try tekun()
        case .reliefExpense: try reliefExpense()
        case .reliefUrgent: try reliefUrgent()
        case .elderlyAllowance: try elderlyAllowance()
        case .disabilityLiving: try disabilitySubsidy("disability_living")
        case .disabilityCare: try disabilitySubsidy("disability_care")
        }
    }

    private mutating func sayHousehold() {
        say("household.size", "共同生活的家庭成员 \(count) 人", "\(count) persons live in the household", law: nil)
        for person in input.persons.sorted(by: { $0.id < $1.id }) where !household.contains(person) {
            say(
                "household.not_counted", "不计入家庭人口：已故、未共同生活或尚未出生",
                "not counted: dead, not living here, or not yet born", item: person.id)
        }
    }

    // MARK: - Steps

    mutating func say(
        _ code: String, _ zh: String, _ en: String, _ amount: Ratio? = nil, by parameter: PolicyParameter? = nil,
        item: String? = nil, law: Law? = nil
    ) {
        result.lines.append(
            Calculation.Line(
                code: code, text: Label(zh: zh, en: en), amount: amount, parameter: parameter, item: item, law: law))
    }

    /// A fact that is needed and is not there.
    mutating func missing(_ field: String, _ zh: String, _ en: String) {
        result.findings.append(Finding(.error, field: field, Label(zh: "\(field)：\(zh)", en: "\(field): \(en)")))
    }

    mutating func warn(_ field: String, _ zh: String, _ en: String) {
        result.findings.append(Finding(.warning, field: field, Label(zh: "\(field)：\(zh)", en: "\(field): \(en)")))
    }

    /// The one rounding, and the end.
    mutating func pay(_ exact: Ratio, step: PolicyParameter) throws -> Int64 {
        guard case .money(let fen) = step.value else { throw wrongType(step) }
        let amount = max(Ratio.zero, exact).roundedUp(to: fen)
        say(
            "amount.rounded", "按 \(step.text) 元向上取整一次", "rounded up once, to \(step.text) yuan", Ratio(amount), by: step
        )
        return amount
    }

    mutating func finish(isEligible: Bool, amountFen: Int64) {
        result.isEligible = isEligible
        result.amountFen = isEligible ? amountFen : 0
    }

    // MARK: - Parameters

    func parameter(_ name: String) throws -> PolicyParameter { try pack.parameter(name, on: day) }

    /// Unreachable for packs that were read: the type belongs to the name.
    func wrongType(_ parameter: PolicyParameter) -> Problem { Problem(.missingParameter, parameter.name) }

    func money(_ name: String) throws -> (PolicyParameter, Ratio) {
        let found = try parameter(name)
        guard case .money(let fen) = found.value else { throw wrongType(found) }
        return (found, Ratio(fen))
    }

    func ratio(_ name: String) throws -> (PolicyParameter, Ratio) {
        let found = try parameter(name)
        guard case .ratio(let ratio) = found.value else { throw wrongType(found) }
        return (found, ratio)
    }

    func count(_ name: String) throws -> (PolicyParameter, Int) {
        let found = try parameter(name)
        guard case .count(let count) = found.value else { throw wrongType(found) }
        return (found, count)
    }

    func codes(_ name: String) throws -> (PolicyParameter, [String]) {
        let found = try parameter(name)
        guard case .codes(let codes) = found.value else { throw wrongType(found) }
        return (found, codes)
    }

    func amounts(_ name: String) throws -> (PolicyParameter, [String: Int64]) {
        let found = try parameter(name)
        guard case .amounts(let amounts) = found.value else { throw wrongType(found) }
        return (found, amounts)
    }

    func choice(_ name: String) throws -> (PolicyParameter, String) {
        let found = try parameter(name)
        guard case .choice(let choice) = found.value else { throw wrongType(found) }
        return (found, choice)
    }

    /// The 低保 standard a month, of town or village; says which. `nil`, and a finding, when the residence is not known.
    mutating func standard() throws -> Ratio? {
        guard let residence = input.residence else {
            missing("residence", "需写明城镇或农村，例如 \"rural\"", "urban or rural is needed, such as \"rural\"")
            return nil
        }
        let (parameter, standard) = try money("dibao.standard.\(residence.rawValue)")
        say(
            "dibao.standard", "\(residence == .urban ? "城市" : "农村")低保标准每人每月 \(parameter.text) 元",
            "\(residence.rawValue) standard, \(parameter.text) yuan a person and month", standard, by: parameter)
        return standard
    }

    /// Whole years on the day; a finding when the date of birth is not known.
    mutating func age(_ person: CalculationInput.Person) -> Int? {
        guard let birth = person.birthDate else {
            missing(
                "member \(person.id) birth_date", "缺出生日期，例如 1951-03-02",
                "the date of birth is needed, such as 1951-03-02")
            return nil
        }
        let (born, now) = (birth.components, day.components)
        let hasHadBirthday = (now.month, now.day) >= (born.month, born.day)
        return now.year - born.year - (hasHadBirthday ? 0 : 1)
    }

    /// A disability whose certificate is good on the day.
    func hasDisability(_ person: CalculationInput.Person, among codes: [String]) -> Bool {
        guard let grade = person.disabilityGrade, person.disabilityExpiry.map({ $0 >= day }) ?? true else {
            return false
        }
        return codes.contains(grade) || person.disabilityType.map { codes.contains("\($0)-\(grade)") } ?? false
    }
}

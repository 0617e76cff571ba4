package import SyncEngine

/// A monthly rule of data quality (R63, 社会救助综合管理平台): what it looks at, where it comes from, what to do when it is
/// broken. The rules are a closed list, ``QualityRule/all``: a new one gets the next code, and no code is used again.
package struct QualityRule: Sendable {
    package enum Severity: String, Sendable, CaseIterable {
        /// The platform refuses the row, or money may be wrong: put right before the monthly report.
        case error
        /// To complete or to look at.
        case warning

        package var label: Label {
            switch self {
            case .error: Label(zh: "必须更正", en: "must be put right")
            case .warning: Label(zh: "需核实", en: "to be looked at")
            }
        }
    }

    /// `Q01`; stable.
    package let code: String
    package let severity: Severity
    package let label: Label
    /// The standard, the obligation or the section that it comes from.
    package let source: Label
    /// The kind of the records that it names.
    package let kind: String
    /// What a person does about it.
    package let next: Label
    let check: @Sendable (HouseholdFile) -> [Violation]

    /// A record that breaks a rule, and what about it; never a personal number.
    struct Violation {
        let record: Linked
        var detail: Label?

        init(_ record: Linked, _ detail: Label? = nil) {
            self.record = record
            self.detail = detail
        }
    }

    init(
        _ code: String, _ severity: Severity, _ zh: String, _ en: String, source: (zh: String, en: String),
        of kind: String, next: (zh: String, en: String),
        _ check: @escaping @Sendable (HouseholdFile) -> [Violation]
    ) {
        self.code = code
        self.severity = severity
        label = Label(zh: zh, en: en)
        self.source = Label(zh: source.zh, en: source.en)
        self.kind = kind
        self.next = Label(zh: next.zh, en: next.en)
        self.check = check
    }

    /// In order of their codes.
    package static let all: [QualityRule] = household + people + facts + cases

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that lists the codes.
    package static func named(_ code: String) throws -> QualityRule {
        if let rule = all.first(where: { $0.code == code.uppercased() }) { return rule }
        let codes = all.map(\.code).joined(separator: " ")
        throw Problem(
            .badValue, code,
            explanation: Label(zh: "没有这条质量规则；有：\(codes)", en: "There is no such rule; there are: \(codes)"))
    }

    /// What breaks this rule in a household, in order of the records' ids.
    package func findings(in file: HouseholdFile) -> [QualityFinding] {
        check(file).map { violation in
            QualityFinding(
                rule: self, household: file.home, record: violation.record, detail: violation.detail)
        }
    }
}

/// A record that breaks a rule.
package struct QualityFinding: Sendable {
    package let rule: QualityRule
    package let household: Linked
    package let record: Linked
    package let detail: Label?

    package var village: String { household.record.scope.code }

    /// Whose record it is, masked; `nil` for what belongs to nobody in particular.
    package var person: String? {
        record.kind.name == memberKind.name ? record.text("name").map(Masking.name) : nil
    }
}

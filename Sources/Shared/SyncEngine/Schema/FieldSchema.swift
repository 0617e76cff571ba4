/// A named, typed part of a record.
///
/// A class, because it is passed along with every edit of every set and has a dozen references of its own to count.
package final class FieldSchema: Sendable {
    package let name: String
    package let type: ValueType
    package let policy: MergePolicy
    package let personalData: PersonalData
    package let label: Label
    /// Each value (each element of a list) must satisfy it.
    package let rule: Rule?
    /// Computed from the other fields on reading; never sent, stored or digested (policy `dr`).
    package let derivation: (@Sendable ([String: Value]) -> Value)?
    /// Only the township's desk may write it.
    package let isDeskOnly: Bool
    /// Noted by the township's program, not by a person: it does not stand against what a person decides of the record.
    package let isMark: Bool

    package init(
        _ name: String, _ type: ValueType, _ policy: MergePolicy, _ personalData: PersonalData, _ label: Label,
        rule: Rule? = nil, isDeskOnly: Bool = false, isMark: Bool = false,
        derivation: (@Sendable ([String: Value]) -> Value)? = nil
    ) {
        self.name = name
        self.type = type
        self.policy = policy
        self.personalData = personalData
        self.label = label
        self.rule = rule
        self.isDeskOnly = isDeskOnly
        self.isMark = isMark
        self.derivation = derivation
    }

    /// Whether each element is a field of its own, added and removed by itself.
    package var isSet: Bool { policy == .setUnion && type == .list }
}

/// What decides between two values whose authors had not seen each other (DOMAIN section 4).
package enum MergePolicy: Hashable, Sendable {
    /// `im`: written once; a second write is refused to quarantine.
    case immutable
    /// `lv`: the latest (visit date, hybrid clock, device) stands; a flagged clock turns it into `hr`, and so does a
    /// difference of more than `reviewAbovePercent` of the larger amount.
    case latestVisit(reviewAbovePercent: Int64? = nil)
    /// `tw`: the township's value stands; between two stations it acts as `hr`.
    case townshipWins
    /// `su`: a set; each element is added or removed by itself, and an addition stands against a removal.
    case setUnion
    /// `hr`: the value already at the server stands, and a person decides.
    case humanReview
    /// `hr` always: what a station changes waits for the township, even when its author had seen what stands. Only what
    /// was not set it may set. The desk decides at once.
    case verification
    /// `mn`: never un-happens; only the desk can clear it, with a reason. Two different values act as `hr`.
    case monotone
    /// `dr`: computed, never merged.
    case derived

    /// The two letters of DOMAIN section 4.
    package var code: String {
        switch self {
        case .immutable: "im"
        case .latestVisit: "lv"
        case .townshipWins: "tw"
        case .setUnion: "su"
        case .humanReview, .verification: "hr"
        case .monotone: "mn"
        case .derived: "dr"
        }
    }
}

/// How sensitive a field is under the Personal Information Protection Law (DOMAIN section 4, PII).
package enum PersonalData: String, Sendable {
    case none = "N"
    case personal = "P"
    /// Article 28: health, bank accounts, minors.
    case sensitive = "S"
}

/// A check of one value. It explains itself in both languages.
///
/// A class for the same reason as ``FieldSchema``.
package final class Rule: Sendable {
    /// What is wrong with the value, or `nil`. Gets no null.
    package let check: @Sendable (Value, RuleContext) -> Finding?
    /// The codes the field allows with their texts, when it has a code list.
    package let codes: [String: Label]?
    /// Codes of the list that are another spelling of one: taken and read, and offered to nobody.
    package let alternates: Set<String>

    /// The codes that a form offers.
    package var offered: [String: Label]? { codes?.filter { !alternates.contains($0.key) } }

    package init(
        codes: [String: Label]? = nil, alternates: Set<String> = [],
        _ check: @escaping @Sendable (Value, RuleContext) -> Finding?
    ) {
        self.codes = codes
        self.alternates = alternates
        self.check = check
    }
}

/// A check over a whole record's stored values, by field name, after the set that changes it.
package typealias RecordRule = @Sendable ([String: Value], RuleContext) -> [Finding]

/// What rules may look at besides the values.
package struct RuleContext: Sendable {
    package let today: CalendarDay

    package init(today: CalendarDay) { self.today = today }
}

/// What a rule found.
package struct Finding: Hashable, Sendable {
    /// A warning is told to the person at capture; an error refuses the value.
    package enum Severity: Hashable, Sendable { case warning, error }

    package let severity: Severity
    /// The field it is about, when the rule knows better than its caller.
    package let field: String?
    package let message: Label

    package init(_ severity: Severity = .error, field: String? = nil, _ message: Label) {
        self.severity = severity
        self.field = field
        self.message = message
    }
}

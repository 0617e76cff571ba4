import SyncEngine

/// Shorthand in which kinds are declared: one line a field.
func field(
    _ name: String, _ type: ValueType, _ policy: MergePolicy, _ pii: PersonalData, _ zh: String, _ en: String,
    _ rule: Rule? = nil, derivation: (@Sendable ([String: Value]) -> Value)? = nil
) -> FieldSchema {
    FieldSchema(name, type, policy, pii, Label(zh: zh, en: en), rule: rule, derivation: derivation)
}

let householdParent = [ParentField("household", kind: "household")]
let itemParents = [ParentField("household", kind: "household"), ParentField("member", kind: "member")]

extension MergePolicy {
    static let lv = MergePolicy.latestVisit()
    /// `lv`, and for a person past 20 % (DOMAIN section 4, income_item).
    static let lvAmount = MergePolicy.latestVisit(reviewAbovePercent: 20)
    static let tw = MergePolicy.townshipWins
    static let su = MergePolicy.setUnion
    static let hr = MergePolicy.humanReview
    /// `hr`, also for what one station alone changes (DOMAIN section 4, bank_account: the fraud path).
    static let hrAlways = MergePolicy.verification
    static let mn = MergePolicy.monotone
    static let im = MergePolicy.immutable
    static let dr = MergePolicy.derived
}

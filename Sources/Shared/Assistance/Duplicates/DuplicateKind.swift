package import SyncEngine

/// Two records that may be the same, or one person's benefits that exclude each other: found by the township at merge
/// and by night, decided by a clerk (DOMAIN section 9; R47, R65). It names records and no personal data.
package enum DuplicateRecord {
    package static let kindName = "duplicate"

    /// What was found. All but the last are proposals to merge two records.
    package enum Rule: String, CaseIterable, Sendable {
        case onePersonTwice = "same_person_one_household"
        case twoHouseholds = "same_person_two_households"
        case twoVillages = "same_person_two_villages"
        case householdTwice = "same_household_twice"
        /// A finding: two cases in force that exclude each other. Cases are not merged; one of them is stopped.
        case twoProgrammes = "same_person_two_programmes"

        package var label: Label {
            switch self {
            case .onePersonTwice: Label(zh: "同一人在一户登记两次", en: "One person twice in a household")
            case .twoHouseholds: Label(zh: "同一人登记在两户", en: "One person in two households")
            case .twoVillages: Label(zh: "同一人登记在两个村（居）", en: "One person in two villages")
            case .householdTwice: Label(zh: "同一户登记两次", en: "One household twice")
            case .twoProgrammes: Label(zh: "同一人享受互斥的两项救助", en: "One person, two benefits that exclude each other")
            }
        }
    }

    package enum State: String, CaseIterable, Sendable {
        case open
        /// A clerk has merged the two.
        case merged
        /// A clerk has looked: it is none. It is not proposed again.
        case notDuplicate = "not_duplicate"
        /// It no longer holds: a number was corrected, a record deleted, a case stopped.
        case gone

        package var label: Label {
            switch self {
            case .open: Label(zh: "待处理", en: "open")
            case .merged: Label(zh: "已合并", en: "merged")
            case .notDuplicate: Label(zh: "不是重复", en: "not a duplicate")
            case .gone: Label(zh: "已消除", en: "gone")
            }
        }
    }

    /// The fields that name the two.
    package static let namingFields = ["first", "second"]

    package static let kind = KindSchema(
        kindName, label: Label(zh: "疑似重复", en: "Duplicate"), isAppendOnly: true, isRegional: true,
        lookupFields: namingFields,
        fields: [
            desk("rule", .text, .tw, "规则", "Rule", Rules.codes(codes(Rule.allCases.map { ($0.rawValue, $0.label) }))),
            desk("first", .reference, .im, "记录一", "First record"),
            desk("second", .reference, .im, "记录二", "Second record"),
            desk(
                "state", .text, .tw, "状态", "State", Rules.codes(codes(State.allCases.map { ($0.rawValue, $0.label) }))),
            desk("kept", .reference, .tw, "保留的记录", "Kept"),
            desk("decided_by", .text, .tw, "处理人", "Decided by", Rules.text(64)),
            desk("decided_at", .time, .tw, "处理时间", "Decided at"),
            desk("reason", .text, .tw, "理由", "Why", Rules.text(500)),
        ])

    private static func desk(
        _ name: String, _ type: ValueType, _ policy: MergePolicy, _ zh: String, _ en: String,
        _ rule: SyncEngine.Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, policy, .none, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    private static func codes(_ labels: [(String, Label)]) -> [String: Label] {
        Dictionary(labels) { first, _ in first }
    }

    /// The same pair always has the same record, so that finding it twice changes nothing, and what a clerk dismissed
    /// stays dismissed.
    package static func id(of a: RecordID, _ b: RecordID) -> RecordID {
        RecordID.named(Hash256(of: Array("duplicate\0".utf8) + min(a, b).bytes + max(a, b).bytes))
    }
}

/// What was found about two records.
package struct Duplicate: Hashable, Sendable {
    package let rule: DuplicateRecord.Rule
    /// The smaller id first.
    package let first: RecordID
    package let second: RecordID

    package init(_ rule: DuplicateRecord.Rule, _ a: RecordID, _ b: RecordID) {
        self.rule = rule
        first = min(a, b)
        second = max(a, b)
    }

    package var id: RecordID { DuplicateRecord.id(of: first, second) }
}

extension IdentityNumber {
    /// What stays the same of a person's number however it is written: the 17 digits before the check digit. An old
    /// number of 15 digits is one of the twentieth century (GB 11643, appendix), and `x` is `X`.
    /// - Returns: `nil` for what is no identity number.
    package static func person(_ text: String) -> String? {
        let digits = text.utf8.prefix { $0 >= 48 && $0 <= 57 }.count
        switch (text.utf8.count, digits) {
        case (15, 15): return "\(text.prefix(6))19\(text.dropFirst(6))"
        case (18, 17...): return String(text.prefix(17))
        default: return nil
        }
    }
}

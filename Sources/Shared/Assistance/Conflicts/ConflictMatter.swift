package import SyncEngine

/// What a conflict is about. What can pay the wrong person, or the wrong amount, comes first.
package enum ConflictMatter: String, Sendable, CaseIterable {
    /// Where money goes: the fraud path (DOMAIN section 4, bank_account).
    case account = "bank_account"
    /// Who somebody is: name and identity number.
    case identity
    /// How much: every amount.
    case money
    /// Whether something is still there, over what others wrote unseen.
    case deletion
    case other

    /// - Parameters:
    ///   - kind: of the record.
    ///   - fields: the field, or those of the group, that stand or fall together.
    package init(kind: String, fields: [String]) {
        if fields == [Effect.deleted] {
            self = .deletion
        } else if kind == bankAccountKind.name {
            self = .account
        } else if fields.contains("id_number") {
            self = .identity
        } else if fields.contains(where: { $0.hasSuffix("_fen") }) {
            self = .money
        } else {
            self = .other
        }
    }

    /// Is decided before the others.
    package var isGrave: Bool { self == .account || self == .identity || self == .money }

    package var label: Label {
        switch self {
        case .account: Label(zh: "银行账户", en: "bank account")
        case .identity: Label(zh: "身份", en: "identity")
        case .money: Label(zh: "金额", en: "money")
        case .deletion: Label(zh: "删除", en: "deletion")
        case .other: Label(zh: "其他", en: "other")
        }
    }
}

package import SyncEngine

/// What of a record is masked on the desk's pages for whoever has not asked for it with a reason (PIPL article 28; DOMAIN
/// section 9). Files, which leave the desk, show less (``Masking/value(_:of:)``).
extension Masking {
    /// Whole or in part hidden.
    package enum Form: Sendable {
        /// Beginning and end of an identity or certificate number stay.
        case number
        /// The last four digits of an account stay.
        case account
        /// An illness: nothing stays.
        case whole
    }

    private static let illness: Set<String> = [
        "health", "disease", "failed_activities", "answers",
        // Documents in JSON that hold such facts of everybody in the household.
        "calculation", "per_member",
    ]

    /// How a field of a kind is masked; `nil` when it is shown as it is.
    package static func form(of field: String, in kind: String) -> Form? {
        if illness.contains(field) { return .whole }
        if field == "account_number" || (kind == "bank_account" && field == "number") { return .account }
        if field == "id_number" || field.hasSuffix("_id_number") || field == "disability_certificate" { return .number }
        return nil
    }

    /// A value as it is shown; a group's and a conflict's values one by one.
    package static func masked(_ value: Value, of field: String, in kind: String) -> Value {
        if case .text(let text) = value, let hidden = conflictText(text, of: field, in: kind) { return .text(hidden) }
        guard let form = form(of: field, in: kind), !value.isNull else { return withoutLongNumbers(value) }
        return switch (form, value) {
        case (.number, .text(let text)): .text(identityNumber(text))
        case (.account, .text(let text)): .text(account(text))
        default: .text(hidden)
        }
    }

    /// Identity numbers and accounts that stand in a text.
    private static func withoutLongNumbers(_ value: Value) -> Value {
        switch value {
        case .text(let text) where RecordID(text) == nil: .text(numbers(in: text, alsoPhones: false))
        case .list(let elements): .list(elements.map { numbers(in: $0, alsoPhones: false) })
        default: value
        }
    }

    /// The values of a conflict may be of any field, which the desk for conflicts
    /// masks by its rule; here none of them is shown.
    private static func conflictText(_ text: String, of field: String, in kind: String) -> String? {
        kind == ConflictRecord.kindName && conflictValues.contains(field) && text != "null" ? hidden : nil
    }

    private static let conflictValues: Set<String> = ["base", "mine", "theirs", "standing"]

    /// What a set did to a record of a kind, its values masked.
    package static func masked(_ item: HistoryItem, kind: KindSchema) -> HistoryItem {
        var item = item
        item.effects = item.effects.map { effect in
            var shown = effect
            shown.old = masked(effect.old, of: effect.field, in: kind.name)
            shown.new = masked(effect.new, of: effect.field, in: kind.name)
            shown.element = effect.element.map { masked(.text($0), of: effect.field, in: kind.name).text ?? hidden }
            return shown
        }
        item.reason = numbers(in: item.reason, alsoPhones: false)
        return item
    }

    /// `6228480402564890018` as `***************0018`.
    package static func account(_ number: String) -> String {
        guard number.count > 8 else { return String(repeating: "*", count: number.count) }
        return String(repeating: "*", count: number.count - 4) + String(number.suffix(4))
    }
}

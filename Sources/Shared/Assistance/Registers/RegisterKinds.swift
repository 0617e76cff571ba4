import SyncEngine

/// The registers of the work around the cases (R4–R9, R23, R48–R62, R67, R68; DOMAIN section 4, last rows): plain kinds.
///
/// A record lives where it was written: at the township, or in the village that wrote it offline. `village` says which
/// village a record of the township is about. None is regional: they name people, and a village needs only its own.
/// Nothing here is deleted: stations cannot, and the township closes.
enum RegisterKinds {
    static let all: [KindSchema] = [
        staff, station, stipend, guidance, finding, sampleCheck, sampledHousehold, dishonesty, publicity, enquiry,
        complaint, escalation, transferSlip,
    ]

    /// A kind with its rules of entry.
    /// - Parameters:
    ///   - needs: fields that are asked for while they are empty; never a refusal.
    ///   - order: pairs of dates of which the second is never before the first.
    static func kind(
        _ name: String, _ zh: String, _ en: String, parents: [ParentField] = [], scopeField: String? = nil,
        needs: [String], order: [(String, String)] = [], searchFields: [String] = [], fields: [FieldSchema]
    ) -> KindSchema {
        let labels = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.label) })
        func label(_ field: String) -> Label { labels[field] ?? Label(zh: field, en: field) }
        let missing = needs.map { ($0, label($0)) }
        let pairs = order.map { (earlier: $0.0, later: $0.1, labels: (label($0.0), label($0.1))) }
        return KindSchema(
            name, label: Label(zh: zh, en: en), parents: parents, scopeField: scopeField, isAppendOnly: true,
            searchFields: searchFields,
            recordRule: { fields, _ in
                missing.filter { fields[$0.0]?.isNull ?? true }.map { name, label in
                    Finding(
                        .warning, field: name, Label(zh: "请补填“\(label.zh)”", en: "To complete: \(label.en)"))
                }
                    + pairs.compactMap { pair in
                        guard case .date(let earlier)? = fields[pair.earlier],
                            case .date(let later)? = fields[pair.later], later < earlier
                        else { return nil }
                        let (a, b) = pair.labels
                        return Finding(
                            field: pair.later,
                            Label(
                                zh: "“\(b.zh)” \(later) 早于“\(a.zh)” \(earlier)",
                                en: "\(b.en), \(later), is before \(a.en), \(earlier)"))
                    }
            }, fields: fields)
    }

    /// A field of the township's or of a village that it may correct.
    static func entry(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil,
        _ policy: MergePolicy = .tw
    ) -> FieldSchema {
        FieldSchema(name, type, policy, .personal, Label(zh: zh, en: en), rule: rule)
    }

    /// A field that the township alone writes.
    static func desk(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil,
        _ policy: MergePolicy = .tw
    ) -> FieldSchema {
        FieldSchema(name, type, policy, .personal, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    // MARK: - Rules of single values

    /// `2026-11`
    static let month = Rule { value, _ in
        guard let text = value.text, Month(text) == nil else { return nil }
        return Finding(.error, Label(zh: "月份写作 2026-11", en: "A month is written 2026-11"))
    }

    /// What is published names nobody by number (R59): no run of digits as long as an identity or account number.
    static func published(_ limit: Int) -> Rule {
        Rule { value, context in
            if let finding = Rules.text(limit).check(value, context) { return finding }
            guard let text = value.text, hasLongNumber(text) else { return nil }
            let rule = CaseRule(59).label
            return Finding(
                .error,
                Label(
                    zh: "公开的内容不得出现完整的身份证号或账号，请遮住中间几位（\(rule.zh)）",
                    en: "What is published gives no full identity or account number; mask its middle (\(rule.en))"))
        }
    }

    /// Digits of the shortest number that is never published: an identity number of the old form.
    private static let longNumberDigits = 15

    private static func hasLongNumber(_ text: String) -> Bool {
        var run = 0
        for byte in text.utf8 {
            run = (48...57).contains(byte) ? run + 1 : 0
            if run >= longNumberDigits { return true }
        }
        return false
    }
}

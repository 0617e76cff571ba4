package import SyncEngine

/// That somebody at the desk asked to see what is masked, and why (issue 5, item 1; R47; PIPL article 28). The desk
/// writes it into the log before anything is shown, so it is in the tamper-evident log like every change. It belongs to
/// the township: a village is not told who looked.
package enum Disclosure {
    package static let kindName = "disclosure"
    /// How long what was asked for is shown, in minutes.
    package static let minutes: Int64 = 15
    /// Characters of a reason, at least.
    package static let reasonCharacters = 6

    private static let roles = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0.rawValue, $0.label) })

    package static let kind = KindSchema(
        kindName, label: Label(zh: "查看敏感信息", en: "Disclosure"), isAppendOnly: true,
        lookupFields: ["household", "subject"],
        fields: [
            desk("account", .text, "账号", "Account", Rules.text(64)),
            desk("person", .text, "姓名", "Person", Rules.text(64)),
            desk("role", .text, "岗位", "Role", Rules.codes(roles)),
            desk("subject", .reference, "查看的记录", "Record asked for"),
            desk("household", .reference, "所属住户", "Household"),
            desk("fields", .text, "范围", "Fields", Rules.text(200)),
            desk("reason", .text, "理由", "Reason", Rules.text(500)),
            desk("at", .time, "时间", "At"),
        ])

    private static func desk(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, .immutable, .personal, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    /// The fields of one that names no record: a file with everything in clear, such as `export households.xlsx`.
    /// - Throws: ``Problem`` ``Problem/Code/reasonNeeded`` without a reason.
    package static func fields(
        of what: String, reason: String, to account: String, at now: Instant
    ) throws -> [(String, Value)] {
        guard isReason(reason) else { throw Problem(.reasonNeeded, what) }
        return [
            ("account", .text(account)), ("fields", .text(what)), ("reason", .text(reason)), ("at", .time(now)),
        ]
    }

    /// A reason that says something: long enough, and not one character over and over.
    package static func isReason(_ text: String) -> Bool {
        let said = text.filter { !$0.isWhitespace }
        return said.count >= reasonCharacters && Set(said).count > 2
    }
}

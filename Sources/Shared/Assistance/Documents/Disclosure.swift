package import SyncEngine

/// That somebody had values shown to him that are masked otherwise: what, why, who and when (R47; DOMAIN section 9). It
/// is put on record before anything is shown.
package enum Disclosure {
    package static let kindName = "disclosure"

    package static let kind = KindSchema(
        kindName, label: Label(zh: "明文查阅", en: "Disclosure"), isAppendOnly: true,
        recordRule: { fields, _ in
            ["what", "reason", "shown_to", "shown_at"].filter { fields[$0] == nil }.map { (name: String) -> Finding in
                Finding(field: name, Label(zh: "明文查阅要写明 \(name)", en: "A disclosure says \(name)"))
            }
        },
        fields: [
            desk("what", .text, "内容", "What", Rules.text(200)),
            desk("reason", .text, "理由", "Reason", Rules.text(500)),
            desk("shown_to", .text, "查阅人", "Shown to", Rules.text(64)), desk("shown_at", .time, "时间", "Shown at", nil),
        ])

    private static func desk(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule?
    ) -> FieldSchema {
        FieldSchema(name, type, .im, .none, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    /// The fields of one.
    /// - Throws: ``Problem`` ``Problem/Code/reasonNeeded`` without a reason.
    package static func fields(
        of what: String, reason: String, to person: String, at now: Instant
    ) throws -> [(String, Value)] {
        guard reason.contains(where: { !$0.isWhitespace }) else { throw Problem(.reasonNeeded, what) }
        return [
            ("what", .text(what)), ("reason", .text(reason)), ("shown_to", .text(person)), ("shown_at", .time(now)),
        ]
    }
}

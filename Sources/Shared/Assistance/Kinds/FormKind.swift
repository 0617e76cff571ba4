import SyncEngine

/// A questionnaire of the township's: data, so that a changed one needs no new program. Every version is kept, for a
/// visit names the one it was asked with.
let formKind = KindSchema(
    "form", label: Label(zh: "调查表", en: "Form"), isAppendOnly: true, isRegional: true,
    fields: [
        deskField("name", .text, "表名", "Name", Rules.text(64)),
        deskField("version", .int64, "版本", "Version", Rules.notNegative),
        deskField("document", .text, "内容（JSON）", "Document (JSON)"),
    ])

private func deskField(
    _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil
) -> FieldSchema {
    FieldSchema(name, type, .immutable, .none, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
}

package import SyncEngine

/// A question of the township's to a village, about one field of a record of a household: it reaches the stations of the
/// household's village as a task, and their answer comes back with the next sync. Asking decides nothing.
package let questionKind = KindSchema(
    "question", label: Label(zh: "核实单", en: "Question"), parents: householdParent, isAppendOnly: true,
    lookupFields: ["conflict"],
    fields: [
        asked("household", .reference, "所属住户", "Household"),
        asked("record", .reference, "所问的记录", "Record"),
        asked("field", .text, "所问的字段", "Field", Rules.text(64)),
        asked("conflict", .reference, "所属冲突", "Conflict"),
        asked("text", .text, "问题", "Question", Rules.text(500)),
        asked("asked_by", .text, "提问人", "Asked by", Rules.text(64)),
        asked("asked_on", .date, "提问日期", "Asked on"),
        field("answer", .text, .lv, .sensitive, "答复", "Answer", Rules.text(2_000)),
        field("answered_by", .text, .lv, .personal, "答复人", "Answered by", Rules.text(64)),
    ])

private func asked(
    _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil
) -> FieldSchema {
    FieldSchema(name, type, .im, .sensitive, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
}

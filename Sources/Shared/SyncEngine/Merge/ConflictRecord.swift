/// The record of a conflict: of the engine's own kind, in the scope of the record it is about, so that it travels,
/// is digested and has a history like every other record.
package enum ConflictRecord {
    package static let kindName = "conflict"

    package enum State: String, Sendable {
        case open
        /// An edit by someone who had seen the conflict closed it.
        case superseded
        /// A person decided it.
        case resolved
    }

    package static let kind = KindSchema(
        kindName, label: Label(zh: "冲突", en: "Conflict"), parents: [ParentField("record", kind: nil)], isSystem: true,
        lookupFields: ["state"],
        fields: [
            field("record", .reference, "记录", "Record"),
            field("record_kind", .text, "记录种类", "Kind of record"),
            field("field", .text, "字段", "Field or group"),
            field("element", .text, "元素", "Element"),
            field("policy", .text, "合并规则", "Policy"),
            field("base", .text, "原值", "Base"),
            field("mine", .text, "后到的值", "Decided later"),
            field("theirs", .text, "已有的值", "Already there"),
            field("standing", .text, "现行值", "Standing"),
            field("state", .text, "状态", "State"),
            field("authors", .list, "填写人", "Authors"),
            field("seqs", .list, "序号", "Sequence numbers"),
        ])

    private static func field(_ name: String, _ type: ValueType, _ zh: String, _ en: String) -> FieldSchema {
        FieldSchema(name, type, .townshipWins, .sensitive, Label(zh: zh, en: en))
    }

    /// Deterministic: from the record, the field or group, and the seq that opened it.
    package static func id(record: RecordID, key: FieldKey, openedAt seq: Seq) -> RecordID {
        var bytes = record.bytes
        bytes += Array(key.field.utf8) + [0] + Array((key.element ?? "").utf8) + [0]
        withUnsafeBytes(of: seq.bigEndian) { bytes.append(contentsOf: $0) }
        return RecordID.named(Hash256(of: bytes))
    }
}

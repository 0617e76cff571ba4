package import SyncEngine

/// A signed policy pack as a record: immutable content with its signature, written by the desk alone and carried to
/// every village below (R3). Whether it is active the township decides, after the training (R55).
package struct PolicyPackRecord: Hashable, Sendable {
    package static let kindName = "policy_pack"

    package static let kind = KindSchema(
        kindName, label: Label(zh: "政策包", en: "Policy pack"), isAppendOnly: true, isRegional: true,
        fields: [
            desk("pack", .text, .im, "名称", "Pack"),
            desk("content", .text, .im, "内容", "Content (JSON)"),
            desk("signature", .text, .im, "签名", "Signature"),
            desk("key", .text, .im, "签名公钥", "Key"),
            desk("activated_at", .time, .tw, "启用时间", "Activated at"),
            desk("activated_by", .text, .tw, "启用人", "Activated by"),
            desk("training", .reference, .tw, "培训", "Training"),
            desk("override_reason", .text, .tw, "未培训先启用的理由", "Why without training"),
        ])

    package let id: RecordID
    package let seq: Seq
    package let name: String
    package let content: String
    /// 64 bytes of Ed25519 over ``signedBytes(_:)``.
    package let signature: [UInt8]
    package let key: [UInt8]
    package let activatedAt: Instant?
    package let activatedBy: String?
    package let training: RecordID?
    package let overrideReason: String?

    /// - Returns: `nil` for a record that is no pack.
    package init?(_ record: Record) {
        let kind = Self.kind
        guard record.kind == Self.kindName, !record.isDeleted, let name = record.value("pack", in: kind).text,
            let content = record.value("content", in: kind).text,
            let signature = record.value("signature", in: kind).text.flatMap({ Hex.decode($0) }),
            let key = record.value("key", in: kind).text.flatMap({ Hex.decode($0) })
        else { return nil }
        id = record.id
        seq = record.seq
        self.name = name
        self.content = content
        self.signature = signature
        self.key = key
        if case .time(let instant) = record.value("activated_at", in: kind) {
            activatedAt = instant
        } else {
            activatedAt = nil
        }
        activatedBy = record.value("activated_by", in: kind).text
        training = record.value("training", in: kind).recordID
        overrideReason = record.value("override_reason", in: kind).text
    }

    /// What the district signs: the text, marked as a pack, so that the signature is good for nothing else.
    package static func signedBytes(_ content: String) -> [UInt8] { Array("ruhu policy pack 1\n\(content)".utf8) }
}

/// A public key of the district that this township trusts to sign policy packs.
package let districtKeyKind = KindSchema(
    "district_key", label: Label(zh: "区民政公钥", en: "District key"), isAppendOnly: true, isRegional: true,
    fields: [desk("key", .text, .im, "公钥", "Key"), desk("name", .text, .im, "名称", "Name")])

/// A training session (R54); one that names a pack lets it be activated (R55).
package let trainingKind = KindSchema(
    "training", label: Label(zh: "培训", en: "Training"),
    fields: [
        field("pack", .text, .tw, .personal, "政策包", "Pack", Rules.text(64)),
        field("topic", .text, .tw, .personal, "内容", "Topic", Rules.text(200)),
        field("held_on", .date, .tw, .personal, "日期", "Held on", Rules.past),
        field("trainer", .text, .tw, .personal, "讲授人", "Trainer", Rules.text(64)),
        field("attendees", .list, .su, .personal, "参加人", "Attendees", Rules.text(64)),
    ])

private func desk(
    _ name: String, _ type: ValueType, _ policy: MergePolicy, _ zh: String, _ en: String
) -> FieldSchema {
    FieldSchema(name, type, policy, .none, Label(zh: zh, en: en), isDeskOnly: true)
}

package import SyncEngine

/// A photo, a signature or a document of any record. The record names the file by its SHA-256; the file itself
/// travels apart, so a record that names a blob may be here before it.
package struct Attachment: Hashable, Sendable {
    package static let kindName = "attachment"

    /// What a file is.
    package static let kinds = ["photo": "照片", "signature": "签字", "document": "文件"]

    package static let kind = KindSchema(
        kindName, label: Label(zh: "附件", en: "Attachment"), parents: [ParentField("record", kind: nil)],
        naturalKeys: [NaturalKey(required: ["sha256"])], lookupFields: ["sha256"],
        recordRule: { fields, _ in
            ["record", "sha256", "kind", "size"].filter { fields[$0]?.isNull ?? true }.map { name in
                Finding(field: name, Label(zh: "附件由 ruhu attach 建立", en: "Attachments are made by ruhu attach"))
            }
        },
        fields: [
            field("record", .reference, .im, .sensitive, "所属记录", "Record"),
            field("sha256", .text, .im, .sensitive, "内容校验", "SHA-256", Rules.sha256),
            field("kind", .text, .im, .sensitive, "类别", "Kind", Rules.codes(kinds)),
            field("page", .int64, .lv, .sensitive, "页码", "Page", Rules.page),
            field("name", .text, .lv, .sensitive, "文件名", "File name", Rules.text(200)),
            field("media_type", .text, .lv, .sensitive, "格式", "Media type", Rules.text(100)),
            field("size", .int64, .im, .sensitive, "大小（字节）", "Size (bytes)", Rules.blobSize),
            FieldSchema(
                "arrived_at", .time, .tw, .sensitive, Label(zh: "到达镇街", en: "Arrived"), isDeskOnly: true,
                isMark: true),
        ])

    package let id: RecordID
    package let scope: Scope
    /// 0 while the township does not have the record.
    package let seq: Seq
    package let sha256: Hash256
    package let kind: String
    package let page: Int64?
    package let name: String
    package let mediaType: String
    /// In bytes.
    package let size: UInt64
    /// When the township had the whole file; `nil` while it waits.
    package let arrivedAt: Instant?

    /// - Returns: `nil` for a record that is no attachment.
    package init?(_ record: Record) {
        let kind = Self.kind
        guard record.kind == Self.kindName, let text = record.value("sha256", in: kind).text,
            let hash = Hex.decode(text).flatMap({ Hash256(bytes: $0) }),
            let size = record.value("size", in: kind).int64, size > 0
        else { return nil }
        id = record.id
        scope = record.scope
        seq = record.seq
        sha256 = hash
        self.kind = record.value("kind", in: kind).text ?? ""
        page = record.value("page", in: kind).int64
        name = record.value("name", in: kind).text ?? ""
        mediaType = record.value("media_type", in: kind).text ?? ""
        self.size = UInt64(size)
        if case .time(let instant) = record.value("arrived_at", in: kind) {
            arrivedAt = instant
        } else {
            arrivedAt = nil
        }
    }

    /// The media type of a file by its first bytes, of the formats that phones and scanners write.
    package static func mediaType(ofFirst bytes: some Collection<UInt8>) -> String {
        let first = Array(bytes.prefix(12))
        func begins(_ magic: [UInt8]) -> Bool { first.starts(with: magic) }
        if begins([0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if begins([0x89] + Array("PNG\r\n".utf8)) { return "image/png" }
        if begins(Array("%PDF-".utf8)) { return "application/pdf" }
        if begins(Array("RIFF".utf8)), first.dropFirst(8).elementsEqual("WEBP".utf8) { return "image/webp" }
        if first.dropFirst(4).starts(with: "ftyphei".utf8) || first.dropFirst(4).starts(with: "ftypmif".utf8) {
            return "image/heic"
        }
        return "application/octet-stream"
    }
}

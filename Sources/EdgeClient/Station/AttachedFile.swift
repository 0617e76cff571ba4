import Assistance
import CommandSupport
import SyncEngine

/// A file that was copied into the station's folder, to be attached to a record.
struct AttachedFile: Hashable {
    /// Of ``Attachment/kinds``.
    var kind: String
    var page: Int64?
    var blob: Hash256
    /// In bytes.
    var size: UInt64
    var name: String
    var mediaType: String

    /// Copies a file in.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for another kind; as ``BlobFolder/adopt(_:isWanted:)``.
    init(path: String, kind: String, page: Int64? = nil, station: Station) throws {
        guard Attachment.kinds[kind] != nil else { throw Problem(.badValue, "--kind \(kind)") }
        let (blob, size, first) = try station.blobs.adopt(path) { try station.checkFreeSpace(needed: $0) }
        self.kind = kind
        self.page = page
        self.blob = blob
        self.size = size
        name = String((path.split(separator: "/").last.map(String.init) ?? path).prefix(200))
        mediaType = Attachment.mediaType(ofFirst: first)
    }

    /// The attachment of a record.
    func writes(record: RecordID) -> [FieldWrite] {
        [
            .set("record", .text(record.description)), .set("sha256", .text(blob.description)),
            .set("kind", .text(kind)), .set("page", page.map(Value.int64) ?? .null), .set("name", .text(name)),
            .set("media_type", .text(mediaType)), .set("size", .int64(Int64(size))),
        ]
    }
}

extension AttachedFile {
    /// `kind`, `sha256`, `size`, `name`, `mediaType`.
    var json: JSONValue {
        .object([
            ("kind", .string(kind)), ("sha256", .string(blob.description)), ("size", .int(Int64(size))),
            ("name", .string(name)), ("mediaType", .string(mediaType)),
        ])
    }

    /// From its ``json``.
    init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.text, let size = json["size"]?.int,
            let blob = json["sha256"]?.text.flatMap({ Hex.decode($0) }).flatMap({ Hash256(bytes: $0) })
        else { return nil }
        self.kind = kind
        self.blob = blob
        self.size = UInt64(clamping: size)
        name = json["name"]?.text ?? ""
        mediaType = json["mediaType"]?.text ?? ""
    }
}

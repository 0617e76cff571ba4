import Assistance
import RecordStore
import SyncEngine

/// A photo or a document of a record, to look at. Only formats that a browser draws by itself are shown in place; the
/// rest is taken away as a file, whatever it calls itself.
enum AttachmentFile {
    static let routes: [ConsoleRoute] = [
        .get("/attachments/{id}") { console, request in
            let id = try request.record()
            let tables = console.township.database.tables
            let found = try console.read { database, _ in
                try tables.record(id, kind: Attachment.kind, in: database).flatMap {
                    $0.isDeleted ? nil : Attachment($0)
                }
            }
            guard let attachment = found else { throw Problem(.unknownRecord, id.description) }
            _ = try console.look(at: id, page: "attachment", by: request)
            let blobs = console.township.blobs
            guard let size = try blobs.size(of: attachment.sha256) else {
                throw Problem(.unknownBlob, attachment.sha256.description)
            }
            let first = try blobs.read(attachment.sha256, at: 0, count: 12)
            let type = Attachment.mediaType(ofFirst: first)
            return .file(
                ConsoleFile(
                    name: attachment.name.isEmpty
                        ? attachment.sha256.description.prefix(12).description : attachment.name,
                    mediaType: isImage(type) ? type : "application/octet-stream", isInline: isImage(type),
                    chunks: chunks(of: attachment.sha256, size: size, in: blobs)))
        }
    ]

    static func isImage(_ mediaType: String) -> Bool { ["image/jpeg", "image/png", "image/webp"].contains(mediaType) }

    private static func chunks(
        of blob: Hash256, size: UInt64, in store: some BlobStore
    ) -> AsyncThrowingStream<[UInt8], any Error> {
        let place = Place()
        return AsyncThrowingStream(unfolding: {
            guard let offset = await place.next(size: size) else { return nil }
            return try store.read(blob, at: offset, count: Limits.blobPartBytes)
        })
    }

    /// Where reading has come to.
    private actor Place {
        private var offset: UInt64 = 0

        func next(size: UInt64) -> UInt64? {
            guard offset < size else { return nil }
            defer { offset += UInt64(Limits.blobPartBytes) }
            return offset
        }
    }
}

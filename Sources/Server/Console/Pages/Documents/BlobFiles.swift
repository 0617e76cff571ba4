import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Photos and files of records, as they came: pictures are shown, everything else is taken away.
enum BlobFiles {
    static let routes: [ConsoleRoute] = [
        .get("/blobs/{sha256}") { console, request in
            guard let blob = Hex.decode(request.part("sha256")).flatMap({ Hash256(bytes: $0) }) else {
                throw Problem(.unknownBlob, String(request.part("sha256").prefix(64)))
            }
            let attachment = try find(blob, in: console)
            try check(attachment.id, console, request)
            try console.keepView(of: attachment.id, page: "blob", by: request)
            return .file(try file(blob, attachment, of: console.township.blobs))
        }
    ]

    /// A photo shows what is masked elsewhere: whoever does not work on cases asks first, with a reason.
    /// - Throws: ``Problem`` ``Problem/Code/notPermitted``.
    private static func check(_ id: RecordID, _ console: Console, _ request: ConsoleRequest) throws {
        guard !Permission.work.isGiven(to: request.person.role) else { return }
        let tables = console.township.database.tables
        let isShown = try console.read { database, _ in
            guard let (record, kind) = try tables.record(id, in: database) else { return false }
            let disclosures = Disclosures(tables: tables, database: database)
            let root = try disclosures.root(of: record, kind: kind)
            return try disclosures.until(of: root, for: request.person, at: request.now) != nil
        }
        guard isShown else {
            throw Problem(
                .notPermitted, "",
                explanation: Label(
                    zh: "照片和文件须先在住户页写明理由再看",
                    en: "Say on the household's page why you need it, then look at photos and files"))
        }
    }

    /// A file that no live record names is nobody's to see.
    /// - Throws: ``Problem`` ``Problem/Code/unknownBlob``.
    private static func find(_ blob: Hash256, in console: Console) throws -> Attachment {
        let tables = console.township.database.tables
        let found = try console.read { database, _ in
            try tables.all(of: Attachment.kind, where: [("sha256", .text(blob.description))], in: database)
                .compactMap { Attachment($0) }.first
        }
        guard let found else { throw Problem(.unknownBlob, blob.description) }
        return found
    }

    /// By its first bytes, whatever its record says.
    private static func file(_ blob: Hash256, _ attachment: Attachment, of folder: BlobFolder) throws -> ConsoleFile {
        guard let size = try folder.size(of: blob) else { throw Problem(.unknownBlob, blob.description) }
        let type = Attachment.mediaType(ofFirst: try folder.read(blob, at: 0, count: 32))
        let place = Place()
        let chunks = AsyncThrowingStream<[UInt8], any Error> {
            let offset = await place.next(Limits.blobPartBytes)
            guard offset < size else { return nil }
            return try folder.read(blob, at: offset, count: Limits.blobPartBytes)
        }
        let isShown = CaseFiles.shown.contains(type)
        let name = attachment.name.isEmpty ? String(blob.description.prefix(12)) : attachment.name
        var file = ConsoleFile(name: name, mediaType: type, isInline: isShown, content: .parts(chunks))
        file.policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
        return file
    }

    private actor Place {
        private var offset: UInt64 = 0

        func next(_ count: Int) -> UInt64 {
            defer { offset += UInt64(count) }
            return offset
        }
    }
}

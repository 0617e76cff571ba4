import Assistance
import CommandSupport
import Crypto
import RecordStore
import SyncEngine

/// The file for 社会救助综合管理平台 (R63): a line of JSON for each row, behind a line that says what it is. It holds full
/// identity numbers: only its owner may read it, and that it was written stays in the log.
struct PlatformFile {
    struct Refused {
        let household: Linked
        let rules: [QualityRule]
    }

    private(set) var rows = 0
    private(set) var refused: [Refused] = []
    private(set) var sha256 = ""

    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``; what reading throws.
    static func write(_ township: Township, to path: String) throws -> PlatformFile {
        try SecretFile.write(to: path) { descriptor in
            var file = PlatformFile()
            var hash = SHA256()
            func put(_ rows: [JSONValue]) throws {
                let bytes = rows.flatMap { Array(($0.compact + "\n").utf8) }
                hash.update(data: bytes)
                try Descriptor.write(bytes, to: descriptor, path: path)
            }
            try put([
                .object([
                    ("row", .string("file")), ("version", .int(PlatformRows.version)),
                    ("region", .string(township.identity.region.code)), ("at", .string(township.clock().description)),
                ])
            ])
            try township.database.read { database in
                try HouseholdReader(township, in: database).forEach { household in
                    switch PlatformRows.rows(of: household) {
                    case .success(let rows):
                        try put(rows)
                        file.rows += rows.count
                    case .failure(let reason):
                        file.refused.append(Refused(household: household.home, rules: reason.rules))
                    }
                }
            }
            file.sha256 = Hex.encode(Array(hash.finalize()))
            return file
        }
    }

    /// Keeps on record that it was written.
    func keep(_ township: Township, act: Desk.Act) throws {
        let draft = Draft(
            kind: platformFileKind, record: Township.newID(at: act.now), operation: .create,
            writes: [
                .set("rows", .int64(Int64(rows))), .set("refused", .int64(Int64(refused.count))),
                .set("sha256", .text(sha256)), .set("written_by", .text(act.author)),
                .set("written_at", .time(act.now)), .set("reason", .text(act.reason)),
            ])
        _ = try CaseDesk(township: township).add(draft, act: act)
    }
}

package import Assistance
package import RecordStore
package import SyncEngine
import SyncWire

/// A file on its way to the township.
package struct WaitingBlob: Hashable, Sendable {
    package let sha256: Hash256
    /// In bytes.
    package let size: UInt64
    /// No record here names it: it has left this station's villages.
    package var hasLeft = false
}

extension WaitingBlob {
    /// What a draft attaches; `nil` when that is nothing.
    init?(_ draft: Draft) {
        guard draft.kind.name == Attachment.kindName, draft.operation == .create else { return nil }
        var values: [String: Value] = [:]
        for case .set(let field, let value) in draft.writes { values[field] = value }
        guard let size = values["size"]?.int64,
            let blob = values["sha256"]?.text.flatMap({ Hex.decode($0) }).flatMap({ Hash256(bytes: $0) })
        else { return nil }
        self.init(sha256: blob, size: UInt64(clamping: size))
    }
}

extension Problem {
    /// A file that was attached here and is not what it was.
    static func damagedFile(_ name: String) -> Problem {
        Problem(
            .unreadableFile, name,
            explanation: Label(zh: "附件的文件在本机损坏或不见了", en: "An attachment's file is damaged or gone here"),
            hint: Label(
                zh: "请运行 ruhu doctor 查看是哪一份，再用 ruhu attach 重新附上原件；没有原件的，请重拍。其余内容不受影响。",
                en: "ruhu doctor names it; attach the original again with ruhu attach, or take the photo anew. "
                    + "Everything else goes on."))
    }
}

/// Carries blobs to the township and back, in parts that can be gone on with after a cut. Nothing local is deleted.
package struct BlobCarrier {
    let replica: ReplicaDatabase
    let courier: Courier
    let blobs: any BlobStore
    /// Told after every verified part: bytes done and bytes in all.
    var onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    var shouldAbort: () -> Bool = { false }
    var onVerified: () -> Void = {}

    package init(replica: ReplicaDatabase, courier: Courier, blobs: any BlobStore) {
        self.replica = replica
        self.courier = courier
        self.blobs = blobs
    }

    /// What became of an upload.
    package struct Result: Hashable, Sendable {
        /// Blobs that the township has said it holds whole.
        package var arrived = 0
        /// Of those that did not come so far: why, the first one's reason.
        package var problem: Problem?

        package init(arrived: Int = 0, problem: Problem? = nil) {
            self.arrived = arrived
            self.problem = problem
        }
    }

    // MARK: - To the township

    /// The files here that have not arrived: of attachments, and of those that have left this station's villages.
    /// - Parameter isOffered: only those whose record the township holds.
    package static func waiting(
        in replica: ReplicaDatabase, blobs: any BlobStore, isOffered: Bool
    ) throws -> [WaitingBlob] {
        let (attachments, owed) = try owedAndNamed(in: replica)
        let named = attachments.filter { $0.arrivedAt == nil && (!isOffered || $0.seq > 0) }
        let all = named.map { WaitingBlob(sha256: $0.sha256, size: $0.size) } + owed.filter(\.hasLeft)
        var seen: Set<Hash256> = []
        return try all.filter { try blobs.size(of: $0.sha256) == $0.size && seen.insert($0.sha256).inserted }
    }

    /// The files that were attached here, whose records wait for them, and that are not here whole any more.
    package static func lost(in replica: ReplicaDatabase, blobs: any BlobStore) throws -> [WaitingBlob] {
        let (attachments, owed) = try owedAndNamed(in: replica)
        let arrived = Set(attachments.filter { $0.arrivedAt != nil }.map(\.sha256))
        let awaited = Set(attachments.map(\.sha256)).subtracting(arrived)
        return try owed.filter { try awaited.contains($0.sha256) && blobs.size(of: $0.sha256) != $0.size }
    }

    /// The live attachments, and what this station owes.
    private static func owedAndNamed(in replica: ReplicaDatabase) throws -> ([Attachment], [WaitingBlob]) {
        guard let kind = replica.tables.schema.kind(Attachment.kindName) else { return ([], []) }
        return try replica.read { transaction in
            let owed = try transaction.owedBlobs().map { sha256, size in
                var query = try Query(transaction.database, "SELECT 1 FROM attachment WHERE sha256 = ?")
                query.bind(sha256.description)
                let hasLeft = try query.first { _ in true } == nil
                return WaitingBlob(sha256: sha256, size: size, hasLeft: hasLeft)
            }
            let all = try transaction.tables.all(of: kind, where: [], in: transaction.database)
            return (all.compactMap { Attachment($0) }, owed)
        }
    }

    /// The attachments that have arrived at the township and whose file is not here, one for each file.
    package static func missing(in replica: ReplicaDatabase, blobs: any BlobStore) throws -> [Attachment] {
        guard let kind = replica.tables.schema.kind(Attachment.kindName) else { return [] }
        let all = try replica.read { transaction in
            try transaction.tables.all(of: kind, where: [], in: transaction.database).compactMap { Attachment($0) }
        }
        var seen: Set<Hash256> = []
        return try all.filter { attachment in
            guard attachment.arrivedAt != nil, try blobs.size(of: attachment.sha256) == nil else { return false }
            return seen.insert(attachment.sha256).inserted
        }
    }

    /// Brings what the township does not have yet. One that is refused does not stop the others.
    /// - Throws: what ends the sync: ``TransportError``, and every ``Problem`` that is not about the one blob.
    package func upload() throws -> Result {
        let waiting = try Self.waiting(in: replica, blobs: blobs, isOffered: true)
        // Also what was attached before this was kept.
        if !waiting.isEmpty {
            try replica.write { transaction in
                for blob in waiting { try transaction.owe(blob.sha256, size: blob.size) }
            }
        }
        let total = waiting.map(\.size).reduce(0, +)
        var result = Result()
        var done: UInt64 = 0
        for attachment in waiting {
            do {
                try upload(attachment) { onProgress(Int(done + $0), Int(total)) }
                try replica.write { try $0.settle(attachment.sha256) }
                result.arrived += 1
            } catch let problem as Problem where problem.code == .unknownBlob && attachment.hasLeft {
                // Its record is nowhere any more: it was deleted after it had left.
                try replica.write { try $0.settle(attachment.sha256) }
            } catch let problem as Problem where Self.isAboutOne(problem) {
                result.problem = result.problem ?? problem
            } catch let problem as Problem where problem.code == .busy {
                // The township cannot take any now; the next sync goes on.
                result.problem = problem
                return result
            }
            done += attachment.size
        }
        return result
    }

    private static func isAboutOne(_ problem: Problem) -> Bool {
        switch problem.code {
        case .unknownBlob, .blobMismatch, .blobTooLarge, .badRequest, .storage, .unreadableFile: true
        case .busy: problem.subject == "unfinished"
        default: false
        }
    }

    /// Goes on at what the township says it holds. A small one is sent at once; of a large one that is asked first.
    private func upload(_ attachment: WaitingBlob, onPart: (UInt64) -> Void) throws {
        var status = BlobStatus(sha256: attachment.sha256, size: attachment.size, received: 0, isComplete: false)
        if attachment.size > UInt64(Limits.blobPartBytes) { status = try send(attachment, at: nil) }
        var restarts = 0
        while !status.isComplete {
            onPart(status.received)
            do {
                let next = try send(attachment, at: status.received)
                guard next.isComplete || next.received > status.received else { throw Problem(.busy, "blobs") }
                status = next
                onVerified()
            } catch let problem as Problem where problem.code == .blobMismatch && restarts == 0 {
                restarts += 1
                try checkOwnCopy(attachment)
                status.received = 0
            }
        }
        onPart(attachment.size)
    }

    /// - Parameter offset: `nil` asks only.
    private func send(_ attachment: WaitingBlob, at offset: UInt64?) throws -> BlobStatus {
        let data = try offset.map { try blobs.read(attachment.sha256, at: $0, count: Limits.blobPartBytes) } ?? []
        guard offset == nil || !data.isEmpty else { throw Problem(.storage, "\(attachment.sha256)") }
        let range = ContentRange(offset: offset ?? 0, count: data.count, size: attachment.size)
        let body = try courier.exchange(
            .put, "/v1/blobs/\(attachment.sha256)", headers: ["Content-Range": range.header], body: data,
            contentType: "application/octet-stream", shouldAbort: shouldAbort)
        guard case .blobStatus(let status) = body, status.sha256 == attachment.sha256 else {
            throw Problem(.unreachable, "blob")
        }
        return status
    }

    /// A file that has changed on this disk would never come to its hash.
    private func checkOwnCopy(_ attachment: WaitingBlob) throws {
        guard try blobs.isSound(attachment.sha256, size: attachment.size) else {
            throw Problem.damagedFile("\(attachment.sha256)")
        }
    }

    // MARK: - From the township

    /// Fetches a blob that has arrived there, going on where an earlier try stopped.
    /// - Throws: ``TransportError``; ``Problem`` ``Problem/Code/unknownBlob``, ``Problem/Code/blobMismatch``,
    ///   ``Problem/Code/storageFull``.
    package func fetch(_ attachment: Attachment) throws {
        guard try blobs.size(of: attachment.sha256) == nil else { return }
        var status = BlobStatus(
            sha256: attachment.sha256, size: attachment.size,
            received: try blobs.received(attachment.sha256, by: ""), isComplete: false)
        var restarts = 0
        while !status.isComplete {
            do {
                status = try fetchPart(attachment, at: status.received)
            } catch let problem as Problem where problem.code == .blobMismatch && restarts == 0 {
                restarts += 1
                status.received = 0
            }
            onProgress(Int(status.received), Int(attachment.size))
        }
    }

    private func fetchPart(_ attachment: Attachment, at offset: UInt64) throws -> BlobStatus {
        if offset >= attachment.size {
            // All of it is here, and was not yet verified when the last try ended.
            return try blobs.add(
                BlobPart(sha256: attachment.sha256, offset: offset, size: attachment.size, data: []), by: "")
        }
        let last = min(offset + UInt64(Limits.blobPartBytes), attachment.size) - 1
        let body = try courier.exchange(
            .get, "/v1/blobs/\(attachment.sha256)", headers: ["Range": "bytes=\(offset)-\(last)"],
            shouldAbort: shouldAbort)
        guard case .blobPart(let part) = body, part.sha256 == attachment.sha256, part.offset == offset,
            part.size == attachment.size, !part.data.isEmpty
        else { throw Problem(.unreachable, "blob") }
        onVerified()
        return try blobs.add(part, by: "")
    }
}

package import Assistance
package import RecordStore
package import SyncEngine
import SyncWire

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

    /// The attachments whose file is here and has not arrived, one for each file.
    /// - Parameter isOffered: only those whose record the township holds.
    package static func waiting(
        in replica: ReplicaDatabase, blobs: any BlobStore, isOffered: Bool
    ) throws -> [Attachment] {
        guard let kind = replica.tables.schema.kind(Attachment.kindName) else { return [] }
        let waiting = try replica.read { transaction in
            try transaction.tables.all(of: kind, where: [("arrived_at", .null)], in: transaction.database)
                .compactMap { Attachment($0) }
        }
        var seen: Set<Hash256> = []
        return try waiting.filter { attachment in
            guard !isOffered || attachment.seq > 0, try blobs.size(of: attachment.sha256) != nil else { return false }
            return seen.insert(attachment.sha256).inserted
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
        let total = waiting.map(\.size).reduce(0, +)
        var result = Result()
        var done: UInt64 = 0
        for attachment in waiting {
            do {
                try upload(attachment) { onProgress(Int(done + $0), Int(total)) }
                result.arrived += 1
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
        case .unknownBlob, .blobMismatch, .blobTooLarge, .badRequest, .storage: true
        case .busy: problem.subject == "unfinished"
        default: false
        }
    }

    /// Goes on at what the township says it holds. A small one is sent at once; of a large one that is asked first.
    private func upload(_ attachment: Attachment, onPart: (UInt64) -> Void) throws {
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
    private func send(_ attachment: Attachment, at offset: UInt64?) throws -> BlobStatus {
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
    private func checkOwnCopy(_ attachment: Attachment) throws {
        var stream = HashStream()
        var offset: UInt64 = 0
        while offset < attachment.size {
            let bytes = try blobs.read(attachment.sha256, at: offset, count: Limits.blobPartBytes)
            if bytes.isEmpty { break }
            stream.update(bytes)
            offset += UInt64(bytes.count)
        }
        guard stream.hash == attachment.sha256 else { throw Problem(.storage, "\(attachment.sha256)") }
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

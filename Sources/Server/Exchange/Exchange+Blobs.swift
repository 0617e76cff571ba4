import Assistance
package import GRDB
package import RecordStore
package import SyncEngine
package import SyncWire

/// One request about a blob, judged: the device may, and the size is what its record says.
package struct BlobPermit: Sendable {
    package let device: DeviceID
    package let blob: Hash256
    package let size: UInt64
    package let access: BlobAccess
}

/// What a request wants of a blob.
package enum BlobAccess: Sendable {
    /// `HEAD`: a hint without a frame.
    case look
    /// `PUT`: a part, or with `bytes */SIZE` the question what is held.
    case bring
    /// `GET`: a range.
    case fetch
}

extension Exchange {
    /// - Throws: ``Problem`` as ``authenticate(_:in:)``; ``Problem/Code/unknownBlob`` when no attachment inside the
    ///   device's scopes names the blob.
    package func blobPermit(
        _ blob: Hash256, _ access: BlobAccess, _ request: ReceivedRequest, in database: Database
    ) throws -> BlobPermit {
        let device = try authenticate(request, in: database).state
        let size = try Attachments.size(of: blob, for: device, tables: tables, in: database)
        return BlobPermit(device: device.id, blob: blob, size: size, access: access)
    }

    /// Moves the bytes, outside every transaction.
    /// - Returns: the answer; after the last byte of an upload ``arrive(_:in:)`` is due.
    /// - Throws: ``Problem``: ``Problem/Code/badRequest`` for a range that does not fit, ``Problem/Code/blobMismatch``,
    ///   ``Problem/Code/unknownBlob``, ``Problem/Code/busy``.
    package func transfer(_ permit: BlobPermit, _ request: ReceivedRequest) throws -> Answer.Body {
        guard let blobs = attachments?.blobs else { throw Problem(.unknownBlob, "\(permit.blob)") }
        switch permit.access {
        case .look: return .blobStatus(try status(of: permit, in: blobs))
        case .bring: return .blobStatus(try bring(permit, request, to: blobs))
        case .fetch: return .blobPart(try fetch(permit, request, from: blobs))
        }
    }

    private func status(of permit: BlobPermit, in blobs: any BlobStore) throws -> BlobStatus {
        let whole = try blobs.size(of: permit.blob)
        return BlobStatus(
            sha256: permit.blob, size: permit.size,
            received: try whole ?? blobs.received(permit.blob, by: permit.device.description), isComplete: whole != nil)
    }

    private func bring(
        _ permit: BlobPermit, _ request: ReceivedRequest, to blobs: any BlobStore
    ) throws -> BlobStatus {
        guard let range = request.head.headers["content-range"].flatMap({ ContentRange($0) }),
            range.size == permit.size, range.count == request.body.count, range.count <= Limits.blobPartBytes
        else { throw Problem(.badRequest, "Content-Range") }
        return try add(
            BlobPart(sha256: permit.blob, offset: range.offset ?? 0, size: permit.size, data: request.body),
            from: permit.device, to: blobs)
    }

    private func add(_ part: BlobPart, from device: DeviceID, to blobs: any BlobStore) throws -> BlobStatus {
        let owner = device.description
        if try blobs.size(of: part.sha256) == nil, try blobs.received(part.sha256, by: owner) == 0,
            try blobs.unfinished(by: owner).count >= Limits.unfinishedBlobsPerDevice
        {
            // One that nobody goes on with; a station goes on with one after the other.
            try blobs.discardOldestUnfinished(by: owner)
        }
        return try blobs.add(part, by: owner)
    }

    /// A part that came by another way than HTTP: judged, kept, and with its last byte told to the records.
    /// - Throws: ``Problem`` as ``blobPermit(_:_:_:in:)`` and ``transfer(_:_:)``.
    func bring(_ part: BlobPart, from device: RegisteredDevice, database: AuthorityDatabase) throws -> BlobStatus {
        guard let blobs = attachments?.blobs else { throw Problem(.unknownBlob, "\(part.sha256)") }
        let size = try database.read {
            try Attachments.size(of: part.sha256, for: device.state, tables: tables, in: $0)
        }
        guard part.size == size, part.data.count <= Limits.blobPartBytes,
            part.offset <= size, UInt64(part.data.count) <= size - part.offset
        else { throw Problem(.badRequest, "\(part.sha256)") }
        let status = try add(part, from: device.state.id, to: blobs)
        if try database.read({ try isArrivalDue(.blobStatus(status), in: $0) }) {
            try database.write { try arrive(.blobStatus(status), in: $0) }
        }
        return status
    }

    private func fetch(
        _ permit: BlobPermit, _ request: ReceivedRequest, from blobs: any BlobStore
    ) throws -> BlobPart {
        guard let size = try blobs.size(of: permit.blob) else { throw Problem(.unknownBlob, "\(permit.blob)") }
        guard let range = (request.head.headers["range"] ?? "bytes=0-\(size - 1)").wantedRange, range.offset < size
        else { throw Problem(.badRequest, "Range") }
        let count = min(UInt64(min(range.count, Limits.blobPartBytes)), size - range.offset)
        return BlobPart(
            sha256: permit.blob, offset: range.offset, size: size,
            data: try blobs.read(permit.blob, at: range.offset, count: Int(count)))
    }

    /// Whether the records are still to be told that a blob is here.
    package func isArrivalDue(_ body: Answer.Body, in database: Database) throws -> Bool {
        guard case .blobStatus(let status) = body, status.isComplete else { return false }
        return try Attachments.isAwaited(status.sha256, tables: tables, in: database)
    }

    /// Tells the records that a blob is here.
    package func arrive(_ body: Answer.Body, in transaction: AuthorityTransaction) throws {
        guard case .blobStatus(let status) = body, status.isComplete else { return }
        try attachments?.arrive([status.sha256], in: transaction, now: clock())
    }

    /// The blobs that the sets of a push name: one of them may be here already.
    static func blobs(namedBy sets: [SealedSet]) -> [Hash256] {
        var named: Set<Hash256> = []
        for sealed in sets {
            for change in sealed.set.changes where change.kind == Attachment.kindName {
                for edit in change.edits where edit.field == "sha256" {
                    if let hash = edit.new.text.flatMap({ Hex.decode($0) }).flatMap({ Hash256(bytes: $0) }) {
                        named.insert(hash)
                    }
                }
            }
        }
        return named.sorted { $0.description < $1.description }
    }
}

extension String {
    fileprivate var wantedRange: (offset: UInt64, count: Int)? { ContentRange.wanted(self) }
}

package import RecordStore
package import SyncEngine
package import SyncWire

/// A station's side of the exchange over USB. Needs no network; any mix of it and syncs comes to the same state.
package struct StationBundles {
    let replica: ReplicaDatabase
    let blobs: any BlobStore
    let keys: any StationKeys
    let signatures: any SignatureScheme
    let sealing: SealingKey
    let clock: () -> Instant

    package init(
        replica: ReplicaDatabase, blobs: any BlobStore, keys: any StationKeys, signatures: any SignatureScheme,
        sealing: SealingKey, clock: @escaping () -> Instant
    ) {
        self.replica = replica
        self.blobs = blobs
        self.keys = keys
        self.signatures = signatures
        self.sealing = sealing
        self.clock = clock
    }

    /// What `join` learnt of the township.
    struct TownshipKeys {
        var signing: [UInt8]
        var sealing: [UInt8]

        init(_ transaction: ReplicaTransaction) throws {
            guard let signing = try Meta.bytes("server_key", in: transaction.database),
                let sealing = try Meta.bytes("server_sealing_key", in: transaction.database)
            else { throw Problem(.notJoined) }
            self.signing = signing
            self.sealing = sealing
        }
    }

    // MARK: - Export

    package struct Export {
        /// Of the file.
        package var bytes: UInt64 = 0
        /// Sets in it, and blobs.
        package var sets = 0
        package var blobs = 0
        /// Blobs that did not fit: they take another bundle, after this one's answer.
        package var blobsLeft = 0
        /// Blobs whose file here is damaged: they are not in it.
        package var damagedBlobs = 0
        /// It asks for an identity of its own, for a copied data folder.
        package var asksForIdentity = false
    }

    /// Writes everything that is undecided, where the replica stands, what is held for the township, and the photos that
    /// have not arrived, sealed to the township. What is exported is never rewritten afterwards: the mark is durable
    /// before the file is whole.
    /// - Parameters:
    ///   - blobBytes: photos go in, in their order, until they have so many bytes; one at least, unless it is 0.
    ///   - write: takes the file's bytes in order.
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``; the store's errors; what `write` throws.
    package func export(
        blobBytes: Int = Limits.bundleBlobBytes, write: @escaping ([UInt8]) throws -> Void
    ) throws -> Export {
        var export = Export()
        let wanted = try BlobCarrier.missing(in: replica, blobs: blobs).prefix(Limits.wantedBlobs).map(\.sha256)
        var writer = try replica.write { transaction -> BundleWriter in
            let request = try request(wanting: blobBytes > 0 ? wanted : [], in: transaction)
            let township = try TownshipKeys(transaction)
            let device = try transaction.position().device
            var writer = try BundleWriter(
                .toTownship, township: township.signing, device: device, to: township.sealing,
                signedBy: try keys.signer(of: device), first: request.encoded, write: write)
            export.asksForIdentity = request.fork != nil
            try appendEscrow(of: transaction, epoch: request.epoch, to: &writer)
            // A copy's sets get another identity first.
            if request.fork == nil {
                export.sets = try appendFrames(of: transaction, epoch: request.epoch, to: &writer)
            }
            return writer
        }
        try appendBlobs(blobBytes, to: &writer, &export)
        try writer.finish()
        export.bytes = writer.bytes
        return export
    }

    private func request(wanting wanted: [Hash256], in transaction: ReplicaTransaction) throws -> BundleRequest {
        let position = try transaction.position()
        let needsPicture = try Meta.number("digest_differs", in: transaction.database) == 1
        let readmission = try Syncer.readmission(position, keys: keys, in: transaction)
        let fork = try CopyNotice.read(in: transaction).map { common in
            let (signer, sealingKey) = try keys.forkKeys(from: position.device)
            return ForkRequest(common: common, signingKey: signer.publicKey, sealingKey: sealingKey)
        }
        return BundleRequest(
            created: clock(), epoch: position.epoch, cursor: position.cursor,
            isBootstrapped: position.isBootstrapped && !needsPicture,
            heads: try transaction.treeHeads().suffix(Limits.heads),
            readmission: readmission.sealingKey.isEmpty ? nil : readmission,
            lastNumber: try transaction.lastOutboxSet().number, fork: fork, wanted: wanted)
    }

    /// The desk's sets that this station held of histories that are over.
    private func appendEscrow(
        of transaction: ReplicaTransaction, epoch: EpochID, to writer: inout BundleWriter
    ) throws {
        var last: Base?
        while let (old, items) = try transaction.foreignEscrow(now: epoch, after: last) {
            let named = items.map { EscrowItem(seq: $0.seq, sealed: $0.sealed, epoch: old) }
            try writer.append(BundleRequest.Piece(escrow: named).encoded)
            last = Base(epoch: old, seq: items.last?.seq ?? 0)
        }
    }

    /// - Returns: how many sets.
    private func appendFrames(
        of transaction: ReplicaTransaction, epoch: EpochID, to writer: inout BundleWriter
    ) throws -> Int {
        var count = 0
        var last: UInt64 = 0
        while let pending = try transaction.pendingFrame(after: last) {
            let signature = try keys.signer(of: pending.device).signature(
                for: PushFrame.signedBytes(lastHash: pending.lastHash))
            let frame = PushFrame(
                epoch: epoch, previousHash: pending.previousHash, sets: pending.sets, signature: signature,
                earlier: pending.earlier)
            try writer.append(BundleRequest.Piece(frames: [frame]).encoded)
            count += pending.sets.count
            last = pending.last
        }
        try transaction.markOffered(through: last)
        return count
    }

    private func appendBlobs(_ blobBytes: Int, to writer: inout BundleWriter, _ export: inout Export) throws {
        let waiting = try BlobCarrier.waiting(in: replica, blobs: blobs, isOffered: false)
        var left = blobBytes
        for attachment in waiting where left > 0 {
            guard export.blobs == 0 || attachment.size <= UInt64(left) else { break }
            guard try blobs.isSound(attachment.sha256, size: attachment.size) else {
                export.damagedBlobs += 1
                continue
            }
            try BlobPart.forEach(of: attachment.sha256, size: attachment.size, in: blobs) {
                try writer.append(BundleRequest.Piece(blobs: [$0]).encoded)
            }
            left -= Int(clamping: attachment.size)
            export.blobs += 1
        }
        export.blobsLeft = waiting.count - export.blobs - export.damagedBlobs
    }

    // MARK: - Import

    package struct Import {
        package var counts = SyncSession.Counts()
        /// Pages that do not follow what this station holds any more, because a sync has moved it on meanwhile.
        package var skippedPages = 0
        /// Blobs of the bundle that the township has whole, and such as came from it.
        package var arrivedBlobs = 0
        package var fetchedBlobs = 0
        /// The station had to take another history or identity: what the township lacks goes with the next bundle.
        package var mended: SyncRecovery.Reason?
        /// What the township refused, or what is wrong with the replica afterwards.
        package var problem: Problem?
    }

    /// Applies a township's answer, as a sync would its answers: the head is checked, then what became of the station's
    /// sets, then the pages in order, then photos. What is known already is passed over, so that an answer may come late,
    /// twice, or after a sync.
    /// - Throws: ``Problem`` when the file is refused, and then nothing is changed: ``Problem/Code/notABundle``,
    ///   ``Problem/Code/bundleForAnother``, ``Problem/Code/badSignature``. The store's errors.
    package func apply(_ read: @escaping BundleReader.Read) throws -> Import {
        do {
            let reader = try BundleReader(read)
            try check(reader.bundle)
            // Every piece, before anything is changed.
            try reader.pieces(with: sealing) { _ = try BundleReply.Piece(decoding: $0) }
            let reply = try BundleReply(decoding: try reader.first(with: sealing))
            var reading = try AnswerReading(reply, bundles: self)
            try reader.pieces(with: sealing) { try reading.take(try BundleReply.Piece(decoding: $0)) }
            return try reading.finish()
        } catch let error as CodecError {
            throw Problem(.notABundle, error.detail)
        }
    }

    private func check(_ bundle: SealedBundle) throws {
        let (township, device) = try replica.read { (try TownshipKeys($0), try $0.position().device) }
        guard bundle.direction == .toStation else {
            throw Problem(
                .bundleForAnother,
                explanation: Label(zh: "这是给镇街的同步包，不是答复包", en: "This bundle is for the township, not an answer"))
        }
        guard bundle.township == township.signing else {
            throw Problem(
                .bundleForAnother, explanation: Label(zh: "这是另一个镇街的答复包", en: "This answer is another township's"))
        }
        guard bundle.device == device else {
            throw Problem(
                .bundleForAnother, "\(bundle.device)",
                explanation: Label(zh: "这是给另一个工作站的答复包", en: "This answer is for another station"))
        }
        guard bundle.isSigned(by: township.signing, scheme: signatures) else {
            throw Problem(
                .badSignature, "bundle",
                explanation: Label(zh: "答复包的签名不符，可能被改动过", en: "The answer's signature does not verify; it was altered"))
        }
    }
}

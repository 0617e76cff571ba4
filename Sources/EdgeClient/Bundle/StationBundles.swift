package import RecordStore
package import SyncEngine
package import SyncWire

/// A station's side of the exchange over USB. Needs no network; any mix of it and syncs comes to the same state.
package struct StationBundles {
    let replica: ReplicaDatabase
    let keys: any StationKeys
    let signatures: any SignatureScheme
    let sealing: SealingKey
    let clock: () -> Instant

    package init(
        replica: ReplicaDatabase, keys: any StationKeys, signatures: any SignatureScheme, sealing: SealingKey,
        clock: @escaping () -> Instant
    ) {
        self.replica = replica
        self.keys = keys
        self.signatures = signatures
        self.sealing = sealing
        self.clock = clock
    }

    /// What `join` learnt of the township.
    private struct TownshipKeys {
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
        package var file: [UInt8]
        /// Sets in it.
        package var sets: Int
        /// Undecided sets that did not fit: they take another bundle, after this one's answer.
        package var remaining: Int
    }

    /// Everything that is undecided, and where the replica stands, sealed to the township. What is exported is never
    /// rewritten afterwards: the mark is durable before the file exists.
    /// - Throws: ``Problem`` ``Problem/Code/notJoined``; the store's errors.
    package func export() throws -> Export {
        let (request, township, device, remaining) = try replica.write { transaction in
            let position = try transaction.position()
            let frames = try frames(epoch: position.epoch, in: transaction)
            let needsPicture = try Meta.number("digest_differs", in: transaction.database) == 1
            let request = BundleRequest(
                created: clock(), epoch: position.epoch, cursor: position.cursor,
                isBootstrapped: position.isBootstrapped && !needsPicture, frames: frames)
            let remaining = try transaction.pendingCount() - frames.map(\.sets.count).reduce(0, +)
            return (request, try TownshipKeys(transaction), position.device, remaining)
        }
        let bundle = try SealedBundle(
            sealing: request.encoded, .toTownship, township: township.signing, device: device, to: township.sealing,
            signedBy: try keys.signer(of: device))
        return Export(
            file: bundle.file, sets: request.frames.map(\.sets.count).reduce(0, +), remaining: remaining)
    }

    private func frames(epoch: EpochID, in transaction: ReplicaTransaction) throws -> [PushFrame] {
        var frames: [PushFrame] = []
        var last: UInt64 = 0
        var bytes = 0
        while let pending = try transaction.pendingFrame(after: last) {
            bytes += pending.sets.map(\.count).reduce(0, +)
            if bytes > Limits.bundleFillBytes { break }
            let signature = try keys.signer(of: pending.device).signature(
                for: PushFrame.signedBytes(lastHash: pending.lastHash))
            frames.append(
                PushFrame(
                    epoch: epoch, previousHash: pending.previousHash, sets: pending.sets, signature: signature,
                    earlier: pending.earlier))
            last = pending.last
        }
        try transaction.markOffered(through: last)
        return frames
    }

    // MARK: - Import

    package struct Import {
        package var counts = SyncSession.Counts()
        /// Pages that do not follow the cursor any more, because a sync has moved it on meanwhile.
        package var skippedPages = 0
        /// What the township refused, or what is wrong with the replica afterwards.
        package var problem: Problem?
    }

    /// Applies a township's answer: what became of the station's sets, then the pages in order. What is known already
    /// is passed over, so that an answer may come late, twice, or after a sync.
    /// - Throws: ``Problem`` when the file is refused, and then nothing is changed: ``Problem/Code/notABundle``,
    ///   ``Problem/Code/bundleForAnother``, ``Problem/Code/badSignature``. The store's errors.
    package func apply(_ bytes: [UInt8]) throws -> Import {
        let reply = try open(bytes)
        var result = Import()
        if let finding = try finding(in: reply.hello) {
            result.problem = Problem(
                finding, "bundle",
                explanation: Label(
                    zh: "镇街与本站的记录接不上（恢复过备份，或本站被复制过），请联网同步一次",
                    en: "Township and station do not go together (a restore, or a copy of this station): sync once"))
            return result
        }
        var session = SyncSession()
        for push in reply.pushes { session.pushed(push) }
        try replica.write { transaction in
            try PageApplication.acknowledge(reply.pushes.flatMap(\.outcomes), in: transaction)
            try keep(latest: reply.hello.latestSeq, in: transaction)
        }
        let bootstrap = reply.pages.filter(\.isBootstrap)
        if let records = try apply(bootstrap: bootstrap) { session.pulled(bootstrap[0], records: records) }
        for page in reply.pages where !page.isBootstrap {
            switch try apply(page) {
            case .applied(let records): session.pulled(page, records: records)
            case .known: break
            case .doesNotFollow: result.skippedPages += 1
            }
        }
        result.counts = session.counts
        result.problem = reply.problem
        if result.problem == nil, try replica.read({ try Meta.number("digest_differs", in: $0.database) == 1 }) {
            result.problem = Problem(.digestMismatch)
        }
        return result
    }

    private func open(_ bytes: [UInt8]) throws -> BundleReply {
        do {
            let bundle = try SealedBundle(file: bytes)
            try check(bundle)
            return try BundleReply(decoding: try bundle.open(with: sealing))
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

    // MARK: - Pages

    private enum Fate {
        case applied(records: Int)
        case known
        case doesNotFollow
    }

    private func apply(_ page: PullPage) throws -> Fate {
        try replica.write { transaction in
            let position = try transaction.position()
            if position.isBootstrapped, page.from == position.cursor {
                let records = try PageApplication.apply(page, to: transaction)
                try transaction.compareDigests(page)
                return .applied(records: records)
            }
            return position.isBootstrapped && page.to <= position.cursor ? .known : .doesNotFollow
        }
    }

    /// Swaps a whole picture in, with one transaction, when it is newer than what the replica has, or when that is known
    /// to be wrong. What is pending keeps its bases.
    /// - Returns: the records stated; `nil` when the replica needs no picture.
    private func apply(bootstrap pages: [PullPage]) throws -> Int? {
        guard let last = pages.last, last.bootstrapToken.isEmpty else { return nil }
        return try replica.write { transaction -> Int? in
            let position = try transaction.position()
            let isWrong = try Meta.number("digest_differs", in: transaction.database) == 1
            let isNewer = isWrong ? last.to >= position.cursor : last.to > position.cursor
            guard !position.isBootstrapped || isNewer else { return nil }
            try transaction.forgetShadow()
            try transaction.clearStaging()
            var records = 0
            for page in pages { records += try PageApplication.apply(page, to: transaction) }
            try Meta.set([UInt8](), for: "bootstrap_token", in: transaction.database)
            try transaction.compareDigests(last)
            return records
        }
    }

    private func keep(latest: Seq, in transaction: ReplicaTransaction) throws {
        let known = try Meta.number("latest_seen", in: transaction.database) ?? 0
        try Meta.set(max(known, latest), for: "latest_seen", in: transaction.database)
    }

    /// What a sync would notice in the township's hello before it uses anything of the answer.
    private func finding(in hello: Hello) throws -> Problem.Code? {
        try replica.read { transaction in
            try SyncRecovery.finding(
                hello, position: try transaction.position(), last: try transaction.lastOutboxSet().number,
                hash: transaction.chainHash(after:))
        }
    }
}

import RecordStore
package import SyncEngine
import SyncWire

/// When station and township do not go together any more: a restored township, a copied data folder, a cursor that is
/// too old. Everything typed is kept and offered again.
extension Syncer {
    /// Mends what a problem says is wrong.
    /// - Returns: `false` when nothing here mends it.
    /// - Throws: ``Problem`` ``Problem/Code/resetLoop`` when it was mended too often; what ends a sync.
    func recover(from problem: Problem) throws -> Bool {
        switch problem.code {
        case .epochChanged: try adoptEpoch()
        case .unknownDevice: try readmit()
        case .chainForked: try forkIdentity()
        case .cursorTooOld: try rebuild(.stale)
        default: return false
        }
        return true
    }

    /// Looks at an answer's hello before anything else of the answer is used.
    func observe(_ hello: Hello) throws {
        let finding = try replica.read { transaction in
            try SyncRecovery.finding(
                hello, position: try transaction.position(), last: try transaction.lastOutboxSet().number,
                hash: transaction.chainHash(after:))
        }
        if let finding { throw Problem(finding) }
    }

    // MARK: - Another history

    private func adoptEpoch() throws {
        guard let hello = courier.hello else { throw Problem(.unreachable, "hello") }
        let (position, ancestors) = try replica.read { transaction in
            (try transaction.position(), try Self.ancestors(in: transaction))
        }
        guard hello.epoch != position.epoch else { throw Problem(.epochChanged) }
        let fork = SyncRecovery.forkPoint(own: position.epoch, ancestors: ancestors, in: hello)
        let acknowledged = position.lineage.isEmpty ? hello.acknowledged?.number ?? 0 : 0
        try replica.read { try $0.checkResets(.epoch, in: hello.epoch) }
        let holdsMore = try replica.read { try position.cursor > fork || $0.hasSettled(above: acknowledged) }
        let change = { (transaction: ReplicaTransaction) throws -> Void in
            try transaction.countReset(.epoch, in: hello.epoch)
            try transaction.reopen(above: acknowledged, decidedIn: position.epoch)
            var after = position
            after.epoch = hello.epoch
            try transaction.setPosition(after)
            try Self.keep(hello.ancestors, in: transaction)
        }
        if holdsMore {
            try swapIn(epoch: hello.epoch, change)
        } else {
            try replica.write(change)
        }
    }

    static func ancestors(in transaction: ReplicaTransaction) throws -> [Base] {
        let text = try Meta.text("ancestors", in: transaction.database) ?? ""
        return text.split(separator: " ").compactMap { part in
            let pair = part.split(separator: ":")
            guard pair.count == 2, let epoch = EpochID(pair[0]), let seq = Seq(pair[1]) else { return nil }
            return Base(epoch: epoch, seq: seq)
        }
    }

    private static func keep(_ ancestors: [Base], in transaction: ReplicaTransaction) throws {
        let text = ancestors.map { "\($0.epoch):\($0.seq)" }.joined(separator: " ")
        try Meta.set(text, for: "ancestors", in: transaction.database)
    }

    /// The desk's sets that this station held for the township go back to it.
    func offerEscrow(_ position: ReplicaPosition) throws {
        while let (epoch, items) = try replica.read({ try $0.foreignEscrow(now: position.epoch) }),
            let last = items.last
        {
            let offer = EscrowOffer(epoch: epoch, sealed: items.map(\.sealed))
            _ = try exchange(.post, "/v1/escrow", body: offer.encoded(as: .protobuf))
            try replica.write { try $0.forgetEscrow(of: epoch, through: last.seq) }
        }
    }

    private func readmit() throws {
        let (position, wish) = try replica.read { transaction in
            let position = try transaction.position()
            return (position, try Self.readmission(position, keys: keys, in: transaction))
        }
        let epoch = courier.hello?.epoch ?? position.epoch
        try replica.read { try $0.checkResets(.readmission, in: epoch) }
        let body = try courier.exchange(
            .post, "/v1/devices/\(position.device)/readmission", body: wish.encoded(as: .protobuf),
            keyID: Base64URL.encode(wish.signingKey), shouldAbort: shouldAbort)
        guard case .enrolment = body else { throw Problem(.unreachable, "readmission") }
        try replica.write { try $0.countReset(.readmission, in: epoch) }
    }

    /// What this station says of itself, with the township's own word for it.
    static func readmission(
        _ position: ReplicaPosition, keys: any StationKeys, in transaction: ReplicaTransaction
    ) throws -> Readmission {
        let database = transaction.database
        return Readmission(
            device: position.device, signingKey: try keys.signer(of: position.device).publicKey,
            sealingKey: try Meta.bytes("sealing_public_key", in: database) ?? [], scopes: position.scopes,
            station: try Meta.text("station", in: database) ?? "", staff: try Meta.text("staff", in: database) ?? "",
            lineage: position.lineage.first, certificate: try Meta.bytes("certificate", in: database) ?? [])
    }

    // MARK: - Another copy

    /// Takes a new identity for the sets that the township does not hold.
    private func forkIdentity() throws {
        let position = try replica.read { try $0.position() }
        try replica.read { try $0.checkResets(.fork, in: position.epoch) }
        let common = try lastCommon(position)
        let (signer, sealingKey) = try keys.forkKeys(from: position.device)
        let wish = ForkRequest(common: common, signingKey: signer.publicKey, sealingKey: sealingKey)
        let body = try courier.exchange(
            .post, "/v1/devices/\(position.device)/fork", body: wish.encoded(as: .protobuf), shouldAbort: shouldAbort)
        guard case .enrolment(let reply) = body else { throw Problem(.unreachable, "fork") }
        try keys.adopt(reply.device, from: position.device)
        let holdsMore = try replica.read { try $0.hasSettled(above: common.number) }
        let change = { (transaction: ReplicaTransaction) throws -> Void in
            try transaction.countReset(.fork, in: position.epoch)
            try transaction.fork(to: reply.device, common: common)
            try Meta.set(reply.certificate, for: "certificate", in: transaction.database)
            try Meta.set(sealingKey, for: "sealing_public_key", in: transaction.database)
        }
        if holdsMore {
            try swapIn(epoch: position.epoch, change)
        } else {
            try replica.write(change)
        }
        try keys.forgetForkKeys(from: position.device)
        courier.assume(keyID: reply.device.description, key: signer)
    }

    /// The last set that is in the outbox and at the township, found from the top.
    private func lastCommon(_ position: ReplicaPosition) throws -> Acknowledgement {
        let last = try replica.read { try $0.lastOutboxSet().number }
        var top = min(last, courier.hello?.acknowledged?.number ?? last)
        while top > 0 {
            let first = top >= UInt64(Limits.setsPerFrame) ? top - UInt64(Limits.setsPerFrame) + 1 : 1
            let body = try courier.exchange(
                .get, "/v1/devices/\(position.device)/chain", query: "first=\(first)", shouldAbort: shouldAbort)
            guard case .chain(let run) = body, run.first == first else { throw Problem(.unreachable, "chain") }
            onVerified()
            if let common = try replica.read({
                try SyncRecovery.lastCommon(run, hash: $0.chainHash(after:))
            }) {
                return common
            }
            top = first - 1
        }
        return Acknowledgement()
    }

    // MARK: - Fetching anew

    /// Fetches the station's records anew, counted.
    package func rebuild(_ reason: SyncRecovery.Reason) throws {
        let position = try replica.read { try $0.position() }
        try replica.read { try $0.checkResets(reason, in: position.epoch) }
        try swapIn(epoch: position.epoch) { try $0.countReset(reason, in: position.epoch) }
    }

    /// Keeps the bootstrap aside page by page, through as many tries as it takes, and swaps it in with one transaction:
    /// `change`, then the new shadow. What is pending keeps its bases, and may grow meanwhile.
    private func swapIn(epoch: EpochID, _ change: @escaping (ReplicaTransaction) throws -> Void) throws {
        var pages = try replica.read { try $0.stagedPages(of: epoch) ?? [] }
        var token = try pages.last.map { try PullPage(decoding: $0).bootstrapToken } ?? []
        while pages.isEmpty || !token.isEmpty {
            let body = try verified(.get, "/v1/pull", query: "token=\(Hex.encode(token))&epoch=\(epoch)")
            guard case .pull(let page) = body, page.isBootstrap, page.epoch == epoch,
                pages.count < Limits.roundsPerSync
            else { throw Problem(.unreachable, "pull") }
            onVerified()
            let bytes = page.encoded()
            try replica.write { try $0.stage(bytes, of: epoch) }
            pages.append(bytes)
            token = page.bootstrapToken
        }
        try replica.write { transaction in
            try change(transaction)
            try transaction.forgetShadow()
            for page in pages { _ = try PageApplication.apply(PullPage(decoding: page), to: transaction) }
            try transaction.clearStaging()
            try keepHead(in: transaction)
            try Meta.set([UInt8](), for: "bootstrap_token", in: transaction.database)
            try Meta.set(0 as UInt64, for: "digest_differs", in: transaction.database)
        }
    }
}

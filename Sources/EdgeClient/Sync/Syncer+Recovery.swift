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
        case .gap where try hasGoneBack(): try adoptEpoch()
        default: return false
        }
        return true
    }

    /// Looks at an answer's hello before anything else of the answer is used.
    func observe(_ hello: Hello) throws {
        if let finding = try replica.read({ try finding(in: hello, $0) }) { throw Problem(finding) }
    }

    /// What an answer's hello says of station and township; `nil` when they go together.
    func finding(in hello: Hello, _ transaction: ReplicaTransaction) throws -> Problem.Code? {
        let last = try transaction.lastOutboxSet().number
        return try SyncRecovery.finding(
            hello, position: try transaction.position(), last: last,
            decided: try transaction.decidedThrough(last: last), hash: transaction.chainHash(after:))
    }

    /// Whether the township acknowledges less than it has said that it decided.
    private func hasGoneBack() throws -> Bool {
        guard let acknowledged = courier.hello?.acknowledged else { return false }
        return try replica.read { try acknowledged.number < $0.decidedThrough(last: $0.lastOutboxSet().number) }
    }

    // MARK: - Another history

    private func adoptEpoch() throws {
        guard let hello = courier.hello else { throw Problem(.unreachable, "hello") }
        try turn(try .adoption(of: hello, in: replica))
    }

    private func turn(_ turn: ReplicaTurn) throws {
        guard turn.needsPicture else { return try replica.write(turn.write) }
        try swapIn(turn, of: turn.epoch)
    }

    /// The desk's sets that this station held for the township go back to it.
    func offer(_ escrow: (epoch: EpochID, items: [EscrowItem])) throws {
        let offer = EscrowOffer(epoch: escrow.epoch, sealed: escrow.items.map(\.sealed))
        _ = try exchange(.post, "/v1/escrow", parcel: Parcel(offer.encoded(as: .protobuf)))
        guard let last = escrow.items.last else { return }
        try replica.write { try $0.forgetEscrow(of: escrow.epoch, through: last.seq) }
    }

    func readmit() throws {
        let (position, wish) = try replica.read { transaction in
            let position = try transaction.position()
            return (position, try Self.readmission(position, keys: keys, in: transaction))
        }
        let epoch = courier.hello?.epoch ?? position.epoch
        try replica.read { try $0.checkResets(.readmission, in: epoch) }
        let body = try courier.exchange(
            .post, "/v1/devices/\(position.device)/readmission", body: wish.encoded(as: .protobuf),
            keyID: Base64.encode(wish.signingKey, .url), shouldAbort: shouldAbort)
        guard case .enrolment = body else { throw Problem(.unreachable, "readmission") }
        try replica.write { try $0.countReset(.readmission, in: epoch) }
    }

    /// What this station says of itself, with the township's own word for it.
    static func readmission(
        _ position: ReplicaPosition, keys: any StationKeys, in transaction: ReplicaTransaction
    ) throws -> Readmission {
        let database = transaction.database
        var readmission = Readmission(
            device: position.device, signingKey: try keys.signer(of: position.device).publicKey,
            sealingKey: try Meta.bytes("sealing_public_key", in: database) ?? [], scopes: position.scopes,
            station: try Meta.text("station", in: database) ?? "", staff: try Meta.text("staff", in: database) ?? "",
            lineage: position.lineage.first, certificate: try Meta.bytes("certificate", in: database) ?? [])
        if let former = try Meta.bytes("former", in: database) {
            readmission.former = try Readmission(decoding: former, as: .protobuf).asFormer
        }
        return readmission
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
        try turn(try .fork(to: reply, common: common, sealingKey: sealingKey, keys: keys, in: replica))
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
        let turn = ReplicaTurn(epoch: position.epoch, needsPicture: true) {
            try $0.countReset(reason, in: position.epoch)
        }
        try swapIn(turn, of: position.epoch)
    }

    /// Keeps the bootstrap aside page by page, through as many tries as it takes, and swaps it in with the turn. What is
    /// pending may grow meanwhile.
    private func swapIn(_ turn: ReplicaTurn, of epoch: EpochID) throws {
        var (pages, last) = try replica.read { try $0.staged(of: epoch) }
        var token = try last.map { try PullPage(decoding: $0).bootstrapToken } ?? []
        while pages == 0 || !token.isEmpty {
            let body = try verified(.get, "/v1/pull", query: "token=\(Hex.encode(token))&epoch=\(epoch)")
            guard case .pull(let page) = body, page.isBootstrap, page.epoch == epoch, pages < Limits.roundsPerSync
            else { throw Problem(.unreachable, "pull") }
            onVerified()
            try replica.write { try $0.stage(page.encoded(), of: epoch) }
            pages += 1
            token = page.bootstrapToken
        }
        try replica.write { transaction in
            _ = try transaction.swapIn(turn, of: epoch, proved: heads.parting?.common)
            try keepHead(in: transaction)
        }
    }
}

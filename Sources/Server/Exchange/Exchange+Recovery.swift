import GRDB
package import RecordStore
import SyncEngine
package import SyncWire

/// What stations ask for after a restore, or when they find that they are a copy.
extension Exchange {
    /// The hashes of the device's own chain, from the number that `first` names on.
    func chain(_ request: ReceivedRequest, for device: RegisteredDevice, in database: Database) throws -> ChainRun {
        let first = try request.number("first") ?? 1
        let register = DeviceRegister(database)
        if let link = device.state.lineage.first(where: { first <= $0.number }) {
            let count = Int(clamping: min(link.number - first + 1, UInt64(Limits.setsPerFrame)))
            return ChainRun(first: first, hashes: try register.chain(of: link.device, from: first, limit: count))
        }
        let hashes = try register.chain(of: device.state.id, from: first, limit: Limits.setsPerFrame)
        return ChainRun(first: first, hashes: hashes)
    }

    func fork(
        _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> EnrolmentReply {
        let device = try authenticate(request, in: transaction.database)
        return try enrolment(in: transaction).fork(
            device, try ForkRequest(decoding: request.body, as: request.media))
    }

    func readmit(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> EnrolmentReply {
        try checkFreshness(request)
        let wish = try Readmission(decoding: request.body, as: request.media)
        try verify(request, key: wish.signingKey)
        return try enrolment(in: transaction).readmit(wish, signatures: signatures)
    }

    /// Takes the desk's sets back that a station held, and decides those that follow what is known.
    /// - Throws: ``Problem`` ``Problem/Code/badSignature`` for one that is not the desk's.
    func acceptEscrow(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> DeviceID {
        let device = try authenticate(request, in: transaction.database)
        try accept(try EscrowOffer(decoding: request.body, as: request.media), in: transaction)
        return device.state.id
    }

    package func accept(_ offer: EscrowOffer, in transaction: AuthorityTransaction) throws {
        let store = EscrowStore(transaction.database)
        let register = DeviceRegister(transaction.database)
        var desks: [DeviceID] = []
        for sealed in offer.sealed {
            let item = try EscrowedSet(decoding: try escrow.open(sealed))
            guard let desk = try register.device(item.device), desk.state.isDesk else { throw Problem(.badSignature) }
            let set = SealedSet(
                set: try tables.codec.decode(set: item.bytes), bytes: item.bytes, after: item.previousHash)
            let signed = PushFrame.signedBytes(lastHash: set.hash)
            guard signatures.isValid(item.signature, for: signed, publicKey: desk.signingKey) else {
                throw Problem(.badSignature, "escrow")
            }
            try store.offer(set, previousHash: item.previousHash, signature: item.signature)
            if !desks.contains(desk.state.id) { desks.append(desk.state.id) }
        }
        for desk in desks { try decideOffers(of: desk, in: transaction) }
    }

    private func decideOffers(of desk: DeviceID, in transaction: AuthorityTransaction) throws {
        let store = EscrowStore(transaction.database)
        let register = DeviceRegister(transaction.database)
        let decision = PushDecision(store: transaction, codec: tables.codec, region: region, now: clock())
        while let state = try register.device(desk)?.state,
            let (bytes, signature) = try store.next(of: desk, after: state.acknowledged)
        {
            let previous = state.acknowledged.hash
            let set = SealedSet(set: try tables.codec.decode(set: bytes), bytes: bytes, after: previous)
            let outcome = try decision.decide([set], previousHash: previous, from: state).outcomes[0]
            try register.keepSignature(signature, device: desk, through: set.set.number)
            let item = EscrowedSet(device: desk, previousHash: previous, bytes: bytes, signature: signature)
            try store.add(EscrowItem(seq: outcome.seq, sealed: try escrow.seal(item.encoded())))
        }
        if let state = try register.device(desk)?.state {
            try store.forgetOffers(of: desk, through: state.acknowledged.number)
        }
    }
}

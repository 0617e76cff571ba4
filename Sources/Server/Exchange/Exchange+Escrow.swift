import Assistance
package import RecordStore
import SyncEngine
package import SyncWire

/// The desk's acts of a history that is over, as stations bring them back (DESIGN section 4, Restore).
extension Exchange {
    /// Takes the desk's sets back that a station held.
    /// - Throws: ``Problem`` ``Problem/Code/badSignature`` for one that is not the desk's.
    func acceptEscrow(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> DeviceID {
        let device = try authenticate(request, in: transaction.database)
        try accept(try EscrowOffer(decoding: request.body, as: request.media), in: transaction)
        return device.state.id
    }

    package func accept(_ offer: EscrowOffer, in transaction: AuthorityTransaction) throws {
        let present = try AuthorityIdentity.read(transaction.database).desk
        let register = DeviceRegister(transaction.database)
        for sealed in offer.sealed {
            let item = try EscrowedSet(decoding: try desk.escrow.open(sealed))
            let set = SealedSet(
                set: try tables.codec.decode(set: item.bytes), bytes: item.bytes, after: item.previousHash)
            let former = try register.device(item.device)
            // A desk that this database does not know was one after its backup was made: of the same key, as all are.
            guard set.set.device == item.device, former?.state.isDesk ?? true,
                let key = try (former ?? register.device(present))?.signingKey,
                signatures.isValid(
                    item.signature, for: PushFrame.signedBytes(lastHash: set.hash), publicKey: key)
            else { throw Problem(.badSignature, "escrow") }
            try accept(set, of: item, from: former?.state, present: present, in: transaction)
            try attachments?.arrive(blobsMarked(by: set.set, in: transaction), in: transaction, now: clock())
        }
    }

    /// The blobs of the attachments that a set of the desk says something of.
    private func blobsMarked(by set: ChangeSet, in transaction: AuthorityTransaction) throws -> [Hash256] {
        guard let kind = tables.schema.kind(Attachment.kindName) else { return [] }
        return try set.changes.filter { $0.kind == kind.name }.compactMap { change in
            try transaction.record(change.record, kind: kind).flatMap { Attachment($0) }?.sha256
        }
    }

    /// A set that goes on from what is known of its desk is decided as it is. One whose place is taken is the same act
    /// under the present desk: the township went on from an older copy for a while, or what came before it is lost.
    private func accept(
        _ sealed: SealedSet, of item: EscrowedSet, from former: DeviceState?, present: DeviceID,
        in transaction: AuthorityTransaction
    ) throws {
        let register = DeviceRegister(transaction.database)
        let adopted = AdoptedSets(transaction.database)
        guard try !adopted.contains(sealed.hash) else { return }
        let number = sealed.set.number
        if let former {
            let chain = [Lineage(device: former.id, number: former.acknowledged.number)]
            if try register.chainHash(of: chain, at: number) == sealed.hash { return }
        }
        if let work = item.work, RevokedWork.revoked(by: sealed.set) == work.device.device {
            try take(work, in: transaction)
        }
        if let former {
            if number == former.acknowledged.number + 1, item.previousHash == former.acknowledged.hash {
                _ = try desk.enter(sealed, from: former, signature: item.signature, at: clock(), in: transaction)
                return
            }
        }
        guard let state = try register.device(present)?.state else { throw Problem(.notInitialised) }
        var set = sealed.set
        set.device = present
        set.number = state.acknowledged.number + 1
        let again = SealedSet(set: set, bytes: tables.codec.encode(set), after: state.acknowledged.hash)
        _ = try desk.enter(again, from: state, at: clock(), in: transaction)
        try adopted.add(sealed.hash, as: set)
    }

    /// What a device had handed in before it was revoked, decided as its own where this township does not have it.
    private func take(_ work: RevokedWork, in transaction: AuthorityTransaction) throws {
        let register = DeviceRegister(transaction.database)
        let known: RegisteredDevice
        do {
            known = try enrolment(in: transaction).readmit(work.device, signatures: signatures)
        } catch let problem as Problem where [.unknownDevice, .badSignature].contains(problem.code) {
            return
        }
        let chain = try work.proven(codec: tables.codec, signatures: signatures)
        guard let first = chain.first, first.set.number > 0 else { return }
        let points =
            [(number: first.set.number - 1, hash: work.previousHash)]
            + chain.map { (number: $0.set.number, hash: $0.hash) }
        let own = [Lineage(device: known.state.id, number: UInt64(Int64.max))] + known.state.lineage
        guard let common = try points.last(where: { try register.chainHash(of: own, at: $0.number) == $0.hash }) else {
            return
        }
        let missing = chain.filter { $0.set.number > common.number }
        guard !missing.isEmpty else { return }
        guard common.number == known.state.acknowledged.number else {
            return try take(
                missing, after: Acknowledgement(number: common.number, hash: common.hash), of: known, in: transaction)
        }
        var device = known.state
        // By hand, meanwhile; what it had handed in before stands.
        device.isRevoked = false
        let decision = PushDecision(store: transaction, codec: tables.codec, region: region, now: clock())
        _ = try decision.decide(missing, previousHash: common.hash, from: device)
        for sealed in missing {
            let number = sealed.set.number
            for signature in work.signatures
            where signature.number == number && work.isSigned(sealed, signature, signatures) {
                try register.keepSignature(signature.bytes, device: device.id, through: number)
            }
        }
    }

    /// A copy of the device's folder, put back from before, has gone on in its place since. What it had handed in is taken as
    /// a copy's own would be, under an identity forked off where the two part; the desk signs for it, for the laptop is gone.
    private func take(
        _ missing: [SealedSet], after common: Acknowledgement, of parent: RegisteredDevice,
        in transaction: AuthorityTransaction
    ) throws {
        let register = DeviceRegister(transaction.database)
        guard let first = missing.first,
            try !register.sets(ofCopiesOf: parent.state.id, number: first.set.number).contains(where: { bytes in
                var set = try tables.codec.decode(set: bytes)
                set.device = parent.state.id
                return set == first.set
            })
        else { return }
        var copy = parent
        copy.state = DeviceState(
            id: newID(clock()), isDesk: false, scopes: parent.state.scopes, acknowledged: common,
            lineage: [Lineage(device: parent.state.id, number: common.number)] + parent.state.lineage)
        copy.signingKey = desk.signer.publicKey
        copy.enrolledAt = clock()
        copy.certificate = try signer.signature(for: copy.readmission.statement)
        try register.add(copy)
        var sets: [SealedSet] = []
        for sealed in missing {
            var set = sealed.set
            set.device = copy.state.id
            sets.append(
                SealedSet(set: set, bytes: tables.codec.encode(set), after: sets.last?.hash ?? common.hash))
        }
        guard let last = sets.last else { return }
        let decision = PushDecision(store: transaction, codec: tables.codec, region: region, now: clock())
        _ = try decision.decide(sets, previousHash: common.hash, from: copy.state)
        try register.keepSignature(
            try desk.signer.signature(for: PushFrame.signedBytes(lastHash: last.hash)), device: copy.state.id,
            through: last.set.number)
        try register.revoke(copy.state.id, reason: "copy", at: clock())
    }
}

import RecordStore
import SyncEngine
import SyncWire

extension RevokedWork {
    /// What the device that a set revokes had handed in and no backup holds, up to ``Limits/revokedWorkBytes``.
    /// - Returns: `nil` when the set revokes none, or there is nothing.
    static func lost(with set: ChangeSet, in transaction: AuthorityTransaction) throws -> RevokedWork? {
        guard let id = revoked(by: set) else { return nil }
        let register = DeviceRegister(transaction.database)
        guard let device = try register.device(id), !device.state.isDesk else { return nil }
        let sets = try register.handedIn(
            by: id, after: try EscrowStore(transaction.database).watermark(), bytes: Limits.revokedWorkBytes)
        guard let first = sets.first?.number, let last = sets.last?.number,
            let before = try register.chainHash(
                of: [Lineage(device: id, number: UInt64(Int64.max))] + device.state.lineage, at: first - 1)
        else { return nil }
        var readmission = device.readmission
        readmission.former = try device.state.lineage.prefix(Limits.formerIdentities).compactMap {
            try register.device($0.device)?.readmission
        }
        return RevokedWork(
            device: readmission, previousHash: before, sets: sets.map(\.bytes),
            signatures: try register.signatures(of: id, over: first...last).map { Signature(number: $0, bytes: $1) })
    }

    /// The device that a set of the desk revokes.
    static func revoked(by set: ChangeSet) -> DeviceID? {
        let revocations = set.changes.filter { $0.kind == DeviceRevocation.kindName && $0.operation == .create }
        return revocations.flatMap(\.edits).first { $0.field == "device" }?.new.recordID
    }

    /// Its sets with their hashes, as far as they are one chain of the device's own that it has signed.
    func proven(codec: any ChangeCodec, signatures scheme: any SignatureScheme) throws -> [SealedSet] {
        var chain: [SealedSet] = []
        for bytes in sets {
            let set = try codec.decode(set: bytes)
            guard set.device == device.device, chain.last.map({ $0.set.number + 1 == set.number }) ?? true else {
                break
            }
            chain.append(SealedSet(set: set, bytes: bytes, after: chain.last?.hash ?? previousHash))
        }
        let signed = chain.lastIndex { sealed in
            signatures.contains { $0.number == sealed.set.number && isSigned(sealed, $0, scheme) }
        }
        return signed.map { Array(chain[...$0]) } ?? []
    }

    func isSigned(_ sealed: SealedSet, _ signature: Signature, _ scheme: any SignatureScheme) -> Bool {
        scheme.isValid(
            signature.bytes, for: PushFrame.signedBytes(lastHash: sealed.hash), publicKey: device.signingKey)
    }
}

import RecordStore
import SyncEngine
import SyncWire

/// What stations show that hold heads which this server does not extend.
extension Exchange {
    /// Heads that a station holds. When they are this server's own word on the present history, its database is not the
    /// one it gave that word on: a copy brought back by hand. A new history begins then, at the largest head that both
    /// hold; of what lies above nothing is taken to be common.
    /// - Returns: who showed them.
    /// - Throws: ``Problem`` ``Problem/Code/badSignature`` for heads that this server never signed.
    func acceptHeads(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> DeviceID {
        let device = try authenticate(request, in: transaction.database)
        let heads = try TreeHead.list(decoding: request.body, as: request.media)
        let isOwn = heads.allSatisfy {
            signatures.isValid($0.signature, for: $0.signedBytes, publicKey: signer.publicKey)
        }
        guard isOwn, !heads.isEmpty else { throw Problem(.badSignature, "heads") }
        let epoch = try transaction.head().epoch
        let comparison = try LogTree(transaction.database).compare(heads, epoch: epoch)
        if comparison.isContradicted {
            let now = clock()
            try transaction.startEpoch(
                fork: comparison.common, epoch: newID(now), desk: newID(now), reason: "copy", at: now)
        }
        return device.state.id
    }
}

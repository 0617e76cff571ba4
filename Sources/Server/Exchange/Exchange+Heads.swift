import GRDB
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
        guard !heads.isEmpty else { throw Problem(.badSignature, "heads") }
        try accept(heads, in: transaction)
        return device.state.id
    }

    /// A head of a history that this log knows nothing of is this server's word all the same: it has been on a later one, and
    /// is an older copy. That history is lost, and noted as such: shown again, it begins nothing.
    private func accept(_ heads: [TreeHead], in transaction: AuthorityTransaction) throws {
        try checkOwn(heads)
        let epoch = try transaction.head().epoch
        let lost = Set(try EpochReader(transaction.database).entries().filter(\.isLost).map(\.epoch))
        let telling = heads.filter { !lost.contains($0.epoch) }
        let comparison = try LogTree(transaction.database).compare(telling, epoch: epoch)
        guard comparison.isContradicted else { return }
        try startEpoch(at: comparison.common, against: telling, in: transaction)
    }

    /// - Parameter heads: which a station has shown.
    func startEpoch(at fork: Seq, against heads: [TreeHead], in transaction: AuthorityTransaction) throws {
        let now = clock()
        let notice = HeadNotice.contradicted(common: fork, signed: heads.map(\.size).max() ?? 0)
        try notice.keep(in: transaction)
        let known = try EpochReader(transaction.database).entries().map(\.epoch)
        for epoch in Set(heads.map(\.epoch)).sorted() where !known.contains(epoch) {
            try transaction.registerEpoch(epoch, reason: EpochReader.Entry.lost, at: now)
        }
        try transaction.startEpoch(fork: fork, epoch: newID(now), desk: newID(now), reason: "copy", at: now)
    }

    private func checkOwn(_ heads: [TreeHead]) throws {
        let isOwn = heads.allSatisfy {
            signatures.isValid($0.signature, for: $0.signedBytes, publicKey: signer.publicKey)
        }
        guard isOwn else { throw Problem(.badSignature, "heads") }
    }

    func head(in database: Database) throws -> Base { try LogReader(database, tables: tables).head() }

    /// The same of all heads that a station keeps, as every bundle shows them. Those of a history that was lost say
    /// something only when the station has left the present one for it.
    /// - Returns: where the new history begins; `nil` when they contradict nothing.
    /// - Throws: ``Problem`` ``Problem/Code/badSignature`` for heads that this server never signed.
    func contradiction(in heads: [TreeHead], database: Database) throws -> Seq? {
        try checkOwn(heads)
        let present = try head(in: database).epoch
        let line = [present] + (try EpochReader(database).ancestors().map(\.epoch))
        let known = heads.filter { line.contains($0.epoch) }
        let comparison = try LogTree(database).compare(known, epoch: present)
        let hasLeft = heads.last != known.last && known.contains { $0.epoch == present }
        return comparison.isContradicted || hasLeft ? comparison.common : nil
    }

    /// The largest of a station's heads that lies on the way to the present one: a proof goes on from it.
    func shared(_ heads: [TreeHead], in database: Database) throws -> TreeHead? {
        let tree = LogTree(database)
        let size = try tree.frontier().size
        return try heads.sorted { $0.size > $1.size }
            .first { try $0.size <= size && tree.root(at: $0.size) == $0.root }
    }
}

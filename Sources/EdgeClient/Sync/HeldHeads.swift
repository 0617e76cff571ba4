import RecordStore
import SyncEngine
import SyncWire

/// The township's heads that a station has checked and kept, and its judgement of the next one: the same over HTTP and by
/// stick.
struct HeldHeads {
    let replica: ReplicaDatabase
    let signatures: any SignatureScheme

    /// - Parameters:
    ///   - kept: ``ReplicaTransaction/treeHeads()``.
    ///   - named: the one from which the proof was asked for.
    ///   - isProofDue: a proof was asked for, and the answer is no problem.
    func judge(
        _ hello: Hello, kept: [TreeHead], named: TreeHead?, isProofDue: Bool, in transaction: ReplicaTransaction
    ) throws -> HeadCheck.Verdict {
        // A replica without the township's key has nothing to check with.
        guard let key = try Meta.bytes("server_key", in: transaction.database) else { return .unproven }
        let check = HeadCheck(
            serverKey: key, kept: kept, named: named, ancestors: try Ancestors.read(in: transaction)
        ) { signatures.isValid($0, for: $1, publicKey: $2) }
        return check.judge(hello, isProofDue: isProofDue)
    }

    /// Keeps the evidence. Pending work is not touched.
    /// - Returns: what the user is told, and the heads that the township has to explain.
    func refuse(_ hello: Hello, _ refusal: HeadCheck.Refusal) throws -> (problem: Problem, presented: [TreeHead]) {
        let shown = hello.treeHead ?? TreeHead(epoch: hello.epoch, size: hello.latestSeq, root: .zero)
        return try replica.write { transaction in
            let kept = try transaction.treeHeads()
            let held = kept.last ?? TreeHead(epoch: hello.epoch, size: 0, root: MerkleHash.empty)
            try transaction.keepEvidence(refusal.rawValue, held: held, shown: shown)
            let problem = Problem(.historyRewritten, "\(refusal.rawValue) \(held.size) → \(shown.size)")
            return (problem, Array(kept.suffix(Limits.heads)))
        }
    }
}

/// A station's judgement of the tree head in an answer: whether the server's history goes on from the one it showed
/// before. A function over values.
package struct HeadCheck {
    /// Why a head is refused; the names are kept with the evidence.
    package enum Refusal: String, Sendable {
        /// The answer has none.
        case missing
        /// Not signed with the township's key.
        case badSignature = "bad-signature"
        /// Not of the history, or not of the latest seq, that the same answer states.
        case inconsistent
        /// Fewer sets than before.
        case shorter
        /// Another root over the same sets, or a proof that does not hold.
        case rewritten
        /// A history of which the server does not say where it comes from.
        case unknownHistory = "unknown-history"
    }

    /// A new history that is not proved to hold all that was shown of the one before: true of a township that went back
    /// to a backup, and all that a history which was written anew would show.
    package struct Parting: Hashable, Sendable {
        /// The last head of the earlier history.
        package var held: TreeHead
        /// What both hold, by the township's word.
        package var fork: Seq
        /// What both are proved to hold: the largest kept head within the fork.
        package var common: Seq

        package init(held: TreeHead, fork: Seq, common: Seq) {
            self.held = held
            self.fork = fork
            self.common = common
        }
    }

    package enum Verdict: Hashable, Sendable {
        /// It extends what is held; keep it. A person is told of what it leaves behind.
        case keep(TreeHead, leaving: Parting? = nil)
        /// It is the one that is held.
        case known
        /// Nothing was asked that would prove it: as good as none.
        case unproven
        /// The history forked below the held head: ask again, naming this one.
        case ask(TreeHead)
        case refused(Refusal)
    }

    /// The township's Ed25519 key, from the enrolment.
    package var serverKey: [UInt8]
    /// The heads that are kept, in the order in which they came.
    package var kept: [TreeHead]
    /// The one whose size the request named.
    package var named: TreeHead?
    /// Of the held head's history, as the township last told them.
    package var ancestors: [Base]
    package var isValid: (_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool

    package init(
        serverKey: [UInt8], kept: [TreeHead], named: TreeHead?, ancestors: [Base] = [],
        isValid: @escaping (_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool
    ) {
        self.serverKey = serverKey
        self.kept = kept
        self.named = named
        self.ancestors = ancestors
        self.isValid = isValid
    }

    /// - Parameter isProofDue: the request asked for a proof, and the answer is no problem.
    package func judge(_ hello: Hello, isProofDue: Bool) -> Verdict {
        guard let head = hello.treeHead else { return isProofDue ? .refused(.missing) : .unproven }
        guard isValid(head.signature, head.signedBytes, serverKey) else { return .refused(.badSignature) }
        guard head.epoch == hello.epoch, head.size == hello.latestSeq else { return .refused(.inconsistent) }
        guard let held = kept.last else { return .keep(head) }
        guard held.epoch == head.epoch else { return acrossHistories(held, head, hello, isProofDue: isProofDue) }
        if head.size < held.size { return .refused(.shorter) }
        if head.size == held.size { return head.root == held.root ? .known : .refused(.rewritten) }
        return extended(from: held, to: head, hello, isProofDue: isProofDue)
    }

    /// A history that the server began since: what both hold must still be the same.
    private func acrossHistories(
        _ held: TreeHead, _ head: TreeHead, _ hello: Hello, isProofDue: Bool
    ) -> Verdict {
        guard !hasLeft(head.epoch), let fork = fork(of: held.epoch, in: hello) else { return .refused(.unknownHistory) }
        let line = kept.filter { head in
            head.epoch == held.epoch || ancestors.contains { $0.epoch == head.epoch && head.size <= $0.seq }
        }
        let shared = line.filter { $0.size <= min(fork, head.size) }.max { $0.size < $1.size }
        let common = shared?.size ?? 0
        let parting = held.size > common ? Parting(held: held, fork: fork, common: common) : nil
        guard let shared else { return .keep(head, leaving: parting) }
        if shared.size == head.size {
            return shared.root == head.root ? .keep(head, leaving: parting) : .refused(.rewritten)
        }
        // One that goes on from the shared head proves that one, too.
        if let named, named.epoch == shared.epoch, named.size > shared.size, kept.contains(named),
            case .keep = extended(from: named, to: head, hello, isProofDue: isProofDue)
        {
            return .keep(head, leaving: parting)
        }
        if named?.size != shared.size, shared.size > 0 { return isProofDue ? .ask(shared) : .unproven }
        return extended(from: shared, to: head, hello, isProofDue: isProofDue, leaving: parting)
    }

    /// A history that was left is not gone back to.
    private func hasLeft(_ epoch: EpochID) -> Bool {
        kept.contains { $0.epoch == epoch } || ancestors.contains { $0.epoch == epoch }
    }

    /// The last seq that both histories hold; `nil` when the server does not say where its own comes from.
    private func fork(of epoch: EpochID, in hello: Hello) -> Seq? {
        for own in [Base(epoch: epoch, seq: .max)] + ancestors {
            if let theirs = hello.ancestors.first(where: { $0.epoch == own.epoch }) { return min(own.seq, theirs.seq) }
        }
        return nil
    }

    private func extended(
        from held: TreeHead, to head: TreeHead, _ hello: Hello, isProofDue: Bool, leaving parting: Parting? = nil
    ) -> Verdict {
        guard isProofDue, held.size == 0 || named?.size == held.size else { return .unproven }
        let holds = MerkleProof.extends(
            size: head.size, root: head.root, earlierSize: held.size, earlierRoot: held.root,
            proof: held.size == 0 ? [] : hello.consistency)
        return holds ? .keep(head, leaving: parting) : .refused(.rewritten)
    }
}

/// Which heads of a growing log are worth keeping: the last, and the first of every doubling. A few dozen for a log of
/// any size.
package enum HeadSelection {
    /// `heads`, in the order in which they came, without those that may go. The last of a history stays.
    package static func thinned(_ heads: [TreeHead]) -> [TreeHead] {
        heads.indices.filter { index in
            let head = heads[index]
            guard index > 0, index < heads.count - 1, heads[index + 1].epoch == head.epoch else { return true }
            return heads[index - 1].epoch != head.epoch || bits(heads[index - 1].size) != bits(head.size)
        }.map { heads[$0] }
    }

    private static func bits(_ size: UInt64) -> Int { 64 - size.leadingZeroBitCount }
}

/// A log against heads that its server signed: whether the database is the one the server gave its word on.
package struct HeadComparison: Hashable, Sendable {
    /// A head names more sets than there are, or a history that this log knows nothing of.
    package private(set) var isShort = false
    /// A head has another root over the same sets.
    package private(set) var isDifferent = false
    /// The largest head that both hold, below any that contradicts; 0 without one.
    package private(set) var common: Seq = 0

    package var isContradicted: Bool { isShort || isDifferent }

    /// - Parameters:
    ///   - heads: with valid signatures.
    ///   - ancestors: earlier histories of this one, each with the last seq that this one holds of it: beyond that a head
    ///     contradicts nothing.
    ///   - root: of the log's tree at a size within it.
    package init(
        _ heads: [TreeHead], epoch: EpochID, ancestors: [Base], size: UInt64,
        root: (UInt64) throws -> Hash256
    ) rethrows {
        for head in heads.sorted(by: { $0.size < $1.size }) {
            let isWithin = head.size <= size
            let isSame = try isWithin && root(head.size) == head.root
            if isSame, !isDifferent { common = head.size }
            if head.epoch == epoch {
                if !isWithin { isShort = true } else if !isSame { isDifferent = true }
            } else if let held = ancestors.first(where: { $0.epoch == head.epoch }) {
                if head.size <= held.seq, !isSame { isDifferent = true }
            } else {
                isShort = true
            }
        }
    }
}

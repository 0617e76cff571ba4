/// What a head that another station holds is to the history that this one is shown: the township signs for both, and must
/// not tell them two stories. A function over values.
package struct HeadAgreement: Hashable, Sendable {
    package enum Verdict: Hashable, Sendable {
        /// It is a beginning of what is shown here.
        case same
        /// Of a history that the township says it has left, beyond where it did.
        case left
        /// The two do not go together.
        case contradicts(HeadCheck.Refusal)
    }

    /// The other station's, signed by the township.
    package var other: TreeHead
    package var verdict: Verdict

    /// - Parameter hello: whose head was checked, with the proof from the other head's size.
    package init(_ other: TreeHead, shown head: TreeHead, in hello: Hello) {
        self.other = other
        let isPresent = other.epoch == head.epoch
        let ancestor = hello.ancestors.first { $0.epoch == other.epoch }
        if !isPresent, ancestor == nil {
            verdict = .contradicts(.unknownHistory)
        } else if let ancestor, other.size > ancestor.seq {
            verdict = .left
        } else if other.size > head.size {
            verdict = .contradicts(.shorter)
        } else {
            let proof = other.size == 0 || other.size == head.size ? [] : hello.consistency
            let holds = MerkleProof.extends(
                size: head.size, root: head.root, earlierSize: other.size, earlierRoot: other.root, proof: proof)
            verdict = holds ? .same : .contradicts(.rewritten)
        }
    }
}

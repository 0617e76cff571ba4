/// What a station must notice in an answer before it uses anything of it, and how it goes on (DESIGN section 4, Numbers,
/// Stale, Restore). Functions over values.
package enum SyncRecovery {
    /// Why a replica fetches its records anew; counted by epoch, so that a loop stops.
    package enum Reason: String, Sendable, CaseIterable {
        /// The township's history is another one: restored, or copied back.
        case epoch
        /// The cursor is below what the township still keeps.
        case stale
        /// The digests differ.
        case digest
        /// Another copy of this station has gone on.
        case fork
        /// The township does not know this station any more.
        case readmission
    }

    /// What is wrong between a replica and the township that answered; `nil` when they go together.
    ///
    /// - Parameters:
    ///   - last: the number of the outbox's last set.
    ///   - decided: the number up to which the township has said that it decided; 0 for an answer that may be late.
    ///   - hash: the chain's hash after a number of the outbox, ``Hash256/zero`` after 0.
    package static func finding(
        _ hello: Hello, position: ReplicaPosition, last: UInt64, decided: UInt64 = 0,
        hash: (UInt64) throws -> Hash256?
    ) rethrows -> Problem.Code? {
        if hello.epoch != position.epoch { return .epochChanged }
        guard let acknowledged = hello.acknowledged else { return nil }
        // A township that was restored does not hold the chain that this device was forked off, until it is offered again.
        if position.lineage.contains(where: { $0.number == acknowledged.number }), acknowledged.hash == .zero {
            return nil
        }
        guard acknowledged.number <= last, try hash(acknowledged.number) == acknowledged.hash else {
            return .chainForked
        }
        // It has gone back behind what it said itself, though nothing that it signed tells so.
        return acknowledged.number < decided ? .gap : nil
    }

    /// The last seq that a replica's history shares with the one the township is in now.
    ///
    /// - Parameters:
    ///   - own: the replica's epoch.
    ///   - ancestors: of the replica's epoch, as the township last told them.
    /// - Returns: 0 when they have nothing in common that is known.
    package static func forkPoint(own: EpochID, ancestors: [Base], in hello: Hello) -> Seq {
        if hello.epoch == own { return hello.latestSeq }
        if let direct = hello.ancestors.first(where: { $0.epoch == own }) { return direct.seq }
        for ancestor in ancestors {
            if ancestor.epoch == hello.epoch { return ancestor.seq }
            if let shared = hello.ancestors.first(where: { $0.epoch == ancestor.epoch }) {
                return min(shared.seq, ancestor.seq)
            }
        }
        return 0
    }

    /// The last number that two chains share.
    /// - Parameters:
    ///   - run: hashes of the township's chain.
    ///   - hash: of the replica's own, `nil` beyond its end.
    /// - Returns: `nil` when nothing of the run is shared: look further down.
    package static func lastCommon(
        _ run: ChainRun, hash: (UInt64) throws -> Hash256?
    ) rethrows -> Acknowledgement? {
        for (offset, theirs) in run.hashes.enumerated().reversed() {
            let number = run.first + UInt64(offset)
            if try hash(number) == theirs { return Acknowledgement(number: number, hash: theirs) }
        }
        return run.first <= 1 ? Acknowledgement() : nil
    }
}

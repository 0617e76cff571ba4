/// The server's side of a push: numbering, the hash chain, idempotence, quarantine and its release. A function over
/// values and one transaction's store.
package struct PushDecision<Store: AuthorityStore> {
    let store: Store
    let codec: any ChangeCodec
    let region: Scope
    let now: Instant

    package init(store: Store, codec: any ChangeCodec, region: Scope, now: Instant) {
        self.store = store
        self.codec = codec
        self.region = region
        self.now = now
    }

    /// Decides a frame's sets in order. Sets at or below the device's acknowledgement get their recorded outcome
    /// again; a set that can never apply goes to quarantine and the next one goes on.
    ///
    /// - Parameter sets: in the order of their numbers, hashed along the chain from the frame's previous hash.
    /// - Returns: one outcome a set, and the new acknowledgement.
    /// - Throws: ``Problem`` when the frame as a whole is refused: ``Problem/Code/gap``,
    ///   ``Problem/Code/chainForked``, ``Problem/Code/revoked``; then nothing was decided. The store's errors.
    package func decide(
        _ sets: [SealedSet], previousHash: Hash256, from device: DeviceState
    ) throws -> PushReply {
        if device.isRevoked { throw Problem(.revoked) }
        var reply = PushReply(outcomes: [], acknowledged: device.acknowledged)
        var previous = previousHash
        for sealed in sets {
            guard sealed.set.device == device.id else { throw Problem(.malformedSet, "device") }
            let number = sealed.set.number
            if number <= reply.acknowledged.number {
                guard let known = try store.decided(device: device.id, number: number), known.hash == sealed.hash else {
                    throw Problem(.chainForked, "\(number)")
                }
                reply.outcomes.append(known.outcome)
            } else {
                guard number == reply.acknowledged.number + 1 else {
                    throw Problem(.gap, "\(reply.acknowledged.number + 1)")
                }
                guard previous == reply.acknowledged.hash else { throw Problem(.chainForked, "\(number)") }
                reply.outcomes.append(try decide(sealed, by: device))
                reply.acknowledged = Acknowledgement(number: number, hash: sealed.hash)
            }
            previous = sealed.hash
        }
        return reply
    }

    /// Decides one set at the next seq and appends it to the log.
    private func decide(_ sealed: SealedSet, by device: DeviceState) throws -> SetOutcome {
        let head = try store.head()
        var outcome = SetOutcome(number: sealed.set.number, seq: head.seq + 1, result: .quarantined)
        var entry = LogEntry(
            seq: outcome.seq, sealed: sealed, outcome: outcome, isDesk: device.isDesk, isFlagged: false, decidedAt: now,
            mutations: [], isRelease: false)
        do {
            let decision = try apply(sealed.set, by: device, head: head)
            outcome.result = decision.result
            entry.isFlagged = decision.isFlagged
            entry.mutations = decision.mutations
        } catch let problem as Problem {
            outcome.problem = problem
        }
        entry.outcome = outcome
        try store.append(entry)
        switch sealed.set.intent {
        case .amend(let number), .withdraw(let number):
            if outcome.result != .quarantined || outcome.problem?.code != .notQuarantined {
                try store.closeQuarantine(device: device.id, number: number, by: sealed.set.number)
            }
            try release(device)
        case .record, .resolve:
            break
        }
        return outcome
    }

    private func apply(_ set: ChangeSet, by device: DeviceState, head: Base) throws -> Decider<Store>.Decision {
        if let newest = ([set.base] + set.changes.flatMap { $0.edits.compactMap(\.base) }).map(\.seq).max(),
            newest > head.seq
        {
            throw Problem(.futureBase, "\(newest)")
        }
        switch set.intent {
        case .amend(let number), .withdraw(let number):
            let open = try store.quarantined(device: device.id).contains { $0.set.number == number }
            guard open else { throw Problem(.notQuarantined, "\(number)") }
            if case .withdraw = set.intent {
                return Decider<Store>.Decision(result: .applied, isFlagged: false, mutations: [])
            }
        case .resolve:
            if !device.isDesk { throw Problem(.deskOnly, "resolve") }
        case .record:
            break
        }
        let context = Decider<Store>.Context(epoch: head.epoch, seq: head.seq + 1, region: region, now: now)
        return try Decider.decide(set, by: device, view: store, context: context)
    }

    /// Tries the device's waiting sets again, in order of their numbers, after something they waited for.
    /// - Throws: the store's errors; a set that still cannot apply stays where it is.
    package func release(_ device: DeviceState, codes: Set<Problem.Code> = [.waitingForRecord]) throws {
        for sealed in try store.quarantined(device: device.id) {
            guard let known = try store.decided(device: device.id, number: sealed.set.number),
                let code = known.outcome.problem?.code, codes.contains(code)
            else { continue }
            let head = try store.head()
            let decision: Decider<Store>.Decision
            do {
                decision = try apply(sealed.set, by: device, head: head)
            } catch is Problem {
                continue
            }
            let outcome = SetOutcome(number: sealed.set.number, seq: head.seq + 1, result: decision.result)
            try store.append(
                LogEntry(
                    seq: outcome.seq, sealed: sealed, outcome: outcome, isDesk: device.isDesk,
                    isFlagged: decision.isFlagged, decidedAt: now, mutations: decision.mutations, isRelease: true))
            try store.closeQuarantine(device: device.id, number: sealed.set.number, by: nil)
        }
    }

    /// Reads a frame's sets and hashes them along the chain.
    /// - Throws: ``Problem`` ``Problem/Code/malformedSet`` for bytes that are no set, ``Problem/Code/setTooLarge``.
    package static func open(_ frame: PushFrame, codec: any ChangeCodec) throws -> [SealedSet] {
        guard frame.sets.count <= Limits.setsPerFrame else { throw Problem(.setTooLarge, "\(frame.sets.count)") }
        var previous = frame.previousHash
        return try frame.sets.map { bytes in
            guard bytes.count <= Limits.setBytes else { throw Problem(.setTooLarge, "\(bytes.count)") }
            do {
                let sealed = SealedSet(set: try codec.decode(set: bytes), bytes: bytes, after: previous)
                previous = sealed.hash
                return sealed
            } catch let error as CodecError {
                throw Problem(.malformedSet, error.detail)
            }
        }
    }
}

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
    /// - Parameter sets: in the order of their numbers, hashed along the chain from the frame's previous hash; all of
    ///   the device, or all of the part of an ancestor's chain that it goes on with.
    /// - Returns: one outcome a set, and the new acknowledgement.
    /// - Throws: ``Problem`` when the frame as a whole is refused: ``Problem/Code/gap``,
    ///   ``Problem/Code/chainForked``, ``Problem/Code/revoked``; then nothing was decided. The store's errors.
    package func decide(
        _ sets: [SealedSet], previousHash: Hash256, from sender: DeviceState
    ) throws -> PushReply {
        if sender.isRevoked { throw Problem(.revoked) }
        let device = try author(of: sets, sentBy: sender)
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
        if reply.acknowledged != device.acknowledged { try store.acknowledge(reply.acknowledged, of: device.id) }
        return reply
    }

    /// Whose chain the sets are of: the sender's, or an ancestor's up to where the sender's begins.
    private func author(of sets: [SealedSet], sentBy sender: DeviceState) throws -> DeviceState {
        guard let first = sets.first?.set.device, first != sender.id else { return sender }
        guard sets.allSatisfy({ $0.set.device == first && sender.owns(first, $0.set.number) }) else {
            throw Problem(.malformedSet, "device")
        }
        guard let ancestor = try store.device(first) else { throw Problem(.unknownDevice) }
        return ancestor
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
        try releaseWaiting(for: entry.mutations)
        return outcome
    }

    /// Tries the sets again, whosesoever, that waited for a record which now is there.
    private func releaseWaiting(for mutations: [RecordMutation]) throws {
        let created = mutations.filter { $0.before == nil }.map(\.after.id)
        guard !created.isEmpty else { return }
        for device in try store.devices(awaiting: created) { try release(device) }
    }

    private func apply(_ original: ChangeSet, by device: DeviceState, head: Base) throws -> Decider<Store>.Decision {
        let set = try inThisHistory(original, head: head)
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
        let context = Decider<Store>.Context(
            epoch: head.epoch, seq: head.seq + 1, region: region, now: now,
            isFromEarlierHistory: original.base.epoch != head.epoch)
        return try Decider.decide(set, by: device, view: store, context: context)
    }

    /// The set with its bases as positions of the present history.
    /// - Throws: ``Problem`` ``Problem/Code/futureBase`` for a base beyond the head.
    private func inThisHistory(_ set: ChangeSet, head: Base) throws -> ChangeSet {
        func here(_ base: Base) throws -> Base {
            let seq = base.epoch == head.epoch ? base.seq : try store.seq(of: base)
            guard seq <= head.seq else { throw Problem(.futureBase, "\(seq)") }
            return Base(epoch: head.epoch, seq: seq)
        }
        let base = try here(set.base)
        let hasOthers = set.changes.contains(where: \.hasOwnBases)
        guard base != set.base || hasOthers else { return set }
        var set = set
        set.base = base
        guard hasOthers else { return set }
        for index in set.changes.indices {
            for row in set.changes[index].edits.indices {
                guard let own = set.changes[index].edits[row].base else { continue }
                set.changes[index].edits[row].base = try here(own)
            }
        }
        return set
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
            try releaseWaiting(for: decision.mutations)
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

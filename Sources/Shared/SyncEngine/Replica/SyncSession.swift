/// The station's side of a sync as a state machine: it says what to do next, and is told what came of it. No I/O.
package struct SyncSession: Sendable {
    package enum Step: Hashable, Sendable {
        /// Ask for the next page of the bootstrap; the token is empty at its beginning.
        case bootstrap(token: [UInt8])
        /// Offer the sets above the acknowledgement, a frame of them.
        case push
        /// Ask for the log after the cursor.
        case pull(after: Seq)
        /// Everything is pushed, and the cursor has passed the station's own decisions.
        case finish
    }

    package private(set) var counts = Counts()
    private var highestDecided: Seq = 0
    private var hasMore = true
    /// A frame was decided since the last pull. A long outbox is pushed and pulled in turns: what is decided is written
    /// here while the township decides the next.
    private var isPullDue = false
    private var rounds = 0
    /// How often the station had to fetch anew, or to take another identity.
    package private(set) var recoveries = 0

    package struct Counts: Hashable, Sendable {
        package var sets = 0
        package var applied = 0
        package var conflicted = 0
        package var quarantined = 0
        /// Of the quarantined: those that apply by themselves when somebody else has synced.
        package var waiting = 0
        package var records = 0

        package init() {}
    }

    package init() {}

    /// - Parameters:
    ///   - hasPending: whether the outbox holds sets that are not decided.
    /// - Throws: ``Problem`` ``Problem/Code/busy`` when the sync goes round without an end.
    package mutating func next(
        position: ReplicaPosition, bootstrapToken: [UInt8], hasPending: Bool
    ) throws -> Step {
        rounds += 1
        guard rounds <= Limits.roundsPerSync else { throw Problem(.busy, "rounds") }
        if !position.isBootstrapped { return .bootstrap(token: bootstrapToken) }
        if hasPending, !isPullDue {
            hasMore = true
            return .push
        }
        if isPullDue || hasMore || position.cursor < highestDecided { return .pull(after: position.cursor) }
        return .finish
    }

    /// What was decided before may have another seq now, or none.
    package mutating func recovered() {
        recoveries += 1
        hasMore = true
        isPullDue = false
        highestDecided = 0
    }

    package mutating func pushed(_ reply: PushReply) {
        isPullDue = true
        for outcome in reply.outcomes {
            counts.sets += 1
            switch outcome.result {
            case .verbatim, .applied: counts.applied += 1
            case .conflicted: counts.conflicted += 1
            case .quarantined:
                counts.quarantined += 1
                if outcome.problem?.code == .waitingForRecord { counts.waiting += 1 }
            }
            highestDecided = max(highestDecided, outcome.seq)
        }
    }

    /// There is news at the server: the log is to be pulled once more.
    package mutating func pullsAgain() { hasMore = true }

    package mutating func pulled(_ page: PullPage, records: Int) {
        counts.records += records
        hasMore = page.hasMore
        isPullDue = false
    }
}

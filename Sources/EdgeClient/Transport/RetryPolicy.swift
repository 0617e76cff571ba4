/// When and how often an exchange that could not reach the server is tried again: exponential backoff with a cap and
/// full jitter, so that the stations of a township do not come back together after a power cut.
package struct RetryPolicy: Hashable, Sendable {
    /// The longest the first wait may be; each further wait may be twice as long.
    package var firstWait: Duration
    /// No wait is longer.
    package var longestWait: Duration
    /// Tries after the first one.
    package var retries: Int

    package init(firstWait: Duration = .milliseconds(500), longestWait: Duration = .seconds(10), retries: Int = 4) {
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.retries = retries
    }

    /// Calls `attempt` until it returns, fails with anything but `unreachable`, or the retries are used up.
    ///
    /// - Parameter sleep: Waits; throws to give up, for instance when the sync's own time has run out.
    /// - Throws: The last error of `attempt`, or what `sleep` threw.
    package func run<Answer>(
        using generator: inout some RandomNumberGenerator,
        sleep: (Duration) throws(TransportError) -> Void,
        _ attempt: () throws(TransportError) -> Answer
    ) throws(TransportError) -> Answer {
        var backoff = Backoff(self)
        while true {
            do {
                return try attempt()
            } catch {
                guard error.kind == .unreachable, let wait = backoff.next(using: &generator) else { throw error }
                try sleep(wait)
            }
        }
    }
}

/// The waits of a ``RetryPolicy``, one after the other. Pure: randomness comes from the caller.
package struct Backoff: Hashable, Sendable {
    private let policy: RetryPolicy
    private var ceiling: Int64
    private var waits = 0

    package init(_ policy: RetryPolicy) {
        self.policy = policy
        ceiling = max(0, min(policy.firstWait, policy.longestWait).wholeMilliseconds)
    }

    /// Evenly distributed between nothing and the current ceiling, in milliseconds; `nil` when no retry is left.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration? {
        guard waits < policy.retries else { return nil }
        defer {
            waits += 1
            ceiling = ceiling > longest / 2 ? longest : ceiling * 2
        }
        return .milliseconds(Int64.random(in: 0...ceiling, using: &generator))
    }

    private var longest: Int64 { max(0, policy.longestWait.wholeMilliseconds) }
}

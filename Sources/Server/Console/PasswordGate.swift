import SyncEngine

/// Passwords are checked one at a time on a thread of their own, for each costs memory and time: a stranger who tries
/// many only waits.
struct PasswordGate: Sendable {
    enum Limit {
        static let waiting = 16
        static let attemptsPerMinute = 20
    }

    private let limiter = RateLimiter(perMinute: Limit.attemptsPerMinute)
    private let lane = Lane(
        "passwords", places: Limit.waiting, placesOfOne: Limit.waiting, full: .tooManyRequests)

    /// - Parameter address: of whoever asks.
    /// - Throws: ``Problem`` ``Problem/Code/tooManyRequests``, and what the check throws.
    func check<Result: Sendable>(
        from address: String, _ check: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard await limiter.admits(address) else { throw Problem(.tooManyRequests) }
        return try await lane.run(for: address, check)
    }
}

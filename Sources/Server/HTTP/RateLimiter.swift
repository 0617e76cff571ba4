import SyncEngine

/// A token bucket for each address: ``Limits/requestsPerSecond`` sustained, ``Limits/requestBurst`` at once.
actor RateLimiter {
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    /// Buckets kept; when there are more, the full ones are forgotten, which changes nothing for anybody.
    private static let bucketLimit = 10_000

    private let perSecond: Double
    private let burst: Double
    private var buckets: [String: Bucket] = [:]

    init(perSecond: Int = Limits.requestsPerSecond, burst: Int = Limits.requestBurst) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
    }

    init(perMinute: Int) {
        perSecond = Double(perMinute) / 60
        burst = Double(perMinute)
    }

    func admits(_ address: String, now: ContinuousClock.Instant = .now) -> Bool {
        if buckets.count >= Self.bucketLimit { forgetFull(now: now) }
        var bucket = buckets[address] ?? Bucket(tokens: burst, filledAt: now)
        bucket.tokens = filled(bucket, now: now)
        bucket.filledAt = now
        let isAdmitted = bucket.tokens >= 1
        if isAdmitted { bucket.tokens -= 1 }
        buckets[address] = bucket
        return isAdmitted
    }

    private func filled(_ bucket: Bucket, now: ContinuousClock.Instant) -> Double {
        let elapsed = bucket.filledAt.duration(to: now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return min(burst, bucket.tokens + seconds * perSecond)
    }

    private func forgetFull(now: ContinuousClock.Instant) {
        buckets = buckets.filter { filled($0.value, now: now) < burst }
        if buckets.count >= Self.bucketLimit { buckets = [:] }
    }
}

import Testing

@testable import EdgeClient

@Suite("Retries")
struct RetryPolicyTests {
    private let policy = RetryPolicy(firstWait: .milliseconds(100), longestWait: .milliseconds(1_000), retries: 6)

    @Test("wait at most twice as long each time, never longer than the cap, and come to an end")
    func ceilings() throws {
        var highest = [Duration](repeating: .zero, count: 6)
        var lowest = [Duration](repeating: .seconds(100), count: 6)
        var generator = SeededGenerator(seed: 20_261_124)
        for _ in 0..<2_000 {
            var backoff = Backoff(policy)
            for index in 0..<6 {
                let next = backoff.next(using: &generator)
                let wait = try #require(next)
                highest[index] = max(highest[index], wait)
                lowest[index] = min(lowest[index], wait)
            }
            #expect(backoff.next(using: &generator) == nil)
        }
        for (index, ceiling) in [100, 200, 400, 800, 1_000, 1_000].enumerated() {
            #expect(highest[index] <= .milliseconds(ceiling))
            // Full jitter: 2,000 draws come near both ends.
            #expect(highest[index] > .milliseconds(ceiling * 98 / 100))
            #expect(lowest[index] < .milliseconds(ceiling * 3 / 100))
        }
    }

    @Test("with limits beyond all measure neither overflow nor trap")
    func extremes() {
        var generator = SeededGenerator(seed: 1)
        let longest = Duration.seconds(Int64.max)
        var backoff = Backoff(RetryPolicy(firstWait: longest, longestWait: longest, retries: 100))
        for _ in 0..<100 { #expect(backoff.next(using: &generator) != nil) }
        var none = Backoff(RetryPolicy(firstWait: .seconds(-1), longestWait: .zero, retries: 1))
        #expect(none.next(using: &generator) == .zero)
        #expect(none.next(using: &generator) == nil)
    }

    @Test("are made of what could not be reached, until it is")
    func untilReached() throws {
        var generator = SeededGenerator(seed: 2)
        var waits: [Duration] = []
        var calls = 0
        let answer = try policy.run(using: &generator, sleep: { waits.append($0) }) { () throws(TransportError) in
            calls += 1
            if calls < 4 { throw Self.error(.unreachable) }
            return calls
        }
        #expect(answer == 4)
        #expect(waits.count == 3)
    }

    @Test("end with the last error when they are used up")
    func usedUp() throws {
        var generator = SeededGenerator(seed: 3)
        var calls = 0
        let error = try failure { () throws(TransportError) in
            try policy.run(using: &generator, sleep: { _ in }) { () throws(TransportError) -> Int in
                calls += 1
                throw Self.error(.unreachable, "\(calls)")
            }
        }
        #expect(calls == 7)
        #expect(error.detail == "7")
    }

    @Test(
        "are not made of what another try cannot mend",
        arguments: [
            TransportError.Kind.untrusted, .tooLarge, .aborted, .badURL, .internalError,
        ])
    func notRetried(kind: TransportError.Kind) throws {
        var generator = SeededGenerator(seed: 4)
        var calls = 0
        let error = try failure { () throws(TransportError) in
            try policy.run(using: &generator, sleep: { _ in }) { () throws(TransportError) -> Int in
                calls += 1
                throw Self.error(kind)
            }
        }
        #expect(calls == 1)
        #expect(error.kind == kind)
    }

    @Test("end when the sleeper gives up")
    func sleeperGivesUp() throws {
        var generator = SeededGenerator(seed: 5)
        var calls = 0
        let error = try failure { () throws(TransportError) in
            try policy.run(
                using: &generator, sleep: { _ throws(TransportError) in throw Self.error(.aborted) }
            ) { () throws(TransportError) -> Int in
                calls += 1
                throw Self.error(.unreachable)
            }
        }
        #expect(calls == 1)
        #expect(error.kind == .aborted)
    }

    private static func error(_ kind: TransportError.Kind, _ detail: String = "test") -> TransportError {
        TransportError(kind, detail: detail, message: .init(zh: "测试。", en: "Test."))
    }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

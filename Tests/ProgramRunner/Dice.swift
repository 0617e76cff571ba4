import Foundation

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): a seed gives the same plan on
/// every machine.
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    package mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &self) }
    package mutating func fraction() -> Double { Double.random(in: 0..<1, using: &self) }
    /// True in `percent` of a hundred throws.
    package mutating func happens(_ percent: Int) -> Bool { below(100) < percent }

    /// `RUHU_SEED` of the environment, to repeat a run; else a seed of its own, which the test prints when it fails.
    package static var seedOfRun: UInt64 {
        ProcessInfo.processInfo.environment["RUHU_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    }
}

/// Runs blocking work on a thread of its own: the few that tests share stay free. What it expects is its test's.
package func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withTaskExecutorPreference(OwnThreads.shared) { try body() }
}

/// Every job has a thread of its own.
private final class OwnThreads: TaskExecutor {
    static let shared = OwnThreads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

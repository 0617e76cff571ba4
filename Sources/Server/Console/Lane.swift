import Dispatch
import ServiceLifecycle
import SyncEngine

/// A thread of its own for works of one sort, done one at a time in the order in which they came: however long they take,
/// the threads that make pages are free meanwhile. Who comes when all places are taken is told to come again.
actor Lane {
    private let queue: DispatchQueue
    private let places: Int
    private let placesOfOne: Int
    private let full: Problem.Code
    /// Who has a place: the one under way, and those that wait.
    private var taken: [String] = []

    /// - Parameters:
    ///   - places: works that are under way or wait, at most.
    ///   - placesOfOne: of one person or address.
    ///   - full: what is told when there is no place.
    init(_ name: String, places: Int, placesOfOne: Int, full: Problem.Code) {
        queue = DispatchQueue(label: name)
        self.places = places
        self.placesOfOne = placesOfOne
        self.full = full
    }

    /// What takes longer than a page may: rosters, workbooks, what is worked out case by case.
    static func longWork() -> Lane { Lane("long work", places: 6, placesOfOne: 2, full: .busy) }

    func isFree(for one: String) -> Bool {
        taken.count < places && taken.count(where: { $0 == one }) < placesOfOne
    }

    /// - Throws: ``Problem`` of the code that the lane was made with, or ``Problem/Code/busy`` when the server ends; what the work throws.
    func run<Result: Sendable>(
        for one: String, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard isFree(for: one) else { throw Problem(full) }
        taken.append(one)
        defer { if let index = taken.firstIndex(of: one) { taken.remove(at: index) } }
        let interruption = Interruption()
        return try await withTaskCancellationOrGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Swift.Result {
                            try interruption.check()
                            return try Interruption.$current.withValue(interruption) { try work() }
                        })
                }
            }
        } onCancelOrGracefulShutdown: {
            interruption.end()
        }
    }
}

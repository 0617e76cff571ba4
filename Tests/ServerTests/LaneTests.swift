import Foundation
import SyncEngine
import Synchronization
import Testing

@testable import Server

/// Long works wait for each other, shortly and each person's only a few.
@Suite struct LaneTests {
    private let lane = Lane("test", places: 3, placesOfOne: 2, full: .busy)

    /// Holds the lane until it is let go.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let inside = Mutex(0)
        /// Waits until it is opened.
        /// - Returns: how many waited at the same time.
        @discardableResult func pass() -> Int {
            let count = inside.withLock { inside in
                inside += 1
                return inside
            }
            semaphore.wait()
            inside.withLock { $0 -= 1 }
            return count
        }
        func open() { semaphore.signal() }
    }

    private func code(_ body: () async throws -> some Any) async -> Problem.Code? {
        do {
            _ = try await body()
            return nil
        } catch { return (error as? Problem)?.code }
    }

    @Test func worksAreDoneOneAtATimeAndTooManyAreToldToComeAgain() async throws {
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for one in ["li", "li", "wang"] {
                group.addTask {
                    let count = try await lane.run(for: one) { gate.pass() }
                    #expect(count == 1)
                }
            }
            while await lane.isFree(for: "chen") { await Task.yield() }
            #expect(await code { try await lane.run(for: "chen") { 1 } } == .busy)
            gate.open()
            try await group.next()
            // A place is free, but not for who has two already.
            while !(await lane.isFree(for: "chen")) { await Task.yield() }
            gate.open()
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await lane.run(for: "chen") { 1 } == 1)
    }

    @Test func onePersonDoesNotTakeEveryPlace() async throws {
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await lane.run(for: "li") { _ = gate.pass() } } }
            while await lane.isFree(for: "li") { await Task.yield() }
            #expect(await code { try await lane.run(for: "li") { 1 } } == .busy)
            #expect(await lane.isFree(for: "wang"))
            gate.open()
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test func aWorkThatFailsGivesItsPlaceBack() async throws {
        for _ in 0..<4 {
            #expect(await code { try await lane.run(for: "li") { throw Problem(.badValue) } } == .badValue)
        }
    }
}

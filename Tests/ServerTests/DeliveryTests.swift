import NIOCore
import SyncEngine
import Synchronization
import Testing

@testable import Server

/// Snapshots of the database that are held for readers have an end in number too.
@Suite struct PlacesTests {
    @Test func allPlacesAreTakenOnceAndFreeAgainWhenNobodyHoldsThem() throws {
        let places = Places(2)
        var held: [Places.Place] = [try places.take(), try places.take()]
        #expect(throws: Problem.self) { try places.take() }
        #expect(throws: Problem.self) { try places.take() }
        held.removeLast()
        held.append(try places.take())
        #expect(throws: Problem.self) { try places.take() }
    }
}

/// A reader that is slow or gone does not hold what is read for it.
@Suite(.timeLimit(.minutes(30))) struct DeliveryTests {
    /// A connection on which a write returns when somebody reads: here when it is closed.
    private final class Connection: Sendable {
        private let closed = AsyncStream<Void>.makeStream()
        private let isClosedNow = Mutex(false)

        var isClosed: Bool { isClosedNow.withLock(\.self) }
        func close() {
            isClosedNow.withLock { $0 = true }
            closed.continuation.finish()
        }
        func hang() async { for await _ in closed.stream {} }
    }

    private struct Gone: Error {}

    private func parts(_ count: Int) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for number in 0..<count { continuation.yield(ByteBuffer(integer: number)) }
            continuation.finish()
        }
    }

    @Test func whoReadsIsSentEverything() async throws {
        let (connection, delivery) = (Connection(), Delivery(whole: .seconds(3_600), part: .seconds(3_600)))
        var written = 0
        try await delivery.send(parts(500), close: { connection.close() }) { _ in written += 1 }
        #expect(written == 500 && !connection.isClosed)
    }

    @Test func aReaderThatStopsIsCutOff() async {
        let (connection, delivery) = (Connection(), Delivery(whole: nil, part: .milliseconds(100)))
        await #expect(throws: Gone.self) {
            try await delivery.send(parts(500), close: { connection.close() }) { _ in
                await connection.hang()
                throw Gone()
            }
        }
        #expect(connection.isClosed)
    }

    @Test func aReaderThatTakesASipNowAndThenIsCutOffToo() async {
        let (connection, delivery) = (Connection(), Delivery(whole: .milliseconds(400), part: .milliseconds(200)))
        await #expect(throws: Gone.self) {
            try await delivery.send(parts(10_000), close: { connection.close() }) { _ in
                if connection.isClosed { throw Gone() }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// What takes long to make is not the reader's fault.
    @Test func waitingForAPartCutsNobodyOff() async throws {
        let (connection, delivery) = (Connection(), Delivery(whole: nil, part: .seconds(5)))
        let slow = AsyncStream<ByteBuffer> { continuation in
            let task = Task {
                try? await Task.sleep(for: .seconds(11))
                continuation.yield(ByteBuffer(integer: 1))
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
        var written = 0
        try await delivery.send(slow, close: { connection.close() }) { _ in written += 1 }
        #expect(written == 1 && !connection.isClosed)
    }
}

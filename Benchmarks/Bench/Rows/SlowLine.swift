import Foundation
import ProgramRunner
import Synchronization

/// A village's mobile line before a server: what goes through is as slow, as late and as broken up as over 2G. The bytes
/// themselves are passed on as they are, in order, so TLS goes through it.
///
/// Every direction has its own rate; a connection begins a round trip late; the line stands still for a while now and then.
/// What TCP itself does on such a line (slow start, losses) is not imitated.
final class SlowLine: Sendable {
    struct Character: Sendable {
        /// Bits a second, each way.
        var rate = 40_000.0
        /// There and back.
        var roundTripSeconds = 0.6
        /// The line stands still for so long at the end of every period.
        var stallSeconds = 1.0
        var stallPeriodSeconds = 10.0
    }

    let port: Int
    private let listener: LoopbackSocket
    private let upstream: Int
    private let character: Character

    /// - Parameter upstream: the server's port on this machine.
    init(to upstream: Int, _ character: Character = Character()) throws {
        (listener, port) = try LoopbackSocket.listening()
        self.upstream = upstream
        self.character = character
        let (listener, character) = (listener, character)
        Thread.detachNewThread {
            while let client = listener.accepted() {
                Thread.detachNewThread { Self.serve(client, upstream, character) }
            }
        }
    }

    deinit { listener.close() }

    private static func serve(_ client: LoopbackSocket, _ upstream: Int, _ character: Character) {
        Thread.sleep(forTimeInterval: character.roundTripSeconds)
        guard let server = LoopbackSocket.connected(to: upstream, patienceSeconds: 120) else { return client.close() }
        let up = SlowPipe(from: client, to: server, character)
        let down = SlowPipe(from: server, to: client, character)
        up.run()
        down.run()
    }
}

/// One direction of a connection: a thread that receives, and one that sends when the line would have delivered.
private final class SlowPipe: Sendable {
    private struct Queue {
        var waiting: [(due: Double, bytes: ArraySlice<UInt8>)] = []
        /// When the line has sent what it was given.
        var free = 0.0
        var isEnded = false
    }

    private let source: LoopbackSocket
    private let target: LoopbackSocket
    private let character: SlowLine.Character
    private let queue = Mutex(Queue())
    private let started = ContinuousClock.now
    /// What the line passes on at once: little enough that the rate is felt.
    private static let pieceBytes = 256

    init(from source: LoopbackSocket, to target: LoopbackSocket, _ character: SlowLine.Character) {
        self.source = source
        self.target = target
        self.character = character
    }

    func run() {
        Thread.detachNewThread {
            while let bytes = self.source.receive() { self.give(bytes) }
            self.queue.withLock { $0.isEnded = true }
        }
        Thread.detachNewThread { self.deliver() }
    }

    private func give(_ bytes: [UInt8]) {
        let now = Usage.seconds(since: started)
        queue.withLock { queue in
            for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                let piece = bytes[start..<min(start + Self.pieceBytes, bytes.count)]
                let sent = moving(max(now, queue.free)) + Double(piece.count) * 8 / character.rate
                queue.free = moving(sent)
                queue.waiting.append((queue.free + character.roundTripSeconds / 2, piece))
            }
        }
    }

    /// The first moment from then on in which the line does not stand still.
    private func moving(_ time: Double) -> Double {
        let period = character.stallPeriodSeconds
        let within = time.truncatingRemainder(dividingBy: period)
        return within >= period - character.stallSeconds ? time - within + period : time
    }

    private func deliver() {
        while true {
            let (next, isOver) = queue.withLock { queue in
                (queue.waiting.isEmpty ? nil : queue.waiting.removeFirst(), queue.isEnded)
            }
            guard let next else {
                if isOver { return target.close() }
                Thread.sleep(forTimeInterval: 0.002)
                continue
            }
            let wait = next.due - Usage.seconds(since: started)
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            guard target.send(Array(next.bytes)) else { return source.shutDown() }
        }
    }
}

import Foundation
import Synchronization

/// A proxy between one station and the township, on loopback and without encryption, so that it can do to the bytes what
/// bad networks do. Which fault comes when is a function of its seed and of the order of requests.
package final class FaultProxy: Sendable {
    package enum Fault: String, Sendable, CaseIterable {
        /// Half of the request, or less or more, arrives; then both sides see the end.
        case cutRequest
        /// A part of the answer arrives.
        case cutAnswer
        /// The server has done its part; nothing of the answer arrives.
        case dropAnswer
        /// The same bytes on two connections at once; the station gets one of the two answers.
        case duplicate
        /// An old request again, before this one.
        case replayBefore
        /// An old request again, after this one.
        case replayAfter
        /// One bit of the request, its head included.
        case flipRequest
        /// One bit of the answer, its head included.
        case flipAnswer
        /// Up to 300 ms.
        case delay
        /// A captive portal: HTML with 200.
        case portal
        case badGateway, unavailable, proxyAuthentication
        /// The connection ends before anything is read.
        case refuse
    }

    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }
    private let listener: LoopbackSocket
    private let state: Mutex<State>

    private struct State {
        var upstream: Int
        var dice: Dice
        var percent: Int
        var stalls = false
        var forced: [Fault?] = []
        var deck: [Fault] = []
        var plan: [String] = []
        var counts: [Fault: Int] = [:]
        var requests = 0
        var old: [[UInt8]] = []
    }

    /// Old requests that are kept for replays.
    private static let keptRequests = 32

    /// - Parameters:
    ///   - upstream: the server's port.
    ///   - percent: of requests that meet a fault; every kind comes in turn, in an order of the seed's.
    package init(to upstream: Int, seed: UInt64, percent: Int) throws {
        (listener, port) = try LoopbackSocket.listening()
        state = Mutex(State(upstream: upstream, dice: Dice(seed), percent: percent))
        Thread.detachNewThread { [listener, weak self] in
            while let client = listener.accepted() {
                Thread.detachNewThread { [weak self] in
                    self?.serve(client)
                    client.close()
                }
            }
            listener.close()
        }
    }

    deinit { listener.shutDown() }

    /// No faults any more.
    package func becomeHonest() {
        state.withLock {
            $0.percent = 0
            $0.stalls = false
        }
    }

    /// What the next requests meet, whatever the plan says; `nil` is nothing.
    package func force(_ faults: Fault?...) { state.withLock { $0.forced += faults } }

    /// From now on answers stay here, and the connection stays open.
    package func stall() { state.withLock { $0.stalls = true } }

    /// How often each fault came.
    package var counts: [Fault: Int] { state.withLock(\.counts) }
    package var faults: Int { counts.values.reduce(0, +) }
    package var requests: Int { state.withLock(\.requests) }
    /// What was done to which request, for the message of a test that fails.
    package var plan: String { state.withLock { $0.plan.joined(separator: "; ") } }

    // MARK: - One connection

    private func serve(_ client: LoopbackSocket) {
        while let request = client.message() {
            let (fault, dice) = next(request)
            guard pass(request, from: client, fault: fault, dice: dice) else { return }
        }
    }

    private func next(_ request: [UInt8]) -> (Fault?, Dice) {
        state.withLock { state in
            state.requests += 1
            defer {
                state.old.append(request)
                if state.old.count > Self.keptRequests { state.old.removeFirst() }
            }
            let dice = Dice(state.dice.next())
            if !state.forced.isEmpty { return (state.forced.removeFirst(), dice) }
            guard state.dice.happens(state.percent) else { return (nil, dice) }
            if state.deck.isEmpty { state.deck = Fault.allCases.shuffled(using: &state.dice) }
            let fault = state.deck.removeLast()
            state.counts[fault, default: 0] += 1
            let line = String(
                decoding: request.prefix { $0 != 13 && $0 != UInt8(ascii: "?") }.prefix(24), as: UTF8.self)
            state.plan.append("\(state.requests) \(line) \(fault)")
            return (fault, dice)
        }
    }

    /// - Returns: whether the station's connection goes on.
    private func pass(_ request: [UInt8], from client: LoopbackSocket, fault: Fault?, dice: Dice) -> Bool {
        var dice = dice
        if state.withLock(\.stalls) {
            _ = exchange(request)
            while client.receive() != nil {}
            return false
        }
        switch fault {
        case nil: return client.answer(exchange(request))
        case .delay:
            Thread.sleep(forTimeInterval: dice.fraction() * 0.3)
            return client.answer(exchange(request))
        case .cutRequest:
            if let server = connect() {
                server.send(request[..<dice.below(request.count)])
                server.close()
            }
            return false
        case .cutAnswer:
            if let answer = exchange(request) { client.send(answer[..<dice.below(answer.count)]) }
            return false
        case .dropAnswer:
            _ = exchange(request)
            return false
        case .duplicate: return client.answer(twice(request, takesFirst: dice.happens(50)))
        case .replayBefore:
            if let old = old(&dice) { _ = exchange(old) }
            return client.answer(exchange(request))
        case .replayAfter:
            let answer = exchange(request)
            if let old = old(&dice) { _ = exchange(old) }
            return client.answer(answer)
        case .flipRequest:
            client.answer(exchange(flipped(request, &dice), endsSending: true))
            return false
        case .flipAnswer:
            if let answer = exchange(request) { client.send(flipped(answer, &dice)) }
            return false
        case .portal: return client.page("200 OK", "<html><body>请先登录 Please log in</body></html>")
        case .badGateway: return client.page("502 Bad Gateway", "<html>502</html>")
        case .unavailable: return client.page("503 Service Unavailable", "")
        case .proxyAuthentication: return client.page("407 Proxy Authentication Required", "<html>407</html>")
        case .refuse: return false
        }
    }

    private func connect() -> LoopbackSocket? { LoopbackSocket.connected(to: state.withLock(\.upstream)) }

    private func exchange(_ request: [UInt8], endsSending: Bool = false) -> [UInt8]? {
        guard let server = connect() else { return nil }
        defer { server.close() }
        server.send(request)
        if endsSending { server.endSending() }
        return server.message()
    }

    private func twice(_ request: [UInt8], takesFirst: Bool) -> [UInt8]? {
        guard let first = connect(), let second = connect() else { return nil }
        defer {
            first.close()
            second.close()
        }
        first.send(request)
        second.send(request)
        let answers = (first.message(), second.message())
        return takesFirst ? answers.0 : answers.1
    }

    private func old(_ dice: inout Dice) -> [UInt8]? { state.withLock(\.old).randomElement(using: &dice) }

    private func flipped(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        bytes[dice.below(bytes.count)] ^= 1 << UInt8(dice.below(8))
        return bytes
    }
}

extension LoopbackSocket {
    /// Sends a whole answer. - Returns: whether there was one.
    @discardableResult fileprivate func answer(_ bytes: [UInt8]?) -> Bool { bytes.map { send($0) } ?? false }

    fileprivate func page(_ status: String, _ html: String) -> Bool {
        send(
            Array(
                "HTTP/1.1 \(status)\r\nContent-Type: text/html\r\nContent-Length: \(html.utf8.count)\r\n\r\n\(html)"
                    .utf8))
    }
}

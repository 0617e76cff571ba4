import EdgeClient
import SyncEngine

/// The way between the stations and the township, with everything that happens on it. One for a world; each sync has
/// a ``SimulatedLink`` on it.
package final class SimulatedNetwork {
    package static let authority = "127.0.0.1:8470"
    package static let address = "http://" + authority

    /// Requests that the network may deliver once more, much later.
    private(set) var old: [HTTPRequest] = []
    private static let remembered = 12

    func remember(_ request: HTTPRequest, at slot: UInt64) {
        if old.count < Self.remembered {
            old.append(request)
        } else {
            old[Int(slot % UInt64(Self.remembered))] = request
        }
    }
}

/// One station's connection during one sync.
final class SimulatedLink: Transport {
    private let world: Simulation
    private let station: SimulatedStation
    private(set) var traffic = Traffic.none

    init(world: Simulation, station: SimulatedStation) {
        self.world = world
        self.station = station
    }

    func send(
        _ request: HTTPRequest, onProgress: ((_ sent: Int64, _ received: Int64) -> Void)?,
        shouldAbort: (() -> Bool)?
    ) throws(TransportError) -> HTTPResponse {
        world.exchanges += 1
        world.somethingElseHappens(during: station)
        if world.strikes(.requestLost) { throw Self.unreachable("request lost") }
        if world.strikes(.stall) { throw TransportError(.aborted, detail: "stall", message: Self.label) }
        let sent = world.damage(request)
        world.network.remember(sent, at: world.random.next())
        var response = world.deliver(sent, from: station)
        if world.strikes(.requestDuplicated) {
            let second = world.deliver(sent, from: station)
            if world.random.chance(50) { response = second }
        }
        world.somethingElseHappens(during: station)
        guard let response else { throw Self.unreachable("the server died") }
        if world.strikes(.responseLost) { throw Self.unreachable("response lost") }
        let received = world.damage(response)
        traffic = traffic + received.traffic
        return received
    }

    private static let label = Label(zh: "模拟的网络。", en: "A simulated network.")

    private static func unreachable(_ detail: String) -> TransportError {
        TransportError(.unreachable, detail: detail, message: label)
    }
}

extension Simulation {
    /// A request that comes out at the other end with less, or something else, in it.
    fileprivate func damage(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        if !request.body.isEmpty, strikes(.requestCut) {
            request.body.removeLast(Int.random(in: 1...request.body.count, using: &random))
        }
        if !request.body.isEmpty, strikes(.requestFlipped) {
            request.body[Int.random(in: 0..<request.body.count, using: &random)] ^= 1 << (random.next() % 8)
        }
        return request
    }

    fileprivate func damage(_ response: HTTPResponse) -> HTTPResponse {
        if strikes(.portalPage) {
            return HTTPResponse(
                status: 200, headers: ["Content-Type": "text/html"],
                body: Array("<html><body>Please log in to the village's hotspot</body></html>".utf8),
                traffic: response.traffic)
        }
        var body = response.body
        if strikes(.answerCut) { body.removeLast(Int.random(in: 1...body.count, using: &random)) }
        if !body.isEmpty, strikes(.answerFlipped) {
            body[Int.random(in: 0..<body.count, using: &random)] ^= 1 << (random.next() % 8)
        }
        return HTTPResponse(
            status: response.status, headers: response.headers, body: body, traffic: response.traffic)
    }
}

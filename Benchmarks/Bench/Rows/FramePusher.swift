import EdgeClient
import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import SyncWire

/// A station's push in this process, over a connection of its own and with the station's own signatures, so that what is
/// measured is what the server takes: a frame is ready before it is sent.
final class FramePusher {
    private let replica: ReplicaDatabase
    private let courier: Courier
    private let key: any Signer
    private var body: [UInt8] = []

    init(_ station: VillageStation, url: String) throws {
        replica = try station.replica()
        key = try station.signer()
        courier = try station.courier(replica, url: url)
    }

    /// - Returns: whether something waits to be pushed.
    func prepare() throws -> Bool {
        let (epoch, frame) = try replica.read { (try $0.position().epoch, try $0.pendingFrame()) }
        guard let frame else { return false }
        // The connection, and a fresh nonce.
        _ = try courier.exchange(.get, "/v1/hello")
        body = PushFrame(
            epoch: epoch, previousHash: frame.previousHash, sets: frame.sets,
            signature: try key.signature(for: PushFrame.signedBytes(lastHash: frame.lastHash)), earlier: frame.earlier
        ).encoded(as: .protobuf)
        return true
    }

    struct Answer {
        var seconds: Double
        var outcomes: [SetOutcome]
    }

    func push() throws -> Answer {
        let started = ContinuousClock.now
        guard case .push(let reply) = try courier.exchange(.post, "/v1/push", body: body) else {
            throw ProgramFailure("an answer to something else")
        }
        return Answer(seconds: Usage.seconds(since: started), outcomes: reply.outcomes)
    }

    /// The station knows what became of its sets: the next frame can be prepared.
    func keep(_ answer: Answer) throws {
        try replica.write { try PageApplication.acknowledge(answer.outcomes, in: $0) }
    }
}

import Assistance
import EdgeClient
import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import SyncWire
import Synchronization

/// Many stations' pushes at one server at once, each over a connection of its own, through the stations' own transport and
/// signatures: what the server alone takes. The stations' files are made by the programs; the frames are ready before
/// the first is sent.
struct StormBench {
    let server: TownshipServer
    let stations: [VillageStation]

    struct Result {
        /// From the first request to the last answer.
        var seconds: Double
        /// Of each request.
        var waits: [Double]
        var processorSeconds: Double
        var memory: Int

        /// The wait that so many of a hundred do not exceed.
        func wait(percent: Int) -> Double {
            let sorted = waits.sorted()
            return sorted[min(sorted.count - 1, sorted.count * percent / 100)]
        }
    }

    private final class Caller {
        let courier: Courier
        let body: [UInt8]

        init(_ station: VillageStation, url: String) throws {
            let replica = try ReplicaDatabase(
                path: station.folder.appending(path: "replica.sqlite").path,
                tables: RecordTables(
                    schema: AssistanceSchema.current, codec: WireCodec(), searchText: SearchText.line(kind:record:)))
            let key = try Data(contentsOf: station.folder.appending(path: "signing.key"))
            let signer = try Ed25519().signer(privateKey: Array(key))
            let (position, pending, nonce) = try replica.read { transaction in
                (
                    try transaction.position(), try transaction.pendingFrame(),
                    try Meta.bytes("nonce", in: transaction.database) ?? []
                )
            }
            guard let pending else { throw ProgramFailure("nothing to push") }
            let frame = PushFrame(
                epoch: position.epoch, previousHash: pending.previousHash, sets: pending.sets,
                signature: try signer.signature(for: PushFrame.signedBytes(lastHash: pending.lastHash)),
                earlier: pending.earlier)
            body = frame.encoded(as: .protobuf)
            courier = Courier(
                transport: try HTTPTransport(.plain), url: url, keyID: position.device.description, key: signer,
                nonce: nonce)
            // The connection, and a fresh nonce.
            _ = try courier.exchange(.get, "/v1/hello")
        }

        /// - Returns: how long it took.
        func push() throws -> Double {
            let started = ContinuousClock.now
            guard case .push(let reply) = try courier.exchange(.post, "/v1/push", body: body),
                reply.outcomes.allSatisfy({ $0.result == .verbatim })
            else { throw ProgramFailure("an answer to something else") }
            return Usage.seconds(since: started)
        }
    }

    func run() throws -> Result {
        let outcomes = Mutex<[Swift.Result<Double, any Error>]>([])
        let (ready, gate, done) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        for station in stations {
            let url = server.url
            Thread.detachNewThread {
                let caller = Swift.Result { try Caller(station, url: url) }
                ready.signal()
                gate.wait()
                let outcome = caller.flatMap { caller in Swift.Result { try caller.push() } }
                outcomes.withLock { $0.append(outcome) }
                done.signal()
            }
        }
        for _ in stations { ready.wait() }
        let before = server.processorSeconds
        let started = ContinuousClock.now
        for _ in stations { gate.signal() }
        for _ in stations { done.wait() }
        let seconds = Usage.seconds(since: started)
        return Result(
            seconds: seconds, waits: try outcomes.withLock { try $0.map { try $0.get() } },
            processorSeconds: server.processorSeconds - before, memory: server.peakMemory)
    }
}

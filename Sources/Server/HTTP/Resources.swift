import Foundation
import GRDB
import NIOPosix
import RecordStore
import SyncEngine
import SyncWire

/// The protocol's resources for many callers at once: snapshots for those that read, the one writer for pushes.
struct Resources: Sendable {
    let township: Township
    let writer: PushWriter
    let exchange: Exchange

    private var database: AuthorityDatabase { township.database }

    func checkReadiness() async throws {
        _ = try await database.readAsync { try AuthorityIdentity.read($0) }
    }

    func hello(for device: DeviceID?, heldSize: UInt64? = nil) async throws -> Hello {
        try await database.readAsync { [exchange] in try exchange.hello(for: device, heldSize: heldSize, in: $0) }
    }

    /// - Returns: the answer's body and hello.
    /// - Throws: ``Problem``; nothing was changed then.
    func answer(_ route: Route, _ request: ReceivedRequest) async throws -> (Answer.Body, Hello?) {
        let exchange = exchange
        let heldSize = try request.number("head")
        switch route {
        case .enrol, .fork, .readmit, .escrow, .heads:
            let (body, device) = try await database.writeAsync { try exchange.write(route, request, in: $0) }.get()
            return (body, try await hello(for: device, heldSize: heldSize))
        case .hello, .chain, .pull:
            let (body, hello, sighting) = try await database.readAsync {
                try exchange.read(route, request, heldSize: heldSize, in: $0)
            }
            if let sighting { township.sightings.pending.add(sighting) }
            return (body, hello)
        case .push:
            let device = try await database.readAsync { try exchange.authenticate(request, in: $0) }
            let (reply, hello) = try await writer.push(
                try exchange.pushJob(request, from: device), heldSize: heldSize)
            return (.push(reply), hello)
        case .blob(let blob, let access):
            return try await answer(blob, access, request)
        }
    }

    /// The bytes are moved on a thread that may wait for the disk; the records are told in a transaction of its own.
    private func answer(
        _ blob: Hash256, _ access: BlobAccess, _ request: ReceivedRequest
    ) async throws -> (Answer.Body, Hello) {
        let exchange = exchange
        let permit = try await database.readAsync { try exchange.blobPermit(blob, access, request, in: $0) }
        let body = try await NIOThreadPool.singleton.runIfActive { try exchange.transfer(permit, request) }
        if try await database.readAsync({ try exchange.isArrivalDue(body, in: $0) }) {
            try await database.writeAsync { try exchange.arrive(body, in: $0) }
        }
        return (body, try await hello(for: permit.device))
    }
}

import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// What stations ask for after a restore, or when they find that they are a copy.
extension Exchange {
    /// The hashes of the device's own chain, from the number that `first` names on.
    func chain(_ request: ReceivedRequest, for device: RegisteredDevice, in database: Database) throws -> ChainRun {
        let first = try request.number("first") ?? 1
        let register = DeviceRegister(database)
        if let link = device.state.lineage.first(where: { first <= $0.number }) {
            let count = Int(clamping: min(link.number - first + 1, UInt64(Limits.setsPerFrame)))
            return ChainRun(first: first, hashes: try register.chain(of: link.device, from: first, limit: count))
        }
        let hashes = try register.chain(of: device.state.id, from: first, limit: Limits.setsPerFrame)
        return ChainRun(first: first, hashes: hashes)
    }

    func fork(
        _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> EnrolmentReply {
        let device = try authenticate(request, in: transaction.database)
        return try enrolment(in: transaction).fork(
            device, try ForkRequest(decoding: request.body, as: request.media))
    }

    func readmit(_ request: ReceivedRequest, in transaction: AuthorityTransaction) throws -> EnrolmentReply {
        try checkFreshness(request)
        let wish = try Readmission(decoding: request.body, as: request.media)
        try verify(request, key: wish.signingKey)
        return try enrolment(in: transaction).readmit(wish, signatures: signatures)
    }
}

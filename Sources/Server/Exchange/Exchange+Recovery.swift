import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// What stations ask for after a restore, or when they find that they are a copy.
extension Exchange {
    /// The hashes of the device's chain, from the number that `first` names on.
    func chain(_ request: ReceivedRequest, for device: RegisteredDevice, in database: Database) throws -> ChainRun {
        try chain(of: device, from: try request.number("first") ?? 1, in: database)
    }

    /// At most ``Limits/setsPerFrame`` hashes, of the devices it goes on from first.
    func chain(of device: RegisteredDevice, from first: UInt64, in database: Database) throws -> ChainRun {
        let register = DeviceRegister(database)
        var run = ChainRun(first: first, hashes: [])
        for link in device.state.lineage.reversed() + [Lineage(device: device.state.id, number: UInt64(Int64.max))] {
            let next = first + UInt64(run.hashes.count)
            guard next <= link.number else { continue }
            let room = UInt64(Limits.setsPerFrame - run.hashes.count)
            let wanted = Int(clamping: min(link.number - next + 1, room))
            run.hashes += try register.chain(of: link.device, from: next, limit: wanted)
            // What is missing here (a township that was restored) leaves nothing that could follow it.
            guard first + UInt64(run.hashes.count) > link.number else { break }
        }
        return run
    }

    func fork(
        _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> EnrolmentReply {
        let device = try authenticate(request, in: transaction.database)
        return try enrolment(in: transaction).fork(
            device, try ForkRequest(decoding: request.body, as: request.media))
    }

    func readmit(
        _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> Result<EnrolmentReply, Problem> {
        try checkFreshness(request)
        let wish = try Readmission(decoding: request.body, as: request.media)
        try verify(request, key: wish.signingKey)
        let enrolment = enrolment(in: transaction)
        let device = try enrolment.readmit(wish, signatures: signatures)
        return device.state.isRevoked ? .failure(Problem(.revoked)) : .success(try enrolment.reply(to: device))
    }
}

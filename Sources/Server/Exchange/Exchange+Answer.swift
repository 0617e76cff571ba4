import GRDB
package import RecordStore
import SyncEngine
package import SyncWire

/// Whole exchanges against one database, one after the other: for callers that have no other requests to wait for.
extension Exchange {
    /// Answers one request from its beginning to its durable end. `serve` does the same with many at once
    /// (``Resources``).
    package func answer(_ head: RequestHead, raw: [UInt8], database: AuthorityDatabase) -> Answer {
        var nonce: [UInt8] = []
        var device: DeviceID?
        var heldSize: UInt64?
        var answer: Answer
        do {
            let route = try Route(method: head.method, path: head.path)
            let request = try ReceivedRequest(head, raw: raw)
            nonce = request.signature.nonce
            heldSize = try request.number("head")
            let body: Answer.Body
            (body, device) = try self.body(route, request, database: database)
            answer = Answer(status: 200, requestNonce: nonce, hello: nil, body: body)
        } catch {
            let problem = Self.problem(from: error)
            answer = Answer(status: problem.httpStatus, requestNonce: nonce, hello: nil, body: .problem(problem))
        }
        answer.hello = try? database.read { try hello(for: device, heldSize: heldSize, in: $0) }
        return answer
    }

    private func body(
        _ route: Route, _ request: ReceivedRequest, database: AuthorityDatabase
    ) throws -> (Answer.Body, DeviceID) {
        if case .blob(let blob, let access) = route {
            let permit = try database.read { try blobPermit(blob, access, request, in: $0) }
            let body = try transfer(permit, request)
            if try database.read({ try isArrivalDue(body, in: $0) }) { try database.write { try arrive(body, in: $0) } }
            return (body, permit.device)
        }
        if let (body, device) = try database.write({ try write(route, request, in: $0) }) { return (body, device) }
        switch route {
        case .chain:
            return try database.read { snapshot in
                let device = try authenticate(request, in: snapshot)
                return (.chain(try chain(request, for: device, in: snapshot)), device.state.id)
            }
        case .pull:
            let (device, page, cursor) = try database.read { snapshot in
                let device = try authenticate(request, in: snapshot)
                let (page, cursor) = try pull(request, for: device, in: snapshot)
                return (device.state.id, page, cursor)
            }
            try database.write { try DeviceRegister($0.database).saw(device, cursor: cursor, at: clock()) }
            return (.pull(page), device)
        case .push:
            let device = try database.read { try authenticate(request, in: $0) }
            let job = try pushJob(request, from: device)
            return (.push(try database.write { try decide(job, in: $0) }), device.state.id)
        case .hello, .enrol, .fork, .readmit, .escrow, .heads, .blob:
            return (.hello, try database.read { try authenticate(request, in: $0) }.state.id)
        }
    }

    /// The exchanges that are one transaction from authentication to answer; `nil` for the others.
    func write(
        _ route: Route, _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> (Answer.Body, DeviceID)? {
        switch route {
        case .hello, .push, .pull, .chain, .blob: return nil
        case .heads: return (.hello, try acceptHeads(request, in: transaction))
        case .escrow: return (.hello, try acceptEscrow(request, in: transaction))
        case .enrol, .fork, .readmit:
            let reply =
                switch route {
                case .fork: try fork(request, in: transaction)
                case .readmit: try readmit(request, in: transaction)
                default: try enrol(request, in: transaction)
                }
            return (.enrolment(reply), reply.device)
        }
    }

    /// What a caller is told of an error; errors that are no ``Problem`` are an engineer's matter. A disk that is full
    /// or fails is the township's trouble: the station keeps its work and comes back.
    static func problem(from error: any Error) -> Problem {
        switch error {
        // Of this machine, whose paths are nobody's business: the station keeps its work and comes again.
        case let problem as Problem where problem.code == .authorityDamaged: Problem(.internalError)
        case let problem as Problem where problem.code.isOfTheMachine: Problem(.busy, "storage")
        case let problem as Problem: problem
        case let codec as CodecError: Problem(.badRequest, codec.detail)
        case let error as DatabaseError where passing.contains(error.resultCode.primaryResultCode):
            Problem(
                .busy,
                explanation: Label(
                    zh: "镇街服务器暂时存不下数据，请稍后再同步，并告知镇街",
                    en: "The township's server cannot store anything now; tell the township"))
        default: Problem(.internalError)
        }
    }

    /// What SQLite says of a machine, not of a program or a file that is damaged.
    private static let passing: [ResultCode] = [
        .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM,
        .SQLITE_ABORT, .SQLITE_INTERRUPT,
    ]
}

extension Problem.Code {
    fileprivate var isOfTheMachine: Bool {
        switch self {
        case .storage, .storageFull, .cannotCreate, .unreadableFile: true
        default: false
        }
    }
}

import GRDB
package import RecordStore
import SyncEngine
package import SyncWire

/// Whole exchanges against one database, one after the other: for callers that have no other requests to wait for.
extension Exchange {
    /// Answers one request from its beginning to its durable end. `serve` does the same with many at once
    /// (``Resources``).
    /// - Parameter sightings: where it is noted that a device was heard of; the caller writes them now and then.
    package func answer(
        _ head: RequestHead, raw: [UInt8], database: AuthorityDatabase, sightings: Sightings
    ) -> Answer {
        var nonce: [UInt8] = []
        do {
            let route = try Route(method: head.method, path: head.path)
            let request = try ReceivedRequest(head, raw: raw)
            nonce = request.signature.nonce
            let (body, hello) = try self.body(
                route, request, heldSize: request.number("head"), database: database, sightings: sightings)
            return Answer(status: 200, requestNonce: nonce, hello: hello, body: body)
        } catch {
            let problem = Self.problem(from: error)
            return Answer(
                status: problem.httpStatus, requestNonce: nonce,
                hello: try? database.read { try hello(for: nil, in: $0) }, body: .problem(problem))
        }
    }

    private func body(
        _ route: Route, _ request: ReceivedRequest, heldSize: UInt64?, database: AuthorityDatabase,
        sightings: Sightings
    ) throws -> (Answer.Body, Hello?) {
        let body: Answer.Body
        let device: DeviceID
        switch route {
        case .hello, .chain, .pull:
            let (body, hello, sighting) = try database.read { try read(route, request, heldSize: heldSize, in: $0) }
            if let sighting { sightings.add(sighting) }
            return (body, hello)
        case .enrol, .fork, .readmit, .escrow, .heads:
            (body, device) = try database.write { try write(route, request, in: $0) }.get()
        case .push:
            let sender = try database.read { try authenticate(request, in: $0) }
            let job = try pushJob(request, from: sender)
            (body, device) = (.push(try database.write { try decide(job, in: $0) }), sender.state.id)
        case .blob(let blob, let access):
            let permit = try database.read { try blobPermit(blob, access, request, in: $0) }
            (body, device) = (try transfer(permit, request), permit.device)
            if try database.read({ try isArrivalDue(body, in: $0) }) { try database.write { try arrive(body, in: $0) } }
        }
        return (body, try? database.read { try hello(for: device, heldSize: heldSize, in: $0) })
    }

    /// The exchanges that only read, from authentication to answer on one snapshot.
    func read(
        _ route: Route, _ request: ReceivedRequest, heldSize: UInt64?, in database: Database
    ) throws -> (Answer.Body, Hello?, Sighting?) {
        let device = try authenticate(request, in: database)
        var sighting: Sighting?
        let body: Answer.Body
        switch route {
        case .pull:
            let (page, cursor) = try pull(request, for: device, in: database)
            sighting = Sighting(device: device.state.id, cursor: cursor, at: clock())
            body = .pull(page)
        case .chain: body = .chain(try chain(request, for: device, in: database))
        default: body = .hello
        }
        let hello = try hello(acknowledged: device.state.acknowledged, heldSize: heldSize, in: database)
        if case .pull(let page) = body, isKnown(page, hello, to: request) {
            return (.unchanged(nonce: hello.nonce), nil, sighting)
        }
        return (body, hello, sighting)
    }

    /// Whether the station has said that this very answer is what it was told last.
    private func isKnown(_ page: PullPage, _ hello: Hello, to request: ReceivedRequest) -> Bool {
        guard let known = request.parameters["known"], StandingAnswer.isAll(of: page),
            let standing = StandingAnswer(hello, page)
        else { return false }
        return standing.tag == known
    }

    /// The exchanges that are one transaction from authentication to answer.
    /// - Returns: the answer; or the refusal with which the transaction is kept.
    /// - Throws: ``Problem`` ``Problem/Code/internalError`` for any other.
    func write(
        _ route: Route, _ request: ReceivedRequest, in transaction: AuthorityTransaction
    ) throws -> Result<(Answer.Body, DeviceID), Problem> {
        switch route {
        case .hello, .push, .pull, .chain, .blob: throw Problem(.internalError, "route")
        case .heads: return .success((.hello, try acceptHeads(request, in: transaction)))
        case .escrow: return .success((.hello, try acceptEscrow(request, in: transaction)))
        case .enrol: return .success(Self.answer(try enrol(request, in: transaction)))
        case .fork: return .success(Self.answer(try fork(request, in: transaction)))
        case .readmit: return try readmit(request, in: transaction).map(Self.answer)
        }
    }

    private static func answer(_ reply: EnrolmentReply) -> (Answer.Body, DeviceID) {
        (.enrolment(reply), reply.device)
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

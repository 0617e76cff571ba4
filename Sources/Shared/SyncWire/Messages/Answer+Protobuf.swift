import Foundation
import SyncEngine

extension WireAnswer {
    init(_ answer: Answer) {
        self.init(headOf: answer)
        switch answer.body {
        case .problem(let problem): self.problem = WireProblem(problem, status: answer.status)
        case .hello: helloBody = WireHelloBody()
        case .enrolment(let reply): enrolment = WireEnrolmentReply(reply)
        case .push(let reply): push = WirePushReply(reply)
        case .pull(let page): pull = WirePullPage(page)
        case .chain(let run): chain = WireChain(run)
        case .blobStatus(let status): blobStatus = WireBlobStatus(status)
        case .blobPart(let part): blobPart = WireBlobPart(part)
        case .unchanged(let nonce): unchanged.nonce = Data(nonce)
        }
    }

    /// The number of ``pull`` in the body, behind everything else.
    static let pullField = 8

    /// What comes before the body.
    init(headOf answer: Answer) {
        self.init()
        status = UInt32(clamping: answer.status)
        requestNonce = Data(answer.requestNonce)
        if let hello = answer.hello { self.hello = WireHello(hello) }
    }

    func engineValue() throws(CodecError) -> Answer {
        let value: Answer.Body
        switch body {
        case .problem(let problem): value = .problem(problem.engineValue())
        case .helloBody: value = .hello
        case .enrolment(let reply): value = .enrolment(try reply.engineValue())
        case .push(let reply): value = .push(try reply.engineValue())
        case .pull(let page): value = .pull(try page.engineValue())
        case .chain(let run): value = .chain(try run.engineValue())
        case .blobStatus(let status): value = .blobStatus(try status.engineValue())
        case .blobPart(let part): value = .blobPart(try part.engineValue())
        case .unchanged(let unchanged): value = .unchanged(nonce: Array(unchanged.nonce))
        case nil: throw CodecError("answer without a body")
        }
        return Answer(
            status: Int(status), requestNonce: Array(requestNonce), hello: hasHello ? try hello.engineValue() : nil,
            body: value)
    }
}

extension WireProblem {
    init(_ problem: SyncEngine.Problem, status: Int) {
        self.init()
        type = "urn:ruhu:problem:\(problem.code.rawValue)"
        title = "\(problem.code)"
        self.status = UInt32(clamping: status)
        detail = problem.subject
        code = UInt32(problem.code.rawValue)
        explanationZh = problem.explanation?.zh ?? ""
        explanationEn = problem.explanation?.en ?? ""
    }

    /// A number of a newer server is an internal error here, with its number told.
    func engineValue() -> SyncEngine.Problem {
        let explanation = explanationZh.isEmpty ? nil : Label(zh: explanationZh, en: explanationEn)
        guard let known = SyncEngine.Problem.Code(rawValue: Int(code)) else {
            return SyncEngine.Problem(.badRequest, "\(code) \(detail)", explanation: explanation)
        }
        return SyncEngine.Problem(known, detail, explanation: explanation)
    }
}

extension WireHello {
    init(_ hello: Hello) {
        self.init()
        minimumProtocol = hello.minimumProtocol
        maximumProtocol = hello.maximumProtocol
        schemaVersion = hello.schemaVersion
        epoch = Data(hello.epoch.bytes)
        if let parent = hello.parent { self.parent = WireBase(parent) }
        latestSeq = hello.latestSeq
        if let acknowledged = hello.acknowledged { self.acknowledged = WireAcknowledgement(acknowledged) }
        nonce = Data(hello.nonce)
        if let head = hello.treeHead { treeHead = WireTreeHead(head) }
        consistency = hello.consistency.map { Data($0.bytes) }
        ancestors = hello.ancestors.map(WireBase.init)
    }

    func engineValue() throws(CodecError) -> Hello {
        guard consistency.count <= WireLimits.proofHashes, ancestors.count <= WireLimits.ancestors else {
            throw CodecError("consistency or ancestors")
        }
        var proof: [Hash256] = []
        for hash in consistency { proof.append(try Protobuf.hash(hash, "consistency")) }
        var ancestors: [Base] = []
        for base in self.ancestors { ancestors.append(try base.engineValue()) }
        return Hello(
            minimumProtocol: minimumProtocol, maximumProtocol: maximumProtocol, schemaVersion: schemaVersion,
            epoch: try Protobuf.id(epoch, "epoch"), parent: hasParent ? try parent.engineValue() : nil,
            latestSeq: latestSeq, acknowledged: hasAcknowledged ? try acknowledged.engineValue() : nil,
            nonce: Array(nonce), treeHead: hasTreeHead ? try treeHead.engineValue() : nil, consistency: proof,
            ancestors: ancestors)
    }
}

extension WireTreeHead {
    init(_ head: TreeHead) {
        self.init()
        epoch = Data(head.epoch.bytes)
        size = head.size
        root = Data(head.root.bytes)
        signature = Data(head.signature)
    }

    func engineValue() throws(CodecError) -> TreeHead {
        TreeHead(
            epoch: try Protobuf.id(epoch, "epoch"), size: size, root: try Protobuf.hash(root, "root"),
            signature: Array(signature))
    }
}

extension WireChain {
    init(_ run: ChainRun) {
        self.init()
        first = run.first
        hashes = run.hashes.map { Data($0.bytes) }
    }

    func engineValue() throws(CodecError) -> ChainRun {
        guard hashes.count <= Limits.setsPerFrame else { throw CodecError("chain of \(hashes.count)") }
        var run = ChainRun(first: first, hashes: [])
        for hash in hashes { run.hashes.append(try Protobuf.hash(hash, "hashes")) }
        return run
    }
}

extension WireBlobStatus {
    init(_ status: BlobStatus) {
        self.init()
        sha256 = Data(status.sha256.bytes)
        size = status.size
        received = status.received
        complete = status.isComplete
    }

    func engineValue() throws(CodecError) -> BlobStatus {
        BlobStatus(
            sha256: try Protobuf.hash(sha256, "sha256"), size: size, received: received, isComplete: complete)
    }
}

extension WireBlobPart {
    init(_ part: BlobPart) {
        self.init()
        sha256 = Data(part.sha256.bytes)
        offset = part.offset
        size = part.size
        data = Data(part.data)
    }

    func engineValue() throws(CodecError) -> BlobPart {
        BlobPart(sha256: try Protobuf.hash(sha256, "sha256"), offset: offset, size: size, data: Array(data))
    }
}

extension WireAcknowledgement {
    init(_ value: Acknowledgement) {
        self.init()
        number = value.number
        hash = Data(value.hash.bytes)
    }

    func engineValue() throws(CodecError) -> Acknowledgement {
        Acknowledgement(number: number, hash: try Protobuf.hash(hash, "hash"))
    }
}

extension WireEnrolmentReply {
    init(_ reply: EnrolmentReply) {
        self.init()
        device = Data(reply.device.bytes)
        scopes = reply.scopes.map(\.code)
        station = reply.station
        staff = reply.staff
        region = reply.region
        epoch = Data(reply.epoch.bytes)
        serverKey = Data(reply.serverKey)
        certificate = Data(reply.certificate)
        serverSealingKey = Data(reply.serverSealingKey)
    }

    func engineValue() throws(CodecError) -> EnrolmentReply {
        EnrolmentReply(
            device: try Protobuf.id(device, "device"), scopes: scopes.map { Scope($0) }, station: station, staff: staff,
            region: region, epoch: try Protobuf.id(epoch, "epoch"), serverKey: Array(serverKey),
            certificate: Array(certificate), serverSealingKey: Array(serverSealingKey))
    }
}

// MARK: - Outcomes

enum OutcomeRuns {
    /// Consecutive outcomes of one kind become one message.
    static func messages(_ outcomes: [SetOutcome]) -> [WireSetOutcome] {
        var result: [WireSetOutcome] = []
        var last: SetOutcome?
        for outcome in outcomes {
            if let previous = last, let index = result.indices.last, previous.problem == nil, outcome.problem == nil,
                previous.result == outcome.result, outcome.number == previous.number + 1,
                outcome.seq == previous.seq + 1
            {
                result[index].run += 1
            } else {
                var message = WireSetOutcome()
                message.number = outcome.number
                message.seq = outcome.seq
                message.result = UInt32(outcome.result.rawValue)
                if let problem = outcome.problem { message.problem = WireProblem(problem, status: 0) }
                result.append(message)
            }
            last = outcome
        }
        return result
    }

    static func outcomes(_ messages: [WireSetOutcome]) throws(CodecError) -> [SetOutcome] {
        var result: [SetOutcome] = []
        for message in messages {
            guard let kind = SetOutcome.Result(rawValue: UInt8(clamping: message.result)) else {
                throw CodecError("result \(message.result)")
            }
            guard message.run < UInt64(WireLimits.outcomesPerMessage - result.count) else { throw CodecError("run") }
            let problem = message.hasProblem ? message.problem.engineValue() : nil
            for offset in 0...message.run {
                result.append(
                    SetOutcome(
                        number: message.number &+ offset, seq: message.seq &+ offset, result: kind, problem: problem))
            }
        }
        return result
    }
}

extension WirePushReply {
    init(_ reply: PushReply) {
        self.init()
        outcomes = OutcomeRuns.messages(reply.outcomes)
        acknowledged = WireAcknowledgement(reply.acknowledged)
    }

    func engineValue() throws(CodecError) -> PushReply {
        PushReply(outcomes: try OutcomeRuns.outcomes(outcomes), acknowledged: try acknowledged.engineValue())
    }
}

// MARK: - Pages

extension WirePullPage {
    init(_ page: PullPage) {
        self.init(tailOf: page)
        epoch = Data(page.epoch.bytes)
        (from, to) = (page.from, page.to)
        records = page.records.map(WireRecordDelta.init)
    }

    /// What comes before the records.
    init(headOf page: PullPage) {
        self.init()
        epoch = Data(page.epoch.bytes)
        (from, to) = (page.from, page.to)
    }

    /// What comes behind the records.
    init(tailOf page: PullPage) {
        self.init()
        writers = page.writers.map(WireWriter.init)
        outcomes = OutcomeRuns.messages(page.outcomes)
        hasMore_p = page.hasMore
        bootstrap = page.isBootstrap
        bootstrapToken = Data(page.bootstrapToken)
        digests = page.digests.map { digest in
            var message = WireScopeDigest()
            message.scope = digest.scope.code
            message.records = digest.records
            message.digest = Data(digest.digest.bytes)
            return message
        }
        escrow = page.escrow.map(WireEscrowItem.init)
        backupWatermark = page.backupWatermark
    }

    func engineValue() throws(CodecError) -> PullPage {
        var page = PullPage(epoch: try Protobuf.id(epoch, "epoch"), from: from, to: to)
        page.records.reserveCapacity(records.count)
        for record in records { page.records.append(try record.engineValue(writers: writers.count)) }
        for writer in writers { page.writers.append(try writer.engineValue()) }
        page.outcomes = try OutcomeRuns.outcomes(outcomes)
        page.hasMore = hasMore_p
        page.isBootstrap = bootstrap
        page.bootstrapToken = Array(bootstrapToken)
        for digest in digests {
            guard let sum = RecordDigest(bytes: Array(digest.digest)) else { throw CodecError("digest") }
            page.digests.append(ScopeDigest(scope: Scope(digest.scope), records: digest.records, digest: sum))
        }
        for item in escrow { page.escrow.append(try item.engineValue()) }
        page.backupWatermark = backupWatermark
        return page
    }
}

extension WireEscrowItem {
    init(_ item: EscrowItem) {
        self.init()
        seq = item.seq
        sealed = Data(item.sealed)
        if let epoch = item.epoch { self.epoch = Data(epoch.bytes) }
    }

    func engineValue() throws(CodecError) -> EscrowItem {
        EscrowItem(
            seq: seq, sealed: Array(sealed), epoch: epoch.isEmpty ? nil : try Protobuf.id(epoch, "epoch"))
    }
}

extension WireWriter {
    init(_ value: SyncEngine.Writer) {
        self.init()
        seq = value.seq
        device = Data(value.device.bytes)
        author = value.author
        time = value.time.rawValue
        reason = value.reason
    }

    func engineValue() throws(CodecError) -> SyncEngine.Writer {
        Writer(
            seq: seq, device: try Protobuf.id(device, "device"), author: author, time: HybridTime(rawValue: time),
            reason: reason)
    }
}

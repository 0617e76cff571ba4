import RecordStore
import SyncEngine
import SyncWire

/// Takes the pieces of a station's bundle in, one after the other, each as the HTTP exchange that it stands for.
struct BundleReceipt {
    let exchange: Exchange
    let database: AuthorityDatabase
    /// Whose pages the answer has: the new identity of a copy.
    private(set) var device: RegisteredDevice
    private(set) var fork: EnrolmentReply?
    private(set) var pushes: [PushReply] = []
    /// Up to where the escrow of each history was taken.
    private(set) var escrow: [Base] = []
    private(set) var blobs: [BlobStatus] = []
    /// Why a frame, a copy or escrow was refused: no frame is decided after that.
    private(set) var refusal: Problem?
    /// The first blob that was refused: why.
    private(set) var blobRefusal: Problem?

    init(exchange: Exchange, database: AuthorityDatabase, device: RegisteredDevice) {
        self.exchange = exchange
        self.database = database
        self.device = device
    }

    /// The first piece: heads that this township signed, and a copy that asks for an identity of its own.
    mutating func take(_ request: BundleRequest) throws {
        if try database.read({ try exchange.contradiction(in: request.heads, database: $0) }) != nil {
            try database.write { transaction in
                // Another process may have noticed it at the same time.
                guard let fork = try exchange.contradiction(in: request.heads, database: transaction.database) else {
                    return
                }
                try exchange.startEpoch(at: fork, against: request.heads, in: transaction)
            }
        }
        guard let wish = request.fork else { return }
        let attempt = Result {
            try database.write { transaction in
                let reply = try exchange.enrolment(in: transaction).fork(device, wish)
                return (reply, try DeviceRegister(transaction.database).device(reply.device))
            }
        }
        guard let (reply, forked) = try accepted(attempt) else { return }
        fork = reply
        device = forked ?? device
    }

    mutating func take(_ piece: BundleRequest.Piece) throws {
        if !piece.escrow.isEmpty { try take(piece.escrow) }
        for frame in piece.frames where refusal == nil {
            let attempt = Result {
                let job = try exchange.pushJob(frame, from: device)
                return try database.write { try exchange.decide(job, in: $0) }
            }
            if let reply = try accepted(attempt) { pushes.append(reply) }
        }
        for part in piece.blobs { try take(part) }
    }

    private mutating func take(_ items: [EscrowItem]) throws {
        for epoch in Set(items.compactMap(\.epoch)) where refusal == nil {
            let ofOne = items.filter { $0.epoch == epoch }
            let offer = EscrowOffer(epoch: epoch, sealed: ofOne.map(\.sealed))
            guard try accepted(Result { try database.write { try exchange.accept(offer, in: $0) } }) != nil else {
                return
            }
            escrow.removeAll { $0.epoch == epoch }
            escrow.append(Base(epoch: epoch, seq: ofOne.map(\.seq).max() ?? 0))
        }
    }

    /// What the protocol refuses is for the station to hear; what this machine cannot do ends the command.
    private mutating func accepted<T>(_ attempt: Result<T, any Error>) throws -> T? {
        do {
            return try attempt.get()
        } catch let problem as Problem where problem.code.rawValue < 5000 {
            refusal = problem
            return nil
        }
    }

    // MARK: - Blobs

    /// One that is refused does not stop the others.
    private mutating func take(_ part: BlobPart) throws {
        let known = blobs.last { $0.sha256 == part.sha256 }
        if let known, known.isComplete || known.size == 0 { return }
        do {
            let status = try exchange.bring(part, from: device, database: database)
            keep(status)
        } catch let problem as Problem where problem.code.rawValue < 5000 {
            blobRefusal = blobRefusal ?? problem
            // A size of 0 marks it: its further parts are passed over.
            keep(BlobStatus(sha256: part.sha256, size: 0, received: 0, isComplete: false))
        }
    }

    private mutating func keep(_ status: BlobStatus) {
        blobs.removeAll { $0.sha256 == status.sha256 }
        blobs.append(status)
    }
}

import Assistance
import RecordStore
import SyncEngine
import SyncWire

/// One reading of a township's answer: what is made of its pieces is settled by its first.
struct AnswerReading {
    private let reply: BundleReply
    private let bundles: StationBundles
    private var plan: Plan
    private var session = SyncSession()
    private var result = StationBundles.Import()
    /// The head that was checked and waits for a transaction to be kept with.
    private var head: TreeHead?
    /// What its history leaves behind.
    private var parting: HeadCheck.Parting?
    /// Whether the bootstrap that is being read is wanted; `nil` before its first page.
    private var takesPicture: Bool?
    private var isPictureWhole = false
    /// The last set that this copy and the township's have in common, once it is found.
    private var common: Acknowledgement?

    private var replica: ReplicaDatabase { bundles.replica }

    private enum Plan {
        /// Nothing of it is used.
        case nothing
        /// Outcomes alone: its head is not proved from the one that is held, for a sync has come between.
        case outcomes
        case pages
        /// Another history or identity, with the answer's whole picture.
        case turn(ReplicaTurn)
        /// Another copy of this station has gone on.
        case copy
    }

    /// What became of the station's own sets is taken from it.
    private var takesOutcomes: Bool {
        switch plan {
        case .outcomes, .pages: true
        case .nothing, .turn, .copy: false
        }
    }

    /// - Throws: ``Problem`` when nothing of it may be used: ``Problem/Code/historyRewritten``, with the evidence kept;
    ///   ``Problem/Code/bundleForAnother``, ``Problem/Code/resetLoop``.
    init(_ reply: BundleReply, bundles: StationBundles) throws {
        self.reply = reply
        self.bundles = bundles
        plan = .nothing
        plan = try settle()
        // Before the pages of another history are kept aside: what lies there of a try that was broken off is not theirs.
        if case .turn = plan { try replica.write { try $0.clearStaging() } }
    }

    // MARK: - What to make of it

    private mutating func settle() throws -> Plan {
        let hello = reply.hello
        let held = HeldHeads(replica: replica, signatures: bundles.signatures)
        let (position, ancestors, heads, verdict) = try replica.read { transaction in
            let heads = try transaction.treeHeads()
            return (
                try transaction.position(), try Ancestors.read(in: transaction), heads,
                try held.judge(hello, kept: heads, named: reply.head, isProofDue: true, in: transaction)
            )
        }
        // Of a history that this station has left since.
        let left = ancestors.map(\.epoch) + heads.map(\.epoch)
        if hello.epoch != position.epoch, left.contains(hello.epoch) { return .nothing }
        // The head may be older than the held one only where an older one was named.
        let isLate =
            heads.last.map { $0.epoch == hello.epoch && $0 != reply.head && $0.size > hello.latestSeq } ?? false
        var isProved = false
        switch isLate ? HeadCheck.Verdict.unproven : verdict {
        case .keep(let checked, let leaving):
            (head, parting) = (checked, leaving)
            isProved = true
        case .known: isProved = true
        case .unproven, .ask: break
        case .refused(let refusal): throw try held.refuse(hello, refusal).problem
        }
        if let fork = reply.fork { return .turn(try turn(to: fork)) }
        let finding = try replica.read { transaction in
            try SyncRecovery.finding(
                hello, position: position, last: try transaction.lastOutboxSet().number,
                hash: transaction.chainHash(after:))
        }
        switch finding {
        case nil: return isProved ? .pages : .outcomes
        case .epochChanged where isProved: return .turn(try .adoption(of: hello, in: replica))
        case .chainForked:
            try replica.read { try $0.checkResets(.fork, in: position.epoch) }
            return .copy
        default:
            result.problem = finding.map { Problem($0, "bundle") }
            return .nothing
        }
    }

    /// The identity that this copy asked for, and no other copy: the certificate says whose key it is.
    private func turn(to reply: EnrolmentReply) throws -> ReplicaTurn {
        let (position, common, township) = try replica.read { transaction in
            (
                try transaction.position(), try CopyNotice.read(in: transaction),
                try StationBundles.TownshipKeys(transaction)
            )
        }
        let another = Problem(
            .bundleForAnother,
            explanation: Label(zh: "这是给本站另一份拷贝的答复包", en: "This answer is for another copy of this station"))
        guard let common else { throw another }
        let (signer, sealingKey) = try bundles.keys.forkKeys(from: position.device)
        let wish = Readmission(
            device: reply.device, signingKey: signer.publicKey, sealingKey: sealingKey, scopes: reply.scopes,
            station: reply.station, staff: reply.staff,
            lineage: Lineage(device: position.device, number: common.number))
        guard bundles.signatures.isValid(reply.certificate, for: wish.statement, publicKey: township.signing) else {
            throw another
        }
        try bundles.keys.adopt(reply.device, from: position.device)
        return try .fork(to: reply, common: common, sealingKey: sealingKey, keys: bundles.keys, in: replica)
    }

    // MARK: - Pieces

    mutating func take(_ piece: BundleReply.Piece) throws {
        switch plan {
        case .nothing:
            result.skippedPages += piece.pages.count
            return
        case .outcomes:
            try take(piece.pushes)
            result.skippedPages += piece.pages.count
        case .pages:
            try take(piece.pushes)
            for page in piece.pages { try take(page) }
        case .turn(let turn):
            for page in piece.pages where page.isBootstrap && page.epoch == turn.epoch { try stage(page) }
        case .copy:
            for run in piece.chains where common == nil {
                common = try replica.read { try SyncRecovery.lastCommon(run, hash: $0.chainHash(after:)) }
            }
        }
        for part in piece.parts { try take(part) }
    }

    private mutating func take(_ pushes: [PushReply]) throws {
        guard !pushes.isEmpty else { return }
        for push in pushes { session.pushed(push) }
        try replica.write { try PageApplication.acknowledge(pushes.flatMap(\.outcomes), in: $0) }
    }

    private mutating func take(_ page: PullPage) throws {
        if page.isBootstrap { return try takeOfPicture(page) }
        let records = try replica.write { transaction -> Int? in
            let position = try transaction.position()
            guard position.isBootstrapped, page.from == position.cursor else {
                if !position.isBootstrapped || page.to > position.cursor { result.skippedPages += 1 }
                return nil
            }
            let records = try PageApplication.apply(page, to: transaction)
            try transaction.compareDigests(page)
            return records
        }
        if let records { session.pulled(page, records: records) }
    }

    /// A whole picture is wanted when it is newer than what the replica has, or when that is known to be wrong.
    private mutating func takeOfPicture(_ page: PullPage) throws {
        if takesPicture == nil {
            takesPicture = try replica.write { transaction in
                let position = try transaction.position()
                let isWrong = try Meta.number("digest_differs", in: transaction.database) == 1
                guard !position.isBootstrapped || page.to > position.cursor || (isWrong && page.to == position.cursor)
                else { return false }
                try transaction.clearStaging()
                return true
            }
        }
        guard takesPicture == true else { return }
        try stage(page)
        guard isPictureWhole else { return }
        let records = try replica.write { try $0.swapIn(nil, of: page.epoch) }
        session.pulled(page, records: records)
    }

    /// Keeps a page aside, as a sync does, until all are there.
    private mutating func stage(_ page: PullPage) throws {
        try replica.write { try $0.stage(page.encoded(), of: page.epoch) }
        isPictureWhole = page.bootstrapToken.isEmpty
    }

    private mutating func take(_ part: BlobPart) throws {
        let blobs = bundles.blobs
        guard part.offset <= part.size, UInt64(part.data.count) <= part.size - part.offset,
            try blobs.size(of: part.sha256) == nil, try isNamed(part)
        else { return }
        do {
            if try blobs.add(part, by: "").isComplete { result.fetchedBlobs += 1 }
        } catch let problem as Problem where problem.code == .blobMismatch || problem.code == .busy {
            result.problem = result.problem ?? problem
        }
    }

    /// Whether a record names the blob, with that size.
    private func isNamed(_ part: BlobPart) throws -> Bool {
        guard let kind = replica.tables.schema.kind(Attachment.kindName) else { return false }
        return try replica.read { transaction in
            try transaction.tables.all(
                of: kind, where: [("sha256", .text(part.sha256.description))], in: transaction.database
            ).contains { Attachment($0)?.size == part.size }
        }
    }

    // MARK: - The end

    mutating func finish() throws -> StationBundles.Import {
        switch plan {
        case .nothing: break
        case .turn(let turn): try finish(turn)
        case .copy: try noticeCopy()
        case .outcomes: break
        case .pages:
            let hello = reply.hello
            try replica.write { transaction in
                if let head { try transaction.keep(head, leaving: parting, of: hello) }
                for taken in reply.escrow { try transaction.forgetEscrow(of: taken.epoch, through: taken.seq) }
                let known = try Meta.number("latest_seen", in: transaction.database) ?? 0
                try Meta.set(max(known, hello.latestSeq), for: "latest_seen", in: transaction.database)
            }
        }
        // A bundle of an earlier history, whose station has the present one since.
        if result.problem == nil, takesOutcomes, let problem = reply.problem, problem.code != .epochChanged {
            result.problem = problem
        }
        if let problem = reply.problem, problem.code == .unknownBlob { try giveUp(problem.subject) }
        let arrived = reply.blobs.filter(\.isComplete)
        if !arrived.isEmpty {
            try replica.write { transaction in for blob in arrived { try transaction.settle(blob.sha256) } }
        }
        result.arrivedBlobs = arrived.count
        result.counts = session.counts
        if result.problem == nil, try replica.read({ try Meta.number("digest_differs", in: $0.database) == 1 }) {
            result.problem = Problem(.digestMismatch)
        }
        if result.problem == nil, result.mended == nil { try replica.write { try $0.clearResets() } }
        return result
    }

    /// A file whose record has left and was deleted there is owed to nobody.
    private func giveUp(_ name: String) throws {
        let waiting = try BlobCarrier.waiting(in: replica, blobs: bundles.blobs, isOffered: false)
        for blob in waiting where blob.hasLeft && blob.sha256.description == name {
            try replica.write { try $0.settle(blob.sha256) }
        }
    }

    private mutating func finish(_ turn: ReplicaTurn) throws {
        guard isPictureWhole || !turn.needsPicture else {
            result.problem = Problem(
                .epochChanged, "bundle",
                explanation: Label(
                    zh: "镇街的历史已经更换，这个答复包里没有全部记录，请重新导出一次",
                    en: "The township's history is another one, and this answer does not hold all records: export again"
                ))
            return
        }
        let (head, parting, hello) = (head, parting, reply.hello)
        let (parent, records) = try replica.write { transaction in
            let parent = try transaction.position().device
            var records = 0
            if isPictureWhole {
                records = try transaction.swapIn(turn, of: turn.epoch, proved: parting?.common)
            } else {
                try turn.write(transaction)
            }
            if let head { try transaction.keep(head, leaving: parting, of: hello) }
            return (parent, records)
        }
        session.pulled(PullPage(epoch: turn.epoch, from: 0, to: 0), records: records)
        result.mended = reply.fork == nil ? .epoch : .fork
        if reply.fork != nil { try bundles.keys.forgetForkKeys(from: parent) }
    }

    /// The next bundle asks for an identity of its own.
    private mutating func noticeCopy() throws {
        guard let common else {
            result.problem = Problem(
                .chainForked, "bundle",
                explanation: Label(
                    zh: "本站的数据目录有另一份拷贝在使用，请再导出一次，由镇街答复后读入",
                    en: "Another copy of this station's folder is in use: export again, and read the answer to that"))
            return
        }
        try replica.write { try CopyNotice.keep(common, in: $0) }
        result.mended = .fork
    }
}

import RecordStore
import SyncEngine
import SyncWire

/// The head that was checked last and waits for a transaction to be kept with. Confined to the sync's thread.
final class HeadBox {
    var checked: TreeHead?
    /// What its history leaves behind.
    var parting: HeadCheck.Parting?
    /// The one that is kept, as last seen: requests name it. One that another process has replaced since proves less,
    /// and nothing wrong.
    var held: TreeHead?
}

/// The township's signed heads: each answer's must go on from the one that is held, before anything of it is used.
extension Syncer {
    /// One exchange whose answer comes from the history that this station has been shown so far.
    /// - Parameter isObserved: station and township must go together besides, as ``finding(in:_:)`` says.
    /// - Throws: as ``Courier/exchange(_:_:query:body:keyID:onProgress:shouldAbort:)``; ``Problem``
    ///   ``Problem/Code/historyRewritten``, after the evidence is kept.
    func verified(
        _ method: HTTPMethod, _ path: String, query: String = "", parcel: Parcel = Parcel([]),
        standing: StandingAnswer? = nil, isObserved: Bool = false
    ) throws -> Answer.Body {
        // Pulls and hellos ask for the proof; a push is followed by a pull.
        let named = method == .get ? try heldHead() : nil
        do {
            let answer = try courier.exchange(
                method, path, query: Self.query(query, naming: named), parcel: parcel, standing: standing,
                shouldAbort: shouldAbort)
            try check(named: named, isProofDue: method == .get, isObserved: isObserved)
            return answer
        } catch let problem as Problem where problem.code != .unreachable {
            try check(named: named, isProofDue: false)
            // What looks like a gap or a copy here may be another history there.
            if [.gap, .chainForked].contains(problem.code), try heldHead() != nil {
                _ = try verified(.get, "/v1/hello")
            }
            throw problem
        }
    }

    /// Whether the one who answers is the township that this station belongs to, with all that it has shown. Nothing is
    /// taken from it, told to it, or kept as evidence: the address may be a slip.
    /// - Throws: ``TransportError``; ``Problem`` ``Problem/Code/wrongServerKey`` when it is another township,
    ///   ``Problem/Code/historyRewritten`` when it is an older copy; what else it says.
    func recognise() throws {
        let named = try heldHead()
        var isProofDue = true
        do {
            _ = try courier.exchange(.get, "/v1/hello", query: Self.query("", naming: named), shouldAbort: shouldAbort)
        } catch let problem as Problem where problem.code == .unknownDevice {
            // Restored from before the enrolment: the next sync is let in again.
            isProofDue = false
        }
        guard let hello = courier.hello else { throw Problem(.unreachable, "hello") }
        let verdict = try replica.read { transaction in
            try held.judge(
                hello, kept: try transaction.treeHeads(), named: named, isProofDue: isProofDue, in: transaction)
        }
        guard case .refused(let refusal) = verdict else { return }
        throw refusal == .badSignature ? Self.anotherTownship : Self.anotherCopy(refusal)
    }

    private static let anotherTownship = Problem(
        .wrongServerKey,
        explanation: Label(zh: "这个网址上是另一个镇街", en: "Another township answers at this address"))

    private static func anotherCopy(_ refusal: HeadCheck.Refusal) -> Problem {
        Problem(
            .historyRewritten, refusal.rawValue,
            explanation: Label(
                zh: "这个网址上的镇街数据比本站见过的旧，或者不是同一份",
                en: "What answers at this address is an older copy of the township's data, or another one"),
            hint: Label(
                zh: "网址没有改。请镇街核对；如果是从旧数据恢复的，要先用 ruhu-server restore 恢复。",
                en: """
                    The address was not changed. Ask the township: data from before has to be brought back with \
                    ruhu-server restore.
                    """))
    }

    /// Whether the township shows this station the history that it has shown another, whose heads these are. What
    /// contradicts is kept as evidence.
    /// - Throws: ``Problem``: ``Problem/Code/badSignature`` for a head that the township did not sign,
    ///   ``Problem/Code/unreachable`` when its history moves on faster than it can be looked at; as
    ///   ``verified(_:_:query:parcel:standing:isObserved:)``.
    func compare(_ others: [TreeHead]) throws -> [HeadAgreement] {
        let key = try replica.read { try Meta.bytes("server_key", in: $0.database) } ?? []
        guard others.allSatisfy({ signatures.isValid($0.signature, for: $0.signedBytes, publicKey: key) }) else {
            throw Problem(.badSignature, "heads")
        }
        for _ in 0..<3 {
            // The head that goes on from what is held here is the one that the others must lead to.
            _ = try verified(.get, "/v1/hello")
            guard let shown = courier.hello?.treeHead else { break }
            var agreements: [HeadAgreement] = []
            for other in others {
                _ = try courier.exchange(
                    .get, "/v1/hello", query: Self.query("", naming: other), shouldAbort: shouldAbort)
                guard let hello = courier.hello, hello.treeHead == shown else { break }
                agreements.append(HeadAgreement(other, shown: shown, in: hello))
            }
            guard agreements.count == others.count else { continue }
            try keepContradictions(agreements, shown: shown)
            return agreements
        }
        throw Problem(.unreachable, "head")
    }

    private func keepContradictions(_ agreements: [HeadAgreement], shown: TreeHead) throws {
        try replica.write { transaction in
            for agreement in agreements {
                guard case .contradicts(let refusal) = agreement.verdict else { continue }
                try transaction.keepEvidence(refusal.rawValue, held: agreement.other, shown: shown)
            }
        }
    }

    /// Asks already for what will be asked for when what came last is kept.
    func begin(_ path: String, query: String) throws {
        try courier.begin(
            .get, path, query: Self.query(query, naming: heads.checked ?? heads.held), shouldAbort: shouldAbort)
    }

    private static func query(_ query: String, naming head: TreeHead?) -> String {
        ([query] + (head.map { ["head=\($0.size)"] } ?? [])).filter { !$0.isEmpty }.joined(separator: "&")
    }

    /// Keeps the head that was checked, with what came with it.
    func keepHead(in transaction: ReplicaTransaction) throws {
        guard let head = heads.checked, let hello = courier.hello else { return }
        try transaction.keep(head, leaving: heads.parting, of: hello)
        (heads.held, heads.parting) = (head, nil)
    }

    /// The head that requests name.
    private func heldHead() throws -> TreeHead? {
        if let held = heads.held { return held }
        return try replica.read { try $0.treeHeads().last }
    }

    private var held: HeldHeads { HeldHeads(replica: replica, signatures: signatures) }

    /// Judges the head of the last answer.
    /// - Parameters:
    ///   - named: the one whose size the request named.
    ///   - tries: how often an earlier one may be named instead.
    /// - Throws: ``Problem`` ``Problem/Code/historyRewritten``, ``Problem/Code/unreachable``; what ``finding(in:_:)`` says.
    private func check(named: TreeHead?, isProofDue: Bool, isObserved: Bool = false, tries: Int = 3) throws {
        guard let hello = courier.hello else { return }
        let (verdict, finding) = try replica.read { transaction in
            let kept = try transaction.treeHeads()
            heads.held = kept.last
            let verdict = try held.judge(hello, kept: kept, named: named, isProofDue: isProofDue, in: transaction)
            return (verdict, isObserved ? try self.finding(in: hello, transaction) : nil)
        }
        switch verdict {
        case .keep(let head, let parting): (heads.checked, heads.parting) = (head, parting)
        case .known, .unproven: (heads.checked, heads.parting) = (nil, nil)
        case .ask(let shared):
            // Another one each time, of a history that moves on faster than it is looked at.
            guard tries > 0 else { throw Problem(.unreachable, "head") }
            _ = try courier.exchange(.get, "/v1/hello", query: "head=\(shared.size)", shouldAbort: shouldAbort)
            return try check(named: shared, isProofDue: true, isObserved: isObserved, tries: tries - 1)
        case .refused(let refusal):
            throw try refuse(hello, refusal)
        }
        if let finding { throw Problem(finding) }
    }

    /// Keeps the evidence, and shows the server what it signed: one whose database was brought back by hand begins a
    /// new history then, which the next sync follows.
    private func refuse(_ hello: Hello, _ refusal: HeadCheck.Refusal) throws -> Problem {
        heads.checked = nil
        let (problem, presented) = try held.refuse(hello, refusal)
        if !presented.isEmpty, refusal != .badSignature {
            // What comes of it, the next sync will see.
            try? show(presented)
        }
        return problem
    }

    /// A database from before this station's enrolment has to take it in again first.
    private func show(_ presented: [TreeHead]) throws {
        let body = TreeHead.encode(presented, as: .protobuf)
        do {
            _ = try courier.exchange(.post, "/v1/heads", body: body, shouldAbort: shouldAbort)
        } catch let problem as Problem where problem.code == .unknownDevice {
            try readmit()
            _ = try courier.exchange(.post, "/v1/heads", body: body, shouldAbort: shouldAbort)
        }
    }
}

import Assistance
import Foundation
import SyncEngine

@testable import SyncWire

/// Real encodings of every kind, from fixed values.
enum Seeds {
    private static let id = RecordID("01900000-0000-7000-8000-000000000001")!
    private static let hash = Hash256(of: [1])
    private static let problem = Problem(.badValue, "field", explanation: Label(zh: "错", en: "wrong"))

    private static var set: ChangeSet {
        let values: [Value] = [
            .text("张三"), .int64(-7), .bool(true), .date(CalendarDay("2026-11-24")!),
            .time(Instant(milliseconds: 1_790_000_000_000)), .list(["a", "b"]), .null,
        ]
        let edits = values.enumerated().map { Edit("f\($0.offset)", old: $0.element, new: $0.element) }
        return ChangeSet(
            device: id, number: 5, time: HybridTime(milliseconds: 1_790_000_000_000, counter: 3), author: "王秀英",
            reason: "核对", schemaVersion: 1, base: Base(epoch: id, seq: 9), observedOn: CalendarDay("2026-11-20")!,
            intent: .amend(3),
            changes: [
                Change(kind: "household", record: id, operation: .create, edits: edits),
                Change(
                    kind: "household", record: id, operation: .edit,
                    edits: [
                        Edit(
                            "phones", element: "138", new: .text("138"),
                            base: Base(epoch: RecordID(high: 1, low: 2), seq: 4))
                    ]),
            ])
    }

    private static var outcomes: [SetOutcome] {
        [
            SetOutcome(number: 1, seq: 2, result: .verbatim), SetOutcome(number: 2, seq: 3, result: .verbatim),
            SetOutcome(number: 3, seq: 9, result: .quarantined, problem: problem),
        ]
    }

    private static var page: PullPage {
        var page = PullPage(epoch: id, from: 3, to: 9)
        page.writers = [Writer(seq: 4, device: id, author: "李", time: HybridTime(rawValue: 77), reason: "")]
        let values: [Value] = [
            .text("x"), .int64(1), .date(CalendarDay("2026-11-24")!), .time(Instant(milliseconds: 5)), .list(["a"]),
            .null,
        ]
        page.records = [
            RecordDelta(
                id: id, kind: "member", scope: Scope("370404101201"), seq: 4, form: .whole,
                fields: values.enumerated().map {
                    FieldDelta(
                        key: FieldKey(field: "f\($0.offset)", element: $0.offset == 0 ? "e" : nil), value: $0.element,
                        writer: 0)
                }), RecordDelta(id: id, kind: "member", scope: Scope("3704"), seq: 5, form: .leave),
        ]
        page.records[0].deletions = [
            RecordDelta.Deletion(writer: 0, isDeleted: true), RecordDelta.Deletion(writer: 0, isDeleted: false),
        ]
        page.outcomes = outcomes
        page.bootstrapToken = [1, 2, 3]
        page.digests = [ScopeDigest(scope: Scope("370404101201"), records: 3, digest: RecordDigest(bytes: hash.bytes)!)]
        page.escrow = [EscrowItem(seq: 4, sealed: [9, 9])]
        return page
    }

    private static var hello: Hello {
        Hello(
            minimumProtocol: 1, maximumProtocol: 1, schemaVersion: 1, epoch: id, parent: Base(epoch: id, seq: 3),
            latestSeq: 9, acknowledged: Acknowledgement(number: 3, hash: hash), nonce: [1, 2, 3],
            treeHead: TreeHead(epoch: id, size: 9, root: hash, signature: [1]), consistency: [hash],
            ancestors: [Base(epoch: id, seq: 3)])
    }

    private static var answers: [Answer] {
        let bodies: [Answer.Body] = [
            .pull(page), .push(PushReply(outcomes: outcomes, acknowledged: Acknowledgement(number: 3, hash: hash))),
            .problem(problem), .hello, .chain(ChainRun(first: 1, hashes: [hash, hash])),
            .blobPart(BlobPart(sha256: hash, offset: 1, size: 9, data: [1, 2])),
            .blobStatus(BlobStatus(sha256: hash, size: 9, received: 3, isComplete: false)),
            .enrolment(
                EnrolmentReply(
                    device: id, scopes: [Scope("370404101201")], station: "s", staff: "王", region: "370404101",
                    epoch: id,
                    serverKey: hash.bytes, certificate: [1], serverSealingKey: hash.bytes)),
        ]
        return bodies.map { Answer(status: 200, requestNonce: [7, 7], hello: hello, body: $0) }
    }

    private static var push: PushFrame {
        let bytes = WireCodec().encode(set)
        return PushFrame(
            epoch: id, previousHash: hash, sets: [bytes, bytes], signature: [UInt8](repeating: 5, count: 64),
            earlier: [EarlierOutcome(epoch: id, outcome: outcomes[0])])
    }

    static func all() throws -> [String: [[UInt8]]] {
        let codec = WireCodec()
        let key = hash.bytes
        let text = Array("入户 ruhu ruhu ruhu".utf8)
        var bundle: [UInt8] = []
        _ = try BundleWriter(
            .toTownship, township: key, device: id, to: SealingKey().publicKey,
            signedBy: try Ed25519().signer(privateKey: key), first: text, write: { bundle += $0 })
        let components = MessageSignature.Components(
            method: "GET", authority: "a:1", path: "/v1/pull", query: "?cursor=5",
            contentDigest: ContentDigest.header(for: []))
        let signed = try MessageSignature.sign(
            components, keyID: "\(id)", nonce: [1, 2],
            with: try Ed25519().signer(privateKey: key))
        var readmission = Readmission(
            device: id, signingKey: key, sealingKey: key, scopes: [Scope("370404101201")], station: "s", staff: "王",
            lineage: Lineage(device: id, number: 7), certificate: [1, 2])
        readmission.former = readmission.asFormer
        let work = RevokedWork(
            device: readmission, previousHash: hash, sets: [codec.encode(set), [1, 2]],
            signatures: [RevokedWork.Signature(number: 5, bytes: [UInt8](repeating: 5, count: 64))])
        let escrowed = EscrowedSet(
            device: id, previousHash: hash, bytes: codec.encode(set), signature: [UInt8](repeating: 5, count: 64),
            work: work)
        let fork = ForkRequest(common: Acknowledgement(number: 2, hash: hash), signingKey: key, sealingKey: key)
        let head = TreeHead(epoch: id, size: 9, root: hash, signature: [UInt8](repeating: 5, count: 64))
        let part = BlobPart(sha256: hash, offset: 0, size: 3, data: [1, 2, 3])
        return [
            "set": [codec.encode(set)],
            "effects": [
                codec.encode(set.changes[0].edits.map { Effect($0.field, old: $0.old, new: $0.new, .applied) })
            ],
            "value": set.changes[0].edits.map { codec.encode($0.new) },
            "answer": answers.map { Protobuf.bytes(WireAnswer($0)) }, "answer-json": answers.map { $0.body(as: .json) },
            "push": [push.encoded(as: .protobuf)], "push-json": [push.encoded(as: .json)],
            "enrolment": [
                EnrolmentRequest(code: "K7", signingKey: key, sealingKey: key, station: "s").encoded(as: .protobuf)
            ],
            "fork": [
                fork.encoded(as: .protobuf)
            ],
            "readmission": [readmission.encoded(as: .protobuf)],
            "escrow": [EscrowOffer(epoch: id, sealed: [[1, 2], [3]]).encoded(as: .protobuf)],
            "escrowed-set": [escrowed.encoded()], "revoked-work": [work.encoded()],
            "bundle-request": [
                BundleRequest(
                    created: Instant(milliseconds: 5), epoch: id, cursor: 3, isBootstrapped: true, heads: [head],
                    readmission: readmission, lastNumber: 7, fork: fork, wanted: [hash]
                ).encoded
            ],
            "bundle-request-piece": [
                BundleRequest.Piece(
                    escrow: [EscrowItem(seq: 3, sealed: [1, 2], epoch: id)], frames: [push], blobs: [part]
                ).encoded
            ],
            "bundle-reply": [
                BundleReply(
                    hello: hello, problem: problem,
                    blobs: [BlobStatus(sha256: hash, size: 9, received: 9, isComplete: true)], head: head,
                    escrow: [Base(epoch: id, seq: 3)]
                ).encoded
            ],
            "bundle-reply-piece": [
                BundleReply.Piece(
                    pushes: [PushReply(outcomes: outcomes, acknowledged: Acknowledgement())], pages: [page],
                    chains: [ChainRun(first: 2, hashes: [hash])], parts: [part]
                ).encoded
            ],
            "frame": [Frame.seal(text)], "bundle": [bundle], "zstd": [ContentCoding.zstd.compress(text)],
            "gzip": [ContentCoding.gzip.compress(text)],
            "signature": [Array((signed.signatureInput + "\n" + signed.signature).utf8)],
            "invitation": [Array(InvitationCode(secret: Array(0..<10), fingerprint: hash).description.utf8)],
            "json": [#"{"kind":"household","fields":{"a":[1,-2.5e3,"\u5f20",null,true],"b":{}}}"#, "[1,2] {} \"x\""]
                .map { Array($0.utf8) },
            "instant": ["2026-11-24T09:30:00.125+08:00", "2026-11-24", "0001-01-01T00:00Z"].map { Array($0.utf8) },
            "csv": ["a,b\r\n1,\"x \"\"y\"\"\nz\"\r\n2,3\n"].map { Array($0.utf8) },
            "yaml": [try yaml()], "pack": [Array(PolicyPack.yicheng2020.text.utf8)],
            "household": [Array(household.document.compact.utf8)],
        ]
    }

    /// Something of everything that counts.
    static var household: CalculationInput {
        var input = CalculationInput()
        input.residence = .rural
        var old = CalculationInput.Person(id: "1")
        old.birthDate = CalendarDay("1949-12-31")
        old.health = "41"
        old.disabilityType = "6"
        old.disabilityGrade = "2"
        old.disabilityExpiry = CalendarDay("2030-01-01")
        old.failedActivities = ["bathe", "walk"]
        var young = CalculationInput.Person(id: "2")
        young.birthDate = CalendarDay("2012-02-29")
        young.labourAbility = .partial
        young.selfCare = .full
        input.persons = [old, young]
        input.incomes = [
            .init(id: "3", person: "1", type: "10", amountFen: 33_333, period: .month),
            .init(id: "4", type: "42", amountFen: 1, period: .quarter, from: CalendarDay("2020-01-01")),
        ]
        input.expenses = [
            .init(id: "5", type: "02", amountFen: 900_000, paidFen: 800_000, reimbursedFen: 1, billNumber: "A")
        ]
        input.properties = [
            .init(id: "6", type: .deposit, valueFen: 100_000, exemption: "04"), .init(id: "7", type: .house),
        ]
        input.supporters = [.init(id: "8", isAble: false, feeFen: 7)]
        return input
    }

    private static func yaml() throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appending(path: "Examples/roster-map.yaml")))
    }
}

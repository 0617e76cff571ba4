import Crypto
import Foundation
import Testing

@testable import SyncEngine
@testable import SyncWire

/// `docs/vectors/`: what another client checks itself against. `make golden` writes them from the program.
@Suite struct GoldenVectorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/vectors")

    private static let device = RecordID("01900000-0000-7000-8000-000000000001")!
    private static let epoch = RecordID("01900000-0000-7000-8000-0000000000ee")!
    private static let record = RecordID("01900000-0000-7000-8000-0000000000aa")!

    private static var sets: [ChangeSet] {
        let base = Base(epoch: epoch, seq: 0)
        let create = Change(
            kind: "household", record: record, operation: .create,
            edits: [
                Edit("village", new: .text("370404101201")), Edit("population", new: .int64(3)),
                Edit("phones", element: "13812345678", new: .text("13812345678")),
                Edit("electricity", new: .bool(true)),
                Edit("surveyed_on", new: .date(CalendarDay("2026-11-24")!)),
            ])
        let edit = Change(
            kind: "household", record: record, operation: .edit,
            edits: [Edit("population", old: .int64(3), new: .int64(4), base: Base(epoch: epoch, seq: 7))])
        let time = HybridTime(milliseconds: 1_790_000_000_000, counter: 0)
        return [
            ChangeSet(
                device: device, number: 1, time: time, author: "王秀英", schemaVersion: 1, base: base, changes: [create]),
            ChangeSet(
                device: device, number: 2, time: HybridTime(rawValue: time.rawValue + 1), author: "王秀英", reason: "核对",
                schemaVersion: 1, base: base, observedOn: CalendarDay("2026-11-20")!, changes: [edit]),
            ChangeSet(
                device: device, number: 3, time: HybridTime(rawValue: time.rawValue + 2), author: "王秀英",
                schemaVersion: 1,
                base: base, intent: .withdraw(2), changes: []),
        ]
    }

    private static var chain: [[String: Any]] {
        var previous = Hash256.zero
        return sets.map { set in
            let bytes = WireCodec().encode(set)
            let hash = HashChain.next(after: previous, set: bytes)
            defer { previous = hash }
            return [
                "number": Int(set.number), "previous_hash": previous.description, "bytes": Hex.encode(bytes),
                "hash": hash.description, "signed": Hex.encode(PushFrame.signedBytes(lastHash: hash)),
            ]
        }
    }

    private static var digest: [String: Any] {
        let kind = KindSchema(
            "sample", label: Label(zh: "例", en: "Sample"),
            fields: [
                ("name", ValueType.text), ("count", .int64), ("flag", .bool), ("day", .date), ("at", .time),
                ("tags", .list),
            ].map {
                FieldSchema($0.0, $0.1, .humanReview, .none, Label(zh: $0.0, en: $0.0))
            })
        var value = Record(id: record, kind: kind, scope: Scope("370404101201"), seq: 42)
        let values: [(String, Value)] = [
            ("name", .text("张三")), ("count", .int64(-5)), ("flag", .bool(true)),
            ("day", .date(CalendarDay("2026-11-24")!)),
            ("at", .time(Instant("2026-11-24T09:30:00+08:00")!)), ("tags", .list(["a", "b"])),
        ]
        for (name, content) in values { value.assign(content, to: FieldKey(field: name), in: kind) }
        return [
            "id": record.description, "kind": "sample", "seq": 42,
            "fields": [
                "name": "张三", "count": -5, "flag": true, "day": "2026-11-24", "at": "2026-11-24T09:30:00+08:00",
                "tags": ["a", "b"],
            ],
            "digest": value.digest(in: kind).description,
            "twice": (value.digest(in: kind) + value.digest(in: kind)).description,
        ]
    }

    private static var signature: [String: Any] {
        let digest = ContentDigest.header(for: [])
        let components = MessageSignature.Components(
            method: "GET", authority: "township.example:8470", path: "/v1/pull", query: "?cursor=5&limit=1000",
            contentDigest: digest)
        let parameters =
            MessageSignature.covered
            + ";created=1790000000;keyid=\"\(device)\";alg=\"ed25519\";nonce=\"\(Base64.encode([1, 2, 3], .url))\""
        return [
            "content_digest": digest, "signature_input": "sig=" + parameters,
            "base": String(decoding: MessageSignature.base(components, parameters: parameters), as: UTF8.self),
        ]
    }

    /// A release has no rows; a quarantined set its problem; an ordinary one its changes.
    private static var leaves: [LogLeaf] {
        var previous = Hash256.zero
        return sets.enumerated().map { index, set in
            previous = HashChain.next(after: previous, set: WireCodec().encode(set))
            var rows = LogLeafRows()
            if index == 1 { rows.append(problemSubject: "population", zh: "不能改", en: "") }
            if index != 1 {
                rows.append(
                    record: record, kind: "household", operation: index == 0 ? 1 : 2, scope: "370404101201",
                    isDeleted: false, setChange: index == 0 ? 0 : nil,
                    effects: index == 0
                        ? nil : WireCodec().encode([Effect("population", old: .int64(3), new: .int64(4), .applied)]))
            }
            return LogLeaf(
                seq: Seq(index + 1), hash: previous, device: device, number: set.number,
                result: [1, 4, 2][index], problem: index == 1 ? 2005 : 0, isRelease: index == 2, isDesk: false,
                isFlagged: index == 2, decidedAt: Instant(milliseconds: 1_790_000_000_000), changes: rows.hash)
        }
    }

    private static var tree: [String: Any] {
        let hashes = leaves.map(\.treeHash)
        var frontier = MerkleFrontier()
        let heads = hashes.map { hash in
            frontier.append(hash)
            return TreeHead(epoch: epoch, size: frontier.size, root: frontier.root)
        }
        let tree = MerkleTree(size: 3) { level, index in
            level == 0 ? hashes[Int(index)] : MerkleHash.node(hashes[0], hashes[1])
        }
        func texts(_ proof: [Hash256]?) -> [String] { (proof ?? []).map(\.description) }
        return [
            "leaves": zip(leaves, hashes).map { ["bytes": Hex.encode($0.bytes), "hash": $1.description] },
            "heads": heads.map {
                ["size": Int($0.size), "root": $0.root.description, "signed": Hex.encode($0.signedBytes)]
            },
            "inclusion_of_seq_2_in_3": texts(try? tree.inclusion(of: 1)),
            "consistency_from_2_to_3": texts(try? tree.consistency(from: 2)),
        ]
    }

    private static var vectors: [String: Any] {
        [
            "tree": tree,
            "chain": chain, "digest": digest, "signature": signature,
            "frame": ["payload": "e585a5e688b7", "frame": Hex.encode(Frame.seal(Array("入户".utf8)))],
            "conflict": [
                "record": record.description, "field": "address", "element": "", "opened_at": 12,
                "id": ConflictRecord.id(record: record, key: FieldKey(field: "address"), openedAt: 12).description,
            ],
            "invitation": [
                "secret": "00010203040506070809", "fingerprint": Hash256(of: [1, 2, 3]).description,
                "code": InvitationCode(secret: Array(0..<10), fingerprint: Hash256(of: [1, 2, 3])).description,
            ],
        ]
    }

    @Test(arguments: ["chain", "digest", "signature", "frame", "conflict", "invitation", "tree"])
    func theVectorsAreWhatTheProgramDoes(name: String) throws {
        let value = try #require(Self.vectors[name])
        let text = String(
            decoding: try JSONSerialization.data(
                withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]),
            as: UTF8.self)
        let file = Self.folder.appending(path: "\(name).json")
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name).json")
            return
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text + "\n")
    }
}

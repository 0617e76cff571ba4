package import SyncEngine

/// A record's proof as one JSON document: `audit prove` writes it, `verify-proof` reads it.
extension RecordProof {
    /// `record`, `head`, `consistency` [{`size`, `proof`}], `sets` [`leaf`, `bytes`, `previousHash`, `problem`, `rows`,
    /// `inclusion`]; bytes and hashes in hexadecimal.
    package var document: JSONValue {
        .object([
            ("record", .string(record.description)), ("head", head.document),
            (
                "consistency",
                .array(consistency.map { .object([("size", .int(Int64($0.size))), ("proof", .hashes($0.proof))]) })
            ),
            ("sets", .array(sets.map(\.document))),
        ])
    }

    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for anything else.
    package init(document: JSONValue) throws {
        guard let record = document["record"]?.text.flatMap({ RecordID($0) }),
            let head = TreeHead(document: document["head"]),
            let consistency = document["consistency"]?.list?.map(Consistency.init(document:)),
            let sets = document["sets"]?.list?.map(ProvedSet.init(document:)), !sets.isEmpty,
            sets.allSatisfy({ $0 != nil }), consistency.allSatisfy({ $0 != nil })
        else { throw Problem(.badDocument, "proof") }
        self.init(
            record: record, head: head, consistency: consistency.compactMap(\.self), sets: sets.compactMap(\.self))
    }
}

extension RecordProof.Consistency {
    fileprivate init?(document: JSONValue) {
        guard let size = document["size"]?.count, let proof = document["proof"]?.hashes else { return nil }
        self.init(size: size, proof: proof)
    }
}

extension RecordProof.ProvedSet {
    fileprivate var document: JSONValue {
        .object([
            ("leaf", leaf.document), ("bytes", .hex(bytes)), ("previousHash", .hex(previousHash?.bytes)),
            ("problem", problem.map { .array($0.map(JSONValue.string)) } ?? .null),
            ("rows", .array(rows.map(\.document))), ("inclusion", .hashes(inclusion)),
        ])
    }

    fileprivate init?(document: JSONValue) {
        guard let leaf = LogLeaf(document: document["leaf"]), let inclusion = document["inclusion"]?.hashes,
            let rows = document["rows"]?.list?.map(RecordProof.ChangeRow.init(document:)),
            rows.allSatisfy({ $0 != nil }), let bytes = document.optional("bytes", \.bytes),
            let previousHash = document.optional("previousHash", { Hash256(hex: $0) }),
            let problem = document.optional("problem", { $0.list?.compactMap(\.text) })
        else { return nil }
        self.init(
            leaf: leaf, bytes: bytes, previousHash: previousHash, problem: problem, rows: rows.compactMap(\.self),
            inclusion: inclusion)
    }
}

extension RecordProof.ChangeRow {
    fileprivate var document: JSONValue {
        .object([
            ("record", .string(record.description)), ("kind", .string(kind)), ("operation", .int(Int64(operation))),
            ("scope", .string(scope)), ("deleted", .bool(isDeleted)),
            ("setChange", setChange.map { .int(Int64($0)) } ?? .null), ("effects", .hex(effects)),
        ])
    }

    fileprivate init?(document: JSONValue) {
        guard let record = document["record"]?.text.flatMap({ RecordID($0) }), let kind = document["kind"]?.text,
            let operation = document["operation"]?.count, let scope = document["scope"]?.text,
            case .bool(let isDeleted) = document["deleted"], let setChange = document.optional("setChange", \.count),
            let effects = document.optional("effects", \.bytes)
        else { return nil }
        self.init(
            record: record, kind: kind, operation: UInt8(clamping: operation), scope: scope, isDeleted: isDeleted,
            setChange: setChange.map { Int(clamping: $0) }, effects: effects)
    }
}

extension LogLeaf {
    /// Everything that docs/protocol.md says of a leaf.
    fileprivate var document: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("hash", .string(hash.description)), ("device", .string(device.description)),
            ("number", .int(Int64(number))), ("result", .int(Int64(result))), ("problem", .int(Int64(problem))),
            ("release", .bool(isRelease)), ("desk", .bool(isDesk)), ("flagged", .bool(isFlagged)),
            ("decidedAt", .int(decidedAt.milliseconds)), ("changes", .string(changes.description)),
        ])
    }

    fileprivate init?(document: JSONValue?) {
        guard let document, let seq = document["seq"]?.count, let hash = Hash256(hex: document["hash"]),
            let device = document["device"]?.text.flatMap({ DeviceID($0) }), let number = document["number"]?.count,
            let result = document["result"]?.count, let problem = document["problem"]?.count,
            case .bool(let isRelease) = document["release"], case .bool(let isDesk) = document["desk"],
            case .bool(let isFlagged) = document["flagged"], case .int(let decidedAt) = document["decidedAt"],
            let changes = Hash256(hex: document["changes"])
        else { return nil }
        self.init(
            seq: seq, hash: hash, device: device, number: number, result: UInt8(clamping: result),
            problem: UInt32(clamping: problem), isRelease: isRelease, isDesk: isDesk, isFlagged: isFlagged,
            decidedAt: Instant(milliseconds: decidedAt), changes: changes)
    }
}

extension JSONValue {
    fileprivate static func hex(_ bytes: [UInt8]?) -> JSONValue { bytes.map { .string(Hex.encode($0)) } ?? .null }

    fileprivate static func hashes(_ hashes: [Hash256]) -> JSONValue {
        .array(hashes.map { .string($0.description) })
    }

    /// A member that may be null, and nothing else that it is not: `nil` for what cannot be read.
    fileprivate func optional<T>(_ key: String, _ read: (JSONValue) -> T?) -> T?? {
        guard let member = self[key], member != .null else { return .some(nil) }
        return read(member).map { .some($0) }
    }

    fileprivate var list: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// A number that counts something.
    fileprivate var count: UInt64? { if case .int(let number) = self { UInt64(exactly: number) } else { nil } }

    fileprivate var bytes: [UInt8]? { text.flatMap { Hex.decode($0) } }

    fileprivate var hashes: [Hash256]? {
        guard let list else { return nil }
        let hashes = list.compactMap { Hash256(hex: $0) }
        return hashes.count == list.count ? hashes : nil
    }
}

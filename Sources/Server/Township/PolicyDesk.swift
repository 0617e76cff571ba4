import Assistance
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

import class GRDB.Database

/// A pack as the district signs it and hands it over: one JSON file of the pack's text, the public key and the signature.
struct SignedPack {
    let content: String
    let key: [UInt8]
    let signature: [UInt8]

    static let byteLimit = 2 * PolicyPack.byteLimit

    init(signing content: String, with signer: any Signer) throws {
        self.content = content
        key = signer.publicKey
        signature = try signer.signature(for: PolicyPackRecord.signedBytes(content))
    }

    /// - Throws: ``Problem`` ``Problem/Code/badPack`` for a file that is none.
    init(file: String) throws {
        let documents = try JSONParser.documents(try Files.read(file, limit: Self.byteLimit))
        guard documents.count == 1, let content = documents[0]["content"]?.text,
            let key = documents[0]["key"]?.text.flatMap({ Hex.decode($0) }),
            let signature = documents[0]["signature"]?.text.flatMap({ Hex.decode($0) })
        else {
            throw Problem(
                .badPack, file,
                explanation: Label(
                    zh: "这不是签过名的政策包（由 ruhu-server pack sign 生成）",
                    en: "This is no signed pack (ruhu-server pack sign makes them)"))
        }
        self.content = content
        self.key = key
        self.signature = signature
    }

    var isSigned: Bool {
        Ed25519().isValid(signature, for: PolicyPackRecord.signedBytes(content), publicKey: key)
    }

    var document: JSONValue {
        .object([
            ("content", .string(content)), ("key", .string(Hex.encode(key))),
            ("signature", .string(Hex.encode(signature))),
        ])
    }
}

/// What the township does with policy packs: trusts a district's key, takes packs in, records the training, activates.
struct PolicyDesk {
    let township: Township

    /// The packs, keys and trainings, with their records.
    struct Contents {
        var packs: [PolicyPackRecord] = []
        var trusted: Set<[UInt8]> = []
        var keys: [Record] = []
        var trainings: [Record] = []
        var shelf = PolicyShelf.included

        func pack(named name: String) throws -> PolicyPackRecord {
            guard let pack = packs.first(where: { $0.name == name }) else { throw Problem(.unknownPack, name) }
            return pack
        }

        /// The latest training on a pack that somebody attended.
        func training(for pack: String) -> Record? {
            trainings.last { training in
                training.value("pack", in: trainingKind).text == pack
                    && !training.value("attendees", in: trainingKind).elements.isEmpty
            }
        }
    }

    func contents() throws -> Contents {
        try township.database.read { try contents(in: $0) }
    }

    func contents(in database: Database) throws -> Contents {
        func all(_ kind: KindSchema) throws -> [Record] {
            let everything = RecordSelection(limit: Limits.listRecords)
            return try township.database.tables.list(kind, everything, in: database)
        }
        let records = try all(PolicyPackRecord.kind) + all(districtKeyKind)
        return Contents(
            packs: records.compactMap(PolicyPackRecord.init), trusted: PolicyShelf.trustedKeys(records),
            keys: records.filter { $0.kind == districtKeyKind.name },
            // Those that a village wrote for itself let nothing be activated.
            trainings: try all(trainingKind).filter { $0.scope == township.identity.region },
            shelf: PolicyShelf(records: records, region: township.identity.region) {
                Ed25519().isValid($0, for: $1, publicKey: $2)
            })
    }

    /// Trusts a public key of the district.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for what is no key.
    func trust(_ key: String, name: String, act: Desk.Act) throws {
        guard let bytes = Hex.decode(key), bytes.count == 32 else {
            throw Problem(
                .badValue, "KEY", explanation: Label(zh: "公钥为 64 位十六进制", en: "A public key has 64 hexadecimal digits"))
        }
        guard try !contents().trusted.contains(bytes) else { return }
        try create(
            districtKeyKind, [.set("key", .text(Hex.encode(bytes))), .set("name", .text(name))], act: act)
    }

    /// Trusts a key no more: packs that it signed are used no longer, here and, after their next sync, at every station.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for a key that is not trusted.
    func withdraw(_ key: String, act: Desk.Act) throws {
        let known = try contents().keys.first { $0.value("key", in: districtKeyKind).text == key.lowercased() }
        guard let known else { throw Problem(.unknownRecord, key) }
        let draft = Draft(kind: districtKeyKind, record: known.id, operation: .delete)
        _ = try township.database.write { try township.desk.act([draft], act, in: $0) }
    }

    /// Takes a pack in: it waits for its activation.
    /// - Throws: ``Problem`` ``Problem/Code/untrustedPack``, ``Problem/Code/packExists``, ``Problem/Code/outOfScope``.
    func take(_ signed: SignedPack, _ pack: PolicyPack, act: Desk.Act) throws -> RecordID {
        let contents = try contents()
        guard signed.isSigned else {
            throw Problem(
                .untrustedPack, pack.name,
                explanation: Label(
                    zh: "签名与内容不符：文件被改动过", en: "The signature is not of this content: the file was changed"))
        }
        guard contents.trusted.contains(signed.key) else { throw Problem(.untrustedPack, Hex.encode(signed.key)) }
        guard pack.region.covers(township.identity.region) else { throw Problem(.outOfScope, pack.region.code) }
        let isKnown = contents.packs.contains { $0.name == pack.name } || PolicyPack.yicheng2020.name == pack.name
        guard !isKnown else { throw Problem(.packExists, pack.name) }
        return try create(
            PolicyPackRecord.kind,
            [
                .set("pack", .text(pack.name)), .set("content", .text(signed.content)),
                .set("signature", .text(Hex.encode(signed.signature))), .set("key", .text(Hex.encode(signed.key))),
            ], act: act)
    }

    /// Lets a pack govern, here and at every station. New policy, training first (R55): without a training record that
    /// names it, only with a reason, which is kept.
    /// - Throws: ``Problem`` ``Problem/Code/trainingNeeded``, ``Problem/Code/untrustedPack``.
    func activate(_ name: String, override reason: String?, act: Desk.Act) throws -> PolicyPackRecord {
        let contents = try contents()
        let pack = try contents.pack(named: name)
        guard pack.activatedAt == nil else { throw Problem(.nothingToChange, name) }
        guard contents.trusted.contains(pack.key) else { throw Problem(.untrustedPack, Hex.encode(pack.key)) }
        var writes: [FieldWrite] = [
            .set("activated_at", .time(act.now)), .set("activated_by", .text(act.author)),
        ]
        if let training = contents.training(for: name) {
            writes.append(.set("training", .text(training.id.description)))
        } else if let reason, !reason.isEmpty {
            writes.append(.set("override_reason", .text(reason)))
        } else {
            throw Problem(.trainingNeeded, name)
        }
        let draft = Draft(kind: PolicyPackRecord.kind, record: pack.id, operation: .edit, writes: writes)
        _ = try township.database.write { try township.desk.act([draft], act, in: $0) }
        return try self.contents().pack(named: name)
    }

    /// Records a training (R54).
    func train(_ pack: String, writes: [FieldWrite], act: Desk.Act) throws -> RecordID {
        _ = try contents().pack(named: pack)
        return try create(trainingKind, [.set("pack", .text(pack))] + writes, act: act)
    }

    @discardableResult
    private func create(_ kind: KindSchema, _ writes: [FieldWrite], act: Desk.Act) throws -> RecordID {
        let id = Township.newID(at: act.now)
        let draft = Draft(kind: kind, record: id, operation: .create, writes: writes)
        _ = try township.database.write { try township.desk.act([draft], act, in: $0) }
        return id
    }
}

import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

import class GRDB.Database

/// The township's own audit (DESIGN section 4, Audit).
extension Township {
    /// Everything that can be checked with the database, its keys, and heads that others have kept.
    /// - Parameter kept: signed by this township, as its stations and its backups show them.
    /// - Throws: ``Problem`` ``Problem/Code/badSignature`` when one of them is not its own.
    func audit(against kept: [TreeHead] = []) throws -> LogVerification.Report {
        guard kept.allSatisfy(headFile.isOwn) else { throw Problem(.badSignature, "--heads") }
        return try database.read { database in
            var report = try verifyLog(database)
            report.findings += try RegisterAudit(database, keys: keys).findings()
            report.findings += try DerivationAudit(database, tables: self.database.tables).findings()
            report.findings += try QuarantineAudit(database, tables: self.database.tables).findings()
            report.findings += try PlacementAudit(database, tables: self.database.tables).findings()
            report.findings += try StructureAudit(database, tables: self.database.tables).findings()
            report.findings += try unsignedRows(database)
            let epoch = try AuthorityIdentity.read(database).epoch
            let ancestors = try EpochReader(database).ancestors()
            report.left = kept.filter { head in ancestors.contains { $0.epoch == head.epoch && $0.seq < head.size } }
            // A tree that cannot be read is a finding already.
            let lost = report.histories.filter(\.isLost).map(\.epoch)
            let telling = kept.filter { !lost.contains($0.epoch) }
            if let comparison = try? LogTree(database).compare(telling, epoch: epoch), comparison.isContradicted {
                report.findings.append(AuditFinding(.head, "\(comparison.common) < \(kept.map(\.size).max() ?? 0)"))
            }
            return report
        }
    }

    /// That the log is whole, and everything follows from it: what a restore asks of a backup. More it must not ask, or
    /// a row of the register that somebody changed would keep all the records from coming back.
    func verifyLog(_ database: Database) throws -> LogVerification.Report {
        try LogVerification(database, tables: self.database.tables) {
            Ed25519().isValid($0, for: $1, publicKey: $2)
        }.run()
    }

    /// Every set that names the record, with its inclusion in the tree of the present head.
    /// - Parameter sizes: of heads that the proof must lead from.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``; ``Problem/Code/badValue`` for a size beyond the log.
    func prove(_ record: RecordID, from sizes: [UInt64]) throws -> RecordProof {
        try database.read { database in
            let tree = LogTree(database)
            let frontier = try tree.frontier()
            if let beyond = sizes.first(where: { $0 > frontier.size }) { throw Problem(.badValue, "--head \(beyond)") }
            var head = TreeHead(
                epoch: try AuthorityIdentity.read(database).epoch, size: frontier.size, root: frontier.root)
            head.signature = try Ed25519Signer(keys.signing).signature(for: head.signedBytes)
            let reader = ProofReader(database)
            let named = try reader.seqs(of: record)
            let sets = try Set(named + reader.originals(of: named)).sorted().map { try reader.set($0, size: head.size) }
            guard !sets.isEmpty else { throw Problem(.unknownRecord, record.description) }
            let consistency = try sizes.map {
                RecordProof.Consistency(size: $0, proof: try tree.consistency(from: $0))
            }
            return RecordProof(record: record, head: head, consistency: consistency, sets: sets)
        }
    }

    /// Whether there is such a record, with such a field, of which nobody has written anything.
    /// - Throws: ``Problem``: ``Problem/Code/unknownRecord``, ``Problem/Code/unknownField``.
    func checkNamed(_ record: RecordID, field: String?) throws {
        let kind = try database.read { try database.tables.record(record, in: $0)?.1 }
        guard let kind else { throw Problem(.unknownRecord, record.description) }
        if let field, kind.index(of: field) == nil { throw Problem(.unknownField, "\(kind.name).\(field)") }
    }

    /// Who changed a record, or one field of it, and what speaks for it.
    func trace(_ record: RecordID, field: String?) throws -> [TraceStep] {
        try database.read { database in
            var reader = try TraceReader(database, tables: self.database.tables)
            return try reader.steps(of: record, field: field)
        }
    }
}

/// Follows records back through the log, on one snapshot. What speaks for a set is checked once, of however many records
/// it is asked.
struct TraceReader {
    private let database: Database
    private let tables: RecordTables
    private let proofs: ProofReader
    private let derivation: DerivationAudit
    private let size: UInt64
    private let root: Hash256
    private var sets: [Seq: Checked] = [:]

    private struct Checked {
        let set: RecordProof.ProvedSet
        let device: RegisteredDevice?
        let isSigned: Bool
        let isIncluded: Bool
    }

    init(_ database: Database, tables: RecordTables) throws {
        self.database = database
        self.tables = tables
        proofs = ProofReader(database)
        derivation = DerivationAudit(database, tables: tables)
        let frontier = try LogTree(database).frontier()
        (size, root) = (frontier.size, frontier.root)
    }

    /// Every set that changed a record, or one field of it.
    mutating func steps(of record: RecordID, field: String?) throws -> [TraceStep] {
        try entries(of: record).filter { item in
            field.map { name in item.effects.contains { $0.field == name } } ?? true
        }
        .map { try step($0, of: record, field: field) }
    }

    /// The last set that changed a record until then; what was set aside changed nothing.
    mutating func lastStep(of record: RecordID, upTo seq: Seq) throws -> TraceStep? {
        try entries(of: record).last { $0.seq <= seq && $0.outcome != .quarantined }
            .map { try step($0, of: record, field: nil) }
    }

    private func entries(of record: RecordID) throws -> [HistoryItem] {
        try HistoryReader(database, tables: tables).entries(of: record)
    }

    private mutating func step(_ item: HistoryItem, of record: RecordID, field: String?) throws -> TraceStep {
        let checked = try sets[item.seq] ?? check(item)
        sets[item.seq] = checked
        return TraceStep(
            item: item, field: field, leaf: checked.set.leaf, device: checked.device,
            scope: checked.set.rows.first { $0.record == record }?.scope,
            isSigned: try checked.isSigned && derivation.isFounded(record, at: item.seq),
            isIncluded: checked.isIncluded)
    }

    private func check(_ item: HistoryItem) throws -> Checked {
        let set = try proofs.set(item.seq, size: size)
        return Checked(
            set: set, device: try DeviceRegister(database).device(item.device),
            isSigned: try proofs.isSigned(set.leaf) { Ed25519().isValid($0, for: $1, publicKey: $2) },
            isIncluded: MerkleProof.isIncluded(
                set.leaf.treeHash, at: item.seq - 1, size: size, root: root, proof: set.inclusion))
    }
}

/// One set on the way from a value back to the one who typed it.
struct TraceStep {
    let item: HistoryItem
    let field: String?
    let leaf: LogLeaf
    let device: RegisteredDevice?
    /// Of the record then; `nil` of a quarantined set.
    let scope: String?
    /// A frame of the device signs the set, and what it did can have come of it.
    let isSigned: Bool
    /// The set is in the tree of the present head.
    let isIncluded: Bool

    /// As an entry of `history`, and what speaks for it.
    var document: JSONValue {
        var item = item
        if let field { item.effects = item.effects.filter { $0.field == field } }
        guard case .members(let members) = HistoryEntry(item).json else { return .null }
        return .members(
            members + [
                JSONValue.Member("number", .int(Int64(leaf.number))),
                JSONValue.Member("hash", .string(leaf.hash.description)),
                JSONValue.Member("decidedAt", .string(leaf.decidedAt.description)),
                JSONValue.Member("desk", .bool(leaf.isDesk)),
                JSONValue.Member("station", device.map { .string($0.station) } ?? .null),
                JSONValue.Member("staff", device.map { .string($0.staff) } ?? .null),
                JSONValue.Member("scope", scope.map(JSONValue.string) ?? .null),
                JSONValue.Member("signed", .bool(isSigned)), JSONValue.Member("included", .bool(isIncluded)),
            ])
    }

    var text: String {
        var item = item
        if let field { item.effects = item.effects.filter { $0.field == field } }
        let place = [device?.station, device?.staff, scope].compactMap(\.self).joined(separator: " · ")
        let proof =
            (isSigned ? L("签名有效", "signature valid") : L("签名无效", "signature NOT valid")) + L("，", ", ")
            + (isIncluded ? L("在日志树中", "in the tree") : L("不在日志树中", "NOT in the tree"))
        return HistoryEntry(item).text + "\n    \(place)  \(leaf.device)/\(leaf.number)  \(leaf.hash)\n    \(proof)"
    }
}

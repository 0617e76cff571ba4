package import GRDB
package import SyncEngine

/// One thing that an audit found wrong.
package struct AuditFinding: Hashable, Sendable {
    package enum Check: String, Sendable, CaseIterable {
        /// A seq is missing.
        case sequence
        /// A set's bytes or hash are not what its device's chain says.
        case chain
        /// A row of the log, or of what a set changed, is not the one that was decided.
        case leaf
        /// The tree is not over these leaves.
        case tree
        /// The log is not the one that this server has signed.
        case head
        /// A record is not the fold of the log.
        case record
        /// A scope's digest is not the sum over its records.
        case digest
        /// What is noted of a device is not what its last set says.
        case device
        /// A quarantined set is not listed as such.
        case quarantine
        /// A frame is not signed by its device.
        case signature
        /// A row that does not follow from the log is not as the township signed it.
        case attestation
        /// The database is not built as this program builds it.
        case structure
        /// Where a record was, or who is told of it, is not what the log says.
        case placement
    }

    package var check: Check
    /// What it is about: a seq, `device/number`, a record and its fields.
    package var subject: String

    package init(_ check: Check, _ subject: String) {
        self.check = check
        self.subject = subject
    }
}

/// The whole audit of an authority: that the log is whole, that it is what its devices signed and the tree says, and
/// that every row of every record table is its fold. Streams: memory does not grow with the log.
package struct LogVerification {
    package struct Report: Hashable, Sendable {
        package var sets = 0
        package var records = 0
        package var frames = 0
        package var findings: [AuditFinding] = []
        /// Every history that led here: a person knows which of them ought to be.
        package var histories: [EpochReader.Entry] = []
        /// Heads that others have kept, beyond where the history that they are of was left.
        package var left: [TreeHead] = []

        package init() {}

        package var isSound: Bool { findings.isEmpty }
    }

    private let database: Database
    private let tables: RecordTables
    private let isValid: ((_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool)?

    /// - Parameter isValid: checks a frame's signature; `nil` leaves signatures out.
    package init(
        _ database: Database, tables: RecordTables,
        isValid: ((_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool)? = nil
    ) {
        self.database = database
        self.tables = tables
        self.isValid = isValid
    }

    /// - Throws: the store's errors; what is merely wrong is in the report.
    package func run() throws -> Report {
        var report = Report()
        let audit = LogAudit(database, tables: tables)
        let chains = try audit.verifyChains()
        report.sets = chains.sets
        if chains.gaps > 0 { report.findings.append(AuditFinding(.sequence, "\(chains.gaps)")) }
        report.findings += chains.broken.map { AuditFinding(.chain, $0) }
        try verifyTree(&report)
        try verifyDevices(&report)
        try verifySignatures(&report)
        try verifyRecords(&report)
        report.findings += try audit.wrongDigests().map { AuditFinding(.digest, $0) }
        report.histories = try EpochReader(database).entries()
        return report
    }

    // MARK: - The tree

    private func verifyTree(_ report: inout Report) throws {
        let tree = LogTree(database)
        var frontier = MerkleFrontier()
        var nodes = 0
        try tree.forEachLeaf(after: 0, through: Seq(Int64.max)) { stored in
            let hash = stored.leaf.treeHash
            if stored.kept != hash { report.findings.append(AuditFinding(.leaf, "\(stored.leaf.seq)")) }
            // The tree over what was kept: a changed row is one finding, not one for each subtree above it.
            try frontier.append(stored.kept ?? hash) { level, index, node in
                guard LogTree.isKept(level) else { return }
                nodes += 1
                if try tree.kept(level: level, index: index) != node {
                    report.findings.append(AuditFinding(.tree, "\(level)/\(index)"))
                }
            }
        }
        // What no set of the log did is in no leaf.
        try Query(
            database,
            "SELECT DISTINCT id >> 20 FROM log_change c WHERE NOT EXISTS (SELECT 1 FROM log WHERE seq = c.id >> 20)"
        ).forEach { row in
            report.findings.append(AuditFinding(.leaf, "\(row.int64(0)) -"))
            return true
        }
        let stored = try Query(database, "SELECT count(*) FROM log_node").first { $0.int(0) } ?? 0
        if stored != nodes { report.findings.append(AuditFinding(.tree, "log_node \(stored), not \(nodes)")) }
        let kept = try? tree.frontier()
        if kept != frontier {
            let size = kept.map { "\($0.size)" } ?? "?"
            report.findings.append(AuditFinding(.tree, "meta.tree \(size), log \(frontier.size)"))
        }
    }

    // MARK: - Devices

    private func verifyDevices(_ report: inout Report) throws {
        try Query(
            database,
            """
            SELECT d.id, d.acknowledged, d.last_hash, l.number, l.hash FROM device d
            JOIN log l ON l.device = d.id AND l.is_release = 0
            AND l.number = (SELECT max(number) FROM log m WHERE m.device = d.id AND m.is_release = 0)
            """
        ).forEach { row in
            if row.uint64(1) != row.uint64(3) || row.bytes(2) != row.bytes(4) {
                report.findings.append(AuditFinding(.device, "\(row.id(0))/\(row.uint64(1))"))
            }
            return true
        }
        try Query(
            database,
            """
            SELECT seq FROM log l WHERE result = 4 AND NOT EXISTS
            (SELECT 1 FROM quarantine q WHERE q.device = l.device AND q.number = l.number) ORDER BY seq
            """
        ).forEach { row in
            report.findings.append(AuditFinding(.quarantine, "\(row.uint64(0))"))
            return true
        }
    }

    private func verifySignatures(_ report: inout Report) throws {
        guard let isValid else { return }
        try Query(
            database,
            """
            SELECT f.device, f.number, f.signature, d.signing_key, l.hash FROM frame_signature f
            LEFT JOIN device d ON d.id = f.device
            LEFT JOIN log l ON l.device = f.device AND l.number = f.number AND l.is_release = 0
            ORDER BY f.device, f.number
            """
        ).forEach { row in
            report.frames += 1
            let hash = Hash256(bytes: row.bytes(4)) ?? .zero
            if !isValid(row.bytes(2), PushFrame.signedBytes(lastHash: hash), row.bytes(3)) {
                report.findings.append(AuditFinding(.signature, "\(row.id(0))/\(row.uint64(1))"))
            }
            return true
        }
        // A frame's signature is over its last hash, and so over every set before it: what lies above the last is bare.
        try Query(
            database,
            """
            SELECT device, max(number) AS last FROM log WHERE is_release = 0 GROUP BY device HAVING last >
            coalesce((SELECT max(number) FROM frame_signature f WHERE f.device = log.device), 0)
            """
        ).forEach { row in
            report.findings.append(AuditFinding(.signature, "\(row.id(0))/\(row.uint64(1)) -"))
            return true
        }
    }

    // MARK: - Records

    private func verifyRecords(_ report: inout Report) throws {
        var record: RecordID?
        // `nil` when a change cannot be read.
        var fold: RecordFold?
        func finish() throws {
            guard let record else { return }
            report.records += 1
            if let finding = try self.finding(of: record, fold) { report.findings.append(finding) }
        }
        try LogReader(database, tables: tables).forEachChangeByRecord { header, decode in
            if record != header.record {
                try finish()
                record = header.record
                fold = tables.schema.kind(header.kind).map { RecordFold(header, kind: $0) }
            }
            guard fold != nil, let change = try? decode() else {
                fold = nil
                return
            }
            fold?.apply(header, change)
        }
        try finish()
        for kind in tables.schema.kinds {
            try Query(
                database,
                """
                SELECT id FROM "\(kind.name)" k WHERE NOT EXISTS
                (SELECT 1 FROM log_change c WHERE c.record = k.id AND c.kind = '\(kind.name)')
                """
            ).forEach { row in
                report.findings.append(AuditFinding(.record, "\(kind.name) \(row.id(0)) -"))
                return true
            }
        }
    }

    private func finding(of record: RecordID, _ fold: RecordFold?) throws -> AuditFinding? {
        guard let expected = fold?.record, let kind = tables.schema.kind(expected.kind) else {
            return AuditFinding(.record, "\(record) log")
        }
        guard let stored = try tables.record(record, kind: kind, in: database) else {
            // The row of a record that was deleted long ago may be collected; the log keeps it.
            return expected.isDeleted ? nil : AuditFinding(.record, "\(kind.name) \(record)")
        }
        let differences = Self.differences(stored, expected, kind: kind)
        return differences.isEmpty
            ? nil : AuditFinding(.record, "\(kind.name) \(record) \(differences.joined(separator: ","))")
    }

    private static func differences(_ stored: Record, _ expected: Record, kind: KindSchema) -> [String] {
        var names: [String] = []
        if stored.scope != expected.scope { names.append("scope") }
        if stored.seq != expected.seq { names.append("seq") }
        if stored.isDeleted != expected.isDeleted { names.append("deleted") }
        let (own, due) = (stored.named(in: kind), expected.named(in: kind))
        return names + Set(own.keys).union(due.keys).filter { own[$0] != due[$0] }.sorted()
    }
}

import Foundation
import GRDB
import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// Whatever is changed in the authority's database by hand, the audit finds and names.
@Suite struct LogVerificationTests {
    private let world: World
    private let root: RecordID

    /// Creations, edits, a conflict, a move, a deletion, a quarantined set.
    init() throws {
        world = try World(seed: 11, places: ["370404101201", "370404101201"])
        root = try world.new(0, Sample.root, .set("latest", .text("一")), .set("review", .text("a")))
        let gone = try world.new(0, Sample.root, .set("latest", .text("二")))
        try world.settle()
        let item = try world.new(1, Sample.item, .set("root", .text(root.description)), .set("key", .text("k")))
        try world.settle()
        try world.edit(0, Sample.root, root, .set("review", .text("b")), .add("tags", "x"))
        try world.edit(1, Sample.root, root, .set("review", .text("c")))
        try world.delete(0, Sample.root, gone)
        try world.edit(1, Sample.item, item, .set("amount", .int64(5)))
        try world.settle()
        let unknown = Change(
            kind: "root", record: world.newID(), operation: .edit, edits: [Edit("review", new: .text("d"))])
        #expect(try world.decide([unknown]).result == .quarantined)
    }

    private func findings() throws -> Set<AuditFinding.Check> {
        Set(try report().findings.map(\.check))
    }

    private func report() throws -> LogVerification.Report {
        try world.authority.read { try LogVerification($0, tables: world.authority.tables).run() }
    }

    private func tamper(_ sql: String) throws {
        try world.authority.pool.writeWithoutTransaction { database in
            try database.execute(sql: sql)
            #expect(database.changesCount > 0, "\(sql)")
        }
    }

    @Test func anUntouchedAuthorityIsSound() throws {
        let report = try report()
        #expect(report.findings == [])
        #expect(report.sets >= 7 && report.records >= 3)
    }

    @Test(arguments: [
        ("UPDATE root SET latest = '三' WHERE deleted = 0", "record"),
        ("UPDATE root SET seq = seq + 1", "record"),
        ("UPDATE root SET deleted = 0", "record"),
        ("UPDATE root SET scope = '370404101202' WHERE deleted = 0", "record"),
        ("UPDATE item SET amount = 500", "record"),
        ("DELETE FROM item", "record"),
        ("INSERT INTO root (id, scope, seq, deleted) VALUES (zeroblob(16), '370404101201', 1, 1)", "record"),
        ("UPDATE scope_digest SET digest = zeroblob(32)", "digest"),
        ("UPDATE log SET result = 2 WHERE seq = 1", "leaf"),
        ("UPDATE log SET decided_at = decided_at - 1 WHERE seq = 2", "leaf"),
        ("UPDATE log SET bytes = CAST(bytes || x'00' AS BLOB) WHERE seq = 2", "chain"),
        ("UPDATE log SET hash = zeroblob(32) WHERE seq = 2", "chain"),
        (
            """
            INSERT INTO log (seq, device, number, hash, result, is_desk, is_flagged, is_release, decided_at, leaf)
            SELECT 1000, device, number, hash, 1, 0, 0, 1, decided_at, leaf FROM log WHERE seq = 1
            """, "chain"
        ),
        (
            """
            INSERT INTO log_change (id, record, kind, operation, scope, deleted, effects)
            SELECT 1, zeroblob(16), kind, operation, scope, deleted, x'' FROM log_change LIMIT 1
            """, "leaf"
        ),
        ("UPDATE log_change SET scope = '370404101202' WHERE id >> 20 = 1", "leaf"),
        ("UPDATE log_change SET effects = x'' WHERE effects IS NOT NULL", "leaf"),
        ("DELETE FROM log_change WHERE id >> 20 = 3", "leaf"),
        ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", "tree"),
        ("DELETE FROM log WHERE seq = 2", "sequence"),
        ("UPDATE log SET leaf = zeroblob(32) WHERE seq = 2", "leaf"),
        ("UPDATE meta SET value = zeroblob(8) WHERE key = 'tree'", "tree"),
        ("INSERT INTO log_node VALUES (5, zeroblob(32))", "tree"),
        ("UPDATE device SET acknowledged = acknowledged + 1 WHERE acknowledged > 0", "device"),
    ])
    func whatIsChangedByHandIsFound(sql: String, check: String) throws {
        try tamper(sql)
        #expect(try findings().map(\.rawValue).contains(check))
    }

    @Test(arguments: [
        "UPDATE quarantine SET state = 'closed', closed_by = 1", "UPDATE quarantine SET state = 'released'",
        "UPDATE quarantine SET closed_by = 2", "DELETE FROM quarantined_change",
        "UPDATE quarantined_change SET operation = operation + 1",
        "UPDATE quarantined_change SET record = zeroblob(16)",
        "INSERT INTO quarantine SELECT device, number, seq, 'open', NULL FROM log WHERE result = 1 LIMIT 1",
        "INSERT INTO quarantined_change SELECT zeroblob(16), device, number, 1 FROM log WHERE result = 1 LIMIT 1",
        "UPDATE log SET result = 1 WHERE result = 4",
    ]) func aNoteOfTheQuarantineThatTheLogDoesNotBearOutIsFound(_ sql: String) throws {
        func findings() throws -> [AuditFinding] {
            try world.authority.read { try QuarantineAudit($0, tables: world.authority.tables).findings() }
        }
        #expect(try findings().isEmpty)
        try tamper(sql)
        #expect(try findings().map(\.check) == [.quarantine])
    }

    /// What nobody typed: values, records, deletions and moves that are in no signed set.
    @Test(arguments: [
        Effect("review", old: .null, new: .text("x"), .applied),
        Effect("tags", element: "x", old: .null, new: .bool(true), .applied),
        Effect("review", old: .null, new: .text("x"), .derived),
        Effect(Effect.deleted, old: .bool(false), new: .bool(true), .derived),
        Effect(Effect.scope, old: .text("370404101201"), new: .text("370404101202"), .derived),
        Effect(KindSchema.aliasField, old: .null, new: .text("01900000-0000-7000-8000-000000000001"), .derived),
    ]) func whatIsInNoSignedSetIsFound(_ effect: Effect) throws {
        func findings() throws -> [String] {
            try world.authority.read { try DerivationAudit($0, tables: world.authority.tables).findings() }
                .map(\.subject)
        }
        #expect(try findings().isEmpty)
        // An edit of one field by a station, of a record that was there.
        let seq = try #require(
            try world.authority.read { database in
                try Int64.fetchOne(
                    database,
                    sql: """
                        SELECT id >> 20 FROM log_change WHERE kind = 'root' AND operation = 2 AND set_change IS NOT NULL
                        ORDER BY id LIMIT 1
                        """)
            })
        try world.authority.pool.write {
            try $0.execute(
                sql: "UPDATE log_change SET set_change = NULL, effects = ? WHERE id >> 20 = ?",
                arguments: [Data(WireCodec().encode([effect])), seq])
        }
        #expect(try findings() == ["\(seq) \(root)"])
    }

    @Test func aSetThatIsSaidToBeOfAnotherRecordIsFound() throws {
        try tamper("UPDATE log_change SET record = zeroblob(16) WHERE id = (SELECT min(id) FROM log_change)")
        let findings = try world.authority.read { try DerivationAudit($0, tables: world.authority.tables).findings() }
        #expect(findings.count == 1)
    }

    /// A set that was refused for good is tried by nobody again, and none is tried again twice.
    @Test func aReleaseOfWhatWasRefusedIsFound() throws {
        try tamper(
            """
            INSERT INTO log (seq, device, number, hash, result, is_desk, is_flagged, is_release, decided_at, leaf)
            SELECT 1000, device, number, hash, 1, 0, 0, 1, decided_at, leaf FROM log WHERE result = 4
            """)
        #expect(try findings().contains(.chain))
        try tamper("UPDATE log SET problem = 2015 WHERE result = 4")
        #expect(try !findings().contains(.chain))
        try tamper(
            """
            INSERT INTO log (seq, device, number, hash, result, is_desk, is_flagged, is_release, decided_at, leaf)
            SELECT 1001, device, number, hash, 1, 0, 0, 1, decided_at, leaf FROM log WHERE seq = 1000
            """)
        #expect(try findings().contains(.chain))
    }

    /// A set that was tried again is read where it was set aside: bytes beside its release would speak for it otherwise.
    @Test func bytesPutBesideAReleaseAreFound() throws {
        try tamper(
            """
            INSERT INTO log (seq, device, number, hash, result, is_desk, is_flagged, is_release, decided_at, leaf)
            SELECT 1000, device, number, hash, 1, 0, 0, 1, decided_at, leaf FROM log WHERE seq = 1
            """)
        try tamper("UPDATE log SET result = 4, problem = 2015 WHERE seq = 1")
        #expect(try !findings().contains(.chain))
        try tamper("UPDATE log SET bytes = (SELECT bytes FROM log WHERE seq = 2) WHERE seq = 1000")
        #expect(try findings().contains(.chain))
    }

    @Test func twoSwappedSetsAreFound() throws {
        try tamper(
            """
            CREATE TEMP TABLE swapped AS SELECT * FROM log WHERE seq IN (2, 3);
            DELETE FROM log WHERE seq IN (2, 3);
            UPDATE swapped SET seq = 5 - seq;
            INSERT INTO log SELECT * FROM swapped;
            """)
        #expect(try findings().contains(.leaf))
    }

    /// Even when the one who swaps them works the leaves out anew, the frontier does not agree.
    @Test func swappedSetsWithNewLeavesAreFoundByTheTree() throws {
        let before = try world.authority.read { try LogTree($0).frontier() }
        try tamper("UPDATE log SET decided_at = decided_at + 5 WHERE seq = 2")
        let leaf = try #require(try world.authority.read { try LogTree($0).leaf(of: 2)?.treeHash })
        try world.authority.pool.write {
            try $0.execute(sql: "UPDATE log SET leaf = ? WHERE seq = 2", arguments: [Data(leaf.bytes)])
        }
        #expect(try findings() == [.tree])
        #expect(try world.authority.read { try LogTree($0).frontier() } == before)
    }

    /// Without signatures checked nothing would notice: the whole chain is worked out anew.
    @Test func unsignedFramesAreFound() throws {
        let report = try world.authority.read {
            try LogVerification($0, tables: world.authority.tables) { _, _, _ in true }.run()
        }
        #expect(Set(report.findings.map(\.check)) == [.signature], "the world's stations sign nothing")
    }
}

import Foundation
import GRDB
import RecordStore
import SyncEngine
import TestSupport
import Testing

/// What SQLite's errors are called to the user, whatever the statement was.
@Suite struct StoreFailureTests {
    private let world: World

    init() throws { world = try World(seed: 5, places: ["370404101201"]) }

    @Test func aFullDatabaseIsAFullDiskAndLosesNothing() throws {
        let kept = try world.new(0, Sample.root, .set("latest", .text("kept")))
        let replica = world.stations[0].replica
        try replica.queue.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        var refused: Problem?
        do {
            for _ in 0..<200 {
                _ = try world.new(0, Sample.root, .set("latest", .text(String(repeating: "x", count: 20_000))))
            }
        } catch let problem as Problem {
            refused = problem
        }
        #expect(refused == Problem(.storageFull))
        #expect(try world.working(0, Sample.root, kept)?.value("latest", in: Sample.root) == .text("kept"))
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    @Test func whatIsNoDatabaseIsADamagedReplica() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ruhu-no-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
        #expect(try code { try ReplicaDatabase(path: path, tables: World.tables) } == .replicaDamaged)
        #expect(try code { try AuthorityDatabase(path: path, tables: World.tables) } == .authorityDamaged)
    }

    @Test func aRowOfAnotherTypeThatAnUpgradeMeetsIsADamagedReplica() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ruhu-type-\(UUID().uuidString)").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        let old = try DatabaseQueue(path: path)
        try ReplicaMigrations.migrator.migrate(old, upTo: "2026-11-25 visits under way")
        try old.write { database in
            // As a flipped byte leaves it: the table is strict, its file is not.
            try database.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'own_change';
                    PRAGMA writable_schema = RESET;
                    """)
        }
        try old.close()
        let damaging = try DatabaseQueue(path: path)
        try damaging.write { try $0.execute(sql: "INSERT INTO own_change VALUES (x'01', 'two', 1)") }
        try damaging.close()
        #expect(try code { try ReplicaDatabase(path: path, tables: World.tables) } == .replicaDamaged)
    }

    private func code(_ body: () throws -> some Any) throws -> Problem.Code? {
        do {
            _ = try body()
            return nil
        } catch let problem as Problem {
            return problem.code
        }
    }

    @Test(arguments: ["state = 2", "seq = 0, state = 1, result = 1", "bytes = x'00'", "hash = x'00'"])
    func aSetThatIsNotAsItWasWrittenIsFound(change: String) throws {
        for _ in 0..<3 { _ = try world.new(0, Sample.root, .set("latest", .text("x"))) }
        let replica = world.stations[0].replica
        try replica.write { try $0.database.execute(sql: "UPDATE outbox SET \(change) WHERE number = 2") }
        let found = try replica.read { try ReplicaCheck($0).run() }.filter { !$0.isSound }
        #expect(!found.isEmpty)
        #expect(found.contains { !$0.isOfTheShadow })
    }

    /// What a restored township lacks is a reminder: it must not stop the work that it reminds of.
    @Test(arguments: ["x'ff00ff'", "x''"]) func aReminderThatCannotBeReadStopsNothing(fields: String) throws {
        let replica = world.stations[0].replica
        try replica.write { transaction in
            try transaction.database.execute(
                sql: """
                    INSERT INTO vanished (record, kind, epoch, scope, seq, deleted, fields, is_known, known_deleted,
                    known_fields, author, written_at) VALUES (zeroblob(16), 'root', zeroblob(16), '370404101201', 1, 0,
                    \(fields), 0, 0, x'', '', NULL)
                    """)
            try transaction.forgetReturned()
        }
        #expect(try replica.read { try $0.vanished() }.count == (fields == "x''" ? 1 : 0))
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    @Test func aRecordThatDoesNotShowWhatWasTypedIsFound() throws {
        _ = try world.new(0, Sample.root, .set("latest", .text("x")))
        let replica = world.stations[0].replica
        try replica.write { try $0.database.execute(sql: "UPDATE root SET latest = 'y'") }
        let found = try replica.read { try ReplicaCheck($0).run() }.filter { !$0.isSound }
        #expect(found.map(\.check) == [.overlay])
    }
}

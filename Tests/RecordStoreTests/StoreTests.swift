import Foundation
import GRDB
import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What every store of records must do, whatever it is made of: the suite a second store will have to pass too.
@Suite struct StoreContractTests {
    private let world: World

    init() throws { world = try World(seed: 1, places: ["370404101201", "370404101201"]) }

    @Test func everyTypeComesBackAsItWasWritten() throws {
        let root = try world.new(
            0, Sample.root, .set("latest", .text("张三")), .set("tags", .list(["甲\"\n\\", "乙"])),
            .set("left", .int64(.min)),
            .set("ended", .date(CalendarDay("1949-12-31")!)))
        let item = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("k")))
        try world.settle()
        for record in [try world.record(Sample.root, root), try world.working(1, Sample.root, root)] {
            let record = try #require(record)
            #expect(record.value("latest", in: Sample.root) == .text("张三"))
            #expect(record.value("tags", in: Sample.root) == .list(["乙", "甲\"\n\\"]))
            #expect(record.value("left", in: Sample.root) == .int64(.min))
            #expect(record.value("ended", in: Sample.root) == .date(CalendarDay("1949-12-31")!))
        }
        #expect(try world.record(Sample.item, item)?.value("root", in: Sample.item) == .text(root.description))
    }

    @Test func seqsAreDenseAndEachNumberTakesEffectOnce() throws {
        for _ in 0..<5 { _ = try world.new(0, Sample.root, .set("latest", .text("x"))) }
        let frame = try #require(try world.frame(of: 0, limit: 10))
        let first = try world.send(frame, from: 0)
        let second = try world.send(frame, from: 0)
        #expect(first == second)
        #expect(first.outcomes.map(\.seq) == [1, 2, 3, 4, 5])
        let audit = try world.authority.read { try LogAudit($0, tables: world.authority.tables).verifyChains() }
        #expect(audit.sets == 5 && audit.gaps == 0 && audit.broken.isEmpty)
    }

    @Test func aGapOrAnotherChainIsRefusedWhole() throws {
        for _ in 0..<3 { _ = try world.new(0, Sample.root, .set("latest", .text("x"))) }
        var frame = try #require(try world.frame(of: 0, limit: 10))
        var gap = frame
        gap.sets.removeFirst()
        #expect(throws: Problem.self) { try world.send(gap, from: 0) }
        frame.previousHash = Hash256(of: [1])
        #expect(throws: Problem.self) { try world.send(frame, from: 0) }
        #expect(try world.authority.read { try LogReader($0, tables: world.authority.tables).head().seq } == 0)
    }

    @Test func whatThrowsInsideATransactionLeavesNothing() throws {
        struct Stop: Error {}
        _ = try world.new(0, Sample.root, .set("latest", .text("x")))
        let frame = try #require(try world.frame(of: 0, limit: 10))
        let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: WireCodec())
        #expect(throws: Stop.self) {
            try world.authority.write { transaction in
                let device = try #require(try DeviceRegister(transaction.database).device(world.stations[0].device))
                let decision = PushDecision(
                    store: transaction, codec: WireCodec(), region: World.region, now: world.now)
                _ = try decision.decide(sets, previousHash: .zero, from: device.state)
                throw Stop()
            }
        }
        #expect(try world.authority.read { try ScopeDigests.read($0) } == [])
        try world.settle()
        #expect(try world.differences() == [])
    }

    @Test func asOfUndoesWhatCameLater() throws {
        let root = try world.new(0, Sample.root, .set("latest", .text("一")), .set("tags", .list(["a"])))
        try world.sync(0)
        try world.edit(0, Sample.root, root, .set("latest", .text("二")), .add("tags", "b"))
        try world.sync(0)
        let then = try world.authority.read {
            try LogReader($0, tables: world.authority.tables).record(root, kind: Sample.root, asOf: 1)
        }
        #expect(then?.value("latest", in: Sample.root) == .text("一"))
        #expect(then?.value("tags", in: Sample.root) == .list(["a"]))
        #expect(then?.seq == 1)
        #expect(
            try world.authority.read {
                try LogReader($0, tables: world.authority.tables).record(root, kind: Sample.root, asOf: 0)
            } == nil)
    }

    @Test func chineseIsFoundAndListsPage() throws {
        var ids: [RecordID] = []
        for name in ["张三", "李四", "张五"] { ids.append(try world.new(0, Sample.root, .set("latest", .text(name)))) }
        let tables = world.stations[0].replica.tables
        let found = try world.stations[0].replica.read { try tables.find("张", RecordSelection(), in: $0.database) }
        #expect(Set(found.map(\.0.id)) == [ids[0], ids[2]])
        let sorted = ids.sorted()
        let page = try world.stations[0].replica.read {
            try tables.list(Sample.root, RecordSelection(limit: 1, after: sorted[0]), in: $0.database)
        }
        #expect(page.map(\.id) == [sorted[1]])
    }

    @Test func anEditNeverVanishesBetweenReplyAndPull() throws {
        let root = try world.new(0, Sample.root, .set("latest", .text("一")))
        try world.sync(0)
        try world.edit(0, Sample.root, root, .set("latest", .text("二")))
        #expect(try world.working(0, Sample.root, root)?.value("latest", in: Sample.root) == .text("二"))
        try world.push(0)
        #expect(try world.working(0, Sample.root, root)?.value("latest", in: Sample.root) == .text("二"))
        try world.edit(0, Sample.root, root, .set("town", .text("三")))
        try world.pull(0)
        let after = try #require(try world.working(0, Sample.root, root))
        #expect(after.value("latest", in: Sample.root) == .text("二"))
        #expect(after.value("town", in: Sample.root) == .text("三"))
    }

    @Test func fetchingAnewKeepsWhatIsPending() throws {
        let root = try world.new(0, Sample.root, .set("latest", .text("一")))
        try world.settle()
        try world.edit(0, Sample.root, root, .set("latest", .text("二")))
        let page = try world.authority.read { database in
            let device = try #require(try DeviceRegister(database).device(world.stations[0].device))
            return try PullReader(database, tables: world.authority.tables, device: device.state).bootstrapPage(
                token: [])
        }
        try world.stations[0].replica.write { transaction in
            try transaction.forgetShadow()
            _ = try PageApplication.apply(page, to: transaction)
        }
        #expect(try world.working(0, Sample.root, root)?.value("latest", in: Sample.root) == .text("二"))
        try world.settle()
        #expect(try world.record(Sample.root, root)?.value("latest", in: Sample.root) == .text("二"))
        #expect(try world.differences() == [])
    }
}

/// What a replica shows is the shadow with the sets on top that are not settled, and which those are the outbox says.
@Suite struct OverlayTests {
    private let world: World
    private let root: RecordID

    /// One record, typed in set 1 and edited in set 2, both settled.
    init() throws {
        world = try World(seed: 7, places: ["370404101201"])
        root = try world.new(0, Sample.root, .set("latest", .text("一")))
        try world.edit(0, Sample.root, root, .set("latest", .text("二")))
        try world.settle()
    }

    private var replica: ReplicaDatabase { world.stations[0].replica }

    /// The page that tells of set 2 at a later seq, as of one that is released from quarantine.
    private func decideAnew() throws {
        try replica.write { transaction in
            let position = try transaction.position()
            var page = PullPage(epoch: position.epoch, from: position.cursor, to: position.cursor + 1, records: [])
            page.outcomes = [SetOutcome(number: 2, seq: position.cursor + 1, result: .verbatim)]
            _ = try PageApplication.apply(page, to: transaction)
        }
    }

    @Test func aSettledSetThatIsDecidedAnewKeepsWhatTheTownshipStated() throws {
        let before = try #require(try world.working(0, Sample.root, root))
        try decideAnew()
        let (shadow, working) = try replica.read { try $0.states(of: root, kind: Sample.root) }
        #expect(working?.value("latest", in: Sample.root) == .text("二"))
        #expect(shadow.record == working)
        #expect(working?.seq == before.seq + 1)
        #expect(working?.scope == before.scope)
        #expect(try replica.read { try $0.overlay(of: root) } == [])
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    @Test func whatIsTypedMeanwhileStaysOnTop() throws {
        try world.edit(0, Sample.root, root, .set("review", .text("在镇街决定之前填的")))
        try decideAnew()
        let (shadow, working) = try replica.read { try $0.states(of: root, kind: Sample.root) }
        #expect(shadow.record?.value("latest", in: Sample.root) == .text("二"))
        #expect(shadow.record?.value("review", in: Sample.root) == .null)
        #expect(working?.value("review", in: Sample.root) == .text("在镇街决定之前填的"))
        #expect(try replica.read { try $0.overlay(of: root) } == [3])
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    @Test func nothingReadsTheWholeOutboxToLearnWhatWaits() throws {
        let plan = try replica.read { transaction in
            try Row.fetchAll(transaction.database, sql: "EXPLAIN QUERY PLAN " + ReplicaTransaction.unsettled)
                .map { $0["detail"] as String }
        }
        let readings = plan.filter { $0.contains("outbox") }
        #expect(readings.count == 2 && readings.allSatisfy { $0.contains("USING INDEX") }, "\(plan)")
    }

    @Test func aSetThatChangesARecordTwiceIsOneOfItsSets() throws {
        let twice = try replica.write { transaction in
            let last = try transaction.lastOutboxSet()
            let change = Change(kind: "root", record: root, operation: .edit, edits: [Edit("latest", new: .text("三"))])
            let set = ChangeSet(
                device: try transaction.position().device, number: last.number + 1, time: last.time, author: "a",
                schemaVersion: 1, base: Base(epoch: try transaction.position().epoch, seq: 2),
                changes: [change, change])
            try transaction.append(SealedSet(set: set, bytes: WireCodec().encode(set), after: last.hash))
            return set.number
        }
        #expect(try replica.read { try $0.overlay(of: root) } == [twice])
    }
}

@Suite struct MigrationTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    private func open(_ name: String, with change: String = "") throws -> (TemporaryDatabase, String) {
        let folder = TemporaryDatabase()
        let path = folder.url.appending(path: "\(name).sqlite").path
        let queue = try DatabaseQueue(path: path)
        let sql = try String(contentsOf: Self.fixtures.appending(path: "\(name)-2026-11-24.sql"), encoding: .utf8)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql + change) }
        try queue.close()
        return (folder, path)
    }

    @Test func aCommittedOldAuthorityOpensAndKeepsItsRecords() throws {
        let (folder, path) = try open("authority")
        defer { folder.remove() }
        let authority = try AuthorityDatabase(path: path, tables: World.tables)
        let records = try authority.read { try authority.tables.list(Sample.root, RecordSelection(), in: $0) }
        #expect(records.map { $0.value("latest", in: Sample.root) } == [.text("旧库")])
        #expect(try authority.read { try LogAudit($0, tables: authority.tables).wrongDigests() } == [])
    }

    @Test func anOldLogGetsItsTree() throws {
        let (folder, path) = try open("authority")
        defer { folder.remove() }
        let authority = try AuthorityDatabase(path: path, tables: World.tables)
        try authority.read { database in
            let frontier = try LogTree(database).frontier()
            #expect(frontier.size == 1)
            #expect(try LogTree(database).leaf(of: 1)?.treeHash == frontier.root)
            #expect(try LogTree(database).inclusion(of: 1, size: 1) == [])
        }
    }

    @Test func aCommittedOldReplicaOpensAndKeepsWhatIsPending() throws {
        let (folder, path) = try open("replica")
        defer { folder.remove() }
        let replica = try ReplicaDatabase(path: path, tables: World.tables)
        let pending = try replica.read { try $0.outboxSets(OutboxFilter(.pending)) }
        #expect(pending.count == 1)
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    /// Released from quarantine, and its page not pulled yet: the page still finds it to be decided anew.
    @Test func anOldSetThatIsDecidedAnewWaitsForItsPage() throws {
        let (folder, path) = try open("replica", with: "UPDATE outbox SET state = 1, seq = 5 WHERE number = 1;")
        defer { folder.remove() }
        let replica = try ReplicaDatabase(path: path, tables: World.tables)
        let later = SetOutcome(number: 1, seq: 5, result: .verbatim)
        #expect(try replica.read { try $0.settled([later]) }.map(\.sealed.set.number) == [1])
        #expect(try replica.read { try ReplicaCheck($0).run() }.allSatisfy(\.isSound))
    }

    @Test func anOldReplicaKeepsAVisitUnderWayThroughWhateverTheServerStates() throws {
        let (folder, path) = try open("replica")
        defer { folder.remove() }
        let replica = try ReplicaDatabase(path: path, tables: World.tables)
        let (visit, household) = (RecordID(high: 1, low: 1), RecordID(high: 1, low: 2))
        var draft = VisitDraft(
            visit: visit, household: household, formName: "survey", formVersion: 1, form: "{}", answers: "{}",
            files: "[]", position: "a", author: "王秀英", startedAt: Instant(milliseconds: 1),
            updatedAt: Instant(milliseconds: 1))
        try replica.write { try $0.begin(draft) }
        #expect(throws: (any Error).self, "one visit to a household at a time") {
            var second = draft
            second.visit = RecordID(high: 1, low: 3)
            let other = second
            try replica.write { try $0.begin(other) }
        }
        draft.answers = #"{"a":1}"#
        draft.position = "b"
        draft.updatedAt = Instant(milliseconds: 2)
        let answered = draft
        let begun = Instant(milliseconds: 1)
        #expect(try replica.write { try $0.save(answered, since: begun) })
        #expect(try replica.write { try !$0.save(answered, since: begun) }, "another window has answered since")
        try replica.write { try $0.forgetShadow() }
        #expect(try replica.read { try $0.visitDraft(of: household) } == answered)
        try replica.write { try $0.discardVisitDraft(visit, reason: "走错了门", at: Instant(milliseconds: 2)) }
        #expect(try replica.read { try $0.visitDrafts() } == [])
        #expect(try replica.write { try !$0.save(answered, since: answered.updatedAt) }, "it is closed")
    }

    @Test func aNewFieldAddsAColumnAndRewritesNothing() throws {
        let (folder, path) = try open("authority")
        defer { folder.remove() }
        let root = Sample.root
        let added = FieldSchema("added", .text, .humanReview, .none, Label(zh: "新", en: "New"))
        let grown = KindSchema(
            root.name, label: root.label, scopeField: root.scopeField, groups: root.groups,
            searchFields: root.searchFields,
            fields: root.fields + [added])
        let tables = RecordTables(
            schema: Schema(version: 2, kinds: [grown, Sample.item, Sample.fact]), codec: WireCodec()
        ) { _, _ in nil }
        let authority = try AuthorityDatabase(path: path, tables: tables)
        let record = try #require(try authority.read { try tables.list(grown, RecordSelection(), in: $0) }.first)
        #expect(record.value("latest", in: grown) == .text("旧库"))
        #expect(record.value("added", in: grown) == .null)
        #expect(
            try authority.read { try LogAudit($0, tables: tables).wrongDigests() } == [], "a null changes no digest")
    }

    @Test func fieldsOfANewerSchemaArePreserved() throws {
        let world = try World(seed: 3, places: ["370404101201"])
        let id = world.newID()
        var record = Record(id: id, kind: Sample.root, scope: Scope("370404101201"), seq: 1)
        record.extra = ["future": .text("保留"), "count": .int64(5)]
        let kept = record
        try world.stations[0].replica.write { transaction in
            try transaction.save(
                id, kind: Sample.root, replacing: nil, working: kept, shadow: .present(kept), isOverlaid: false)
        }
        #expect(try world.working(0, Sample.root, id) == kept)
    }
}

/// Writes the fixtures of the present structure; run once when a migration is added, under a new date.
@Suite struct FixtureRecorder {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["RUHU_RECORD_FIXTURES"] != nil)) func record() throws {
        let world = try World(seed: 2, places: ["370404101201"])
        _ = try world.new(0, Sample.root, .set("latest", .text("旧库")))
        try world.settle()
        _ = try world.new(0, Sample.root, .set("latest", .text("未上传")))
        print("FIXTURES", world.folderPath)
        world.keepFolder = true
    }
}

private struct TemporaryDatabase {
    let url: URL

    init() {
        url = FileManager.default.temporaryDirectory.appending(path: "ruhu-fixture-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }
}

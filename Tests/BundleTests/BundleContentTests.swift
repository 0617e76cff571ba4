import EdgeClient
import Foundation
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// What goes in and what comes back.
@Suite struct BundleContentTests {
    @Test func everythingUndecidedTravelsInSeveralFramesAndIsMarkedAsOfferedFirst() throws {
        let sticks = try Sticks(seed: 3, places: ["370404101201"])
        try sticks.carry(0)
        for index in 0..<Limits.setsPerFrame + 5 {
            try sticks.world.new(0, Sample.root, .set("latest", .text("v\(index)")))
        }
        let export = try sticks.export(0)
        #expect(export.told.sets == Limits.setsPerFrame + 5)
        let offered = try sticks.world.stations[0].replica.read { try Meta.number("offered", in: $0.database) }
        #expect(offered == UInt64(Limits.setsPerFrame + 5))
        let answer = try sticks.answer(export.file)
        #expect(answer.told.pushes.count == 2)
        #expect(try sticks.apply(0, answer.file).counts.sets == Limits.setsPerFrame + 5)
        #expect(try sticks.world.stations[0].replica.read { try $0.pendingCount() } == 0)
        #expect(try sticks.world.differences() == [])
    }

    @Test func aPushOverHTTPDoesNotMoveTheMarkOfWhatWasOfferedBack() throws {
        let sticks = try Sticks(seed: 4, places: ["370404101201"])
        let replica = sticks.world.stations[0].replica
        try replica.write { transaction in
            try transaction.markOffered(through: 9)
            try transaction.markOffered(through: 3)
        }
        #expect(try replica.read { try Meta.number("offered", in: $0.database) } == 9)
    }

    @Test func aStationThatNeverHadASignalWorksByStickAlone() throws {
        let sticks = try Sticks(seed: 5, places: ["370404101201", "370404101201"])
        let root = try sticks.world.new(0, Sample.root, .set("latest", .text("a")))
        try sticks.carry(0)
        try sticks.carry(1)
        #expect(try sticks.position(1).isBootstrapped)
        #expect(try sticks.world.working(1, Sample.root, root)?.value("latest", in: Sample.root) == .text("a"))
        try sticks.carry(0)
        #expect(try sticks.world.differences() == [])
    }

    @Test func aBootstrapHalfFetchedOverHTTPIsReplacedByTheAnswersWholePicture() throws {
        let sticks = try Sticks(seed: 6, places: ["370404101201", "370404101201"])
        let roots = try (0..<6).map { try sticks.world.new(0, Sample.root, .set("latest", .text("v\($0)"))) }
        try sticks.carry(0)
        try sticks.world.pull(1, limit: 2)
        #expect(try !sticks.position(1).isBootstrapped)
        // Stated to station 1 already, gone before the picture of the answer.
        try sticks.world.delete(0, Sample.root, roots[0])
        try sticks.carry(0)
        try sticks.carry(1)
        #expect(try sticks.position(1).isBootstrapped)
        #expect(try sticks.world.differences() == [])
        #expect(try sticks.world.pull(1) == false)
    }

    @Test func anAnswerThatComesAfterASyncSettlesNothingTwice() throws {
        let sticks = try Sticks(seed: 7, places: ["370404101201", "370404101201"])
        try sticks.world.sync(1)
        let root = try sticks.world.new(0, Sample.root, .set("latest", .text("mine")))
        let answer = try sticks.answer(try sticks.export(0).file)
        // The other station writes over it, and the author sees that before he learns of his own decision.
        try sticks.world.sync(1)
        try sticks.world.edit(1, Sample.root, root, .set("latest", .text("theirs")))
        try sticks.world.sync(1)
        while try !sticks.position(0).isBootstrapped { try sticks.world.pull(0) }
        let result = try sticks.apply(0, answer.file)
        #expect(result.problem == nil)
        #expect(try sticks.world.working(0, Sample.root, root)?.value("latest", in: Sample.root) == .text("theirs"))
        #expect(try sticks.world.differences() == [])
    }

    @Test func aReplicaKnownToDifferAsksForTheWholePictureAndIsMended() throws {
        let sticks = try Sticks(seed: 8, places: ["370404101201"])
        let root = try sticks.world.new(0, Sample.root, .set("latest", .text("a")))
        try sticks.carry(0)
        let replica = sticks.world.stations[0].replica
        try replica.write { transaction in
            try transaction.database.execute(sql: "UPDATE root SET latest = 'damaged'")
            try Meta.set(1 as UInt64, for: "digest_differs", in: transaction.database)
        }
        let result = try sticks.carry(0)
        #expect(result.problem == nil)
        #expect(try sticks.world.working(0, Sample.root, root)?.value("latest", in: Sample.root) == .text("a"))
        #expect(try sticks.world.differences() == [])
    }

    @Test func aStationOfAnotherHistoryTakesTheTownshipsAndOffersAllItHasAgain() throws {
        let sticks = try Sticks(seed: 9, places: ["370404101201"])
        let root = try sticks.world.new(0, Sample.root, .set("latest", .text("a")))
        try sticks.world.stations[0].replica.write { transaction in
            var position = try transaction.position()
            position.epoch = RecordID(high: 1, low: 2)
            try transaction.setPosition(position)
        }
        let answer = try sticks.answer(try sticks.export(0).file)
        #expect(answer.told.reply.problem?.code == .epochChanged)
        #expect(answer.told.pushes.isEmpty)
        let result = try sticks.apply(0, answer.file)
        #expect(result.problem == nil && result.mended == .epoch)
        #expect(try sticks.world.stations[0].replica.read { try $0.pendingCount() } == 1)
        try sticks.carry(0)
        #expect(try sticks.world.record(Sample.root, root)?.value("latest", in: Sample.root) == .text("a"))
        #expect(try sticks.world.differences() == [])
    }

    /// Of the large village; `RUHU_STICK_MIB` raises it for a long run.
    private static let mebibytes = ProcessInfo.processInfo.environment["RUHU_STICK_MIB"].flatMap { Int($0) } ?? 3

    @Test func aVillageLargerThanAPieceTravelsBothWaysInOneRound() throws {
        let sticks = try Sticks(seed: 10, places: ["370404101201", "370404101201"])
        let word = String(repeating: "v", count: 60_000)
        let sets = Self.mebibytes * 2 + 2
        for _ in 0..<sets {
            let drafts = (0..<8).map { index in
                Draft(
                    kind: Sample.root, record: sticks.world.newID(), operation: .create,
                    writes: [.set("latest", .text(word + "\(index)"))])
            }
            try sticks.world.capture(0, drafts)
        }
        let request = try sticks.export(0)
        #expect(request.told.sets == sets)
        let taken = try sticks.answer(request.file)
        #expect(taken.told.pushes.count >= Self.mebibytes)
        #expect(try sticks.apply(0, taken.file).problem == nil)
        let answer = try sticks.answer(try sticks.export(1).file)
        #expect(answer.told.records == 8 * sets && answer.told.pages >= Self.mebibytes - 1)
        // Killed between two of its pages: what was kept aside of it is begun anew.
        let page = try sticks.world.authority.read {
            try PullReader(
                $0, tables: World.tables,
                device: DeviceState(id: sticks.world.stations[1].device, isDesk: false, scopes: [Scope("370404101201")])
            ).bootstrapPage(token: [])
        }
        try sticks.world.stations[1].replica.write { try $0.stage(page.encoded(), of: page.epoch) }
        let result = try sticks.apply(1, answer.file)
        #expect(result.problem == nil && result.counts.records == 8 * sets)
        #expect(try sticks.position(1).isBootstrapped)
        #expect(try sticks.world.differences() == [])
    }
}

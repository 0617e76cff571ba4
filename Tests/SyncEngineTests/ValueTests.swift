import SyncEngine
import TestSupport
import Testing

@Suite struct ValueTests {
    @Test func daysCountAsTheCalendarDoes() throws {
        #expect(CalendarDay("1970-01-01")?.daysSinceEpoch == 0)
        #expect(CalendarDay("2000-02-29") != nil)
        for text in [
            "1900-02-29", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-32", "0000-01-01", "2026-1-1", "20260101",
            "",
        ] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
        for days in stride(from: Int32(-719_162), through: 2_932_896, by: 997) {
            let day = CalendarDay(daysSinceEpoch: days)
            #expect(CalendarDay(day.description) == day)
        }
    }

    @Test func instantsKnowZonesAndFallOnChineseDays() throws {
        #expect(Instant("2026-11-24T00:00:00+08:00") == Instant("2026-11-23T16:00:00Z"))
        #expect(Instant("2026-11-24") == Instant("2026-11-23T16:00:00Z"))
        #expect(Instant("2026-11-24T09:30:00.250-05:30")?.description == "2026-11-24T23:00:00.250+08:00")
        #expect(Instant("2026-11-23T16:00:00Z")?.day == CalendarDay("2026-11-24"))
        #expect(Instant("1969-12-31T15:59:59Z")?.day == CalendarDay("1969-12-31"))
        for text in [
            "2026-11-24T09:30:00", "2026-11-24T25:00:00Z", "2026-11-24T09:60:00Z", "yesterday", "2026-11-24T09:30:00+8",
        ] {
            #expect(Instant(text) == nil, "\(text)")
        }
    }

    @Test(arguments: 0..<50) func theHybridClockNeverRepeatsNorRunsBackwards(seed: UInt64) {
        var random = SeededRandom(seed)
        var clock = HybridClock()
        var last = HybridTime(rawValue: 0)
        for _ in 0..<500 {
            let wall = Instant(milliseconds: Int64.random(in: -1_000...2_000_000_000_000, using: &random))
            if random.chance(20) { clock.observe(HybridTime(rawValue: random.next() >> 1), now: wall) }
            let time = clock.tick(now: wall)
            #expect(time > last)
            last = time
        }
    }

    @Test func aClockFarAheadIsFlaggedAndPullsNobodyAlong() {
        let now = Instant(milliseconds: 1_000_000_000)
        let ahead = HybridTime(milliseconds: now.milliseconds + HybridClock.futureToleranceMilliseconds + 1, counter: 0)
        #expect(HybridClock.isFlagged(ahead, now: now))
        #expect(!HybridClock.isFlagged(HybridTime(milliseconds: 0, counter: 0), now: now))
        var clock = HybridClock()
        clock.observe(ahead, now: now)
        #expect(clock.tick(now: now).instant == now)
    }

    @Test(arguments: 0..<50) func digestsAreSumsInAnyOrder(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let parts = (0..<20).map { _ in
            RecordDigest(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })!
        }
        let sum = parts.reduce(RecordDigest(), +)
        #expect(parts.shuffled(using: &random).reduce(RecordDigest(), +) == sum)
        #expect(parts.reduce(sum, -) == RecordDigest())
        #expect(RecordDigest(bytes: sum.bytes) == sum)
    }

    @Test func idsAreOrderedByTimeAndReadBack() throws {
        var random = SeededRandom(1)
        let ids = (0..<100).map { RecordID.v7(milliseconds: 1_700_000_000_000 + Int64($0), using: &random) }
        #expect(ids == ids.sorted())
        for id in ids {
            #expect(RecordID(id.description) == id)
            #expect(RecordID(id.description.uppercased()) == id)
            #expect(RecordID(bytes: id.bytes) == id)
            #expect(Array(id.description)[14] == "7")
        }
        for text in [
            "", "01890000-0000-7000-8000-00000000000", "01890000-0000-7000-8000-0000000000000",
            "01890000x0000-7000-8000-000000000000", "g1890000-0000-7000-8000-000000000000",
        ] {
            #expect(RecordID(text) == nil, "\(text)")
        }
    }

    @Test func aScopeCoversWhatLiesBelowIt() {
        #expect(Scope("370404101").covers(Scope("370404101201")))
        #expect(!Scope("370404101201").covers(Scope("370404101")))
        #expect([Scope("370404101201")].cover(Scope("370404101201")))
    }

    @Test func theSyncSessionPushesAllAndPullsPastItsOwnDecisions() throws {
        var session = SyncSession()
        let device = RecordID(high: 1, low: 1)
        var position = ReplicaPosition(device: device, epoch: device, scopes: [], cursor: 0, isBootstrapped: false)
        #expect(try session.next(position: position, bootstrapToken: [1], hasPending: true) == .bootstrap(token: [1]))
        position.isBootstrapped = true
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: true) == .push)
        session.pushed(PushReply(outcomes: [SetOutcome(number: 1, seq: 9, result: .conflicted)], acknowledged: .init()))
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .pull(after: 0))
        session.pulled(PullPage(epoch: device, from: 0, to: 5), records: 3)
        position.cursor = 5
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .pull(after: 5))
        position.cursor = 9
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .finish)
        #expect(session.counts.conflicted == 1 && session.counts.records == 3)
    }

    /// What is decided is written at the station while the township decides the next frame.
    @Test func aLongOutboxIsPushedAndPulledInTurns() throws {
        var session = SyncSession()
        let device = RecordID(high: 1, low: 1)
        var position = ReplicaPosition(device: device, epoch: device, scopes: [], cursor: 0, isBootstrapped: true)
        for frame in 1...3 as ClosedRange<UInt64> {
            #expect(try session.next(position: position, bootstrapToken: [], hasPending: true) == .push)
            session.pushed(
                PushReply(
                    outcomes: [SetOutcome(number: frame, seq: frame, result: .verbatim)], acknowledged: .init()))
            let step = try session.next(position: position, bootstrapToken: [], hasPending: frame < 3)
            #expect(step == .pull(after: position.cursor))
            // Whatever follows the page waits until everything is pushed.
            session.pulled(PullPage(epoch: device, from: position.cursor, to: frame, hasMore: true), records: 0)
            position.cursor = frame
        }
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .pull(after: 3))
        session.pulled(PullPage(epoch: device, from: 3, to: 7), records: 0)
        position.cursor = 7
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .finish)
    }

    /// After a restore the same sets are decided at lower seqs; the sync must not wait for the old ones.
    @Test func aSyncThatMeetsARestoredTownshipEnds() throws {
        var session = SyncSession()
        let device = RecordID(high: 1, low: 1)
        var position = ReplicaPosition(device: device, epoch: device, scopes: [], cursor: 900, isBootstrapped: true)
        _ = try session.next(position: position, bootstrapToken: [], hasPending: true)
        session.pushed(
            PushReply(outcomes: [SetOutcome(number: 1, seq: 1_999, result: .verbatim)], acknowledged: .init()))
        session.recovered()
        position.cursor = 500
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: true) == .push)
        session.pushed(
            PushReply(outcomes: [SetOutcome(number: 1, seq: 1_500, result: .verbatim)], acknowledged: .init()))
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .pull(after: 500))
        session.pulled(PullPage(epoch: device, from: 500, to: 1_500), records: 0)
        position.cursor = 1_500
        #expect(try session.next(position: position, bootstrapToken: [], hasPending: false) == .finish)
    }
}

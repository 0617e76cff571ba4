import SyncEngine
import Testing

/// The policies of DOMAIN section 4, each against a concurrent, differing value that is already at the server.
@Suite struct FieldMergeTests {
    private static let day = CalendarDay("2026-11-24")!

    private static func claim(
        _ values: [Value], desk: Bool = false, flagged: Bool = false, day: CalendarDay = day, time: UInt64 = 10,
        device: UInt64 = 1
    ) -> FieldMerge.Claim {
        FieldMerge.Claim(
            values: values, isDesk: desk, isFlagged: flagged, day: day, time: HybridTime(rawValue: time),
            device: RecordID(high: 0, low: device))
    }

    private struct Case: Sendable {
        let policy: MergePolicy
        let mine: FieldMerge.Claim
        let theirs: FieldMerge.Claim
        let mineStands: Bool
        let why: String
    }

    private static let earlier = CalendarDay("2026-11-01")!
    private static let one: [Value] = [.int64(100)]
    private static let two: [Value] = [.int64(200)]

    private static let cases: [Case] = [
        Case(
            policy: .humanReview, mine: claim(two, time: 99), theirs: claim(one), mineStands: false,
            why: "hr keeps what is there"),
        Case(policy: .immutable, mine: claim(two), theirs: claim(one), mineStands: false, why: "im never changes"),
        Case(
            policy: .latestVisit(), mine: claim(two, time: 11), theirs: claim(one), mineStands: true,
            why: "later clock, same day"),
        Case(
            policy: .latestVisit(), mine: claim(two, time: 9), theirs: claim(one), mineStands: false,
            why: "earlier clock"),
        Case(
            policy: .latestVisit(), mine: claim(two, day: earlier, time: 99), theirs: claim(one), mineStands: false,
            why: "the visit's date comes before the clock"),
        Case(
            policy: .latestVisit(), mine: claim(two, device: 2), theirs: claim(one), mineStands: true,
            why: "a tie goes by device"),
        Case(
            policy: .latestVisit(), mine: claim(two, flagged: true, time: 99), theirs: claim(one), mineStands: false,
            why: "flagged mine"),
        Case(
            policy: .latestVisit(), mine: claim(two, time: 99), theirs: claim(one, flagged: true), mineStands: false,
            why: "flagged theirs"),
        Case(
            policy: .latestVisit(reviewAbovePercent: 20), mine: claim([.int64(121)], time: 99), theirs: claim(one),
            mineStands: true,
            why: "21 of 121 is under 20 %"),
        Case(
            policy: .latestVisit(reviewAbovePercent: 20), mine: claim([.int64(126)], time: 99), theirs: claim(one),
            mineStands: false,
            why: "26 of 126 is over 20 %"),
        Case(
            policy: .latestVisit(reviewAbovePercent: 20), mine: claim([.int64(125)], time: 99), theirs: claim(one),
            mineStands: true,
            why: "exactly 20 % is not past it"),
        Case(
            policy: .latestVisit(reviewAbovePercent: 20), mine: claim([.int64(.max)], time: 99),
            theirs: claim([.int64(.min)]),
            mineStands: false, why: "no overflow"),
        Case(
            policy: .townshipWins, mine: claim(two, desk: true), theirs: claim(one), mineStands: true,
            why: "desk over station"),
        Case(
            policy: .townshipWins, mine: claim(two), theirs: claim(one, desk: true), mineStands: false,
            why: "station against desk"),
        Case(
            policy: .townshipWins, mine: claim(two, time: 99), theirs: claim(one), mineStands: false,
            why: "two stations: as hr"),
        Case(
            policy: .townshipWins, mine: claim(two, desk: true), theirs: claim(one, desk: true), mineStands: false,
            why: "two clerks: as hr"),
        Case(
            policy: .setUnion, mine: claim([.text("a")]), theirs: claim([.null]), mineStands: true,
            why: "an addition stands"),
        Case(
            policy: .setUnion, mine: claim([.null]), theirs: claim([.text("a")]), mineStands: false,
            why: "a removal does not"),
        Case(
            policy: .monotone, mine: claim([.date(day)]), theirs: claim([.null]), mineStands: true,
            why: "a death stands"),
        Case(
            policy: .monotone, mine: claim([.null]), theirs: claim([.date(day)]), mineStands: false,
            why: "it never un-happens"),
        Case(
            policy: .monotone, mine: claim([.date(earlier)]), theirs: claim([.date(day)]), mineStands: false,
            why: "two dates: as hr"),
    ]

    @Test(arguments: 0..<cases.count) func thePolicyDecides(index: Int) {
        let item = Self.cases[index]
        let stands = FieldMerge.concurrent(policy: item.policy, mine: item.mine, theirs: item.theirs)
        #expect(stands == item.mineStands, "\(item.policy.code): \(item.why)")
    }

    @Test func withoutAnythingUnseenEveryPolicyApplies() {
        for policy in [MergePolicy.humanReview, .townshipWins, .latestVisit(), .monotone, .setUnion] {
            let verdict = FieldMerge.verdict(
                policy: policy, mine: Self.claim(Self.two), standingValues: Self.one, unseenStanding: nil,
                hasUnseen: false)
            #expect(verdict == .apply)
        }
    }

    @Test func equalValuesAgreeAndASeenStandingValueMayBeReplaced() {
        func verdict(_ mine: [Value], unseenStanding: FieldMerge.Claim?) -> FieldMerge.Verdict {
            FieldMerge.verdict(
                policy: .humanReview, mine: Self.claim(mine), standingValues: Self.one, unseenStanding: unseenStanding,
                hasUnseen: true)
        }
        #expect(verdict(Self.one, unseenStanding: Self.claim(Self.one)) == .equal)
        #expect(verdict(Self.two, unseenStanding: nil) == .applyOverSeen)
        #expect(verdict(Self.two, unseenStanding: Self.claim(Self.one)) == .theirsStands)
    }

    /// Two values and two clocks: whoever comes first, the same one stands under `lv`.
    @Test(arguments: 0..<300) func latestVisitDoesNotDependOnWhoComesFirst(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ limit: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % limit
        }
        func claim(_ device: UInt64) -> FieldMerge.Claim {
            Self.claim(
                [.int64(Int64(random(1000)))], flagged: random(10) == 0,
                day: CalendarDay(daysSinceEpoch: 20_000 + Int32(random(3))), time: random(3), device: device)
        }
        let (a, b) = (claim(1), claim(2))
        let first = FieldMerge.concurrent(policy: .latestVisit(), mine: a, theirs: b)
        let second = FieldMerge.concurrent(policy: .latestVisit(), mine: b, theirs: a)
        // A flagged clock leaves it to a person: then whatever came first stands in both orders.
        #expect(a.isFlagged || b.isFlagged ? (!first && !second) : first != second)
    }
}

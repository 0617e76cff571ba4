import SyncEngine
import SyncWire
import Testing

/// What is kept of a damaged chain of sets. Six sets; the first three are decided.
@Suite struct OutboxSalvageTests {
    private static let device = DeviceID(high: 1, low: 2)
    private static let count: UInt64 = 6
    private static let decided: UInt64 = 3

    private let rows: [OutboxSalvage.Row]

    init() {
        var previous = Hash256.zero
        rows = (1...Self.count).map { number in
            let set = ChangeSet(
                device: Self.device, number: number, time: HybridTime(milliseconds: Int64(number), counter: 0),
                author: "王秀英", schemaVersion: 1, base: Base(epoch: Self.device, seq: 1),
                changes: [Change(kind: "root", record: DeviceID(high: number, low: 1), operation: .create)])
            let sealed = SealedSet(set: set, bytes: WireCodec().encode(set), after: previous)
            previous = sealed.hash
            return OutboxSalvage.Row(
                number: number, hash: sealed.hash, bytes: sealed.bytes, set: set, isDecided: number <= Self.decided,
                isPlausible: true)
        }
    }

    private func plan(_ change: (inout [OutboxSalvage.Row]) -> Void, highest: UInt64 = 0) -> OutboxSalvage.Plan {
        var rows = rows
        change(&rows)
        return OutboxSalvage.plan(rows.shuffled(), highest: highest) { _ in Self.device }
    }

    @Test func aSoundChainIsKeptWhole() {
        let plan = plan { _ in }
        #expect(plan.kept.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(plan.kept.map(\.isDecided) == [true, true, true, false, false, false])
        #expect(plan.isPendingWhole && plan.lost.isEmpty)
    }

    @Test(arguments: 1...5) func aDamagedHashIsSetRightByItsNeighbours(index: Int) {
        let plan = plan { $0[index - 1].hash = Hash256(of: [9]) }
        #expect(plan.kept.map(\.hash) == rows.map(\.hash))
    }

    @Test func theLastSetsHashCannotBeProvedAndIsRescued() {
        let plan = plan { $0[5].hash = Hash256(of: [9]) }
        #expect(plan.kept.count == 5 && plan.rescued.map(\.number) == [6])
    }

    @Test func fromTheFirstDamagedSetThatWaitsOnEverythingIsRescued() {
        let plan = plan { rows in
            rows[4].bytes[3] ^= 1
            rows[4].set = nil
        }
        #expect(plan.kept.map(\.number) == [1, 2, 3, 4])
        #expect(plan.unreadable == [5])
        #expect(plan.rescued.map(\.number) == [6])
    }

    @Test func aDamagedDecidedSetIsLeftOutAndTheOnesThatWaitAreKept() {
        let plan = plan { rows in
            rows[1].bytes[3] ^= 1
            rows[1].set = nil
        }
        #expect(plan.kept.map(\.number) == [1, 3, 4, 5, 6])
        #expect(plan.lost.map(\.number) == [2] && plan.lost[0].hash == rows[1].hash)
        #expect(plan.isPendingWhole)
    }

    @Test func aMissingDecidedSetBreaksNothing() {
        let plan = plan { $0.remove(at: 1) }
        #expect(plan.kept.map(\.number) == [1, 3, 4, 5, 6])
        #expect(plan.lost.map(\.number) == [2])
    }

    @Test func setsThatAreOnlyNamedAreUnreadable() {
        let plan = plan({ $0.removeLast(2) }, highest: 6)
        #expect(plan.kept.map(\.number) == [1, 2, 3, 4])
        #expect(plan.unreadable == [5, 6] && !plan.isPendingWhole)
    }

    @Test func anImpossibleOutcomeAmongTheUndecidedIsOfferedAgain() {
        let plan = plan { rows in
            rows[3].isDecided = true
            rows[3].isPlausible = false
        }
        #expect(plan.kept.map(\.isDecided) == [true, true, true, false, false, false])
        #expect(plan.isPendingWhole)
    }

    @Test func anotherDevicesSetIsNotTaken() {
        let plan = OutboxSalvage.plan(rows, highest: 0) { _ in DeviceID(high: 7, low: 7) }
        #expect(plan.kept.isEmpty)
        #expect(plan.rescued.map(\.number) == [4, 5, 6])
    }

    @Test func nothingGivesNothing() {
        let plan = OutboxSalvage.plan([], highest: 0) { _ in Self.device }
        #expect(plan.kept.isEmpty && plan.isPendingWhole)
    }
}

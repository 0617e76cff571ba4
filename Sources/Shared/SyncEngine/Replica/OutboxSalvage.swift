/// What can be kept of the sets of a damaged replica, and what of them is not to be trusted. A function over values:
/// the store reads what it can, and writes what comes out.
package enum OutboxSalvage {
    /// A set as it could be read.
    package struct Row: Sendable {
        package var number: UInt64
        package var hash: Hash256?
        package var bytes: [UInt8]
        /// `nil` when the bytes are no set any more.
        package var set: ChangeSet?
        /// Decided or settled, with an outcome that is possible.
        package var isDecided: Bool
        /// The columns beside hash and bytes go together.
        package var isPlausible: Bool

        package init(
            number: UInt64, hash: Hash256?, bytes: [UInt8], set: ChangeSet?, isDecided: Bool, isPlausible: Bool
        ) {
            self.number = number
            self.hash = hash
            self.bytes = bytes
            self.set = set
            self.isDecided = isDecided
            self.isPlausible = isPlausible
        }
    }

    package struct Kept: Sendable {
        package var number: UInt64
        package var hash: Hash256
        package var set: ChangeSet
        /// The township has decided it: what became of it may be unknown, but it is not offered again.
        package var isDecided: Bool
    }

    package struct Plan: Sendable {
        package var kept: [Kept] = []
        /// Decided sets that are gone here; the township has them. With the chain's hash after each, where it is known.
        package var lost: [(number: UInt64, hash: Hash256?)] = []
        /// Undecided sets that can be read and cannot be offered: from the first damaged one on.
        package var rescued: [ChangeSet] = []
        /// Numbers of undecided sets of which nothing can be read.
        package var unreadable: [UInt64] = []

        /// Whether it is known that there were no more sets than these.
        package var isEndKnown = true

        /// Every undecided set is kept.
        package var isPendingWhole: Bool { isEndKnown && rescued.isEmpty && unreadable.isEmpty }
    }

    /// - Parameters:
    ///   - rows: in any order.
    ///   - highest: the highest number that anything names.
    ///   - author: whose set a number is.
    package static func plan(_ rows: [Row], highest: UInt64, author: (UInt64) -> DeviceID) -> Plan {
        var byNumber: [UInt64: Row] = [:]
        for row in rows where byNumber[row.number]?.set == nil { byNumber[row.number] = row }
        let last = max(highest, byNumber.keys.max() ?? 0)
        mendHashes(&byNumber, last: last)
        let lastDecided = byNumber.values.filter { $0.isDecided && $0.isPlausible }.map(\.number).max() ?? 0
        var plan = Plan()
        var isBroken = false
        guard last > 0 else { return plan }
        for number in 1...last {
            let row = byNumber[number]
            let isOwn = row?.set?.number == number && row?.set?.device == author(number)
            let previous = number == 1 ? Hash256.zero : byNumber[number - 1]?.hash
            let isLinked = isOwn && row.map { Self.isLinked($0, after: previous) } == true
            if number <= lastDecided {
                // The township holds it: a set that reads well behind a gap in the chain is kept too.
                let isBehindGap = number > 1 && byNumber[number - 1] == nil
                if let row, let set = row.set, let hash = row.hash, isLinked || (isOwn && isBehindGap) {
                    plan.kept.append(Kept(number: number, hash: hash, set: set, isDecided: true))
                } else {
                    plan.lost.append((number, row?.hash ?? nil))
                }
            } else if !isBroken, isLinked, let row, let set = row.set, let hash = row.hash {
                plan.kept.append(Kept(number: number, hash: hash, set: set, isDecided: false))
            } else {
                isBroken = true
                if let set = row?.set { plan.rescued.append(set) } else { plan.unreadable.append(number) }
            }
        }
        return plan
    }

    private static func isLinked(_ row: Row, after previous: Hash256?) -> Bool {
        guard let previous, let hash = row.hash else { return false }
        return HashChain.next(after: previous, set: row.bytes) == hash
    }

    /// A stored hash that the next set contradicts, and that its own bytes and the next set agree on, is set right.
    private static func mendHashes(_ rows: inout [UInt64: Row], last: UInt64) {
        var previous: Hash256? = .zero
        guard last > 0 else { return }
        for number in 1...last {
            defer { previous = rows[number]?.hash }
            guard let row = rows[number], let before = previous, !isLinked(row, after: before),
                let next = rows[number + 1]
            else { continue }
            let computed = HashChain.next(after: before, set: row.bytes)
            if isLinked(next, after: computed) { rows[number]?.hash = computed }
        }
    }
}

/// The rule of one field or group: what becomes of a value whose author had not seen everything (DESIGN section 4,
/// Merge). Pure: values in, verdict out.
package enum FieldMerge {
    /// A value of a field (or the values of a group, in schema order) with what the policies look at.
    package struct Claim: Hashable, Sendable {
        package var values: [Value]
        package var isDesk: Bool
        package var isFlagged: Bool
        package var day: CalendarDay
        package var time: HybridTime
        package var device: DeviceID

        package init(
            values: [Value], isDesk: Bool, isFlagged: Bool, day: CalendarDay, time: HybridTime, device: DeviceID
        ) {
            self.values = values
            self.isDesk = isDesk
            self.isFlagged = isFlagged
            self.day = day
            self.time = time
            self.device = device
        }
    }

    package enum Verdict: Hashable, Sendable {
        /// The author had seen everything: the value is applied.
        case apply
        /// The value is already there: nothing to do.
        case equal
        /// The author had seen the standing value, but not one that lost against it: applied, the conflict stays open.
        case applyOverSeen
        /// Concurrent, and the value already there stands.
        case theirsStands
        /// Concurrent, and the new value stands.
        case mineStands
    }

    /// - Parameters:
    ///   - standing: the present value; its author is `nil` when the author of `mine` had seen it.
    ///   - hasUnseen: whether any edit of the field is later than the author's base and not of his own chain.
    package static func verdict(
        policy: MergePolicy, mine: Claim, standingValues: [Value], unseenStanding: Claim?, hasUnseen: Bool
    ) -> Verdict {
        guard hasUnseen else { return .apply }
        if mine.values == standingValues { return .equal }
        guard let theirs = unseenStanding else { return .applyOverSeen }
        return concurrent(policy: policy, mine: mine, theirs: theirs) ? .mineStands : .theirsStands
    }

    /// Whether `mine` stands against a concurrent, differing `theirs` that is already at the server.
    package static func concurrent(policy: MergePolicy, mine: Claim, theirs: Claim) -> Bool {
        switch policy {
        case .latestVisit(let limit):
            if mine.isFlagged || theirs.isFlagged { return false }
            if let limit, differs(mine.values, theirs.values, byMoreThan: limit) { return false }
            return (mine.day, mine.time, mine.device) > (theirs.day, theirs.time, theirs.device)
        case .townshipWins:
            return mine.isDesk && !theirs.isDesk
        case .setUnion, .monotone:
            // An addition stands against a removal, a death against its clearing; two dates are for a person.
            return theirs.values.allSatisfy(\.isNull) && !mine.values.allSatisfy(\.isNull)
        case .immutable, .humanReview, .verification, .derived:
            return false
        }
    }

    /// Whether two amounts (the first of the values) differ by more than `percent` of the larger; one that is missing
    /// differs by everything.
    static func differs(_ a: [Value], _ b: [Value], byMoreThan percent: Int64) -> Bool {
        guard let first = a.first?.int64, let second = b.first?.int64 else { return a.first != b.first }
        let (difference, overflow) = first.subtractingReportingOverflow(second)
        let larger = max(first.magnitude, second.magnitude)
        if overflow { return true }
        // |a − b| / larger > percent / 100, in wide integers.
        return difference.magnitude.multipliedFullWidth(by: 100) > larger.multipliedFullWidth(by: UInt64(percent))
    }
}

private func > (a: (high: UInt64, low: UInt64.Magnitude), b: (high: UInt64, low: UInt64.Magnitude)) -> Bool {
    a.high != b.high ? a.high > b.high : a.low > b.low
}

/// Deciding one unit: a field, an element or a group.
extension Decider {
    mutating func decide(
        _ unit: MergeUnit, on record: inout Record, kind: KindSchema, log: [LoggedChange], conflicts: [Record]
    ) throws -> [Effect] {
        let related = log.filter { change in
            change.seq > unit.base.seq && change.effects.contains { unit.touches($0) }
        }
        let unseen = related.filter { isUnseen($0, base: unit.base) }
        let current = unit.values(in: record, kind: kind)
        let mine = mineValues(of: unit, current: current, unseen: unseen)
        try refuseSecondWrite(unit, current: current, mine: mine, kind: kind)
        let claim = claim(mine)
        let claims = Self.claims(on: unit, in: related)
        let unseenClaim = claims.last { isUnseen($0, base: unit.base) }
        let unseenStanding = unseenClaim.map { Self.claim(of: $0, values: current) }
        var verdict = FieldMerge.verdict(
            policy: unit.policy, mine: claim, standingValues: current, unseenStanding: unseenStanding,
            hasUnseen: !unseen.isEmpty)
        var against = unseenClaim ?? claims.last ?? unseen.last
        if verdict != .equal, verdict != .theirsStands,
            let other = try withheld(unit, from: record, kind: kind, current: current, mine: mine)
        {
            (verdict, against) = (.theirsStands, against ?? other)
        }
        let open = conflicts.first { Self.key(ofConflict: $0) == unit.key }
        try follow(
            verdict, unit: unit, record: record, kind: kind, current: current, mine: mine, open: open, unseen: unseen,
            against: against)
        if verdict == .apply || verdict == .applyOverSeen || verdict == .mineStands {
            for (member, value) in zip(unit.members, mine) { record.assign(value, to: member, in: kind) }
        }
        return effects(of: unit, current: current, mine: mine, verdict: verdict)
    }

    /// Why a value waits for a person although nobody has written the same unit meanwhile: a station's change of what is
    /// always verified, or a departure while others wrote below the record.
    /// - Returns: the change that it waits against; `nil` when it need not wait.
    private func withheld(
        _ unit: MergeUnit, from record: Record, kind: KindSchema, current: [Value], mine: [Value]
    ) throws -> LoggedChange? {
        guard mine != current, record.seq > 0 else { return nil }
        if unit.policy == .verification, !device.isDesk, !current.allSatisfy(\.isNull) {
            return try view.log(of: record.id, after: 0).last { $0.effects.contains { unit.touches($0) } }
        }
        guard let departure = kind.departure,
            zip(unit.members, mine).contains(where: { $0.field == departure.field && $1 == departure.value })
        else { return nil }
        return try unseenChange(below: record, base: unit.base)
    }

    /// What is written below a record that has left meanwhile stays; whether the record has left, a person decides.
    mutating func meetDeparture(above record: Record, kind: KindSchema, base: Base) throws {
        for parent in kind.parents {
            guard let above = parent.kind.flatMap({ schema.kind($0) }), let departure = above.departure,
                let id = record.value(parent.field, in: kind).recordID, let left = try self.record(id, kind: above),
                left.seq > base.seq, left.value(departure.field, in: above) == departure.value
            else { continue }
            let unseen = try view.log(of: id, after: base.seq).last { change in
                isUnseen(change, base: base)
                    && change.effects.contains {
                        $0.field == departure.field && $0.new == departure.value && $0.changesValue
                    }
            }
            guard let unseen else { continue }
            let key = FieldKey(field: above.group(of: departure.field)?.name ?? departure.field)
            let members = MergeUnit.members(of: key, in: above)
            let standing = members.map { left.value($0, in: above) }
            let before = zip(members, standing).map { member, present in
                unseen.effects.first { $0.key == member }?.old ?? present
            }
            try openConflict(
                record: left, kind: above, key: key, policy: MergePolicy.humanReview.code, base: before, mine: before,
                theirs: standing, standing: standing, against: unseen)
        }
    }

    /// Who stands behind the present value: its writer, and everyone who wrote the same since. One of them that the author
    /// had not seen is enough for a conflict, even if he himself was another.
    private static func claims(on unit: MergeUnit, in related: [LoggedChange]) -> [LoggedChange] {
        var claims: [LoggedChange] = []
        for change in related {
            let results = change.effects.lazy.filter { unit.touches($0) }.map(\.result)
            if results.contains(where: { $0 == .applied || $0 == .derived }) { claims = [] }
            if results.contains(where: { $0 != .lost }) { claims.append(change) }
        }
        return claims
    }

    /// The author's values of the unit; what he left out of a group is what he had seen.
    private func mineValues(of unit: MergeUnit, current: [Value], unseen: [LoggedChange]) -> [Value] {
        zip(unit.members, current).map { member, present in
            if let edit = unit.edits[member] { return edit.new.normalised }
            let first = unseen.lazy.flatMap(\.effects).first { $0.key == member }
            return first?.old ?? present
        }
    }

    /// `im`: written once. `mn`: cleared only by the desk, with a reason.
    private func refuseSecondWrite(_ unit: MergeUnit, current: [Value], mine: [Value], kind: KindSchema) throws {
        let name = "\(kind.name).\(unit.key.field)"
        switch unit.policy {
        case .immutable where !current.allSatisfy(\.isNull) && current != mine:
            throw Problem(.immutableField, name)
        case .monotone where !current.allSatisfy(\.isNull) && mine.allSatisfy(\.isNull):
            if !device.isDesk { throw Problem(.deskOnly, name) }
            if set.reason.isEmpty { throw Problem(.reasonNeeded, name) }
        default:
            break
        }
    }

    private func claim(_ values: [Value]) -> FieldMerge.Claim {
        FieldMerge.Claim(
            values: values, isDesk: device.isDesk, isFlagged: isFlagged, day: set.observationDay, time: set.time,
            device: device.id)
    }

    private static func claim(of change: LoggedChange, values: [Value]) -> FieldMerge.Claim {
        FieldMerge.Claim(
            values: values, isDesk: change.isDesk, isFlagged: change.isFlagged, day: change.observationDay,
            time: change.time, device: change.device)
    }

    private func effects(
        of unit: MergeUnit, current: [Value], mine: [Value], verdict: FieldMerge.Verdict
    ) -> [Effect] {
        let result: Effect.Result =
            switch verdict {
            case .apply, .applyOverSeen, .mineStands: .applied
            case .equal: .equal
            case .theirsStands: .lost
            }
        return zip(unit.members, zip(current, mine)).compactMap { member, values in
            // A group's untouched member is only worth an effect when the group's decision changed it.
            guard unit.edits[member] != nil || values.0 != values.1 else { return nil }
            return Effect(member.field, element: member.element, old: values.0, new: values.1, result)
        }
    }

    /// Opens, updates or closes the unit's conflict as the verdict asks.
    private mutating func follow(
        _ verdict: FieldMerge.Verdict, unit: MergeUnit, record: Record, kind: KindSchema, current: [Value],
        mine: [Value], open: Record?, unseen: [LoggedChange], against: LoggedChange?
    ) throws {
        switch verdict {
        case .equal:
            break
        case .apply:
            if open != nil { try closeConflict(of: record, key: unit.key) }
        case .applyOverSeen:
            if let open { updateStanding(of: open, to: mine) }
        case .theirsStands, .mineStands:
            guard let against else { return }
            try openConflict(
                record: record, kind: kind, key: unit.key, policy: unit.policy.code,
                base: baseValues(of: unit, unseen: unseen, current: current), mine: mine, theirs: current,
                standing: verdict == .mineStands ? mine : current, against: against)
        }
    }

    /// What the author had seen: the value before the first edit he had not.
    private func baseValues(of unit: MergeUnit, unseen: [LoggedChange], current: [Value]) -> [Value] {
        zip(unit.members, current).map { member, present in
            unseen.lazy.flatMap(\.effects).first { $0.key == member }?.old ?? unit.edits[member]?.old ?? present
        }
    }
}

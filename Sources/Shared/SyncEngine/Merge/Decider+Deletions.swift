/// Deletions, and what comes back: an edit stands against a deletion that its author had not seen, and what has come back
/// never stands below what is deleted.
extension Decider {
    mutating func delete(_ change: Change, at index: Int, kind: KindSchema) throws {
        guard let before = try record(change.record, kind: kind) else { throw try missing(change.record) }
        try judgeRight(to: before, base: set.base)
        var effect = Effect(Effect.deleted, old: .bool(before.isDeleted), new: .bool(true), .applied)
        if before.isDeleted {
            effect.result = .equal
            if device.isDesk { try closeConflict(of: before, key: FieldKey(field: Effect.deleted)) }
        } else if try isBelowKept(before, kind: kind) {
            effect.result = .lost
        } else if let unseen = try unseenChange(in: before, base: set.base) {
            effect.result = .lost
            kept.insert(before.id)
            try openConflict(
                record: before, kind: kind, key: FieldKey(field: Effect.deleted), policy: "delete",
                base: [.bool(false)], mine: [.bool(true)], theirs: [.bool(false)], standing: [.bool(false)],
                against: unseen)
        } else if device.isDesk {
            try closeConflict(of: before, key: FieldKey(field: Effect.deleted))
        }
        var after = before
        after.isDeleted = before.isDeleted || effect.result == .applied
        if effect.result != .applied { notVerbatim() }
        let isExact = effect.result == .applied
        stage(
            after, kind: kind, before: before, effects: isExact ? [] : [effect], verbatim: isExact ? index : nil)
        if isExact { try takeAlong(below: after) }
    }

    private func isBelowKept(_ record: Record, kind: KindSchema) throws -> Bool {
        try !kept.isEmpty && allAbove(record, kind: kind).contains { kept.contains($0.record.id) }
    }

    /// What stands below a deleted record, or is merged into it, goes with it: also what its author's program did not know,
    /// or what had not been below it when he deleted it. What the author may not delete stays; merged into what is gone,
    /// it would be shown nowhere, and stands for itself again.
    private mutating func takeAlong(below record: Record) throws {
        for found in try view.family(of: record) {
            guard let kind = schema.kind(found.kind), !kind.isSystem, device.isDesk || !kind.isAppendOnly,
                !set.changes.contains(where: { $0.record == found.id && $0.operation == .delete }),
                let present = try self.record(found.id, kind: kind), !present.isDeleted
            else { continue }
            if device.isDesk || device.scopes.cover(present.scope) {
                stageDerived(present, kind: kind, isDeleted: true)
                try takeAlong(below: present)
            } else if kind.index(of: KindSchema.aliasField) != nil {
                let alias = present.value(KindSchema.aliasField, in: kind)
                guard alias.recordID == record.id else { continue }
                var alone = present
                alone.assign(.null, to: FieldKey(field: KindSchema.aliasField), in: kind)
                let effect = Effect(KindSchema.aliasField, old: alias, new: .null, .derived)
                stageDerived(alone, kind: kind, before: present, effects: [effect])
            }
        }
    }

    private mutating func stageDerived(_ before: Record, kind: KindSchema, isDeleted: Bool) {
        var after = before
        after.isDeleted = isDeleted
        let effect = Effect(Effect.deleted, old: .bool(before.isDeleted), new: .bool(isDeleted), .derived)
        stageDerived(after, kind: kind, before: before, effects: [effect])
    }

    /// A change of the record, or of anything below it, that the author had not seen.
    private func unseenChange(in record: Record, base: Base) throws -> LoggedChange? {
        try unseenChange(of: record, base: base) ?? unseenChange(below: record, base: base)
    }

    private func unseenChange(of record: Record, base: Base) throws -> LoggedChange? {
        try log(of: record, after: base).last { isUnseen($0, base: base) && !isMark($0) }
    }

    /// Whether it only notes what the township's program saw, such as that a photo has arrived.
    private func isMark(_ change: LoggedChange) -> Bool {
        guard let kind = schema.kind(change.kind), !change.effects.isEmpty else { return false }
        return change.effects.allSatisfy { kind.field($0.field)?.isMark ?? false }
    }

    /// What others deleted below it meanwhile is no change to keep: it goes with it.
    func unseenChange(below record: Record, base: Base) throws -> LoggedChange? {
        var seen: Set<RecordID> = [record.id]
        var waiting = [record]
        while let next = waiting.popLast() {
            for found in try view.family(of: next)
            where !found.isDeleted && schema.kind(found.kind)?.isSystem == false && seen.insert(found.id).inserted {
                if let unseen = try unseenChange(of: found, base: base) { return unseen }
                waiting.append(found)
            }
        }
        return nil
    }

    // MARK: - What comes back

    /// The record as something can be written into it or below it: one that was deleted comes back, with what it stands below,
    /// and for each deletion a conflict is opened.
    /// - Throws: ``Problem`` ``Problem/Code/recordDeleted`` when the author had seen the deletion.
    mutating func live(_ record: Record, kind: KindSchema) throws -> Record {
        guard record.isDeleted else { return record }
        guard let deletions = try unseenDeletions(of: record), let deletion = deletions.first else {
            throw Problem(.recordDeleted, record.id.description)
        }
        let restored = try undo(deletions, for: record, kind: kind)
        let (root, rootKind) = try top(of: record, kind: kind, within: restored)
        try openConflict(
            record: root, kind: rootKind, key: FieldKey(field: Effect.deleted), policy: "delete", base: [.bool(false)],
            mine: [.bool(false)], theirs: [.bool(true)], standing: [.bool(false)], against: deletion)
        for above in try allAbove(record, kind: kind) where try isGone(above.record, kind: above.kind) {
            _ = try live(above.record, kind: above.kind)
        }
        return try self.record(record.id, kind: kind) ?? record
    }

    /// Who deleted the record, when its author had seen none of them.
    func unseenDeletions(of record: Record) throws -> [LoggedChange]? {
        let deletions = try deletions(of: record)
        return !deletions.isEmpty && deletions.allSatisfy { isUnseen($0, base: set.base) } ? deletions : nil
    }

    /// The desk says, by an edit of nothing, that the record is there: it stays, or comes back with what went with it and with
    /// what it stands below, whoever deleted that. A conflict about its deletion is decided by it.
    /// - Throws: ``Problem`` ``Problem/Code/sameThingExists`` when the same thing was written down again meanwhile.
    mutating func keep(_ before: Record, kind: KindSchema) throws {
        try closeConflict(of: before, key: FieldKey(field: Effect.deleted))
        if before.isDeleted {
            if let same = try holder(ofAnyKeyOf: before, kind: kind) {
                throw Problem(.sameThingExists, same.id.description)
            }
            _ = try undo(deletions(of: before), for: before, kind: kind)
        }
        let present = try record(before.id, kind: kind) ?? before
        if present.isDeleted {
            stageDerived(present, kind: kind, isDeleted: false)
        } else if !before.isDeleted {
            let effect = Effect(Effect.deleted, old: .bool(false), new: .bool(false), .equal)
            stageDerived(present, kind: kind, before: before, effects: [effect])
        }
        for above in try allAbove(present, kind: kind) where try isGone(above.record, kind: above.kind) {
            _ = try undo(deletions(of: above.record), for: above.record, kind: above.kind)
        }
    }

    /// As it stands now: what was done to others may have brought it back.
    private func isGone(_ record: Record, kind: KindSchema) throws -> Bool {
        try self.record(record.id, kind: kind)?.isDeleted ?? false
    }

    /// Who deleted the record since it was last there: the one whose word it was, and all who said the same after him.
    private func deletions(of record: Record) throws -> [LoggedChange] {
        func says(_ change: LoggedChange, _ isDeleted: Bool) -> Bool {
            change.effects.contains {
                $0.field == Effect.deleted && $0.new == .bool(isDeleted) && $0.result != .lost
            }
        }
        let log = try view.log(of: record.id, after: 0)
        return log[(log.lastIndex { says($0, false) }.map { $0 + 1 } ?? 0)...].filter { says($0, true) }
    }

    /// What these sets deleted comes back, but what somebody deleted by an act of its own, and what stands below that.
    /// - Parameter record: it comes back in any case, with what it stands below.
    /// - Returns: the records that did.
    private mutating func undo(
        _ deletions: [LoggedChange], for record: Record, kind: KindSchema
    ) throws -> Set<RecordID> {
        let seqs = Set(deletions.map(\.seq))
        var gone: [(record: Record, kind: KindSchema)] = []
        for (id, kind) in try seqs.sorted().flatMap({ try view.records(changedAt: $0) }) where !kind.isSystem {
            guard let found = try self.record(id, kind: kind), found.isDeleted,
                !gone.contains(where: { $0.record.id == id }),
                let last = try self.deletions(of: found).last, seqs.contains(last.seq)
            else { continue }
            gone.append((found, kind))
        }
        var restored = Set(gone.map(\.record.id))
        let needed = Set(try allAbove(record, kind: kind).map(\.record.id)).union([record.id])
        var count = restored.count + 1
        while restored.count < count {
            count = restored.count
            for (found, kind) in gone where restored.contains(found.id) && !needed.contains(found.id) {
                let isBelowAnother = try above(found, kind: kind).contains {
                    $0.record.isDeleted && !restored.contains($0.record.id)
                }
                if isBelowAnother { restored.remove(found.id) }
            }
        }
        for (found, kind) in gone where restored.contains(found.id) {
            stageDerived(found, kind: kind, isDeleted: false)
            if let same = try holder(ofAnyKeyOf: found, kind: kind), let back = try self.record(found.id, kind: kind) {
                alias(back, to: same.id, kind: kind)
            }
        }
        return restored
    }

    /// The uppermost record above `record` that the same deletion took along: the conflict is about that one.
    private func top(
        of record: Record, kind: KindSchema, within restored: Set<RecordID>
    ) throws -> (Record, KindSchema) {
        let top = try allAbove(record, kind: kind).first { found in
            try restored.contains(found.record.id)
                && !above(found.record, kind: found.kind).contains { restored.contains($0.record.id) }
        }
        return try top ?? (self.record(record.id, kind: kind) ?? record, kind)
    }

    /// All that the record stands below, however far, the nearest first; each once, for what a hostile station writes may
    /// go round in a circle.
    private func allAbove(_ record: Record, kind: KindSchema) throws -> [(record: Record, kind: KindSchema)] {
        var found: [(record: Record, kind: KindSchema)] = []
        var seen: Set<RecordID> = [record.id]
        var next = [(record: record, kind: kind)]
        while !next.isEmpty {
            next = try next.flatMap { try above($0.record, kind: $0.kind) }
                .filter { seen.insert($0.record.id).inserted }
            found += next
        }
        return found
    }

    /// What the record is merged into, and what its parent fields name, where it is there.
    private func above(_ record: Record, kind: KindSchema) throws -> [(record: Record, kind: KindSchema)] {
        var canonical: [(record: Record, kind: KindSchema)] = []
        if kind.index(of: KindSchema.aliasField) != nil,
            let id = record.value(KindSchema.aliasField, in: kind).recordID, let found = try self.record(id, kind: kind)
        {
            canonical = [(found, kind)]
        }
        return try canonical + kind.parents.compactMap { try named(by: $0, of: record, kind: kind) }
    }
}

/// Deletions, and what comes back: an edit stands against a deletion that its author had not seen, and what has come back
/// never stands below what is deleted.
extension Decider {
    mutating func delete(_ change: Change, at index: Int, kind: KindSchema) throws {
        guard let before = try record(change.record, kind: kind) else { throw try missing(change.record) }
        try judgeRight(to: before, base: set.base)
        var effect = Effect(Effect.deleted, old: .bool(before.isDeleted), new: .bool(true), .applied)
        if before.isDeleted {
            effect.result = .equal
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
        guard !kept.isEmpty else { return false }
        return try above(record, kind: kind).contains { above, kind in
            try kept.contains(above.id) || isBelowKept(above, kind: kind)
        }
    }

    /// What stands below a deleted record, or is merged into it, goes with it: also what its author's program did not know,
    /// or what had not been below it when he deleted it. What the author may not delete stays.
    private mutating func takeAlong(below record: Record) throws {
        for found in try view.family(of: record) {
            guard let kind = schema.kind(found.kind), !kind.isSystem, device.isDesk || !kind.isAppendOnly,
                device.isDesk || device.scopes.cover(found.scope),
                !set.changes.contains(where: { $0.record == found.id && $0.operation == .delete }),
                let present = try self.record(found.id, kind: kind), !present.isDeleted
            else { continue }
            var gone = present
            gone.isDeleted = true
            let effect = Effect(Effect.deleted, old: .bool(false), new: .bool(true), .derived)
            stageDerived(gone, kind: kind, before: present, effects: [effect])
            try takeAlong(below: gone)
        }
    }

    /// A change of the record, or of anything below it, that the author had not seen.
    private func unseenChange(in record: Record, base: Base) throws -> LoggedChange? {
        if record.seq > base.seq,
            let unseen = try view.log(of: record.id, after: base.seq).last(where: { isUnseen($0, base: base) })
        {
            return unseen
        }
        return try unseenChange(below: record, base: base)
    }

    func unseenChange(below record: Record, base: Base) throws -> LoggedChange? {
        for dependent in try view.family(of: record) where schema.kind(dependent.kind)?.isSystem == false {
            if let unseen = try unseenChange(in: dependent, base: base) { return unseen }
        }
        return nil
    }

    // MARK: - What comes back

    /// The record as something can be written into it or below it: one that was deleted comes back.
    /// - Throws: ``Problem`` ``Problem/Code/recordDeleted`` when the author had seen the deletion.
    mutating func live(_ record: Record, kind: KindSchema) throws -> Record {
        guard record.isDeleted else { return record }
        guard let deletion = try unseenDeletion(of: record) else {
            throw Problem(.recordDeleted, record.id.description)
        }
        try resurrect(record, kind: kind, against: deletion)
        return try self.record(record.id, kind: kind) ?? record
    }

    func unseenDeletion(of record: Record) throws -> LoggedChange? {
        try deletion(of: record, after: set.base.seq) { isUnseen($0, base: set.base) }
    }

    /// The write stands against a deletion its author had not seen: the record, all that the same set deleted, and what
    /// they stand below come back, and for each deletion a conflict is opened.
    private mutating func resurrect(_ record: Record, kind: KindSchema, against deletion: LoggedChange) throws {
        let restored = try undo(deletion)
        let (root, rootKind) = try top(of: record, kind: kind, within: restored)
        try openConflict(
            record: root, kind: rootKind, key: FieldKey(field: Effect.deleted), policy: "delete", base: [.bool(false)],
            mine: [.bool(false)], theirs: [.bool(true)], standing: [.bool(false)], against: deletion)
        for (above, aboveKind) in try above(root, kind: rootKind) { _ = try live(above, kind: aboveKind) }
    }

    /// The desk says, by an edit of nothing, that the record is there: it stays, or comes back with what went with it and with
    /// what it stands below, whoever deleted that. A conflict about its deletion is decided by it.
    mutating func keep(_ before: Record, kind: KindSchema) throws {
        try closeConflict(of: before, key: FieldKey(field: Effect.deleted))
        var effect = Effect(Effect.deleted, old: .bool(before.isDeleted), new: .bool(false), .equal)
        if before.isDeleted {
            effect.result = .applied
            if let deletion = try deletion(of: before) { try undo(deletion, except: before.id) }
        }
        var after = before
        after.isDeleted = false
        stageDerived(after, kind: kind, before: before, effects: [effect])
        try bringBack(above: after, kind: kind)
    }

    private mutating func bringBack(above record: Record, kind: KindSchema) throws {
        for (above, aboveKind) in try above(record, kind: kind) {
            if above.isDeleted, let deletion = try deletion(of: above) { try undo(deletion) }
            try bringBack(above: above, kind: aboveKind)
        }
    }

    /// The last deletion of the record that is meant.
    private func deletion(
        of record: Record, after seq: Seq = 0, where isMeant: (LoggedChange) -> Bool = { _ in true }
    ) throws -> LoggedChange? {
        try view.log(of: record.id, after: seq).last { change in
            isMeant(change)
                && change.effects.contains { $0.field == Effect.deleted && $0.new == .bool(true) && $0.changesValue }
        }
    }

    /// All that the set deleted, and nobody since, comes back.
    /// - Returns: the records that did.
    @discardableResult
    private mutating func undo(_ deletion: LoggedChange, except kept: RecordID? = nil) throws -> Set<RecordID> {
        var restored: Set<RecordID> = []
        for (id, kind) in try view.records(changedAt: deletion.seq) where !kind.isSystem && id != kept {
            guard let gone = try record(id, kind: kind), gone.isDeleted,
                try self.deletion(of: gone)?.seq == deletion.seq
            else { continue }
            var back = gone
            back.isDeleted = false
            let effect = Effect(Effect.deleted, old: .bool(true), new: .bool(false), .derived)
            stageDerived(back, kind: kind, before: gone, effects: [effect])
            restored.insert(id)
        }
        return restored
    }

    /// The uppermost record above `record` that the same deletion took along: the conflict is about that one.
    private func top(
        of record: Record, kind: KindSchema, within restored: Set<RecordID>
    ) throws -> (Record, KindSchema) {
        var top = (try self.record(record.id, kind: kind) ?? record, kind)
        while let next = try above(top.0, kind: top.1).first(where: { restored.contains($0.0.id) }) { top = next }
        return top
    }

    /// What the record is merged into, and what its parent fields name, where it is there.
    private func above(_ record: Record, kind: KindSchema) throws -> [(Record, KindSchema)] {
        var canonical: [(Record, KindSchema)] = []
        if kind.index(of: KindSchema.aliasField) != nil,
            let id = record.value(KindSchema.aliasField, in: kind).recordID, let found = try self.record(id, kind: kind)
        {
            canonical = [(found, kind)]
        }
        return try canonical + kind.parents.compactMap { try named(by: $0, of: record, kind: kind) }
    }
}

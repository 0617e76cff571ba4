/// The same thing created twice: the second creation becomes an alias, its values merging as concurrent edits. The
/// smaller id is canonical, whichever arrived first; references are never rewritten.
extension Decider {
    mutating func matchNaturalKey(_ key: NaturalKey, new: Record, change: Change, kind: KindSchema) throws {
        guard key.required.allSatisfy({ !new.value($0, in: kind).isNull }) else { return }
        let present = try record(new.id, kind: kind) ?? new
        guard present.value(KindSchema.aliasField, in: kind).isNull else { return }
        guard let existing = try holder(of: key, like: present, kind: kind) else { return }
        notVerbatim()
        if existing.id < new.id {
            alias(present, to: existing.id, kind: kind)
            try mergeCreation(change, into: existing, kind: kind)
        } else {
            try adopt(existing, into: present, change: change, kind: kind)
            alias(existing, to: new.id, kind: kind)
        }
    }

    /// A record that has come back, while the same thing was written down again: that one stands for both.
    func holder(ofAnyKeyOf record: Record, kind: KindSchema) throws -> Record? {
        if kind.naturalKeys.isEmpty || !record.value(KindSchema.aliasField, in: kind).isNull { return nil }
        for key in kind.naturalKeys where key.required.allSatisfy({ !record.value($0, in: kind).isNull }) {
            if let found = try holder(of: key, like: record, kind: kind), found.id != record.id { return found }
        }
        return nil
    }

    private func holder(of key: NaturalKey, like record: Record, kind: KindSchema) throws -> Record? {
        let staged = mutations.lazy.map(\.after).first { other in
            other.kind == kind.name && other.id != record.id && !other.isDeleted
                && other.value(KindSchema.aliasField, in: kind).isNull
                && (key.fields + kind.parents.map(\.field)).allSatisfy {
                    other.value($0, in: kind) == record.value($0, in: kind)
                }
        }
        if let staged { return staged }
        guard let stored = try view.holder(of: key, like: record, kind: kind) else { return nil }
        return try self.record(stored.id, kind: kind)
    }

    mutating func alias(_ record: Record, to canonical: RecordID, kind: KindSchema) {
        var after = record
        let key = FieldKey(field: KindSchema.aliasField)
        after.assign(.text(canonical.description), to: key, in: kind)
        let effect = Effect(KindSchema.aliasField, old: .null, new: .text(canonical.description), .derived)
        stageDerived(after, kind: kind, before: record, effects: [effect])
    }

    /// The new record's values, as edits of the canonical record that was there.
    private mutating func mergeCreation(_ change: Change, into canonical: Record, kind: KindSchema) throws {
        let (effects, after) = try merge(change.edits, into: canonical, kind: kind)
        stageDerived(after, kind: kind, before: canonical, effects: effects)
    }

    /// The existing record's values become the new, canonical record's where they stand.
    private mutating func adopt(_ existing: Record, into new: Record, change: Change, kind: KindSchema) throws {
        let merged = try merge(change.edits, into: existing, kind: kind).after
        var after = new
        var effects: [Effect] = []
        for (index, field) in kind.fields.enumerated() where merged.values[index] != new.values[index] {
            effects.append(Effect(field.name, old: new.values[index], new: merged.values[index], .derived))
        }
        after.values = merged.values
        if !effects.isEmpty { stageDerived(after, kind: kind, before: nil, effects: effects) }
        repointConflicts(from: existing.id, to: new.id)
    }

    /// An edit by someone who knew the record only under its alias reaches the canonical record too.
    mutating func redirectAlias(_ change: Change, of record: Record, kind: KindSchema) throws {
        let alias = FieldKey(field: KindSchema.aliasField)
        guard kind.index(of: KindSchema.aliasField) != nil, !change.edits.contains(where: { $0.key == alias }) else {
            return
        }
        var target = record
        var hops = 0
        while let next = target.value(alias, in: kind).recordID, hops < 16 {
            guard let found = try self.record(next, kind: kind), found.id != record.id else { return }
            target = found
            hops += 1
        }
        guard target.id != record.id else { return }
        // Below a deletion that its author had seen, the edit stays with the record that he knows.
        if target.isDeleted, try unseenDeletions(of: target) == nil { return }
        let (effects, after) = try merge(change.edits, into: live(target, kind: kind), kind: kind)
        stageDerived(after, kind: kind, before: target, effects: effects)
    }
}

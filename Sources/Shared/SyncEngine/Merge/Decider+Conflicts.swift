/// Conflict records: at most one open per record and unit.
extension Decider {
    static func key(ofConflict conflict: Record) -> FieldKey {
        let kind = ConflictRecord.kind
        return FieldKey(
            field: conflict.value("field", in: kind).text ?? "", element: conflict.value("element", in: kind).text)
    }

    private func openConflict(of record: RecordID, key: FieldKey) throws -> Record? {
        let staged = mutations.lazy.map(\.after).first {
            $0.kind == ConflictRecord.kindName && $0.value("record", in: ConflictRecord.kind).recordID == record
                && Self.key(ofConflict: $0) == key && Self.isOpen($0)
        }
        if let staged { return staged }
        let stored = try view.openConflicts(of: record).first { Self.key(ofConflict: $0) == key }
        guard let stored else { return nil }
        let present = try self.record(stored.id, kind: ConflictRecord.kind) ?? stored
        return Self.isOpen(present) ? present : nil
    }

    private static func isOpen(_ conflict: Record) -> Bool {
        conflict.value("state", in: ConflictRecord.kind) == .text(ConflictRecord.State.open.rawValue)
    }

    /// Opens a conflict, or puts the further loser into the one that is open.
    mutating func openConflict(
        record: Record, kind: KindSchema, key: FieldKey, policy: String, base: [Value], mine: [Value], theirs: [Value],
        standing: [Value], against: LoggedChange
    ) throws {
        markConflict()
        let existing = try openConflict(of: record.id, key: key)
        let id = existing?.id ?? ConflictRecord.id(record: record.id, key: key, openedAt: context.seq)
        var authors = existing?.value("authors", in: ConflictRecord.kind).elements ?? [against.author]
        var seqs = existing?.value("seqs", in: ConflictRecord.kind).elements ?? [String(against.seq)]
        authors.append(set.author)
        seqs.append(String(context.seq))
        var values: [String: Value] = [
            "mine": .text(ConflictValue.json(mine)), "theirs": .text(ConflictValue.json(theirs)),
            "standing": .text(ConflictValue.json(standing)), "authors": .list(authors), "seqs": .list(seqs),
        ]
        if existing == nil {
            values["record"] = .text(record.id.description)
            values["record_kind"] = .text(kind.name)
            values["field"] = .text(key.field)
            values["element"] = key.element.map(Value.text) ?? .null
            values["policy"] = .text(policy)
            values["base"] = .text(ConflictValue.json(base))
            values["state"] = .text(ConflictRecord.State.open.rawValue)
        }
        // A conflict's scope is its record's, which this very set may be moving.
        let scope = try self.record(record.id, kind: kind)?.scope ?? record.scope
        let conflict = existing ?? Record(id: id, kind: ConflictRecord.kind, scope: scope)
        assign(values, to: conflict, isNew: existing == nil)
        addressToAuthors(of: id, against: against)
    }

    /// A person who had seen the conflict has written the field, or has decided it.
    mutating func closeConflict(of record: Record, key: FieldKey) throws {
        guard let conflict = try openConflict(of: record.id, key: key) else { return }
        let state: ConflictRecord.State = if case .resolve = set.intent { .resolved } else { .superseded }
        var values: [String: Value] = ["state": .text(state.rawValue)]
        if let kind = schema.kind(record.kind) {
            let change = set.changes.first { $0.record == record.id }
            let members = MergeUnit.members(of: key, in: kind)
            let standing = members.map { member in
                change?.edits.first { $0.key == member }?.new ?? record.value(member, in: kind)
            }
            let isDeletion = key.field == Effect.deleted
            values["standing"] = .text(
                ConflictValue.json(isDeletion ? [.bool(change?.operation == .delete)] : standing))
        }
        assign(values, to: conflict, isNew: false)
        notVerbatim()
    }

    /// The author of the standing value went on writing without having seen the other: the conflict stays open.
    mutating func updateStanding(of conflict: Record, to values: [Value]) {
        let kind = ConflictRecord.kind
        let json = Value.text(ConflictValue.json(values))
        let isTheirs = conflict.value("standing", in: kind) == conflict.value("theirs", in: kind)
        assign(["standing": json, isTheirs ? "theirs" : "mine": json], to: conflict, isNew: false)
        notVerbatim()
    }

    /// The conflicts that a merge opened on a record that became an alias are about the canonical one.
    mutating func repointConflicts(from alias: RecordID, to canonical: RecordID) {
        let kind = ConflictRecord.kind
        let moved = mutations.map(\.after).filter {
            $0.kind == kind.name && $0.value("record", in: kind).recordID == alias && Self.isOpen($0)
        }
        for conflict in moved { assign(["record": .text(canonical.description)], to: conflict, isNew: false) }
    }

    private mutating func assign(_ values: [String: Value], to conflict: Record, isNew: Bool) {
        let kind = ConflictRecord.kind
        var after = conflict
        var effects: [Effect] = []
        for field in kind.fields {
            guard let value = values[field.name], !value.isNull else { continue }
            let key = FieldKey(field: field.name)
            effects.append(Effect(field.name, old: after.value(key, in: kind), new: value, .derived))
            after.assign(value, to: key, in: kind)
        }
        stageDerived(after, kind: kind, before: isNew ? nil : conflict, effects: effects)
    }

    /// Outcome and conflict reach their authors wherever the record is now.
    private mutating func addressToAuthors(of conflict: RecordID, against: LoggedChange) {
        guard let index = mutations.firstIndex(where: { $0.after.id == conflict }) else { return }
        for author in [device.id, against.device] where !mutations[index].addressees.contains(author) {
            mutations[index].addressees.append(author)
        }
    }
}

/// The JSON text of a conflict's value: of one field the value, of a group the list of its values in schema order.
package enum ConflictValue {
    package static func json(_ values: [Value]) -> String {
        values.count == 1 ? json(values[0]) : "[" + values.map(json).joined(separator: ",") + "]"
    }

    static func json(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .text(let text): quoted(text)
        case .int64(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .date(let day): quoted(day.description)
        case .time(let instant): quoted(instant.description)
        case .list(let elements): "[" + elements.map(quoted).joined(separator: ",") + "]"
        }
    }

    /// RFC 8259 section 7.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                result += "\\u00" + Hex.encode([UInt8(scalar.value)])
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

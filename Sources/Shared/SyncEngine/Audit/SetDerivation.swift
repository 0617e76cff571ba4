/// Whether what the log says that a set did can have come of the set, whose bytes its device signed: which values it may
/// bring to which records. A function over values, of one set.
///
/// Necessary, not sufficient: it does not decide the set again. It holds of every decision, whatever the rules of its day
/// said, and does not hold of a value that nobody signed.
package struct SetDerivation {
    /// One record that the set changed, as the log says.
    package struct Row {
        package var record: RecordID
        package var kind: String
        package var operation: Change.Operation
        /// The index of the change that says all there is to say; the effects are empty then.
        package var verbatim: Int?
        package var effects: [Effect]

        package init(
            record: RecordID, kind: String, operation: Change.Operation, verbatim: Int?, effects: [Effect]
        ) {
            self.record = record
            self.kind = kind
            self.operation = operation
            self.verbatim = verbatim
            self.effects = effects
        }
    }

    private let set: ChangeSet
    private let schema: Schema
    /// Whether one record has been, or become, an alias of the other.
    private let isSame: (RecordID, RecordID) throws -> Bool

    package init(_ set: ChangeSet, schema: Schema, isSame: @escaping (RecordID, RecordID) throws -> Bool) {
        self.set = set
        self.schema = schema
        self.isSame = isSame
    }

    /// - Parameter rows: all of the set, or those of one record.
    /// - Returns: the records whose rows cannot have come of it.
    package func unfounded(_ rows: [Row]) throws -> [RecordID] {
        let revives = rows.contains { $0.effects.contains { $0.field == Effect.deleted && $0.new == .bool(false) } }
        return try rows.filter { try !isFounded($0, revives: revives) }.map(\.record)
    }

    private func isFounded(_ row: Row, revives: Bool) throws -> Bool {
        if let index = row.verbatim {
            guard set.changes.indices.contains(index) else { return false }
            let change = set.changes[index]
            // What was written down anew in another history is an edit of what was there.
            let isDone = change.operation == row.operation || (change.operation == .create && row.operation == .edit)
            return change.record == row.record && change.kind == row.kind && isDone
        }
        // A kind that this program does not know is read by none of its rules.
        guard let kind = schema.kind(row.kind), kind.name != ConflictRecord.kindName else { return true }
        return try row.effects.allSatisfy { effect in
            try !effect.changesValue || isFounded(effect, of: row, kind: kind, revives: revives)
        }
    }

    private func isFounded(_ effect: Effect, of row: Row, kind: KindSchema, revives: Bool) throws -> Bool {
        switch effect.field {
        case Effect.deleted:
            return effect.new == .bool(false) ? set.changes.contains { $0.operation != .delete } : deletes
        case Effect.scope: return movesSomething
        case KindSchema.aliasField where effect.result == .derived:
            return revives || set.changes.contains { $0.operation != .edit }
        case _ where effect.result == .derived:
            // What the same thing was known to be before it was written down again.
            return set.changes.contains { $0.record == row.record && $0.operation == .create }
        default:
            return try isTyped(effect, of: row, kind: kind)
        }
    }

    private var deletes: Bool { self.set.changes.contains { $0.operation == .delete } }

    /// A new record, or another village or parent.
    private var movesSomething: Bool {
        self.set.changes.contains { change in
            guard change.operation == .edit, let kind = schema.kind(change.kind) else { return true }
            let places = kind.parents.map(\.field) + [kind.scopeField].compactMap(\.self)
            return change.edits.contains { places.contains($0.field) }
        }
    }

    /// Its author typed the value, for this record or for what is the same; or another field of the same group.
    private func isTyped(_ effect: Effect, of row: Row, kind: KindSchema) throws -> Bool {
        let group = kind.group(of: effect.field)?.fields ?? []
        return try set.changes.contains { change in
            guard change.kind == row.kind else { return false }
            let isMeant = change.edits.contains { edit in
                if edit.key == effect.key { return edit.new.normalised == effect.new.normalised }
                return edit.field != effect.field && group.contains(edit.field)
            }
            return try isMeant && (change.record == row.record || isSame(row.record, change.record))
        }
    }
}

/// The fold of one log interval, restricted to a device's scopes: what a pull page says. Values in, a page out; the
/// store reads the interval and, for records that must be stated whole, what they were at its end.
package struct PullFold {
    /// One logged change inside the interval, with the record's scope after it.
    package struct Item: Sendable {
        package var change: LoggedChange
        package var scope: Scope
        /// Whether the record was deleted after it.
        package var isDeleted: Bool
        /// Addressed to the device although it lies outside its scopes.
        package var isAddressed: Bool
        /// The set was the device's own and came to exactly what was typed.
        package var isOwnVerbatim: Bool

        package init(
            change: LoggedChange, scope: Scope, isDeleted: Bool, isAddressed: Bool, isOwnVerbatim: Bool
        ) {
            self.change = change
            self.scope = scope
            self.isDeleted = isDeleted
            self.isAddressed = isAddressed
            self.isOwnVerbatim = isOwnVerbatim
        }
    }

    /// A record's state at the end of the interval, for those stated whole.
    package struct WholeRecord: Sendable {
        package var record: Record
        package var writers: [FieldKey: Writer]
        package var creator: Writer

        package init(record: Record, writers: [FieldKey: Writer], creator: Writer) {
            self.record = record
            self.writers = writers
            self.creator = creator
        }
    }

    let schema: Schema
    let scopes: [Scope]
    package private(set) var records: [RecordDelta] = []
    package private(set) var writers: [Writer] = []
    private var writerIndex: [Seq: Int] = [:]

    package init(schema: Schema, scopes: [Scope]) {
        self.schema = schema
        self.scopes = scopes
    }

    /// Folds the interval's changes, oldest first.
    /// - Parameter whole: a record as it was at the end of the interval; `nil` when it did not exist.
    package mutating func fold(_ items: [Item], whole: (RecordID, KindSchema) throws -> WholeRecord?) rethrows {
        var order: [RecordID] = []
        var byRecord: [RecordID: [Item]] = [:]
        for item in items {
            if byRecord[item.change.record] == nil { order.append(item.change.record) }
            byRecord[item.change.record, default: []].append(item)
        }
        for id in order {
            guard let touched = byRecord[id], let last = touched.last, let kind = schema.kind(last.change.kind) else {
                continue
            }
            try fold(id, touched, last: last, kind: kind, whole: whole)
        }
    }

    private mutating func fold(
        _ id: RecordID, _ items: [Item], last: Item, kind: KindSchema,
        whole: (RecordID, KindSchema) throws -> WholeRecord?
    ) rethrows {
        if items.allSatisfy(\.isOwnVerbatim) { return }
        let isInside = scopes.cover(last.scope) || last.isAddressed
        let wasInside = Self.firstScope(of: items).map { scopes.cover($0) } ?? false
        guard isInside else {
            // The device has folded what it wrote itself, a creation in this very interval too.
            if wasInside || items.contains(where: \.isOwnVerbatim) {
                records.append(
                    RecordDelta(id: id, kind: kind.name, scope: last.scope, seq: last.change.seq, form: .leave))
            }
            return
        }
        let isNew = Self.firstScope(of: items) == nil
        let wasResurrected = items.contains { item in
            item.change.effects.contains { $0.field == Effect.deleted && $0.new == .bool(false) }
        }
        // What was written while it was elsewhere is not among the items.
        let wasElsewhere = items.contains { !scopes.cover($0.scope) && !$0.isAddressed }
        if isNew || !wasInside || wasElsewhere || wasResurrected {
            guard let state = try whole(id, kind) else { return }
            append(whole: state, kind: kind)
        } else {
            appendChanges(id, items, last: last, kind: kind)
        }
        appendDeletions(items)
    }

    /// To the record that was stated last: what of its deletions the device may know.
    private mutating func appendDeletions(_ items: [Item]) {
        for item in items where scopes.cover(item.scope) || item.isAddressed {
            for effect in item.change.effects where effect.field == Effect.deleted && effect.changesValue {
                let deletion = RecordDelta.Deletion(
                    writer: index(of: item.change.writer), isDeleted: effect.new == .bool(true))
                records[records.count - 1].deletions.append(deletion)
            }
        }
    }

    /// The scope before the interval; `nil` when the record was created inside it.
    private static func firstScope(of items: [Item]) -> Scope? {
        guard let first = items.first, !first.change.isCreation else { return nil }
        for item in items {
            for effect in item.change.effects where effect.field == Effect.scope {
                if let code = effect.old.text { return Scope(code) }
            }
        }
        return first.scope
    }

    /// States a record whole, as the bootstrap and an entering record need it.
    package mutating func append(whole state: WholeRecord, kind: KindSchema) {
        let record = state.record
        var delta = RecordDelta(
            id: record.id, kind: kind.name, scope: record.scope, seq: record.seq, form: .whole,
            isDeleted: record.isDeleted)
        let creator = index(of: state.creator)
        let isUniform = state.writers.isEmpty
        for (field, value) in zip(kind.fields, record.values) where !value.isNull && field.derivation == nil {
            let key = FieldKey(field: field.name)
            let writer = isUniform ? creator : state.writers[key].map { index(of: $0) } ?? creator
            delta.fields.append(FieldDelta(key: key, value: value, writer: writer))
        }
        for (name, value) in record.extra.sorted(by: { $0.key < $1.key }) {
            delta.fields.append(FieldDelta(key: FieldKey(field: name), value: value, writer: creator))
        }
        records.append(delta)
    }

    private mutating func appendChanges(_ id: RecordID, _ items: [Item], last: Item, kind: KindSchema) {
        var delta = RecordDelta(
            id: id, kind: kind.name, scope: last.scope, seq: last.change.seq, form: .changes,
            isDeleted: last.isDeleted)
        var position: [FieldKey: Int] = [:]
        for item in items {
            for effect in item.change.effects where effect.result == .applied || effect.result == .derived {
                if effect.field == Effect.scope || effect.field == Effect.deleted { continue }
                let field = FieldDelta(key: effect.key, value: effect.new, writer: index(of: item.change.writer))
                if let known = position[effect.key] {
                    delta.fields[known] = field
                } else {
                    position[effect.key] = delta.fields.count
                    delta.fields.append(field)
                }
            }
        }
        records.append(delta)
    }

    private mutating func index(of writer: Writer) -> Int {
        if let known = writerIndex[writer.seq] { return known }
        writerIndex[writer.seq] = writers.count
        writers.append(writer)
        return writers.count - 1
    }
}

extension LoggedChange {
    /// Whether the set created the record.
    package var isCreation: Bool { operation == .create }
}

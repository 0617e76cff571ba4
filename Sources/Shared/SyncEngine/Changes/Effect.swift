/// What a decided set did to one field of one record. The log keeps effects; pull, history and `as of` fold them.
package struct Effect: Hashable, Sendable {
    package enum Result: UInt8, Sendable {
        /// The new value stands.
        case applied = 1
        /// The value was already there.
        case equal
        /// The value did not stand; a conflict record keeps it.
        case lost
        /// Set by the server: a scope, an alias, a conflict record.
        case derived
    }

    package var field: String
    package var element: String?
    package var old: Value
    package var new: Value
    package var result: Result

    package init(_ field: String, element: String? = nil, old: Value, new: Value, _ result: Result) {
        self.field = field
        self.element = element
        self.old = old
        self.new = new
        self.result = result
    }

    package var key: FieldKey { FieldKey(field: field, element: element) }

    /// Whether the record's value changed.
    package var changesValue: Bool { (result == .applied || result == .derived) && old != new }

    /// Pseudo-fields: what every record has besides its kind's fields. Effects and conflicts name them.
    package static let deleted = "deleted"
    package static let scope = "scope"
}

extension Change {
    /// What the change did when every edit came to exactly what was typed.
    package var verbatimEffects: [Effect] {
        if operation == .delete { return [Effect(Effect.deleted, old: .bool(false), new: .bool(true), .applied)] }
        return edits.map { Effect($0.field, element: $0.element, old: $0.old, new: $0.new, .applied) }
    }
}

/// A record as a store holds it.
package struct Record: Hashable, Sendable {
    package var id: RecordID
    package var kind: String
    package var scope: Scope
    /// The last decided set that touched it; 0 while it was never sent.
    package var seq: Seq
    package var isDeleted: Bool
    /// In the order of ``KindSchema/fields``; derived fields are null.
    package var values: [Value]
    /// Fields of a newer schema, preserved untouched.
    package var extra: [String: Value]

    package init(
        id: RecordID, kind: KindSchema, scope: Scope, seq: Seq = 0, isDeleted: Bool = false, values: [Value]? = nil,
        extra: [String: Value] = [:]
    ) {
        self.id = id
        self.kind = kind.name
        self.scope = scope
        self.seq = seq
        self.isDeleted = isDeleted
        self.values = values ?? [Value](repeating: .null, count: kind.fields.count)
        self.extra = extra
    }

    package func value(_ field: String, in kind: KindSchema) -> Value {
        kind.index(of: field).map { values[$0] } ?? extra[field] ?? .null
    }

    /// The value an edit with this key replaces: of an element, the element itself or null.
    package func value(_ key: FieldKey, in kind: KindSchema) -> Value {
        let value = value(key.field, in: kind)
        guard let element = key.element else { return value }
        return value.elements.contains(element) ? .text(element) : .null
    }

    /// Sets a field, or adds or removes one element of a set.
    package mutating func assign(_ new: Value, to key: FieldKey, in kind: KindSchema) {
        var value = new.normalised
        if let element = key.element {
            var elements = Set(self.value(key.field, in: kind).elements)
            if new.isNull { elements.remove(element) } else { elements.insert(element) }
            value = Value.list(elements.sorted()).normalised
        }
        if let index = kind.index(of: key.field) {
            values[index] = value
        } else {
            extra[key.field] = value.isNull ? nil : value
        }
    }

    /// Sets what a change's edits say, for a record that is being created: its fields mostly come in schema order.
    package mutating func assign(_ edits: [Edit], in kind: KindSchema) {
        var hint = 0
        let edits = edits.span
        for row in edits.indices {
            if edits[row].element == nil, let index = kind.index(of: edits[row].field, hint: &hint) {
                values[index] = edits[row].new.normalised
            } else {
                assign(edits[row].new, to: edits[row].key, in: kind)
            }
        }
    }

    /// The same of a page's fields.
    package mutating func assign(_ fields: [FieldDelta], in kind: KindSchema) {
        var hint = 0
        for field in fields {
            if field.key.element == nil, let index = kind.index(of: field.key.field, hint: &hint) {
                values[index] = field.value.normalised
            } else {
                assign(field.value, to: field.key, in: kind)
            }
        }
    }

    /// Stored values that are set, by name, with those of a newer schema.
    package func named(in kind: KindSchema) -> [String: Value] {
        var result = extra
        for (field, value) in zip(kind.fields, values) where !value.isNull && field.derivation == nil {
            result[field.name] = value
        }
        return result
    }
}

/// One field of a draft.
package enum FieldWrite: Hashable, Sendable {
    case set(String, Value)
    /// An element of a `su` field.
    case add(String, String)
    case remove(String, String)

    package var field: String {
        switch self {
        case .set(let field, _), .add(let field, _), .remove(let field, _): field
        }
    }
}

/// What a person wants to do to one record, before it is a change.
package struct Draft: Sendable {
    package var kind: KindSchema
    package var record: RecordID
    package var operation: Change.Operation
    package var writes: [FieldWrite]

    package init(kind: KindSchema, record: RecordID, operation: Change.Operation, writes: [FieldWrite] = []) {
        self.kind = kind
        self.record = record
        self.operation = operation
        self.writes = writes
    }
}

/// Turns drafts into a change set: old values, bases, whole groups, and every check that needs no server.
package struct Capture<Store: CaptureView> {
    let store: Store
    let isDesk: Bool
    let context: RuleContext

    package init(store: Store, isDesk: Bool, context: RuleContext) {
        self.store = store
        self.isDesk = isDesk
        self.context = context
    }

    package struct Prepared: Sendable {
        package var changes: [Change]
        package var after: [Record]
        package var warnings: [Finding]
    }

    /// - Returns: the changes with what each record will be. A draft that changes nothing gives no change.
    /// - Throws: ``Problem`` for anything that the server would refuse and that can be known here.
    package func prepare(_ drafts: [Draft], position: ReplicaPosition) throws -> Prepared {
        var prepared = Prepared(changes: [], after: [], warnings: [])
        for draft in drafts {
            if draft.kind.isSystem { throw Problem(.systemKind, draft.kind.name) }
            let known = prepared.after.last { $0.id == draft.record }
            let before = try known ?? store.working(draft.record, kind: draft.kind)
            switch draft.operation {
            case .create:
                guard before == nil else { throw Problem(.recordExists, draft.record.description) }
                try create(draft, position: position, into: &prepared)
            case .edit:
                guard let before else { throw Problem(.unknownRecord, draft.record.description) }
                try edit(draft, before: before, position: position, into: &prepared)
            case .delete:
                guard let before else { throw Problem(.unknownRecord, draft.record.description) }
                try delete(before, kind: draft.kind, into: &prepared)
            }
        }
        return prepared
    }

    private func create(_ draft: Draft, position: ReplicaPosition, into prepared: inout Prepared) throws {
        let home = position.scopes.first ?? Scope("")
        var record = Record(id: draft.record, kind: draft.kind, scope: home)
        var writes = draft.writes
        if let field = draft.kind.scopeField, !writes.contains(where: { $0.field == field }) {
            writes.insert(.set(field, .text(home.code)), at: 0)
        }
        let edits = try edits(for: writes, of: record, kind: draft.kind, position: position, pending: [])
        record.assign(edits, in: draft.kind)
        record.scope = try scope(of: record, kind: draft.kind, position: position, prepared: prepared)
        guard isDesk || position.scopes.cover(record.scope) else { throw Problem(.outOfScope, record.scope.code) }
        try checkParents(of: record, kind: draft.kind, written: edits)
        try checkNaturalKeys(of: record, kind: draft.kind)
        try check(record, kind: draft.kind, into: &prepared)
        prepared.changes.append(
            Change(kind: draft.kind.name, record: record.id, operation: .create, edits: edits))
        prepared.after.append(record)
    }

    private func edit(
        _ draft: Draft, before: Record, position: ReplicaPosition, into prepared: inout Prepared
    ) throws {
        guard !before.isDeleted else { throw Problem(.recordDeleted, before.id.description) }
        let numbers = try store.overlay(of: before.id)
        let pending = try numbers.compactMap { try store.outboxSet($0)?.sealed.set }
        let edits = try edits(for: draft.writes, of: before, kind: draft.kind, position: position, pending: pending)
        guard !edits.isEmpty else { return }
        var after = before
        for edit in edits { after.assign(edit.new, to: edit.key, in: draft.kind) }
        try checkParents(of: after, kind: draft.kind, written: edits)
        try check(after, kind: draft.kind, into: &prepared)
        prepared.changes.append(Change(kind: draft.kind.name, record: before.id, operation: .edit, edits: edits))
        prepared.after.append(after)
    }

    /// A record takes along what hangs below it and what is merged into it, in the same set, itself first.
    private func delete(_ record: Record, kind: KindSchema, into prepared: inout Prepared) throws {
        guard !record.isDeleted else { throw Problem(.recordDeleted, record.id.description) }
        if kind.isAppendOnly && !isDesk { throw Problem(.appendOnly, kind.name) }
        var queue = [record]
        var seen: Set<RecordID> = [record.id]
        while !queue.isEmpty {
            var gone = queue.removeFirst()
            prepared.changes.append(Change(kind: gone.kind, record: gone.id, operation: .delete))
            for dependent in try store.family(of: gone) where !dependent.isDeleted {
                guard let kind = store.schema.kind(dependent.kind), !kind.isSystem,
                    isDesk || !kind.isAppendOnly, seen.insert(dependent.id).inserted
                else { continue }
                queue.append(dependent)
            }
            gone.isDeleted = true
            prepared.after.append(gone)
        }
    }

    // MARK: - Edits

    private func edits(
        for writes: [FieldWrite], of record: Record, kind: KindSchema, position: ReplicaPosition, pending: [ChangeSet]
    ) throws -> [Edit] {
        var edits: [Edit] = []
        edits.reserveCapacity(writes.count)
        var touchedGroups: [FieldGroup] = []
        var hint = 0
        for write in writes {
            guard let index = kind.index(of: write.field, hint: &hint) else {
                throw Problem(.unknownField, write.field)
            }
            let field = kind.fields[index]
            try admit(field, kind: kind)
            for (element, new) in try Self.elements(of: write, field: field, record: record, kind: kind) {
                let old = Self.old(record.values[index], element: element)
                guard old != new.normalised else { continue }
                if field.policy == .immutable && !old.isNull {
                    throw Problem(.immutableField, "\(kind.name).\(field.name)")
                }
                edits.append(Edit(field.name, element: element, old: old, new: new.normalised))
                if let group = kind.group(of: field.name), !touchedGroups.contains(where: { $0.name == group.name }) {
                    touchedGroups.append(group)
                }
            }
        }
        // A group stands or falls together: the set carries its other values too.
        for group in touchedGroups where record.seq > 0 || !pending.isEmpty {
            for name in group.fields where !edits.contains(where: { $0.field == name }) {
                let value = record.value(name, in: kind)
                if !value.isNull { edits.append(Edit(name, old: value, new: value)) }
            }
        }
        if pending.isEmpty { return edits }
        for index in edits.indices {
            edits[index].base = Self.inheritedBase(
                of: edits[index].key, kind: kind, record: record.id, pending: pending, now: position.base)
        }
        return edits
    }

    /// Of an element, the element itself or null.
    private static func old(_ value: Value, element: String?) -> Value {
        guard let element else { return value }
        return value.elements.contains(element) ? .text(element) : .null
    }

    private func admit(_ field: FieldSchema, kind: KindSchema) throws {
        var name: String { "\(kind.name).\(field.name)" }
        if field.derivation != nil { throw Problem(.derivedField, name) }
        if (field.isDeskOnly || field.name == KindSchema.aliasField) && !isDesk { throw Problem(.deskOnly, name) }
    }

    /// What a write puts where: into the field, or its elements.
    private static func elements(
        of write: FieldWrite, field: FieldSchema, record: Record, kind: KindSchema
    ) throws -> [(element: String?, value: Value)] {
        switch write {
        case .set(let name, let value):
            guard field.isSet else { return [(nil, value)] }
            guard field.type.admits(value) else { throw Problem(.badValue, "\(kind.name).\(name)") }
            let wanted = Set(value.elements)
            let present = Set(record.value(name, in: kind).elements)
            return wanted.subtracting(present).sorted().map { ($0, .text($0)) }
                + present.subtracting(wanted).sorted().map { ($0, .null) }
        case .add(let name, let element):
            guard field.isSet else { throw Problem(.badValue, "\(kind.name).\(name)") }
            return [(element, .text(element))]
        case .remove(let name, let element):
            guard field.isSet else { throw Problem(.badValue, "\(kind.name).\(name)") }
            return [(element, .null)]
        }
    }

    /// A field (or any of its group) with an own edit still in the overlay inherits that edit's base; otherwise the
    /// base is the pull cursor, which is the set's and need not be repeated. It never advances by itself.
    static func inheritedBase(
        of key: FieldKey, kind: KindSchema, record: RecordID, pending: [ChangeSet], now: Base
    ) -> Base? {
        let group = kind.group(of: key.field)
        for set in pending {
            for change in set.changes where change.record == record {
                let own = change.edits.first { edit in
                    edit.key == key || (group?.fields.contains(edit.field) ?? false)
                }
                guard let own else { continue }
                let base = own.base ?? set.base
                return base == now ? nil : base
            }
        }
        return nil
    }

    // MARK: - Checks

    private func scope(
        of record: Record, kind: KindSchema, position: ReplicaPosition, prepared: Prepared
    ) throws -> Scope {
        if kind.parents.isEmpty {
            guard let field = kind.scopeField, let code = record.value(field, in: kind).text else {
                return record.scope
            }
            return Scope(code)
        }
        for parent in kind.parents {
            guard let id = record.value(parent.field, in: kind).recordID else { continue }
            if let drafted = prepared.after.first(where: { $0.id == id }) { return drafted.scope }
            let kinds = parent.kind.flatMap { store.schema.kind($0) }.map { [$0] } ?? store.schema.kinds
            for kind in kinds {
                if let found = try store.working(id, kind: kind) { return found.scope }
            }
            throw Problem(.unknownRecord, id.description)
        }
        throw Problem(.missingParent, kind.parents.map(\.field).joined(separator: ", "))
    }

    private func check(_ record: Record, kind: KindSchema, into prepared: inout Prepared) throws {
        for (field, value) in zip(kind.fields, record.values) where !value.isNull && field.derivation == nil {
            try SetValidation.check(value: value, of: field, name: "\(kind.name).\(field.name)", context: context)
        }
        try SetValidation.check(record: record, kind: kind, context: context)
        prepared.warnings += (kind.recordRule?(record.named(in: kind), context) ?? []).filter {
            $0.severity == .warning
        }
    }

    /// The record a parent field names, of the kind it names or of any.
    private func above(_ id: RecordID, kind: String?) throws -> Record? {
        for kind in kind.flatMap({ store.schema.kind($0) }).map({ [$0] }) ?? store.schema.kinds {
            if let found = try store.working(id, kind: kind) { return found }
        }
        return nil
    }

    /// Nothing is written below what is deleted.
    private func checkParents(of record: Record, kind: KindSchema, written: [Edit]) throws {
        for parent in kind.parents where written.contains(where: { $0.field == parent.field }) {
            guard let id = record.value(parent.field, in: kind).recordID else { continue }
            if try above(id, kind: parent.kind)?.isDeleted == true { throw Problem(.recordDeleted, id.description) }
        }
    }

    /// The same thing that is already known is edited, not created again.
    private func checkNaturalKeys(of record: Record, kind: KindSchema) throws {
        guard !kind.naturalKeys.isEmpty else { return }
        for parent in kind.parents {
            guard let id = record.value(parent.field, in: kind).recordID, let above = try above(id, kind: parent.kind)
            else { continue }
            for sibling in try store.dependents(of: above) where sibling.kind == kind.name && !sibling.isDeleted {
                guard sibling.value(KindSchema.aliasField, in: kind).isNull else { continue }
                let same = kind.naturalKeys.contains { key in
                    key.required.allSatisfy { !record.value($0, in: kind).isNull }
                        && key.fields.allSatisfy { record.value($0, in: kind) == sibling.value($0, in: kind) }
                }
                if same { throw Problem(.sameThingExists, sibling.id.description) }
            }
        }
    }
}

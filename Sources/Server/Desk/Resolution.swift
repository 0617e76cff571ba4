import CommandSupport
import RecordStore
import SyncEngine

/// Deciding a conflict: an edit of the desk that closes it.
struct Resolution {
    /// One of the two values that a conflict keeps.
    enum Side: String, CaseIterable {
        /// The one decided later.
        case mine
        /// The one already there.
        case theirs
    }

    enum Choice {
        case side(Side)
        /// A value as a command takes it: a text; of a group, a JSON list in schema order.
        case text(String)
        /// A value as a form takes it: by field; of a group, what is left empty stays as it stands.
        case fields([String: String])
        /// The values of the field, or of the group in schema order.
        case values([Value])
    }

    /// What a conflict is about, read from its record.
    struct Subject {
        let conflict: Record
        let record: Record
        let kind: KindSchema
        let key: FieldKey
        /// The field, or the group's fields in schema order; none of a deletion.
        let fields: [FieldSchema]

        var isDeletion: Bool { key.field == Effect.deleted }
        var state: ConflictRecord.State? { text("state").flatMap(ConflictRecord.State.init) }

        /// Of the conflict itself.
        func text(_ name: String) -> String? { conflict.value(name, in: ConflictRecord.kind).text }
        func elements(_ name: String) -> [String] { conflict.value(name, in: ConflictRecord.kind).elements }

        /// Another clerk's decision is overruled only by one who says that he has seen it.
        /// - Throws: ``Problem`` ``Problem/Code/conflictClosed``.
        func checkUndecided(seen: Seq?) throws {
            guard state == .resolved, (seen ?? 0) < conflict.seq else { return }
            throw Problem(.conflictClosed, "seq \(conflict.seq)")
        }

        /// What the record says now.
        var standing: [Value] {
            if isDeletion { return [.bool(record.isDeleted)] }
            if key.element != nil { return [record.value(key, in: kind)] }
            return fields.map { record.value($0.name, in: kind) }
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownConflict``.
    static func subject(of id: RecordID, in transaction: AuthorityTransaction) throws -> Subject {
        let kind = ConflictRecord.kind
        guard let conflict = try transaction.record(id, kind: kind) else {
            throw Problem(.unknownConflict, id.description)
        }
        return try subject(of: conflict, schema: transaction.schema) { try transaction.record($0, kind: $1) }
    }

    /// - Parameter read: finds the record that the conflict is about.
    /// - Throws: ``Problem`` ``Problem/Code/unknownConflict``.
    static func subject(
        of conflict: Record, schema: Schema, read: (RecordID, KindSchema) throws -> Record?
    ) throws -> Subject {
        let kind = ConflictRecord.kind
        guard let record = conflict.value("record", in: kind).recordID,
            let recordKind = conflict.value("record_kind", in: kind).text.flatMap(schema.kind),
            let about = try read(record, recordKind), let field = conflict.value("field", in: kind).text
        else { throw Problem(.unknownConflict, conflict.id.description) }
        return Subject(
            conflict: conflict, record: about, kind: recordKind,
            key: FieldKey(field: field, element: conflict.value("element", in: kind).text),
            fields: names(of: field, in: recordKind).compactMap { recordKind.field($0) })
    }

    /// The field, or the fields of the group of that name.
    static func names(of field: String, in kind: KindSchema) -> [String] {
        kind.groups.first { $0.name == field }?.fields ?? [field]
    }

    /// The changes that make `values` stand.
    static func changes(_ values: [Value], for subject: Subject) throws -> [Change] {
        if subject.isDeletion {
            guard let first = values.first, case .bool(let isDeleted) = first else {
                throw Problem(.badValue, Effect.deleted)
            }
            return [
                Change(kind: subject.kind.name, record: subject.record.id, operation: isDeleted ? .delete : .edit)
            ]
        }
        guard values.count == max(1, subject.fields.count) else { throw Problem(.badValue, subject.key.field) }
        if let element = subject.key.element {
            let key = FieldKey(field: subject.key.field, element: element)
            let edit = Edit(
                key.field, element: element, old: subject.record.value(key, in: subject.kind),
                new: values[0].isNull ? .null : .text(element))
            return [Change(kind: subject.kind.name, record: subject.record.id, operation: .edit, edits: [edit])]
        }
        let edits = zip(subject.fields, values).map { field, value in
            Edit(field.name, old: subject.record.value(field.name, in: subject.kind), new: value.normalised)
        }
        return [Change(kind: subject.kind.name, record: subject.record.id, operation: .edit, edits: edits)]
    }
}

// MARK: - What is chosen

extension Resolution.Subject {
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for what the field does not take.
    func values(of choice: Resolution.Choice) throws -> [Value] {
        switch choice {
        case .values(let values): return values
        case .side(let side): return try kept(side.rawValue)
        case .text(let text): return try written(text)
        case .fields(let typed): return try self.typed(typed)
        }
    }

    /// A value that the conflict keeps as JSON text: `base`, `mine`, `theirs`, `standing`.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func kept(_ name: String) throws -> [Value] {
        let json = JSONValue.parsed(text(name) ?? "null")
        if isDeletion { return [try flag(json)] }
        if fields.count == 1, let field = fields.first { return [try element(json, field: field)] }
        return try list(json)
    }

    private func written(_ text: String) throws -> [Value] {
        if isDeletion { return [try flag(JSONValue.parsed(text))] }
        if fields.count == 1, let field = fields.first {
            if field.isSet { return [try element(JSONValue.parsed(text), field: field)] }
            return [text.isEmpty ? .null : try Value.parse(text: text, for: field)]
        }
        return try list(JSONValue.parsed(text))
    }

    private func typed(_ typed: [String: String]) throws -> [Value] {
        guard !isDeletion, key.element == nil, fields.contains(where: { !(typed[$0.name] ?? "").isEmpty }) else {
            throw Problem(
                .badValue, key.field,
                explanation: Label(zh: "请填写要采用的值", en: "Type the value that is to stand"))
        }
        return try zip(fields, standing).map { field, present in
            guard let text = typed[field.name], !text.isEmpty else { return present }
            return try Value.parse(text: text, for: field)
        }
    }

    private func flag(_ json: JSONValue) throws -> Value {
        guard case .bool(let flag) = json else { throw Problem(.badValue, "--take") }
        return .bool(flag)
    }

    private func list(_ json: JSONValue) throws -> [Value] {
        guard case .array(let list) = json, list.count == fields.count else { throw Problem(.badValue, key.field) }
        return try zip(list, fields).map { try Value.parse(json: $0, for: $1) }
    }

    /// Of a set's element the value is the element itself, or nothing.
    private func element(_ json: JSONValue, field: FieldSchema) throws -> Value {
        guard let element = key.element else { return try Value.parse(json: json, for: field) }
        return json == .null ? .null : .text(element)
    }
}

import RecordStore
import SyncEngine

/// Deciding a conflict: an edit of the desk that closes it.
struct Resolution {
    enum Choice {
        case mine
        case theirs
        /// The values of the field, or of the group in schema order.
        case values([Value])
    }

    /// What a conflict is about, read from its record.
    struct Subject {
        let conflict: Record
        let record: Record
        let kind: KindSchema
        let key: FieldKey
        /// The field, or the group's fields in schema order.
        let fields: [FieldSchema]

        var isDeletion: Bool { key.field == Effect.deleted }

        /// Another clerk's decision is overruled only by one who says that he has seen it.
        /// - Throws: ``Problem`` ``Problem/Code/conflictClosed``.
        func checkUndecided(seen: Seq?) throws {
            guard conflict.value("state", in: ConflictRecord.kind) == .text("resolved"), (seen ?? 0) < conflict.seq
            else { return }
            throw Problem(.conflictClosed, "seq \(conflict.seq)")
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownConflict``.
    static func subject(of id: RecordID, in transaction: AuthorityTransaction) throws -> Subject {
        let kind = ConflictRecord.kind
        guard let conflict = try transaction.record(id, kind: kind),
            let record = conflict.value("record", in: kind).recordID,
            let recordKind = conflict.value("record_kind", in: kind).text.flatMap(transaction.schema.kind),
            let about = try transaction.record(record, kind: recordKind),
            let field = conflict.value("field", in: kind).text
        else { throw Problem(.unknownConflict, id.description) }
        let names = recordKind.groups.first { $0.name == field }?.fields ?? [field]
        return Subject(
            conflict: conflict, record: about, kind: recordKind,
            key: FieldKey(field: field, element: conflict.value("element", in: kind).text),
            fields: names.compactMap { recordKind.field($0) })
    }

    /// The JSON text of the value that a choice names, as the conflict keeps it.
    static func text(_ name: String, of subject: Subject) -> String {
        subject.conflict.value(name, in: ConflictRecord.kind).text ?? "null"
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

import GRDB
package import SyncEngine

/// Records of kinds that a newer program knows and this one does not: kept as they were stated, counted in the digests,
/// and moved into their own tables by the upgrade.
extension ReplicaTransaction {
    package func hold(_ delta: RecordDelta) throws {
        let kind = Self.unknownKind(delta.kind)
        let before = try held(delta.id)
        var after: Record?
        switch delta.form {
        case .leave: break
        case .whole:
            after = Record(id: delta.id, kind: kind, scope: delta.scope, seq: delta.seq, isDeleted: delta.isDeleted)
        case .changes:
            guard before != nil else {
                if delta.isDeleted { return }
                throw Problem(.badRequest, "changes of a record that was never stated: \(delta.id)")
            }
            after = before
        }
        after?.scope = delta.scope
        after?.seq = delta.seq
        after?.isDeleted = delta.isDeleted
        for field in delta.fields { after?.assign(field.value, to: field.key, in: kind) }
        try digest(replacing: before, with: after, kind: kind)
        guard let after else { return try dropHeld(delta.id) }
        var query = try Query(
            database,
            "INSERT OR REPLACE INTO held_record (record, kind, scope, seq, deleted, fields) VALUES (?, ?, ?, ?, ?, ?)")
        query.bind(after.id)
        query.bind(after.kind)
        query.bind(after.scope.code)
        query.bind(after.seq)
        query.bind(after.isDeleted)
        let fields = after.extra.sorted { $0.key < $1.key }
        query.bind(tables.codec.encode(fields.map { Effect($0.key, old: .null, new: $0.value, .applied) }))
        try query.run()
    }

    /// A kind of which nothing is known: every field is one of a newer schema.
    static func unknownKind(_ name: String) -> KindSchema {
        KindSchema(name, label: Label(zh: name, en: name), fields: [])
    }

    private static let heldColumns = "SELECT record, kind, scope, seq, deleted, fields FROM held_record"

    private func readHeld(_ row: Columns) throws -> Record {
        var record = Record(
            id: row.id(0), kind: Self.unknownKind(row.text(1)), scope: Scope(row.text(2)), seq: row.uint64(3),
            isDeleted: row.bool(4))
        for effect in try tables.codec.decode(effects: row.bytes(5)) { record.extra[effect.field] = effect.new }
        return record
    }

    private func held(_ id: RecordID) throws -> Record? {
        var query = try Query(database, Self.heldColumns + " WHERE record = ?")
        query.bind(id)
        return try query.first(readHeld)
    }

    /// Every record that is held.
    package func heldRecords() throws -> [Record] { try Query(database, Self.heldColumns).all(readHeld) }

    private func dropHeld(_ id: RecordID) throws {
        var query = try Query(database, "DELETE FROM held_record WHERE record = ?")
        query.bind(id)
        try query.run()
    }

    /// After an upgrade: what is held of kinds that are known now goes into their tables. The digests stay as they are.
    func adoptHeld() throws {
        for record in try heldRecords() {
            guard let kind = schema.kind(record.kind) else { continue }
            var known = Record(
                id: record.id, kind: kind, scope: record.scope, seq: record.seq, isDeleted: record.isDeleted)
            for (field, value) in record.extra { known.assign(value, to: FieldKey(field: field), in: kind) }
            try tables.insert(known, kind: kind, in: database, by: statements)
            try dropHeld(record.id)
        }
    }
}

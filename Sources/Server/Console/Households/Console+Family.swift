import Assistance
import RecordStore
import SyncEngine

/// A record that was asked for, and the household (or other root) that it belongs to.
struct Subject: Sendable {
    let record: Record
    let kind: KindSchema
    let root: RecordID

    var linked: Linked? { Linked(record) }
    var isHousehold: Bool { root == record.id && kind.name == householdKind.name }
}

extension Console {
    /// Finds a record, and keeps that this person looked at it: under its household, where the views are listed.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func look(at id: RecordID, page: String, by request: ConsoleRequest) throws -> Subject {
        let subject = try self.subject(id)
        try keepView(of: subject.root, page: page, by: request)
        return subject
    }

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func subject(_ id: RecordID) throws -> Subject {
        let tables = township.database.tables
        return try read { database, _ in
            guard let (record, kind) = try tables.record(id, in: database) else {
                throw Problem(.unknownRecord, id.description)
            }
            let root = try Disclosures(tables: tables, database: database).root(of: record, kind: kind)
            return Subject(record: record, kind: kind, root: root)
        }
    }
}

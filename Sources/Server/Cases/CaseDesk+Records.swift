import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What the desk writes of a case besides its steps and decisions.
extension CaseDesk {
    struct Applied {
        let id: RecordID
        /// An application for the same that is still open (R44).
        let repeats: RecordID?
        let seq: Seq
    }

    /// Takes an application in, with its signed papers, as one set (R44).
    func apply(_ packet: ApplicationPacket, act: Desk.Act) throws -> Applied {
        try township.write(act) { transaction, act in
            // The application comes first.
            var ids = act
            let (drafts, earlier) = try packet.drafts(in: records(in: transaction)) {
                defer { ids = ids.further }
                return ids.newID()
            }
            guard let outcome = try township.desk.act(drafts, act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return Applied(id: drafts[0].record, repeats: earlier, seq: outcome.seq)
        }
    }

    /// Writes a record below a case.
    /// - Returns: its id, and the set's seq.
    func write(
        _ kind: String, of application: String, _ fields: [(String, Value)], act: Desk.Act
    ) throws -> (id: RecordID, seq: Seq) {
        let draft = try new(kind, [("application", .text(application))] + fields, id: act.made)
        return (draft.record, try add(draft, act: act))
    }

    /// Changes a record below a case.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for one of another case.
    func change(
        _ record: RecordID, _ kind: String, of application: String, _ writes: [FieldWrite], act: Desk.Act
    ) throws -> Seq {
        let schema = try self.kind(kind)
        return try township.write(act) { transaction, act in
            guard let present = try transaction.record(record, kind: schema), !present.isDeleted,
                present.value("application", in: schema).text == application
            else { throw Problem(.unknownRecord, record.description) }
            let draft = Draft(kind: schema, record: record, operation: .edit, writes: writes)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return outcome.seq
        }
    }

    /// The request for a check, as the platform gets it (R66).
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for one of another case.
    func checkRequest(_ record: RecordID, of application: String, at now: Instant) throws -> JSONValue {
        try township.database.read { database in
            let file = try CaseReader(township, in: database).file(application, at: now)
            guard file.all("check_request").contains(where: { $0.record.id == record }) else {
                throw Problem(.unknownRecord, record.description)
            }
            return .object([("requests", .array([CheckFiles.request(record, file: file)]))])
        }
    }
}

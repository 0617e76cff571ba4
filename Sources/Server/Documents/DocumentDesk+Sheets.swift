import Assistance
import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

extension DocumentDesk {
    /// A document that was issued, as it was.
    struct Sheet: Sendable {
        let record: RecordID
        let application: RecordID
        let title: String
        let serial: String
        let document: RenderedDocument
    }

    /// The bytes that were issued under a number, made again of what was on record then: what proves them is their hash,
    /// which the record keeps.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``; ``Problem/Code/internalError`` when other bytes come out, for
    ///   a sheet that nobody issued is never shown as one.
    func sheet(_ id: RecordID) throws -> Sheet {
        try read { records in
            guard let record = try records.record(id, kind: DocumentRecord.kind), let issued = Linked(record),
                let code = issued.text("code").flatMap(DocumentCode.init), let serial = issued.text("serial"),
                let application = issued.value("application").recordID, let day = issued.day("issued_on"),
                let first = try HistoryReader(records.database, tables: records.tables).entries(of: id).first
            else { throw Problem(.unknownRecord, id.description) }
            let standing = DocumentStanding.issued(serial: serial, on: day)
            // The set that issued it came after what it was made of. In a history that was put together anew after a
            // restore some of that may stand behind it: then it is looked for in what is on record now.
            var document: RenderedDocument?
            for seq in [first.seq - 1, Seq.max] where document == nil {
                let made = try remade(
                    application, DocumentTemplate.of(code), standing, asOf: seq, at: first.at, in: records)
                if made.hash.description == issued.text("sha256") { document = made }
            }
            guard let document else {
                throw Problem(
                    .internalError, "document \(id)",
                    explanation: Label(
                        zh: "\(serial) 当时的内容不能原样再现，请查存档的纸质件",
                        en: "\(serial) cannot be made again as it was: see the paper on file"))
            }
            return Sheet(
                record: id, application: application, title: issued.text("title") ?? "", serial: serial,
                document: document)
        }
    }

    private func remade(
        _ application: RecordID, _ template: DocumentTemplate, _ standing: DocumentStanding, asOf seq: Seq,
        at then: Instant, in records: CaseReader
    ) throws -> RenderedDocument {
        let past = PastRecords(tables: records.tables, database: records.database, seq: seq)
        guard let kind = records.tables.schema.kind("application"),
            let record = try past.record(application, kind: kind),
            let file = try CaseFile(record, in: past, at: then, shelf: records.shelf),
            let home = file.householdID, let household = try past.record(home, kind: records.kind("household"))
        else { throw Problem(.unknownRecord, application.description) }
        let identity = township.identity
        let subject = try DocumentSubject(
            household: household, file: file, pack: try file.pack ?? records.shelf.pack(on: then.day),
            office: .init(name: identity.name, region: identity.region), in: past)
        return RenderedDocument(template, of: subject, standing: standing)
    }
}

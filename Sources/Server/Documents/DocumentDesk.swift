import Assistance
import CommandSupport
import GRDB
import RecordStore
import SyncEngine

/// What the desk does with documents: gives each its number and keeps on record what was issued.
struct DocumentDesk {
    let township: Township

    /// A document that was made.
    struct Made {
        let application: RecordID
        let template: DocumentTemplate
        let title: String
        let pack: String
        let document: RenderedDocument
        /// `nil` for a draft.
        var record: SyncEngine.Record?
        var seq: Seq?
        var isReprint = false
    }

    /// A case with what its documents are made from.
    func subject(_ id: String, in records: CaseReader, at now: Instant) throws -> DocumentSubject {
        let file = try records.file(id, at: now)
        guard let home = file.application.value("household").recordID,
            let kind = records.tables.schema.kind("household"), let household = try records.record(home, kind: kind)
        else { throw Problem(.unknownRecord, "household") }
        let pack = try file.pack ?? records.shelf.pack(on: now.day)
        let identity = township.identity
        return try DocumentSubject(
            household: household, file: file, pack: pack,
            office: .init(name: identity.name, region: identity.region), in: records)
    }

    func read<Result>(_ body: (CaseReader) throws -> Result) throws -> Result {
        try township.database.read { try body(CaseReader(township, in: $0)) }
    }

    /// A preview: without a number, and nothing is kept. A form may be printed empty; a letter needs its decision.
    func draft(_ id: String, _ template: DocumentTemplate, at now: Instant) throws -> Made {
        let subject = try read { try self.subject(id, in: $0, at: now) }
        guard let file = subject.file else { throw Problem(.unknownRecord, id) }
        if !template.isForm { try template.check(file, pack: subject.pack) }
        return made(template, of: subject, standing: .draft)
    }

    /// Issues a document: the number is given in the transaction that keeps the record of it. What was issued of the same
    /// facts, template and policy keeps its number: it is printed again.
    /// - Parameter isWelcome: throws when there is no place for a file of this number; then nothing was issued.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` with what is missing.
    func issue(
        _ id: String, _ template: DocumentTemplate, act: Desk.Act, isWelcome: (String) throws -> Void
    ) throws -> Made {
        try township.write(act) { transaction, act in
            let records = try CaseReader(township, in: transaction.database)
            let subject = try self.subject(id, in: records, at: act.now)
            guard let file = subject.file else { throw Problem(.unknownRecord, id) }
            try template.check(file, pack: subject.pack)
            let content = made(template, of: subject, standing: .draft).document.hash.description
            if let issued = file.issued(template.code).last, issued.text("content") == content,
                let serial = issued.text("serial"), let day = issued.day("issued_on")
            {
                try isWelcome(serial)
                let again = made(template, of: subject, standing: .issued(serial: serial, on: day))
                return try record(again, printedAgain: issued, act: act, in: transaction)
            }
            let serial = try next(template, at: act.now, in: transaction).description
            try isWelcome(serial)
            let first = made(template, of: subject, standing: .issued(serial: serial, on: act.now.day))
            return try record(first, serial: serial, content: content, act: act, in: transaction)
        }
    }

    private func made(
        _ template: DocumentTemplate, of subject: DocumentSubject, standing: DocumentStanding
    ) -> Made {
        Made(
            application: subject.file?.application.record.id ?? subject.household.record.id, template: template,
            title: template.title(in: subject), pack: subject.pack.name,
            document: RenderedDocument(template, of: subject, standing: standing))
    }

    /// The next number of the series, dense by document, year and history of this server.
    private func next(
        _ template: DocumentTemplate, at now: Instant, in transaction: AuthorityTransaction
    ) throws -> DocumentSerial {
        let epoch = try transaction.head().epoch
        func serial(_ number: UInt64) -> DocumentSerial {
            DocumentSerial(
                template, region: township.identity.region, year: now.day.components.year, epoch: epoch, number: number)
        }
        let key = "document_\(serial(0).series)"
        let number = (try Meta.number(key, in: transaction.database) ?? 0) + 1
        try Meta.set(number, for: key, in: transaction.database)
        return serial(number)
    }

    private func record(
        _ made: Made, serial: String, content: String, act: Desk.Act, in transaction: AuthorityTransaction
    ) throws -> Made {
        let draft = Draft(
            kind: DocumentRecord.kind, record: Township.newID(at: act.now), operation: .create,
            writes: [
                .set("application", .text(made.application.description)),
                .set("code", .text(made.template.code.rawValue)), .set("serial", .text(serial)),
                .set("title", .text(made.title)), .set("template", .text(made.template.name)),
                .set("template_hash", .text(made.template.hash.description)), .set("pack", .text(made.pack)),
                .set("content", .text(content)), .set("sha256", .text(made.document.hash.description)),
                .set("issued_on", .date(act.now.day)), .set("issued_by", .text(act.author)),
                .set("printed", .int64(1)),
            ])
        return try commit(made, draft, act: act, in: transaction)
    }

    private func record(
        _ made: Made, printedAgain issued: Linked, act: Desk.Act, in transaction: AuthorityTransaction
    ) throws -> Made {
        // The same bytes, or the record would prove another sheet than this.
        guard issued.text("sha256") == made.document.hash.description else {
            throw Problem(.internalError, "document \(issued.record.id)")
        }
        let times = (issued.number("printed") ?? 0) + 1
        let draft = Draft(
            kind: DocumentRecord.kind, record: issued.record.id, operation: .edit,
            writes: [.set("printed", .int64(times))])
        var act = act
        act.reason = "补打"
        var again = made
        again.isReprint = true
        return try commit(again, draft, act: act, in: transaction)
    }

    private func commit(
        _ made: Made, _ draft: Draft, act: Desk.Act, in transaction: AuthorityTransaction
    ) throws -> Made {
        guard let outcome = try township.desk.act([draft], act, in: transaction) else {
            throw Problem(.internalError, "document")
        }
        var made = made
        made.seq = outcome.seq
        made.record = try transaction.record(draft.record, kind: DocumentRecord.kind)
        return made
    }
}

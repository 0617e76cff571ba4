import Assistance
import RecordStore
import SyncEngine

/// Money that was paid and should not have been: found, claimed by one, decided by another, withheld or paid back.
struct RecoveryDesk {
    let township: Township

    struct Entry {
        let recovery: Linked
        let file: CaseFile
        let state: RecoveryState
        let outstandingFen: Int64
        let items: [Linked]
    }

    /// Lines that a person should look at, with their case: of those who died, and of cases whose decision is no more
    /// what was paid.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    func likely() throws -> [(file: CaseFile, overpayment: Overpayment)] {
        try township.database.read { database in
            let records = try CaseReader(township, in: database)
            return try concerned(in: records).sorted().flatMap { id in
                let file = try records.file(id.description, at: township.clock())
                return try file.likelyOverpayments().map { (file, $0) }
            }
        }
    }

    /// The cases where something may have been paid too much: a death is on record in the household, or the last
    /// decision stops or changes what is paid.
    private func concerned(in records: CaseReader) throws -> Set<RecordID> {
        let (tables, database) = (records.tables, records.database)
        let deaths = try Query(
            database,
            """
            SELECT a.id FROM application a WHERE a.deleted = 0 AND a.household IN (
                SELECT household FROM member WHERE death_date IS NOT NULL AND deleted = 0
                UNION SELECT household FROM change_report WHERE type = 'death' AND deleted = 0)
            """
        ).all { $0.id(0) }
        let personal = try Query(
            database,
            """
            SELECT a.id FROM application a JOIN member m ON m.id = a.member
            WHERE a.deleted = 0 AND m.death_date IS NOT NULL AND m.deleted = 0
            """
        ).all { $0.id(0) }
        let changed = try ["stopped", "adjusted"].flatMap { result in
            try tables.all(of: records.kind("decision"), where: [("result", .text(result))], in: database)
                .compactMap { Linked($0)?.value("application").recordID }
        }
        let wanted = Set(deaths + personal + changed)
        return try wanted.filter { try records.record($0, kind: records.kind("application")) != nil }
    }

    /// Recoveries of every case, or of one, the older first.
    func list(_ application: String? = nil) throws -> [Entry] {
        try township.database.read { database in
            let records = try CaseReader(township, in: database)
            let found = try records.tables.all(
                of: MoneyKinds.recovery,
                where: application.map { [("application", .text(try known($0)))] } ?? [], in: database)
            return try found.compactMap { record in
                try Linked(record).map { try entry($0, in: records) }
            }
        }
    }

    private func known(_ id: String) throws -> String {
        guard RecordID(id) != nil else { throw Problem(.unknownRecord, id) }
        return id
    }

    func entry(_ recovery: Linked, in records: CaseReader) throws -> Entry {
        let file = try records.file(recovery.text("application") ?? "", at: township.clock())
        return Entry(
            recovery: recovery, file: file, state: file.state(of: recovery),
            outstandingFen: recovery.text("decision") == "rejected" ? 0 : file.outstandingFen(of: recovery),
            items: file.items(of: recovery.record.id))
    }

    /// What is claimed.
    struct Claim {
        var lines: [String]
        var cause: MoneyKinds.Cause
        var amountFen: Int64
        var instalmentFen: Int64?
    }

    /// Claims money back of a case; another person decides.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` for lines that do not stand, or more than they paid.
    func propose(_ application: String, _ claim: Claim, act: Desk.Act) throws -> Entry {
        try write(act) { desk in
            try desk.new(
                "recovery",
                [
                    ("application", .text(try known(application))), ("cause", .text(claim.cause.rawValue)),
                    ("lines", .list(claim.lines)), ("amount_fen", .int64(claim.amountFen)),
                    ("instalment_fen", claim.instalmentFen.map(Value.int64) ?? .null),
                    ("reason", act.reason.isEmpty ? .null : .text(act.reason)), ("proposed_by", .text(act.author)),
                    ("proposed_at", .time(act.now)),
                ], id: act.made)
        }
    }

    /// Approves or rejects a claim.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` for who proposed it, ``Problem/Code/unknownRecord``.
    func decide(_ id: String, isApproved: Bool, act: Desk.Act) throws -> Entry {
        try write(act) { _ in
            Draft(
                kind: MoneyKinds.recovery, record: try recovery(id).record.id, operation: .edit,
                writes: [
                    .set("decision", .text(isApproved ? "approved" : "rejected")),
                    .set("decided_by", .text(act.author)),
                    .set("decided_at", .time(act.now)),
                ] + (act.reason.isEmpty ? [] : [.set("decision_reason", .text(act.reason))]))
        }
    }

    /// Withholds from a frozen line that is not handed in yet.
    /// - Parameter fen: `nil`: an instalment, or what is out, but less than the line.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove``, ``Problem/Code/unknownRecord``.
    func withhold(_ id: String, from line: String, fen: Int64?, act: Desk.Act) throws -> Entry {
        let recovery = try recovery(id)
        let out = try outstanding(of: recovery)
        let fen = fen ?? min(out, recovery.number("instalment_fen") ?? out)
        return try item(
            recovery, .offset, fen: fen,
            [
                ("payment", .text(try known(line))), ("reason", act.reason.isEmpty ? .null : .text(act.reason)),
                ("on", .date(act.now.day)),
            ], act: act)
    }

    private func outstanding(of recovery: Linked) throws -> Int64 {
        try township.database.read { try entry(recovery, in: CaseReader(township, in: $0)).outstandingFen }
    }

    /// Records what was paid back.
    /// - Throws: ``Problem`` ``Problem/Code/refusedMove``, ``Problem/Code/unknownRecord``.
    func receive(
        _ id: String, _ means: MoneyKinds.Means, fen: Int64, on day: CalendarDay, receipt: String?, act: Desk.Act
    ) throws -> Entry {
        try item(
            try recovery(id), means, fen: fen,
            [("on", .date(day)), ("receipt", receipt.map(Value.text) ?? .null)], act: act)
    }

    private func item(
        _ recovery: Linked, _ means: MoneyKinds.Means, fen: Int64, _ fields: [(String, Value)], act: Desk.Act
    ) throws -> Entry {
        try write(act, of: recovery.record.id) { desk in
            try desk.new(
                "recovery_item",
                [
                    ("application", recovery.value("application")), ("recovery", .text(recovery.record.id.description)),
                    ("means", .text(means.rawValue)), ("amount_fen", .int64(fen)), ("by", .text(act.author)),
                ] + fields, id: act.made)
        }
    }

    private func recovery(_ id: String) throws -> Linked {
        let found = try township.database.read { database in
            try RecordID(id).flatMap {
                try township.database.tables.record($0, kind: MoneyKinds.recovery, in: database)
            }.flatMap(Linked.init)
        }
        guard let found else { throw Problem(.unknownRecord, id) }
        return found
    }

    /// - Returns: the recovery that was written, or the one that the record is of.
    private func write(
        _ act: Desk.Act, of recovery: RecordID? = nil, _ draft: (CaseDesk) throws -> Draft
    ) throws -> Entry {
        let draft = try draft(CaseDesk(township: township))
        _ = try CaseDesk(township: township).add(draft, act: act)
        return try township.database.read { database in
            let records = try CaseReader(township, in: database)
            guard
                let record = try records.record(recovery ?? draft.record, kind: MoneyKinds.recovery)
                    .flatMap(Linked.init)
            else { throw Problem(.internalError, "recovery") }
            return try entry(record, in: records)
        }
    }
}

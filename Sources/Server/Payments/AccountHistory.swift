import Assistance
import RecordStore
import SyncEngine

/// Who decided where a household is paid, as the log tells it: who touched an account of it, of its people or of what was
/// merged into it; who merged households or people; who made another the payee.
struct AccountHistory {
    private let records: CaseReader
    /// What came later is not looked at.
    private let through: Seq
    /// What was taken out of a household meanwhile, by the household: accounts, and households that were merged into it.
    private let left: [RecordID: Set<RecordID>]

    /// - Parameter seq: the earliest that is asked for.
    init(records: CaseReader, after seq: Seq, through: Seq = .max) throws {
        (self.records, self.through) = (records, through)
        left = try Self.left(after: seq, in: records)
    }

    private var log: LogReader { LogReader(records.database, tables: records.tables) }

    // MARK: - The first line

    private static let approving = [CaseState.approved, .confirmed, .signedOff].map { "'\($0.rawValue)'" }
        .joined(separator: ", ")

    /// By the index of applications.
    static let approvalSQL = """
        SELECT min(seq) FROM case_move WHERE application = ? AND deleted = 0 AND "to" IN (\(approving))
        """

    /// When a leader first approved a case; `nil` for one that nobody approved.
    static func approval(of application: RecordID, in records: CaseReader) throws -> Seq? {
        var query = try Query(records.database, approvalSQL)
        query.bind(application)
        return try query.first { $0.isNull(0) ? nil : $0.uint64(0) } ?? nil
    }

    /// Whether more than one account may ever have been the one, or somebody had a hand in the one; by the indexes of
    /// households and of the log.
    static let touchedSQL = """
        SELECT 1 FROM household h WHERE h.id = ?1 AND (h.alias_of IS NOT NULL
            OR EXISTS (SELECT 1 FROM household m WHERE m.alias_of = ?1)
            OR (SELECT count(*) FROM bank_account b WHERE b.household = ?1) > 1
            OR EXISTS (SELECT 1 FROM bank_account b WHERE b.household = ?1 AND (b.member IS NOT NULL OR EXISTS
                (SELECT 1 FROM log_change c JOIN log l ON l.seq = c.id >> 20
                WHERE c.record = b.id AND (l.is_desk OR l.seq > ?2)))))
        """

    /// The household had one account when the case was approved, as a station recorded it, and nobody touched it since.
    func isUntouched(_ application: RecordID) throws -> Bool {
        guard let approval = try Self.approval(of: application, in: records),
            let household = try records.record(application, kind: records.kind("application")).flatMap(Linked.init)?
                .value("household").recordID, left[household] == nil
        else { return false }
        var query = try Query(records.database, Self.touchedSQL)
        query.bind(household)
        query.bind(approval)
        return try query.first { _ in true } == nil
    }

    /// What a case that is paid for the first time was to be paid to when it was approved, or before the desk first touched
    /// an account of the family.
    func first(of file: CaseFile) throws -> AccountReview.Known {
        let approval = try Self.approval(of: file.application.record.id, in: records) ?? 0
        let desk = try accounts(of: file).flatMap { try log.changes(of: $0.record.id, after: 0) }
            .filter { $0.isDesk && $0.seq <= approval }.map(\.seq).min()
        let since = desk.map { $0 - 1 } ?? approval
        let past = PastRecords(tables: records.tables, database: records.database, seq: since)
        let then = FormerFamily(past: past, left: left)
        let application = try past.record(file.application.record.id, kind: file.application.kind)
        let former = try CaseFile(application ?? file.application.record, in: then, at: file.at, shelf: records.shelf)
        let accounts = former?.accounts ?? []
        return .init(account: accounts.count == 1 ? accounts.first.map(AccountReview.Account.init) : nil, since: since)
    }

    // MARK: - Who changed it

    /// What decided where a case is paid after a seq, the older first; all of it where nothing is later.
    func changes(of file: CaseFile, after since: Seq) throws -> [AccountReview.Change] {
        let all = try (family(of: file) + accounts(of: file)).flatMap { record in
            try log.changes(of: record.record.id, after: 0).compactMap(Self.change)
        }.filter { $0.seq <= through }.sorted { $0.seq < $1.seq }
        let later = all.filter { $0.seq > since }
        return later.isEmpty ? all : later
    }

    /// Who changed where a case is paid after a seq.
    func authors(of file: CaseFile, after since: Seq) throws -> Set<String> {
        Set(try changes(of: file, after: since).filter { $0.seq > since }.map(\.author))
    }

    /// The case, its household, those that were merged into it, and their people, also those that were deleted.
    private func family(of file: CaseFile) throws -> [Linked] {
        guard let home = file.home else { return [file.application] }
        let present = try records.tables.family(of: home.record, in: records.database).compactMap(Linked.init)
            .filter { $0.kind === householdKind || $0.kind === memberKind }
        let former = try (present + [home]).flatMap { left[$0.record.id] ?? [] }.compactMap {
            try records.tables.record($0, kind: householdKind, in: records.database).flatMap(Linked.init)
        }
        return Self.unique([file.application, home] + present + former)
    }

    /// The accounts of the family, cleared, deleted and taken out meanwhile too.
    private func accounts(of file: CaseFile) throws -> [Linked] {
        let family = try family(of: file)
        let accounts = try family.flatMap { owner -> [SyncEngine.Record] in
            let field = owner.kind === householdKind ? "household" : owner.kind === memberKind ? "member" : nil
            guard let field else { return [] }
            return try records.tables.dependents(of: owner.record, in: records.database).filter {
                $0.kind == bankAccountKind.name && !$0.value(field, in: bankAccountKind).isNull
            }
        }.compactMap(Linked.init)
        let former = try family.flatMap { left[$0.record.id] ?? [] }.compactMap {
            try records.tables.record($0, kind: bankAccountKind, in: records.database).flatMap(Linked.init)
        }
        return Self.unique(accounts + former)
    }

    private static func unique(_ all: [Linked]) -> [Linked] {
        Array(Dictionary(all.map { ($0.record.id, $0) }) { first, _ in first }.values)
            .sorted { $0.record.id < $1.record.id }
    }

    // MARK: - What a change did

    private static let pointing: [String: [String: AccountReview.Change.Act]] = [
        householdKind.name: [KindSchema.aliasField: .merged, "head": .payee, Effect.deleted: .deleted],
        memberKind.name: [KindSchema.aliasField: .merged, "household": .payee, Effect.deleted: .deleted],
        "application": ["member": .payee, "household": .payee],
    ]

    private static func change(_ change: LoggedChange) -> AccountReview.Change? {
        act(of: change).map { act in
            AccountReview.Change(
                seq: change.seq, act: act, author: change.author, isDesk: change.isDesk, at: change.time.instant,
                reason: change.reason)
        }
    }

    private static func act(of change: LoggedChange) -> AccountReview.Change.Act? {
        let fields = Set(change.effects.filter(\.changesValue).map(\.field))
        guard change.kind == bankAccountKind.name else {
            guard !change.isCreation, let acts = pointing[change.kind] else { return nil }
            return acts.filter { fields.contains($0.key) }.map(\.value).min { $0.rawValue < $1.rawValue }
        }
        if change.isCreation { return .added }
        if fields.contains(Effect.deleted) || change.operation == .delete { return .deleted }
        if fields.contains(KindSchema.aliasField) { return .merged }
        return fields.isEmpty ? nil : .edited
    }

    // MARK: - What was taken out

    /// By the log's order: what the desk or a station changed of accounts, and the desk alone of households.
    static let movedSQL = """
        SELECT c.record FROM log_change c JOIN log l ON l.seq = c.id >> 20
        WHERE c.id >= (?1 << 20) AND c.operation <> 1 AND (c.kind = 'bank_account' OR c.kind = 'household' AND l.is_desk)
        """

    private static func left(after seq: Seq, in records: CaseReader) throws -> [RecordID: Set<RecordID>] {
        var query = try Query(records.database, movedSQL)
        query.bind(seq)
        let log = LogReader(records.database, tables: records.tables)
        var left: [RecordID: Set<RecordID>] = [:]
        for record in Set(try query.all { $0.id(0) }).sorted() {
            for change in try log.changes(of: record, after: seq) {
                for effect in change.effects where effect.changesValue && places.contains(effect.field) {
                    guard let from = effect.old.recordID else { continue }
                    left[from, default: []].insert(record)
                }
            }
        }
        return left
    }

    private static let places: Set<String> = ["household", "member", KindSchema.aliasField]
}

/// A household with its accounts as they were, also those that are elsewhere now, and without those that were elsewhere.
private struct FormerFamily: LinkedRecords {
    let past: PastRecords
    let left: [RecordID: Set<RecordID>]

    func record(_ id: RecordID, kind: KindSchema) throws -> SyncEngine.Record? { try past.record(id, kind: kind) }

    func dependents(of record: SyncEngine.Record) throws -> [SyncEngine.Record] {
        let below = try past.dependents(of: record)
        guard record.kind == householdKind.name else { return below }
        let known = Set(below.map(\.id))
        let households = [record.id] + below.filter { $0.kind == householdKind.name }.map(\.id)
        let gone = households.flatMap { left[$0] ?? [] }.filter { !known.contains($0) }
        let split = try gone.compactMap { try past.record($0, kind: householdKind) }
        let accounts =
            try gone.compactMap { try past.record($0, kind: bankAccountKind) }
            + split.flatMap { try past.dependents(of: $0).filter { $0.kind == bankAccountKind.name } }
        let own = try (below.filter { $0.kind == bankAccountKind.name } + accounts).filter {
            try isAccount($0, of: record)
        }
        return below.filter { $0.kind != bankAccountKind.name }
            + Dictionary(own.map { ($0.id, $0) }) { first, _ in first }.values.sorted { $0.id < $1.id }
    }

    private func isAccount(_ account: SyncEngine.Record, of household: SyncEngine.Record) throws -> Bool {
        guard let named = account.value("household", in: bankAccountKind).recordID,
            let home = try past.record(named, kind: householdKind)
        else { return false }
        return try canonical(home, kind: householdKind).id == household.id
    }
}

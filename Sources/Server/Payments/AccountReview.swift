import Assistance
import RecordStore
import SyncEngine

/// Where a roll pays to, for a second person to see (R12, R14): accounts that are others than the cases were last paid to,
/// with who changed them, and accounts that several households are paid to. Of a first line the account is compared with
/// what was recorded first.
struct AccountReview: Sendable {
    /// An account as a line has it.
    struct Account: Hashable, Sendable {
        static let fields = ["kind", "number", "bank", "holder"]
        /// In the order of ``fields``.
        let values: [String?]

        var number: String { values[1] ?? "" }
        var masked: String { Masking.account(number) }

        /// Names of the fields that are others.
        func fields(unlike other: Account) -> [String] {
            Self.fields.indices.filter { values[$0] != other.values[$0] }.map { Self.fields[$0] }
        }
    }

    struct Line: Sendable {
        let application: RecordID
        let account: Account
    }

    struct Household: Hashable, Sendable {
        let id: RecordID
        let number: String?
        let village: String

        /// As a message names it.
        var name: String { number ?? id.description }
    }

    /// A set that changed an account.
    struct Change: Sendable {
        let seq: Seq
        let author: String
        /// Written in the township; else by a station.
        let isDesk: Bool
        let at: Instant
        let reason: String
    }

    struct Changed: Sendable {
        let household: Household
        /// The cases that are paid to it.
        var applications: [RecordID]
        let before: Account
        let after: Account
        /// Since the line before was frozen, the older first; what brought the account in where none is later.
        let changes: [Change]

        func isBy(_ person: String) -> Bool { changes.contains { MoneyAdmission.isSame($0.author, person) } }
    }

    struct Shared: Sendable {
        let account: Account
        /// Two at least.
        let households: [Household]
        let applications: [RecordID]
    }

    private(set) var changed: [Changed] = []
    private(set) var shared: [Shared] = []

    /// Households that a refusal names.
    private static let namedHouseholds = 20

    /// Who changed where a roll pays to does not freeze it: another has seen every account that is new.
    /// - Throws: ``Problem`` ``Problem/Code/samePerson``, which names the households.
    func checkFreezer(_ person: String) throws {
        guard let names = Self.names(changed.filter { $0.isBy(person) }) else { return }
        throw Problem(
            .samePerson, names,
            explanation: Label(
                zh: "这些户的账户是您改的，改后还没有发放过，名册须由另一人冻结",
                en:
                    "You changed the accounts of these households, and nothing was paid there yet: another freezes the roll"
            ),
            hint: Label(
                zh: "请另一位同事看过换了账户的户，由他冻结这个月的名册。",
                en: "Ask a colleague to look at the accounts that changed, and to freeze the roll."))
    }

    /// Nor does who has not seen the last change of it.
    /// - Parameter seen: the seq of the page that was looked at; `nil`: the head.
    /// - Throws: ``Problem`` ``Problem/Code/changedMeanwhile``, which names the households.
    func checkSeen(_ seen: Seq?) throws {
        guard let seen, let names = Self.names(changed.filter { $0.changes.contains { $0.seq > seen } }) else { return }
        throw Problem(
            .changedMeanwhile, names,
            explanation: Label(
                zh: "这些户的账户在您查看之后又改过", en: "The accounts of these households were changed after you looked"),
            hint: Label(
                zh: "请重新计算应发，看过这些账户再冻结。", en: "Work out anew what is due, look at these accounts, then freeze."))
    }

    private static func names(_ changed: [Changed]) -> String? {
        guard !changed.isEmpty else { return nil }
        let isLong = changed.count > namedHouseholds
        return changed.prefix(namedHouseholds).map(\.household.name).joined(separator: ", ") + (isLong ? "…" : "")
    }
}

// MARK: - Reading

extension AccountReview {
    /// Of a roll that is not frozen.
    init(_ roll: Roll, in records: CaseReader) throws {
        let lines = roll.lines.map { line in
            Line(
                application: line.file.application.record.id,
                account: Account(values: Account.fields.map { line.account.text($0) }))
        }
        try self.init(lines, month: roll.month.description, before: .max, in: records)
    }

    /// Of a frozen one, as it was when it was frozen.
    init(frozen roll: Linked, in records: CaseReader) throws {
        try self.init(
            Self.lines(of: roll.record.id, in: records), month: roll.text("month") ?? "", before: roll.record.seq,
            in: records)
    }

    /// - Parameter seq: of the roll; earlier rolls are below it.
    private init(_ lines: [Line], month: String, before seq: Seq, in records: CaseReader) throws {
        guard !lines.isEmpty else { return }
        let rolls = try records.tables.all(of: rollKind, where: [], in: records.database).compactMap(Linked.init)
            .filter { $0.record.seq < seq }.sorted { $0.record.seq > $1.record.seq }
        let paidTo = Dictionary(lines.map { ($0.application, $0.account) }) { $1 }
        let last = try Self.last(of: Set(paidTo.keys), rolls: rolls, in: records)
        let history = AccountHistory(records: records, through: seq == .max ? seq : seq - 1)
        for (application, account) in paidTo.sorted(by: { $0.key < $1.key }) {
            let found = try last[application] ?? history.first(of: application, paidTo: account)
            guard let found, found.account != account else { continue }
            try add(application, from: found, to: account, by: history)
        }
        let earlier = try rolls.filter { $0.text("month") == month }.flatMap {
            try Self.lines(of: $0.record.id, in: records)
        }
        shared = try Self.shared(lines, besides: earlier, in: records)
    }

    /// What a case was paid to, and after which seq the account was changed.
    struct Known: Sendable {
        let account: Account
        let since: Seq
    }

    private mutating func add(
        _ application: RecordID, from known: Known, to account: Account, by history: AccountHistory
    ) throws {
        let file = try history.records.file(application.description, at: Instant(milliseconds: 0))
        let home = file.home ?? file.application
        if let index = changed.firstIndex(where: {
            $0.household.id == home.record.id && $0.after == account && $0.before == known.account
        }) {
            changed[index].applications.append(application)
            return
        }
        changed.append(
            Changed(
                household: Household(
                    id: home.record.id, number: home.text("number"), village: home.record.scope.code),
                applications: [application], before: known.account, after: account,
                changes: try history.changes(of: file, to: account, after: known.since)))
    }

    private static let columns = "account_kind, account_number, account_bank, account_holder"
    /// By the index of rolls.
    static let lineSQL = """
        SELECT application, \(columns) FROM payment
        WHERE roll = ? AND deleted = 0 AND reverses IS NULL AND account_number IS NOT NULL
        """
    /// By the index of applications.
    static let lastSQL = """
        SELECT p.account_kind, p.account_number, p.account_bank, p.account_holder, r.seq
        FROM payment p JOIN roll r ON r.id = p.roll
        WHERE p.application = ? AND p.deleted = 0 AND p.reverses IS NULL AND p.account_number IS NOT NULL AND r.seq < ?
        ORDER BY r.seq DESC LIMIT 1
        """

    private static func lines(of roll: RecordID, in records: CaseReader) throws -> [Line] {
        var query = try Query(records.database, lineSQL)
        query.bind(roll)
        return try query.all { row in
            Line(
                application: row.id(0),
                account: Account(values: (1...4).map { row.optionalText(Int32($0)) }))
        }
    }

    /// Rolls that are read whole: most cases are on the last ones. The others are looked up one by one.
    private static let wholeRolls = 3

    /// - Parameter rolls: the later first.
    private static func last(
        of applications: Set<RecordID>, rolls: [Linked], in records: CaseReader
    ) throws -> [RecordID: Known] {
        var found: [RecordID: Known] = [:]
        for roll in rolls.prefix(wholeRolls) {
            for line in try lines(of: roll.record.id, in: records)
            where found[line.application] == nil && applications.contains(line.application) {
                found[line.application] = Known(account: line.account, since: roll.record.seq)
            }
        }
        guard rolls.count > wholeRolls, let latest = rolls.first else { return found }
        for application in applications where found[application] == nil {
            var query = try Query(records.database, lastSQL)
            query.bind(application)
            query.bind(latest.record.seq + 1)
            found[application] = try query.first { row in
                Known(account: Account(values: (0...3).map { row.optionalText(Int32($0)) }), since: row.uint64(4))
            }
        }
        return found
    }

    /// - Parameter earlier: of batches of the month that were frozen before.
    private static func shared(
        _ lines: [Line], besides earlier: [Line], in records: CaseReader
    ) throws -> [Shared] {
        var users: [String: Set<RecordID>] = [:]
        for line in lines { users[line.account.number, default: []].insert(line.application) }
        for line in earlier where users[line.account.number] != nil {
            users[line.account.number]?.insert(line.application)
        }
        let accounts = Dictionary(lines.map { ($0.account.number, $0.account) }) { first, _ in first }
        return try users.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.compactMap { number, cases in
            let households = try Set(cases.compactMap { try household(of: $0, in: records) })
            guard households.count > 1, let account = accounts[number] else { return nil }
            return Shared(
                account: account, households: households.sorted { $0.id < $1.id }, applications: cases.sorted())
        }
    }

    private static func household(of application: RecordID, in records: CaseReader) throws -> Household? {
        guard
            let id = try records.record(application, kind: records.kind("application")).flatMap(Linked.init)?
                .value("household").recordID, let named = try records.record(id, kind: householdKind),
            let home = Linked(try records.canonical(named, kind: householdKind))
        else { return nil }
        return Household(id: home.record.id, number: home.text("number"), village: home.record.scope.code)
    }
}

/// Who changed a household's accounts, as the log tells it.
struct AccountHistory {
    let records: CaseReader
    /// What came later is not looked at.
    let through: Seq

    init(records: CaseReader, through: Seq = .max) {
        (self.records, self.through) = (records, through)
    }

    private var log: LogReader { LogReader(records.database, tables: records.tables) }

    /// Accounts of a case's household that more than one set has touched, by the index of households.
    static let editedSQL = """
        SELECT b.id FROM application a JOIN bank_account b ON b.household = a.household AND b.number = ?
        WHERE a.id = ? AND b.deleted = 0
        AND EXISTS (SELECT 1 FROM log_change c WHERE c.record = b.id LIMIT 1 OFFSET 1) LIMIT 1
        """

    /// What was recorded first of the account that a case is paid to for the first time; `nil` where nobody has touched it
    /// since.
    func first(of application: RecordID, paidTo account: AccountReview.Account) throws -> AccountReview.Known? {
        var query = try Query(records.database, Self.editedSQL)
        query.bind(account.number)
        query.bind(application)
        guard let id = try query.first({ $0.id(0) }) else { return nil }
        let created = try log.changes(of: id, after: 0).first { Self.touches($0) }
        guard let created, let then = try value(of: id, asOf: created.seq) else { return nil }
        return .init(account: then, since: created.seq)
    }

    /// What changed the account of a case to what it is, the older first.
    func changes(
        of file: CaseFile, to account: AccountReview.Account, after since: Seq
    ) throws -> [AccountReview.Change] {
        try file.ofHousehold(Self.kind.name).filter { record in
            try value(of: record.record.id, asOf: through) == account
        }.flatMap { record in
            let all = try changes(of: record.record.id)
            let later = all.filter { $0.seq > since }
            return later.isEmpty ? Array(all.suffix(1)) : later
        }.sorted { $0.seq < $1.seq }
    }

    /// Who changed any account of a household after a seq.
    func authors(of file: CaseFile, after since: Seq) throws -> Set<String> {
        Set(
            try file.ofHousehold(Self.kind.name).flatMap { try changes(of: $0.record.id) }
                .filter { $0.seq > since }.map(\.author))
    }

    private static let kind = bankAccountKind

    private static func touches(_ change: LoggedChange) -> Bool {
        change.effects.contains { AccountReview.Account.fields.contains($0.field) && $0.changesValue }
    }

    private func changes(of account: RecordID) throws -> [AccountReview.Change] {
        try log.changes(of: account, after: 0).filter { $0.seq <= through && Self.touches($0) }.map { change in
            AccountReview.Change(
                seq: change.seq, author: change.author, isDesk: change.isDesk, at: change.time.instant,
                reason: change.reason)
        }
    }

    private func value(of account: RecordID, asOf seq: Seq) throws -> AccountReview.Account? {
        try log.record(account, kind: Self.kind, asOf: seq).flatMap(Linked.init).map { record in
            AccountReview.Account(values: AccountReview.Account.fields.map { record.text($0) })
        }
    }
}

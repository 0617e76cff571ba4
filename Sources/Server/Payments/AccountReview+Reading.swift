import Assistance
import RecordStore
import SyncEngine

extension AccountReview {
    /// Of a roll that is not frozen.
    init(_ roll: Roll, in records: CaseReader) throws {
        let lines = roll.lines.map { line in
            Line(application: line.file.application.record.id, account: Account(line.account), file: line.file)
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
        let paidTo = Dictionary(lines.map { ($0.application, $0) }) { $1 }
        let last = try Self.last(of: Set(paidTo.keys), rolls: rolls, in: records)
        let names = try VillageDesk.names(in: records.database)
        let others = paidTo.values.filter { line in last[line.application].map { $0.account != line.account } ?? true }
        let starts = try others.map { line in
            try last[line.application]?.since ?? AccountHistory.approval(of: line.application, in: records) ?? 0
        }
        let history = try AccountHistory(
            records: records, after: starts.min() ?? 0, through: seq == .max ? seq : seq - 1)
        for line in others.sorted(by: { $0.application < $1.application }) {
            func file() throws -> CaseFile {
                try line.file ?? records.file(line.application.description, at: Instant(milliseconds: 0))
            }
            if let known = last[line.application] {
                try add(line, from: known, file(), names, by: history)
            } else if try !history.isUntouched(line.application) {
                let file = try file()
                let known = try history.first(of: file)
                if known.account != line.account { try add(line, from: known, file, names, by: history) }
            }
        }
        let earlier = try rolls.filter { $0.text("month") == month }.flatMap {
            try Self.lines(of: $0.record.id, in: records)
        }
        shared = try Self.shared(lines, besides: earlier, names, in: records)
    }

    /// What a case was paid to, and after which seq the account was changed.
    struct Known: Sendable {
        /// `nil`: nothing.
        let account: Account?
        let since: Seq
    }

    private mutating func add(
        _ line: Line, from known: Known, _ file: CaseFile, _ names: VillageNames, by history: AccountHistory
    ) throws {
        let home = file.home ?? file.application
        if let index = changed.firstIndex(where: {
            $0.household.id == home.record.id && $0.after == line.account && $0.before == known.account
        }) {
            changed[index].applications.append(line.application)
            return
        }
        changed.append(
            Changed(
                household: Self.household(home, names), applications: [line.application], before: known.account,
                after: line.account, changes: try history.changes(of: file, after: known.since),
                isOfAnother: AccountHolder.isOfAnother(
                    line.account.holder, people: file.ofHousehold(memberKind.name))))
    }

    private static func household(_ home: Linked, _ names: VillageNames) -> Household {
        let village = home.record.scope.code
        return Household(id: home.record.id, number: home.text("number"), village: village, villageName: names[village])
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
        _ lines: [Line], besides earlier: [Line], _ names: VillageNames, in records: CaseReader
    ) throws -> [Shared] {
        var users: [String: Set<RecordID>] = [:]
        for line in lines { users[line.account.number, default: []].insert(line.application) }
        for line in earlier where users[line.account.number] != nil {
            users[line.account.number]?.insert(line.application)
        }
        let accounts = Dictionary(lines.map { ($0.account.number, $0.account) }) { first, _ in first }
        return try users.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.compactMap { number, cases in
            let households = try Set(cases.compactMap { try household(of: $0, names, in: records) })
            guard households.count > 1, let account = accounts[number] else { return nil }
            return Shared(
                account: account, households: households.sorted { $0.id < $1.id }, applications: cases.sorted())
        }
    }

    /// The households of cases, each once.
    static func households(of cases: [RecordID], in records: CaseReader) throws -> [Household] {
        let names = try VillageDesk.names(in: records.database)
        return try Set(cases.compactMap { try household(of: $0, names, in: records) }).sorted { $0.id < $1.id }
    }

    private static func household(
        of application: RecordID, _ names: VillageNames, in records: CaseReader
    ) throws -> Household? {
        guard
            let id = try records.record(application, kind: records.kind("application")).flatMap(Linked.init)?
                .value("household").recordID, let named = try records.record(id, kind: householdKind),
            let home = Linked(try records.canonical(named, kind: householdKind))
        else { return nil }
        return household(home, names)
    }
}

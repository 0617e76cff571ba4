import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import Synchronization
import Testing

import class GRDB.Database

@testable import Assistance
@testable import Server

/// A township in a folder of its own whose clerks do whatever comes to their minds: what the rules refuse is refused,
/// the rest is on record.
final class LedgerWorld {
    let folder: TemporaryFolder
    let township: Township
    var dice: Dice
    private let time: Clock
    private(set) var households: [RecordID] = []
    private(set) var members: [RecordID] = []
    private(set) var applications: [RecordID] = []

    final class Clock: Sendable {
        let now: Mutex<Instant>
        init(_ now: Instant) { self.now = Mutex(now) }
    }

    static let villages = ["370404101201", "370404101202", "370404101203"]

    init(seed: UInt64 = 1, on day: String = "2026-03-02") throws {
        folder = try TemporaryFolder()
        dice = Dice(seed)
        time = Clock(Instant(day + "T09:00:00+08:00")!)
        let time = time
        township = try Township.initialise(
            TownshipFolder(path: folder.url.appending(path: "township").path), name: "阴平镇",
            region: Scope("370404101")
        ) { time.now.withLock { $0 } }
    }

    var now: Instant { township.clock() }
    var today: CalendarDay { now.day }

    /// What the ledger said at the end of each day, when ``keepsDays``.
    private(set) var days: [(day: CalendarDay, rows: [String])] = []
    var keepsDays = false

    func later(days: Int) {
        if keepsDays, days > 0, let rows = try? refreshed() { self.days.append((today, rows)) }
        time.now.withLock { $0 = Instant(milliseconds: $0.milliseconds + Int64(days) * 86_400_000) }
    }

    // MARK: - Acts

    func act(_ reason: String = "") -> Desk.Act { Desk.Act(author: "李", reason: reason, now: now) }

    /// Writes, unless the rules refuse it.
    @discardableResult func add(_ kind: String, _ fields: [String: Value]) -> RecordID? {
        let kind = AssistanceSchema.current.kind(kind)!
        let id = Township.newID(at: now)
        let draft = Draft(
            kind: kind, record: id, operation: .create,
            writes: fields.sorted { $0.key < $1.key }.filter { !$0.value.isNull }.map { .set($0.key, $0.value) })
        return commit(draft) ? id : nil
    }

    @discardableResult func edit(_ id: RecordID, _ kind: String, _ writes: FieldWrite...) -> Bool {
        commit(Draft(kind: AssistanceSchema.current.kind(kind)!, record: id, operation: .edit, writes: writes))
    }

    @discardableResult func delete(_ id: RecordID, _ kind: String) -> Bool {
        commit(Draft(kind: AssistanceSchema.current.kind(kind)!, record: id, operation: .delete))
    }

    private func commit(_ draft: Draft) -> Bool {
        do {
            return try township.database.write { try township.desk.act([draft], act(), in: $0) } != nil
        } catch is Problem {
            return false
        } catch {
            Issue.record(error)
            return false
        }
    }

    func household(in village: String = villages[0], number: String = "001") -> RecordID {
        let id = add("household", ["village": .text(village), "number": .text(number)])!
        households.append(id)
        return id
    }

    func member(of household: RecordID, name: String = "张三") -> RecordID {
        let id = add("member", ["household": .text(household.description), "name": .text(name)])!
        members.append(id)
        return id
    }

    @discardableResult func apply(_ programme: Programme, household: RecordID, member: RecordID) -> RecordID {
        let id = add(
            "application",
            [
                "household": .text(household.description), "member": .text(member.description),
                "programme": .text(programme.rawValue), "applied_at": .time(now), "reason": .text("因病"),
            ])!
        applications.append(id)
        return id
    }

    func below(_ application: RecordID, _ kind: String, _ fields: [String: Value] = [:]) {
        add(kind, fields.merging(["application": .text(application.description)]) { $1 })
    }

    func day(_ offset: Int) -> Value { .date(today.adding(days: offset)) }

    @discardableResult func move(_ id: RecordID, _ name: String) -> Bool {
        do {
            _ = try CaseDesk(township: township).move(id.description, name, role: .leader, act: act())
            return true
        } catch is Problem {
            return false
        } catch {
            Issue.record(error)
            return false
        }
    }

    func decide(_ id: RecordID, _ result: CaseDecision.Result) {
        let opinion = CaseDesk.Opinion(
            result: result, basis: "依据", signatories: ["李", "王"], role: .leader, amountFen: nil)
        _ = try? CaseDesk(township: township).decide(id.description, opinion, act: act())
    }

    // MARK: - What is on record

    func file(_ id: RecordID) throws -> CaseFile? {
        try township.database.read { try? CaseReader(township, in: $0).file(id.description, at: now) }
    }

    /// Every case, read one by one.
    func files() throws -> [CaseFile] {
        try township.database.read {
            try CaseReader(township, in: $0).files(RecordSelection(limit: Limits.listRecords), at: now)
        }
    }

    /// What a ledger that is built from nothing says, table by table and row by row.
    func rebuilt() throws -> [String] {
        let file = LedgerFile(path: folder.url.appending(path: "\(UUID().uuidString).sqlite").path)
        try Ledger(township: township, file: file).refresh()
        return try Self.rows(of: file)
    }

    /// What the township's ledger says once it is up to date.
    func refreshed() throws -> [String] {
        try township.ledger.refresh()
        return try Self.rows(of: township.ledgerFile)
    }

    static func rows(of file: LedgerFile) throws -> [String] {
        try file.database().read { try rows(in: $0) }
    }

    /// All that is asked of a ledger. The day on which an entry is worked out anew is not: it may come early, on one way
    /// earlier than on another; were it ever late, the other columns would differ on that day.
    static func rows(in database: Database) throws -> [String] {
        try ["entry", "clock", "task", "turn"].flatMap { table in
            let columns = try Query(
                database,
                "SELECT name FROM pragma_table_info('\(table)') WHERE name NOT IN ('row', 'changes_on')"
            ).all { $0.text(0) }
            let line = columns.map { "quote(\($0))" }.joined(separator: " || '|' || ")
            return try Query(database, "SELECT \(line) FROM \(table)").all { table + ": " + $0.text(0) }.sorted()
        }
    }

    static func difference(_ a: [String], _ b: [String]) -> String {
        let (left, right) = (Set(a), Set(b))
        return "left alone: \(left.subtracting(right).sorted()) right alone: \(right.subtracting(left).sorted())"
    }
}

import GRDB
import RecordStore
import SyncEngine
import Testing

@testable import Assistance
@testable import Server

/// Where a frozen roll pays to is read from its lines, and by index.
@Suite struct AccountReviewSQLTests {
    private let world: LedgerWorld

    init() throws { world = try LedgerWorld() }

    private func roll(_ month: String, _ batch: Int64 = 1) throws -> RecordID {
        world.later(days: 1)
        return try #require(world.add("roll", ["month": .text(month), "batch": .int64(batch)]))
    }

    private struct Home {
        let application: RecordID
        let account: RecordID
        let household: RecordID
    }

    private func home(_ number: String, account: String) throws -> Home {
        let household = world.household(number: number)
        let member = world.member(of: household, name: "张\(number)")
        let id = world.add(
            "bank_account",
            ["household": .text(household.description), "kind": .text("折"), "number": .text(account)])
        return Home(
            application: world.apply(.reliefUrgent, household: household, member: member), account: try #require(id),
            household: household)
    }

    private func pay(_ home: Home, _ account: String, in roll: RecordID, _ month: String) throws {
        let made = world.add(
            "payment",
            [
                "application": .text(home.application.description), "roll": .text(roll.description),
                "month": .text(month), "amount_fen": .int64(1000), "means": .text("account"),
                "account_kind": .text("折"), "account_number": .text(account),
            ])
        try #require(made != nil)
    }

    private func review(_ roll: RecordID) throws -> AccountReview {
        try world.township.database.read { database in
            let records = try CaseReader(world.township, in: database)
            let frozen = try #require(try records.record(roll, kind: rollKind).flatMap(Linked.init))
            return try AccountReview(frozen: frozen, in: records)
        }
    }

    @Test func anAccountOfTwoHouseholdsIsFoundAcrossTheBatchesOfAMonth() throws {
        let (one, other, third) = (
            try home("001", account: "62220202"), try home("002", account: "62220202"),
            try home("003", account: "62220203")
        )
        let first = try roll("2026-04")
        try pay(one, "62220202", in: first, "2026-04")
        try pay(third, "62220203", in: first, "2026-04")
        let second = try roll("2026-04", 2)
        try pay(other, "62220202", in: second, "2026-04")
        #expect(try review(first).shared.isEmpty)
        let shared = try review(second).shared
        #expect(shared.map { $0.households.compactMap(\.number).sorted() } == [["001", "002"]])
        #expect(shared.first?.applications.count == 2 && shared.first?.account.masked == "********")
        let text = try review(second).text.joined(separator: "\n")
        #expect(text.contains("001") && text.contains("002") && !text.contains("62220202"))
    }

    /// What was paid last is found however many rolls are between; what happened after the freeze is no part of it.
    @Test func anAccountIsComparedWithTheLastLineOfItsCase() throws {
        let home = try home("001", account: "62220202")
        let other = try self.home("002", account: "62220204")
        let first = try roll("2026-03")
        try pay(home, "62220202", in: first, "2026-03")
        for month in ["2026-04", "2026-05", "2026-06", "2026-07"] {
            try pay(other, "62220204", in: try roll(month), month)
        }
        #expect(world.edit(home.account, "bank_account", .set("number", .text("62220209"))))
        let last = try roll("2026-08")
        try pay(home, "62220209", in: last, "2026-08")
        try pay(other, "62220204", in: last, "2026-08")
        let found = try review(last)
        #expect(
            found.changed.map { $0.before?.number } == ["62220202"] && found.changed.map(\.after.number) == ["62220209"]
        )
        #expect(found.changed.map { $0.changes.map(\.author) } == [["李"]])
        #expect(throws: Problem.self) { try found.checkFreezer(" 李 ") }
        try found.checkFreezer("王")
        world.later(days: 1)
        #expect(world.edit(home.account, "bank_account", .set("number", .text("62220208"))))
        #expect(try review(last).changed.map(\.after.number) == ["62220209"])
        #expect(try review(last).changed.map { $0.changes.count } == [1])
        #expect(try review(first).changed.map(\.before) == [nil], "the desk recorded it, and nothing was paid before")
    }

    /// Who merges two households, or takes them apart, decides where money goes.
    @Test func aMergeOfHouseholdsIsAChangeOfWhereTheyArePaid() throws {
        let (home, other) = (try home("001", account: "62220202"), try self.home("002", account: "62220204"))
        try pay(home, "62220202", in: try roll("2026-03"), "2026-03")
        #expect(
            world.edit(
                other.household, "household", .set(KindSchema.aliasField, .text(home.household.description))))
        #expect(world.edit(home.account, "bank_account", .set("number", .null)))
        let last = try roll("2026-04")
        try pay(home, "62220204", in: last, "2026-04")
        let found = try #require(try review(last).changed.first)
        #expect(found.changes.map(\.act) == [.merged, .edited])
        // Another account wins because the first was put elsewhere: that is found where it is now.
        world.later(days: 1)
        let third = try self.home("003", account: "62220207")
        #expect(world.edit(other.account, "bank_account", .set("household", .text(third.household.description))))
        #expect(world.edit(home.account, "bank_account", .set("number", .text("62220202"))))
        let next = try roll("2026-05")
        try pay(home, "62220202", in: next, "2026-05")
        let again = try #require(try review(next).changed.first { $0.after.number == "62220202" })
        #expect(again.changes.map(\.act) == [.edited, .edited])
    }

    @Test(arguments: [
        AccountReview.lineSQL, AccountReview.lastSQL, AccountHistory.approvalSQL, AccountHistory.touchedSQL,
        AccountHistory.movedSQL,
    ])
    func everyQueryGoesByAnIndex(sql: String) throws {
        let plan = try world.township.database.read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + sql,
                arguments: .init([nil, nil].prefix(sql.filter { $0 == "?" }.count))
            )
            .map { "\($0["detail"] ?? "")" }
        }
        #expect(!plan.isEmpty && !plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
    }
}

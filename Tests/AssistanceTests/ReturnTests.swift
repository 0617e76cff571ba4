import SyncEngine
import Testing

@testable import Assistance

/// A line that the bank sent back is due again, and held until somebody has settled where it is paid to (R14).
@Suite struct ReturnTests {
    private let world: CaseWorld

    /// Decided on 2026-03-02, in payment from 2026-03-14 on.
    init() throws {
        world = CaseWorld(.dibao, on: "2026-03-02")
        try world.inPayment()
    }

    @discardableResult private func pay(_ month: String, _ more: [String: Value] = [:]) -> RecordID {
        world.add(
            "payment",
            [
                "month": .text(month), "amount_fen": .int64(32_000), "state": .text("planned"),
                "account_number": .text("62220202"),
            ].merging(more) { $1 })
    }

    private func sendBack(_ line: RecordID, _ month: String, by returner: Value = .text("李建国(li)")) {
        pay(
            month,
            [
                "amount_fen": .int64(-32_000), "state": .text("returned"), "reverses": .text(line.description),
                "return_code": .text("账户已销户"), "recorded_by": returner,
            ])
    }

    private func roll(_ month: String) throws -> Roll {
        try Roll(Month(parsing: month), files: [try world.file], doubtful: [])
    }

    @Test func aReturnHoldsTheCaseWithTheBanksReason() throws {
        sendBack(pay("2026-04"), "2026-04")
        let roll = try roll("2026-05")
        #expect(roll.lines.isEmpty)
        #expect(roll.held.map(\.fen) == [64_000])
        let reason = try #require(roll.held.first?.reasons.first)
        #expect(reason.rule.code == "R14" && reason.text.zh.contains("账户已销户"))
    }

    @Test(arguments: ["number", "bank", "holder"])
    func anotherAccountSettlesIt(field: String) throws {
        sendBack(pay("2026-04"), "2026-04")
        let account = try #require(world.records.first { $0.kind == "bank_account" })
        world.set(account.id, field, .text("62220299"))
        #expect(try roll("2026-04").lines.map(\.fen) == [32_000])
    }

    @Test func aClerksWordSettlesItOnce() throws {
        let first = pay("2026-04")
        sendBack(first, "2026-04")
        world.add("pay_again", ["payment": .text(first.description), "reason": .text("银行已解冻")])
        #expect(try roll("2026-04").lines.map(\.fen) == [32_000])
        // What comes back again is a matter of its own.
        let second = pay("2026-04")
        #expect(try roll("2026-04").held.isEmpty)
        sendBack(second, "2026-04")
        #expect(try roll("2026-04").lines.isEmpty)
        #expect(try roll("2026-04").held.count == 1)
    }

    @Test(arguments: [("王芳(wang)", 1), ("李建国(li)", 0), ("li", 0)])
    func moneyThatArrivedThereSinceSettlesItWhenAnotherSaysSo(payer: String, lines: Int) throws {
        sendBack(pay("2026-04"), "2026-04")
        let later = pay("2026-05")
        #expect(try roll("2026-04").lines.isEmpty)
        world.set(later, "paid_at", .time(world.now))
        #expect(try roll("2026-04").lines.isEmpty, "nobody says who marked it")
        world.set(later, "recorded_by", .text(payer))
        #expect(try roll("2026-04").lines.count == lines)
    }

    /// What an older version recorded says nothing of who did: a household is not held out of payment for that.
    @Test func anOlderReturnStaysSettledByTheLinesThatWerePaidSince() throws {
        sendBack(pay("2026-04"), "2026-04", by: .null)
        #expect(try roll("2026-04").lines.isEmpty)
        world.set(pay("2026-05"), "paid_at", .time(world.now))
        #expect(try roll("2026-04").lines.count == 1)
    }

    @Test func onlyWhatCameBackIsPaidAgainAndOnlyOnce() throws {
        let (stands, back) = (pay("2026-04"), pay("2026-05"))
        sendBack(back, "2026-05")
        func refusals(_ line: RecordID, _ reason: String?) throws -> Int {
            let id = world.add(
                "pay_again", ["payment": .text(line.description), "reason": reason.map(Value.text) ?? .null])
            let order = try #require(Linked(world.records.first { $0.id == id }!))
            return try world.file.refusals(ofPayingAgain: order).count
        }
        #expect(try refusals(stands, "已核实") == 1)
        #expect(try refusals(back, nil) == 1)
        #expect(try refusals(back, "已核实") == 1, "it was said before, though without a reason")
    }
}

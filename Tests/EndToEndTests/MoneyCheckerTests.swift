import Foundation
import ProgramRunner
import Testing

/// What one asks for and another approves is one thing: an approval is of what was asked for, to the fen (R10, R12).
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct MoneyCheckerTests {
    private let town: PaidTown

    init() throws { town = try PaidTown() }

    @Test func anApprovalOfABudgetIsOfWhatWasAskedFor() throws {
        let (total, _) = try town.freeze("2026-12")
        let asked = try town.desk("budget", "propose", "2026", "--author", "李建国")["budgets"][0]
        let id = try #require(asked["id"].string)
        var leader = try ConsoleBrowser.signedIn(town.server, "sunqiang", role: "leader", fullName: "孙强")
        let page = try leader.get("/money/budget/2026")
        let action = "/money/budgets/\(id)/approve"
        #expect(page.forms.first { $0.action == action }?.names.contains("amount") == false)
        _ = try leader.submit(page, action, ["amount": "5000", "reason": "财政批复"])
        let approved = try town.desk("budget", "list", "--year", "2026")["budgets"][0]["approvedFen"].int
        #expect(approved == nil || approved == total, "not what nobody asked for")
    }

    /// What a leader has signed is what is paid: not what somebody writes afterwards.
    @Test func aDecisionAfterTheSignatureIsNotTheOneThatWasSigned() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        try desk.decided(id)
        try desk.sign(id, "approve")
        let again = try desk.server.command("case", "decide", id, "approved", "--basis", "a", "--signatory", "李")
        #expect(again.json["error"]["code"].int == 2031, "\(again.text)")
        #expect(try desk.clerk.json("/cases/\(id)")["decisions"].array.count == 1)
    }

    /// What is paid ends with a decision that a leader signed: a clerk withdraws it no more, nor rejects it.
    @Test func oneClerkEndsNoPayment() throws {
        let withdrawn = try town.refusal("case", "move", town.application, "withdraw")
        #expect(withdrawn.contains("R12") && withdrawn.contains("stopped"), "it says what to do instead: \(withdrawn)")
        let stopped = try town.refusal("case", "move", town.application, "stop", "--role", "leader")
        #expect(stopped.contains("R15"), "nobody has decided it: \(stopped)")
        let rejected = try town.refusal(
            "case", "decide", town.application, "rejected", "--basis", "不符合", "--signatory", "李")
        #expect(rejected.contains("R31"), "\(rejected)")
        #expect(try town.refusal("case", "move", town.application, "reject", "--role", "leader").contains("R13"))
        #expect(try town.desk("case", "show", town.application)["status"].string == "in_payment")
    }
}

import Foundation
import ProgramRunner
import Testing

/// A month that is frozen, under attack: what somebody tries is refused, or leads to the next batch or month, and the sums
/// stay equal to the fen (R14; DOMAIN section 9).
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil })
struct FrozenMonthTests {
    private let town: PaidTown

    init() throws { town = try PaidTown() }

    private func person(_ name: String, _ role: String) throws -> ConsoleBrowser {
        try ConsoleBrowser.signedIn(town.server, name, role: role, fullName: name.uppercased())
    }

    private func code(_ arguments: String...) throws -> Int? {
        try town.server.program.run(arguments + ["--json"]).json["error"]["code"].int
    }

    private func payFile(_ month: String, _ name: String) throws -> Int {
        try town.desk("export", "payfile", month, town.path(name))["totalFen"].int ?? -1
    }

    private func due(_ month: String) throws -> Int { try town.desk("roll", "show", month)["totalFen"].int ?? -1 }

    /// What the rolls put down is paid, waits, came back or was taken back: the reconciliation, the ledger of lines and the
    /// page say the same.
    private func checkSums(_ month: String) throws {
        let row = try town.desk("reconcile", month)["rows"][0]
        func fen(_ key: String) -> Int { row[key].int ?? 0 }
        let lines = try town.desk("list", "payment")["records"].array
        let rolls = try town.desk("list", "roll")["records"].array.filter { $0["fields"]["month"].string == month }
        let ids = Set(rolls.compactMap { $0["id"].string })
        let mine = lines.filter { ids.contains($0["fields"]["roll"].string ?? "") }
        let names = Set(mine.compactMap { $0["id"].string })
        let back = lines.filter { names.contains($0["fields"]["reverses"].string ?? "") }
        func sum(_ records: [JSON]) -> Int { records.reduce(0) { $0 + ($1["fields"]["amount_fen"].int ?? 0) } }
        #expect(rolls.reduce(0) { $0 + ($1["fields"]["total_fen"].int ?? 0) } == sum(mine))
        #expect(sum(mine) - fen("recoveryFen") == fen("plannedFen"), "\(month)")
        #expect(sum(mine) + sum(back) - fen("recoveryFen") == fen("paidFen") + fen("waitingFen"), "\(month)")
        // Each month of a case has one line that stands.
        let reversed = Set(back.compactMap { $0["fields"]["reverses"].string })
        let standing = mine.filter { !reversed.contains($0["id"].string ?? "") }
        #expect(Set(standing.compactMap { $0["fields"]["month"].string }).count == standing.count)
    }

    @Test func noLineIsAddedChangedOrRemoved() throws {
        let (total, line) = try town.freeze("2026-12")
        let roll = try #require(try town.desk("list", "roll")["records"][0]["id"].string)
        let new = ["new", "payment", "application=\(town.application)", "month=2026-12", "means=account"]
        let fen = "amount_fen=\(total)"
        #expect(try town.server.program.run(new + [fen, "roll=\(roll)", "--json"]).json["error"]["code"].int == 2008)
        #expect(try town.refusal(new + [fen]).contains("R14"), "the month has a line")
        #expect(try town.refusal(new + ["amount_fen=1"]).contains("R14"))
        for change in [
            "amount_fen=1", "month=2027-02", "account_number=6217000000000000", "roll=", "state=reversed",
            "payee=\(town.application)", "reverses=\(line)",
        ] {
            #expect(try code("edit", line, change) != nil, "\(change)")
        }
        #expect(try code("edit", roll, "total_fen=1") == 2008)
        #expect(try code("edit", line, "paid_at=2020-01-01T09:00:00+08:00") == 2003)
        #expect(try payFile("2026-12", "pay.csv") == total)
        try checkSums("2026-12")
    }

    /// A decision counts from the month after it, whatever day somebody writes into it.
    @Test func aDecisionDoesNotReachBehindTheFreeze() throws {
        let (total, _) = try town.freeze("2026-12")
        for result in ["stopped", "adjusted", "rejected"] {
            let made = [
                "new", "decision", "application=\(town.application)", "result=\(result)", "basis=a", "signatories=李",
                "decided_on=2026-11-21",
            ]
            #expect(try town.server.program.run(made + ["--json"]).json["error"]["code"].int != nil, "\(result)")
        }
        _ = try town.desk(
            "case", "decide", town.application, "stopped", "--basis", "收入超标", "--signatory", "李")
        #expect(try payFile("2026-12", "pay.csv") == total, "what was frozen is paid as frozen")
        #expect(try due("2027-01") == 0, "and from the next month on nothing")
        // Not silently: until the leader has signed it, after its letter, the month is held.
        let held = try town.desk("roll", "show", "2027-01")["held"]
        #expect(held.array.compactMap { $0["reasons"][0]["rule"].string } == ["R43"])
        let open = try town.desk("reconcile", "2027-01", "--cases")["cases"].array
        #expect(open.map { $0["why"].string } == ["held"] && open.first?["fen"].int == total)
        let letter = try town.desk("notice", town.application, "adjustment", "--text", "停发")["id"].string ?? ""
        let told = try town.desk("show", letter)["fields"]["decision"].string
        #expect(try told == town.desk("list", "decision")["records"].array.last?["id"].string)
        #expect(try code("edit", letter, "decision=") != nil, "it tells of no other")
        _ = try town.desk("edit", letter, "delivered_on=2026-12-08")
        _ = try town.desk("case", "move", town.application, "stop", "--role", "leader")
        #expect(try town.desk("roll", "show", "2027-01")["held"].array.isEmpty)
        try checkSums("2026-12")
    }

    /// Before the bank has it a line is taken back; after that it comes back from the bank, or is claimed back.
    @Test func aLineIsTakenBackByOneWayAtATimeAndItsMonthIsPaidOnce() throws {
        let (total, line) = try town.freeze("2026-12")
        let back = ["new", "payment", "application=\(town.application)", "reverses=\(line)", "amount_fen=-\(total)"]
        #expect(try town.refusal(back + ["state=returned"]).contains("R14"), "the bank never had it")
        _ = try town.desk(back + ["state=reversed"])
        #expect(try town.refusal(back + ["state=reversed"]).contains("R14"))
        #expect(try due("2026-12") == total)
        let (again, second) = try town.freeze("2026-12")
        #expect(again == total)
        #expect(try payFile("2026-12", "pay.csv") == total, "once")
        let late = ["new", "payment", "application=\(town.application)", "reverses=\(second)"]
        #expect(
            try town.refusal(late + ["state=reversed", "amount_fen=-\(total)"]).contains("R14"),
            "the bank has it: the month would be paid twice")
        #expect(try due("2026-12") == 0)
        _ = try town.desk("payments", "paid", "2026-12", "--batch", "2", "--on", "2026-12-08")
        #expect(try town.refusal(late + ["state=reversed", "amount_fen=-\(total)"]).contains("R14"))
        #expect(
            try town.refusal(late + ["state=returned", "amount_fen=-\(total + 1)"]).contains("R14"), "more than paid")
        _ = try town.desk("payments", "return", second, "--code", "账户冻结")
        #expect(try town.refusal("payments", "return", second, "--code", "账户冻结").contains("R14"), "once")
        #expect(try code("payments", "paid", "2026-12", "--batch", "2", "--on", "2026-12-08") == 2024)
        try checkSums("2026-12")
    }

    @Test func noMoreIsClaimedBackThanWasPaidAndNoMoreCountsAsRecovered() throws {
        let (total, line) = try town.freeze("2026-12")
        let claim = ["recovery", "propose", town.application, "--line", line, "--cause", "other", "--reason", "多算"]
        #expect(try town.refusal(claim + ["--amount", town.yuan(total + 1)]).contains("R14"))
        #expect(try town.refusal(claim + ["--line", line, "--amount", town.yuan(total + 1)]).contains("R14"))
        let half = total / 2
        let id = try #require(try town.desk(claim + ["--amount", town.yuan(half), "--author", "李"])["id"].string)
        #expect(try town.refusal(claim + ["--amount", town.yuan(total - half + 1)]).contains("R14"), "both together")
        _ = try town.desk("recovery", "decide", id, "approved", "--reason", "同意", "--author", "陈")
        let receive = ["recovery", "receive", id, "--receipt", "收据", "--amount"]
        for on in ["2026-12-07", "2026-12-30", "0001-01-01"] {
            let outcome = try town.server.program.run(receive + ["1.00", "--on", on, "--json"])
            #expect(outcome.json["error"]["code"].int != nil, "\(on): it was not approved then, or is to come")
        }
        #expect(try town.refusal(receive + [town.yuan(half + 1), "--on", "2026-12-08"]).contains("R14"))
        _ = try town.desk(receive + [town.yuan(half), "--on", "2026-12-08"])
        #expect(try town.refusal(receive + ["0.01", "--on", "2026-12-08"]).contains("R14"))
        try checkSums("2026-12")
    }

    @Test func ofTwoFreezesAtOnceOneFreezes() async throws {
        let program = town.server.program
        let codes = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<3 {
                group.addTask { try program.run(["roll", "freeze", "2026-12", "--json"]).json["error"]["code"].int }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == nil }.count == 1 && codes.filter { $0 == 2024 }.count == 2, "\(codes)")
        #expect(try town.desk("list", "roll")["records"].array.count == 1)
        #expect(try town.desk("list", "payment")["records"].array.count == 1)
        try checkSums("2026-12")
    }

    /// The page was opened before another froze, or before a line came back.
    @Test func aStalePageFreezesHandsInAndReturnsNothing() throws {
        var (clerk, other) = (try person("wangfang", "clerk"), try person("zhouli", "clerk"))
        var reviewer = try person("chenmin", "reviewer")
        let asProgram = ["Accept": "application/json"]
        let early = try reviewer.get("/money/roll/2026-12")
        #expect(!early.actions.contains("/money/roll/2026-12/payfile"), "nothing is handed in before it is frozen")
        let compute = "/money/roll/2026-12?compute=yes"
        let (first, second) = (try clerk.get(compute), try other.get(compute))
        #expect(try clerk.submit(first, "/money/roll/2026-12/freeze").status == 303)
        let twice = try other.submit(second, "/money/roll/2026-12/freeze", headers: asProgram).json
        #expect([2024, 2064].contains(twice["error"]["code"].int ?? 0), "\(twice)")
        let page = try reviewer.get("/money/roll/2026-12")
        let line = try #require(try town.desk("list", "payment")["records"][0]["id"].string)
        let total = try #require(try clerk.json("/money?month=2026-12")["plannedFen"].int)
        let fields: KeyValuePairs = ["batch": "1", "reason": "报送银行"]
        let file = try reviewer.submit(page, "/money/roll/2026-12/payfile", fields)
        #expect(file.status == 200 && file.text.contains(town.yuan(total)))
        // The hash on record is of what was given out.
        let kept = try town.desk("list", "pay_file")["records"].array
        #expect(kept.compactMap { $0["fields"]["total_fen"].int } == [total])
        let stale = try clerk.get("/money/paid/2026-12")
        _ = try town.desk("payments", "return", line, "--code", "账户冻结")
        let token = try #require(stale.forms.flatMap(\.fields).first { $0.0 == "form_token" })
        let seen = try #require(stale.forms.flatMap(\.fields).first { $0.0 == "seen" })
        let again = try clerk.post(
            "/money/lines/\(line)/return", [token, seen, ("code", "账户冻结")], headers: asProgram)
        #expect(again.json["error"]["code"].int != nil, "\(again.text)")
        let paid = try clerk.submit(
            stale, "/money/paid/2026-12", ["on": "2026-12-08", "batch": "1"], headers: asProgram)
        #expect(paid.json["error"]["code"].int == 2024, "it came back: \(paid.text)")
        for on in ["2026-12-07", "0001-01-01"] {
            let early = try clerk.submit(stale, "/money/paid/2026-12", ["on": on, "batch": "1"], headers: asProgram)
            #expect(early.json["error"]["code"].int == 2003, "before the file was written: \(early.text)")
        }
        try checkSums("2026-12")
    }

    /// DOMAIN section 7, 4: the batch keeps the account it was frozen with; the next one waits until a person has decided.
    @Test func aConflictThatOpensAfterTheFreezeHoldsTheNextMonthAlone() throws {
        let (total, _) = try town.freeze("2026-12")
        let account = try #require(try town.desk("list", "bank_account")["records"][0]["id"].string)
        try town.station.sync()
        let seen = try #require(try town.desk("status")["seq"].int)
        #expect(try town.station.run("edit", account, "number=6222020200112233", "kind=折").code == 0)
        try town.station.sync()
        _ = try town.server.program.run(
            ["edit", account, "number=6222020200112248", "kind=折", "--seen", "\(seen)", "--reason", "电话", "--json"])
        #expect(try town.desk("conflicts")["conflicts"].array.isEmpty == false)
        #expect(try payFile("2026-12", "pay.csv") == total)
        #expect(try String(contentsOfFile: town.path("pay.csv"), encoding: .utf8).contains("6222020200112230"))
        let next = try town.desk("roll", "show", "2027-01")
        #expect(next["lines"].int == 0 && next["held"][0]["reasons"][0]["rule"].string == "R14")
        #expect(try code("roll", "freeze", "2027-01") == 2024)
        try checkSums("2026-12")
    }
}

import Foundation
import ProgramRunner
import Testing

/// From a frozen roll to money that was planned, allocated, paid, sent back, paid again and compared, to the fen
/// (R5, R8, R10, R11, R14), with the built programs.
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct MoneyTests {
    private let town: PaidTown

    init() throws { town = try PaidTown() }

    @Test func aFrozenRollIsPaidReturnedPaidAgainAndReconciled() throws {
        let (total, line) = try town.freeze("2026-12")
        let payFile = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        let plan = try town.desk("export", "plan", "2026-12", town.path("plan.csv"), "--due", "2026-12-07")
        #expect(payFile["totalFen"].int == total && plan["totalFen"].int == total)
        #expect(try town.column("合计", of: "plan.csv") == [total, total], "and the sum")
        #expect(try town.column("补贴金额", of: "pay.csv") == [total])
        // Allocated in two parts, after the day that the plan names.
        let id = try #require(plan["id"].string)
        let half = town.yuan(total / 2)
        let rest = town.yuan(total - total / 2)
        #expect(try town.desk("payments", "allocate", id, "--on", "2026-12-08", "--amount", half)["late"].bool == true)
        #expect(try town.desk("payments", "allocate", id, "--on", "2026-12-08", "--amount", rest)["late"].bool == true)
        #expect(try town.refusal("payments", "allocate", id, "--on", "2026-12-01", "--amount", half).contains("R11"))
        let paid = try town.desk("payments", "paid", "2026-12", "--batch", "1", "--on", "2026-12-08")
        #expect(paid["lines"].int == 1 && paid["totalFen"].int == total)
        let whole = try town.desk("reconcile", "2026-12")
        #expect(whole["agrees"].bool == true && whole["late"].bool == true)
        #expect(whole["allocatedFen"].int == total && whole["rows"][0]["paidFen"].int == total)

        // The bank sends it back, in a file with rows that are none.
        try town.returns()
        let report = try town.desk("payments", "returns", town.path("returned.csv"))
        #expect(report["returned"].array.count == 1 && report["totalFen"].int == total)
        #expect(report["rejected"].array.compactMap { $0["line"].int } == [3, 4, 5, 6])
        #expect(try town.desk("payments", "returns", town.path("returned.csv"))["returned"].array.isEmpty, "once")
        let held = try town.desk("roll", "show", "2026-12")
        #expect(held["lines"].int == 0 && held["held"][0]["reasons"][0]["rule"].string == "R14")
        let open = try town.desk("reconcile", "2026-12", "--cases")
        #expect(open["agrees"].bool == false && open["rows"][0]["openFen"].int == total)
        #expect(open["cases"].array.compactMap { $0["why"].string } == ["returned", "held"])
        #expect(open["cases"][0]["reasons"].string == "账户冻结")

        // The bank has put it right; the month is paid with the next batch.
        let alone = try town.server.command("payments", "again", line, "--reason", "银行已解冻")
        #expect(alone.json["error"]["code"].int == 2063, "who took the return in does not pay it again: \(alone.text)")
        _ = try town.desk("payments", "again", line, "--reason", "银行已解冻", "--author", "陈敏")
        #expect(try town.freeze("2026-12").fen == total)
        let second = try town.desk("export", "payfile", "2026-12", town.path("pay2.csv"), "--batch", "2")
        let again = try town.desk(
            "export", "plan", "2026-12", town.path("plan2.csv"), "--batch", "2", "--due", "2026-12-08")
        #expect(second["totalFen"].int == total && again["totalFen"].int == total)
        let allocation = ["--on", "2026-12-08", "--amount", town.yuan(total), "--programme", "dibao"]
        let inTime = try town.desk(["payments", "allocate", try #require(again["id"].string)] + allocation)
        #expect(inTime["late"].bool == false)
        #expect(
            try town.desk("reconcile", "2026-12", "--cases")["cases"].array.compactMap { $0["why"].string } == [
                "not_paid"
            ])
        _ = try town.desk("payments", "paid", "2026-12", "--batch", "2", "--on", "2026-12-08")
        let closed = try town.desk("reconcile", "2026-12", "--cases")
        #expect(closed["agrees"].bool == true && closed["cases"].array.isEmpty)
        let row = closed["rows"][0]
        #expect(row["decidedFen"].int == total && row["paidFen"].int == total && row["returnedFen"].int == total)
        #expect(row["plannedFen"].int == 2 * total && row["openFen"].int == 0 && row["waitingFen"].int == 0)
        // The ledger is its lines.
        let lines = try town.desk("list", "payment")["records"].array
        #expect(lines.compactMap { $0["fields"]["amount_fen"].int }.reduce(0, +) == total)
        #expect(try town.desk("nightly")["sound"].bool == true)
    }

    @Test func aYearsBudgetCountsWhoBeginsLaterInIt() throws {
        // The decision of November is paid from December on.
        let year = try town.desk("budget", "propose", "2026", "--author", "李建国")["budgets"][0]
        let total = try town.freeze("2026-12").fen
        #expect(year["amountFen"].int == total && year["monthlyFen"].int == total && year["households"].int == 1)
        let none = try town.server.program.run(["budget", "propose", "2026", "--programme", "tekun", "--json"])
        #expect(
            none.code == 65 && none.json["error"]["hint"].string?.contains("name an amount") == true, "\(none.text)")
    }

    @Test func whoAsksForABudgetDoesNotApproveIt() throws {
        let (total, _) = try town.freeze("2026-12")
        let year = try town.desk("budget", "propose", "2026", "--author", "李建国")["budgets"][0]
        #expect(year["amountFen"].int == total && year["frozenMonths"].int == 1 && year["remainingMonths"].int == 0)
        #expect(year["households"].int == 1 && year["persons"].int == 1 && year["programme"].string == "dibao")
        let next = try town.desk("budget", "propose", "2027", "--author", "李建国")["budgets"][0]
        #expect(next["amountFen"].int == 12 * total && next["state"].string == "proposed")
        let id = try #require(next["id"].string)
        let own = try town.refusal("budget", "approve", id, "--reason", "财政批复", "--author", " 李建国 ")
        #expect(own.contains("R10"))
        #expect(try town.server.command("edit", id, "approved_fen=5").json["error"]["code"].int == 2008)
        let approved = try town.desk("budget", "approve", id, "--reason", "财政批复", "--author", "陈主任")
        #expect(approved["state"].string == "approved" && approved["approvedFen"].int == 12 * total)
        let twice = try town.server.command("budget", "approve", id, "--reason", "再批", "--author", "陈主任")
        #expect(twice.code == 65, "an approval is not changed: another budget replaces it")
        // An adjustment holds once it is approved, too.
        let more = try town.desk(
            "budget", "propose", "2027", "--programme", "dibao", "--amount", "2000", "--reason", "提标", "--author", "李建国"
        )
        let later = try #require(more["budgets"][0]["id"].string)
        #expect(try states() == ["proposed", "approved", "proposed"])
        _ = try town.desk("budget", "approve", later, "--reason", "财政批复", "--author", "陈主任")
        #expect(try states() == ["proposed", "adjusted", "approved"])
        // What is spent of it, in list and plan.
        #expect(year["state"].string == "proposed")
        let wish = ["--programme", "dibao", "--amount", "5000", "--reason", "全年", "--author", "李建国"]
        let asked = try town.desk(["budget", "propose", "2026"] + wish)["budgets"][0]["id"].string
        _ = try town.desk("budget", "approve", try #require(asked), "--reason", "批复", "--author", "陈主任")
        let entry = try #require(try town.desk("budget", "list", "--year", "2026")["budgets"].array.last)
        #expect(entry["spentFen"].int == total && entry["leftFen"].int == 500_000 - total)
        let plan = try town.desk("export", "plan", "2026-12", town.path("plan.csv"))["rows"][0]
        #expect(plan["budgetFen"].int == 500_000 && plan["leftFen"].int == 500_000 - total)
    }

    private func states() throws -> [String] {
        try town.desk("budget", "list")["budgets"].array.compactMap { $0["state"].string }
    }

    @Test func whatIsClaimedBackIsDecidedByAnotherAndWithheldFromTheNextBatch() throws {
        let (total, line) = try town.freeze("2026-12")
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        let claim = ["--line", line, "--cause", "other", "--reason", "多算一人"]
        let made = try town.desk(
            ["recovery", "propose", town.application, "--amount", "15.00", "--instalment", "10.00", "--author", "李建国"]
                + claim)
        let id = try #require(made["id"].string)
        #expect(
            try town.refusal("recovery", "decide", id, "approved", "--reason", "同意", "--author", "李建国").contains("R14"))
        let (next, other) = try town.freeze("2027-01")
        #expect(next == total)
        let offset = ["recovery", "offset", id, "--line", other, "--reason", "按月抵扣"]
        #expect(try town.refusal(offset).contains("R14"), "it is not approved")
        let approved = try town.desk("recovery", "decide", id, "approved", "--reason", "同意", "--author", "陈主任")
        #expect(approved["state"].string == "approved" && approved["outstandingFen"].int == 1_500)
        let handedIn = ["recovery", "offset", id, "--line", line, "--reason", "按月抵扣"]
        #expect(try town.refusal(handedIn).contains("R14"), "its pay file was written")
        #expect(try town.desk(offset)["outstandingFen"].int == 500, "an instalment")
        #expect(try town.refusal(offset + ["--amount", "5.01"]).contains("R14"), "more than is out")
        let payFile = try town.desk("export", "payfile", "2027-01", town.path("pay1.csv"))
        let plan = try town.desk("export", "plan", "2027-01", town.path("plan1.csv"))
        #expect(payFile["totalFen"].int == total - 1_000 && plan["totalFen"].int == total - 1_000)
        #expect(plan["recoveryFen"].int == 1_000 && plan["amountFen"].int == total)
        #expect(try town.column("补贴金额", of: "pay1.csv") == [total - 1_000])
        let back = ["recovery", "receive", id, "--on", "2026-12-08", "--receipt", "收据 7"]
        #expect(try town.refusal(back + ["--amount", "5.01"]).contains("R14"), "more than is out")
        let whole = try town.desk(back + ["--amount", "5"])
        #expect(whole["state"].string == "recovered" && whole["recoveredFen"].int == 1_500)
        _ = try town.desk("payments", "paid", "2027-01", "--batch", "1", "--on", "2026-12-08")
        let row = try town.desk("reconcile", "2027-01")["rows"][0]
        #expect(
            row["decidedFen"].int == total && row["recoveryFen"].int == 1_000 && row["paidFen"].int == total - 1_000)
        #expect(row["openFen"].int == 0)
    }

    @Test func whatWasPaidAfterADeathIsListed() throws {
        let (total, line) = try town.freeze("2027-01")
        #expect(try town.desk("recovery", "likely")["overpayments"].array.isEmpty)
        #expect(try town.station.run("edit", town.member, "death_date=2026-12-02").code == 0)
        try town.station.sync()
        let likely = try town.desk("recovery", "likely")["overpayments"].array
        #expect(likely.compactMap { $0["month"].string } == ["2027-01"], "the month of the death is due")
        #expect(likely.first?["cause"].string == "death" && likely.first?["claimed"].bool == false)
        let lines = try town.desk("list", "payment")["records"].array
        let january = try #require(lines.first { $0["fields"]["month"].string == "2027-01" })
        let fen = try #require(january["fields"]["amount_fen"].int)
        #expect(likely.first?["amountFen"].int == fen && fen < total && line != "")
        // Nothing of it is paid out since; the reconciliation says why.
        #expect(try town.desk("export", "payfile", "2027-01", town.path("pay.csv"))["rows"].int == 0)
        let cases = try town.desk("reconcile", "2027-01", "--cases")["cases"].array
        #expect(cases.filter { $0["why"].string == "not_paid" }.count == 2)
        #expect(cases.first?["reasons"].string?.contains("death") == true)
    }

    @Test func nothingIsMarkedThatTheBankWasNotHanded() throws {
        let (_, line) = try town.freeze("2026-12")
        let paid = ["payments", "paid", "2026-12", "--on", "2026-12-08"]
        #expect(try town.refusal(paid).contains("R14"), "no pay file was written")
        #expect(try town.refusal("payments", "return", line, "--code", "户名不符").contains("R14"))
        #expect(try town.refusal("payments", "again", line, "--reason", "已核实").contains("R14"), "it did not come back")
        let file = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        #expect(file["rows"].int == 1)
        #expect(try town.server.program.run(paid + ["--on", "2026-12-30", "--json"]).code != 0, "a day to come")
        _ = try town.desk("payments", "return", line, "--code", "户名不符")
        #expect(try town.refusal("payments", "return", line, "--code", "户名不符").contains("R14"), "once")
        #expect(try town.server.program.run(paid + ["--json"]).json["error"]["code"].int == 2024, "it came back")
        // Written anew without what came back: which of the two the bank has must be said.
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay2.csv"))
        #expect(try town.refusal(paid).contains("--file"))
        let named = try #require(try town.desk("list", "pay_file")["records"][0]["id"].string)
        #expect(try town.server.program.run(paid + ["--file", named, "--json"]).json["error"]["code"].int == 2024)
        // Nor is a plan issued that differs from the pay file that was written.
        let again = try town.desk("export", "plan", "2026-12", town.path("plan.csv"))
        #expect(again["totalFen"].int == 0)
    }

    @Test func aPlanThatDiffersFromThePayFileIsRefused() throws {
        let (_, line) = try town.freeze("2026-12")
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        _ = try town.desk("payments", "return", line, "--code", "账户已销户")
        #expect(try town.refusal("export", "plan", "2026-12", town.path("plan.csv")).contains("R11"))
        #expect(!FileManager.default.fileExists(atPath: town.path("plan.csv")))
    }

    @Test(arguments: ["budget", "spending_plan", "allocation", "recovery", "recovery_item", "pay_again", "pay_file"])
    func recordsOfMoneyAreMadeByTheirOwnCommands(kind: String) throws {
        let outcome = try town.server.command("new", kind)
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2008, "\(outcome.text)")
    }

    @Test func aFileThatIsNoReturnFileIsRefusedWhole() throws {
        for text in ["", "序号,姓名\r\n1,张三\r\n", "退回原因\r\n\"冻结"] {
            try Data(text.utf8).write(to: URL(filePath: town.path("bad.csv")))
            let outcome = try town.server.command("payments", "returns", town.path("bad.csv"))
            #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 1006, "\(outcome.text)")
        }
    }
}

/// A township with one family in payment since 2026-12, on 2026-12-08.
final class PaidTown {
    private let folder: TemporaryFolder
    let server: TownshipServer
    private(set) var station: VillageStation
    let member: String
    private(set) var application = ""

    init() throws {
        folder = try TemporaryFolder()
        let clock = WrongClock.environment("@2026-11-20 09:00:00")
        server = try TownshipServer(in: folder.url, environment: clock)
        try server.start()
        station = VillageStation(in: folder.url, name: "a")
        station.program.environment.merge(clock) { $1 }
        let code = try server.invite(village: "370404101201", staff: "王秀英")
        guard try station.run("join", server.url, code).code == 0 else { throw ProgramFailure("join") }
        let household = try station.new("household", "number=001", "address=一组", "hukou_type=20")
        member = try station.new("member", "household=\(household)", "name=张三", "id_number=370404198001010014")
        _ = try station.new(
            "bank_account", "household=\(household)", "kind=卡", "number=6222020200112230", "holder=张三")
        application = try inPayment(household)
    }

    func path(_ name: String) -> String { folder.url.appending(path: name).path }

    func yuan(_ fen: Int) -> String { "\(fen / 100)." + String("0\(fen % 100)".suffix(2)) }

    func desk(_ arguments: String...) throws -> JSON { try desk(arguments) }

    func desk(_ arguments: [String]) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    /// The rule that an act is refused by, as its message tells it.
    func refusal(_ arguments: String...) throws -> String { try refusal(arguments) }

    func refusal(_ arguments: [String]) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2031, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps { _ = try desk("case", "move", id, step, "--role", "leader") }
    }

    private func inPayment(_ household: String) throws -> String {
        let made = try station.run("apply", household, "dibao", "--signer", "张三", "--member", member)
        guard let id = made.json["id"].string else { throw ProgramFailure("\(made.text) \(made.errors)") }
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move(id, "authorise", "prepare")
        _ = try desk("check", "request", path("requests"))
        _ = try desk("check", "simulate", path("requests"), path("reports"))
        _ = try desk("check", "import", path("reports"))
        try move(id, "accept", "review")
        _ = try desk("case", "decide", id, "approved", "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
        try move(id, "approve")
        let notice = try desk("notice", id, "publicity", "--place", "公开栏", "--hotline", "0632-7712345")
        try move(id, "publicise")
        try station.sync()
        _ = try station.run("edit", notice["id"].string ?? "", "posted_evidence+=照片1")
        try station.sync()
        let later = WrongClock.environment("@2026-12-05 09:00:00")
        server.stop()
        server.program.environment.merge(later) { $1 }
        try move(id, "take_effect", "pay")
        let now = WrongClock.environment("@2026-12-08 09:00:00")
        server.program.environment.merge(now) { $1 }
        station.program.environment.merge(now) { $1 }
        try server.start()
        return id
    }

    /// - Returns: what the batch pays, and the id of its last line.
    func freeze(_ month: String) throws -> (fen: Int, line: String) {
        let roll = try desk("roll", "freeze", month)
        let lines = try desk("list", "payment")["records"].array.filter {
            $0["fields"]["roll"].string == roll["id"].string
        }
        guard let fen = roll["totalFen"].int, let line = lines.last?["id"].string else {
            throw ProgramFailure("freeze \(month)")
        }
        return (fen, line)
    }

    private func rows(_ name: String) throws -> [[String]] {
        try String(contentsOfFile: path(name), encoding: .utf8).replacing("\u{FEFF}", with: "").split(separator: "\r\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    /// The amounts of a column of a file, in fen.
    func column(_ title: String, of name: String) throws -> [Int] {
        let rows = try rows(name)
        guard let index = rows[0].firstIndex(of: title) else { throw ProgramFailure("no column \(title)") }
        return rows.dropFirst().compactMap { Int($0[index].replacing(".", with: "")) }
    }

    /// The bank's return file: the only row of the pay file, and four that are none.
    func returns() throws {
        let rows = try rows("pay.csv")
        func changed(_ column: String, _ value: String) -> [String] {
            var row = rows[1] + ["账户冻结"]
            if let index = rows[0].firstIndex(of: column) { row[index] = value }
            return row
        }
        let lines = [
            rows[0] + ["退回原因"], rows[1] + ["账户冻结"], changed("发放账号", "6217000000000000"),
            changed("补贴金额", "1.00"), changed("批次号", "2026-12-9"), rows[1] + [""],
        ]
        try lines.map { $0.joined(separator: ",") }.joined(separator: "\r\n")
            .write(toFile: path("returned.csv"), atomically: true, encoding: .utf8)
    }
}

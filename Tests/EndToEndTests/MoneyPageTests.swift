import Foundation
import ProgramRunner
import Testing

/// A month of money through the console's forms, by several people, to the fen (R5, R8, R10, R11, R14), on the served
/// program; and who may not.
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct MoneyPageTests {
    private let town: PaidTown

    init() throws { town = try PaidTown() }

    private func person(_ name: String, _ role: String) throws -> ConsoleBrowser {
        try ConsoleBrowser.signedIn(town.server, name, role: role, fullName: name.uppercased())
    }

    private let asProgram = ["Accept": "application/json"]

    /// Sends what the page offers no form for, with the token and seq of another form of it.
    private func force(
        _ browser: inout ConsoleBrowser, _ page: ConsoleReply, _ path: String, _ fields: [(String, String)] = []
    ) throws -> JSON {
        let token = page.forms.flatMap(\.fields).first { $0.0 == "form_token" }
        let seen = page.forms.flatMap(\.fields).first { $0.0 == "seen" } ?? ("seen", "1")
        let hidden = [token, seen].compactMap { $0 }
        return try browser.post(path, hidden + fields, headers: asProgram).json
    }

    /// The page, then its form.
    private func act(
        _ browser: inout ConsoleBrowser, _ page: String, _ action: String, _ fields: KeyValuePairs<String, String> = [:]
    ) throws {
        let answer = try browser.submit(try browser.get(page), action, fields)
        guard answer.status == 303 else { throw ProgramFailure("\(action): \(answer.status) \(answer.words)") }
        let next = try browser.follow(answer)
        #expect(next.status == 200 && next.words.contains("已办妥"), "\(action): \(next.status) \(next.words)")
    }

    @Test func aMonthGoesThroughFormsOfTwoPeopleToTheFen() throws {
        var clerk = try person("wangfang", "clerk")
        var reviewer = try person("chenmin", "reviewer")
        let roll = try clerk.get("/money/roll/2026-12?compute=yes")
        #expect(roll.words.contains("待冻结 1 笔") && roll.words.contains("新增 1"), "\(roll.words)")
        #expect(try clerk.submit(roll, "/money/roll/2026-12/freeze").status == 303)
        // What was worked out before is not shown for what is due now.
        let frozen = try clerk.get("/money/roll/2026-12")
        #expect(!frozen.words.contains("待冻结") && !frozen.actions.contains("/money/roll/2026-12/freeze"))
        #expect(!(try clerk.get("/money?month=2026-12").words.contains("待冻结 1 笔")))
        let total = try #require(try clerk.json("/money?month=2026-12")["plannedFen"].int)

        // Frozen by one, handed to the bank by another, who says what for.
        let csv = try payFile(&reviewer, batch: "1")
        #expect(csv.contains(town.yuan(total)) && csv.contains("6222020200112230"))
        try issue(&clerk, batch: "1", total)
        try act(&clerk, "/money/paid/2026-12", "/money/paid/2026-12", ["on": "2026-12-08", "batch": "1"])
        let paid = try clerk.json("/money?month=2026-12")
        #expect(paid["paidFen"].int == total && paid["allocatedFen"].int == total && paid["late"].bool == true)

        // The bank sends it back: from a file or pasted, with a row that is none.
        #expect(try clerk.get("/money/paid/2026-12").text.contains("data-fills=\"f-rows\""))
        let rows = csv.replacing("\u{FEFF}", with: "").split(separator: "\r\n")
        let returned = [rows[0] + ",退回原因", rows[1] + ",账户冻结", rows[1] + ","].joined(separator: "\r\n")
        let page = try clerk.get("/money/paid/2026-12")
        let report = try clerk.submit(page, "/money/returns", ["rows": returned])
        #expect(report.status == 200 && report.words.contains("退回 1 笔"), "\(report.words)")
        #expect(report.words.contains("1 行有问题"))
        // What was rejected is shown, masked, and stands in the form to be corrected.
        let left = report.forms.first { $0.action == "/money/returns" }?.fields.first { $0.0 == "rows" }?.1 ?? ""
        #expect(left.contains("退回原因") && left.contains("6222020200112230") && !left.contains("账户冻结"), "\(left)")
        #expect(report.words.contains("批次") || report.words.contains("内容"))
        let again = try clerk.submit(page, "/money/returns", ["rows": returned], headers: asProgram).json
        #expect(again["returned"].array.isEmpty && again["rejected"].array.count == 2, "once")
        let line = try #require(try clerk.json("/money/paid/2026-12")["returned"][0]["payment"].string)
        let roll2 = try clerk.get("/money/roll/2026-12?compute=yes")
        #expect(roll2.words.contains("暂缓 1 件") && roll2.words.contains("R14"))

        // The bank has put it right: paid with the next batch.
        // Not by who took the return in: one person alone pays no month twice.
        let mine = try clerk.get("/money/paid/2026-12")
        #expect(!mine.actions.contains("/money/lines/\(line)/again"))
        let alone = try force(&clerk, mine, "/money/lines/\(line)/again", [("reason", "银行已解冻")])
        #expect(alone["error"]["code"].int == 2063, "\(alone)")
        try act(&reviewer, "/money/paid/2026-12", "/money/lines/\(line)/again", ["reason": "银行已解冻"])
        let stale = try clerk.get("/money/roll/2026-12")
        #expect(stale.words.contains("先重新计算") && !stale.actions.contains("/money/roll/2026-12/freeze"))
        try act(&clerk, "/money/roll/2026-12?compute=yes", "/money/roll/2026-12/freeze")
        #expect(try payFile(&reviewer, batch: "2").contains(town.yuan(total)))
        try issue(&clerk, batch: "2", total)
        try act(&clerk, "/money/paid/2026-12", "/money/paid/2026-12", ["on": "2026-12-08", "batch": "2"])
        #expect(try clerk.get("/money/paid/2026-12").words.contains("已重新列入名册"))
        try reconciled(&clerk, total)
    }

    private func payFile(_ browser: inout ConsoleBrowser, batch: String) throws -> String {
        let file = try browser.submit(
            try browser.get("/money/roll/2026-12"), "/money/roll/2026-12/payfile",
            ["batch": batch, "reason": "报送银行"])
        #expect(file.status == 200 && file.header("Content-Disposition")?.contains("payfile-2026-12") == true)
        return file.text
    }

    private func issue(_ browser: inout ConsoleBrowser, batch: String, _ total: Int) throws {
        try act(
            &browser, "/money/plan/2026-12", "/money/plan/2026-12/issue", ["batch": batch, "due": "2026-12-07"])
        let plan = try #require(try browser.json("/money/plan/2026-12")["plans"].array.last)
        #expect(plan["totalFen"].int == total)
        let id = try #require(plan["id"].string)
        try act(
            &browser, "/money/plan/2026-12", "/money/plans/\(id)/allocate",
            ["on": "2026-12-08", "amount": town.yuan(total), "programme": "dibao"])
    }

    /// The page says what the command says.
    private func reconciled(_ browser: inout ConsoleBrowser, _ total: Int) throws {
        let compared = try browser.get("/money/reconcile/2026-12?compute=yes")
        #expect(compared.words.contains("逐分相符"), "\(compared.words)")
        let page = try browser.json("/money/reconcile/2026-12")
        let command = try town.desk("reconcile", "2026-12")
        #expect(page["agrees"].bool == true && command["agrees"].bool == true)
        for key in ["decidedFen", "plannedFen", "allocatedFen", "paidFen", "returnedFen", "waitingFen", "openFen"] {
            #expect(page["rows"][0][key].int == command["rows"][0][key].int, "\(key)")
        }
        #expect(page["rows"][0]["paidFen"].int == total && page["rows"][0]["returnedFen"].int == total)
        // And what the month's page adds up is the same.
        let month = try browser.json("/money?month=2026-12")
        #expect(month["plannedFen"].int == 2 * total && month["returnedFen"].int == total)
        #expect(month["paidFen"].int == total && month["waitingFen"].int == 0)
        for format in ["csv", "xlsx"] {
            let file = try browser.get("/money/plan/2026-12/file?format=\(format)&batch=2")
            #expect(file.status == 200 && file.body.count > 100)
            if format == "csv" { #expect(file.text.contains("合计") && file.text.contains(town.yuan(total))) }
        }
    }

    @Test func aFreezeThatIsSentTwiceDoesNothingTwice() throws {
        var clerk = try person("wangfang", "clerk")
        let page = try clerk.get("/money/roll/2026-12?compute=yes")
        #expect(try clerk.submit(page, "/money/roll/2026-12/freeze").status == 303)
        let twice = try clerk.submit(page, "/money/roll/2026-12/freeze", headers: asProgram)
        #expect(twice.json["kind"].string == "roll", "it is made: \(twice.text)")
        #expect(try clerk.json("/money/roll/2026-12")["batches"].array.count == 1)
        #expect(try town.desk("list", "payment")["records"].array.count == 1)
    }

    @Test func whoFrozeItOrMayNotSeeNumbersTakesNoPayFile() throws {
        var leader = try person("lihua", "leader")
        try act(&leader, "/money/roll/2026-12?compute=yes", "/money/roll/2026-12/freeze")
        let own = try leader.get("/money/roll/2026-12")
        #expect(!own.actions.contains("/money/roll/2026-12/payfile") && own.words.contains("由另一人导出"))
        let fields = [("reason", "报送银行")]
        let refused = try force(&leader, own, "/money/roll/2026-12/payfile", fields)
        #expect(refused["error"]["code"].int == 2063)
        var clerk = try person("wangfang", "clerk")
        let page = try clerk.get("/money/roll/2026-12")
        #expect(try force(&clerk, page, "/money/roll/2026-12/payfile", fields)["error"]["code"].int == 3013)
        var reviewer = try person("chenmin", "reviewer")
        let mute = try reviewer.submit(
            try reviewer.get("/money/roll/2026-12"), "/money/roll/2026-12/payfile", headers: asProgram)
        #expect(mute.json["error"]["code"].int == 2019, "no reason")
        #expect(try town.desk("list", "pay_file")["records"].array.isEmpty)
    }

    @Test(arguments: ["district", "auditor"]) func whoSupervisesLooksAndActsNot(role: String) throws {
        _ = try town.freeze("2026-12")
        var browser = try person("zhao", role)
        for path in [
            "/money?month=2026-12", "/money/roll/2026-12", "/money/plan/2026-12", "/money/paid/2026-12",
            "/money/reconcile/2026-12", "/money/budget/2026", "/money/recoveries", "/money/arrears?month=2026-12",
        ] {
            let page = try browser.get(path)
            #expect(page.status == 200, "\(path) \(page.words)")
            let acts = page.forms.filter { $0.method == "post" && $0.action.hasPrefix("/money") }
            #expect(acts.isEmpty, "\(path) \(acts.map(\.action))")
            #expect(!page.text.contains("6222020200112230"))
        }
        let page = try browser.get("/money")
        for path in [
            "roll/2026-12/freeze", "roll/2026-12/payfile", "plan/2026-12/issue", "paid/2026-12", "returns",
            "budget/2026/propose", "recoveries/propose",
        ] {
            #expect(try force(&browser, page, "/money/" + path)["error"]["code"].int == 3013, "\(path)")
        }
    }

    @Test func aBudgetIsAskedForByOneAndApprovedByAnother() throws {
        let (total, _) = try town.freeze("2026-12")
        var leader = try person("lihua", "leader")
        try act(
            &leader, "/money/budget/2026", "/money/budget/2026/propose",
            ["programme": "dibao", "amount": "5000", "reason": "全年"])
        let id = try #require(try leader.json("/money/budget/2026")["budgets"][0]["id"].string)
        let own = try leader.get("/money/budget/2026")
        #expect(own.words.contains("由另一人批准"))
        let refused = try force(&leader, own, "/money/budgets/\(id)/approve", [("reason", "批复")])
        #expect(refused["error"]["code"].int == 2063)
        var clerk = try person("wangfang", "clerk")
        let page = try clerk.get("/money/budget/2026")
        #expect(
            try force(&clerk, page, "/money/budgets/\(id)/approve", [("reason", "批复")])["error"]["code"].int == 3013)
        var other = try person("sunqiang", "leader")
        try act(
            &other, "/money/budget/2026", "/money/budgets/\(id)/approve", ["reason": "财政批复"])
        let use = try other.json("/money/budget/2026")["use"][0]
        #expect(use["approvedFen"].int == 500_000 && use["spentFen"].int == total)
        #expect(use["leftFen"].int == 500_000 - total)
        #expect(try other.get("/money/budget/2026").text.contains("<svg"))
    }

    @Test func whatIsClaimedBackIsDecidedByAnother() throws {
        let (_, line) = try town.freeze("2026-12")
        _ = try town.desk("export", "payfile", "2026-12", town.path("pay.csv"))
        var clerk = try person("wangfang", "clerk")
        let found = try clerk.get("/money/recoveries?compute=yes&text=zs")
        #expect(found.links.contains("/money/recoveries?case=\(town.application)"), "nobody types an id")
        let page = try clerk.get("/money/recoveries?case=\(town.application)")
        #expect(page.text.contains("value=\"\(line)\"") && page.words.contains("2026-12"))
        let claim: KeyValuePairs = [
            "lines": line, "cause": "other", "amount": "15.00",
            "instalment": "10.00", "reason": "多算一人",
        ]
        #expect(try clerk.submit(page, "/money/recoveries/propose", claim).status == 303)
        let twice = try clerk.submit(page, "/money/recoveries/propose", claim, headers: asProgram)
        #expect(twice.json["kind"].string == "recovery", "it is made")
        #expect(try clerk.json("/money/recoveries")["recoveries"].array.count == 1)
        let id = try #require(try clerk.json("/money/recoveries")["recoveries"][0]["id"].string)
        let mine = try clerk.get("/money/recoveries")
        let fields = [("decision", "approved"), ("reason", "同意")]
        #expect(
            try force(&clerk, mine, "/money/recoveries/\(id)/decide", fields)["error"]["code"].int == 3013)
        var leader = try person("lihua", "leader")
        try act(
            &leader, "/money/recoveries", "/money/recoveries/\(id)/decide",
            ["decision": "approved", "reason": "同意"])
        let (_, next) = try town.freeze("2027-01")
        try act(
            &clerk, "/money/recoveries", "/money/recoveries/\(id)/offset", ["line": next, "reason": "按月抵扣"])
        try act(
            &clerk, "/money/recoveries", "/money/recoveries/\(id)/receive", ["amount": "5", "on": "2026-12-08"])
        let whole = try clerk.json("/money/recoveries")["recoveries"][0]
        #expect(whole["state"].string == "recovered" && whole["recoveredFen"].int == 1_500)
        // The month's page counts what is withheld as the plan does.
        let month = try clerk.json("/money?month=2027-01")
        let plan = try town.desk("export", "plan", "2027-01", town.path("plan.csv"))
        #expect(month["plannedFen"].int == plan["totalFen"].int)
    }

    @Test func monthsOfBeforeThatHaveNoLineAreListed() throws {
        var clerk = try person("wangfang", "clerk")
        let page = try clerk.get("/money/arrears?month=2027-01&compute=yes")
        #expect(page.status == 200 && page.words.contains("2026-12"), "\(page.words)")
        let arrears = try clerk.json("/money/arrears?month=2027-01")["arrears"].array
        #expect(arrears.compactMap { $0["month"].string } == ["2026-12"])
    }
}

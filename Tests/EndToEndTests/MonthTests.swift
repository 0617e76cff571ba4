import Foundation
import ProgramRunner
import Testing

/// A month of the life of one village and its township (DOMAIN section 1), with the built programs: from the policy and the
/// visit to the pay file. Lived twice, it comes to the same.
@Suite struct MonthTests {
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aMonthFromVisitToPayFileComesToTheSameTwice() throws {
        let first = try Month().live()
        #expect(first == (try Month().live()))
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/month.txt")
        let story = first.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try story.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == story)
    }
}

/// The month, told by day. What it remembers has no ids, so that two months can be compared.
private final class Month {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private var station: VillageStation
    private static let village = "370404101201"
    private var story: [String] = []
    /// Of the family that gets the allowance.
    private var home = ""

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url, environment: WrongClock.environment("@2026-03-02 09:00:00"))
        station = VillageStation(in: folder.url, name: "a")
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func morning(_ day: String) throws {
        let clock = WrongClock.environment("@\(day) 09:00:00")
        server.stop()
        server.program.environment.merge(clock) { $1 }
        station.program.environment.merge(clock) { $1 }
        try server.start()
    }

    @discardableResult private func desk(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    @discardableResult private func village(_ arguments: String...) throws -> JSON {
        let outcome = try station.run(arguments)
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps { try desk("case", "move", id, step, "--role", "leader", "--author", "陈主任") }
    }

    private func tell(_ day: String, _ what: String) { story.append("\(day): \(what)") }

    /// What the station has to do, each with its household.
    private func tellTasks(_ day: String) throws {
        for task in try village("tasks")["tasks"].array {
            tell(
                day,
                "\(task["number"].string ?? "-") \(task["task"].string ?? "") by \(task["due"].string ?? "") late \(task["daysLate"].int ?? -1)"
            )
        }
    }

    private func status(_ id: String) throws -> String { try desk("case", "show", id)["status"].string ?? "" }

    func live() throws -> [String] {
        try policy()
        let (poor, rich, fire) = try applications()
        try checks(poor, rich)
        let notice = try decision(poor)
        try village(poor, rich, notice: notice)
        try effect(poor, notice: notice)
        try relief(fire)
        try pay()
        try close([poor, rich, fire])
        return story
    }

    /// Days 1 to 5: the new policy comes after the training, the station pulls it.
    private func policy() throws {
        var content = try #require(try desk("pack", "show", "370404-2020-14@1")["content"].value as? [String: Any])
        content["version"] = 2
        content["from"] = "2025-09-05"
        content["until"] = "2030-09-04"
        var parameters = try #require(content["parameters"] as? [[String: Any]])
        for index in parameters.indices where parameters[index]["name"] as? String == "dibao.standard.rural" {
            parameters[index]["value"] = "585.00"
        }
        content["parameters"] = parameters
        try JSONSerialization.data(withJSONObject: content).write(to: URL(filePath: path("pack.json")))
        let key = try #require(try desk("pack", "key", path("district.key"))["publicKey"].string)
        try desk("pack", "sign", path("pack.json"), "--key", path("district.key"), "--out", path("pack.signed"))
        try desk("pack", "trust", key)
        try desk("pack", "import", path("pack.signed"))
        try desk("pack", "train", "370404-2020-14@2", "--held", "2026-03-01", "--attendee", "王秀英")
        try desk("pack", "activate", "370404-2020-14@2")
        try morning("2026-03-02")
        station = try server.station("a", village: Self.village, staff: "王秀英")
        try morning("2026-03-02")
        try station.sync()
    }

    private func household(_ number: String, _ name: String, _ id: String) throws -> (String, String) {
        let household = try station.new("household", "number=\(number)", "address=一组", "hukou_type=20")
        let member = try station.new("member", "household=\(household)", "name=\(name)", "id_number=\(id)")
        try village("edit", household, "head=\(member)")
        return (household, member)
    }

    /// Three families ask: one has little, one has wages, one has lost its roof.
    private func applications() throws -> (String, String, String) {
        try morning("2026-03-03")
        let (one, _) = try household("001", "张三", "370404198001010014")
        home = one
        let (two, earner) = try household("002", "李四", "440524188001010014")
        let (three, victim) = try household("003", "赵五", "11010519491231002X")
        _ = try station.new(
            "income_item", "household=\(two)", "member=\(earner)", "type=10", "amount_fen=500000", "period=month")
        func apply(_ household: String, _ programme: String, _ more: String...) throws -> String {
            let made = try station.run(["apply", household, programme, "--reason", "困难"] + more)
            return try #require(made.json["id"].string, "\(made.text) \(made.errors)")
        }
        let poor = try apply(one, "dibao", "--signer", "张三")
        let rich = try apply(two, "dibao", "--signer", "李四")
        let fire = try apply(three, "relief_urgent", "--member", victim)
        tell("03-03", "trial \(try village("calculate", one, "dibao")["amount"].string ?? "")")
        try tellTasks("03-03")
        try station.sync()
        try desk(
            "new", "payment", "application=\(fire)", "amount_fen=50000", "means=cash", "state=paid", "receipt=签收单",
            "payee=\(victim)")
        try move(fire, "relieve")
        return (poor, rich, fire)
    }

    private func checks(_ poor: String, _ rich: String) throws {
        try morning("2026-03-04")
        for id in [poor, rich] { try move(id, "authorise", "prepare") }
        try desk("check", "request", path("requests.json"))
        try desk(
            "check", "simulate", path("requests.json"), path("reports.json"), "--failing", "440524188001010014")
        try desk("check", "import", path("reports.json"))
        try move(rich, "fail_check")
        tell("03-04", "002 \(try status(rich))")
    }

    /// The visit, and the decision that rests on it.
    private func decision(_ poor: String) throws -> String {
        try morning("2026-03-05")
        let answers = #"""
            {"visited_on": "2026-03-05", "surveyors": ["王秀英", "李建国"],
             "poverty_causes": ["01"], "head": "张三",
             "members": [{"name": "张三", "relation": "02", "health": "1", "labour_ability": "full"}]}
            """#
        try Data(answers.utf8).write(to: URL(filePath: path("answers.json")))
        let visit = try village("visit", "001", "--answers", path("answers.json"))
        tell("03-05", "trial in the visit \(visit["trial"]["amount"].string ?? "")")
        try station.sync()
        try move(poor, "accept", "review")
        let decided = try desk(
            "case", "decide", poor, "approved", "--basis", "年收入低于标准", "--signatory", "李建国", "--signatory", "陈主任")
        tell(
            "03-05",
            "decided \(decided["amount"].string ?? "") by \(decided["calculation"]["pack"]["version"].int ?? 0)")
        try move(poor, "approve")
        let notice = try desk("notice", poor, "publicity", "--place", "村委会公开栏")
        tell("03-05", "posted until \(notice["to"].string ?? "")")
        try move(poor, "publicise")
        return try #require(notice["id"].string)
    }

    /// Day 6: the village posts the notice and delivers the letter.
    private func village(_ poor: String, _ rich: String, notice: String) throws {
        try morning("2026-03-06")
        try station.sync()
        try tellTasks("03-06")
        try Data("照片".utf8).write(to: URL(filePath: path("posted.jpg")))
        let photo = try village("attach", notice, path("posted.jpg"), "--kind", "photo")["id"].string ?? ""
        try village("edit", notice, "posted_evidence+=\(photo)")
        let letters = try village("list", "notice")["records"].array.filter {
            $0["fields"]["kind"].string == "check_failure"
        }
        tell("03-06", "letter: \(letters.count) \(letters.first?["fields"]["text"].string ?? "")")
        try village("edit", try #require(letters.first?["id"].string), "delivered_on=2026-03-06")
        try tellTasks("03-06")
        try station.sync()
    }

    /// Days 15 to 20: the notice comes down, the result takes effect.
    private func effect(_ poor: String, notice: String) throws {
        try morning("2026-03-16")
        try station.sync()
        try tellTasks("03-16")
        try village("edit", notice, "removed_evidence+=照片2")
        _ = try station.new(
            "bank_account", "household=\(home)", "kind=卡", "number=6222020200112230", "bank=农商行", "holder=张三")
        try station.sync()
        try move(poor, "take_effect", "pay")
        tell("03-16", "001 \(try status(poor))")
    }

    private func relief(_ fire: String) throws {
        try move(fire, "register")
        let decided = try desk(
            "case", "decide", fire, "approved", "--basis", "火灾", "--signatory", "陈主任", "--amount", "500.00")
        tell("03-16", "relief \(decided["amount"].string ?? "")")
        let clocks = try desk("case", "show", fire)["clocks"].array
        tell("03-16", clocks.map { "\($0["clock"].string ?? "") \($0["state"].string ?? "")" }.joined(separator: ", "))
        try desk("case", "note", fire, "--clock", "registration", "--text", "窗口停电")
        try move(fire, "sign_off")
    }

    /// Month end: the roll is frozen, the pay file written.
    private func pay() throws {
        try morning("2026-03-30")
        let roll = try desk("roll", "freeze", "2026-04")
        tell(
            "03-30",
            "roll \(roll["lines"].int ?? 0) lines \(roll["totalFen"].int ?? 0) held \(roll["held"].array.count)")
        let written = try desk("export", "payfile", "2026-04", path("pay.csv"))
        #expect(written["totalFen"].int == roll["totalFen"].int)
        let csv = try String(contentsOfFile: path("pay.csv"), encoding: .utf8)
        for row in csv.split(separator: "\r\n").dropFirst() {
            let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            tell("03-30", [4, 5, 11, 9, 10, 12, 13, 14].map { cells[$0] }.joined(separator: " "))
        }
        let again = try server.command("roll", "freeze", "2026-04")
        #expect(again.code != 0, "a month is paid once")
    }

    private func close(_ cases: [String]) throws {
        try station.sync()
        let faults = try server.faults(atRest: [station], deskActs: true)
        #expect(faults == [], "\(faults)")
        for id in cases {
            let shown = try desk("case", "show", id)
            tell("end", shown["moves"].array.compactMap { $0["to"].string }.joined(separator: " "))
        }
        #expect(try desk("nightly")["sound"].bool == true)
        try desk("audit", "verify")
        let decision = try #require(
            try desk("list", "decision")["records"].array.first { $0["fields"]["result"].string == "approved" })
        #expect(try desk("audit", "calculation", try #require(decision["id"].string))["same"].bool == true)
        let payment = try #require(
            try desk("list", "payment")["records"].array.first { $0["fields"]["state"].string == "planned" })
        #expect(try desk("audit", "trace", try #require(payment["id"].string))["steps"].array.isEmpty == false)
        try tellTasks("end")
    }
}

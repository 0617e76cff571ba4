import Foundation
import ProgramRunner
import Testing

/// How little an applicant is bothered, with the built programs: the checklist, what is shared, members registered
/// elsewhere, trips, the check of the whole roll, and how fast it goes (R37, R38, R40, R45,
/// R65, R70).
@Suite struct ProofTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String
    private let application: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage(
            member: ["name=张三", "id_number=11010519491231002X", "registered_at=370481"]
        ).parts
        let made = try station.run("apply", household, "dibao", "--signer", "张三", "--member", member)
        application = try #require(made.json["id"].string)
        try station.sync()
    }

    private func move(_ step: String) throws {
        let moved = try server.command("case", "move", application, step, "--role", "leader")
        #expect(moved.code == 0, "\(step): \(moved.text) \(moved.errors)")
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func check(by program: Program) throws -> Int {
        let requested = try program.run(["check", "request", path("requests.json"), "--json"])
        #expect(requested.code == 0, "\(requested.text)")
        #expect(
            try program.run(["check", "simulate", path("requests.json"), path("reports.json"), "--json"]).code == 0)
        #expect(try program.run(["check", "import", path("reports.json"), "--json"]).code == 0)
        return requested.json["requests"].int ?? 0
    }

    @Test(arguments: [true, false]) func theChecklistIsShownOfflineToAStationAndToNobody(isJoined: Bool) throws {
        server.stop()
        let program = isJoined ? station.program : Program("ruhu", environment: ["RUHU_HOME": path("nowhere")])
        let list = try program.run(["proofs", "dibao", "--json"])
        #expect(list.code == 0 && list.json["pack"].string == "370404-2020-14@1", "\(list.errors)")
        let proofs = list.json["proofs"].array
        #expect(proofs.filter { $0["shared"].bool == false }.compactMap { $0["code"].string }.contains("authorisation"))
        let elsewhere = try #require(proofs.first { $0["code"].string == "no_dibao_elsewhere" })
        #expect(elsewhere["shared"].bool == true && elsewhere["article"].string == "二、四是规范文书")
        #expect(proofs.allSatisfy { $0["basis"].string?.isEmpty == false && $0["issuer"]["zh"].string != nil })
        #expect(try program.run(["proofs", "dinner", "--json"]).json["error"]["code"].int == 2003)
        var chinese = program
        chinese.environment["LANG"] = "zh_CN.UTF-8"
        let shown = try chinese.run(["proofs", "relief_expense"]).text
        #expect(shown.contains("要带的") && shown.contains("自付费用票据") && shown.contains("不用带的"))
    }

    @Test func whatIsSharedIsNotAskedForAtTheStationNorAtTheDesk() throws {
        let request = ["new", "proof_request", "application=\(application)", "asked_on=2026-11-20", "--json"]
        for program in [station.program, server.program] {
            for (code, rule) in [("real_estate", "R38"), ("good_conduct", "R37")] {
                let refused = try program.run(request + ["code=\(code)"])
                #expect(refused.code == 65 && refused.json["error"]["code"].int == 2031, "\(refused.text)")
                #expect(refused.json["error"]["message"].string?.contains(rule) == true)
            }
        }
        #expect(try station.run("outbox").json["sets"].array.allSatisfy { $0["state"].string != "pending" })
        let asked = try station.program.run(request + ["code=identity_card", "reason=照片不清"])
        #expect(asked.code == 0, "\(asked.text)")
        let id = try #require(asked.json["id"].string)
        #expect(try station.run("edit", id, "brought_on=2026-11-21").code == 0)
        try station.sync()
        #expect(try station.run("refused").json["sets"].array.isEmpty)
        #expect(try server.command("show", id).json["fields"]["brought_on"].string == "2026-11-21")
        // In a document from another program too.
        let document = #"{"application": "\#(application)", "code": "tax"}"#
        let refused = try station.run(["new", "proof_request", "-"], input: document)
        #expect(refused.code == 65 && refused.json["error"]["code"].int == 2031)
    }

    @Test func aMemberRegisteredElsewhereIsTheClerksTask() throws {
        func tasks() throws -> [JSON] {
            try server.command("tasks", "--desk").json["tasks"].array.filter {
                $0["task"].string == "verify_registration"
            }
        }
        let task = try #require(try tasks().first)
        #expect(task["rule"].string == "R40" && task["subject"].string == member)
        #expect(try station.run("tasks").json["tasks"].array.allSatisfy { $0["task"].string != "verify_registration" })
        #expect(try station.run("edit", member, "registered_at=峄城").code == 65)
        let fields = ["verification", "application=\(application)", "member=\(member)", "result=not_receiving"]
        #expect(try station.run(["new"] + fields).code == 65, "the desk's alone")
        try move("authorise")
        try move("prepare")
        #expect(try check(by: server.program) == 1)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move("accept")
        #expect(try tasks().count == 1)
        let made = try server.program.run(["new"] + fields + ["verified_on=\(Today.text)", "how=电话", "--json"])
        #expect(made.code == 0, "\(made.text)")
        #expect(try tasks().isEmpty)
    }

    @Test func aSecondTripIsToldOfWhereItIsTyped() throws {
        let trip = ["trip", "application=\(application)", "where=township"]
        let first = try station.run(["new"] + trip + ["on=2026-11-20", "why=交申请"])
        #expect(first.code == 0 && !first.errors.contains("R45"))
        let second = try station.run(["new"] + trip + ["on=2026-11-21", "why=补签字"])
        #expect(second.code == 0 && second.errors.contains("R45") && second.errors.contains("补签字"))
        try station.sync()
        let third = try server.program.run(["new"] + trip + ["on=2026-11-22", "why=材料退回"])
        #expect(third.code == 0 && third.errors.contains("R45"))
        let shown = try server.command("case", "show", application).json
        #expect(shown["trips"].array.compactMap { $0["why"].string } == ["交申请", "补签字", "材料退回"])
        #expect(shown["findings"].strings.count == 1 && shown["findings"][0].string?.contains("材料退回") == true)
        #expect(try server.program.run(["case", "show", application]).text.contains("R45"))
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func theRollIsCheckedAgainWhenItsReportsAreOld() throws {
        try granted()
        var later = server.program
        later.environment.merge(WrongClock.environment("+14d")) { $1 }
        for step in ["take_effect", "pay"] {
            let moved = try later.run(["case", "move", application, step, "--role", "leader", "--json"])
            #expect(moved.code == 0, "\(moved.text)")
        }
        #expect(try check(by: later) == 0)
        later.environment.merge(WrongClock.environment("+360d")) { $1 }
        let tasks = try later.run(["tasks", "--desk", "--json"]).json["tasks"].array
        #expect(tasks.compactMap { $0["task"].string }.contains("request_check"))
        #expect(try check(by: later) == 1)
        #expect(try check(by: later) == 0, "a new report is there")
    }

    @Test func decisionsAreCounted() throws {
        #expect(try server.command("statistics").json["rows"].array.isEmpty)
        try granted()
        let counted = try server.command("statistics").json["rows"].array
        #expect(counted.count == 1 && counted[0]["rule"].string == "R33" && counted[0]["rate"].string == "1")
        #expect(counted[0]["done"].int == 1 && counted[0]["meanWorkingDays"].string == "0")
        #expect(try server.command("statistics", "--to", "2020-01-01").json["rows"].array.isEmpty)
        #expect(try server.command("statistics", "--from", "yesterday").code == 65)
        #expect(try server.program.run(["statistics"]).text.contains("100.0%"))
    }

    /// Up to the public notice.
    private func granted() throws {
        _ = try server.command(
            "new", "verification", "application=\(application)", "member=\(member)", "result=not_receiving",
            "verified_on=\(Today.text)")
        try move("authorise")
        try move("prepare")
        _ = try check(by: server.program)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        _ = try station.new("bank_account", "household=\(household)", "kind=折", "number=6222020200112233")
        try station.sync()
        for step in ["accept", "review"] { try move(step) }
        #expect(
            try server.command(
                "case", "decide", application, "approved", "--basis", "低于标准", "--signatory", "李", "--signatory", "王"
            ).code == 0)
        try move("approve")
        let notice = try server.command("notice", application, "publicity", "--place", "公开栏").json["id"].string
        try move("publicise")
        try station.sync()
        #expect(try station.run("edit", try #require(notice), "posted_evidence+=照片1").code == 0)
        try station.sync()
    }
}

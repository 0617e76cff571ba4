import Foundation
import ProgramRunner
import Testing

/// A case with the built programs: village and township, the checking platform simulated, refusals by rule.
@Suite struct CaseTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage().parts
    }

    private func apply(_ programme: String = "dibao", _ more: String...) throws -> String {
        let made = try station.run(
            ["apply", household, programme, "--signer", "张三", "--reason", "因病", "--member", member] + more)
        #expect(made.code == 0, "\(made.text) \(made.errors)")
        return try #require(made.json["id"].string)
    }

    @discardableResult private func move(_ id: String, _ step: String, _ more: String...) throws -> JSON {
        let moved = try server.program.run(["case", "move", id, step, "--role", "leader", "--json"] + more)
        #expect(moved.code == 0, "\(step): \(moved.text) \(moved.errors)")
        return moved.json
    }

    private func refusal(_ arguments: String...) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2031, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }

    private func desk(_ kind: String, _ fields: String...) throws -> String {
        let made = try server.program.run(["new", kind, "--json"] + fields)
        #expect(made.code == 0, "\(kind): \(made.text) \(made.errors)")
        return made.json["id"].string ?? ""
    }

    @discardableResult private func decide(_ id: String, _ result: String = "approved") throws -> JSON {
        let made = try server.command(
            "case", "decide", id, result, "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
        #expect(made.code == 0, "\(made.text) \(made.errors)")
        return made.json
    }

    private func check(failing: Bool = false) throws -> JSON {
        let requests = folder.url.appending(path: "requests.json").path
        let reports = folder.url.appending(path: "reports.json").path
        #expect(try server.command("check", "request", requests).code == 0)
        let failing = failing ? ["--failing", member] : []
        #expect(try server.program.run(["check", "simulate", requests, reports, "--json"] + failing).code == 0)
        return try server.command("check", "import", reports).json
    }

    /// Village and township hold the same records, and the log is sound.
    private func expectAgreement() throws {
        let synced = try station.sync()
        let theirs = try server.command("status").json["scopes"].array.first {
            $0["scope"].string == "370404101201"
        }
        #expect(theirs?["digest"].string == synced["digest"].string)
        #expect(try server.command("nightly").json["sound"].bool == true)
        #expect(try station.run("doctor", "--check-only").code == 0)
    }

    /// Up to the review.
    private func reviewed(_ id: String) throws {
        try move(id, "authorise")
        try move(id, "prepare")
        _ = try check()
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move(id, "accept")
        try move(id, "review")
    }

    @Test func anApplicationIsOnePacketOfThreePapers() throws {
        let id = try apply()
        let sets = try station.run("outbox").json["sets"].array
        let packet = try #require(sets.last)["changes"].array.compactMap { $0["kind"].string }
        #expect(packet == ["application", "authorisation", "commitment"])
        try station.sync()
        let shown = try server.command("case", "show", id).json
        #expect(shown["status"].string == "intent" && shown["programme"].string == "dibao")
        #expect(shown["clocks"][0]["clock"].string == "decision" && shown["clocks"][0]["rule"].string == "R33")
        #expect(shown["next"].array.first { $0["move"].string == "authorise" }?["missing"].array.isEmpty == true)
    }

    /// A page was cut from all cases, and filtered then: with more of them the list of a status was empty.
    @Test func aPageOfAStatusIsFullOfThose() throws {
        let first = try apply()
        let second = try apply("tekun")
        try station.sync()
        try move(second, "authorise")
        let listed = try server.command("case", "list", "--status", "authorised", "--limit", "1").json
        #expect(listed["cases"].array.compactMap { $0["id"].string } == [second])
        try move(first, "authorise")
        let next = try server.command("case", "list", "--status", "authorised", "--limit", "1", "--after", first).json
        #expect(next["cases"].array.compactMap { $0["id"].string } == [second])
    }

    @Test func aSecondRequestForTheSameIsFlagged() throws {
        let first = try apply()
        let second = try station.run("apply", household, "dibao", "--signer", "张三")
        #expect(second.code == 0 && second.json["repeats"].string == first)
        #expect(second.errors.contains("R44"))
        try station.sync()
        let cases = try server.command("case", "list").json
        #expect(cases["count"].int == 2)
        #expect(cases["cases"].array.compactMap { $0["repeats"].string } == [first])
    }

    @Test func aCaseGoesFromTheVillageToItsPublicNotice() throws {
        let id = try apply()
        try station.sync()
        #expect(try refusal("case", "move", id, "approve", "--role", "leader").contains("R13"))
        try reviewed(id)
        #expect(try refusal("case", "move", id, "approve", "--role", "leader").contains("R15"))
        #expect(
            try refusal("new", "decision", "application=\(id)", "result=approved", "amount_fen=61600", "role=leader")
                .contains("R15"))
        let decided = try decide(id)
        #expect(decided["amountFen"].int == 61_600)
        let again = try server.command("audit", "calculation", try #require(decided["id"].string))
        #expect(again.code == 0 && again.json["same"].bool == true, "\(again.text)")
        #expect(try refusal("case", "move", id, "approve", "--role", "district").contains("R1,"))
        #expect(try refusal("case", "move", id, "approve").contains("R12"))
        #expect(try move(id, "approve")["clocks"][0]["state"].string == "met")
        #expect(try refusal("case", "move", id, "publicise").contains("R31"))
        let notice = try server.program.run([
            "notice", id, "publicity", "--place", "村委会公开栏", "--hotline", "0632-7712345", "--json",
        ])
        #expect(notice.code == 0 && notice.json["to"].string != nil)
        try move(id, "publicise")
        #expect(try refusal("case", "move", id, "take_effect").contains("R31"))
        let moves = try server.command("case", "show", id).json["moves"].array
        #expect(moves.compactMap { $0["to"].string }.last == "publicised")
        #expect(moves.allSatisfy { $0["at"].string != nil && $0["role"].string == "leader" })
        #expect(
            try refusal("new", "payment", "application=\(id)", "amount_fen=61600", "month=2026-12").contains("R31"))
        // The station sees the status; it cannot write it.
        try station.sync()
        #expect(try station.show(id)["fields"]["status"].string == "publicised")
        #expect(try station.run("edit", id, "status=effective").code == 65)
        try expectAgreement()
        #expect(try server.command("audit", "verify").code == 0)
    }

    @Test func aRefusedRequestComesBackToTheStationWithItsRule() throws {
        let id = try apply()
        try station.sync()
        _ = try station.new("case_request", "application=\(id)", "move=approve")
        _ = try station.new("case_request", "application=\(id)", "move=authorise")
        try station.sync()
        let refused = try station.run("refused").json["sets"].array
        #expect(refused.count == 1 && refused[0]["code"].int == 2031)
        #expect(refused[0]["reason"].string?.contains("R13") == true)
        var chinese = station
        chinese.program.environment["LANG"] = "zh_CN.UTF-8"
        #expect(try chinese.run("refused").json["sets"][0]["reason"].string?.contains("不能办理“批准”") == true)
        #expect(try server.command("case", "show", id).json["requested"].strings == ["authorise"])
        try move(id, "authorise")
        #expect(try server.command("case", "show", id).json["requested"].strings == [])
        try expectAgreement()
    }

    @Test func aStatusChangesByAStepOnly() throws {
        let id = try apply()
        try station.sync()
        #expect(try refusal("edit", id, "status=approved").contains("R13"))
        #expect(try server.command("new", "case_move", "application=\(id)", "move=approve").code == 65)
    }

    @Test func nothingIsCheckedWithoutAnAuthorisationAndAWithdrawalWins() throws {
        let bare = try #require(try station.run("apply", household, "relief_expense").json["id"].string)
        let id = try apply()
        try station.sync()
        let requests = folder.url.appending(path: "requests.json").path
        #expect(try refusal("check", "request", requests, bare).contains("R25"))
        try move(id, "authorise")
        try move(id, "prepare")
        #expect(try server.command("check", "request", requests, id).code == 0)
        let reports = folder.url.appending(path: "reports.json").path
        #expect(try server.command("check", "simulate", requests, reports).code == 0)
        // Withdrawn in the village while the check runs.
        let paper = try #require(
            try station.run("list", "authorisation").json["records"].array.first {
                $0["fields"]["application"].string == id
            }?["id"].string)
        #expect(try station.run("edit", paper, "withdrawn=2026-11-20").code == 0)
        try station.sync()
        let imported = try server.command("check", "import", reports)
        #expect(imported.code == 65 && imported.json["imported"].int == 0)
        #expect(imported.json["refused"][0]["error"]["message"].string?.contains("R25") == true)
    }

    @Test func aFailedCheckWritesItsOwnLetter() throws {
        let id = try apply()
        try station.sync()
        try move(id, "authorise")
        try move(id, "prepare")
        let imported = try check(failing: true)
        #expect(imported["imported"].int == 1)
        #expect(try refusal("case", "move", id, "accept").contains("R27"))
        try move(id, "fail_check")
        let letter = try server.command("list", "notice").json["records"][0]["fields"]
        #expect(letter["kind"].string == "check_failure" && letter["text"].string?.contains("张三") == true)
        let again = try server.command("check", "import", folder.url.appending(path: "reports.json").path)
        #expect(again.code == 0 && again.json["imported"].int == 0)
    }

    @Test func noDemocraticReviewWithoutAnObjectionAndNoNoticeDatedBack() throws {
        let id = try apply()
        try station.sync()
        #expect(try refusal("new", "democratic_review", "application=\(id)", "result=upheld").contains("R30"))
        #expect(
            try refusal("new", "notice", "application=\(id)", "kind=publicity", "from=2026-01-05").contains("R31"))
        #expect(
            try refusal("new", "decision", "application=\(id)", "result=approved", "role=leader").contains("R64"))
        #expect(
            try refusal("new", "decision", "application=\(id)", "result=rejected", "role=district").contains("R1,"))
    }

    @Test func aClerkWithAnOldPageTakesNoStep() throws {
        let id = try apply()
        try station.sync()
        let seen = try #require(try server.command("status").json["seq"].int)
        try move(id, "authorise")
        #expect(try refusal("case", "move", id, "prepare", "--seen", "\(seen)").contains("changed meanwhile"))
        #expect(try server.command("case", "show", id).json["status"].string == "authorised")
    }

    @Test func aCaseComesBackAfterARestoreWithEveryStep() throws {
        try station.sync()
        let backup = folder.url.appending(path: "ruhu.backup").path
        try #require(try server.command("backup", backup).code == 0)
        let id = try apply()
        try station.sync()
        try reviewed(id)
        let before = try server.command("case", "show", id).json["moves"].array.compactMap { $0["move"].string }
        try station.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        for _ in 0..<3 { _ = try station.run("sync") }
        let shown = try server.command("case", "show", id).json
        #expect(shown["status"].string == "in_review")
        #expect(shown["moves"].array.compactMap { $0["move"].string } == before)
        try expectAgreement()
    }

    @Test func aCaseMayContinueAnother() throws {
        let first = try apply()
        let second = try station.run("apply", household, "dibao", "--signer", "李四", "--continues", first)
        let id = try #require(second.json["id"].string)
        #expect(try station.show(id)["fields"]["continues"].string == first)
    }

    /// DOMAIN section 7, collisions 9 and 2, and the whole path to payment. The notice's days pass at the township.
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aLateObjectionReopensAndADeathFreezes() throws {
        let id = try apply()
        try station.sync()
        try reviewed(id)
        try decide(id)
        try move(id, "approve")
        let notice = try server.program.run([
            "notice", id, "publicity", "--place", "村委会公开栏", "--hotline", "0632-7712345", "--json",
        ]).json
        try move(id, "publicise")
        try station.sync()
        #expect(try station.run("edit", try #require(notice["id"].string), "posted_evidence+=照片1").code == 0)
        try station.sync()
        // Typed while the notice hangs, sent after it was over.
        let objection = try station.new(
            "objection", "application=\(id)", "text=他家有车", "at=\(try #require(notice["from"].string))")
        _ = try station.new("bank_account", "household=\(household)", "kind=折", "number=6222020200112233")
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        try move(id, "take_effect")
        try station.sync()
        try move(id, "object")
        try move(id, "open_review")
        _ = try desk(
            "democratic_review", "application=\(id)", "objection=\(objection)", "attendees=甲,乙,丙", "votes_for=3",
            "result=upheld")
        try move(id, "uphold")
        try move(id, "take_effect")
        #expect(try move(id, "pay")["status"].string == "in_payment")
        let review = try server.command("list", "dynamic_review").json
        #expect(review["count"].int == 1 && review["records"][0]["fields"]["due"].string != nil)
        _ = try desk("payment", "application=\(id)", "month=2026-12", "amount_fen=61600", "state=planned")
        _ = try station.new(
            "change_report", "household=\(household)", "member=\(member)", "type=death", "on=2026-11-20")
        try station.sync()
        #expect(
            try refusal("new", "payment", "application=\(id)", "month=2027-01", "amount_fen=61600").contains("R22"))
        #expect(try refusal("case", "move", id, "stop", "--role", "leader").contains("R43"))
        #expect(try server.command("audit", "verify").code == 0)
    }

    /// R2, R16; DOMAIN section 3: of age, and the household receives 低保.
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func theElderlyBecomeCandidatesByThemselvesAndOnce() throws {
        let id = try apply()
        try station.sync()
        #expect(try server.command("nightly").json["candidates"].strings == [], "no allowance is in force")
        try reviewed(id)
        try decide(id)
        try move(id, "approve")
        let notice = try server.command("notice", id, "publicity", "--place", "公开栏").json["id"].string
        try move(id, "publicise")
        try station.sync()
        #expect(try station.run("edit", try #require(notice), "posted_evidence+=照片1").code == 0)
        try station.sync()
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        try move(id, "take_effect")
        let found = try server.command("nightly").json["candidates"].strings
        #expect(found.count == 1)
        #expect(try server.command("nightly").json["candidates"].strings == [])
        let shown = try server.command("case", "show", try #require(found.first)).json
        #expect(shown["programme"].string == "elderly_allowance" && shown["status"].string == "candidate")
        #expect(shown["member"].string == member)
        let decided = try decide(try #require(found.first))
        #expect(decided["amountFen"].int == 8_000)
        #expect(try move(found[0], "confirm")["status"].string == "confirmed")
        try station.sync()
        #expect(try station.show(found[0])["fields"]["channel"].string == "automatic")
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func anOverdueCaseStaysOnRecordWithItsNote() throws {
        let id = try apply()
        try station.sync()
        var late = server.program
        late.environment.merge(WrongClock.environment("+25d")) { $1 }
        let listed = try late.run(["case", "list", "--late", "--json"])
        #expect(listed.json["cases"][0]["clocks"][0]["state"].string == "overdue")
        #expect(try server.command("case", "list", "--late").json["count"].int == 0)
        let blank = try late.run(["case", "note", id, "--clock", "decision", "--text", " ", "--json"])
        #expect(blank.code == 65 && blank.json["error"]["code"].int == 2003, "a breach is not explained by nothing")
        #expect(try late.run(["case", "note", id, "--clock", "decision", "--text", "核对平台停机", "--json"]).code == 0)
        let clock = try late.run(["case", "show", id, "--json"]).json["clocks"][0]
        #expect(clock["notes"].strings == ["核对平台停机"] && clock["state"].string == "overdue")
    }

    @Test(arguments: [
        (["case", "show", "01890000-0000-7000-8000-000000000000"], 2009),
        (["case", "list", "--status", "asleep"], 2003),
        (["case", "move", "x", "approve", "--role", "king"], 2003), (["check", "import", "/nowhere.json"], 5004),
    ])
    func whatIsWrongIsToldWithItsCode(arguments: [String], code: Int) throws {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.json["error"]["code"].int == code, "\(outcome.text)")
    }
}

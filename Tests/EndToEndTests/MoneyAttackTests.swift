import Foundation
import ProgramRunner
import Testing

/// What a clerk could try to get money out that the rules do not give: every act is refused with its rule, and the roll
/// stays what was decided.
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil })
struct MoneyAttackTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage(
            household: ["address=一组", "hukou_type=20"], member: ["name=张三", "id_number=370404198001010014"]
        ).parts
        _ = try station.new(
            "bank_account", "household=\(household)", "kind=卡", "number=6222020200112230", "holder=张三")
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func desk(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps { _ = try desk("case", "move", id, step, "--role", "leader") }
    }

    /// The rule that an act is refused by, as its message tells it.
    private func refusal(_ arguments: String...) throws -> String {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2031, "\(arguments) \(outcome.text)")
        return outcome.json["error"]["message"].string ?? ""
    }

    private func decide(_ id: String, _ result: String = "approved") throws -> JSON {
        try desk("case", "decide", id, result, "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
    }

    private func inReview() throws -> String {
        let made = try station.run("apply", household, "dibao", "--signer", "张三", "--member", member)
        let id = try #require(made.json["id"].string)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move(id, "authorise", "prepare")
        _ = try desk("check", "request", path("requests"))
        _ = try desk("check", "simulate", path("requests"), path("reports"))
        _ = try desk("check", "import", path("reports"))
        try move(id, "accept", "review")
        return id
    }

    private func publicised() throws -> String {
        let id = try inReview()
        _ = try decide(id)
        try move(id, "approve")
        let notice = try desk("notice", id, "publicity", "--place", "公开栏", "--hotline", "0632-7712345")
        try move(id, "publicise")
        try station.sync()
        let posted = try station.run("edit", try #require(notice["id"].string), "posted_evidence+=照片1")
        #expect(posted.code == 0)
        try station.sync()
        return id
    }

    /// In payment; the township's clock is two weeks on from here.
    private func inPayment() throws -> String {
        let id = try publicised()
        server.program.environment.merge(WrongClock.environment("+14d")) { $1 }
        try move(id, "take_effect", "pay")
        return id
    }

    private func due(_ month: String) throws -> Int { try desk("roll", "show", month)["totalFen"].int ?? -1 }

    /// What `calculate` says of six people in this household, who do not exist.
    private func invented() throws -> JSON {
        let people = (1...6).map { ["id": "x\($0)", "birth_date": "1980-01-01"] }
        let facts = try JSONSerialization.data(withJSONObject: ["residence": "rural", "members": people])
        let outcome = try server.program.run(
            ["calculate", "-", "dibao", "--json"], input: String(decoding: facts, as: UTF8.self))
        #expect(outcome.code == 0, "\(outcome.text) \(outcome.errors)")
        return outcome.json
    }

    private func grant(_ id: String, _ calculation: JSON, _ result: String) throws -> String {
        let json = try JSONSerialization.data(withJSONObject: try #require(calculation.value as? [String: Any]))
        return try refusal(
            "new", "decision", "application=\(id)", "result=\(result)", "basis=依据", "signatories=李",
            "amount_fen=\(try #require(calculation["amountFen"].int))", "role=leader",
            "decided_on=\(try #require(calculation["day"].string))",
            "calculation=\(String(decoding: json, as: UTF8.self))")
    }

    @Test func aCalculationOfInventedPeopleGrantsNothing() throws {
        let id = try inReview()
        #expect(try grant(id, invented(), "approved").contains("R15"))
    }

    @Test func aDecisionIsNotDatedBack() throws {
        let id = try inReview()
        let old = try desk("calculate", household, "dibao", "--on", "2021-03-01")
        #expect(try grant(id, old, "approved").contains("R15"))
    }

    @Test func aResultIsPostedAfterItWasApproved() throws {
        let id = try inReview()
        #expect(try refusal("notice", id, "publicity", "--place", "公开栏").contains("R31"))
        #expect(try server.command("notice", id, "rejection", "--text", "").json["error"]["code"].int == 2003)
        // Nor by a notice that says only later what it is, or from when it hangs.
        let blank = try desk("new", "notice", "application=\(id)", "place=公开栏")["id"].string ?? ""
        #expect(try refusal("edit", blank, "kind=publicity").contains("R31"))
        #expect(try refusal("edit", blank, "from=2026-01-01").contains("R31"))
    }

    @Test func whatWasPostedIsNotApprovedAnew() throws {
        let id = try publicised()
        let again = try refusal("case", "decide", id, "approved", "--basis", "a", "--signatory", "李")
        #expect(again.contains("R31"))
    }

    @Test func aDecisionIsCorrectedByAnotherAndNeverFilledIn() throws {
        let id = try inReview()
        let bare = try desk("new", "decision", "application=\(id)", "result=stopped")["id"].string ?? ""
        #expect(try refusal("edit", bare, "amount_fen=100", "basis=a").contains("R15"))
    }

    @Test func aFrozenRollPaysWhatItFroze() throws {
        let id = try inPayment()
        let frozen = try desk("roll", "freeze", "2026-12")
        let (roll, total) = (try #require(frozen["id"].string), try #require(frozen["totalFen"].int))
        let line = try #require(try desk("list", "payment")["records"][0]["id"].string)
        // Taken back, and paid to somebody else under the name of the same roll.
        for more in ["reverses=\(line)", "state=returned"] {
            let outcome = try server.command(
                "new", "payment", "application=\(id)", "roll=\(roll)", "month=2026-12", "amount_fen=-\(total)", more)
            #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2008, "\(outcome.text)")
        }
        #expect(try server.command("new", "roll", "month=2026-12", "total_fen=5").json["error"]["code"].int == 2008)
        #expect(try desk("export", "payfile", "2026-12", path("pay.csv"))["rows"].int == 1)
        #expect(try due("2026-12") == 0)
    }

    @Test func aMonthThatWasFrozenAgainAfterARestoreIsNotPaidTwice() throws {
        let id = try inPayment()
        let backup = path("ruhu.backup")
        _ = try desk("backup", backup)
        let total = try #require(try desk("roll", "freeze", "2026-12")["totalFen"].int)
        try station.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        _ = try desk("restore", backup)
        // The village may bring the frozen month back: it is waited for, or a reason is kept.
        #expect(try refusal("roll", "freeze", "2026-12").contains("R14"))
        _ = try desk("roll", "freeze", "2026-12", "--without-stations", "急需发放")
        try server.start()
        for _ in 0..<3 { _ = try station.run("sync") }
        #expect(try desk("list", "roll")["count"].int == 2, "the village brought the first one back")
        #expect(try refusal("export", "payfile", "2026-12", path("pay.csv")).contains("R14"))
        let nothing = try server.command("roll", "freeze", "2026-12").json["error"]
        #expect(nothing["code"].int == 2024, "all have synced")
        #expect(nothing["hint"].string?.contains("roll show 2026-12") == true)
        let second = try #require(try desk("list", "payment")["records"][1]["id"].string)
        _ = try desk(
            "new", "payment", "application=\(id)", "reverses=\(second)", "state=reversed", "amount_fen=-\(total)")
        #expect(try desk("export", "payfile", "2026-12", path("pay.csv"))["totalFen"].int == total)
    }

    /// No pack without a signature, no activation without training (R3, R55), no number that was not counted (R41).
    @Test(arguments: ["policy_pack", "district_key", "form", "document", "duplicate", "roll", "check_report"])
    func whatHasItsOwnCommandIsNotWrittenByHand(kind: String) throws {
        let outcome = try server.command("new", kind)
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2008, "\(outcome.text)")
    }

    /// What was frozen is paid as frozen, but not to the dead (R22; DOMAIN section 9).
    @Test func aDeathThatBecomesKnownAfterTheFreezeIsNotPaidOut() throws {
        _ = try inPayment()
        _ = try desk("roll", "freeze", "2026-12")
        #expect(try desk("export", "payfile", "2026-12", path("before.csv"))["rows"].int == 1)
        #expect(try server.command("export", "payfile", "2026-12", path("before.csv")).code == 73, "never written over")
        #expect(try station.run("edit", member, "death_date=2026-11-20").code == 0)
        try station.sync()
        let written = try desk("export", "payfile", "2026-12", path("after.csv"), "--author", "陈主任")
        // That it was written before is on record, and told.
        #expect(written["earlier"].array.compactMap { $0["rows"].int } == [1])
        #expect(try desk("list", "pay_file")["records"][1]["fields"]["written_by"].string == "陈主任")
        #expect(written["rows"].int == 0 && written["totalFen"].int == 0)
        #expect(written["held"].array.compactMap { $0["rule"].string } == ["R22"])
    }

    /// One person in two households is looked at before either is paid (DOMAIN section 9).
    @Test func whoMayBeOnRecordTwiceIsNotPaidBeforeAClerkHasLooked() throws {
        _ = try inPayment()
        let due = try due("2026-12")
        #expect(due > 0)
        let other = try station.new("household", "number=002")
        _ = try station.new("member", "household=\(other)", "name=张三", "id_number=370404198001010014")
        try station.sync()
        let held = try desk("roll", "show", "2026-12")
        #expect(held["totalFen"].int == 0 && held["held"][0]["reasons"][0]["rule"].string == "R14")
        for found in try desk("duplicates")["duplicates"].array {
            _ = try desk("duplicate", "dismiss", try #require(found["id"].string), "--reason", "同名不同人")
        }
        #expect(try self.due("2026-12") == due)
    }

    @Test func aRollIsNotEdited() throws {
        _ = try inPayment()
        let roll = try #require(try desk("roll", "freeze", "2026-12")["id"].string)
        #expect(try server.command("edit", roll, "total_fen=5").json["error"]["code"].int == 2008)
    }

    @Test func aLineIsTakenBackOnceInFullAndByItsOwnCase() throws {
        let id = try inPayment()
        let total = try #require(try desk("roll", "freeze", "2027-01")["totalFen"].int)
        let lines = try desk("list", "payment")["records"].array
        let (first, second) = (try #require(lines[0]["id"].string), try #require(lines[1]["id"].string))
        let half = total / 2
        // A line that stands is not turned into one that takes another back: both months would be due again.
        #expect(try refusal("edit", second, "reverses=\(first)").contains("R15"))
        #expect(try refusal("new", "payment", "application=\(id)", "state=returned", "amount_fen=-5").contains("R14"))
        let back = ["new", "payment", "application=\(id)", "reverses=\(first)", "state=reversed"]
        #expect(try server.program.run(back + ["amount_fen=\(half)"]).code == 65)
        #expect(try server.program.run(back + ["amount_fen=-\(half)"]).code == 0)
        #expect(try server.program.run(back + ["amount_fen=-\(half)"]).code == 65)
        #expect(try due("2027-01") == half)
    }

    @Test func anAdjustmentIsNotPaidBeforeItsNoticeWasDelivered() throws {
        let id = try inPayment()
        _ = try desk("roll", "freeze", "2026-12")
        _ = try station.new("member", "household=\(household)", "name=张小三", "id_number=440524188001010014")
        try station.sync()
        _ = try decide(id, "adjusted")
        let roll = try desk("roll", "show", "2027-01")
        #expect(roll["lines"].int == 0 && roll["held"][0]["reasons"][0]["rule"].string == "R43")
    }

    @Test func aRequestThatCouldNotBeWrittenWasNotMade() throws {
        let made = try station.run("apply", household, "dibao", "--signer", "张三", "--member", member)
        let id = try #require(made.json["id"].string)
        try station.sync()
        try move(id, "authorise")
        #expect(try server.command("check", "request", path("nowhere/requests")).code == 73)
        #expect(try desk("check", "request", path("requests"))["requests"].int == 1)
    }

    @Test func aDecisionWithoutBasisOrSignatoryIsRefused() throws {
        let id = try inReview()
        for (basis, signatory) in [(" ", "李"), ("依据", " ")] {
            let outcome = try server.command(
                "case", "decide", id, "approved", "--basis", basis, "--signatory", signatory)
            #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2003)
        }
    }

    @Test func aLineGoesToAnAccountOfTheHousehold() throws {
        let id = try inPayment()
        let fen = try due("2026-12")
        let line = ["new", "payment", "application=\(id)", "month=2026-12", "amount_fen=\(fen)", "means=account"]
        #expect(try server.program.run(line + ["account_number=6217000000000000"]).code == 65)
        #expect(try server.program.run(line + ["account_number=6222020200112230"]).code == 0)
    }

    @Test func aClockThatWasAheadForOnceDoesNotHoldUpTheDesk() throws {
        let id = try inReview()
        var ahead = server.program
        ahead.environment.merge(WrongClock.environment("+400d")) { $1 }
        #expect(try ahead.run(["case", "note", id, "--clock", "decision", "--text", "停机"]).code == 0)
        _ = try decide(id)
        try move(id, "approve")
        _ = try desk("notice", id, "publicity", "--place", "公开栏")
    }
}

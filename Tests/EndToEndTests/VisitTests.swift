import Foundation
import ProgramRunner
import Testing

/// A visit with the built programs: from a file, on a terminal, through power cuts, a changed form and a rebuilt replica.
@Suite struct VisitTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
        household = try station.new("household", "number=012", "address=三组12号", "hukou_type=20")
        _ = try station.new(
            "member", "household=\(household)", "name=张三", "id_number=11010519491231002X", "relation=02")
    }

    private static let answers = #"""
        {"visited_on": "2026-11-20", "surveyors": ["王秀英", "李建国"], "poverty_causes": ["01", "03"],
         "members": [{"name": "张三", "health": "3", "disease": "高血压", "labour_ability": "none"},
                     {"name": "李四", "id_number": "440524188001010014", "relation": "20", "health": "1",
                      "labour_ability": "full"}],
         "head": "张三",
         "incomes": [{"income_member": "李四", "income_type": "10", "income_period": "month",
                      "income_amount": "1200.50"}]}
        """#

    private func file(_ text: String, _ name: String = "answers.json") throws -> String {
        let url = folder.url.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func sets(_ state: String) throws -> [JSON] {
        try station.run("outbox").json["sets"].array.filter { $0["state"].string == state }
    }

    private func terminal(_ arguments: String...) throws -> Terminal {
        try Terminal(station.program, ["visit"] + arguments, in: folder.url)
    }

    // MARK: - From a file

    @Test func answersFromAFileMakeOneChangeSetOfWhatIsDifferent() throws {
        try station.sync()
        let done = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(done.code == 0, "\(done.text) \(done.errors)")
        let pending = try sets("pending")
        #expect(pending.count == 1 && pending[0]["number"].int == done.json["set"].int)
        let changes = done.json["changes"].array.map { ($0["kind"].string ?? "", $0["operation"].string ?? "") }
        #expect(changes.map(\.0) == ["visit", "household", "member", "member", "income_item"])
        #expect(changes.map(\.1) == ["create", "edit", "edit", "create", "create"])
        let edited = done.json["changes"][1]["edits"].array.compactMap { $0["field"].string }
        #expect(Set(edited) == ["surveyed_on", "head", "poverty_causes"], "the address did not change")
        // The trial of the summary is the calculation with what the visit found, before it was committed.
        let calculated = try station.run("calculate", household, "dibao").json
        #expect(done.json["trial"]["programme"].string == "dibao" && done.json["trial"]["binding"].bool == false)
        #expect(calculated["amountFen"].int != nil)
        #expect(done.json["trial"]["amountFen"].int == calculated["amountFen"].int)
        try station.sync()
        let visit = try server.command("show", try #require(done.json["id"].string)).json["fields"]
        #expect(visit["surveyors"].strings == ["王秀英", "李建国"] && visit["form"].string == "household_survey 1")
        #expect(visit["answers"].string?.contains(#""income_amount":"1200.50""#) == true)
        let income = try server.command("list", "income_item").json["records"][0]["fields"]
        #expect(income["amount_fen"].int == 120_050)
        #expect(try server.faults(atRest: [station]) == [])
        // The next visit stands on this one: nothing but the day is different.
        let again = try station.run(
            "visit", household, "--answers", try file(#"{"visited_on": "2026-11-21"}"#, "again.json"))
        #expect(again.code == 0, "\(again.text)")
        #expect(again.json["changes"].array.compactMap { $0["kind"].string } == ["visit", "household"])
    }

    @Test func wrongAnswersAreListedAndChangeNothing() throws {
        let before = try station.run("outbox").text
        let wrong = Self.answers.replacingOccurrences(of: "1200.50", with: "-5")
            .replacingOccurrences(of: "2026-11-20", with: "2026-02-30")
            .replacingOccurrences(of: "440524188001010014", with: "440524188001010015")
            .replacingOccurrences(of: #""01", "03""#, with: #""77""#)
        let refused = try station.run("visit", "012", "--answers", try file(wrong))
        #expect(refused.code == 65)
        #expect(refused.json["error"]["code"].int == 2051)
        let findings = refused.json["findings"].array
        #expect(
            Set(findings.compactMap { $0["question"].string }) == [
                "visited_on", "members/2/id_number", "incomes/1/income_amount", "poverty_causes",
            ])
        #expect(findings.allSatisfy { $0["message"].string?.isEmpty == false })
        #expect(findings.contains { $0["example"].string == "11010519491231002X" })
        var chinese = station
        chinese.program.environment["LANG"] = "zh_CN.UTF-8"
        #expect(try chinese.run("visit", "012", "--answers", try file(wrong)).errors.contains("身份证号校验不通过"))
        #expect(try station.run("outbox").text == before)
        #expect(try station.run("list", "visit").json["count"].int == 0)
    }

    @Test func nobodyIsAskedWhereNobodySits() throws {
        let refused = try station.run("visit", "012")
        #expect(refused.code == 65)
        let places = refused.json["findings"].array.compactMap { $0["question"].string }
        #expect(places.first == "--answers" && places.contains("surveyors") && places.contains("poverty_causes"))
        #expect(try station.run("visit", "099").code == 65)
        #expect(try station.run("visit").code == 64)
    }

    @Test func aPersonOfAnotherHouseholdIsNotTaken() throws {
        let other = try station.new("household", "number=007", "address=二组3号")
        _ = try station.new("member", "household=\(other)", "name=李四", "id_number=440524188001010014")
        let refused = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(refused.code == 65)
        let finding = try #require(refused.json["findings"].array.first)
        #expect(finding["question"].string == "members/2/id_number")
        #expect(finding["message"].string?.contains("007 二组3号") == true, "\(refused.text)")
    }

    @Test func photosAndTheSignatureAreAttachedToTheVisit() throws {
        let (photo, signature) = (try file("a photo", "home.jpg"), try file("a signature", "sign.png"))
        let done = try station.run(
            "visit", "012", "--answers", try file(Self.answers), "--photo", photo, "--signature", signature)
        #expect(done.code == 0, "\(done.text)")
        let visit = try #require(done.json["id"].string)
        let attached = try station.run("attachments", visit).json["attachments"].array
        #expect(Set(attached.compactMap { $0["kind"].string }) == ["photo", "signature"])
        let fields = try station.show(visit)["fields"]
        #expect(fields["photos"].array.count == 1 && fields["signatures"].array.count == 1)
        try station.sync()
        #expect(try station.run("attachments", visit).json["attachments"][0]["state"].string == "here")
    }

    // MARK: - On a terminal

    @Test func aKilledVisitGoesOnWhereItStopped() throws {
        for round in 1...3 {
            let terminal = try terminal("012")
            if round == 1 {
                try terminal.answer("[1/", "2026-11-20")
                try terminal.answer("[2/", "王秀英、李建国")
            } else {
                try terminal.wait(for: "Going on")
            }
            try terminal.wait(for: "[\(round + 2)/")
            try terminal.wait(for: "> ")
            try terminal.type(["村委会", "012", "三组99号"][round - 1])
            try terminal.wait(for: "[\(round + 3)/")
            terminal.kill()
            let drafts = try sets("draft")
            #expect(drafts.count == 1 && drafts[0]["household"].string == household)
            #expect(try station.run("visit", "--list").json["count"].int == 1)
        }
        let done = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(done.code == 0, "\(done.text)")
        #expect(try sets("draft").isEmpty)
        #expect(try station.show(household)["fields"]["address"].string == "三组99号")
        #expect(try station.show(try #require(done.json["id"].string))["fields"]["where"].string == "村委会")
    }

    @Test func typingSaysWhatIsWrongAtOnceAndGivesWhatAFileGives() throws {
        try publish(version: 2)
        try station.sync()
        let terminal = try terminal("012")
        try terminal.wait(for: "version 2")
        try terminal.answer("[1/", "2026-02-30")
        try terminal.wait(for: "There is no such day")
        try terminal.answer("[1/", "2026-11-20")
        try terminal.answer("[2/", "王秀英")
        try terminal.wait(for: "At least 2")
        try terminal.answer("[2/", "王秀英、李建国")
        try terminal.answer("[3/", "三组77号")
        try terminal.answer("[4/", "b")
        try terminal.answer("[3/", "/causes")
        try terminal.wait(for: "Causes")
        try terminal.wait(for: "01 illness")
        try terminal.answer("03 disability", "01、disability")
        try terminal.answer("File of a photo", "")
        try terminal.answer("File of a signature", "")
        try terminal.wait(for: "Summary")
        try terminal.wait(for: "三组77号")
        try terminal.answer("Enter finishes", "/address")
        try terminal.answer("Address", "三组78号")
        // Registration was jumped over: it is asked before the summary comes again.
        try terminal.answer("[4/", "")
        try terminal.wait(for: "三组78号")
        try terminal.answer("Enter finishes", "")
        #expect(terminal.end() == 0, "\(terminal.text)")
        let pending = try sets("pending")
        #expect(pending.count == 1)
        #expect(pending[0]["changes"].array.compactMap { $0["kind"].string } == ["visit", "household"])
        let fields = try station.show(household)["fields"]
        #expect(fields["address"].string == "三组78号" && fields["poverty_causes"].strings == ["01", "03"])
        let typed = try station.run("list", "visit").json["records"][0]["fields"]
        let other = try station.new("household", "number=012", "hukou_type=20")
        let filed = try station.run(
            "visit", other, "--answers",
            try file(
                #"{"visited_on": "2026-11-20", "surveyors": ["王秀英", "李建国"], "address": "三组78号", "causes": ["01", "03"]}"#
            ))
        #expect(filed.code == 0, "\(filed.text)")
        #expect(
            try station.show(try #require(filed.json["id"].string))["fields"]["answers"].string
                == typed["answers"].string)
    }

    @Test func aChangedFormDoesNotTouchAVisitUnderWay() throws {
        let first = try terminal("012")
        try first.answer("[1/", "2026-11-20")
        try first.answer("[2/", "王秀英、李建国")
        try first.wait(for: "[3/")
        first.kill()
        try publish(version: 2)
        try station.sync()
        let second = try terminal("012")
        try second.wait(for: "version 1")
        try second.answer("[3/", "q")
        #expect(second.end() == 0)
        let done = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(done.json["version"].int == 1, "\(done.text)")
        let next = try station.run(
            "visit", "012", "--answers", try file(#"{"visited_on": "2026-11-21"}"#, "next.json"))
        #expect(next.json["version"].int == 2, "\(next.text)")
        try station.sync()
    }

    @Test func twoWindowsDoNotOverwriteEachOther() throws {
        let first = try terminal("012")
        try first.answer("[1/", "2026-11-20")
        try first.wait(for: "[2/")
        let second = try terminal("012")
        try second.answer("[2/", "王秀英、李建国")
        try second.wait(for: "[3/")
        try first.type("赵敏、钱进")
        #expect(first.end() == 65, "\(first.text)")
        #expect(first.text.contains("another window"))
        second.kill()
        let done = try station.run("visit", "012", "--answers", try file(#"{"poverty_causes": ["01"]}"#, "x.json"))
        #expect(done.code == 65, "the members are not complete")
        let resumed = try terminal("012")
        try resumed.answer("[3/", "<")
        try resumed.wait(for: "王秀英, 李建国")
        resumed.kill()
    }

    @Test func whatASyncBringsMeanwhileIsInTheVisit() throws {
        try station.sync()
        let other = try server.station("b", village: Self.village, staff: "李建国")
        try other.sync()
        let gone = try other.new("member", "household=\(household)", "name=王五")
        try other.sync()
        try station.sync()
        let terminal = try terminal("012")
        try terminal.answer("[1/", "2026-11-20")
        try terminal.wait(for: "[2/")
        terminal.kill()
        #expect(try other.run("delete", gone, "--reason", "登记错了").code == 0)
        _ = try other.new("member", "household=\(household)", "name=李四", "id_number=440524188001010014")
        try other.sync()
        try station.sync()
        let done = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(done.code == 0, "\(done.text)")
        let members = done.json["changes"].array.filter { $0["kind"].string == "member" }
        #expect(members.compactMap { $0["operation"].string } == ["edit", "edit"], "\(done.text)")
        try station.sync()
        #expect(try server.command("conflicts").json["conflicts"].array.isEmpty)
    }

    @Test func aDiscardedVisitNeedsAReasonAndMakesRoomForAnother() throws {
        let terminal = try terminal("012")
        try terminal.answer("[1/", "2026-11-20")
        try terminal.wait(for: "[2/")
        terminal.kill()
        #expect(try station.run("visit", "012", "--discard").json["error"]["code"].int == 2019)
        #expect(try sets("draft").count == 1)
        #expect(try station.run("visit", "012", "--discard", "--reason", "走错了门").code == 0)
        #expect(try sets("draft").isEmpty)
        #expect(try station.run("visit", "012", "--discard", "--reason", "再来").code == 65)
        #expect(try station.run("visit", "--list").json["count"].int == 0)
        #expect(try station.run("visit", "012", "--answers", try file(Self.answers)).code == 0)
    }

    @Test func aRebuiltReplicaKeepsAVisitUnderWay() throws {
        let terminal = try terminal("012")
        try terminal.answer("[1/", "2026-11-20")
        try terminal.answer("[2/", "王秀英、李建国")
        try terminal.wait(for: "[3/")
        terminal.kill()
        try station.sync()
        let replica = station.folder.appending(path: "replica.sqlite")
        for suffix in ["-wal", "-shm"] {
            // The journal is folded in by the sync; what is left of it would hide the damage.
            try? FileManager.default.removeItem(atPath: replica.path + suffix)
        }
        var bytes = try Data(contentsOf: replica)
        for offset in 28..<100 { bytes[offset] = 0xFF }
        try bytes.write(to: replica)
        let doctor = try station.run("doctor")
        #expect(doctor.json["rebuilt"].bool == true, "\(doctor.text)")
        try station.sync()
        #expect(try sets("draft").count == 1)
        let done = try station.run("visit", "012", "--answers", try file(Self.answers))
        #expect(done.code == 0, "\(done.text)")
        #expect(try station.run("list", "visit").json["count"].int == 1)
    }

    // MARK: - Forms

    private static func form(version: Int) -> String {
        #"""
        {"form": "household_survey", "version": \#(version), "title": {"zh": "简表", "en": "Short survey"}, "questions": [
          {"id": "visited_on", "text": {"zh": "走访日期", "en": "Date"}, "type": "date", "required": true,
           "field": "visit.when", "default": "today", "fresh": true},
          {"id": "surveyors", "text": {"zh": "调查人", "en": "Surveyors"}, "type": "texts", "required": true,
           "field": "visit.surveyors", "at_least": 2},
          {"id": "address", "text": {"zh": "住址", "en": "Address"}, "type": "text", "field": "household.address"},
          {"id": "hukou", "text": {"zh": "户口性质", "en": "Registration"}, "type": "choice",
           "field": "household.hukou_type"},
          {"id": "causes", "text": {"zh": "致困原因", "en": "Causes"}, "type": "choices", "required": true,
           "field": "household.poverty_causes"}]}
        """#
    }

    private func publish(version: Int) throws {
        let made = try server.command("form", "import", try file(Self.form(version: version), "form.json"))
        guard made.code == 0 else { throw ProgramFailure("form import: \(made.text) \(made.errors)") }
    }

    @Test func aFormReachesEveryVillageOfTheTownship() throws {
        let other = try server.station("b", village: "370404101202", staff: "赵敏")
        try other.sync()
        try publish(version: 2)
        let late = try server.station("c", village: "370404101203", staff: "钱进")
        for station in [station, other, late] {
            try station.sync()
            #expect(try station.run("list", "form").json["records"][0]["fields"]["version"].int == 2)
            #expect(try station.run("doctor").json["sound"].bool == true)
        }
        #expect(try server.command("form", "list").json["forms"].array.compactMap { $0["version"].int } == [1, 2])
        #expect(try server.command("form", "show", "household_survey").json["title"]["zh"].string == "简表")
        #expect(try server.command("form", "show", "household_survey", "--version", "1").json["version"].int == 1)
        #expect(try station.run("new", "form", "name=x", "version=1", "document={}").code == 65, "the desk's alone")
    }

    @Test func aWrongFormIsNotPublished() throws {
        let wrong = Self.form(version: 2).replacingOccurrences(of: "household.address", with: "household.adress")
        let refused = try server.command("form", "import", try file(wrong, "wrong.json"))
        #expect(refused.code == 65 && refused.json["error"]["code"].int == 2050)
        #expect(refused.json["findings"][0]["place"].string == "questions/3/field")
        let old = try server.command("form", "import", try file(Self.form(version: 1), "old.json"))
        #expect(old.code == 65 && old.json["findings"][0]["place"].string == "version")
        #expect(try server.command("list", "form").json["count"].int == 0)
    }
}

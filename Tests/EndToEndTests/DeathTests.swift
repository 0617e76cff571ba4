import Foundation
import ProgramRunner
import Testing

/// Nobody who is reported dead goes on being paid, and nobody alone takes a death away or settles a return that he
/// recorded (R12, R14, R22), on the served program.
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil }) struct DeathTests {
    private let town: PaidTown
    private let household: String
    private let second: String

    init() throws {
        town = try PaidTown()
        household = try #require(try town.desk("show", town.member)["fields"]["household"].string)
        second = try town.station.new("member", "household=\(household)", "name=李四", "id_number=440524188001010014")
        try town.station.sync()
    }

    private func person(_ name: String, _ role: String = "clerk") throws -> ConsoleBrowser {
        try ConsoleBrowser.signedIn(town.server, name, role: role, fullName: name.uppercased())
    }

    private func act(
        _ browser: inout ConsoleBrowser, _ page: String, _ action: String, _ fields: KeyValuePairs<String, String>
    ) throws {
        let answer = try browser.submit(try browser.get(page), action, fields)
        guard answer.status == 303 else { throw ProgramFailure("\(action): \(answer.status) \(answer.words)") }
    }

    private func report(_ browser: inout ConsoleBrowser, _ type: String) throws {
        let form = "/households/\(household)/new/change_report"
        try act(&browser, form, form, ["type": type, "on": "2026-12-01", "member": second, "reason": "村里来电"])
    }

    private var died: String? { get throws { try town.desk("show", second)["fields"]["death_date"].string } }

    /// Why the roll holds the case, as the command says it.
    private var hold: String? {
        get throws { try town.desk("roll", "show", "2026-12")["held"][0]["reasons"][0]["text"].string }
    }

    @Test func aDeathIsReportedOnceAndCountsEverywhere() throws {
        var clerk = try person("li")
        try report(&clerk, "death")
        #expect(try died == "2026-12-01")
        #expect(try hold?.contains("death freezes") == true)
        #expect(try clerk.get("/cases/\(town.application)").words.contains("R22"))
    }

    @Test func aStationsReportIsTheDeathToo() throws {
        _ = try town.station.new(
            "change_report", "household=\(household)", "member=\(second)", "type=death", "on=2026-12-01")
        try town.station.sync()
        #expect(try died == "2026-12-01")
    }

    @Test func noClerkAloneTakesADeathAwayAndPays() throws {
        #expect(try town.station.run("edit", second, "death_date=2026-12-01").code == 0)
        try town.station.sync()
        #expect(try hold?.contains("death freezes") == true)
        var clerk = try person("li")
        try act(
            &clerk, "/records/\(second)/edit", "/records/\(second)/edit", ["death_date": "", "reason": "录错"])
        #expect(try died == nil)
        #expect(try hold?.contains("taken back") == true)
        try report(&clerk, "alive")
        #expect(try hold?.contains("taken back") == true, "the same person again")
        var other = try person("wang")
        try report(&other, "alive")
        #expect(try town.desk("roll", "show", "2026-12")["lines"].int == 1)
    }

    /// Two months are frozen and handed in; li writes down that the first came back.
    private func sendBack(_ freezer: inout ConsoleBrowser) throws {
        var banker = try person("chenmin", "reviewer")
        for month in ["2026-12", "2027-01"] {
            try act(&freezer, "/money/roll/\(month)?compute=yes", "/money/roll/\(month)/freeze", [:])
            let file = try banker.submit(
                try banker.get("/money/roll/\(month)"), "/money/roll/\(month)/payfile",
                ["batch": "1", "reason": "报送银行"])
            #expect(file.status == 200)
        }
        let lines = try town.desk("list", "payment")["records"].array
        let line = try #require(lines.first { $0["fields"]["month"].string == "2026-12" }?["id"].string)
        _ = try town.desk("payments", "return", line, "--code", "账户冻结", "--author", "LI(li)")
    }

    private let paid: KeyValuePairs = ["on": "2026-12-08", "batch": "1"]

    @Test func whoRecordedAReturnDoesNotFreezeTheRollThatPaysItAgain() throws {
        var freezer = try person("wang")
        try sendBack(&freezer)
        try act(&freezer, "/money/paid/2027-01", "/money/paid/2027-01", paid)
        #expect(try town.desk("roll", "show", "2026-12")["lines"].int == 1)
        let own = try town.server.command("roll", "freeze", "2026-12", "--author", "LI(li)").json["error"]
        #expect(own["code"].int == 2063)
        #expect(try town.desk("roll", "freeze", "2026-12", "--author", "WANG(wang)")["lines"].int == 1)
    }

    @Test func whoRecordedAReturnSettlesItNotWithALaterMonth() throws {
        var freezer = try person("wang")
        try sendBack(&freezer)
        var clerk = try person("li")
        try act(&clerk, "/money/paid/2027-01", "/money/paid/2027-01", paid)
        #expect(try hold?.contains("returned") == true)
        #expect(try town.desk("roll", "show", "2026-12")["lines"].int == 0)
    }
}

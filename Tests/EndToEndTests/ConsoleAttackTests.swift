import Foundation
import ProgramRunner
import Testing

/// Ways round the console's rules that were tried once and worked.
@Suite struct ConsoleAttackTests {
    private let desk: DeskVillage
    private var clerk: ConsoleBrowser

    init() throws {
        desk = try DeskVillage()
        clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
    }

    private static func token(_ browser: inout ConsoleBrowser) throws -> String {
        try #require(try browser.get("/today").forms.first { $0.action == "/logout" }?.fields.first?.1)
    }

    /// A month before the first one took the whole server down.
    @Test(arguments: ["0001-01", "0000-01", "9999-12", "1899-12"])
    func aMonthOutsideTheCalendarIsRefused(month: String) throws {
        var clerk = clerk
        #expect(try clerk.get("/money/roll/\(month)?compute=yes").status == 400)
        #expect(try clerk.get("/today").status == 200)
    }

    /// The page of one conflict asked who had decided it; the list of several did not.
    @Test func anotherPersonsDecisionIsNotOverruledByTheList() throws {
        var (clerk, other) = (clerk, try ConsoleBrowser.signedIn(desk.server, "wang", fullName: "王芳"))
        let (_, member) = try desk.family("001", "labour_ability=完全")
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        let page = try clerk.get("/conflicts/\(id)")
        #expect(try clerk.submit(page, "/conflicts/\(id)", ["take": "mine", "reason": "查过残疾证"]).status == 303)
        let seen = try #require(try desk.server.command("status").json["seq"].int)
        let forced = try other.post(
            "/conflicts",
            [
                "form_token": try Self.token(&other), "seen": "\(seen)", "conflict": id, "take": "theirs",
                "reason": "我觉得不对",
            ])
        #expect(forced.status == 403)
        #expect(try desk.value(member, "labour_ability").string == "丧失")
    }

    /// Tables in clear, and who looked at whom, are for those who answer for them.
    @Test func aClerkTakesNoTownshipInClearAndDoesNotSeeWhoLooked() throws {
        var clerk = clerk
        let fields: KeyValuePairs = ["form_token": try Self.token(&clerk), "reason": "核对住户证件信息有无错误"]
        #expect(try clerk.post("/tables/members/file?format=csv", fields).status == 403)
        #expect(try clerk.post("/tables/payfile/file?month=2026-11&format=csv", fields).status == 403)
        #expect(try clerk.get("/tables/disclosures").status == 403)
        #expect(try clerk.get("/tables/disclosures/file?format=csv").status == 403)
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let mine: KeyValuePairs = ["form_token": try Self.token(&leader), "reason": "核对住户证件信息有无错误"]
        #expect(try leader.post("/tables/members/file?format=csv", mine).status == 200)
        // The bank's file goes its own way, with a second person.
        #expect(try leader.post("/tables/payfile/file?month=2026-11&format=csv", mine).status == 403)
        #expect(try leader.get("/tables/disclosures").status == 200)
    }

    /// Whole numbers on a conflict's page were kept as a view, not as a disclosure.
    @Test func aConflictInClearIsADisclosureInTheLog() throws {
        var clerk = clerk
        let (_, member) = try desk.family("003")
        try desk.differ(member, ["name=张三丰"], ["id_number=440524188001010014"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        let page = try clerk.get("/conflicts/\(id)")
        let before = try desk.server.command("disclosures").json["count"].int
        #expect(try clerk.submit(page, "/conflicts/\(id)/clear", ["reason": "x"]).status == 400)
        #expect(try clerk.submit(page, "/conflicts/\(id)/clear", ["reason": "核对身份证原件"]).status == 200)
        #expect(try desk.server.command("disclosures").json["count"].int == (before ?? 0) + 1)
    }
}

import Foundation
import ProgramRunner
import Testing

/// The page of the day tells each reader what waits for him.
@Suite struct TodayTests {
    @Test func theLeaderIsToldWhatWaitsForASignatureAndSeesItBesideTheButton() throws {
        var desk = try CaseConsole()
        #expect(try desk.leader.json("/today")["toSign"]["count"].int == 0)
        let id = try desk.takeIn()
        try desk.reviewed(id)
        #expect(try desk.leader.json("/today")["toSign"]["count"].int == 0, "nothing is written yet")
        try desk.decided(id)
        let today = try desk.leader.get("/today")
        #expect(today.words.contains("待签批") && today.words.contains("：批准"), "\(today.words)")
        #expect(today.links.contains("/cases/\(id)"))
        #expect(!(try desk.clerk.get("/today").words.contains("待签批")), "a clerk signs nothing")
        #expect(try desk.leader.get("/cases?awaits=leader").links.contains("/cases/\(id)"))
        let page = try desk.leader.get("/cases/\(id)")
        let steps = try #require(page.text.range(of: "id=\"steps\""))
        let check = try #require(page.text.range(of: "id=\"check\""))
        #expect(steps.lowerBound < check.lowerBound, "the next step comes first")
        let beside = page.text[steps.lowerBound..<check.lowerBound]
        for text in ["616.00 元", "年收入低于标准", "李建国、陈主任"] { #expect(beside.contains(text), "\(text)") }
        try desk.sign(id, "approve")
        #expect(try desk.leader.json("/today")["toSign"]["count"].int == 0)
        #expect(!(try desk.leader.get("/cases?awaits=leader").links.contains("/cases/\(id)")))
    }

    @Test func whatTheDistrictFoundStandsOnTheTownshipsPageUntilItIsClosed() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        let made = try desk.server.command(
            "new", "finding", "source=ledger", "what=审批表缺签字", "found_by=区民政", "found_on=2026-11-20",
            "rectify_by=2027-12-31", "--author", "qu", "--reason", "抽查")
        #expect(made.code == 0, "\(made.errors)")
        let id = try #require(made.json["id"].string)
        let page = try clerk.get("/today")
        #expect(page.words.contains("待整改、待落实") && page.words.contains("审批表缺签字"), "\(page.words)")
        #expect(page.links.contains("/records/\(id)"))
        #expect(try clerk.json("/today")["supervision"]["open"].int == 1)
        let closed = try desk.server.command(
            "edit", id, "rectified=已补签", "closed_by=李敏", "closed_on=2026-11-25", "--author", "li", "--reason", "已补")
        #expect(closed.code == 0, "\(closed.errors)")
        #expect(try clerk.json("/today")["supervision"]["open"].int == 0)
    }
}

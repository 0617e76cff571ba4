import Foundation
import ProgramRunner
import Testing

/// Villages have names where people read, codes where programs do.
@Suite struct VillageNameTests {
    private let desk: DeskVillage

    init() throws { desk = try DeskVillage() }

    @Test func aNameWrittenByCommandIsOnPagesAndOnTheStationsPapers() throws {
        let (home, _) = try desk.family("001")
        let listed = try desk.server.command("villages").json["villages"]
        #expect(listed.array.count == 1 && listed[0]["code"].string == DeskVillage.village)
        #expect(listed[0]["name"].isNull && listed[0]["households"].int == 1)
        let named = try desk.server.command("villages", "\(DeskVillage.village)= 夏庄村 ")
        #expect(named.json["villages"][0]["name"].string == "夏庄村", "\(named.text)")
        // The same again changes nothing, another name corrects it.
        let seq = try desk.server.command("status").json["seq"].int
        #expect(try desk.server.command("villages", "\(DeskVillage.village)=夏庄村").code == 0)
        #expect(try desk.server.command("status").json["seq"].int == seq)
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        for page in [
            "/stations", "/households?text=001", "/households/\(home)", "/cases", "/notices", "/conflicts", "/ledger",
        ] {
            #expect(try clerk.get(page).text.contains("夏庄村"), "\(page)")
        }
        #expect(try clerk.json("/villages")["villages"][0]["name"].string == "夏庄村")
        try desk.a.sync()
        let form = desk.folder.url.appending(path: "form.html").path
        let printed = try desk.a.run("document", home, "application", "--output", form)
        #expect(printed.code == 0, "\(printed.text)")
        #expect(try String(contentsOfFile: form, encoding: .utf8).contains("夏庄村"))
    }

    @Test func aClerkNamesAVillageOnItsPageAndWhoOnlyLooksDoesNot() throws {
        _ = try desk.family("001")
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/villages")
        let made = try clerk.submit(page, "/villages/\(DeskVillage.village)", ["name": "夏庄村"])
        #expect(made.status == 303)
        #expect(try clerk.follow(made).words.contains("夏庄村"))
        // Filled in on the page of before: somebody else has named it meanwhile.
        #expect(try clerk.submit(page, "/villages/\(DeskVillage.village)", ["name": "南石村"]).status == 409)
        var auditor = try ConsoleBrowser.signedIn(desk.server, "shen", role: "auditor")
        #expect(try auditor.get("/villages").forms.allSatisfy { !$0.action.hasPrefix("/villages/") })
    }

    @Test(arguments: ["370404102201=甲村", "370404101999=甲村", "370404101201=", "夏庄村", "=甲村"])
    func whatIsNoVillageOfTheTownshipOrNoNameIsRefused(pair: String) throws {
        let refused = try desk.server.command("villages", pair)
        #expect(refused.code == 65, "\(refused.text)")
        #expect(try desk.server.command("villages").json["villages"].array.allSatisfy { $0["name"].isNull })
    }
}

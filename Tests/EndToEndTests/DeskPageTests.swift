import Foundation
import ProgramRunner
import Testing

/// Today: what waits for somebody, and for whom.
@Suite struct TodayPageTests {
    private let desk: DeskVillage

    init() throws { desk = try DeskVillage() }

    @Test func theDayIsCountedAndEachFigureLeadsToItsList() throws {
        let (home, member) = try desk.family("001", "labour_ability=完全")
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        let account = try desk.a.new("bank_account", "household=\(home)", "kind=折", "number=10020030", "holder=张三")
        try desk.meet()
        try desk.differ(account, ["number=10020031"], ["number=10020032"])
        let applied = try desk.a.run(
            "apply", home, "dibao", "--signer", "张三", "--reason", "因病", "--member", member)
        #expect(applied.code == 0, "\(applied.text)")
        try desk.meet()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let json = try clerk.json("/today")
        #expect(json["conflicts"]["bank_account"].int == 1 && json["conflicts"]["other"].int == 1)
        #expect(json["tasks"]["survey"].int == 1, "\(json["tasks"].keys)")
        #expect(json["stations"].array.count == 2)
        #expect(json["stations"].array.allSatisfy { $0["silentDays"].int == 0 })
        let page = try clerk.get("/today")
        #expect(page.text.contains("data-live=\""))
        for link in ["/conflicts", "/quarantine", "/duplicates", "/stations"] {
            #expect(page.links.contains(link), "\(link)")
            #expect(try clerk.get(link).status == 200, "\(link)")
        }
        #expect(page.links.contains { $0.hasPrefix("/cases/") })
        var district = try ConsoleBrowser.signedIn(desk.server, "qu", role: "district")
        let seen = try district.get("/today")
        #expect(seen.status == 200 && !seen.links.contains { $0.hasPrefix("/cases/") })
        var leader = try ConsoleBrowser.signedIn(desk.server, "zhang", role: "leader")
        leader.language = "en"
        #expect(try leader.get("/today").words.contains("Late"))
    }

    @Test(.enabled(if: WrongClock.library != nil)) func whatIsLateIsFirstAndASilentStationStandsOut() throws {
        let (home, member) = try desk.family("001")
        _ = try desk.a.run("apply", home, "dibao", "--signer", "张三", "--reason", "因病", "--member", member)
        try desk.meet()
        desk.server.stop()
        desk.server.program.environment.merge(WrongClock.environment("+30d")) { $1 }
        try desk.server.start()
        var leader = try ConsoleBrowser.signedIn(desk.server, "zhang", role: "leader")
        let json = try leader.json("/today")
        #expect((json["late"]["survey"].int ?? 0) == 1, "\(json["late"].keys)")
        #expect(json["lateTasks"].array.allSatisfy { $0["late"].bool == true })
        #expect(json["stations"].array.allSatisfy { ($0["silentDays"].int ?? 0) >= 29 })
        let words = try leader.get("/today").words
        #expect(words.contains("没有联系") && words.contains("超期"))
    }
}

/// What was set aside: why, by whom, what it wanted.
@Suite struct QuarantinePageTests {
    @Test func aRefusedSetIsToldWithItsReasonAndWhatItWanted() throws {
        let desk = try DeskVillage()
        let (home, _) = try desk.family("001")
        let visit = try desk.a.new("visit", "household=\(home)", "when=2026-11-20", "surveyors=甲,乙")
        try desk.meet()
        // Both complete the same immutable field: the second is refused.
        try desk.differ(visit, ["summary=甲说"], ["summary=<i>乙说</i>"])
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let json = try clerk.json("/quarantine")
        #expect(json["count"].int == 1, "\(json["sets"].array.count)")
        #expect(json["sets"][0]["staff"].string == "李建国")
        #expect(json["sets"][0]["changes"][0]["record"].string == visit)
        let page = try clerk.get("/quarantine")
        for text in ["李建国", "电话", "<i>乙说</i>", "更正或撤回"] { #expect(page.words.contains(text), "\(text)") }
        #expect(!page.text.contains("<i>乙") && page.links.contains("/records/\(visit)"))
        #expect(try clerk.json("/today")["quarantined"].int == 1)
    }
}

/// Two that may be one: looked at side by side, merged, dismissed, taken back.
@Suite struct DuplicatePageTests {
    private let desk: DeskVillage

    init() throws { desk = try DeskVillage() }

    private func proposed() throws -> (id: String, first: String, second: String) {
        let (_, first) = try desk.family("001", name: "张三")
        // With other people in it, the second household is not the first once more.
        let home = try desk.a.new("household", "number=002", "address=二组")
        _ = try desk.a.new("member", "household=\(home)", "name=李四", "id_number=440524188001010014")
        let second = try desk.a.new("member", "household=\(home)", "name=张叁", "id_number=11010519491231002X")
        try desk.meet()
        let found = try desk.server.command("duplicates").json["duplicates"].array
        let item = try #require(
            found.first { item in
                Set(item["records"].array.compactMap { $0["id"].string }) == [first, second]
            })
        return (try #require(item["id"].string), first, second)
    }

    @Test func twoRecordsAreMergedWithAReasonAndPartedAgain() throws {
        let (id, first, second) = try proposed()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        #expect(try clerk.get("/duplicates").links.contains("/duplicates/\(id)"))
        let page = try clerk.get("/duplicates/\(id)")
        #expect(page.words.contains("张三") && page.words.contains("张叁"))
        #expect(!page.text.contains("11010519491231002X"))
        let open = try clerk.submit(page, "/duplicates/\(id)/accept", ["reason": "同一身份证"])
        #expect(open.status >= 400 && open.words.contains("两条记录之一"), "Which one is kept must be said")
        let done = try clerk.submit(page, "/duplicates/\(id)/accept", ["keep": first, "reason": "同一身份证"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.value(second, "alias_of").string == first)
        let merged = try clerk.follow(done)
        #expect(merged.words.contains("已合并") && merged.words.contains("李敏(li)"))
        let parted = try clerk.submit(merged, "/duplicates/\(id)/reopen", ["reason": "是父子"])
        #expect(parted.status == 303, "\(parted.words)")
        #expect(try desk.value(second, "alias_of").isNull)
    }

    @Test func whatIsDismissedIsNotProposedAgainAndOldPagesAreRefused() throws {
        let (id, first, _) = try proposed()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/duplicates/\(id)")
        let done = try clerk.submit(page, "/duplicates/\(id)/dismiss", ["reason": "号码登记错"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try clerk.json("/duplicates")["count"].int == 0)
        let late = try clerk.submit(page, "/duplicates/\(id)/accept", ["keep": first, "reason": "合并"])
        #expect(late.status == 409 && late.words.contains("号码登记错"), "\(late.status)")
        var auditor = try ConsoleBrowser.signedIn(desk.server, "shen", role: "auditor")
        #expect(try !auditor.get("/duplicates/\(id)").actions.contains("/duplicates/\(id)/reopen"))
    }
}

/// The stations: a leader revokes one, nobody else.
@Suite struct StationsPageTests {
    @Test func aLeaderRevokesAStationWithAReason() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let list = try clerk.json("/stations")["stations"].array
        let device = try #require(list.first { $0["staff"].string == "李建国" }?["device"].string)
        let page = try clerk.get("/stations")
        #expect(page.words.contains("王秀英") && !page.actions.contains("/stations/\(device)/revoke"))
        let token = try #require(page.forms.first { $0.action == "/logout" }?.fields.first?.1)
        let forced = [("form_token", token), ("seen", "1"), ("reason", "x")]
        #expect(try clerk.post("/stations/\(device)/revoke", forced).status == 403)
        var leader = try ConsoleBrowser.signedIn(desk.server, "zhang", role: "leader")
        let revoked = try leader.submit(
            try leader.get("/stations"), "/stations/\(device)/revoke", ["reason": "电脑丢失"])
        #expect(revoked.status == 303, "\(revoked.words)")
        #expect(try desk.b.run("sync").code == 77)
        #expect(try leader.get("/stations").words.contains("已停用"))
    }
}

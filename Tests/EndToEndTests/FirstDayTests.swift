import Foundation
import ProgramRunner
import Testing

/// What a clerk reads on her first day: labels, names, and what is true.
@Suite struct FirstDayTests {
    @Test func aCaseJustBegunHasNoCompleteFileAndIsCalledRecorded() throws {
        var desk = try CaseConsole()
        #expect(try desk.clerk.get("/cases/new?household=\(desk.household)").words.contains("登记申请"))
        #expect(try !desk.clerk.get("/households/\(desk.household)").words.contains("受理申请"))
        let id = try desk.takeIn()
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(!page.words.contains("档案齐全") && page.words.contains("到这一步应有的"), "\(page.words)")
        #expect(page.words.contains("已登记申请") && !page.words.contains("有意申请"))
        #expect(page.words.contains("没有跑腿记录"))
    }

    @Test func aStationThatReachesNobodyIsToldToJoinAgain() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let code = try server.invite(village: "370404101201", staff: "王秀英")
        server.stop()
        let station = VillageStation(in: folder.url, name: "a")
        let answer = try station.run("join", server.url, code)
        #expect(answer.code == 69 && answer.errors.contains("run ruhu join again"), "\(answer.errors)")
        #expect(!answer.errors.contains("ruhu sync"), "\(answer.errors)")
        try server.start()
        #expect(try station.run("join", server.url, code).code == 0)
    }

    /// What is missing is said once; who signs it is said when nothing else is missing.
    @Test func aBlockedStepSaysWhatMattersFirst() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        let before = try desk.clerk.get("/cases/\(id)").steps
        #expect(!before.contains("须由") && before.contains("R15"), "\(before)")
        try desk.decided(id)
        #expect(try desk.clerk.get("/cases/\(id)").steps.contains("R12"))
    }

    @Test func listsOfferEachMeaningOnceAndKeepWhatIsOnRecord() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let member = try desk.family("001", "labour_ability=部分", "health=1").member
        let page = try clerk.get("/records/\(member)/edit")
        let form = try #require(page.forms.first { $0.action == "/records/\(member)/edit" })
        // Masked fields offer what may be, and show nothing of what is.
        #expect(form.source.components(separatedBy: ">能自理<").count == 2)
        #expect(form.source.components(separatedBy: ">健康或良好<").count == 2)
        #expect(form.source.contains("value=\"full\"") && !form.source.contains("value=\"完全\""))
        // The old spelling is still taken.
        #expect(try desk.a.run(["edit", member, "self_care=完全"]).code == 0)
    }

    @Test func aHistoryIsReadInLabelsAndNames() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let (home, member) = try desk.family("001")
        _ = try desk.a.new(
            "income_item", "household=\(home)", "member=\(member)", "type=10", "amount_fen=32050", "period=month")
        try desk.meet()
        let words = try clerk.get("/households/\(home)/history").words
        #expect(words.contains("工资性") && !words.contains("10 工资性"), "\(words)")
        #expect(words.contains("成员：张三") && words.contains("320.50 元"), "\(words)")
        #expect(words.firstMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}/#) == nil, "\(words)")
    }

    @Test func anApplicationOfNobodyInParticularIsTheHouseholds() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let home = try desk.a.new("household", "number=012", "address=一组")
        _ = try desk.a.run(["apply", home, "relief_expense"])
        try desk.meet()
        let words = try clerk.get("/cases").words
        #expect(words.contains("012 户") && !words.contains("（未填）"), "\(words)")
    }

    @Test func aConflictSaysWhichStationAndChoosesForNobody() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let member = try desk.family("001").member
        try desk.differ(member, ["marital=10"], ["marital=20"])
        try desk.differ(member, ["labour_ability=full"], ["labour_ability=none"])
        let conflicts = try desk.conflicts()
        let id = try #require(conflicts.first?["id"].string)
        let stations = try clerk.json("/stations")["stations"].array.compactMap { $0["station"].string }
        let page = try clerk.get("/conflicts/\(id)")
        #expect(stations.allSatisfy { page.words.contains($0) }, "\(stations) \(page.words)")
        let list = try clerk.get("/conflicts")
        let bulk = try clerk.submit(list, "/conflicts", ["conflict": id, "reason": "核对过"])
        #expect(bulk.status == 400 && bulk.words.contains("采用"), "\(bulk.status) \(bulk.words)")
        #expect(bulk.forms.contains { $0.fields.contains { $0 == ("conflict", id) } }, "still ticked")
    }

    /// What pages say of a conflict is what it is about.
    @Test func aConflictIsCalledByWhatItIsAbout() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let (home, member) = try desk.family("001")
        try desk.differ(member, ["labour_ability=full"], ["labour_ability=none"])
        for path in ["/households/\(home)", "/records/\(member)", "/households/\(home)/history"] {
            let words = try clerk.get(path).words
            #expect(words.contains("劳动能力") && !words.contains("labour_ability"), "\(path): \(words)")
            #expect(!words.contains("合并规则") && !words.contains("…"), "\(path): \(words)")
        }
        #expect(try clerk.get("/records/\(member)").words.contains("所属住户 001"))
    }

    /// Money is typed in yuan everywhere.
    @Test func aConflictAboutMoneyIsDecidedInYuan() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let (home, member) = try desk.family("001")
        let income = try desk.a.new(
            "income_item", "household=\(home)", "member=\(member)", "type=10", "amount_fen=40000", "period=month")
        try desk.meet()
        try desk.differ(income, ["amount_fen=40000", "to=2026-12-31"], ["amount_fen=90000"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        let page = try clerk.get("/conflicts/\(id)")
        #expect(!page.words.contains("以分为单位"), "\(page.words)")
        let fields: KeyValuePairs = ["take": "value", "value.amount_fen": "六百", "reason": "问过本人"]
        let wrong = try clerk.submit(page, "/conflicts/\(id)", fields)
        #expect(wrong.status == 400 && wrong.text.contains("value=\"六百\""), "\(wrong.words)")
        let right = try clerk.submit(wrong, "/conflicts/\(id)", ["value.amount_fen": "650.50"])
        #expect(right.status == 303, "\(right.words)")
        #expect(try desk.value(income, "amount_fen").int == 65050)
    }

    /// A command is for whoever is at a terminal.
    @Test func pagesNameNoCommand() throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let member = try desk.family("001").member
        let visit = try desk.a.new("visit", "household=\(try desk.a.show(member)["fields"]["household"].string ?? "")")
        try desk.meet()
        try desk.differ(visit, ["summary=在家"], ["summary=住院"])
        for path in [
            "/today", "/quarantine", "/imports", "/reports", "/exports", "/stations", "/money", "/documents/batch",
            "/notices", "/records/nowhere", "/cases/new", "/tables/none", "/money/roll/2026-11",
            "/money/plan/2026-11", "/money/paid/2026-11", "/duplicates/01a215cb-5d6e-7893-9d80-77291e3ece59",
        ] {
            let page = try leader.get(path)
            #expect(
                page.words.firstMatch(of: #/ruhu[- ]|docs\/|--[a-z]|visit\.summary/#) == nil, "\(path): \(page.words)")
        }
        #expect(try leader.get("/quarantine").words.contains("小结"))
    }

    @Test func aNumberIsFoundWithAndWithoutItsZeros() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let (short, long) = (try desk.family("12").home, try desk.a.new("household", "number=0034", "address=二组"))
        try desk.meet()
        for (typed, home) in [("012", short), ("12", short), ("34", long), ("0034", long), ("00034", long)] {
            let token = try #require(try clerk.get("/today").forms.first { $0.action == "/find" }?.fields.first?.1)
            let answer = try clerk.post("/find", ["form_token": token, "text": typed])
            #expect(answer.location == "/households/\(home)", "\(typed): \(answer.location ?? "")")
            #expect(
                try desk.a.run(["find", typed]).json["records"].array.contains { $0["id"].string == home }, "\(typed)")
        }
    }
}

extension ConsoleReply {
    /// The words of the steps that may be taken next.
    fileprivate var steps: String {
        guard let start = text.range(of: "id=\"steps\""),
            let end = text.range(of: "</section>", range: start.upperBound..<text.endIndex)
        else { return "" }
        return String(text[start.upperBound..<end.lowerBound]).replacing(#/<[^>]*>/#, with: " ")
    }
}

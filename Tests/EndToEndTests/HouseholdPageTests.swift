import Foundation
import ProgramRunner
import Testing

/// A household's page, its earlier days, and where its values come from (issue 5, item 5; R17, R47).
@Suite struct HouseholdPageTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage().parts
        _ = try station.new(
            "visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英", "answers={\"q\":\"秘密\"}")
        try station.sync()
    }

    @Test func thePageTellsTheWholeHousehold() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households/\(household)")
        #expect(page.status == 200)
        for word in ["张三", "一组", "入户走访", "家庭成员", "王秀英", "历史"] { #expect(page.words.contains(word), "\(word)") }
        #expect(!page.text.contains("秘密"))
        let json = try browser.json("/households/\(household)")
        #expect(json["members"][0]["fields"]["birth_date"].string == "1949-12-31")
        #expect(json["visits"].array.count == 1)
        #expect(try browser.get("/households/\(member)").status >= 400)
    }

    @Test func aHostileNameIsText() throws {
        _ = try station.new("member", "household=\(household)", "name=<script>alert(1)</script>")
        try station.sync()
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households/\(household)")
        #expect(!page.text.contains("<script>alert") && page.text.contains("&lt;script&gt;alert"))
    }

    @Test func anEarlierSeqShowsWhatWasThere() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let before = try browser.json("/households/\(household)")["seq"].int ?? 0
        #expect(try station.run("edit", household, "address=二组").code == 0)
        try station.sync()
        let now = try browser.get("/households/\(household)")
        let then = try browser.get("/households/\(household)?as_of=\(before)")
        #expect(now.words.contains("二组") && then.words.contains("一组"))
        #expect(then.words.contains("不是现在的") && !now.words.contains("不是现在的"))
        #expect(!then.actions.contains { $0.hasSuffix("/disclosure") })
        #expect(!then.links.contains { $0.hasSuffix("/edit") || $0.contains("/new/") })
        #expect(try browser.get("/households/\(household)?as_of=gestern").status >= 400)
        #expect(try browser.get("/households/\(household)?as_of=2001-01-01").status >= 400)
    }

    @Test func aValueSaysWhoSaidItWhereAndOnWhichDevice() throws {
        #expect(try station.run("edit", household, "address=二组", "--reason", "搬家").code == 0)
        try station.sync()
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households/\(household)")
        let link = try #require(page.links.first { $0 == "/records/\(household)/fields/address" })
        let trace = try browser.get(link)
        for word in ["王秀英", "搬家", "签名有效", "在日志中", "一组 → 二组"] { #expect(trace.words.contains(word), "\(word)") }
        let json = try browser.json(link)
        #expect(json["steps"].array.count == 2)
        #expect(json["steps"].array.allSatisfy { $0["signed"].bool == true && $0["included"].bool == true })
    }

    @Test func aProofIsForThoseWhoSuperviseAndVerifiesOffline() throws {
        var clerk = try ConsoleBrowser.signedIn(server, "li")
        #expect(try clerk.get("/records/\(member)/proof").status == 403)
        var auditor = try ConsoleBrowser.signedIn(server, "shen", role: "auditor")
        #expect(try auditor.get("/records/\(member)/proof").status == 403)
        let page = try auditor.get("/records/\(member)")
        _ = try auditor.submit(page, "/records/\(member)/disclosure", ["reason": "年度审计抽查第三户"])
        let held = try station.run("status").json["treeHead"]["size"].int ?? 0
        let proof = try auditor.get("/records/\(member)/proof?head=\(held)")
        #expect(proof.status == 200)
        let file = folder.url.appending(path: "proof.json")
        try Data(proof.body).write(to: file)
        #expect(try station.run("verify-proof", file.path).code == 0)
    }
}

/// Correcting facts at the desk.
@Suite struct EditPageTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage().parts
        try station.sync()
    }

    @Test func aCorrectionIsKeptAndWhatIsMaskedStays() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/records/\(member)/edit")
        #expect(!page.text.contains("11010519491231002X") && !page.text.contains("1101*"))
        let done = try browser.submit(page, "/records/\(member)/edit", ["name": "张三丰", "reason": "身份证上的名字"])
        #expect(done.status == 303, "\(done.words)")
        let fields = try server.command("show", member).json["fields"]
        #expect(fields["name"].string == "张三丰" && fields["id_number"].string == "11010519491231002X")
    }

    @Test func whatIsWrongIsSaidBesideTheFieldAndNothingTypedIsLost() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/records/\(member)/edit")
        let answer = try browser.submit(
            page, "/records/\(member)/edit", ["name": "王五", "id_number": "110105194912310021", "reason": "更正"])
        #expect(answer.status >= 400 && answer.text.contains("wrong-id_number"))
        #expect(answer.text.contains("王五") && answer.text.contains("110105194912310021"))
        #expect(try server.command("show", member).json["fields"]["name"].string == "张三")
        let noReason = try browser.submit(page, "/records/\(member)/edit", ["name": "王五"])
        #expect(noReason.text.contains("wrong-reason"))
    }

    @Test func aStalePageSeesWhatChanged() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/records/\(household)/edit")
        #expect(try station.run("edit", household, "address=三组").code == 0)
        try station.sync()
        let answer = try browser.submit(page, "/records/\(household)/edit", ["address": "二组", "reason": "更正住址"])
        #expect(answer.status >= 400 && answer.words.contains("三组") && answer.text.contains("二组"))
        #expect(try server.command("show", household).json["fields"]["address"].string == "三组")
        let again = try browser.submit(answer, "/records/\(household)/edit")
        #expect(again.status == 303, "\(again.words)")
        #expect(try server.command("show", household).json["fields"]["address"].string == "二组")
    }

    @Test func whatChangedMeanwhileIsMaskedForProgramsToo() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/records/\(member)/edit")
        #expect(try station.run("edit", member, "id_number=440524188001010014", "disease=尿毒症").code == 0)
        try station.sync()
        for accept in ["text/html", "application/json"] {
            let answer = try browser.submit(
                page, "/records/\(member)/edit", ["name": "王五", "reason": "更正"], headers: ["Accept": accept])
            #expect(answer.status >= 400 && answer.text.contains("4405**********0014"), "\(accept)")
            #expect(!answer.text.contains("440524188001010014") && !answer.text.contains("尿毒症"), "\(accept)")
        }
    }

    @Test func moneyIsTypedInYuan() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households/\(household)/new/income_item")
        let action = "/households/\(household)/new/income_item"
        let wrong = try browser.submit(
            page, action, ["member": member, "type": "10", "amount_fen": "12,5", "reason": "访谈"])
        #expect(wrong.text.contains("wrong-amount_fen"))
        let done = try browser.submit(
            page, action, ["member": member, "type": "10", "amount_fen": "320.50", "period": "month", "reason": "访谈"])
        #expect(done.status == 303, "\(done.words)")
        let items = try browser.json("/households/\(household)")["incomes"].array
        #expect(items.first?["fields"]["amount_fen"].int == 32050)
    }

    /// It is never changed after, and a death stops payment by whom it names (R22).
    @Test func aChangeIsReportedWholeOrNotAtAll() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let action = "/households/\(household)/new/change_report"
        #expect(try browser.get("/households/\(household)").links.contains(action))
        let page = try browser.get(action)
        let none = try browser.submit(page, action, ["reason": "村里来电"])
        #expect(none.text.contains("wrong-type") && none.text.contains("wrong-on"), "\(none.words)")
        let whose = try browser.submit(page, action, ["type": "death", "on": "2026-01-05", "reason": "村里来电"])
        #expect(whose.text.contains("wrong-member"), "\(whose.words)")
        let done = try browser.submit(
            page, action, ["type": "death", "on": "2026-01-05", "member": member, "reason": "村里来电"])
        #expect(done.status == 303, "\(done.words)")
        let reports = try browser.json("/households/\(household)")["reports"].array
        #expect(reports.map { $0["fields"]["type"].string } == ["death"])
        let id = try #require(reports.first?["id"].string)
        #expect(try browser.get("/records/\(id)/edit").status >= 400)
    }

    @Test func whoMayOnlyLookCorrectsNothing() throws {
        var browser = try ConsoleBrowser.signedIn(server, "qu", role: "district")
        #expect(try browser.get("/records/\(member)/edit").status == 403)
        #expect(!(try browser.get("/households/\(household)").links.contains { $0.hasSuffix("/edit") }))
    }
}

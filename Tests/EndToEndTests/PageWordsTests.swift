import Foundation
import ProgramRunner
import Testing

/// Pages say things as people at a desk say them: no commands, no codes, no field names.
@Suite struct PageWordsTests {
    @Test(arguments: [("/money/roll/2026-13", "/money"), ("/money?month=mai", "/today"), ("/tables/nothing", "/today")])
    func anAddressThatIsWrongSaysHowOneIsRight(path: String, back: String) throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let page = try leader.get(path)
        #expect((400..<500).contains(page.status) && page.words.contains("请重新选择"), "\(page.words)")
        #expect(!page.words.contains("标出"), "\(page.words)")
        #expect(page.links.contains(back), "\(page.links)")
    }

    @Test func conflictsDecidedWithoutATickAskForOne() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let home = try desk.family("001").home
        try desk.differ(home, ["address=三组"], ["address=四组"])
        let form = try #require(
            try clerk.get("/conflicts").forms.first { $0.action == "/conflicts" && $0.method == "post" })
        let fields = form.fields.filter { !["conflict", "take", "reason"].contains($0.0) }
        let answer = try clerk.post("/conflicts", fields + [("take", "mine"), ("reason", "电话问过")])
        #expect(answer.status == 400 && answer.words.contains("请先勾选冲突，再选采用哪个值"), "\(answer.words)")
    }

    @Test func aDecidedConflictLeadsToTheNext() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        for number in ["001", "002"] {
            try desk.differ(try desk.family(number, name: "张\(number)").home, ["address=三组"], ["address=四组"])
        }
        let ids = try desk.conflicts().compactMap { $0["id"].string }
        let page = try clerk.get("/conflicts/\(ids[0])")
        #expect(!page.words.contains("返回冲突列表"))
        let done = try clerk.submit(page, "/conflicts/\(ids[0])", ["take": "mine", "reason": "电话问过本人"])
        let after = try clerk.follow(done)
        #expect(after.words.contains("返回冲突列表") && after.links.contains("/conflicts/\(ids[1])"), "\(after.words)")
        let stale = try clerk.submit(page, "/conflicts/\(ids[0])", ["take": "theirs", "reason": "另有说法"])
        #expect(stale.status == 409 && stale.words.contains("待决定 → 已决定"), "\(stale.words)")
        #expect(!stale.words.contains("*** → ***") && !stale.words.contains("resolved"), "\(stale.words)")
    }

    @Test func whoLookedIsNamedAndTheDistrictIsNotTold() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        var district = try ConsoleBrowser.signedIn(desk.server, "qu", role: "district")
        let (home, member) = try desk.family("001")
        let form = try clerk.get("/households/\(home)")
        #expect(form.words.contains("至少 6 个字"), "\(form.words)")
        #expect(try clerk.get("/records/\(member)").words.contains("家庭成员：张三"))
        let page = try leader.get("/households/\(home)/views")
        #expect(page.words.contains("李敏 li") && page.words.contains("记录"), "\(page.words)")
        #expect(try district.get("/households/\(home)/views").status == 403)
        #expect(!(try district.get("/households/\(home)").links.contains("/households/\(home)/views")))
    }

    @Test func anOldWordOnRecordIsOfferedOnce() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let member = try desk.family("001", "labour_ability=完全").member
        let page = try clerk.get("/records/\(member)/edit")
        #expect(page.text.matches(of: />有劳动能力</).count == 1, "\(page.text)")
        #expect(page.text.contains("<option value=\"完全\" selected>"))
    }

    @Test func aFileThatIsNoReportOfThePlatformIsNotCalledBadJSON() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/checks")
        for text in ["姓名,身份证号", "{\"households\": []}"] {
            let answer = try clerk.submit(page, "/checks", ["reports": text])
            #expect(answer.status == 400 || answer.status == 422, "\(answer.status)")
            #expect(answer.words.contains("这不是核对平台发回的文件") && answer.words.contains("请重新选择"), "\(answer.words)")
            #expect(!answer.words.contains("字节"), "\(answer.words)")
        }
    }

    @Test func aListThatNoNightHasComputedIsNoFile() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        for name in ["misses", "exits", "quality", "quality-counts"] {
            let page = try clerk.get("/tables/\(name)")
            #expect(page.words.contains("还没有算过") && !page.links.contains { $0.contains("/file") }, "\(page.links)")
            let file = try clerk.get("/tables/\(name)/file?format=csv")
            #expect((400..<500).contains(file.status) && file.words.contains("还没有算过"), "\(file.words)")
        }
        #expect(try clerk.get("/reports").words.matches(of: /还没有算过/).count == 2)
        #expect(try desk.server.command("nightly").code == 0)
        let after = try clerk.get("/tables/misses")
        #expect(after.links.contains { $0.contains("/tables/misses/file") })
        #expect(try clerk.get("/tables/misses/file?format=csv").status == 200)
    }

    @Test func nothingIsChangedWhereSomethingIsMade() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        let (home, member) = try desk.family("001")
        let new = "/households/\(home)/new/note"
        #expect(try clerk.submit(try clerk.get(new), new, ["text": "门牌已换"]).status == 303)
        let edit = "/records/\(member)/edit"
        let refused = try clerk.submit(try clerk.get(edit), edit, ["name": "张三丰"])
        #expect((400..<500).contains(refused.status), "\(refused.status)")
        let entry = try clerk.get("/registers/finding/new")
        #expect(entry.text.contains("value=\"李敏\""), "who enters it is proposed")
        let kept = try clerk.submit(entry, "/registers/finding/new", ["what": "审批表缺签字"])
        #expect(kept.status == 303, "\(kept.words)")
        let list = try clerk.get("/registers/finding")
        #expect(list.text.contains(">审批表缺签字</a>") && !list.words.contains("打开"), "\(list.words)")
    }

    @Test func whatWasFoundSaysWhy() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        _ = try desk.family("001")
        _ = try desk.a.new("household", "number=012", "address=二组 001 号")
        try desk.meet()
        let page = try clerk.get("/households?text=001")
        #expect(page.text.contains("<td>户编号</td>") && page.text.contains("<td>住址</td>"), "\(page.words)")
    }

    @Test func whatWasDecidedIsReadInItsTable() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        try desk.decided(id)
        let table = try desk.clerk.get("/tables/decisions")
        for text in ["批准", "616.00", "李建国"] { #expect(table.words.contains(text), "\(text): \(table.words)") }
        #expect(!table.text.contains("11010519491231002X"))
        let exports = try desk.clerk.get("/exports")
        #expect(exports.links.filter { $0 == "/tables/trainings" }.isEmpty, "the register has them")
        #expect(exports.words.contains("还没有算过"))
        var district = try ConsoleBrowser.signedIn(desk.server, "qu", role: "district")
        #expect(!(try district.get("/exports").links.contains("/imports")))
    }

    @Test func aNoticeCarriesTheHotlineThatWasTyped() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        try desk.decided(id)
        try desk.sign(id, "approve")
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(page.words.contains("政策包里还是演示号码") && !page.text.contains("0632-0000000"), "\(page.words)")
        for hotline in ["", "0632-0000000"] {
            let refused = try desk.clerk.submit(
                page, "/cases/\(id)/notices", ["kind": "publicity", "place": "公示栏", "hotline": hotline])
            #expect((400..<500).contains(refused.status) && refused.words.contains("监督电话"), "\(refused.words)")
        }
        try desk.work(id, "notices", ["kind": "publicity", "place": "公示栏", "hotline": "0632-7711234"])
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("0632-7711234"))
        let wrong = try desk.clerk.submit(
            page, "/cases/\(id)/notices", ["kind": "publicity", "place": "公示栏", "hotline": "问村里"])
        #expect((400..<500).contains(wrong.status), "\(wrong.words)")
    }
}

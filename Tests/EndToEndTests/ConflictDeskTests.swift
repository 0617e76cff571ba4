import Foundation
import ProgramRunner
import Testing

/// The conflict desk in the browser: what a clerk sees of two values and what comes of each choice.
@Suite struct ConflictDeskTests {
    private let desk: DeskVillage
    private var clerk: ConsoleBrowser

    init() throws {
        desk = try DeskVillage()
        clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
    }

    private func labourConflict() throws -> (id: String, home: String, member: String) {
        let (home, member) = try desk.family("001", "labour_ability=完全")
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        return (id, home, member)
    }

    @Test mutating func bothValuesAreShownWithWhoWhenAndWhyAndTheHouseholdAround() throws {
        let (id, _, _) = try labourConflict()
        let page = try clerk.get("/conflicts/\(id)")
        #expect(page.status == 200)
        for text in ["部分", "丧失", "完全", "王秀英", "李建国", "走访", "电话", "001", "张三", DeskVillage.village] {
            #expect(page.words.contains(text), "\(text)")
        }
        #expect(!page.text.contains("11010519491231002X") && page.words.contains("1101**********002X"))
        #expect(page.words.contains("暂缓发放"))
        let list = try clerk.get("/conflicts")
        #expect(list.links.contains("/conflicts/\(id)"))
        #expect(try clerk.get("/conflicts?matter=identity").links.contains("/conflicts/\(id)") == false)
        let json = try clerk.json("/conflicts/\(id)")
        #expect(json["theirs"].string == "部分" && json["mine"].string == "丧失" && json["base"].string == "完全")
        #expect(json["household"]["held"].bool == true && json["writers"].array.count == 2)
    }

    @Test mutating func eachSideIsTakenWithAReasonAndTakenBackByWhoDecided() throws {
        let (id, _, member) = try labourConflict()
        let page = try clerk.get("/conflicts/\(id)")
        let bare = try clerk.submit(page, "/conflicts/\(id)", ["take": "mine", "reason": " "])
        #expect(bare.status == 422 || bare.status == 400, "\(bare.status)")
        #expect(try desk.value(member, "labour_ability").string == "部分")
        let done = try clerk.submit(page, "/conflicts/\(id)", ["take": "mine", "reason": "查过残疾证"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.value(member, "labour_ability").string == "丧失")
        #expect(try desk.conflicts().isEmpty)
        let decided = try clerk.follow(done)
        #expect(decided.words.contains("已办妥") && decided.words.contains("查过残疾证"))

        var other = try ConsoleBrowser.signedIn(desk.server, "wang", fullName: "王芳")
        let theirs = try other.get("/conflicts/\(id)")
        #expect(!theirs.actions.contains("/conflicts/\(id)/undo") && !theirs.actions.contains("/conflicts/\(id)"))
        let token = try #require(theirs.forms.first { $0.action == "/logout" }?.fields.first?.1)
        let forced = try other.post(
            "/conflicts/\(id)/undo", ["form_token": token, "seen": "9999", "reason": "我觉得不对"])
        #expect(forced.status == 403 || forced.status == 422, "\(forced.status)")
        #expect(try desk.value(member, "labour_ability").string == "丧失")

        let undone = try clerk.submit(decided, "/conflicts/\(id)/undo", ["reason": "看错了人"])
        #expect(undone.status == 303, "\(undone.words)")
        #expect(try desk.value(member, "labour_ability").string == "部分")
        let history = try desk.server.command("history", member).json["entries"].array.last
        #expect(history?["reason"].string?.contains("看错了人") == true)
        #expect(history?["reason"].string?.hasPrefix("撤销第") == true)
        #expect(history?["author"].string == "李敏(li)")
    }

    @Test mutating func aThirdValueIsCheckedByTheFieldAndKeptWhenItIsRefused() throws {
        let (home, _) = try desk.family("002")
        let account = try desk.a.new(
            "bank_account", "household=\(home)", "kind=折", "number=100200300", "bank=农信社", "holder=张三")
        try desk.meet()
        try desk.differ(account, ["number=100200301"], ["number=100200302"])
        let conflict = try #require(try desk.conflicts().first { $0["record"].string == account })
        let id = try #require(conflict["id"].string)
        let list = try clerk.json("/conflicts")
        #expect(list["conflicts"][0]["about"].string == "bank_account")
        let page = try clerk.get("/conflicts/\(id)")
        #expect(!page.text.contains("100200301"), "An account is masked")
        let wrong = try clerk.submit(
            page, "/conflicts/\(id)", ["take": "value", "value.number": "12\u{1}3", "reason": "存折原件"])
        #expect(wrong.status >= 400 && wrong.words.contains("存折原件") == false)
        let typed = wrong.forms.first { $0.action == "/conflicts/\(id)" }?.fields ?? []
        #expect(typed.contains { $0.0 == "reason" && $0.1 == "存折原件" }, "\(typed)")
        let done = try clerk.submit(
            wrong, "/conflicts/\(id)", ["take": "value", "value.number": "100200399", "reason": "存折原件"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.value(account, "number").string == "100200399")
        #expect(try desk.value(account, "bank").string == "农信社", "What was left empty stays")
    }

    @Test mutating func nameAndNumberAreDecidedAsOneAndShownInFullOnlyForAReason() throws {
        let (_, member) = try desk.family("003")
        try desk.differ(member, ["name=张三丰"], ["id_number=440524188001010014"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        let page = try clerk.get("/conflicts/\(id)")
        #expect(page.words.contains("身份") && !page.text.contains("440524188001010014"))
        let clear = try clerk.submit(page, "/conflicts/\(id)/clear", ["reason": "核对身份证原件"])
        #expect(clear.status == 200 && clear.text.contains("440524188001010014"))
        let done = try clerk.submit(page, "/conflicts/\(id)", ["take": "mine", "reason": "身份证原件"])
        #expect(done.status == 303)
        #expect(try desk.value(member, "name").string == "张三")
        #expect(try desk.value(member, "id_number").string == "440524188001010014")
    }

    @Test mutating func theVillageIsAskedAndItsAnswerComesBackToThePage() throws {
        let (id, _, _) = try labourConflict()
        let page = try clerk.get("/conflicts/\(id)")
        let asked = try clerk.submit(page, "/conflicts/\(id)/ask", ["question": "他现在还能下地吗？"])
        #expect(asked.status == 303, "\(asked.words)")
        try desk.a.sync()
        let tasks = try desk.a.run("tasks").json["tasks"].array
        let question = try #require(tasks.first { $0["task"].string == "answer_question" }?["subject"].string)
        #expect(try desk.a.run("edit", question, "answer=不能，春天起卧床", "answered_by=王秀英").code == 0)
        try desk.a.sync()
        #expect(try desk.a.run("tasks").json["tasks"].array.allSatisfy { $0["task"].string != "answer_question" })
        #expect(try clerk.get("/conflicts/\(id)").words.contains("春天起卧床"))
        #expect(try clerk.json("/today")["answered"].int == 1)
    }

    @Test mutating func severalAlikeAreDecidedInOneActAllOrNone() throws {
        var members: [String] = []
        for number in ["011", "012", "013"] {
            members.append(try desk.family(number, name: "赵\(number)", "labour_ability=完全").member)
        }
        for member in members { try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"]) }
        try desk.differ(members[0], ["marital=10"], ["marital=20"])
        let all = try desk.conflicts()
        let labour = all.filter { $0["field"].string == "labour_ability" }.compactMap { $0["id"].string }
        let other = try #require(all.first { $0["field"].string != "labour_ability" }?["id"].string)
        #expect(labour.count == 3)
        let page = try clerk.get("/conflicts")
        let mixed = try clerk.submit(
            page, "/conflicts", ["conflict": labour[0], "conflict": other, "take": "mine", "reason": "批量"])
        #expect(mixed.status >= 400, "\(mixed.status)")
        #expect(try desk.conflicts().count == 4)
        let done = try clerk.submit(
            page, "/conflicts",
            ["conflict": labour[0], "conflict": labour[1], "conflict": labour[2], "take": "mine", "reason": "残联名册"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.conflicts().compactMap { $0["id"].string } == [other])
        for member in members {
            #expect(try desk.value(member, "labour_ability").string == "丧失")
            let last = try desk.server.command("history", member).json["entries"].array.last
            #expect(last?["reason"].string == "残联名册" && last?["author"].string == "李敏(li)")
        }
    }

    @Test mutating func whoeverActsOnAnOldPageSeesWhatChangedAndKeepsWhatWasTyped() throws {
        let (id, _, member) = try labourConflict()
        var other = try ConsoleBrowser.signedIn(desk.server, "wang", fullName: "王芳")
        let old = try clerk.get("/conflicts/\(id)")
        let fresh = try other.get("/conflicts/\(id)")
        #expect(try other.submit(fresh, "/conflicts/\(id)", ["take": "theirs", "reason": "本人来过"]).status == 303)
        let late = try clerk.submit(old, "/conflicts/\(id)", ["take": "mine", "reason": "我打过电话"])
        #expect(late.status == 409, "\(late.status)")
        #expect(late.words.contains("本人来过") && late.words.contains("我打过电话"))
        #expect(try desk.value(member, "labour_ability").string == "部分")
    }

    @Test mutating func aDeletionIsForAPersonAndCanBeTakenBack() throws {
        let (_, member) = try desk.family("004")
        #expect(try desk.a.run("delete", member, "--reason", "重复登记").code == 0)
        #expect(try desk.b.run("edit", member, "marital=20", "--reason", "电话").code == 0)
        try desk.meet()
        let conflict = try #require(try desk.conflicts().first { $0["field"].string == "deleted" })
        let id = try #require(conflict["id"].string)
        let side = conflict["mine"].bool == true ? "mine" : "theirs"
        let page = try clerk.get("/conflicts/\(id)")
        #expect(page.words.contains("重复登记") && page.words.contains("保留"), "\(page.words)")
        let done = try clerk.submit(page, "/conflicts/\(id)", ["take": side, "reason": "确是重复"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.server.command("show", member).json["deleted"].bool == true)
        let undone = try clerk.submit(try clerk.follow(done), "/conflicts/\(id)/undo", ["reason": "不是重复"])
        #expect(undone.status == 303, "\(undone.words)")
        #expect(try desk.server.command("show", member).json["deleted"].bool == false)
        #expect(try desk.server.command("nightly").json["sound"].bool == true)
    }

    @Test mutating func whoMayNotDecideSeesNoFormsAndIsRefused() throws {
        let (id, _, member) = try labourConflict()
        for role in ["district", "auditor"] {
            var looking = try ConsoleBrowser.signedIn(desk.server, role, role: role)
            let page = try looking.get("/conflicts/\(id)")
            #expect(page.status == 200 && !page.actions.contains("/conflicts/\(id)"))
            let token = try #require(page.forms.first { $0.action == "/logout" }?.fields.first?.1)
            let fields = [("form_token", token), ("seen", "9999"), ("take", "mine"), ("reason", "x")]
            #expect(try looking.post("/conflicts/\(id)", fields).status == 403)
            #expect(try looking.post("/conflicts", fields + [("conflict", id)]).status == 403)
        }
        let fields = [("seen", "9999"), ("take", "mine"), ("reason", "x")]
        #expect(try clerk.post("/conflicts/\(id)", fields).status == 403, "No token")
        #expect(try desk.value(member, "labour_ability").string == "部分")
        #expect(try clerk.get("/conflicts/00000000-0000-8000-8000-000000000000").status == 404)
        #expect(try clerk.get("/conflicts/nonsense").status == 404)
    }

    @Test mutating func whatPeopleTypedIsNeverMarkup() throws {
        let name = "<script>alert(1)</script>\"'>"
        let (_, member) = try desk.family("<b>9</b>", name: name)
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        let id = try #require(try desk.conflicts().first?["id"].string)
        for path in ["/conflicts", "/conflicts/\(id)", "/today"] {
            let page = try clerk.get(path)
            #expect(
                page.status == 200 && !page.text.contains("<script>alert") && !page.text.contains("<b>9"), "\(path)")
        }
        #expect(try clerk.get("/conflicts/\(id)").words.contains(name))
    }
}

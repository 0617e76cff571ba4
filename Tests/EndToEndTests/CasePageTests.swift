import Foundation
import ProgramRunner
import Testing

/// A case in the browser, from the counter to payment: what may be done has a form, what may not says why.
@Suite struct CasePageTests {
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aCaseGoesFromTheCounterToPaymentThroughForms() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let first = try desk.clerk.get("/cases/\(id)").words
        #expect(first.contains("审核审批时限（R33") && first.contains("还有 12 个工作日"))
        #expect(first.contains("经济状况核对 未开始") && first.contains("入户调查 未开始"))
        #expect(first.contains("1101**********002X") && !first.contains("11010519491231002X"))
        try desk.reviewed(id)
        #expect(try desk.reasons(id, "approve") == ["R12", "R15"])
        try desk.decided(id)
        let page = try desk.clerk.get("/cases/\(id)").words
        #expect(page.contains("616.00 元") && page.contains("《社会救助暂行办法》第九条。年收入低于标准"))
        #expect(page.contains("填写人 李建国(li)"))
        try desk.sign(id, "approve")
        try desk.posted(id)
        #expect(try desk.reasons(id, "take_effect") == ["R31"])
        _ = try desk.station.new("bank_account", "household=\(desk.household)", "kind=折", "number=6222020200112233")
        try desk.station.sync()
        try desk.pass(days: 14)
        try desk.move(id, "take_effect")
        try desk.move(id, "pay")
        #expect(try desk.status(id) == "in_payment")
        let moves = try desk.clerk.json("/cases/\(id)")["moves"].array
        #expect(
            moves.compactMap { $0["move"].string } == [
                "authorise", "prepare", "accept", "review", "approve", "publicise", "take_effect", "pay",
            ])
        #expect(moves[4]["by"].string == "陈主任(chen)" && moves[4]["role"].string == "leader")
        #expect(try desk.server.command("audit", "verify").code == 0)
    }

    @Test func whatCannotBeDoneSaysWhyAndIsRefusedAllTheSame() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.move(id, "authorise")
        try desk.move(id, "prepare")
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(page.words.contains("受理 现在不能办：") && page.words.contains("缺有效且结论为符合的核对报告 R27"))
        #expect(page.words.contains("缺两名以上调查人的入户调查 R19"))
        #expect(!page.forms.contains { $0.fields.contains { $0 == ("move", "accept") } })
        let forced = try desk.clerk.post("/cases/\(id)/move", try CaseConsole.move("accept", on: page))
        #expect(forced.status == 422 || forced.status == 409 || forced.status == 400, "\(forced.status)")
        #expect(forced.words.contains("R27") && forced.words.contains("按规定办理"), "what was typed is kept")
        let skipped = try desk.clerk.post("/cases/\(id)/move", try CaseConsole.move("pay", on: page))
        #expect(skipped.words.contains("R13"))
        let early = try desk.clerk.submit(
            page, "/cases/\(id)/trips", ["on": "2026-11-20", "where": "township", "why": "补签字"])
        #expect(early.status == 303)
        #expect(try desk.status(id) == "preparing")
    }

    @Test func whoWroteADecisionDoesNotSignIt() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        let page = try desk.leader.get("/cases/\(id)")
        let wrote = try desk.leader.submit(
            page, "/cases/\(id)/decision", ["result": "approved", "basis": "law", "signatories": "陈主任"])
        #expect(wrote.status == 303, "\(wrote.words)")
        let own = try desk.leader.get("/cases/\(id)")
        #expect(own.words.contains("审批决定是您本人填写的，须由另一位负责人签批"))
        let signed = try desk.leader.post(
            "/cases/\(id)/move", try CaseConsole.move("approve", on: own), headers: ["Accept": "application/json"])
        #expect(signed.json["error"]["code"].int == 2063, "\(signed.text)")
        var other = try ConsoleBrowser.signedIn(desk.server, "wang", role: "leader", fullName: "王镇长")
        let theirs = try other.get("/cases/\(id)")
        #expect(try other.post("/cases/\(id)/move", try CaseConsole.move("approve", on: theirs)).status == 303)
        #expect(try desk.status(id) == "approved")
    }

    @Test func aStalePageShowsWhatChangedAndKeepsWhatWasTyped() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let old = try desk.leader.get("/cases/\(id)")
        try desk.move(id, "authorise")
        let fields = try CaseConsole.move("withdraw", on: old).filter { $0.0 != "reason" } + [("reason", "他说不办了")]
        let answer = try desk.leader.post("/cases/\(id)/move", fields)
        #expect(answer.status == 409, "\(answer.status)")
        #expect(answer.words.contains("李建国(li)") && answer.text.contains("他说不办了"))
        #expect(try desk.status(id) == "authorised")
        // Having seen it, the same may be sent once more.
        let form = try #require(answer.forms.first { $0.source.contains("role=\"alert\"") })
        let again = try desk.leader.post(form.action, form.fields)
        #expect(again.status == 303, "\(again.words)")
        #expect(try desk.status(id) == "withdrawn")
    }

    /// The amount that a leader saw is the amount that is decided.
    @Test func aDecisionOnOldFactsIsNotTaken() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        let page = try desk.clerk.get("/cases/\(id)")
        _ = try desk.station.new(
            "income_item", "household=\(desk.household)", "member=\(desk.member)", "type=10", "amount_fen=20000",
            "period=month", "from=2026-01-01")
        try desk.station.sync()
        let answer = try desk.clerk.submit(
            page, "/cases/\(id)/decision", ["result": "approved", "basis": "law", "signatories": "李建国"])
        #expect(answer.status == 409, "\(answer.status) \(answer.words)")
        #expect(try desk.clerk.json("/cases/\(id)")["decisions"].array.isEmpty)
    }

    @Test(arguments: ["district", "auditor"]) func theDistrictLooksAndDoesNothing(role: String) throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        var district = try ConsoleBrowser.signedIn(desk.server, "zhao", role: role, fullName: "赵科长")
        let page = try district.get("/cases/\(id)")
        #expect(page.status == 200 && page.words.contains("区级只能查看和监督，不能办理（R1）"))
        #expect(page.actions.allSatisfy { !$0.hasPrefix("/cases") })
        let own = try desk.clerk.get("/cases/\(id)")
        let token = try #require(page.forms.first { $0.action == "/logout" }?.fields.first { $0.0 == "form_token" }?.1)
        let fields = try CaseConsole.move("authorise", on: own).map {
            $0.0 == "form_token" ? ("form_token", token) : $0
        }
        #expect(try district.post("/cases/\(id)/move", fields).status == 403)
        #expect(try desk.status(id) == "intent")
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func anObjectionOpensTheReviewThatAnswersIt() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        try desk.decided(id)
        try desk.sign(id, "approve")
        #expect(!(try desk.clerk.get("/cases/\(id)").words.contains("登记民主评议")))
        try desk.posted(id)
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("没有异议不开展民主评议（R30）"))
        try desk.work(id, "objections", ["text": "他家有车 <b>", "by": "邻居"])
        #expect(try desk.clerk.get("/cases/\(id)").text.contains("他家有车 &lt;b&gt;"))
        try desk.move(id, "object")
        try desk.move(id, "open_review")
        try desk.work(
            id, "reviews",
            ["attendees": "甲\n乙、丙", "votes_for": "3", "votes_against": "0", "record": "无车", "result": "upheld"])
        #expect(try desk.clerk.json("/cases/\(id)")["reviews"][0]["votesFor"].int == 3)
        try desk.sign(id, "uphold")
        try desk.pass(days: 14)
        try desk.move(id, "take_effect")
        #expect(try desk.status(id) == "effective")
    }

    @Test func aStationsRequestIsTakenOrRefusedWithAReason() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.station.sync()
        let asked = try desk.station.new("case_request", "application=\(id)", "move=authorise", "note=已签字")
        try desk.station.sync()
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(page.words.contains("工作站的请求 授权 王秀英 已签字"))
        let empty = try desk.clerk.submit(page, "/cases/\(id)/requests/\(asked)")
        #expect(empty.words.contains("需要写明原因"))
        #expect(
            try desk.clerk.submit(page, "/cases/\(id)/requests/\(asked)", ["reason": "签字不清"]).status == 303)
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("未予办理：签字不清"))
        try desk.station.sync()
        #expect(try desk.station.show(asked)["fields"]["refusal"].string == "签字不清")
    }

    /// R47: a breach stays on record, and the leader says why.
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aBreachIsSaidInWordsAndTheLeaderExplainsIt() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.pass(days: 28)
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(page.words.contains("已超期") && page.words.contains("须由镇街负责人填写超期说明（R47）"))
        #expect(!page.actions.contains("/cases/\(id)/notes"))
        #expect(try desk.clerk.json("/cases?clock=late")["cases"][0]["clock"]["state"].string == "overdue")
        let own = try desk.leader.get("/cases/\(id)")
        #expect(try desk.leader.submit(own, "/cases/\(id)/notes", ["text": "核对平台停机"]).status == 303)
        let told = try desk.leader.get("/cases/\(id)").words
        #expect(told.contains("说明：核对平台停机") && told.contains("记录始终保留"))
    }

    /// R34, R35: relief first, papers after.
    @Test func urgentReliefIsRecordedWithItsReceiptBeforeItsPapers() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn("relief_urgent")
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("先行救助时限（R34"))
        #expect(try desk.reasons(id, "relieve") == ["R34"])
        try desk.work(id, "relief", ["amount": "300", "means": "cash", "receipt": "收条1号"])
        try desk.move(id, "relieve")
        try desk.move(id, "register")
        #expect(try desk.status(id) == "registered")
    }

    @Test func theSameAgainIsFlaggedAtTheCounter() throws {
        var desk = try CaseConsole()
        let first = try desk.takeIn()
        #expect(try desk.clerk.get("/cases/new?household=\(desk.household)").words.contains("还有在办的申请"))
        let second = try desk.takeIn()
        let page = try desk.clerk.get("/cases/\(second)")
        #expect(page.words.contains("（R44）") && page.links.contains("/cases/\(first)"))
    }

    @Test func theListFiltersAndAHostileFilterIsRefused() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.move(id, "authorise")
        #expect(try desk.clerk.json("/cases")["cases"][0]["id"].string == id)
        for (query, count) in [
            ("status=authorised", 1), ("status=intent", 0), ("programme=tekun", 0), ("text=zs", 1), ("text=001", 1),
            ("village=370404101201", 1), ("village=999", 0), ("clock=late", 0), ("clock=soon", 0),
            ("clerk=%E6%9D%8E%E5%BB%BA%E5%9B%BD(li)", 1),
        ] {
            #expect(try desk.clerk.json("/cases?\(query)")["count"].int == count, "\(query)")
        }
        let page = try desk.clerk.get("/cases?status=authorised&text=%22%3E%3Cscript%3E")
        #expect(page.status == 200 && !page.text.contains("\"><script>"))
        #expect(try desk.clerk.get("/cases?status=asleep").status == 400)
        #expect(try desk.clerk.get("/cases").words.contains("张三 1101**********002X"))
    }
}

import Foundation
import ProgramRunner
import Testing

/// The registers on pages (R4, R7, R9, R48–R59, R61, R68): entered, listed, closed and drawn without a command line.
@Suite struct RegisterPageTests {
    private let desk: DeskVillage
    private static let finding = "/registers/finding/new"
    private static let told: KeyValuePairs = [
        "source": "ledger", "what": "001 户缺核对报告", "found_by": "区民政", "found_on": "2026-11-02",
        "rectify_by": "2026-11-09", "reason": "十一月台账核查",
    ]

    init() throws { desk = try DeskVillage() }

    private func person(_ name: String, _ role: String) throws -> ConsoleBrowser {
        try ConsoleBrowser.signedIn(desk.server, name, role: role, fullName: name)
    }

    private func entries(_ register: String) throws -> [JSON] {
        try desk.server.command("register", register).json["entries"].array
    }

    /// Enters something, as the form does; the id of the entry.
    private func enter(
        _ browser: inout ConsoleBrowser, _ register: String, _ fields: KeyValuePairs<String, String>
    ) throws -> String {
        let path = "/registers/\(register)/new"
        let done = try browser.submit(try browser.get(path), path, fields)
        guard done.status == 303, let place = done.location else {
            throw ProgramFailure("\(register): \(done.status) \(done.words)")
        }
        return String(place.split(separator: "?")[0].split(separator: "/")[1])
    }

    @Test func aFindingIsEnteredOnceCountedAsOverdueAndClosed() throws {
        var clerk = try person("li", "clerk")
        let page = try clerk.get(Self.finding)
        let done = try clerk.submit(page, Self.finding, Self.told)
        #expect(done.status == 303, "\(done.words)")
        #expect(try clerk.submit(page, Self.finding, Self.told).location == done.location, "sent twice, it is one")
        let all = try entries("finding")
        #expect(all.count == 1 && all[0]["state"].string == "overdue", "\(all)")
        let id = try #require(all.first?["id"].string)
        #expect(done.location?.hasPrefix("/records/\(id)?done=") == true)
        // On the list, on the register's page, and on Today.
        let line = try clerk.json("/registers")["registers"].array.first { $0["register"].string == "finding" }
        #expect(line?["open"].int == 1 && line?["overdue"].int == 1 && line?["rules"].strings == ["R7"])
        let rows = try clerk.json("/registers/finding?state=overdue")["rows"].array
        #expect(rows.map { $0["id"].string } == [id] && rows[0]["state"].string == "overdue")
        #expect((rows[0]["daysLate"].int ?? 0) > 0)
        #expect(try clerk.json("/today")["entriesOverdue"].int == 1)
        #expect(try clerk.get("/today").words.contains("1 登记簿逾期"))
        // Closed without what was put right, it comes back with the rule at its field, and what was typed.
        let edit = "/records/\(id)/edit"
        #expect(try clerk.get("/records/\(id)").links.contains(edit))
        let back = try clerk.submit(
            try clerk.get(edit), edit, ["closed_by": "赵", "closed_on": "2026-11-10", "reason": "销号"])
        #expect(back.status == 409 || back.status == 400 || back.status == 422, "\(back.status)")
        let form = try #require(back.forms.first { $0.action == edit })
        #expect(form.source.contains("id=\"wrong-rectified\"") && back.words.contains("R7，"), "\(form.source)")
        #expect(form.fields.contains { $0 == ("closed_by", "赵") } && form.fields.contains { $0 == ("reason", "销号") })
        #expect(try entries("finding")[0]["state"].string == "overdue")
        let closed = try clerk.submit(back, edit, ["rectified": "已补核对报告"])
        #expect(closed.status == 303, "\(closed.words)")
        #expect(try entries("finding")[0]["state"].string == "done_late")
        #expect(try clerk.json("/today")["entriesOverdue"].int == 0)
        #expect(try clerk.json("/registers/finding?state=open")["rows"].array.isEmpty)
        // The entry's page tells its history.
        let record = try clerk.get("/records/\(id)").words
        #expect(record.contains("十一月台账核查") && record.contains("已补核对报告"), "\(record)")
        #expect(try desk.server.command("audit", "verify").code == 0)
    }

    @Test func whatIsWrongStandsAtItsFieldAndNothingTypedIsLost() throws {
        var clerk = try person("li", "clerk")
        let fields: KeyValuePairs = [
            "source": "ledger", "what": "缺报告", "found_on": "2026-11-12", "rectify_by": "2026-11-09", "reason": "核查",
        ]
        let back = try clerk.submit(try clerk.get(Self.finding), Self.finding, fields)
        let form = try #require(back.forms.first { $0.action == Self.finding })
        #expect(back.status == 400 && form.source.contains("id=\"wrong-rectify_by\""), "\(back.words)")
        #expect(form.fields.contains { $0 == ("what", "缺报告") } && form.fields.contains { $0 == ("source", "ledger") })
        #expect(try entries("finding").isEmpty)
        // What is missing is asked for, and no reason to refuse.
        let id = try enter(&clerk, "finding", ["what": "缺报告", "reason": "核查"])
        let row = try clerk.json("/registers/finding")["rows"][0]
        #expect(row["id"].string == id && row["toComplete"].string?.contains("整改期限") == true, "\(row)")
        // Money is typed in yuan, of somebody who is chosen; where an entry belongs is said at once.
        let staff = try enter(
            &clerk, "staff", ["name": "甲", "post": "full_time", "active_from": "2026-01-01", "reason": "聘用"])
        let path = "/registers/stipend/new"
        let paid: KeyValuePairs = ["month": "2026-10", "amount_fen": "300.50", "paid_on": "2026-11-02", "reason": "补贴"]
        let refused = try clerk.submit(try clerk.get(path), path, paid)
        #expect(refused.status == 400 && refused.text.contains("id=\"wrong-staff\""), "\(refused.words)")
        #expect(try clerk.submit(refused, path, ["staff": staff]).status == 303)
        let stipend = try entries("stipend")[0]
        #expect(stipend["fields"]["amount_fen"].int == 30_050 && stipend["name"].string == "甲")
        #expect(try clerk.json("/registers/stipend")["rows"][0]["amountFen"].int == 30_050)
    }

    @Test func eachRoleEntersItsOwn() throws {
        let (home, _) = try desk.family("001")
        var (district, auditor, clerk) = (
            try person("qu", "district"), try person("shen", "auditor"), try person("li", "clerk")
        )
        // The district supervises: guidance, findings, samples.
        let mine = try enter(
            &district, "guidance",
            [
                "by": "district", "held_on": "2026-11-05", "topic": "低保审核", "follow_up_by": "2026-11-15",
                "reason": "季度指导",
            ])
        #expect(try entries("guidance")[0]["state"].string == "overdue")
        #expect(try district.get("/records/\(mine)").links.contains("/records/\(mine)/edit"))
        #expect(try district.get("/registers/sample_check").actions.contains("/samples"))
        for path in ["/registers/staff/new", "/registers/complaint/new", "/records/\(home)/edit"] {
            #expect(try district.get(path).status == 403, "\(path)")
        }
        // What the township wrote of its own the district looks at.
        let staff = try enter(&clerk, "staff", ["name": "甲", "post": "full_time", "reason": "聘用"])
        #expect(try !district.get("/records/\(staff)").links.contains("/records/\(staff)/edit"))
        #expect(try district.get("/records/\(staff)/edit").status == 403)
        #expect(try clerk.get("/records/\(mine)/edit").status == 200)
        // An auditor looks.
        let list = try auditor.get("/registers")
        #expect(list.status == 200 && !list.links.contains { $0.hasSuffix("/new") }, "\(list.links)")
        let register = try auditor.get("/registers/guidance")
        #expect(register.words.contains("低保审核") && !register.links.contains { $0.hasSuffix("/new") })
        #expect(try !auditor.get("/registers/sample_check").actions.contains("/samples"))
        let token = try #require(list.forms.first { $0.action == "/logout" }?.fields.first?.1)
        for path in ["/registers/finding/new", "/records/\(mine)/edit", "/samples"] {
            let answer = try auditor.post(path, ["form_token": token, "seen": "1", "reason": "试"])
            #expect(answer.status == 403, "\(path) \(answer.status)")
        }
        // What has an act of its own is made by no form.
        #expect(try clerk.get("/registers/sample_check/new").status >= 400)
        #expect(try clerk.get("/registers/nothing").status >= 400)
    }

    private func views(of desk: CaseConsole) throws -> Int {
        var leader = desk.leader
        return try leader.json("/households/\(desk.household)/views")["views"].array
            .count { $0["account"].string == "li" && $0["page"].string == "edit" }
    }

    @Test func aSampleIsDrawnOnceAndEachResultKept() throws {
        for number in 1...4 { _ = try desk.a.new("household", "number=00\(number)") }
        try desk.meet()
        var district = try person("qu", "district")
        let page = try district.get("/registers/sample_check")
        let seed = try #require(page.forms.first { $0.action == "/samples" }?.fields.first { $0.0 == "seed" }?.1)
        #expect(Int(seed) != nil, "the page proposes one")
        let both = try district.submit(page, "/samples", ["share": "50", "count": "2", "reason": "季度抽查"])
        #expect(both.status == 400 && both.text.contains("id=\"wrong-share\""), "\(both.words)")
        let tooMany = try district.submit(page, "/samples", ["count": "9", "seed": "7", "reason": "季度抽查"])
        #expect(tooMany.status == 400 && tooMany.text.contains("id=\"wrong-count\""), "\(tooMany.words)")
        #expect(try entries("sample_check").isEmpty)
        let done = try district.submit(page, "/samples", ["share": "50", "seed": "20261125", "reason": "季度抽查"])
        #expect(done.status == 303, "\(done.words)")
        #expect(
            try district.submit(page, "/samples", ["share": "50", "seed": "20261125", "reason": "季度抽查"]).location
                == done.location)
        let drawn = try entries("sampled_household")
        #expect(try entries("sample_check").count == 1 && drawn.count == 2)
        // The command draws the same.
        let again = try desk.server.command("sample", "draw", "--share", "50", "--seed", "20261125").json
        let households = drawn.map { $0["fields"]["household"].string }
        #expect(again["known"].bool == true && again["households"].array.map { $0["household"].string } == households)
        let check = try #require(again["id"].string)
        let sample = try district.get("/samples/\(check)")
        #expect(sample.words.contains("20261125") && sample.words.contains("sha256sum"), "\(sample.words)")
        #expect(sample.links.contains("/households/\(households[0] ?? "")"))
        #expect(
            try district.json("/registers")["registers"].array
                .first { $0["register"].string == "sampled_household" }?["open"].int == 2)
        // A result.
        let id = try #require(drawn[0]["id"].string)
        let edit = "/records/\(id)/edit"
        #expect(sample.links.contains(edit))
        let form = try district.get(edit)
        #expect(form.forms.first { $0.action == edit }?.fields.contains { $0 == ("checked_by", "qu") } == true)
        let kept = try district.submit(form, edit, ["result": "inconsistent", "note": "收入漏报", "reason": "入户核查"])
        #expect(kept.location?.hasPrefix("/samples/\(check)?done=") == true, "\(kept.words)")
        let told = try district.follow(kept).words
        #expect(told.contains("已核查 1 户，共 2 户：相符 0，不符 1") && told.contains("收入漏报"), "\(told)")
        #expect(try entries("sample_check")[0]["inconsistent"].int == 1)
    }

    @Test func aDishonestyRecordIsDecidedByAnotherWhoSigns() throws {
        var (clerk, leader) = (try person("li", "clerk"), try person("chen", "leader"))
        let id = try enter(
            &clerk, "dishonesty",
            [
                "name": "张三", "id_number": "11010519491231002X", "behaviour": "false_papers", "facts": "涂改证明",
                "evidence": "证明复印件", "heard_on": "2026-11-18", "hearing": "承认", "reason": "核对发现",
            ])
        let edit = "/records/\(id)/edit"
        #expect(try !clerk.get(edit).text.contains("name=\"decision\""), "a clerk does not decide")
        #expect(try !leader.get("/records/\(id)").text.contains("11010519491231002X"), "masked")
        let refused = try leader.submit(try leader.get(edit), edit, ["decision": "upheld", "reason": "认定"])
        #expect(refused.words.contains("R61") && refused.forms.contains { $0.action == edit }, "\(refused.words)")
        // Who decides is who is signed in; a clerk does not even by a form of his own.
        let days: KeyValuePairs = ["decided_on": "2026-11-20", "expires_on": "2027-11-20"]
        #expect(!refused.text.contains("name=\"decided_by\""))
        #expect(try leader.submit(refused, edit, ["decided_by": "赵", "decision": "upheld"]).status == 403)
        #expect(try clerk.submit(try clerk.get(edit), edit, ["decision": "dismissed", "reason": "撤"]).status == 403)
        // Whoever changed a ground is a maker, and the clerk who made it too.
        var other = try person("zhou", "leader")
        let changed = try other.submit(try other.get(edit), edit, ["hearing": "否认", "reason": "补记"])
        #expect(changed.status == 303, "\(changed.words)")
        let own1 = try other.submit(
            try other.get(edit), edit,
            ["decision": "upheld", "decided_on": "2026-11-20", "expires_on": "2027-11-20", "reason": "认定"])
        #expect(own1.words.contains("同一"), "\(own1.status) \(own1.words)")
        let decided = try leader.submit(
            try leader.submit(try leader.get(edit), edit, ["decision": "upheld", "reason": "认定"]), edit, days)
        #expect(decided.status == 303, "\(decided.words)")
        let record = try leader.json("/records/\(id)")
        #expect(record["fields"]["decided_by"].string?.contains("chen") == true, "\(record)")
        // What was decided was decided on these grounds.
        let swapped = try clerk.submit(try clerk.get(edit), edit, ["evidence": "另一份", "reason": "换"])
        #expect(swapped.status >= 400 && swapped.words.contains("R61"), "\(swapped.words)")
        let own = try enter(&leader, "dishonesty", ["name": "李四", "behaviour": "false_papers", "reason": "核对发现"])
        let path = "/records/\(own)/edit"
        let same = try leader.submit(try leader.get(path), path, ["decision": "dismissed", "reason": "不予认定"])
        #expect(same.status == 403 || same.status == 409, "\(same.status) \(same.words)")
        #expect(same.words.contains("不能是同一人") || same.words.contains("同一"), "\(same.words)")
        let rows = try leader.json("/registers/joint_sanctions")["rows"].array
        #expect(rows.isEmpty, "nothing leaves before it is approved")
    }

    @Test func aRegisterIsFilteredAndTakenAwayAsItIsShown() throws {
        var clerk = try person("li", "clerk")
        let village = DeskVillage.village
        for (day, place) in [("2026-11-02", village), ("2026-11-12", village), ("2026-11-20", "")] {
            _ = try enter(
                &clerk, "publicity",
                ["on": day, "channel": "leaflet", "topic": "明白纸 13806320000", "village": place, "reason": "宣传"])
        }
        let all = try clerk.json("/registers/publicity")["rows"].array
        #expect(all.map { $0["on"].string } == ["2026-11-20", "2026-11-12", "2026-11-02"], "the latest first")
        let some = "village=\(village)&from=2026-11-03&to=2026-11-20"
        let chosen = try clerk.json("/registers/publicity?\(some)")["rows"].array
        #expect(chosen.map { $0["on"].string } == ["2026-11-12"])
        let command = try desk.server.command(
            "register", "publicity", "--village", village, "--from", "2026-11-03", "--to", "2026-11-20")
        #expect(command.json["entries"].array.map { $0["id"].string } == chosen.map { $0["id"].string })
        let file = try clerk.get("/tables/register-publicity/file?format=csv&\(some)").text
        #expect(file.contains("2026-11-12") && !file.contains("2026-11-20") && !file.contains("13806320000"), "\(file)")
        #expect(try clerk.get("/registers/publicity?from=gestern").status == 400)
        let sums = try clerk.get("/registers/publicity?compute=yes&from=2026-11-03").words
        #expect(sums.contains("各村") && sums.contains("镇（街）本级：次数 1"), "\(sums)")
        #expect(
            try clerk.get("/registers/publicity").links.contains { $0.hasPrefix("/tables/register-publicity/file") })
    }

    @Test func whatAVillageTookDownIsClosedAtTheDesk() throws {
        let id = try desk.a.new("complaint", "received_on=2026-11-02", "via=visit", "about=协理员", "text=名单没有张贴")
        try desk.a.sync()
        var clerk = try person("li", "clerk")
        let row = try clerk.json("/registers/complaint?village=\(DeskVillage.village)&state=open")["rows"][0]
        #expect(row["id"].string == id && row["village"].string == DeskVillage.village)
        let edit = "/records/\(id)/edit"
        let page = try clerk.get(edit)
        #expect(page.forms.first { $0.action == edit }?.names.contains("village") == false, "it is its village's own")
        let done = try clerk.submit(
            page, edit,
            ["handled_by": "李", "outcome": "已补张贴", "closed_on": "2026-11-12", "reason": "办结"])
        #expect(done.status == 303, "\(done.words)")
        try desk.a.sync()
        #expect(try desk.a.show(id)["fields"]["outcome"].string == "已补张贴")
    }

    @Test func whatIsAboutACaseIsEnteredFromIt() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let path = "/registers/finding/new?application=\(id)"
        #expect(try desk.clerk.get("/cases/\(id)").links.contains(path))
        let page = try desk.clerk.get(path)
        let done = try desk.clerk.submit(page, Self.finding, ["what": "缺核对报告", "reason": "核查"])
        #expect(done.status == 303, "\(done.words)")
        let row = try desk.server.command("register", "finding").json["entries"][0]
        #expect(row["fields"]["application"].string == id)
        // The people of the case stand in the form: that they were looked at is kept.
        let before = try views(of: desk)
        let form = try desk.clerk.get("/registers/dishonesty/new?application=\(id)")
        #expect(form.words.contains("张三") && form.status == 200)
        #expect(try views(of: desk) == before + 1)
        // What an entry lacks stands on its page.
        let place = try #require(done.location)
        #expect(try desk.clerk.get(place).words.contains("请补填“整改期限”"))
    }

    @Test func theyAreReadInEnglish() throws {
        var clerk = try person("li", "clerk")
        clerk.language = "en"
        _ = try enter(&clerk, "enquiry", ["asked_on": "2026-11-02", "question": "Who may apply?", "reason": "asked"])
        for path in ["/registers", "/registers/enquiry", "/registers/enquiry/new", "/registers/sample_check"] {
            let page = try clerk.get(path)
            let own = page.words.replacing(#/中文|阴平镇/#, with: "").unicodeScalars.filter {
                (0x4E00...0x9FFF).contains($0.value)
            }
            #expect(page.status == 200 && own.isEmpty, "\(path): \(String(String.UnicodeScalarView(own)))")
        }
    }
}

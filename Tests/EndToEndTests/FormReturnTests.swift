import Foundation
import ProgramRunner
import Testing

/// What a form is refused, it comes back on its own page, filled in as it was sent, and says what is wrong.
@Suite struct FormReturnTests {
    /// Forms of pages that every township has.
    private static let desk = [
        "/conflicts", "/conflicts/{id}", "/conflicts/{id}/ask", "/conflicts/{id}/clear", "/duplicates/{id}/accept",
        "/duplicates/{id}/dismiss", "/stations/{id}/revoke", "/households/{id}/disclosure",
        "/households/{id}/new/{kind}", "/households/new", "/records/{id}/disclosure", "/records/{id}/edit",
        "/imports/plan", "/password",
        "/tables/{name}/file", "/money/budget/{year}/propose",
        "/villages/{code}", "/checks", "/registers/{name}/new", "/samples",
    ]
    private static let cases = [
        "/cases/new", "/cases/{id}/move", "/cases/{id}/notices", "/cases/{id}/trips", "/cases/{id}/documents",
        "/documents/batch", "/cases/{id}/decision",
    ]
    /// Forms that are on a page only for a time: sent when it no longer has them.
    private static let gone = [
        ("/conflicts/{id}/undo", "/conflicts"), ("/duplicates/{id}/reopen", "/duplicates"), ("/imports", "/imports"),
        ("/money/budgets/{id}/approve", "/money/budget/2026"), ("/money/plan/{month}/issue", "/money/plan/2026-11"),
        ("/money/plans/{id}/allocate", "/money/plan/2026-11"), ("/money/recoveries/{id}/decide", "/money/recoveries"),
        ("/money/recoveries/propose", "/money/recoveries"),
        ("/money/recoveries/{id}/offset", "/money/recoveries"), ("/money/recoveries/{id}/receive", "/money/recoveries"),
        ("/money/paid/{month}", "/money/paid/2026-11"), ("/money/returns", "/money/paid/2026-11"),
        ("/money/lines/{id}/return", "/money/paid/2026-11"), ("/money/lines/{id}/again", "/money/paid/2026-11"),
        ("/money/roll/{month}/freeze", "/money/roll/2026-11"), ("/money/roll/{month}/payfile", "/money/roll/2026-11"),
        ("/cases/{id}/checks", "/cases"),
        ("/cases/{id}/notices/{notice}", "/cases"), ("/cases/{id}/objections", "/cases"),
        ("/cases/{id}/reviews", "/cases"), ("/cases/{id}/requests/{request}", "/cases"),
        ("/cases/{id}/notes", "/cases"), ("/cases/{id}/proofs", "/cases"), ("/cases/{id}/proofs/{proof}", "/cases"),
        ("/cases/{id}/verifications", "/cases"), ("/cases/{id}/relief", "/cases"),
        ("/cases/{id}/rechecks/{review}", "/cases"),
    ]
    /// A search is no form to correct; who signs in or out stands on no page of the desk.
    private static let others = ["/find", "/login", "/logout"]

    @Test func everyRouteIsHere() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: folder.appending(path: "docs/openapi.yaml"), encoding: .utf8)
        var (path, posts): (String, Set<String>) = ("", [])
        for line in text.split(separator: "\n") {
            if line.hasPrefix("  /") || line.hasPrefix("  \"/") || line.hasPrefix("  '/") {
                path = line.filter { !" \"':".contains($0) }
            }
            if line.hasPrefix("    post:") { posts.insert(path) }
        }
        #expect(posts == Set(Self.desk + Self.cases + Self.gone.map(\.0) + Self.others))
    }

    @Test func theDesksFormsComeBack() throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader", fullName: "陈主任")
        let (home, member) = try desk.family("001", "labour_ability=full")
        _ = try desk.a.new("member", "household=\(home)", "name=张叁", "id_number=11010519491231002X")
        try desk.differ(member, ["labour_ability=partial"], ["labour_ability=none"])
        let duplicate = try #require(try desk.server.command("duplicates").json["duplicates"][0]["id"].string)
        let other = try desk.family("002", name: "李四").member
        try desk.differ(other, ["name=李四海"], ["id_number=440524188001010014"])
        let conflicts = try desk.conflicts().compactMap { $0["id"].string }
        try check(
            &leader,
            [
                "/conflicts", "/duplicates/\(duplicate)", "/stations", "/households/\(home)",
                "/households/\(home)/new/income_item", "/households/new", "/records/\(member)",
                "/records/\(member)/edit", "/imports",
                "/password", "/tables/members?village=370404", "/money/budget/2026",
                "/villages", "/checks", "/registers/finding/new", "/registers/sample_check",
            ] + conflicts.map { "/conflicts/\($0)" }, Self.desk)
    }

    @Test func theFormsOfCasesComeBack() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try check(
            &desk.clerk,
            [
                "/cases/new?household=\(desk.household)", "/cases/\(id)", "/cases/\(id)/documents",
                "/documents/batch?code=application",
            ], Self.cases.dropLast())
        try desk.reviewed(id)
        try check(&desk.clerk, ["/cases/\(id)"], ["/cases/{id}/decision"])
    }

    /// Each form of the pages that is for one of these routes, once.
    private func check(_ browser: inout ConsoleBrowser, _ pages: [String], _ routes: [String]) throws {
        var left = Set(routes)
        for path in pages {
            let page = try browser.get(path)
            #expect(page.status == 200, "\(path)")
            for form in page.forms where form.method == "post" {
                guard let route = left.first(where: { Self.fits(form.action, $0) }) else { continue }
                left.remove(route)
                try check(&browser, page, form)
            }
        }
        #expect(left.isEmpty)
    }

    private static func fits(_ action: String, _ route: String) -> Bool {
        let (parts, names) = (action.split(separator: "?")[0].split(separator: "/"), route.split(separator: "/"))
        return parts.count == names.count
            && zip(parts, names).allSatisfy { part, name in
                name.hasPrefix("{") ? !["new", "propose", "batch", "plan"].contains(part) : part == name
            }
    }

    /// What nobody can have meant, in every field that takes text.
    private func check(_ browser: inout ConsoleBrowser, _ page: ConsoleReply, _ form: ConsoleReply.Form) throws {
        let typed = form.texts.map { name in (name, name == "reason" ? "" : "胡写 <b>&\"\(name)") }
        let names = Set(typed.map(\.0) + ["seen"])
        let rest = form.fields.filter { !names.contains($0.0) }
        let answer = try browser.post(form.action, rest + typed + [("seen", "x")])
        #expect((400..<500).contains(answer.status), "\(form.action): \(answer.status) \(answer.words)")
        #expect(answer.heading == page.heading, "\(form.action): \(answer.heading)")
        let back = answer.forms.filter { other in
            other.action == form.action && other.source.contains("role=\"alert\"")
        }
        #expect(back.count == 1, "\(form.action): \(answer.words)")
        for (name, value) in typed where !["old", "new", "again"].contains(name) {
            #expect(
                back.first?.fields.contains { $0.0 == name && $0.1 == value } == true,
                "\(form.action) \(name): \(back.first?.fields ?? [])")
        }
        if form.names.contains("old") { #expect(!answer.text.contains("胡写"), "no password comes back") }
        let said = ConsoleReply.alert(of: back.first?.source ?? "")
        for name in form.fields.map(\.0) + form.names {
            #expect(!said.contains("（\(name)）") && !said.contains("\(name)："), "\(form.action): \(said)")
        }
        #expect(back.first?.fields.contains { $0.0 == "seen" && Int($0.1) != nil } == true)
    }

    @Test func whatWasTypedIntoAFormThatIsGoneStandsOnThePage() throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let token = try #require(try leader.get("/today").forms.first { $0.action == "/logout" }?.fields.first?.1)
        for (route, page) in Self.gone {
            let path = route.replacing("{month}", with: "2026-11")
                .replacing(#/\{[a-z]+\}/#, with: "0199f000-0000-7000-8000-000000000001")
            let answer = try leader.post(
                path,
                [
                    ("form_token", token), ("page", page), ("seen", "x"), ("text", "本人来过"), ("amount", "一百"),
                    ("amount_fen", "9元"),
                ])
            let heading = try leader.get(page).heading
            #expect((400..<500).contains(answer.status) && answer.heading == heading, "\(route): \(answer.words)")
            #expect(answer.words.contains("本人来过") && answer.words.contains("一百"), "\(route): \(answer.words)")
            #expect(answer.words.contains("（元） 9元"), "\(route): \(answer.words)")
            #expect(answer.words.contains("您填写的内容") && !answer.words.contains("text 本人"), "\(route)")
        }
    }

    /// A field is named as people read it, and marked.
    @Test(arguments: [
        ("/cases/{id}/trips", "on", "昨天", "日期"), ("/cases/{id}/trips", "where", "", "地点"),
        ("/cases/{id}/notices", "place", "", "张贴地点"),
    ]) func theFieldThatIsWrongIsMarked(route: String, name: String, value: String, label: String) throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let action = route.replacing("{id}", with: id)
        let page = try desk.clerk.get("/cases/\(id)")
        let form = try #require(page.forms.first { $0.action == action })
        let fields = form.fields.filter { $0.0 != name && $0.0 != "why" && $0.0 != "kind" }
        let answer = try desk.clerk.post(action, fields + [(name, value), ("why", "补材料"), ("kind", "publicity")])
        let back = try #require(answer.forms.first { $0.source.contains("role=\"alert\"") })
        #expect(answer.status == 400, "\(answer.words)")
        #expect(ConsoleReply.alert(of: back.source).contains(label), "\(ConsoleReply.alert(of: back.source))")
        #expect(back.source.contains("aria-invalid=\"true\""), "\(back.source)")
        let beside = back.source.firstMatch(of: #/id="wrong-[a-z]+">([^<]*)</#).map { String($0.1) }
        #expect(
            beside == (value.isEmpty ? "请\(name == "where" ? "选择" : "填写")“\(label)”" : "日期要写成 2026-12-31 这样"),
            "\(back.source)")
    }

    /// What has changed stands above the form, which is the new page's.
    @Test func aStaleFormComesBackWithWhatHasChanged() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        let home = try desk.family("001").home
        let page = try clerk.get("/records/\(home)/edit")
        #expect(try desk.a.run(["edit", home, "address=三组"]).code == 0)
        try desk.a.sync()
        let noReason = try clerk.submit(page, "/records/\(home)/edit", ["address": "二组"])
        let seen = page.seen
        #expect(noReason.status == 409 || noReason.seen == seen, "an older page stays one until its changes are shown")
        let answer = try clerk.submit(page, "/records/\(home)/edit", ["address": "二组", "reason": "更正住址"])
        #expect(answer.status == 409 && answer.words.contains("一组 → 三组"), "\(answer.words)")
        let form = try #require(answer.forms.first { $0.action == "/records/\(home)/edit" })
        #expect(form.fields.contains { $0 == ("address", "二组") } && form.fields.contains { $0 == ("reason", "更正住址") })
        #expect(answer.seen != seen)
        #expect(try clerk.submit(answer, "/records/\(home)/edit").status == 303)
        #expect(try desk.value(home, "address").string == "二组")
    }

    /// The page that a form names is only ever a page of this server, for who may see it.
    @Test(arguments: [
        "//evil.example/", "https://evil.example/", "/\\evil", "/nowhere", "/login", "/tables/members/file",
    ])
    func aFormComesBackToNoOtherPlace(page: String) throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let token = try #require(try leader.get("/today").forms.first { $0.action == "/logout" }?.fields.first?.1)
        let answer = try leader.post(
            "/money/budget/2026/propose",
            [("form_token", token), ("page", page), ("seen", "x"), ("amount", "一百"), ("password", "机密")])
        #expect(answer.status == 400 && answer.words.contains("没有办成") && answer.words.contains("金额（元） 一百"))
        #expect(!answer.text.contains("evil.example") && !answer.text.contains("机密"))
    }

    /// What another site made the browser send is never put into a form of ours.
    @Test func aForgedFormIsNotFilledIn() throws {
        let desk = try DeskVillage()
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let answer = try leader.post(
            "/money/budget/2026/propose", [("form_token", "x"), ("page", "/money/budget/2026"), ("amount", "一百")])
        #expect(answer.status == 403 && answer.forms.allSatisfy { $0.action != "/money/budget/2026/propose" })
    }

    /// A dry run that is refused at its last step is still there.
    @Test func aRosterComesBackWithWhatItWouldDo() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let fields: KeyValuePairs = [
            "roster": "户号,地址\n001,一组\n", "mapping": RosterMap.households, "village": DeskVillage.village,
        ]
        let plan = try clerk.submit(try clerk.get("/imports"), "/imports/plan", fields)
        #expect(plan.status == 200 && plan.words.contains("新建"), "\(plan.words)")
        let answer = try clerk.submit(plan, "/imports", ["reason": ""])
        #expect(answer.status == 400 && answer.words.contains("新建"), "\(answer.words)")
        #expect(answer.forms.contains { $0.action == "/imports" && $0.fields.contains { $0.1.contains("001,一组") } })
        #expect(try clerk.submit(answer, "/imports", ["reason": "首次登记"]).words.contains("已导入"))
    }

    @Test func whoHasAFirstPasswordIsOfferedNoWayRoundIt() throws {
        let desk = try DeskVillage()
        let made = try desk.server.program.run(["user", "add", "li", "--role", "clerk", "--json"])
        let password = try #require(made.json["password"].string)
        var clerk = ConsoleBrowser(desk.server)
        _ = try clerk.signIn("li", password: password)
        let page = try clerk.get("/password")
        #expect(
            page.status == 200 && !page.links.contains("/cases") && !page.actions.contains("/find"), "\(page.words)")
    }

    @Test func anAddressThatIsNoneKeepsTheMenu() throws {
        let desk = try DeskVillage()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/nowhere")
        #expect(page.status == 404 && page.links.contains("/cases") && page.actions.contains("/find"))
        var stranger = ConsoleBrowser(desk.server)
        #expect(try stranger.get("/nowhere").links.contains("/cases") == false)
    }
}

/// Mappings of small rosters.
enum RosterMap {
    static let households = """
        records:
          - kind: household
            key: [number]
            fields:
              number: "{户号}"
              address: "{地址}"
        """
}

extension ConsoleReply {
    fileprivate var heading: String {
        text.firstMatch(of: #/<h1>([^<]*)<\/h1>/#).map { String($0.1) } ?? ""
    }

    /// Of the first form that says it.
    fileprivate var seen: String? { forms.flatMap(\.fields).first { $0.0 == "seen" }?.1 }

    /// The words of the notice in a form.
    fileprivate static func alert(of source: String) -> String {
        guard let start = source.range(of: "role=\"alert\""),
            let end = source.range(of: "</div>", range: start.upperBound..<source.endIndex)
        else { return "" }
        return String(source[start.upperBound..<end.lowerBound]).replacing(#/<[^>]*>/#, with: " ")
    }
}

extension ConsoleReply.Form {
    /// Names of fields that take text of any kind.
    fileprivate var texts: [String] {
        let inputs = source.matches(of: #/<(input|textarea)( [^>]*)?>/#).compactMap { match -> String? in
            let tag = String(match.0)
            let type = tag.firstMatch(of: #/ type="([a-z]+)"/#).map { String($0.1) } ?? "text"
            guard !["hidden", "radio", "checkbox", "submit", "file"].contains(type) else { return nil }
            return tag.firstMatch(of: #/ name="([^"]+)"/#).map { String($0.1) }
        }
        return Array(Set(inputs)).sorted()
    }
}

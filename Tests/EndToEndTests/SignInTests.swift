import Foundation
import ProgramRunner
import Testing

/// Who may come in, how long they stay, and what a forged form, a wrong role or a stranger gets.
@Suite struct SignInTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    /// The same township at another hour; sessions and locks are in its database.
    private func restart(at clock: String) throws {
        server.stop()
        server.program.environment.merge(WrongClock.environment(clock)) { $1 }
        try server.start()
    }

    private func user(_ arguments: String..., input: String? = nil) throws -> JSON {
        let made = try server.program.run(["user"] + arguments + ["--json"], input: input)
        #expect(made.code == 0, "\(arguments) \(made.text) \(made.errors)")
        return made.json
    }

    // MARK: - Signing in

    @Test func aStrangerIsSentToSignInAndThenToWhereHeWanted() throws {
        var browser = ConsoleBrowser(server)
        let away = try browser.get("/conflicts?kind=member")
        #expect(away.status == 303)
        #expect(away.location == "/login?next=%2Fconflicts%3Fkind%3Dmember")
        _ = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.follow(away)
        let entered = try browser.submit(page, "/login", ["name": "li", "password": ConsoleBrowser.password])
        #expect(entered.status == 303 && entered.location == "/conflicts?kind=member")
        #expect(try browser.json("/today")["seq"].int != nil)
        var program = ConsoleBrowser(server)
        #expect(try program.send("GET", "/today", headers: ["Accept": "application/json"]).status == 401)
    }

    @Test func aWrongPasswordSaysNothingAboutTheAccountAndFiveOfThemLockIt() throws {
        _ = try ConsoleBrowser.signedIn(server, "li")
        var browser = ConsoleBrowser(server)
        let stranger = try browser.signIn("nobody", password: "wrong password")
        var last = stranger
        for _ in 0..<5 {
            last = try browser.signIn("li", password: "wrong password")
            #expect(last.status == 401 && last.words.contains("密码"))
        }
        #expect(stranger.words.replacing("nobody", with: "li") == last.words.replacing("nobody", with: "li"))
        #expect(browser.cookies["ruhu_session"] == nil)
        let locked = try browser.signIn("li")
        #expect(locked.status != 303 && browser.cookies["ruhu_session"] == nil, "\(locked.words)")
    }

    @Test func theFirstPasswordMustBeChangedBeforeAnythingElse() throws {
        let first = try #require(try user("add", "zhao", "--role", "clerk")["password"].string)
        var browser = ConsoleBrowser(server)
        #expect(try browser.signIn("zhao", password: first).location == "/password")
        #expect(try browser.get("/today").location == "/password")
        #expect(try browser.send("GET", "/today", headers: ["Accept": "application/json"]).status == 403)
        let page = try browser.get("/password")
        let differing = try browser.submit(
            page, "/password", ["old": first, "new": "一个够长的新密码一", "again": "另一个够长的新密码"])
        #expect(differing.status == 400 || differing.status == 422, "\(differing.status)")
        #expect(!differing.text.contains("够长"), "A password is not shown again")
        let weak = try browser.submit(page, "/password", ["old": first, "new": "123", "again": "123"])
        #expect(weak.status != 303)
        let changed = try browser.submit(
            page, "/password", ["old": first, "new": ConsoleBrowser.password, "again": ConsoleBrowser.password])
        #expect(changed.status == 303 && changed.location == "/today", "\(changed.words)")
        #expect(try browser.get("/today").status == 200)
    }

    @Test func aChangedPasswordEndsTheOtherSessions() throws {
        var here = try ConsoleBrowser.signedIn(server, "li")
        var there = ConsoleBrowser(server)
        #expect(try there.signIn("li").status == 303)
        let page = try here.get("/password")
        let new = "另一个很长的密码2027"
        let changed = try here.submit(page, "/password", ["old": ConsoleBrowser.password, "new": new, "again": new])
        #expect(changed.status == 303, "\(changed.words)")
        #expect(try here.get("/today").status == 200)
        #expect(try there.get("/today").status == 303)
        #expect(try there.signIn("li").status == 401)
        #expect(try there.signIn("li", password: new).status == 303)
    }

    // MARK: - Ends

    @Test func signingOutEndsTheSessionForWhoeverHasItsCookie() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let token = browser.cookies["ruhu_session"]
        let out = try browser.submit(try browser.get("/today"), "/logout")
        #expect(out.status == 303 && out.location == "/login")
        #expect(browser.cookies["ruhu_session"] == nil)
        browser.setCookie("ruhu_session", token)
        #expect(try browser.get("/today").status == 303)
    }

    @Test(.enabled(if: WrongClock.library != nil)) func aSessionEndsWhenItIsNotUsed() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        try restart(at: "+119m")
        #expect(try browser.get("/today").status == 200)
        try restart(at: "+237m")
        #expect(try browser.get("/today").status == 200, "Used in between")
        try restart(at: "+358m")
        #expect(try browser.get("/today").status == 303)
    }

    @Test(.enabled(if: WrongClock.library != nil)) func aSessionEndsAfterAWorkingDayHoweverMuchItIsUsed() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        for minutes in stride(from: 115, through: 690, by: 115) {
            try restart(at: "+\(minutes)m")
            #expect(try browser.get("/today").status == 200, "\(minutes)")
        }
        try restart(at: "+721m")
        #expect(try browser.get("/today").status == 303)
    }

    @Test func aDisabledAccountIsOutAtOnceAndStaysOut() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        #expect(try browser.get("/today").status == 200)
        _ = try user("disable", "li")
        #expect(try browser.get("/today").status == 303)
        #expect(try browser.signIn("li").status == 401)
    }

    @Test func anotherRoleHoldsFromTheNextSigningIn() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li", role: "leader")
        _ = try user("role", "li", "auditor")
        #expect(try browser.get("/today").status == 303)
        #expect(try browser.signIn("li").status == 303)
        #expect(try browser.get("/today").words.contains("审计"))
    }

    // MARK: - Forms of others

    @Test func aFormWithoutThisSessionsTokenIsRefusedAndChangesNothing() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        var other = try ConsoleBrowser.signedIn(server, "wang")
        let fields = ["old": ConsoleBrowser.password, "new": "换成别的密码2030", "again": "换成别的密码2030"]
        let theirs = try #require(
            try other.get("/password").forms.first { $0.action == "/password" }?.fields.first { $0.0 == "form_token" })
        for token in [nil, "", "0", theirs.1] {
            let sent = fields.map { ($0.key, $0.value) } + [("seen", "0")] + (token.map { [("form_token", $0)] } ?? [])
            let answer = try browser.post("/password", sent)
            #expect(answer.status == 403, "\(token ?? "none") \(answer.words)")
            #expect(!answer.text.contains("换成别的"))
        }
        #expect(try browser.post("/logout", [:]).status == 403)
        let page = try browser.get("/password")
        for site in ["cross-site", "same-site"] {
            let sent = try browser.submit(
                page, "/password", ["old": fields["old"]!, "new": fields["new"]!, "again": fields["again"]!],
                headers: ["Sec-Fetch-Site": site])
            #expect(sent.status == 403)
        }
        #expect(try browser.get("/today").status == 200)
        #expect(try ConsoleBrowser(server).entering("li").status == 303, "The old password still holds")
    }

    @Test func anotherSiteCannotSignAPersonIn() throws {
        _ = try ConsoleBrowser.signedIn(server, "li")
        var browser = ConsoleBrowser(server)
        let answer = try browser.post(
            "/login", ["name": "li", "password": ConsoleBrowser.password], headers: ["Sec-Fetch-Site": "cross-site"])
        #expect(answer.status == 403 && browser.cookies.isEmpty)
    }

    @Test func aSessionActsAsItsOwnPersonOnly() throws {
        var clerk = try ConsoleBrowser.signedIn(server, "li", fullName: "李敏")
        var auditor = try ConsoleBrowser.signedIn(server, "wang", role: "auditor", fullName: "王审")
        #expect(try clerk.get("/today").words.contains("李敏"))
        let seen = try auditor.get("/today").words
        #expect(seen.contains("王审") && !seen.contains("李敏"))
        let page = try auditor.get("/password")
        let new = "审计的新密码很长2027"
        _ = try auditor.submit(page, "/password", ["old": ConsoleBrowser.password, "new": new, "again": new])
        #expect(try ConsoleBrowser(server).entering("li").status == 303, "Only the auditor's password is another now")
        #expect(try ConsoleBrowser(server).entering("wang").status == 401)
    }

    @Test(arguments: ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/a\tb"])
    func aSignInLeadsNowhereElse(place: String) throws {
        _ = try ConsoleBrowser.signedIn(server, "li")
        var browser = ConsoleBrowser(server)
        let entered = try browser.post("/login", ["name": "li", "password": ConsoleBrowser.password, "next": place])
        #expect(entered.status == 303 && entered.location == "/today", "\(entered.location ?? "")")
        let language = try browser.get("/language/en?next=" + ConsoleBrowser.encoded(place))
        #expect(language.location == "/today")
    }

    // MARK: - What the browser is told

    @Test func theCookieIsForThisServerAlone() throws {
        _ = try ConsoleBrowser.signedIn(server, "li")
        var browser = ConsoleBrowser(server)
        let cookie = try #require(try browser.signIn("li").header("set-cookie"))
        #expect(cookie.hasPrefix("ruhu_session="))
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            #expect(cookie.lowercased().contains(part.lowercased()), "\(cookie)")
        }
        #expect(!cookie.lowercased().contains("domain=") && !cookie.lowercased().contains("expires="))
    }

    @Test func everyAnswerTellsTheBrowserWhatToRefuse() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        var stranger = ConsoleBrowser(server)
        let answers = [
            try browser.get("/today"), try browser.get("/nowhere"), try browser.post("/password", [:]),
            try browser.send("PUT", "/today"), try browser.get("/records/none"), try stranger.get("/today"),
            try stranger.get("/login"), try stranger.post("/login", ["name": "li", "password": "wrong"]),
            try browser.get("/language/en"),
        ]
        #expect(answers.map(\.status) == [200, 404, 403, 405, 404, 303, 200, 401, 303], "\(answers.map(\.status))")
        for answer in answers {
            let policy = answer.header("content-security-policy") ?? ""
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(answer.status)")
            #expect(policy.contains("form-action 'self'") && policy.contains("frame-ancestors 'none'"))
            #expect(answer.header("x-content-type-options") == "nosniff")
            #expect(answer.header("x-frame-options") == "DENY")
            #expect(answer.header("referrer-policy") == "no-referrer")
            #expect(answer.header("cache-control") == "no-store")
            #expect(!answer.text.contains("<script>") && !answer.text.contains(" style="))
        }
    }

    @Test func neitherTokensNorPasswordsStandInTheDatabase() throws {
        let browser = try ConsoleBrowser.signedIn(server, "li")
        let token = try #require(browser.cookies["ruhu_session"])
        server.stop()
        for name in try FileManager.default.contentsOfDirectory(atPath: server.folder.path) {
            let file = server.folder.appending(path: name)
            guard let data = try? Data(contentsOf: file) else { continue }
            #expect(data.range(of: Data(token.utf8)) == nil, "\(name)")
            #expect(data.range(of: Data(ConsoleBrowser.password.utf8)) == nil, "\(name)")
        }
    }
}

extension ConsoleBrowser {
    /// What a fresh browser gets for the name and the usual password.
    fileprivate func entering(_ name: String) throws -> ConsoleReply {
        var browser = self
        return try browser.signIn(name)
    }
}

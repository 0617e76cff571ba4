import Foundation
import ProgramRunner
import Testing

/// Rows that do not follow from the log are the township's own, or nobody's: who may sign in, who looked at what, who may
/// join, from where a record came and who is told of it.
@Suite(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
struct AttestationTests {
    private let desk: DeskVillage
    private let household: String
    private static let code = "370404101202"

    init() throws {
        desk = try DeskVillage()
        let (home, member) = try desk.family("001", "labour_ability=完全")
        household = home
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        let moved = try desk.a.new("household", "number=002", "address=二组")
        #expect(try desk.a.run("edit", moved, "village=\(Self.code)").code == 0)
        try desk.meet()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
        for _ in 0..<3 { #expect(try clerk.get("/households/\(home)").status == 200) }
        _ = try ConsoleBrowser.signedIn(desk.server, "wang", fullName: "王芳")
        _ = try desk.server.command("invite", "--village", DeskVillage.village, "--staff", "赵六")
    }

    private func findings() throws -> [String] {
        let verified = try desk.server.command("audit", "verify")
        #expect(verified.code == (verified.json["findings"].array.isEmpty ? 0 : 74), "\(verified.text)")
        return verified.json["findings"].array.map { "\($0["check"].string ?? "") \($0["subject"].string ?? "")" }
    }

    @Test func whatTheTownshipWroteIsSound() throws {
        #expect(try findings().isEmpty)
        #expect(try desk.server.command("nightly").code == 0)
    }

    @Test(arguments: [
        ("UPDATE account SET role = 'leader' WHERE name = 'li'", "account li"),
        ("UPDATE account SET disabled_at = 1 WHERE name = 'wang'", "account wang"),
        ("DELETE FROM sign_in_session; DELETE FROM account WHERE name = 'li'", "account 1, not 2"),
        (
            "DELETE FROM sign_in_session; DELETE FROM account; DELETE FROM meta WHERE key = 'attested account'",
            "account"
        ),
    ])
    func anAccountThatSomebodyChangedIsFound(_ sql: String, _ subject: String) throws {
        desk.server.stop()
        try desk.server.tamper(sql)
        #expect(try findings() == ["attestation \(subject)"])
    }

    @Test func anAccountThatSomebodyMadeIsFound() throws {
        desk.server.stop()
        try desk.server.tamper(
            """
            INSERT INTO account SELECT 'eve', full_name, role, password_hash, must_change, created_at, NULL, NULL, signature
            FROM account WHERE name = 'li'
            """)
        #expect(try findings() == ["attestation account eve", "attestation account 3, not 2"])
    }

    /// As the township once wrote it, before he was disabled.
    @Test func anAccountThatIsPutBackAsItWasIsFound() throws {
        desk.server.stop()
        try desk.server.tamper("CREATE TABLE aside AS SELECT * FROM account WHERE name = 'wang'")
        #expect(try desk.server.command("user", "disable", "wang").code == 0)
        #expect(try findings().isEmpty)
        try desk.server.tamper("DELETE FROM account WHERE name = 'wang'; INSERT INTO account SELECT * FROM aside")
        #expect(try findings() == ["attestation account"])
    }

    /// What is done with the accounts afterwards does not cover it up.
    @Test func anAccountThatIsGoneStaysAFinding() throws {
        desk.server.stop()
        try desk.server.tamper("DELETE FROM sign_in_session; DELETE FROM account WHERE name = 'li'")
        try desk.server.start()
        var other = ConsoleBrowser(desk.server)
        #expect(try other.signIn("wang").status == 303)
        #expect(try desk.server.command("user", "add", "zhao", "--role", "clerk").code == 0)
        #expect(try findings() == ["attestation account 2, not 3"])
        #expect(try desk.server.command("nightly").code == 74)
    }

    @Test(arguments: [
        ("UPDATE page_view SET account = 'wang' WHERE rowid = 2", ["attestation page_view 2"]),
        ("UPDATE page_view SET at = at + 1 WHERE rowid = 1", ["attestation page_view 1"]),
        ("DELETE FROM page_view WHERE rowid = 2", ["attestation page_view 3", "attestation page_view 2, not 3"]),
        ("DELETE FROM page_view WHERE rowid = 3", ["attestation page_view 2, not 3"]),
        ("DELETE FROM page_view; DELETE FROM meta WHERE key = 'attested page_view'", ["attestation page_view"]),
    ])
    func aLookThatSomebodyHidIsFound(_ sql: String, _ expected: [String]) throws {
        desk.server.stop()
        try desk.server.tamper(sql)
        #expect(try findings() == expected)
        // Whoever looks next is kept, and covers nothing up.
        try desk.server.start()
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        #expect(try clerk.get("/households/\(household)").status == 200)
        #expect(!(try findings()).isEmpty)
    }

    @Test(arguments: [
        ("UPDATE sign_in_session SET account = 'wang' WHERE account = 'li'", "attestation sign_in_session wang"),
        ("UPDATE invitation SET scope = '\(code)' WHERE staff = '赵六'", "attestation invitation \(code)"),
        ("UPDATE invitation SET signature = NULL WHERE staff = '赵六'", "attestation invitation 370404101201"),
        ("DELETE FROM moved", "placement moved"),
        ("UPDATE moved SET scope_before = '370404101203'", "placement moved"),
        ("DELETE FROM addressee WHERE rowid = 1", "placement addressee"),
        ("UPDATE addressee SET record = x'01900000000070008000000000000001' WHERE rowid = 1", "placement addressee"),
        ("INSERT INTO orphan SELECT record, record, kind FROM log_change WHERE id >> 20 = 1", "placement orphan"),
    ])
    func aNoteThatSomebodyChangedIsFound(_ sql: String, _ expected: String) throws {
        desk.server.stop()
        try desk.server.tamper(sql)
        let found = try findings()
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix(expected) }, "\(found)")
    }

    // MARK: - Nobody comes in by such a row

    @Test func aPasswordThatSomebodyWroteOpensNothing() throws {
        desk.server.stop()
        try desk.server.tamper(
            "UPDATE account SET password_hash = (SELECT password_hash FROM account WHERE name = 'li') WHERE name = 'wang'"
        )
        try desk.server.start()
        var browser = ConsoleBrowser(desk.server)
        let refused = try browser.signIn("wang")
        #expect(refused.status >= 400 && browser.cookies["ruhu_session"] == nil)
        #expect(refused.words.contains("wang"), "\(refused.words)")
        let role = try desk.server.command("user", "role", "wang", "leader")
        #expect(role.code == 74 && role.json["error"]["message"].string?.contains("wang") == true, "\(role.text)")
        var other = ConsoleBrowser(desk.server)
        #expect(try other.signIn("li").status == 303, "the others work on")
    }

    @Test func aSessionThatSomebodyWroteIsNone() throws {
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        desk.server.stop()
        try desk.server.tamper("UPDATE sign_in_session SET account = 'wang'")
        try desk.server.start()
        #expect(try clerk.get("/today").status == 303)
    }

    @Test func anInvitationThatSomebodyWroteLetsNobodyIn() throws {
        let invited = try desk.server.command("invite", "--village", DeskVillage.village, "--staff", "钱七")
        let code = try #require(invited.json["code"].string)
        try desk.server.tamper("UPDATE invitation SET scope = '\(Self.code)' WHERE staff = '钱七'")
        let station = VillageStation(in: desk.folder.url, name: "c")
        let refused = try station.run("join", desk.server.url, code)
        #expect(refused.code == 65, "\(refused.text) \(refused.errors)")
    }

    // MARK: - Townships of before

    private static let older = """
        UPDATE account SET signature = NULL; UPDATE invitation SET signature = NULL; UPDATE page_view SET chain = NULL;
        DELETE FROM sign_in_session; DELETE FROM meta WHERE key LIKE 'attested %'
        """

    @Test func whatIsThereFromBeforeIsSignedOnce() throws {
        desk.server.stop()
        try desk.server.tamper(Self.older)
        let mark = desk.server.folder.appending(path: "township")
        try Data("ruhu township\n".utf8).write(to: mark)
        #expect(try findings().isEmpty, "the audit only looks")
        #expect(try desk.server.command("status").code == 0)
        #expect(try findings().isEmpty)
        try desk.server.start()
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        #expect(try clerk.get("/households/\(household)").status == 200)
        #expect(try findings().isEmpty)
        desk.server.stop()
        try desk.server.tamper(Self.older)
        let found = try findings()
        #expect(found.contains("attestation account li") && found.contains("attestation page_view 1"), "\(found)")
    }

    @Test func aBackupHoldsWhatTheTownshipSigned() throws {
        let file = desk.folder.url.appending(path: "a.backup").path
        #expect(try desk.server.command("backup", file).code == 0)
        desk.server.stop()
        try FileManager.default.removeItem(at: desk.server.folder)
        #expect(try desk.server.command("restore", file).code == 0)
        #expect(try findings().isEmpty)
        try desk.server.start()
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
    }
}

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

    private func signIn(_ name: String) throws -> ConsoleReply {
        var browser = ConsoleBrowser(desk.server)
        return try browser.signIn(name)
    }

    /// Tries to come in by what somebody wrote into the database, while nobody serves.
    private func nobodyComesInAfter(_ sql: String, found: [String]) throws {
        desk.server.stop()
        try desk.server.tamper(sql)
        #expect(try findings() == found)
        try desk.server.start()
        for name in ["li", "wang"] {
            let refused = try signIn(name)
            #expect(
                refused.status >= 400 && refused.words.contains("账号登记") && !refused.words.contains("再试"),
                "\(refused.status) \(refused.words)")
        }
        // Nor does what is done afterwards cover it up.
        for command in [["add", "zhao", "--role", "clerk"], ["role", "li", "auditor"], ["disable", "wang"]] {
            let refused = try desk.server.program.run(["user"] + command + ["--json"])
            #expect(refused.code == 74 && refused.json["error"]["code"].int == 5007, "\(refused.text)")
        }
        #expect(try findings() == found)
        #expect(try desk.server.command("nightly").code == 74)
    }

    @Test(arguments: [
        ("UPDATE account SET role = 'leader' WHERE name = 'li'", ["account li", "account", "sign_in_session li"]),
        (
            "UPDATE account SET password_hash = (SELECT password_hash FROM account WHERE name = 'li') WHERE name = 'wang'",
            ["account wang", "account", "sign_in_session wang"]
        ),
        ("DELETE FROM sign_in_session; DELETE FROM account WHERE name = 'li'", ["account 1, not 2"]),
        (
            "DELETE FROM sign_in_session; DELETE FROM account; DELETE FROM meta WHERE key = 'attested account'",
            ["account"]
        ),
        (
            "INSERT INTO account SELECT 'eve', full_name, role, password_hash, must_change, created_at, NULL, NULL, "
                + "signature FROM account WHERE name = 'li'", ["account eve", "account 3, not 2"]
        ),
    ])
    func onAccountsThatSomebodyChangedNobodyComesIn(_ sql: String, _ subjects: [String]) throws {
        try nobodyComesInAfter(sql, found: subjects.map { "attestation \($0)" })
    }

    /// As the township once wrote it, before he was disabled.
    @Test func anAccountThatIsPutBackAsItWasLetsNobodyIn() throws {
        try desk.server.tamper("CREATE TABLE aside AS SELECT * FROM account WHERE name = 'wang'")
        #expect(try desk.server.command("user", "disable", "wang").code == 0)
        #expect(try findings().isEmpty)
        try nobodyComesInAfter(
            "DELETE FROM account WHERE name = 'wang'; INSERT INTO account SELECT * FROM aside",
            found: ["attestation account"])
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
        ("CREATE TRIGGER t BEFORE UPDATE ON account BEGIN SELECT RAISE(IGNORE); END", "structure trigger t"),
        ("DROP INDEX page_view_by_record", "structure index page_view_by_record"),
        ("UPDATE invitation SET created_at = 9223372036854775807 WHERE staff = '赵六'", "attestation invitation"),
        ("INSERT INTO orphan SELECT record, record, kind FROM log_change WHERE id >> 20 = 1", "placement orphan"),
    ])
    func aNoteThatSomebodyChangedIsFound(_ sql: String, _ expected: String) throws {
        desk.server.stop()
        try desk.server.tamper(sql)
        let found = try findings()
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix(expected) }, "\(found)")
    }

    // MARK: - Nobody comes in by such a row

    /// - Parameter sql: done before the same browser comes again.
    private func isIn(after sql: String) throws -> Bool {
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        desk.server.stop()
        try desk.server.tamper(sql)
        try desk.server.start()
        return try clerk.get("/today").status == 200
    }

    @Test func aSessionThatSomebodyWroteIsNone() throws {
        #expect(try isIn(after: "SELECT 1"))
        #expect(try !isIn(after: "UPDATE sign_in_session SET account = 'wang'"))
    }

    /// No time that stands in a row brings the server down.
    @Test(arguments: [Int64.max, .min]) func aTimeThatCannotBeIsOnlyWrong(_ time: Int64) throws {
        _ = try isIn(after: "UPDATE sign_in_session SET last_used_at = \(time)")
        #expect(try desk.server.command("status").code == 0)
        #expect(try signIn("li").status == 303, "it serves")
        try desk.server.tamper("UPDATE account SET created_at = \(time)")
        #expect(try desk.server.command("user", "list").code == 0)
    }

    /// Of before a password, a role or the account was taken away.
    @Test(arguments: [["role", "li", "auditor"], ["reset", "li"], ["disable", "li"]])
    func aSessionThatIsPutBackIsNone(_ command: [String]) throws {
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        try desk.server.tamper("CREATE TABLE aside AS SELECT * FROM sign_in_session")
        #expect(try desk.server.program.run(["user"] + command + ["--json"]).code == 0)
        #expect(try clerk.get("/today").status == 303)
        desk.server.stop()
        try desk.server.tamper("INSERT INTO sign_in_session SELECT * FROM aside WHERE account = 'li'")
        #expect(try findings().contains("attestation sign_in_session li"))
        try desk.server.start()
        #expect(try clerk.get("/today").status == 303)
    }

    @Test func whoChangesHisPasswordStaysSignedIn() throws {
        var clerk = ConsoleBrowser(desk.server)
        #expect(try clerk.signIn("li").status == 303)
        let page = try clerk.get("/password")
        let new = "qx-7-wolke-baum"
        let changed = try clerk.submit(page, "/password", ["old": ConsoleBrowser.password, "new": new, "again": new])
        #expect(changed.status == 303, "\(changed.words)")
        #expect(try clerk.get("/today").status == 200)
        #expect(try findings().isEmpty)
    }

    @Test(arguments: ["scope = '370404101202'", "expires_at = expires_at + 1", "staff = '孙八'"])
    func anInvitationThatSomebodyChangedLetsNobodyIn(_ change: String) throws {
        let code = try desk.server.invite(village: DeskVillage.village, staff: "钱七")
        try desk.server.tamper("UPDATE invitation SET \(change) WHERE staff = '钱七'")
        let station = VillageStation(in: desk.folder.url, name: "c")
        let refused = try station.run("join", desk.server.url, code)
        #expect(refused.code == 65, "\(refused.text) \(refused.errors)")
    }

    @Test func anInvitationThatWasUsedIsNotMadeGoodAgain() throws {
        let code = try desk.server.invite(village: DeskVillage.village, staff: "钱七")
        let first = VillageStation(in: desk.folder.url, name: "c")
        #expect(try first.run("join", desk.server.url, code).code == 0)
        #expect(try findings().isEmpty)
        try desk.server.tamper("UPDATE invitation SET device = NULL, signing_key = NULL WHERE staff = '钱七'")
        #expect(try findings().map { $0.prefix(35) == "attestation invitation 370404101201" } == [true])
        let second = VillageStation(in: desk.folder.url, name: "d")
        #expect(try second.run("join", desk.server.url, code).code == 65)
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

    private func backUpAndRestore() throws {
        let file = desk.folder.url.appending(path: "a.backup").path
        #expect(try desk.server.command("backup", file).code == 0)
        desk.server.stop()
        try FileManager.default.removeItem(at: desk.server.folder)
        #expect(try desk.server.command("restore", file).code == 0)
    }

    @Test func aBackupHoldsWhatTheTownshipSigned() throws {
        try backUpAndRestore()
        #expect(try findings().isEmpty)
        try desk.server.start()
        #expect(try signIn("li").status == 303)
    }

    @Test func aRestoreDoesNotSignWhatSomebodyWrote() throws {
        desk.server.stop()
        try desk.server.tamper("UPDATE account SET role = 'leader' WHERE name = 'li'; " + Self.older)
        try backUpAndRestore()
        let found = try findings()
        #expect(found.contains("attestation account li") && found.contains("attestation page_view"), "\(found)")
        try desk.server.start()
        #expect(try signIn("li").status >= 400)
    }
}

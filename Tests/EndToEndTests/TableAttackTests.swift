import Foundation
import ProgramRunner
import Testing

/// Who takes a table away in clear is on record, and only who did; a file that is cut is seen to be cut.
@Suite struct TableAttackTests {
    private let desk: DeskVillage
    private let home: String

    private static let reason = "核对住户证件信息有无错误"

    init() throws {
        desk = try DeskVillage()
        home = try desk.family("001").home
    }

    private func leader() throws -> ConsoleBrowser {
        try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader", fullName: "陈静")
    }

    private static func take(_ table: String, _ browser: inout ConsoleBrowser) throws -> ConsoleReply {
        let token = try #require(try browser.get("/today").forms.first { $0.action == "/logout" }?.fields.first?.1)
        return try browser.post("/tables/\(table)", ["form_token": token, "reason": Self.reason])
    }

    /// It was kept under `陈静(chen)`, which is nobody's account.
    @Test func anExportInClearIsFoundUnderTheAccountThatTookIt() throws {
        var leader = try leader()
        #expect(try Self.take("members/file?format=csv", &leader).text.contains("11010519491231002X"))
        let kept = try desk.server.command("disclosures", "--account", "chen").json["disclosures"].array
        #expect(kept.count == 1 && kept.first?["person"].string == "陈静")
        #expect(kept.first?["role"].string == "leader" && kept.first?["fields"].string == "export members.csv")
    }

    /// Who is in a file in clear was looked at, whoever is asked about it.
    @Test func whoWasTakenAwayInClearSeesItAmongWhoLooked() throws {
        var leader = try leader()
        _ = try Self.take("members/file?format=csv", &leader)
        _ = try Self.take("members/file?format=csv&village=370404101299", &leader)
        let exports = try leader.json("/households/\(home)/views")["exports"].array
        #expect(exports.count == 1, "\(exports)")
        #expect(exports.first?["account"].string == "chen" && exports.first?["table"].string == "members")
        let page = try leader.get("/households/\(home)/views")
        #expect(page.words.contains("明文导出") && page.words.contains(Self.reason))
        #expect(page.links.contains { $0.hasPrefix("/records/") })
    }

    /// The reason was in the log, and nobody had seen anything.
    @Test func whatIsRefusedIsNoDisclosure() throws {
        let file = desk.folder.url.appending(path: "a.csv").path
        for refused in [
            ["payfile", file, "--month", "2031-01"], ["tasks", file], ["members", "/proc/none/a.csv"],
            ["members", desk.folder.url.path + "/none/a.csv"],
        ] {
            let said = try desk.server.program.run(
                ["export"] + refused + ["--clear", "--reason", Self.reason, "--author", "王", "--json"])
            #expect(said.code != 0, "\(refused): \(said.text)")
        }
        #expect(try desk.server.command("disclosures").json["count"].int == 0)
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    // MARK: - Damage

    /// A list of so many rows, of which the last cannot be read.
    private func keep(_ rows: Int) throws {
        #expect(try desk.server.command("nightly").code == 0)
        let cells = "[" + [String](repeating: "\"x\"", count: 11).joined(separator: ",") + "]"
        try desk.server.tamper(
            """
            DELETE FROM kept_row WHERE name = 'quality';
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows - 1))
            INSERT INTO kept_row (name, generation, number, village, cells)
            SELECT 'quality', generation, i, '370404101201', CASE i WHEN \(rows - 1) THEN '[' ELSE '\(cells)' END
            FROM n, kept_table WHERE name = 'quality';
            """)
    }

    /// It was a file of headings, and status 200.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"), arguments: ["csv", "json", "xlsx"])
    func aTableThatCannotBeReadIsAFailureAndNoFile(format: String) throws {
        try keep(3)
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let answer = try clerk.get("/tables/quality/file?format=\(format)")
        #expect(answer.status >= 500 && answer.header("content-disposition") == nil, "\(answer.status)")
        #expect(try clerk.get("/today").status == 200)
    }

    /// What cannot be read only later ends the transfer so that it is seen; a workbook is whole before it is sent.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"), arguments: ["csv", "json", "xlsx"])
    func aTableThatBreaksLaterIsNeverAWholeFile(format: String) throws {
        try keep(2_500)
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let answer = try clerk.get("/tables/quality/file?format=\(format)")
        if format == "xlsx" {
            #expect(answer.status >= 500, "\(answer.status)")
        } else {
            #expect(answer.status == 200 && !answer.body.isEmpty && !answer.isWhole)
        }
        let whole = try clerk.get("/tables/households/file?format=\(format)")
        #expect(whole.status == 200 && whole.isWhole)
    }
}

/// Tables as a clerk reads them: words, names and links; codes and ids are for programs.
@Suite struct TablePageTests {
    private let desk: DeskVillage
    private let home: String
    private let member: String

    init() throws {
        desk = try DeskVillage()
        (home, member) = try desk.family("001", "relation=10")
    }

    private func expectWords(_ page: ConsoleReply, _ name: String) {
        #expect(page.status == 200, "\(name)")
        let id = page.words.firstMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#)
        #expect(id == nil, "\(name): \(id?.0 ?? "") in \(page.words.suffix(900))")
        for command in ["ruhu-server", "ruhu "] { #expect(!page.words.contains(command), "\(name)") }
    }

    @Test func noTableShowsAnIdOrACommand() throws {
        _ = try desk.a.run("apply", home, "dibao", "--signer", "张三", "--reason", "因病", "--member", member)
        _ = try desk.a.new("visit", "household=\(home)", "when=2026-11-20", "surveyors=甲,乙")
        try desk.differ(member, ["labour_ability=部分"], ["labour_ability=丧失"])
        #expect(try desk.server.command("nightly").code == 0)
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        let tables = try leader.json("/exports")["tables"].array.compactMap { $0["table"].string }
        #expect(tables.count > 60)
        for table in tables where table != "payfile" {
            let page = try leader.get("/tables/\(table)")
            expectWords(page, table)
        }
        expectWords(try leader.get("/exports"), "exports")
        expectWords(try leader.get("/reports"), "reports")
    }

    @Test func aRowLeadsToTheHouseholdAndCodesAreWordsInTheReadersLanguage() throws {
        #expect(try desk.server.command("nightly").code == 0)
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/tables/misses")
        #expect(page.links.contains("/households/\(home)"))
        #expect(page.words.contains("最低生活保障") && !page.words.contains("dibao") && !page.words.contains("cannot_say"))
        let row = try clerk.json("/tables/misses")["rows"][0]
        #expect(row["programme"].string == "dibao" && row["household"].string == home)
        let members = try clerk.get("/tables/members")
        #expect(members.words.contains("001") && members.links.contains("/households/\(home)"))
        #expect(members.words.contains("配偶"))
        #expect(try clerk.json("/tables/members")["rows"][0]["relation"].string == "10")
        clerk.language = "en"
        let english = try clerk.get("/tables/members").words
        #expect(!english.contains("配偶"))
        // A file has the words, in Chinese whoever takes it, and the ids.
        let file = try clerk.get("/tables/members/file?format=csv").text
        #expect(file.contains(home) && file.contains(member) && file.contains("配偶"))
    }

    @Test func aTableIsLookedAtByThoseWhoMay() throws {
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let tables = try clerk.json("/exports")["tables"].array.compactMap { $0["table"].string }
        let links = try clerk.get("/exports").links
        #expect(!tables.contains("disclosures") && !links.contains("/tables/disclosures"))
        #expect(try !clerk.get("/tables/members").actions.contains { $0.hasPrefix("/tables/members/file") })
        var leader = try ConsoleBrowser.signedIn(desk.server, "chen", role: "leader")
        #expect(try leader.get("/tables/members").actions.contains { $0.hasPrefix("/tables/members/file") })
        #expect(try !leader.get("/tables/coverage").actions.contains { $0.contains("file") })
    }

    @Test func whatIsKnownIsChosenAndNotTyped() throws {
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/tables/households")
        let form = try #require(page.forms.first { $0.action == "/tables/households" })
        #expect(form.source.contains("<select") && form.source.contains("value=\"\(DeskVillage.village)\""))
        #expect(form.source.contains("查看</button>"))
        let flow = try #require(try clerk.get("/tables/flow").forms.first { $0.action == "/tables/flow" })
        #expect(flow.fields.first { $0.0 == "year" }?.1.count == 4)
        let month = try #require(
            try clerk.get("/tables/flow-by-village").forms.first { $0.action == "/tables/flow-by-village" })
        #expect(month.source.contains("<select") && month.fields.first { $0.0 == "month" }?.1.count == 7)
        // What a table needs is asked for on its page.
        for path in ["/tables/payfile", "/tables/payfile?month=2026-01"] {
            let form = try #require(try clerk.get(path).forms.first { $0.action == "/tables/payfile" }, "\(path)")
            #expect(form.names == ["month"])
        }
        #expect(try clerk.get("/tables/payfile?month=2026-01").words.contains("没有办成") == false)
        // One that is not among them stays what was asked for.
        let other = try clerk.get("/tables/households?village=3704041012")
        #expect(
            other.forms.first { $0.action == "/tables/households" }?.fields.first { $0.0 == "village" }?.1
                == "3704041012")
    }

    @Test func anEmptyChartIsASentence() throws {
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let page = try clerk.get("/reports?year=2020")
        #expect(!page.text.contains("<svg") && page.words.contains("还没有"))
        #expect(page.forms.first { $0.action == "/reports" }?.fields.first { $0.0 == "year" }?.1 == "2020")
        #expect(
            try clerk.get("/reports").forms.first { $0.action == "/reports" }?.fields.first { $0.0 == "year" }?.1 != "")
    }
}

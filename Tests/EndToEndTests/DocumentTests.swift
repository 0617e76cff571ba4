import Foundation
import ProgramRunner
import Testing

/// Documents with the built programs: from an application to its letters, numbered, masked, kept, and numbered on after
/// a restore.
@Suite struct DocumentTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage(
            household: ["address=一组 7 号", "phones=13806320000"],
            member: ["name=张三", "id_number=11010519491231002X", "health=41"]
        ).parts
    }

    private func apply() throws -> String {
        let made = try station.run([
            "apply", household, "dibao", "--signer", "张三", "--reason", "因病", "--member", member,
        ])
        return try #require(made.json["id"].string)
    }

    private func move(_ id: String, _ steps: String...) throws {
        for step in steps {
            let moved = try server.program.run(["case", "move", id, step, "--role", "leader", "--json"])
            #expect(moved.code == 0, "\(step): \(moved.text) \(moved.errors)")
        }
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    /// Prints to a file of its own.
    private func issue(_ id: String, _ code: String) throws -> (JSON, page: String) {
        let file = path("\(UUID().uuidString).html")
        let printed = try server.command("document", "print", id, code, "--output", file)
        #expect(printed.code == 0, "\(code): \(printed.text) \(printed.errors)")
        return (printed.json, try String(contentsOfFile: file, encoding: .utf8))
    }

    private func refusal(_ id: String, _ code: String) throws -> String {
        let outcome = try server.command("document", "print", id, code, "--output", path("refused.html"))
        #expect(outcome.code == 65 && outcome.json["error"]["code"].int == 2031, "\(outcome.text)")
        #expect(!FileManager.default.fileExists(atPath: path("refused.html")))
        return outcome.json["error"]["message"].string ?? ""
    }

    private func reviewed(_ id: String) throws {
        try move(id, "authorise", "prepare")
        let (requests, reports) = (path("requests.json"), path("reports.json"))
        #expect(try server.command("check", "request", requests, id).code == 0)
        #expect(try server.command("check", "simulate", requests, reports).code == 0)
        #expect(try server.command("check", "import", reports).code == 0)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move(id, "accept", "review")
    }

    private func approved(_ id: String) throws {
        let made = try server.command(
            "case", "decide", id, "approved", "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
        #expect(made.code == 0, "\(made.text) \(made.errors)")
        try move(id, "approve")
    }

    private func missing(_ id: String) throws -> [String] {
        let archive = try server.command("case", "archive", id)
        #expect(archive.code == 0)
        let items = archive.json["items"].array
        #expect(items.allSatisfy { $0["retention"].string != nil && $0["rule"].string?.hasPrefix("R") == true })
        let missing = items.filter { $0["present"].bool == false }.compactMap { $0["item"].string }
        #expect(archive.json["complete"].bool == missing.isEmpty)
        return missing
    }

    @Test func aCaseHasItsDocumentsFromApplicationToNotice() throws {
        let id = try apply()
        try station.sync()
        #expect(try refusal(id, "approval").contains("R15"))
        #expect(try refusal(id, "rejection").contains("R42"))
        #expect(try refusal(id, "acceptance").contains("R27"))
        #expect(try refusal(id, "adjustment").contains("R43"))
        #expect(try refusal(id, "relief_receipt").contains("R41"))
        try reviewed(id)
        #expect(
            try missing(id) == ["application_form", "signatures", "document_survey", "document_acceptance"])
        let (form, _) = try issue(id, "application")
        #expect(form["serial"].string?.hasPrefix("370404101-SQ-2026-") == true)
        #expect(form["serial"].string?.hasSuffix("-0001") == true && form["printed"].int == 1)
        _ = try issue(id, "survey")
        _ = try issue(id, "acceptance")
        let photo = path("signed.jpg")
        try Data([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]).write(to: URL(filePath: photo))
        let paper = try #require(try station.run("list", "authorisation").json["records"][0]["id"].string)
        #expect(try station.run("attach", paper, photo, "--kind", "signature").code == 0)
        try station.sync()
        #expect(try missing(id).isEmpty)
        try approved(id)
        #expect(try refusal(id, "public_notice").contains("R31"))
        let notice = try server.command("notice", id, "publicity", "--place", "村委会公开栏", "--hotline", "0632-7712345")
        #expect(notice.code == 0)
        try move(id, "publicise")
        #expect(try missing(id).contains("document_public_notice"))
        let (approval, sheet) = try issue(id, "approval")
        #expect(
            sheet.contains("陆佰柒拾贰元整") && sheet.contains("金额核算") && sheet.contains("年收入低于标准")
                && sheet.contains(approval["serial"].string!))
        let (_, board) = try issue(id, "public_notice")
        #expect(board.contains("张*") && board.contains("0632-7712345") && board.contains("672.00"))
        for secret in ["张三", "11010519491231002X", "一组 7 号", "13806320000", "癌"] {
            #expect(!board.contains(secret), "\(secret)")
        }
        let open = try missing(id)
        #expect(!open.contains("document_public_notice") && open.contains("posting"))
        #expect(try server.command("audit", "verify").code == 0)
    }

    /// The record proves the sheet: the same facts, the same bytes under the same number.
    @Test func printingAgainKeepsTheNumberUntilFactsChange() throws {
        let id = try apply()
        try station.sync()
        let (first, page) = try issue(id, "application")
        let (second, again) = try issue(id, "application")
        #expect(second["serial"].string == first["serial"].string && page == again)
        #expect(first["reprint"].bool == false && second["reprint"].bool == true && second["printed"].int == 2)
        let record = try #require(first["record"].string)
        let history = try server.command("history", record).json["entries"].array
        #expect(history.count == 2 && history.contains { $0["reason"].string == "补打" })
        #expect(!again.contains("补打"))
        let kept = try server.command("show", record).json["fields"]
        #expect(kept["sha256"].string == first["sha256"].string && kept["template_hash"].string?.count == 64)
        #expect(try server.command("find", try #require(first["serial"].string)).json["count"].int == 1)
        // A draft counts nothing.
        let draft = path("draft.html")
        let preview = try server.command("document", "print", id, "application", "--draft", "--output", draft)
        #expect(preview.json["draft"].bool == true && preview.json["serial"].string == nil)
        #expect(try String(contentsOfFile: draft, encoding: .utf8).contains("样稿，不作正式文书使用"))
        #expect(try station.run("edit", member, "name=张三丰").code == 0)
        try station.sync()
        let (third, _) = try issue(id, "application")
        #expect(third["serial"].string?.hasSuffix("-0002") == true && third["reprint"].bool == false)
        let listed = try server.command("document", "list", id).json["documents"].array
        let issued = listed.first { $0["code"].string == "application" }?["issued"].array ?? []
        #expect(issued.compactMap { $0["current"].bool } == [false, true])
        // Stations see what was issued.
        try station.sync()
        #expect(try station.run("list", "document").json["count"].int == 2)
    }

    @Test func severalAtOnceGetTheirOwnNumbersAndOneRefusalStopsNoOther() throws {
        let ids = [try apply(), try station.run("apply", household, "tekun", "--signer", "张三").json["id"].string!]
        try station.sync()
        let program = server.program
        let into = ["--output", folder.url.path, "--json"]
        let unknown = "01890000-0000-7000-8000-000000000000"
        let printed = try program.run(["document", "print"] + ids + [unknown, "commitment"] + into)
        #expect(printed.code == 65 && printed.json["count"].int == 2 && printed.json["refused"].array.count == 1)
        let serials = printed.json["documents"].array.compactMap { $0["serial"].string }
        #expect(serials.map { $0.suffix(4) } == ["0001", "0002"])
        for serial in serials {
            let file = path("\(serial).html")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        // What is there is not overwritten, and then nothing is counted.
        let again = try program.run(["document", "print", ids[0], "commitment"] + into)
        #expect(again.code == 73, "\(again.text)")
        #expect(
            try program.run(["document", "print", ids[0], "commitment", "--force"] + into).json["printed"].int == 2)
    }

    @Test func afterARestoreNoNumberIsGivenTwice() throws {
        let id = try apply()
        try station.sync()
        let backup = path("ruhu.backup")
        let (before, _) = try issue(id, "application")
        try #require(try server.command("backup", backup).code == 0)
        let (lost, _) = try issue(id, "commitment")
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        let (after, _) = try issue(id, "commitment")
        #expect(after["serial"].string != lost["serial"].string)
        #expect(after["serial"].string?.hasSuffix("-0001") == true)
        // What the backup holds keeps its number.
        let (kept, _) = try issue(id, "application")
        #expect(kept["serial"].string == before["serial"].string && kept["reprint"].bool == true)
        try station.sync()
        #expect(try server.command("audit", "verify").code == 0)
    }

    @Test func aStationPrintsFormsOffline() throws {
        let id = try apply()
        server.stop()
        for (what, code) in [(household, "survey"), (id, "authorisation"), (id, "application"), (household, "leaflet")]
        {
            let file = path("\(code).html")
            let printed = try station.run("document", what, code, "--output", file)
            #expect(printed.code == 0 && printed.json["serial"].string == nil, "\(printed.text) \(printed.errors)")
            let page = try String(contentsOfFile: file, encoding: .utf8)
            #expect(page.contains("未编号"))
            if code == "authorisation" { #expect(page.contains("阴平镇人民政府")) }
            #expect(page.contains("张三") == (code != "leaflet"))
        }
        let refused = try station.run("document", id, "approval", "--output", path("x.html"))
        #expect(refused.code == 65 && refused.json["error"]["code"].int == 2003)
        #expect(try station.run("document", id, "survey", "--output", path("survey.html")).code == 73)
        #expect(try station.run("document", id, "survey").code == 64)
    }

    @Test(arguments: [["x", "approval"], ["approval"]]) func whatIsWrongIsTold(words: [String]) throws {
        let outcome = try server.program.run(["document", "print"] + words + ["--json"])
        #expect(outcome.code == 65, "\(outcome.text)")
    }
}

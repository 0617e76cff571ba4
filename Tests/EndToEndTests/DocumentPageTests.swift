import Foundation
import ProgramRunner
import Testing

/// Documents from the console: numbered, the same bytes as by command, one or a batch.
@Suite struct DocumentPageTests {
    private func issue(_ desk: inout CaseConsole, _ id: String, _ code: String) throws -> JSON {
        let page = try desk.clerk.get("/cases/\(id)/documents")
        let answer = try desk.clerk.submit(
            page, "/cases/\(id)/documents", ["code": code], headers: ["Accept": "application/json"])
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    @Test func aDocumentIsShownAsItWasIssuedAndByCommandItIsTheSame() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        let made = try issue(&desk, id, "acceptance")
        let record = try #require(made["record"].string)
        let shown = try desk.clerk.get("/documents/\(record)")
        #expect(shown.status == 200 && shown.header("content-type") == "text/html; charset=utf-8")
        #expect(shown.text.contains(try #require(made["serial"].string)))
        let file = desk.folder.url.appending(path: "again.html").path
        let printed = try desk.server.command("document", "print", id, "acceptance", "--output", file)
        #expect(printed.json["serial"].string == made["serial"].string && printed.json["reprint"].bool == true)
        #expect(try Data(contentsOf: URL(filePath: file)) == Data(shown.body))
        #expect(made["sha256"].string == printed.json["sha256"].string)
        // What becomes known later does not change what was issued.
        let page = try desk.station.run("edit", desk.household, "address=二组 9 号")
        #expect(page.code == 0)
        try desk.station.sync()
        try desk.decided(id)
        #expect(try desk.clerk.get("/documents/\(record)").body == shown.body)
    }

    /// What came back from the villages after a restore stands elsewhere in the log; the sheet is the same.
    @Test func aDocumentIsShownAsItWasIssuedAfterARestoreToo() throws {
        var desk = try CaseConsole()
        let backup = desk.folder.url.appending(path: "ruhu.backup").path
        try #require(try desk.server.command("backup", backup).code == 0)
        let id = try desk.takeIn()
        #expect(try desk.station.run("edit", desk.household, "address=二组 9 号").code == 0)
        try desk.station.sync()
        let record = try #require(try issue(&desk, id, "application")["record"].string)
        let shown = try desk.clerk.get("/documents/\(record)")
        #expect(shown.status == 200 && shown.text.contains("二组 9 号"))
        try desk.station.sync()
        desk.server.stop()
        try FileManager.default.removeItem(at: desk.server.folder)
        try #require(try desk.server.command("restore", backup).code == 0)
        try desk.server.start()
        for _ in 0..<3 { _ = try desk.station.run("sync") }
        #expect(try desk.clerk.signIn("li").status == 303)
        let again = try desk.clerk.get("/documents/\(record)")
        #expect(again.status == 200 && again.body == shown.body, "\(again.words)")
    }

    @Test func aDocumentPageIsSealedOff() throws {
        var desk = try CaseConsole(name: "<script>alert(1)</script>")
        let id = try desk.takeIn()
        let made = try issue(&desk, id, "application")
        let shown = try desk.clerk.get("/documents/\(try #require(made["record"].string))")
        let policy = try #require(shown.header("content-security-policy"))
        #expect(policy.contains("default-src 'none'; style-src 'unsafe-inline'") && policy.contains("sandbox"))
        #expect(!policy.contains("script-src") && shown.header("x-content-type-options") == "nosniff")
        #expect(!shown.text.contains("<script>") && shown.text.contains("&lt;script&gt;alert(1)"))
        let draft = try desk.clerk.get("/cases/\(id)/documents/application/draft")
        #expect(draft.header("content-security-policy") == policy && draft.text.contains("样　稿"))
        let page = try desk.clerk.get("/cases/\(id)")
        #expect(
            !page.text.contains("<script>alert")
                && page.header("content-security-policy")?.contains("script-src 'self'") == true)
    }

    @Test func whatIsMissingIsSaidAndNoNumberIsGiven() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let page = try desk.clerk.get("/cases/\(id)/documents")
        #expect(page.words.contains("现在不能出具： 还没有受理 R27"))
        let listed = try desk.clerk.json("/cases/\(id)/documents")["documents"].array
        #expect(listed.first { $0["code"].string == "acceptance" }?["possible"].bool == false)
        let refused = try desk.clerk.submit(page, "/cases/\(id)/documents", ["code": "acceptance"])
        #expect(refused.words.contains("R27") && refused.words.contains("acceptance"))
        #expect(try desk.server.command("list", "document").json["count"].int == 0)
    }

    @Test func aReprintIsCountedAndKeepsItsNumber() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let first = try issue(&desk, id, "application")
        let again = try issue(&desk, id, "application")
        #expect(again["serial"].string == first["serial"].string && again["reprint"].bool == true)
        #expect(again["printed"].int == 2)
        _ = try desk.clerk.get("/documents/\(try #require(first["record"].string))")
        #expect(try desk.clerk.get("/cases/\(id)/documents").words.contains("补打（登记次数）"))
    }

    @Test func aBatchGivesEachItsNumberAndSaysWhichCouldNot() throws {
        var desk = try CaseConsole()
        let first = try desk.takeIn()
        let second = try desk.takeIn("tekun")
        let elderly = try desk.takeIn("elderly_allowance")
        let page = try desk.clerk.get("/documents/batch?code=authorisation&status=intent")
        #expect(page.text.contains(first) && page.text.contains(second))
        let form = try #require(page.forms.first { $0.method == "post" && $0.action == "/documents/batch" })
        var fields = form.fields.filter { $0.0 != "id" }
        fields += [first, second, elderly].map { ("id", $0) }
        let answer = try desk.clerk.post("/documents/batch", fields)
        #expect(answer.status == 303, "\(answer.words)")
        let result = try desk.clerk.follow(answer)
        #expect(result.words.contains("已出具 2 件") && result.words.contains("没有出具：张三"))
        #expect(result.words.contains("这个项目没有这种文书 R41"))
        let print = try #require(result.links.first { $0.hasPrefix("/documents/print?") })
        let sheets = try desk.clerk.get(print)
        #expect(sheets.text.components(separatedBy: "<div class=\"sheet\">").count == 3)
        #expect(sheets.text.components(separatedBy: "编号：370404101-WT-").count == 3)
        #expect(sheets.header("content-security-policy")?.contains("sandbox") == true)
        let kept = try desk.server.command("list", "document").json["records"].array
        #expect(Set(kept.compactMap { $0["fields"]["serial"].string }).count == 2)
    }

    @Test func theDistrictSeesNumbersAndNoPapers() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let record = try #require(try issue(&desk, id, "application")["record"].string)
        var auditor = try ConsoleBrowser.signedIn(desk.server, "sun", role: "auditor", fullName: "孙审计")
        let page = try auditor.get("/cases/\(id)/documents")
        #expect(page.words.contains("370404101-SQ-") && page.actions.allSatisfy { !$0.hasPrefix("/cases") })
        #expect(try auditor.get("/documents/\(record)").status == 403)
    }

    @Test func noticesAreListedWithTheirEvidenceAndWhatIsDue() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.reviewed(id)
        try desk.decided(id)
        try desk.sign(id, "approve")
        try desk.work(id, "notices", ["kind": "publicity", "place": "村委会公开栏", "hotline": "0632-7711234"])
        try desk.move(id, "publicise")
        let due = try desk.clerk.json("/notices")
        #expect(due["tasks"].array.compactMap { $0["task"].string } == ["post_notice"])
        #expect(due["posted"][0]["place"].string == "村委会公开栏")
        let notice = try #require(due["posted"][0]["notice"].string)
        try desk.station.sync()
        let photo = desk.folder.url.appending(path: "photo.png")
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("<script>".utf8)
        try Data(png).write(to: photo)
        let attached = try desk.station.run("attach", notice, photo.path, "--kind", "photo")
        #expect(attached.code == 0, "\(attached.text) \(attached.errors)")
        #expect(try desk.station.run("edit", notice, "posted_evidence+=照片1").code == 0)
        try desk.station.sync()
        let page = try desk.clerk.get("/cases/\(id)")
        let link = try #require(page.links.first { $0.hasPrefix("/blobs/") })
        let blob = try desk.clerk.get(link)
        #expect(blob.header("content-type") == "image/png" && blob.body == png)
        #expect(blob.header("x-content-type-options") == "nosniff")
        #expect(blob.header("content-security-policy")?.contains("sandbox") == true)
        #expect(try desk.clerk.json("/notices")["posted"][0]["postedEvidence"].strings == ["照片1"])
        #expect(try desk.clerk.get("/blobs/" + String(repeating: "0", count: 64)).status == 404)
    }
}

import Foundation
import ProgramRunner
import Testing

/// What the desk does on a case's page without a command: ask for a proof, take in the platform's reports.
@Suite struct CaseProofPageTests {
    private var desk: CaseConsole

    init() throws { desk = try CaseConsole() }

    /// R37, R38: only what is on the list, and nothing that is shared.
    @Test func aProofIsAskedForFromTheListAndIsBrought() throws {
        var desk = desk
        let id = try desk.takeIn()
        let page = try desk.clerk.get("/cases/\(id)")
        let form = try #require(page.forms.first { $0.action == "/cases/\(id)/proofs" })
        #expect(form.source.contains("\"identity_card\"") && !form.source.contains("\"real_estate\""))
        #expect(page.words.contains("共享获取、不用带的"))
        for (code, rule) in [("real_estate", "R38"), ("good_conduct", "R37")] {
            let refused = try desk.clerk.submit(page, form.action, ["code": code])
            #expect((400..<500).contains(refused.status) && refused.words.contains(rule), "\(refused.words)")
        }
        #expect(try desk.clerk.submit(page, form.action, ["code": "identity_card", "why": "照片不清"]).status == 303)
        let asked = try desk.clerk.get("/cases/\(id)")
        #expect(asked.words.contains("未提供"))
        let brought = try #require(asked.actions.first { $0.hasPrefix("/cases/\(id)/proofs/") })
        #expect(try desk.clerk.submit(asked, brought, ["brought_on": Today.text]).status == 303)
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("已提供 \(Today.text)"))
        #expect(try desk.server.command("list", "proof_request").json["records"].array.count == 1)
    }

    @Test func thePlatformsFileIsTakenInOnItsPage() throws {
        var desk = desk
        let id = try desk.takeIn()
        try desk.move(id, "authorise")
        try desk.move(id, "prepare")
        try desk.work(id, "checks")
        let page = try desk.clerk.get("/cases/\(id)")
        let link = try #require(page.links.first { $0.contains("/checks/") })
        let requests = desk.folder.url.appending(path: "requests.json")
        let reports = desk.folder.url.appending(path: "reports.json")
        try Data(try desk.clerk.get(link).body).write(to: requests)
        #expect(try desk.server.program.run(["check", "simulate", requests.path, reports.path, "--json"]).code == 0)
        let text = try String(contentsOf: reports, encoding: .utf8)
        for _ in 0..<2 {
            let taken = try desk.clerk.submit(try desk.clerk.get("/checks"), "/checks", ["reports": text])
            #expect(taken.status == 200, "\(taken.words)")
        }
        #expect(try desk.clerk.get("/cases/\(id)").words.contains("符合"))
        #expect(try desk.server.command("list", "check_report").json["records"].array.count == 1)
        let unknown = text.replacing(
            #/"request":"[0-9a-f-]+"/#, with: #""request":"01a215cb-5d6e-7893-9d80-77291e3ece59""#)
        let set = try desk.clerk.submit(try desk.clerk.get("/checks"), "/checks", ["reports": unknown])
        #expect(set.status == 200 && set.words.contains("不予采用 1 份"), "\(set.words)")
        for hostile in ["{}", "[", #"{"reports": 1}"#, String(repeating: "[", count: 5_000)] {
            let refused = try desk.clerk.submit(try desk.clerk.get("/checks"), "/checks", ["reports": hostile])
            #expect((400..<500).contains(refused.status), "\(refused.words)")
        }
        var auditor = try ConsoleBrowser.signedIn(desk.server, "shen", role: "auditor")
        #expect(try auditor.get("/checks").status == 403)
    }
}

import Foundation
import ProgramRunner
import Testing

/// What the village does for the township besides surveys (DOMAIN section 2, R21 to R24): with the built programs.
@Suite struct VillageDutyTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
        household = try station.new("household", "number=001", "address=一组")
        member = try station.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = folder.url.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// R24: who cannot come is represented, with a mandate that is printed, signed and kept.
    @Test func aProxyAppliesWithAMandate() throws {
        let applied = try station.run(
            "apply", "001", "dibao", "--member", member, "--signer", "张三", "--proxy", "王秀英")
        let id = try #require(applied.json["id"].string)
        #expect(try station.run("apply", "001", "dibao", "--signer", " ").code == 65, "an empty signature is none")
        #expect(try station.run("apply", "009", "dibao", "--signer", "张三").json["error"]["code"].int == 2009)
        let page = folder.url.appending(path: "mandate.html")
        let printed = try station.run("document", id, "authorisation", "--output", page.path)
        #expect(printed.code == 0, "\(printed.text) \(printed.errors)")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.contains("王秀英") && text.contains("代为提交申请"))
        let paper = try #require(applied.json["authorisation"].string)
        let scan = try station.run("attach", paper, try file("scan.pdf", "%PDF-1.4 委托书"), "--kind", "document")
        #expect(scan.code == 0, "\(scan.text) \(scan.errors)")
        try station.sync()
        let fields = try server.command("show", id).json["fields"]
        #expect(fields["channel"].string == "proxy" && fields["proxy"].string == "王秀英")
        let attached = try server.command("list", "attachment").json["records"].array
        #expect(attached.count == 1 && attached[0]["fields"]["arrived_at"].string != nil)
    }

    /// R22: what changed in a household comes to the desk of whoever decides on it.
    @Test func whatChangedInAHouseholdIsReportedAndTyped() throws {
        #expect(try station.run("new", "change_report", "household=\(household)", "type=holiday").code == 65)
        #expect(
            try station.run("new", "change_report", "household=\(household)", "type=death", "on=2099-01-01").code == 65)
        for (type, day) in [("birth", "2026-11-01"), ("move", "2026-11-02")] {
            _ = try station.new("change_report", "household=\(household)", "type=\(type)", "on=\(day)")
        }
        try station.sync()
        let reports = try server.command("list", "change_report").json["records"].array
        #expect(reports.compactMap { $0["fields"]["type"].string } == ["birth", "move"])
        // Append-only: what was reported is corrected by another report, never by an edit of what it said.
        let id = try #require(reports[0]["id"].string)
        #expect(try station.run("delete", id, "--reason", "误报").code == 65)
    }

    /// Objections logged offline are a task until they are brought in (R32; DOMAIN section 7, collision 9).
    @Test func anObjectionTypedOfflineIsATaskUntilItIsBroughtIn() throws {
        let id = try #require(try station.run("apply", household, "dibao", "--signer", "张三").json["id"].string)
        try station.sync()
        _ = try station.new("objection", "application=\(id)", "text=他家有车", "at=2026-11-20")
        func tasks() throws -> [String] {
            try station.run("tasks").json["tasks"].array.compactMap { $0["task"].string }
        }
        #expect(try tasks().contains("bring_in_objection"))
        try station.sync()
        #expect(try !tasks().contains("bring_in_objection"))
    }

    /// A refused set and a visit that was begun are tasks too.
    @Test func whatIsRefusedOrUnfinishedIsATask() throws {
        let id = try #require(try station.run("apply", household, "dibao", "--signer", "张三").json["id"].string)
        try station.sync()
        _ = try station.new("case_request", "application=\(id)", "move=approve")
        try station.sync()
        let tasks = try station.run("tasks").json["tasks"].array
        let refused = try #require(tasks.first { $0["task"].string == "repair_refused" })
        let number = try #require(try station.run("refused").json["sets"][0]["number"].int)
        #expect(refused["subject"].string == "\(number)")
        #expect(try station.run("withdraw", "\(number)").code == 0)
        try station.sync()
        #expect(try station.run("tasks").json["tasks"].array.allSatisfy { $0["task"].string != "repair_refused" })
    }
}

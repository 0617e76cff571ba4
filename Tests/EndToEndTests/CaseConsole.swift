import Foundation
import ProgramRunner
import Testing

/// A township with one village, a household that applies, and people at the desk: a clerk who writes, a leader who signs.
struct CaseConsole {
    let folder: TemporaryFolder
    let server: TownshipServer
    let station: VillageStation
    let household: String
    let member: String
    var clerk: ConsoleBrowser
    var leader: ConsoleBrowser

    init(name: String = "张三") throws {
        (folder, server, station, household, member) = try FamilyVillage(
            household: ["address=一组 7 号", "phones=13806320000"],
            member: ["name=\(name)", "id_number=11010519491231002X"]
        ).parts
        try station.sync()
        clerk = try ConsoleBrowser.signedIn(server, "li", role: "clerk", fullName: "李建国")
        leader = try ConsoleBrowser.signedIn(server, "chen", role: "leader", fullName: "陈主任")
    }

    /// Weeks later: sessions have ended, and both sign in again.
    mutating func pass(days: Int) throws {
        server.stop()
        server.program.environment.merge(WrongClock.environment("+\(days)d")) { $1 }
        try server.start()
        for answer in [try clerk.signIn("li"), try leader.signIn("chen")] where answer.status != 303 {
            throw ProgramFailure("sign in: \(answer.words)")
        }
    }

    /// Taken in at the counter, by the form.
    mutating func takeIn(_ programme: String = "dibao") throws -> String {
        let page = try clerk.get("/cases/new?household=\(household)")
        let answer = try clerk.submit(
            page, "/cases/new",
            ["programme": programme, "member": member, "reason": "因病", "signer": "张三", "channel": "township"])
        #expect(answer.status == 303, "\(answer.words)")
        let place = try #require(answer.location)
        return String(place.split(separator: "?")[0].split(separator: "/")[1])
    }

    /// Does something by a form of the case's page, as the clerk, and it must be done.
    mutating func work(_ id: String, _ act: String, _ fields: KeyValuePairs<String, String> = [:]) throws {
        let page = try clerk.get("/cases/\(id)")
        let answer = try clerk.submit(page, "/cases/\(id)/\(act)", fields)
        #expect(answer.status == 303, "\(act): \(answer.words)")
    }

    mutating func move(_ id: String, _ step: String) throws {
        let page = try clerk.get("/cases/\(id)")
        let answer = try clerk.post("/cases/\(id)/move", Self.move(step, on: page))
        #expect(answer.status == 303, "\(step): \(answer.words)")
    }

    mutating func sign(_ id: String, _ step: String) throws {
        let page = try leader.get("/cases/\(id)")
        let answer = try leader.post("/cases/\(id)/move", Self.move(step, on: page))
        #expect(answer.status == 303, "\(step): \(answer.words)")
    }

    /// What a step's form carries, on a page of the case that has any form.
    static func move(_ step: String, on page: ConsoleReply) throws -> [(String, String)] {
        let form = try #require(page.forms.first { $0.action.hasSuffix("/move") || $0.action.hasSuffix("/trips") })
        let own = form.fields.filter { ["form_token", "seen", "page"].contains($0.0) }
        return own + [("move", step), ("reason", "按规定办理")]
    }

    /// The platform's answer, by the file that the page hands out.
    mutating func check(_ id: String, failing: Bool = false) throws {
        try work(id, "checks")
        let link = try #require(try clerk.get("/cases/\(id)").links.first { $0.contains("/checks/") })
        let requests = folder.url.appending(path: "requests.json")
        let reports = folder.url.appending(path: "reports.json").path
        try Data(try clerk.get(link).body).write(to: requests)
        let failing = failing ? ["--failing", member] : []
        #expect(try server.program.run(["check", "simulate", requests.path, reports, "--json"] + failing).code == 0)
        #expect(try server.command("check", "import", reports).code == 0)
    }

    mutating func reviewed(_ id: String) throws {
        try move(id, "authorise")
        try move(id, "prepare")
        try check(id)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        try move(id, "accept")
        try move(id, "review")
    }

    mutating func decided(_ id: String, _ result: String = "approved") throws {
        try work(id, "decision", ["result": result, "basis": "law", "opinion": "年收入低于标准", "signatories": "李建国\n陈主任"])
    }

    mutating func posted(_ id: String) throws {
        try work(id, "notices", ["kind": "publicity", "place": "村委会公开栏", "hotline": "0632-7711234"])
        try move(id, "publicise")
        let page = try clerk.get("/cases/\(id)")
        let action = try #require(page.actions.first { $0.hasPrefix("/cases/\(id)/notices/") })
        let answer = try clerk.submit(page, action, ["posted_evidence": "照片1"])
        #expect(answer.status == 303, "\(answer.words)")
    }

    mutating func status(_ id: String) throws -> String? { try clerk.json("/cases/\(id)")["status"].string }

    /// Why a step may not be taken, as the page says it to the clerk.
    mutating func reasons(_ id: String, _ step: String) throws -> [String] {
        let steps = try clerk.json("/cases/\(id)")["steps"].array
        return steps.first { $0["move"].string == step }?["reasons"].array.compactMap { $0["rule"].string } ?? []
    }
}

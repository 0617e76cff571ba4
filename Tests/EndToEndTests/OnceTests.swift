import Foundation
import ProgramRunner
import Testing

/// A form that is sent twice (a double click, the browser's "send again?") makes one record, and is answered like the
/// first time.
@Suite struct OnceTests {
    /// Sends the same form of the same page twice.
    private func twice(
        _ browser: inout ConsoleBrowser, _ page: ConsoleReply, _ action: String,
        _ fields: KeyValuePairs<String, String> = [:]
    ) throws {
        let first = try browser.submit(page, action, fields)
        #expect(first.status == 303, "\(action): \(first.status) \(first.words)")
        let second = try browser.submit(page, action, fields)
        #expect(
            second.status == 303 && second.location == first.location, "\(action): \(second.status) \(second.words)")
    }

    private func count(_ desk: CaseConsole, _ kind: String) throws -> Int {
        try desk.server.command("list", kind).json["records"].array.count
    }

    @Test func whatIsAddedToAHouseholdIsAddedOnce() throws {
        var desk = try CaseConsole()
        let path = "/households/\(desk.household)/new/income_item"
        try twice(
            &desk.clerk, try desk.clerk.get(path), path,
            ["member": desk.member, "type": "10", "amount_fen": "320", "period": "month", "reason": "工资单"])
        #expect(try count(desk, "income_item") == 1)
        // Gone back to and filled in otherwise, it says something else: nothing typed is lost.
        let notes = "/households/\(desk.household)/new/note"
        let page = try desk.clerk.get(notes)
        for text in ["来过", "又来过"] {
            try twice(&desk.clerk, page, notes, ["text": text, "reason": "来访登记"])
        }
        #expect(try count(desk, "note") == 2)
        // Drawn anew, it is another form.
        try twice(
            &desk.clerk, try desk.clerk.get(path), path,
            ["member": desk.member, "type": "20", "amount_fen": "5", "period": "month", "reason": "工资单"])
        #expect(try count(desk, "income_item") == 2)
    }

    @Test func anApplicationIsTakenInOnceAndWhatBelongsToItIsRecordedOnce() throws {
        var desk = try CaseConsole()
        try twice(
            &desk.clerk, try desk.clerk.get("/cases/new?household=\(desk.household)"), "/cases/new",
            ["programme": "dibao", "member": desk.member, "reason": "因病", "signer": "张三", "channel": "township"])
        let cases = try desk.clerk.json("/cases")["cases"].array
        #expect(cases.count == 1)
        let id = try #require(cases.first?["id"].string)
        try twice(
            &desk.clerk, try desk.clerk.get("/cases/\(id)"), "/cases/\(id)/trips", ["where": "township", "why": "补签字"])
        #expect(try count(desk, "trip") == 1)
        let page = try desk.clerk.get("/cases/\(id)")
        let move = page.forms.first {
            $0.action == "/cases/\(id)/move" && $0.fields.contains { $0 == ("move", "authorise") }
        }
        let fields = try #require(move?.fields) + [("reason", "已签字")]
        let first = try desk.clerk.post("/cases/\(id)/move", fields)
        let second = try desk.clerk.post("/cases/\(id)/move", fields)
        #expect(first.status == 303 && second.location == first.location, "\(second.status) \(second.words)")
        #expect(try count(desk, "case_move") == 1)
        try desk.move(id, "prepare")
        try desk.check(id)
        _ = try desk.station.new("visit", "household=\(desk.household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try desk.station.sync()
        try desk.move(id, "accept")
        try desk.move(id, "review")
        try twice(
            &desk.clerk, try desk.clerk.get("/cases/\(id)"), "/cases/\(id)/decision",
            ["result": "approved", "basis": "law", "opinion": "年收入低于标准", "signatories": "李建国"])
        #expect(try count(desk, "decision") == 1)
    }

    /// Another's id, or one that somebody made up, names nothing.
    @Test func aFormCannotNameAForeignRecord() throws {
        var desk = try CaseConsole()
        let path = "/households/\(desk.household)/new/income_item"
        let page = try desk.clerk.get(path)
        let minted = try #require(page.forms.first { $0.action == path }?.fields.first { $0.0 == "new_id" }?.1)
        let made = "01890000-0000-7000-8000-000000000001"
        let fields: [(String, String)] = [
            ("member", desk.member), ("type", "10"), ("amount_fen", "320"), ("period", "month"), ("reason", "工资单"),
        ]
        let own = try #require(page.forms.first { $0.action == path }).fields.filter {
            ["form_token", "seen"].contains($0.0)
        }
        for forged in [desk.member, made, made + String(minted.dropFirst(36))] {
            let answer = try desk.clerk.post(path, own + fields + [("new_id", forged)])
            #expect(answer.status == 403, "\(forged) \(answer.status) \(answer.words)")
        }
        // Nor the id of a form that another person was given.
        var other = try ConsoleBrowser.signedIn(desk.server, "wang", fullName: "王芳")
        let theirs = try other.get(path)
        let stolen = try other.post(
            path,
            try #require(theirs.forms.first { $0.action == path }).fields.filter {
                ["form_token", "seen"].contains($0.0)
            } + fields + [("new_id", minted)])
        #expect(stolen.status == 403)
        #expect(try count(desk, "income_item") == 0)
    }
}

import Foundation
import ProgramRunner
import Testing

/// From a line of money back to the visit and the device that recorded what it rests on (issue 5, item 5; R47).
@Suite struct TracePageTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String
    private let application: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage(
            household: ["address=一组", "hukou_type=20"]
        ).parts
        let made = try station.run(["apply", household, "relief_urgent", "--reason", "火灾", "--member", member])
        application = try #require(made.json["id"].string, "\(made.text) \(made.errors)")
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
    }

    private func desk(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        #expect(outcome.code == 0, "\(arguments): \(outcome.text) \(outcome.errors)")
        return outcome.json
    }

    @Test func aPaymentLeadsBackToDecisionVisitAndDevice() throws {
        _ = try desk(
            "case", "decide", application, "approved", "--basis", "火灾", "--signatory", "陈主任", "--amount", "500.00")
        let payment = try #require(
            try desk(
                "new", "payment", "application=\(application)", "amount_fen=50000", "means=cash", "state=paid",
                "receipt=签收单", "payee=\(member)", "month=2026-11")["id"].string)
        var browser = try ConsoleBrowser.signedIn(server, "shen", role: "auditor")
        let page = try browser.get("/households/\(household)")
        let link = try #require(page.links.first { $0 == "/payments/\(payment)/trace" })
        let trace = try browser.get(link)
        for word in ["500.00", "张三", "陈主任", "王秀英", "签名有效", "在日志中", "走访"] {
            #expect(trace.words.contains(word), "\(word)")
        }
        #expect(!trace.text.contains("11010519491231002X"))
        // Commands are the auditor's, folded away.
        let unfolded = trace.text.replacing(/<details.*?<\/details>/.dotMatchesNewlines(), with: "")
        for command in ["ruhu-server audit calculation", "ruhu verify-proof"] {
            #expect(trace.text.contains(command) && !unfolded.contains(command))
        }
        let json = try browser.json(link)
        #expect(json["payment"]["id"].string == payment && json["decision"]["fields"]["result"].string == "approved")
        #expect(json["visits"][0]["step"]["staff"].string == "王秀英")
        #expect(json["visits"][0]["step"]["signed"].bool == true)
        // The household as it was when decided is a page of its own.
        let then = try #require(trace.links.first { $0.contains("as_of=") })
        let before = try browser.get(then)
        #expect(before.status == 200 && !before.links.contains("/payments/\(payment)/trace"))
    }

    @Test func whatIsNoPaymentIsNotTraced() throws {
        var browser = try ConsoleBrowser.signedIn(server, "shen", role: "auditor")
        #expect(try browser.get("/payments/\(member)/trace").status >= 400)
    }
}

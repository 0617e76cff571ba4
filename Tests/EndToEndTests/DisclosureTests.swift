import Foundation
import ProgramRunner
import Testing

/// What is masked, who may see it, and that it is on record who did (issue 5, item 1; R47).
@Suite struct DisclosureTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let household: String
    private let other: String
    private let member: String

    private static let number = "11010519491231002X"
    private static let account = "6228480402564890018"
    private static let illness = "尿毒症需透析"
    private static let reason = "核对银行退回的账号"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        household = try station.new("household", "number=001", "address=一组")
        member = try station.new(
            "member", "household=\(household)", "name=张三", "id_number=\(Self.number)", "health=20",
            "disease=\(Self.illness)")
        _ = try station.new(
            "bank_account", "household=\(household)", "member=\(member)", "kind=折", "number=\(Self.account)",
            "bank=农商行",
            "holder=张三")
        other = try station.new("household", "number=002", "address=二组")
        _ = try station.new("member", "household=\(other)", "name=李四", "id_number=440524188001010014")
        try station.sync()
    }

    private var pages: [String] {
        [
            "/households/\(household)", "/households/\(household)/history", "/records/\(member)",
            "/records/\(member)/fields/id_number", "/records/\(member)/fields/disease",
        ]
    }

    /// Everything that an answer says, headers too.
    private func expectMasked(_ browser: inout ConsoleBrowser, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        for page in pages {
            for accept in ["text/html", "application/json"] {
                let answer = try browser.get(page, headers: ["Accept": accept])
                #expect(answer.status == 200, "\(page)", sourceLocation: sourceLocation)
                for secret in [Self.number, Self.account, Self.illness] {
                    #expect(!answer.text.contains(secret), "\(page) \(accept)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    @Test(arguments: ["clerk", "reviewer", "leader", "district", "auditor"])
    func everybodySeesMasksUntilTheyAsk(role: String) throws {
        var browser = try ConsoleBrowser.signedIn(server, "a-\(role)", role: role)
        try expectMasked(&browser)
        #expect(try browser.get("/households/\(household)").text.contains("1101**********002X"))
    }

    @Test func aReasonThatSaysNothingOpensNothing() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        for reason in ["", "看", "aaaaaaaaaaaa", "      "] {
            let page = try browser.get("/households/\(household)")
            let answer = try browser.submit(page, "/households/\(household)/disclosure", ["reason": reason])
            #expect(answer.status >= 400, "\(reason)")
        }
        try expectMasked(&browser)
    }

    @Test func whoAsksSeesThatHouseholdAloneAndTheLogKnows() throws {
        var clerk = try ConsoleBrowser.signedIn(server, "li", fullName: "李建国")
        var leader = try ConsoleBrowser.signedIn(server, "chen", role: "leader")
        let page = try clerk.get("/households/\(household)")
        let done = try clerk.submit(page, "/households/\(household)/disclosure", ["reason": Self.reason])
        #expect(done.status == 303 && done.location == "/households/\(household)")
        let shown = try clerk.follow(done)
        for secret in [Self.number, Self.account, Self.illness] { #expect(shown.text.contains(secret)) }
        #expect(shown.words.contains("敏感信息已对您显示"))
        #expect(try clerk.get("/records/\(member)").text.contains(Self.number))
        #expect(!(try clerk.get("/households/\(other)").text.contains("440524188001010014")))
        try expectMasked(&leader)

        let views = try leader.json("/households/\(household)/views")
        #expect(views["disclosures"][0]["account"].string == "li")
        #expect(views["disclosures"][0]["reason"].string == Self.reason)
        #expect(views["views"].array.contains { $0["account"].string == "li" && $0["page"].string == "household" })
        #expect(try clerk.get("/households/\(household)/views").status == 403)

        let list = try server.command("disclosures").json
        #expect(list["count"].int == 1 && list["disclosures"][0]["person"].string == "李建国")
        #expect(try server.command("disclosures", "--account", "wang").json["count"].int == 0)
        #expect(try server.command("disclosures", "--to", "2020-01-01").json["count"].int == 0)
        #expect(try server.command("audit", "verify").json["sound"].bool == true)
        let log = try String(contentsOf: server.folder.appending(path: "serve.log"), encoding: .utf8)
        for secret in [Self.number, Self.account, Self.illness] { #expect(!log.contains(secret)) }
    }

    @Test func nobodyMakesADisclosureByHand() throws {
        let made = try server.command("new", "disclosure", "account=li", "household=\(household)")
        #expect(made.code == 65)
    }

    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func aDisclosureEndsAfterFifteenMinutes() throws {
        func serve(at time: String) throws -> ConsoleBrowser {
            server.stop()
            server.program.environment.merge(WrongClock.environment("@2027-03-01 \(time)")) { $1 }
            try server.start()
            var browser = ConsoleBrowser(server)
            _ = try browser.signIn("li")
            return browser
        }
        var browser = try ConsoleBrowser.signedIn(server, "li")
        browser = try serve(at: "09:00:00")
        let page = try browser.get("/households/\(household)")
        _ = try browser.submit(page, "/households/\(household)/disclosure", ["reason": Self.reason])
        browser = try serve(at: "09:14:00")
        #expect(try browser.get("/households/\(household)").text.contains(Self.number))
        browser = try serve(at: "09:15:30")
        try expectMasked(&browser)
    }

    @Test func aNumberIsFoundAsAWholeAndGoesIntoNoAddress() throws {
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households")
        let found = try browser.submit(page, "/find", ["text": Self.number])
        #expect(found.status == 303 && found.location == "/households/\(household)")
        #expect(try browser.get("/find?text=\(Self.number)").status >= 400)
        // A part of what is masked finds nobody.
        let part = try browser.submit(page, "/find", ["text": "19491231"])
        #expect(try browser.follow(part).words.contains("没有"))
        #expect(try browser.json("/households?text=19491231")["households"].array.isEmpty)
        #expect(try browser.json("/households?text=zs")["households"][0]["id"].string == household)
        #expect(try browser.get("/find?text=%E6%9D%8E%E5%9B%9B").location == "/households/\(other)")
    }
}

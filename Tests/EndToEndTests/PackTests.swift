import Foundation
import ProgramRunner
import Testing

/// A policy from the district to a village: signed, trusted, taken in, trained, activated, synced, calculated with.
@Suite struct PackTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let couple = """
        {"residence": "rural", "members": [{"id": "1", "birth_date": "1980-03-02"}, {"id": "2", "birth_date": "1982-01-01"}],
         "incomes": [{"member": "1", "type": "20", "amount": "9600.00", "period": "year"}]}
        """

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    /// The successor of the included pack: from 2025-09-05, another standard from 2026-04-01 on.
    private func successor(version: Int = 2) throws -> String {
        let shown = try server.command("pack", "show", "370404-2020-14@1")
        var content = try #require(shown.json["content"].value as? [String: Any])
        content["version"] = version
        content["from"] = "2025-09-05"
        content["until"] = "2030-09-04"
        var parameters = try #require(content["parameters"] as? [[String: Any]])
        for index in parameters.indices where parameters[index]["name"] as? String == "dibao.standard.rural" {
            var next = parameters[index]
            parameters[index]["value"] = "585.00"
            parameters[index]["until"] = "2026-04-14"
            next["value"] = "632.00"
            next["from"] = "2026-04-15"
            parameters.append(next)
            break
        }
        content["parameters"] = parameters
        content["notice"] = ["step": "notice", "rule": "10d", "starts": "posted", "stops": "removed", "demo": true]
        content["hotline"] = ["number": "0632-1234567", "demo": true]
        content["calendar"] = [["day": "2027-01-01", "name": "元旦"]]
        let file = path("pack-\(version).json")
        try JSONSerialization.data(withJSONObject: content).write(to: URL(filePath: file))
        return file
    }

    /// Signs with the district's key and gives the signed file.
    private func sign(_ file: String) throws -> String {
        let signed = file + ".signed"
        let outcome = try server.command("pack", "sign", file, "--key", path("district.key"), "--out", signed)
        guard outcome.code == 0 else { throw ProgramFailure("sign: \(outcome.text)") }
        return signed
    }

    private func districtKey() throws -> String {
        try #require(try server.command("pack", "key", path("district.key")).json["publicKey"].string)
    }

    private func code(_ outcome: Program.Outcome) -> Int? { outcome.json["error"]["code"].int }

    private func amount(_ station: VillageStation, _ day: String) throws -> Int? {
        let outcome = try station.run("calculate", "-", "dibao", "--on", day, input: couple)
        return outcome.json["amountFen"].int
    }

    @Test func aPackReachesEveryVillageAndGovernsFromItsDayAfterTheTraining() throws {
        try server.start()
        let early = try server.station("early", village: "370404101201", staff: "王秀英")
        try early.sync()
        let key = try districtKey()
        #expect(try server.command("pack", "trust", key).code == 0)
        let taken = try server.command("pack", "import", try sign(try successor()))
        #expect(taken.code == 0, "\(taken.text)")
        #expect(taken.json["pack"].string == "370404-2020-14@2")
        try early.sync()
        #expect(try early.run("list", "policy_pack").json["count"].int == 1)
        // Not active: the ended one governs on.
        #expect(try amount(early, "2026-04-14") == 32_000)

        let untrained = try server.command("pack", "activate", "370404-2020-14@2")
        #expect(untrained.code == 77 && code(untrained) == 2046)
        // What a village writes for itself is no training of the township.
        _ = try early.new("training", "pack=370404-2020-14@2", "held_on=2020-09-01", "attendees=王秀英")
        try early.sync()
        #expect(code(try server.command("pack", "activate", "370404-2020-14@2")) == 2046)
        let held = try server.command(
            "pack", "train", "370404-2020-14@2", "--held", "2020-09-01", "--attendee", "王秀英", "--attendee", "李建国")
        #expect(held.code == 0, "\(held.text)")
        let active = try server.command("pack", "activate", "370404-2020-14@2", "--author", "陈主任")
        #expect(active.code == 0, "\(active.text)")
        #expect(active.json["training"].string == held.json["training"].string)
        #expect(active.json["overrideReason"].isNull)

        try early.sync()
        let late = try server.station("late", village: "370404101202", staff: "李建国")
        try late.sync()
        for station in [early, late] {
            #expect(try amount(station, "2025-09-04") == 32_000)
            #expect(try amount(station, "2026-04-14") == 37_000)
            #expect(try amount(station, "2026-04-15") == 46_400)
            let named = try station.run(
                "calculate", "-", "dibao", "--on", "2026-04-15", "--pack", "370404-2020-14@1", input: couple)
            #expect(named.json["amountFen"].int == 32_000)
            #expect(named.json["findings"].array.contains { $0["zh"].string?.contains("已于 2025-09-04 到期") == true })
            let status = try station.run("status").json
            let scopes = try server.command("status").json["scopes"].array
            let own = try #require(status["scopes"][0]["scope"].string)
            let theirs = scopes.first { $0["scope"].string == own }
            #expect(theirs == nil || theirs?["digest"].string == status["scopes"][0]["digest"].string)
        }
        let packs = try server.command("pack", "list").json["packs"].array
        #expect(packs.map { $0["active"].bool } == [true, true])
        #expect(packs[1]["activatedBy"].string == "陈主任")
    }

    /// A case whose result may be posted.
    private func approved(at station: VillageStation) throws -> String {
        let household = try station.new("household", "number=001")
        _ = try station.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        let id = try #require(try station.run("apply", household, "dibao", "--signer", "张三").json["id"].string)
        _ = try station.new("visit", "household=\(household)", "when=2026-11-20", "surveyors=李建国,王秀英")
        try station.sync()
        func desk(_ arguments: String...) throws {
            let outcome = try server.program.run(arguments + ["--json"])
            #expect(outcome.code == 0, "\(arguments): \(outcome.text)")
        }
        for step in ["authorise", "prepare"] { try desk("case", "move", id, step) }
        try desk("check", "request", path("requests"))
        try desk("check", "simulate", path("requests"), path("reports"))
        try desk("check", "import", path("reports"))
        for step in ["accept", "review"] { try desk("case", "move", id, step) }
        try desk("case", "decide", id, "approved", "--basis", "年收入低于标准", "--signatory", "陈")
        try desk("case", "move", id, "approve", "--role", "leader")
        return id
    }

    @Test func thePackSetsTheLengthAndHotlineOfNoticesAndBringsTheNextYearsHolidays() throws {
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        #expect(try server.command("pack", "trust", try districtKey()).code == 0)
        #expect(try server.command("pack", "import", try sign(try successor())).code == 0)
        let id = try approved(at: station)
        func notice() throws -> JSON {
            let issued = try server.command("notice", id, "publicity", "--place", "公开栏")
            #expect(issued.code == 0, "\(issued.text)")
            return try server.command("show", try #require(issued.json["id"].string)).json["fields"]
        }
        func due(_ from: String, _ term: String) throws -> Program.Outcome { try station.run("deadline", from, term) }
        let before = try notice()
        let from = try #require(before["from"].string)
        #expect(before["hotline"].string == "0632-0000000")
        #expect(try before["to"].string == due(from, "7d").json["due"].string)
        #expect(code(try due("2026-12-31", "1wd")) == 2030)

        #expect(try server.command("pack", "activate", "370404-2020-14@2", "--override", "演练").code == 0)
        try station.sync()
        let after = try notice()
        #expect(after["hotline"].string == "0632-1234567")
        #expect(try after["to"].string == due(from, "10d").json["due"].string)
        #expect(try due("2026-12-31", "1wd").json["due"].string == "2027-01-04")
    }

    @Test func onlyATrustedAndUnchangedPackIsTakenInAndOnce() throws {
        let signed = try sign(successorAfterKey())
        let untrusted = try server.command("pack", "import", signed)
        #expect(untrusted.code == 77 && code(untrusted) == 2045)
        #expect(try server.command("pack", "trust", try districtKey()).code == 0)
        let text = try String(contentsOfFile: signed, encoding: .utf8)
        #expect(text.contains("585.00"))
        let forged = path("forged")
        try text.replacingOccurrences(of: "585.00", with: "985.00").write(
            toFile: forged, atomically: true, encoding: .utf8)
        #expect(code(try server.command("pack", "import", forged)) == 2045)
        #expect(try server.command("pack", "import", signed).code == 0)
        #expect(code(try server.command("pack", "import", signed)) == 2044)
        #expect(code(try server.command("pack", "import", "/etc/hostname")) == 1006)
        #expect(code(try server.command("pack", "activate", "370404-2020-14@9")) == 2043)
        #expect(code(try server.command("pack", "trust", "abc")) == 2003)
    }

    private func successorAfterKey() throws -> String {
        _ = try districtKey()
        return try successor()
    }

    @Test func theReasonForActivatingWithoutTrainingIsKept() throws {
        #expect(try server.command("pack", "trust", try districtKey()).code == 0)
        #expect(try server.command("pack", "import", try sign(try successor())).code == 0)
        let active = try server.command("pack", "activate", "370404-2020-14@2", "--override", "汛期应急，培训后补")
        #expect(active.code == 0)
        #expect(active.json["overrideReason"].string == "汛期应急，培训后补")
        let record = try #require(active.json["record"].string)
        let history = try server.command("history", record).json["entries"].array
        #expect(history.contains { $0["reason"].string == "汛期应急，培训后补" })
        #expect(try server.command("pack", "list").json["packs"][1]["overrideReason"].string == "汛期应急，培训后补")
        #expect(code(try server.command("pack", "activate", "370404-2020-14@2", "--override", "再来")) == 2024)
    }

    @Test func whatIsWrongInAPackIsListedAndItIsNotSigned() throws {
        _ = try districtKey()
        let file = try successor()
        let wrong = try String(contentsOfFile: file, encoding: .utf8)
            .replacingOccurrences(of: "\"585.00\"", with: "585").replacingOccurrences(of: "24h", with: "24 hours")
        try wrong.write(toFile: file, atomically: true, encoding: .utf8)
        let outcome = try server.command("pack", "sign", file, "--key", path("district.key"), "--out", path("out"))
        #expect(outcome.code == 65 && code(outcome) == 2042)
        #expect(outcome.json["findings"].array.count == 2)
        #expect(!FileManager.default.fileExists(atPath: path("out")))
    }

    @Test func aStationCannotWritePolicy() throws {
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        for arguments in [["new", "policy_pack", "pack=x@1"], ["new", "district_key", "key=aa"]] {
            let outcome = try station.run(arguments)
            #expect(outcome.code == 65 && code(outcome) == 2007)
        }
    }

    @Test func theTownshipCalculatesAsTheVillageDoesAndAsOfThen() throws {
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        let household = try station.new("household", "number=001")
        _ = try station.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        try station.sync()
        let seq = try #require(try server.command("status").json["seq"].int)
        let before = try server.command("calculate", household, "dibao", "--on", "2021-03-01")
        #expect(before.code == 0, "\(before.text)")
        _ = try station.new(
            "income_item", "household=\(household)", "type=41", "amount_fen=30000", "period=month")
        try station.sync()
        let here = try station.run("calculate", household, "dibao", "--on", "2021-03-01")
        let there = try server.command("calculate", household, "dibao", "--on", "2021-03-01")
        #expect(here.output == there.output)
        #expect(there.json["amountFen"].int != before.json["amountFen"].int)
        let again = try server.command(
            "calculate", household, "dibao", "--on", "2021-03-01", "--as-of", "\(seq)")
        #expect(again.output == before.output)
    }

    @Test func whatIsInAnOpenConflictIsTold() throws {
        try server.start()
        let one = try server.station("one", village: "370404101201", staff: "王秀英")
        let two = try server.station("two", village: "370404101201", staff: "李建国")
        let household = try one.new("household", "number=001")
        let member = try one.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        try one.sync()
        try two.sync()
        for (station, ability) in [(one, "none"), (two, "partial")] {
            #expect(try station.run("edit", member, "labour_ability=\(ability)").code == 0)
        }
        for station in [one, two, one] { try station.sync() }
        func conflicts(_ outcome: Program.Outcome) -> Int {
            outcome.json["findings"].array.count { $0["field"].string == "member \(member)" }
        }
        #expect(conflicts(try one.run("calculate", household, "dibao", "--on", "2021-03-01")) == 1)
        #expect(conflicts(try server.command("calculate", household, "dibao", "--on", "2021-03-01")) == 1)
    }

    @Test func aKeptCalculationIsCalculatedAgainByTheAuditor() throws {
        let station = VillageStation(in: folder.url, name: "nowhere")
        let kept = try station.run("calculate", "-", "dibao", "--on", "2021-03-01", input: couple)
        let same = try server.program.run(["audit", "calculation", "-", "--json"], input: kept.text)
        #expect(same.code == 0 && same.json["same"].bool == true, "\(same.text)")
        let paid = kept.text.replacingOccurrences(of: "\"amountFen\":32000", with: "\"amountFen\":92000")
        let changed = try server.program.run(["audit", "calculation", "-", "--json"], input: paid)
        #expect(changed.code == 65)
        #expect(changed.json["differs"].strings == ["amountFen"])
        let facts = kept.text.replacingOccurrences(of: "9600.00", with: "1200.00")
        let other = try server.program.run(["audit", "calculation", "-", "--json"], input: facts)
        #expect(other.json["differs"].strings.contains("inputsHash"))
    }

    @Test func aPackUnderAKeyThatIsTrustedNoMoreIsNotUsed() throws {
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        let key = try districtKey()
        #expect(try server.command("pack", "trust", key).code == 0)
        #expect(try server.command("pack", "import", try sign(try successor())).code == 0)
        #expect(try server.command("pack", "activate", "370404-2020-14@2", "--override", "试").code == 0)
        try station.sync()
        #expect(try amount(station, "2026-04-15") == 46_400)
        #expect(code(try server.command("pack", "trust", key, "--withdraw")) == 2019)
        #expect(try server.command("pack", "trust", key, "--withdraw", "--reason", "密钥遗失").code == 0)
        try station.sync()
        #expect(try amount(station, "2026-04-15") == 32_000)
        #expect(try server.command("pack", "list").json["packs"][1]["active"].bool == false)
        #expect(try server.command("nightly").json["policy"].array.count == 2)
    }
}

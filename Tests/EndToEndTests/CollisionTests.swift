import Foundation
import ProgramRunner
import Testing

/// The ten collisions of DOMAIN section 7: two stations and the township, with the outcome that people want. Numbers 2 and
/// 9, which need a case that is posted, are in the extension.
@Suite struct CollisionTests {
    let folder: TemporaryFolder
    let server: TownshipServer
    let a: VillageStation
    let b: VillageStation
    let household: String
    let member: String
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        a = try server.station("a", village: Self.village, staff: "王秀英")
        b = try server.station("b", village: Self.village, staff: "李建国")
        household = try a.new("household", "number=001", "address=一组", "hukou_type=20")
        member = try a.new(
            "member", "household=\(household)", "name=张三", "id_number=11010519491231002X", "relation=02")
        try everywhere()
    }

    func everywhere() throws {
        try a.sync()
        try b.sync()
        try a.sync()
    }

    func edit(_ station: VillageStation, _ id: String, _ fields: String...) throws {
        let edited = try station.run(["edit", id] + fields)
        #expect(edited.code == 0, "\(edited.text) \(edited.errors)")
    }

    private func conflicts() throws -> [JSON] { try server.command("conflicts").json["conflicts"].array }

    private func resolve(_ conflict: JSON, _ take: String) throws {
        let id = try #require(conflict["id"].string)
        let resolved = try server.command("resolve", id, "--take", take, "--reason", "入户核实")
        #expect(resolved.code == 0, "\(resolved.text) \(resolved.errors)")
    }

    private func fields(_ id: String) throws -> JSON { try server.command("show", id).json["fields"] }

    private func calculate(_ more: String...) throws -> JSON {
        let result = try server.program.run(["calculate", household, "dibao", "--json"] + more)
        #expect(result.code == 0, "\(result.text)")
        return result.json
    }

    func agree() throws {
        try everywhere()
        for station in [a, b] {
            let synced = try station.sync()
            let theirs = try server.command("status").json["scopes"].array.first {
                $0["scope"].string == Self.village
            }
            #expect(theirs?["digest"].string == synced["digest"].string)
        }
        #expect(try server.command("nightly").json["sound"].bool == true)
    }

    // MARK: - 1, 5, 6, 7: what two people found

    @Test func twoIncomesOfOneVisitDayAreForAPersonAndBothVisitsAreKept() throws {
        for (station, amount) in [(a, 40_000), (b, 90_000)] {
            _ = try station.new(
                "visit", "household=\(household)", "when=2026-11-20T09:00:00+08:00", "surveyors=王秀英,李建国")
            _ = try station.new(
                "income_item", "member=\(member)", "type=10", "amount_fen=\(amount)", "period=month")
        }
        try agree()
        #expect(try server.command("list", "visit").json["count"].int == 2)
        let items = try server.command("list", "income_item").json["records"].array
        #expect(items.count == 1, "one wage, on record once")
        #expect(items[0]["fields"]["amount_fen"].int == 40_000, "what stood stands until somebody decides")
        let conflict = try #require(try conflicts().first)
        #expect(Set([conflict["mine"][0].int, conflict["theirs"][0].int]) == [40_000, 90_000])
        // Whoever calculates meanwhile is told.
        #expect(
            try calculate("--on", "2021-03-01")["findings"].array.contains {
                $0["en"].string?.contains("conflict") == true
            })
        try resolve(conflict, "mine")
        try agree()
        #expect(try conflicts().isEmpty)
        #expect(try server.command("list", "income_item").json["records"][0]["fields"]["amount_fen"].int == 90_000)
    }

    @Test func theNewbornAndTheReturnedDaughterBothCount() throws {
        let daughter = try a.new(
            "member", "household=\(household)", "name=张小妹", "id_number=37040420100303003X", "in_household=false",
            "in_household_reason=随母外出")
        try everywhere()
        let before = try calculate("--on", "2026-11-25")
        _ = try a.new("member", "household=\(household)", "name=张小宝", "id_number=370404202611010010", "relation=20")
        try edit(b, daughter, "in_household=true", "in_household_reason=返回")
        try agree()
        #expect(try conflicts().isEmpty)
        let after = try calculate("--on", "2026-11-25")
        func size(_ result: JSON) -> String? {
            result["lines"].array.first { $0["code"].string == "household.size" }?["en"].string
        }
        #expect(size(before)?.hasPrefix("1 ") == true && size(after)?.hasPrefix("3 ") == true)
        #expect(try #require(after["amountFen"].int) > (try #require(before["amountFen"].int)))
    }

    @Test(arguments: [true, false]) func aSonWhoLeavesWhileHisWagesChangeIsForAPerson(removalFirst: Bool) throws {
        let son = try a.new("member", "household=\(household)", "name=张强", "id_number=370404198001010014")
        let wage = try a.new("income_item", "member=\(son)", "type=10", "amount_fen=100000", "period=month")
        try everywhere()
        try edit(a, son, "in_household=false", "in_household_reason=分户")
        try edit(b, wage, "amount_fen=110000")
        try (removalFirst ? a : b).sync()
        try (removalFirst ? b : a).sync()
        try agree()
        let conflict = try #require(try conflicts().first)
        #expect(try conflicts().count == 1)
        #expect(conflict["record"].string == son && conflict["field"].string == "in_household")
        #expect(try fields(wage)["amount_fen"].int == 110_000, "the wage stays on his record")
        #expect(try fields(wage)["member"].string == son)
        // The clerk finds that he has left; his wage is no longer counted here.
        try resolve(conflict, #"[false, "分户"]"#)
        try agree()
        #expect(try conflicts().isEmpty)
        #expect(try fields(son)["in_household"].bool == false && fields(wage)["amount_fen"].int == 110_000)
    }

    @Test func oneCarByItsPlateAndTheExemptionIsKept() throws {
        let car = try a.new(
            "property_item", "household=\(household)", "type=vehicle", "plate=鲁D12345", "value_fen=3000000")
        try a.sync()
        let exempt = try server.command("edit", car, "exemption=02", "--reason", "残疾康复必需")
        #expect(exempt.code == 0, "\(exempt.text)")
        // The other assistant has not synced since, and records the same car.
        let again = try b.new(
            "property_item", "household=\(household)", "type=vehicle", "plate=鲁D12345", "value_fen=3000000",
            "exemption=00")
        try agree()
        let listed = try server.command("list", "property_item").json["records"].array
        #expect(listed.count == 1 && listed[0]["fields"]["exemption"].string == "02")
        #expect(try [car, again].contains { try fields($0)["alias_of"].string != nil })
        #expect(try calculate("--on", "2021-03-01")["input"]["properties"].array.count == 1)
        #expect(try b.run("list", "property_item").json["count"].int == 1)
    }

    // MARK: - 3: the same household twice

    @Test func aHouseholdMadeTwiceOfflineIsProposedAndMergedByAClerk() throws {
        let identity = "370404196005050057"
        let both = try [a, b].map { station in
            let id = try station.new("household", "number=009")
            _ = try station.new("member", "household=\(id)", "name=赵老五", "id_number=\(identity)", "relation=02")
            return id
        }
        try everywhere()
        let found = try server.command("duplicates").json["duplicates"].array
        #expect(found.count == 1 && found[0]["rule"].string == "same_household_twice")
        #expect(try server.command("list", "household").json["count"].int == 3, "nothing is merged by itself")
        let accepted = try server.command(
            "duplicate", "accept", try #require(found[0]["id"].string), "--keep", both[0], "--reason", "同一户")
        #expect(accepted.code == 0, "\(accepted.text)")
        try agree()
        for list in [try server.command("list", "household"), try b.run("list", "household")] {
            #expect(list.json["count"].int == 2)
        }
        #expect(try b.show(both[1])["fields"]["alias_of"].string == both[0])
        #expect(try fields(both[1])["number"].string == "009", "nothing is deleted")
    }

    // MARK: - 4: a new account while the month is being paid

    @Test func aNewAccountWaitsForVerificationAndTheBatchKeepsTheOldOne() throws {
        let account = try a.new(
            "bank_account", "household=\(household)", "kind=折", "number=6222020200112233", "bank=农商行", "holder=张三")
        let id = try #require(
            try a.run("apply", household, "relief_urgent", "--signer", "张三", "--member", member, "--reason", "火灾")
                .json["id"].string)
        try everywhere()
        let planned = try server.command(
            "new", "payment", "application=\(id)", "month=2026-12", "amount_fen=32000", "means=account",
            "state=planned", "account_kind=折", "account_number=6222020200112233", "account_bank=农商行",
            "account_holder=张三")
        #expect(planned.code == 0, "\(planned.text)")
        let payment = try #require(planned.json["id"].string)
        try edit(b, account, "number=6222020200998877", "holder=张四")
        try agree()
        #expect(try fields(account)["number"].string == "6222020200112233", "it waits, though nobody else wrote it")
        #expect(try fields(account)["holder"].string == "张三")
        #expect(try fields(payment)["account_number"].string == "6222020200112233")
        #expect(try server.command("edit", payment, "account_number=6222020200998877").code == 65)
        let conflict = try #require(try conflicts().first)
        #expect(conflict["record"].string == account && conflict["policy"].string == "hr")
        #expect(try b.run("conflicts").json["conflicts"].array.count == 1)
        try resolve(conflict, "mine")
        try agree()
        #expect(try fields(account)["number"].string == "6222020200998877")
        #expect(try fields(payment)["account_number"].string == "6222020200112233", "the line says what it was paid to")
    }

    // MARK: - 8: an expired standard

    @Test func aVisitUnderAnExpiredStandardCountsAndTheDifferenceIsShown() throws {
        let answers = folder.url.appending(path: "answers.json")
        try Data(
            #"""
            {"visited_on": "2026-11-20", "surveyors": ["王秀英", "李建国"], "poverty_causes": ["01"],
             "members": [{"name": "张三", "health": "3", "labour_ability": "none"}], "head": "张三",
             "incomes": [{"income_member": "张三", "income_type": "20", "income_period": "month",
                          "income_amount": "100.00"}]}
            """#.utf8
        ).write(to: answers)
        let done = try b.run("visit", "001", "--answers", answers.path)
        #expect(done.code == 0, "\(done.text) \(done.errors)")
        let told = try #require(done.json["trial"]["amountFen"].int)
        // Meanwhile the district's new standard came into force.
        try activateSuccessor(standard: "632.00")
        try b.sync()
        let visit = try fields(try #require(done.json["id"].string))
        #expect(visit["trial_pack"].string == "370404-2020-14@1" && visit["trial_amount_fen"].int == told)
        let result = try calculate()
        #expect(result["pack"]["version"].int == 2)
        #expect(result["trial"]["pack"].string == "370404-2020-14@1" && result["trial"]["amountFen"].int == told)
        let now = try #require(result["amountFen"].int)
        #expect(now > told && result["trial"]["differenceFen"].int == now - told)
        let text = try server.program.run(["calculate", household, "dibao"]).text
        #expect(text.contains("370404-2020-14@1") && text.contains("370404-2020-14@2"))
    }

    private func activateSuccessor(standard: String) throws {
        func path(_ name: String) -> String { folder.url.appending(path: name).path }
        func done(_ arguments: String...) throws -> JSON {
            let outcome = try server.program.run(arguments + ["--json"])
            #expect(outcome.code == 0, "\(arguments) \(outcome.text)")
            return outcome.json
        }
        var content = try #require(try done("pack", "show", "370404-2020-14@1")["content"].value as? [String: Any])
        content["version"] = 2
        content["from"] = "2025-09-05"
        content["until"] = "2030-09-04"
        var parameters = try #require(content["parameters"] as? [[String: Any]])
        for index in parameters.indices where parameters[index]["name"] as? String == "dibao.standard.rural" {
            parameters[index]["value"] = standard
        }
        content["parameters"] = parameters
        try JSONSerialization.data(withJSONObject: content).write(to: URL(filePath: path("pack.json")))
        let key = try #require(try done("pack", "key", path("district.key"))["publicKey"].string)
        _ = try done("pack", "sign", path("pack.json"), "--key", path("district.key"), "--out", path("signed.json"))
        _ = try done("pack", "trust", key)
        _ = try done("pack", "import", path("signed.json"))
        _ = try done("pack", "activate", "370404-2020-14@2", "--override", "培训后补")
    }

    // MARK: - 10: an authorisation withdrawn while the check runs

    @Test func aWithdrawnAuthorisationWinsOverTheCheckThatRuns() throws {
        let packet = try a.run("apply", household, "dibao", "--signer", "张三", "--member", member).json
        let id = try #require(packet["id"].string)
        try everywhere()
        for step in ["authorise", "prepare"] {
            #expect(try server.command("case", "move", id, step, "--role", "leader").code == 0)
        }
        let (requests, reports) = ("requests.json", "reports.json")
        func path(_ name: String) -> String { folder.url.appending(path: name).path }
        #expect(try server.command("check", "request", path(requests), id).code == 0)
        #expect(try server.command("check", "simulate", path(requests), path(reports)).code == 0)
        try edit(b, try #require(packet["authorisation"].string), "withdrawn=2026-11-20")
        try everywhere()
        let imported = try server.command("check", "import", path(reports))
        #expect(imported.code == 65 && imported.json["imported"].int == 0)
        #expect(imported.json["refused"][0]["error"]["message"].string?.contains("R25") == true)
        #expect(try server.command("list", "check_report").json["count"].int == 0, "nothing rests on it")
        // That it came is on record, once, with the reason, in the village too; what it said is not.
        #expect(try server.command("check", "import", path(reports)).code == 65)
        let kept = try server.command("quarantine").json["reports"].array
        #expect(kept.count == 1 && kept[0]["application"].string == id)
        #expect(kept[0]["reason"].string?.contains("R25") == true)
        try everywhere()
        #expect(try b.run("list", "refused_report").json["records"][0]["fields"]["no"].string == kept[0]["no"].string)
        #expect(try server.command("case", "move", id, "accept", "--role", "leader").code == 65)
        try agree()
    }
}

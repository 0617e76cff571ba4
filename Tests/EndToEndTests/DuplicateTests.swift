import Foundation
import ProgramRunner
import Testing

/// Who is on record twice is found at merge and by night, and decided by a clerk; nothing is deleted.
@Suite struct DuplicateTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let a: VillageStation
    private let b: VillageStation
    private static let zhang = "11010519491231002X"
    private static let li = "370404198001010014"
    private static let wang = "370404196005050057"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        a = try server.station("a", village: "370404101201", staff: "王秀英")
        b = try server.station("b", village: "370404101202", staff: "李建国")
    }

    /// A household with its people, the first being the head.
    private func household(
        _ station: VillageStation, _ number: String, _ people: String...
    ) throws -> (
        id: String, members: [String]
    ) {
        let id = try station.new("household", "number=\(number)")
        let members = try people.enumerated().map { index, identity in
            try station.new(
                "member", "household=\(id)", "name=人\(index)", "id_number=\(identity)",
                "relation=\(index == 0 ? "02" : "10")")
        }
        return (id, members)
    }

    private func open() throws -> [JSON] { try server.command("duplicates").json["duplicates"].array }

    private func ids(_ duplicate: JSON) -> [String] { duplicate["records"].array.compactMap { $0["id"].string } }

    private func decide(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(["duplicate"] + arguments + ["--reason", "经核实", "--json"])
        #expect(outcome.code == 0, "\(arguments): \(outcome.text) \(outcome.errors)")
        return outcome.json
    }

    private func agree() throws {
        for station in [a, b] {
            let synced = try station.sync()
            let scope = station.name == "a" ? "370404101201" : "370404101202"
            let theirs = try server.command("status").json["scopes"].array.first { $0["scope"].string == scope }
            #expect(theirs?["digest"].string == synced["digest"].string)
        }
        #expect(try server.command("nightly").json["sound"].bool == true)
    }

    /// A death does not go out of sight with the record it was typed on (R22).
    @Test func whoDiedOnOneOfTwoRecordsHasDied() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        let second = try household(b, "007", Self.wang, Self.li)
        _ = try a.run("edit", first.members[1], "death_date=2026-11-01")
        try a.sync()
        try b.sync()
        let id = try #require(try open().first?["id"].string)
        _ = try decide("accept", id, "--keep", second.members[1])
        #expect(try server.command("show", second.members[1]).json["fields"]["death_date"].string == "2026-11-01")
    }

    /// What is deleted is on record once: nobody has to decide it.
    @Test func aPairIsGoneWithTheDeletionOfOneOfThem() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        _ = try household(b, "007", Self.zhang, Self.li)
        try a.sync()
        try b.sync()
        #expect(try open().map { $0["rule"].string } == ["same_household_twice"])
        _ = try a.run("delete", first.id, "--reason", "重复登记")
        try a.sync()
        #expect(try open().isEmpty)
        _ = try server.command("undelete", first.id, "--reason", "并非重复")
        _ = try server.command("nightly")
        #expect(try open().map { $0["rule"].string } == ["same_household_twice"])
    }

    @Test func aPairOfHouseholdsIsGoneWhenANumberIsCorrected() throws {
        let first = try household(a, "001", Self.zhang)
        _ = try household(b, "007", Self.zhang)
        try a.sync()
        try b.sync()
        #expect(try !open().isEmpty)
        _ = try a.run("edit", first.members[0], "id_number=\(Self.wang)")
        try a.sync()
        #expect(try open().isEmpty)
    }

    /// Nor does a difference of which nobody has decided.
    @Test func aRecordWithAnOpenConflictIsNotMergedAway() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        let other = try server.station("c", village: "370404101201", staff: "孙立新")
        let second = try household(b, "007", Self.wang, Self.li)
        for station in [a, other, b] { try station.sync() }
        _ = try a.run("edit", first.members[1], "name=李一")
        _ = try other.run("edit", first.members[1], "name=李二")
        for station in [a, other] { try station.sync() }
        let id = try #require(try open().first?["id"].string)
        let refused = try server.program.run(
            ["duplicate", "accept", id, "--keep", second.members[1], "--reason", "同一人", "--json"])
        #expect(refused.code == 65 && refused.errors.contains("conflict") || refused.text.contains("conflict"))
        _ = try decide("accept", id, "--keep", first.members[1])
    }

    @Test func aPersonInTwoVillagesIsProposedWhenTheSecondArrives() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        let second = try household(b, "007", Self.wang, Self.li)
        try a.sync()
        #expect(try open().isEmpty)
        try b.sync()
        let found = try #require(try open().first)
        #expect(try open().count == 1)
        #expect(found["rule"].string == "same_person_two_villages" && found["state"].string == "open")
        #expect(Set(ids(found)) == [first.members[1], second.members[1]])
        // Both are as they were, and a village hears of it.
        #expect(try b.show(second.members[1])["deleted"].bool == false)
        try a.sync()
        #expect(try a.run("list", "duplicate").json["count"].int == 1)
        let id = try #require(found["id"].string)
        #expect(try a.show(first.members[1])["duplicates"].strings == [id])
        #expect(try server.command("show", second.members[1]).json["duplicates"].strings == [id])
        #expect(try a.show(first.members[0])["duplicates"].array.isEmpty)
        try agree()
        #expect(try open().count == 1)
    }

    @Test func aHouseholdTwiceIsOneMatterAndNotOnePerPerson() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        let second = try household(b, "001", Self.zhang, Self.li)
        try a.sync()
        try b.sync()
        let found = try open()
        #expect(found.count == 1 && found[0]["rule"].string == "same_household_twice")
        #expect(Set(ids(found[0])) == [first.id, second.id])
    }

    @Test func theOneThatIsNotKeptBecomesAnAliasAndItsFactsCountForTheOther() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        let second = try household(b, "001", Self.zhang, Self.li)
        _ = try a.new(
            "income_item", "member=\(first.members[0])", "type=10", "amount_fen=40000", "period=month")
        let same = try b.new(
            "income_item", "member=\(second.members[0])", "type=10", "amount_fen=90000", "period=month")
        _ = try b.new(
            "income_item", "member=\(second.members[1])", "type=20", "amount_fen=10000", "period=month")
        try a.sync()
        try b.sync()
        let duplicate = try #require(try open().first?["id"].string)
        let merged = try decide("accept", duplicate, "--keep", first.id)
        #expect(merged["state"].string == "merged")
        #expect(Set(merged["records"].strings) == Set([second.id, same] + second.members))
        #expect(merged["differing"][0]["fields"].strings == ["amount_fen"])
        let result = try server.command("calculate", first.id, "dibao", "--on", "2021-03-01").json
        // Two people, the wages once and the business of the other record's person: 4800 less job costs, and 1200.
        #expect(result["input"]["members"].array.count == 2)
        let annual = result["lines"].array.first { $0["code"].string == "income.annual" }
        #expect(annual?["amount"].string == "5040.00", "\(result)")
        // A case that was opened below the alias is calculated with the same people.
        let seq = try #require(merged["seq"].int)
        for asOf in [[], ["--as-of", "\(seq)"]] {
            let other = try server.program.run(
                ["calculate", second.id, "dibao", "--on", "2021-03-01", "--json"] + asOf)
            #expect(other.json["inputsHash"].string == result["inputsHash"].string, "\(other.text)")
        }
        let then = try server.command(
            "calculate", second.id, "dibao", "--on", "2021-03-01", "--as-of", "\(seq - 1)"
        ).json["input"]
        #expect(then["incomes"].array.count == 2, "before the merge it stood for itself")
        #expect(try open().isEmpty)
        // Listed once; what points to the alias is there still, and nothing is deleted.
        #expect(try server.command("list", "household").json["count"].int == 1)
        try agree()
        let shown = try b.show(second.id)
        #expect(shown["fields"]["alias_of"].string == first.id && shown["deleted"].bool == false)
        // The assistant who knows only the alias reports a death: it is the person's.
        #expect(try b.run("edit", second.members[1], "death_date=2026-11-20").code == 0)
        try b.sync()
        #expect(
            try server.command("show", first.members[1]).json["fields"]["death_date"].string == "2026-11-20")
        let parted = try decide("reopen", duplicate)
        #expect(parted["state"].string == "open" && parted["records"].array.count == 4)
        #expect(try server.command("list", "household").json["count"].int == 2)
        try agree()
        #expect(try open().count == 1)
    }

    @Test func whatWasDismissedStaysDismissed() throws {
        _ = try household(a, "001", Self.zhang)
        let second = try household(b, "002", Self.wang, Self.zhang)
        try a.sync()
        try b.sync()
        let id = try #require(try open().first?["id"].string)
        _ = try decide("dismiss", id)
        #expect(try open().isEmpty)
        #expect(try b.run("edit", second.members[1], "relation=20").code == 0)
        try b.sync()
        try agree()
        #expect(try open().isEmpty)
        let all = try server.command("duplicates", "--all").json["duplicates"].array
        #expect(all.count == 1 && all[0]["state"].string == "not_duplicate" && all[0]["reason"].string == "经核实")
        #expect(try server.command("duplicate", "dismiss", id, "--reason", "再次").json["error"]["code"].int == 2024)
    }

    @Test func aCorrectedNumberIsNoDuplicateAnyMore() throws {
        _ = try household(a, "001", Self.zhang)
        let second = try household(b, "002", Self.wang, Self.zhang)
        try a.sync()
        try b.sync()
        #expect(try open().count == 1)
        #expect(try b.run("edit", second.members[1], "id_number=\(Self.li)").code == 0)
        try b.sync()
        #expect(try open().isEmpty)
        #expect(try server.command("duplicates", "--all").json["duplicates"][0]["state"].string == "gone")
    }

    @Test func oneWhoMovedAwayIsNoDuplicateOfHimself() throws {
        let first = try household(a, "001", Self.zhang, Self.li)
        _ = try household(b, "002", Self.li)
        try a.sync()
        try b.sync()
        #expect(try open().count == 1)
        #expect(try a.run("edit", first.members[1], "in_household=false", "in_household_reason=婚嫁").code == 0)
        try a.sync()
        #expect(try open().isEmpty)
    }

    @Test func whatTheDeskRecordsIsFoundAtOnceAndTheNightAddsNothing() throws {
        let first = try household(a, "001", Self.zhang)
        try a.sync()
        // The desk's own records come by no push, and are looked at all the same.
        let made = try server.command("new", "household", "village=370404101202", "number=9").json["id"].string
        let household = try #require(made)
        let member = try server.command(
            "new", "member", "household=\(household)", "name=张三", "id_number=\(Self.zhang)"
        ).json["id"].string
        #expect(try open().count == 1)
        // The one person of both households: the household twice.
        #expect(Set(ids(try open()[0])) == [first.id, household])
        let seq = try server.command("status").json["seq"].int
        #expect(try server.command("nightly").json["duplicates"].array.count == 1)
        #expect(try server.command("status").json["seq"].int == seq, "the night writes nothing")
        #expect(member != nil)
    }

    @Test func duplicatesComeThroughARestore() throws {
        _ = try household(a, "001", Self.zhang)
        try a.sync()
        let backup = folder.url.appending(path: "ruhu.backup").path
        try #require(try server.command("backup", backup).code == 0)
        _ = try household(b, "002", Self.wang, Self.zhang)
        try b.sync()
        let id = try #require(try open().first?["id"].string)
        _ = try decide("dismiss", id)
        try a.sync()
        try b.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        for _ in 0..<3 {
            _ = try b.run("sync")
            _ = try a.run("sync")
        }
        let all = try server.command("duplicates", "--all").json["duplicates"].array
        #expect(all.compactMap { $0["id"].string } == [id])
        #expect(try server.command("quarantine").json["sets"].array.isEmpty)
        #expect(try server.command("nightly").json["sound"].bool == true)
    }

    @Test func whatCannotBeMergedIsRefusedWithItsReason() throws {
        let first = try household(a, "001", Self.zhang)
        _ = try household(b, "002", Self.wang, Self.zhang)
        try a.sync()
        try b.sync()
        let id = try #require(try open().first?["id"].string)
        func code(_ arguments: String...) throws -> Int? {
            let outcome = try server.program.run(["duplicate"] + arguments + ["--json"])
            #expect(outcome.code == 65, "\(outcome.text)")
            return outcome.json["error"]["code"].int
        }
        #expect(try code("accept", id, "--keep", first.id, "--reason", "核") == 2003)
        #expect(try code("accept", first.id, "--keep", first.id, "--reason", "核") == 2009)
        #expect(try code("reopen", id, "--reason", "核") == 2024)
    }
}

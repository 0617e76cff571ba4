import Foundation
import ProgramRunner
import Testing

/// The main job with the built programs on loopback: capture offline, sync, merge.
@Suite struct SyncTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private static let village = "370404101201"
    private static let otherVillage = "370404101202"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private func pair() throws -> (VillageStation, VillageStation) {
        (
            try server.station("a", village: Self.village, staff: "王秀英"),
            try server.station("b", village: Self.village, staff: "李建国")
        )
    }

    @Test func whatIsTypedWithoutASignalReachesTheTownshipAndTheOtherStation() throws {
        let (a, b) = try pair()
        server.stop()
        let household = try a.new("household", "number=001", "address=阴平镇一组", "phones=13812345678")
        let member = try a.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        #expect(try a.show(household)["seq"].int == 0)
        #expect(try a.run("sync").code == 69)
        try server.start()
        let synced = try a.sync()
        #expect(synced["outcome"].string == "complete")
        #expect(synced["pushed"]["sets"].int == 2)
        try b.sync()
        let shown = try b.show(member)
        #expect(shown["fields"]["name"].string == "张三")
        #expect(shown["fields"]["birth_date"].string == "1949-12-31")
        #expect(shown["scope"].string == Self.village)
        #expect(try server.command("show", member).json["fields"]["name"].string == "张三")
        try expectEqualDigests([a, b])
    }

    @Test func aSyncWithNothingToDoChangesNothing() throws {
        let (a, _) = try pair()
        _ = try a.new("household", "number=001")
        let first = try a.sync()
        let second = try a.sync()
        #expect(second["pushed"]["sets"].int == 0)
        #expect(second["pulled"]["records"].int == 0)
        #expect(second["cursor"].int == first["cursor"].int)
        #expect(second["digest"].string == first["digest"].string)
    }

    /// A village's line is 2G: "nothing has happened" is said in a request and an answer of a few hundred bytes.
    @Test func aSyncWithNothingToDoIsOneShortExchange() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        try a.sync()
        for _ in 0..<3 {
            let idle = try a.sync()
            #expect(idle["outcome"].string == "complete")
            let bytes = (idle["bytes"]["sent"].int ?? .max, idle["bytes"]["received"].int ?? .max)
            #expect(bytes.0 + bytes.1 <= 700, "\(bytes.0) up, \(bytes.1) down")
        }
        try b.sync()
        let note = try b.new("note", "household=\(household)", "text=来过")
        try b.sync()
        let news = try a.sync()
        #expect(news["pulled"]["records"].int == 1)
        #expect(try a.show(note)["fields"]["text"].string == "来过")
        #expect(try a.sync()["cursor"].int == news["cursor"].int)
        try expectEqualDigests([a, b])
    }

    @Test func concurrentBankAccountsOpenAConflictAndTheDeskDecides() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        let account = try a.new(
            "bank_account", "household=\(household)", "kind=折", "number=6222020200112233445", "bank=农商行")
        try a.sync()
        try b.sync()
        #expect(try a.run("edit", account, "number=6222020200112233446").code == 0)
        #expect(try b.run("edit", account, "number=6222020200112233447").code == 0)
        try a.sync()
        let synced = try b.sync()
        #expect(synced["pushed"]["conflicted"].int == 1)
        let conflict = try server.command("conflicts").json["conflicts"][0]
        #expect(conflict["policy"].string == "hr")
        #expect(conflict["state"].string == "open")
        #expect(conflict["authors"].strings.count == 3)
        #expect(try b.show(account)["conflicts"].strings == [try #require(conflict["id"].string)])
        #expect(
            try server.command("show", account).json["fields"]["number"].string == "6222020200112233445",
            "an account is changed by the township alone")
        let resolved = try server.command(
            "resolve", try #require(conflict["id"].string), "--take", "mine", "--reason", "核对存折")
        #expect(resolved.code == 0, "\(resolved.text) \(resolved.errors)")
        try a.sync()
        try b.sync()
        #expect(try a.show(account)["fields"]["number"].string == "6222020200112233447")
        #expect(try a.run("conflicts").json["conflicts"].array.isEmpty)
        #expect(try server.command("conflicts", "--all").json["conflicts"][0]["state"].string == "resolved")
        try expectEqualDigests([a, b])
    }

    @Test func bothPhonesStayAndTheLaterAddressStands() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001", "address=旧址")
        try a.sync()
        try b.sync()
        _ = try a.run("edit", household, "address=一组", "phones+=13811111111")
        _ = try b.run("edit", household, "address=二组", "phones+=13822222222")
        try b.sync()
        try a.sync()
        try b.sync()
        for station in [a, b] {
            let fields = try station.show(household)["fields"]
            #expect(fields["phones"].strings == ["13811111111", "13822222222"])
            #expect(fields["address"].string == "二组")
        }
        let conflict = try server.command("conflicts").json["conflicts"][0]
        #expect(conflict["field"].string == "address")
        #expect(conflict["standing"].string == "二组")
        #expect(Set([conflict["mine"].string, conflict["theirs"].string]) == ["一组", "二组"])
        try expectEqualDigests([a, b])
    }

    @Test func aStationSeesItsVillageOnlyAndAMovedHouseholdChangesReplicas() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let b = try server.station("b", village: Self.otherVillage, staff: "李建国")
        let household = try a.new("household", "number=001", "address=一组")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try a.sync()
        try b.sync()
        #expect(try b.run("show", household).code == 65)
        #expect(try a.run("edit", household, "village=\(Self.otherVillage)").code == 0)
        #expect(try a.run("edit", member, "name=张三丰").code == 0)
        try a.sync()
        try b.sync()
        #expect(try a.run("show", household).code == 65)
        #expect(try b.show(household)["fields"]["address"].string == "一组")
        #expect(try b.show(member)["fields"]["name"].string == "张三丰")
        try expectEqualDigests([a, b])
    }

    @Test func aRevokedStationIsRefusedAndKeepsItsWork() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        try a.sync()
        let device = try #require(try a.run("status").json["device"].string)
        #expect(try server.command("revoke", device, "--reason", "离岗").code == 0)
        _ = try a.run("edit", household, "address=改过")
        let refused = try a.run("sync")
        #expect(refused.code == 77)
        #expect(refused.json["outcome"].string == "refused" || refused.json["error"]["code"].int != nil)
        #expect(try a.run("outbox").json["sets"].array.contains { $0["state"].string == "pending" })
        try b.sync()
        #expect(try b.show(household)["fields"]["address"].isNull)
    }

    @Test func aSecondWriteOfAFactIsQuarantinedAndCanBeAmendedOrWithdrawn() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        let visit = try a.new("visit", "household=\(household)", "when=2026-11-20T10:00:00+08:00")
        try a.sync()
        try b.sync()
        _ = try a.run("edit", visit, "summary=两人在家")
        _ = try b.run("edit", visit, "summary=无人在家")
        _ = try b.run("edit", household, "address=后面的事照常")
        try a.sync()
        let synced = try b.sync()
        #expect(synced["pushed"]["quarantined"].int == 1)
        #expect(try server.command("show", household).json["fields"]["address"].string == "后面的事照常")
        let refused = try b.run("refused").json["sets"].array
        #expect(refused.count == 1)
        let number = try #require(refused[0]["number"].int)
        #expect(try server.command("quarantine").json["sets"].array.count == 1)
        #expect(try b.show(visit)["fields"]["summary"].string == "两人在家")
        #expect(try b.run("withdraw", "\(number)").code == 0)
        try b.sync()
        #expect(try b.run("refused").json["sets"].array.isEmpty)
        #expect(try server.command("quarantine").json["sets"].array.isEmpty)
        try a.sync()
        try expectEqualDigests([a, b])
    }

    @Test func theSameItemCreatedTwiceBecomesOne() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try a.sync()
        try b.sync()
        let key = ["household=\(household)", "member=\(member)", "type=10", "period=month", "from=2026-01-01"]
        _ = try a.run(["new", "income_item"] + key + ["amount_fen=40000"])
        _ = try b.run(["new", "income_item"] + key + ["amount_fen=90000"])
        try a.sync()
        try b.sync()
        try a.sync()
        for station in [a, b] {
            let items = try station.run("list", "income_item").json["records"].array
            #expect(items.count == 1)
            #expect(items[0]["fields"]["amount_fen"].int == 40000)
            #expect(items[0]["conflicts"].strings.count == 1)
        }
        try expectEqualDigests([a, b])
    }

    @Test func everybodySaysTheSameOfASetThatMetAConflict() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        let heads = try ["张三", "李四"].map { try a.new("member", "household=\(household)", "name=\($0)") }
        try a.sync()
        try b.sync()
        _ = try a.run("edit", household, "head=\(heads[0])")
        _ = try b.run("edit", household, "head=\(heads[1])", "address=二组")
        try a.sync()
        try b.sync()
        try a.sync()
        func outcomes(_ entries: JSON) -> [String?] { entries["entries"].array.map { $0["outcome"].string } }
        let said = outcomes(try server.command("history", household).json)
        #expect(said == ["applied", "applied", "conflicted"])
        for station in [a, b] { #expect(outcomes(try station.run("history", household).json) == said) }
        let conflict = try #require(try server.command("conflicts").json["conflicts"][0]["id"].string)
        #expect(try server.command("resolve", conflict, "--take", "mine", "--reason", "入户核实").code == 0)
        try a.sync()
        #expect(outcomes(try a.run("history", household).json) == said + ["applied"])
    }

    @Test func aSetOverSeveralRecordsIsToldOnceAndAsTheTownshipTellsIt() throws {
        let (a, b) = try pair()
        let c = try server.station("c", village: Self.village, staff: "赵敏")
        let household = try a.new("household", "number=001")
        for station in [a, b, c] { try station.sync() }
        #expect(try a.run("delete", household, "--reason", "误录").code == 0)
        let application = try #require(try b.run("apply", household, "dibao", "--signer", "张三").json["id"].string)
        for station in [a, b, c, a] { try station.sync() }
        let late = try server.station("late", village: Self.village, staff: "孙强")
        try late.sync()
        let conflict = try #require(try server.command("conflicts").json["conflicts"][0]["id"].string)
        for isResolved in [false, true] {
            if isResolved {
                #expect(try server.command("resolve", conflict, "--take", "mine", "--reason", "核实").code == 0)
                for station in [a, b, c, late] { try station.sync() }
            }
            let said = try outcomes(server.command("history", application).json)
            #expect(said == ["3 conflicted"])
            for station in [a, b, c, late] {
                #expect(try outcomes(station.run("history", application).json) == said, "\(station.name)")
                let seqs = try station.run("history", household).json["entries"].array.map { $0["seq"].int }
                #expect(Set(seqs).count == seqs.count, "\(station.name): \(seqs)")
            }
        }
    }

    /// Whether it saw them in two pages or in one.
    @Test func aStationsHistoryTellsWhoDeletedAndWhoBroughtBack() throws {
        let (a, b) = try pair()
        let stations = try ["c", "late"].map { try server.station($0, village: Self.village, staff: "赵敏") }
        let household = try a.new("household", "number=001")
        let member = try a.new("member", "household=\(household)", "name=张三")
        for station in [a, b] + stations { try station.sync() }
        #expect(try a.run("delete", household, "--reason", "误录").code == 0)
        for station in [a, stations[0]] { try station.sync() }
        let deleted = try deletions(stations[0].run("history", member).json)
        #expect(deleted == ["3 王秀英 true"], "who deleted it")
        #expect(try b.run("edit", member, "education=小学").code == 0)
        for station in [b, a] + stations + [b] { try station.sync() }
        for record in [household, member] {
            let said = try deletions(server.command("history", record).json)
            #expect(said == ["3 王秀英 true", "4 李建国 false"])
            for station in [a, b] + stations {
                #expect(try deletions(station.run("history", record).json) == said, "\(station.name)")
            }
        }
        #expect(try stations[0].show(member)["fields"]["education"].string == "小学")
        try expectEqualDigests([a, b] + stations)
    }

    /// Who wrote what, at every station as at the township: own later work, and what was deleted and came back, is not put
    /// into the mouth of who wrote the record down. (Between two of its syncs a station is told the last writer of a field.)
    @Test func aStationsHistoryTellsWhatTheCreatorWrote() throws {
        let (a, b) = try pair()
        let c = try server.station("c", village: Self.village, staff: "赵敏")
        let household = try a.new("household", "number=001", "address=一组")
        let member = try a.new("member", "household=\(household)", "name=张三")
        for station in [a, b, c] { try station.sync() }
        _ = try b.run("edit", household, "address=二组")
        for station in [b, a, c] { try station.sync() }
        _ = try b.run("edit", household, "address=三组", "remarks=看过")
        #expect(try a.run("delete", member, "--reason", "误录").code == 0)
        for station in [b, a, c] { try station.sync() }
        _ = try c.run("edit", household, "address=四组")
        #expect(try server.command("undelete", member, "--reason", "误删").code == 0)
        for station in [c, b, a, c] { try station.sync() }
        for record in [household, member] {
            let said = try written(server.command("history", record).json)
            for station in [a, b, c] {
                #expect(try written(station.run("history", record).json) == said, "\(station.name)")
            }
        }
    }

    private func written(_ history: JSON) -> [String] {
        history["entries"].array.flatMap { entry in
            entry["edits"].array.filter { $0["field"].string != "village" }.map { edit in
                let values = [edit["old"], edit["new"]].map { $0.string ?? ($0.bool.map { "\($0)" } ?? "") }
                let author = entry["author"].string ?? ""
                return "\(entry["seq"].int ?? 0) \(author) \(edit["field"].string ?? "") \(values)"
            }.sorted()
        }
    }

    private func deletions(_ history: JSON) -> [String] {
        history["entries"].array.flatMap { entry in
            entry["edits"].array.filter { $0["field"].string == "deleted" }.map { edit in
                "\(entry["seq"].int ?? 0) \(entry["author"].string ?? "") \(edit["new"].bool ?? false)"
            }
        }
    }

    private func outcomes(_ history: JSON) -> [String] {
        history["entries"].array.map { "\($0["seq"].int ?? 0) \($0["outcome"].string ?? "")" }
    }

    @Test func aDeletionLosesAgainstAnEditItsAuthorHadNotSeen() throws {
        let (a, b) = try pair()
        let household = try a.new("household", "number=001")
        let member = try a.new("member", "household=\(household)", "name=张三")
        try a.sync()
        try b.sync()
        #expect(try a.run("delete", household, "--reason", "重复登记").code == 0)
        _ = try b.run("edit", member, "education=小学")
        try b.sync()
        try a.sync()
        try b.sync()
        for station in [a, b] {
            #expect(try station.show(household)["deleted"].bool == false)
            #expect(try station.show(member)["fields"]["education"].string == "小学")
        }
        #expect(try server.command("conflicts").json["conflicts"].array.count == 1)
        try expectEqualDigests([a, b])
    }

    @Test func theServerSurvivesAKillAndLosesNothingItAcknowledged() throws {
        let (a, b) = try pair()
        var ids: [String] = []
        for round in 0..<5 {
            ids.append(try a.new("household", "number=\(round)"))
            try a.sync()
            server.kill()
            try server.start()
        }
        try b.sync()
        for id in ids { #expect(try b.run("show", id).code == 0) }
        try expectEqualDigests([a, b])
    }

    @Test func asOfShowsWhatWasKnownThen() throws {
        let (a, _) = try pair()
        let household = try a.new("household", "number=001", "address=旧址")
        try a.sync()
        let seq = try #require(try server.command("status").json["seq"].int)
        _ = try a.run("edit", household, "address=新址")
        try a.sync()
        #expect(try server.command("show", household).json["fields"]["address"].string == "新址")
        let then = try server.command("show", household, "--as-of", "\(seq)").json
        #expect(then["fields"]["address"].string == "旧址")
        let entries = try server.command("history", household).json["entries"].array
        #expect(entries.count == 2)
        #expect(entries[1]["edits"][0]["old"].string == "旧址")
        #expect(entries[1]["edits"][0]["new"].string == "新址")
    }

    private func expectEqualDigests(_ stations: [VillageStation]) throws {
        let scopes = try server.command("status").json["scopes"].array
        for station in stations {
            for own in try station.run("status").json["scopes"].array {
                let theirs = scopes.first { $0["scope"].string == own["scope"].string }
                let digest = theirs?["digest"].string ?? String(repeating: "0", count: 64)
                #expect(own["digest"].string == digest, "\(station.name) differs from the server")
            }
        }
    }
}

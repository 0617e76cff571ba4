import Foundation
import ProgramRunner
import Testing

/// A township that lost its disk, and a laptop that is lost and that nobody has revoked: what only it had handed in since
/// the backup is told by the stations that had seen it, and can be typed again from there.
@Suite struct VanishedTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let a: VillageStation
    private let b: VillageStation
    /// Of the backup: b has since moved the first and deleted the second.
    private let (moved, deleted): (String, String)
    /// Of b alone, after the backup.
    private let (household, member): (String, String)

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        a = try server.station("a", village: "370404101201", staff: "甲")
        b = try server.station("b", village: "370404101201", staff: "乙")
        moved = try a.new("household", "number=001", "address=一组", "phones=13800000001")
        deleted = try a.new("household", "number=003", "address=三组")
        try a.sync()
        try b.sync()
        try #require(try server.command("backup", folder.url.appending(path: "ruhu.backup").path).code == 0)
        household = try b.new("household", "number=002", "address=二组", "phones=13812345678")
        member = try b.new("member", "household=\(household)", "name=张三")
        #expect(try b.run("edit", moved, "address=四组", "phones+=13800000002").code == 0)
        #expect(try b.run("delete", deleted, "--reason", "重复").code == 0)
        try b.sync()
        try a.sync()
    }

    private func loseTheDiskAndRestore() throws {
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        let restored = try server.command("restore", folder.url.appending(path: "ruhu.backup").path)
        try #require(restored.code == 0, "\(restored.text) \(restored.errors)")
        try server.start()
    }

    private func vanished(_ station: VillageStation) throws -> [String: String] {
        let records = try station.run("vanished").json["records"].array
        return Dictionary(
            uniqueKeysWithValues: records.compactMap { record in
                record["id"].string.map { ($0, record["lost"].string ?? "") }
            })
    }

    /// The township and the stations hold what b had handed in, once, and nothing waits for anybody.
    private func expectAllBack(_ stations: [VillageStation]) throws {
        #expect(try server.command("show", household).json["fields"]["address"].string == "二组")
        #expect(try server.command("show", member).json["fields"]["name"].string == "张三")
        let fields = try server.command("show", moved).json["fields"]
        #expect(fields["address"].string == "四组")
        #expect(fields["phones"].array.count == 2)
        let listed = try server.command("list", "household").json["records"].array.map { $0["id"].string }
        #expect(Set(listed) == [moved, household] && listed.count == 2)
        #expect(try server.command("quarantine").json["sets"].array.isEmpty)
        #expect(try server.command("conflicts").json["conflicts"].array.isEmpty)
        #expect(try server.command("audit", "verify").code == 0)
        for station in stations {
            try station.sync()
            let told = try station.run("vanished").text
            #expect(try vanished(station).isEmpty, "\(told)")
            #expect(try station.run("refused").json["sets"].array.isEmpty)
            #expect(try station.run("doctor", "--check-only").code == 0)
            let digest = try station.run("status").json["scopes"][0]["digest"].string
            let scopes = try server.command("status").json["scopes"].array
            #expect(digest == scopes.first { $0["scope"].string == "370404101201" }?["digest"].string)
        }
    }

    @Test func whatOnlyALostLaptopHadHandedInIsToldAndTypedAgain() throws {
        try loseTheDiskAndRestore()
        let synced = try a.run("sync")
        #expect(synced.code == 0)
        #expect(synced.json["vanished"].int == 4)
        #expect(try a.run("status").json["vanished"].int == 4)
        let expected = [household: "record", member: "record", moved: "fields", deleted: "deletion"]
        #expect(try vanished(a) == expected)
        let records = try a.run("vanished").json["records"].array
        #expect(records.allSatisfy { $0["author"].string == "乙" && $0["at"].string != nil }, "whom to ask")
        let changed = try #require(records.first { $0["id"].string == moved })["fields"].array
        #expect(changed.map { $0["field"].string } == ["address", "phones"])
        #expect(changed.first?["seen"].string == "四组" && changed.first?["now"].string == "一组")

        let typed = try a.run("vanished", "retype", "--all")
        #expect(typed.code == 0, "\(typed.text)")
        #expect(typed.json["count"].int == 4)
        #expect(try vanished(a).isEmpty, "it is here again, and waits to be handed in")
        try a.sync()
        try expectAllBack([a])
        let history = try server.command("history", household).json["entries"].array
        #expect(history.map { $0["author"].string } == ["甲"])
        #expect(history.first?["reason"].string == "Typed again after the township was restored")
    }

    @Test func whatItsAuthorHandsInAgainIsNotToldAnyMore() throws {
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try vanished(a).count == 4)
        try b.sync()
        #expect(try vanished(b).isEmpty, "its own work it hands in itself")
        try expectAllBack([a, b])
        #expect(try server.command("history", household).json["entries"].array.map { $0["author"].string } == ["乙"])
    }

    /// An older value that somebody else hands in late does not stand in the place of the lost one.
    @Test(arguments: [false, true]) func whatIsHandedInLateDoesNotHideWhatIsLost(comesFirst: Bool) throws {
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        #expect(try c.run("edit", moved, "address=五组", "phones+=13800000003").code == 0)
        #expect(try c.run("edit", household, "address=六组").code == 0)
        try c.sync()
        try a.sync()
        // c is lost; what b writes is of before.
        try loseTheDiskAndRestore()
        for station in comesFirst ? [b, a, b, a] : [a, b, a] { try station.sync() }
        #expect(try server.command("show", moved).json["fields"]["address"].string == "四组")
        let records = try a.run("vanished").json["records"].array
        let fields = records.map { record in
            [record["id"].string] + record["fields"].array.map { $0["field"].string }
        }
        #expect(Set(fields) == [[moved, "address", "phones"], [household, "address"]], "\(fields)")
        #expect(try a.run("vanished", "retype", "--all").code == 0)
        try a.sync()
        let back = try server.command("show", moved).json["fields"]
        #expect(back["phones"].array.count == 3)
        let listed = try server.command("conflicts").json["conflicts"].array
        let told = listed.flatMap { [$0["mine"].string, $0["theirs"].string] }
        #expect(back["address"].string == "五组" || told.contains { $0?.contains("五组") ?? false })
    }

    /// The laptop was only late, and a third had typed the same again.
    @Test func whatIsTypedAgainByTwoAndHandedInByItsAuthorIsThereOnce() throws {
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        try loseTheDiskAndRestore()
        // What was deleted before its first sync, c has never seen.
        for (station, count) in [(a, 4), (c, 3)] {
            #expect(try station.run("sync").json["vanished"].int == count)
            #expect(try station.run("vanished", "retype", "--all").json["count"].int == count)
        }
        for station in [a, c, b, a, c] { try station.sync() }
        try expectAllBack([a, b, c])
        let history = try server.command("history", household).json["entries"].array
        #expect(Set(history.map { $0["author"].string }) == ["甲", "乙", "丙"], "everybody's word is kept")
    }

    /// Somebody has corrected the record meanwhile; who types it again had not seen that.
    @Test func whatSomebodyHasChangedSinceIsForAPersonToDecide() throws {
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try a.run("vanished", "retype", moved).code == 0)
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        #expect(try c.run("edit", moved, "head=0190f0f0-0000-7000-8000-000000000001").code == 0)
        #expect(try c.run("edit", moved, "address=九组").code == 0)
        try c.sync()
        try a.sync()
        let conflict = try server.command("conflicts").json["conflicts"].array
        #expect(conflict.map { $0["field"].string } == ["address"])
    }

    @Test func onlyTheChosenIsTypedAgainAndWhatIsDismissedIsNotTold() throws {
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try a.run("vanished", "retype").code == 64, "which?")
        #expect(try a.run("vanished", "retype", "--all", household).code == 64)
        let unknown = try a.run("vanished", "retype", household, "0190f0f0-0000-7000-8000-000000000001")
        #expect(unknown.code == 65 && unknown.json["error"]["code"].int == 2009)
        #expect(try vanished(a).count == 4, "none was typed again")
        let orphan = try a.run("vanished", "retype", member)
        #expect(orphan.code == 65, "its household is not there")
        #expect(try a.run("vanished", "retype", household, member, "--reason", "乙的电脑丢失").json["count"].int == 2)
        #expect(try a.run("vanished", "dismiss", deleted).json["count"].int == 1)
        #expect(try vanished(a) == [moved: "fields"])
        try a.sync()
        #expect(try vanished(a) == [moved: "fields"])
        #expect(try server.command("history", member).json["entries"][0]["reason"].string == "乙的电脑丢失")
        #expect(try a.run("vanished", "dismiss", "--all").json["count"].int == 1)
        #expect(try a.run("sync").json["vanished"].int == 0)
        #expect(try server.command("show", moved).json["fields"]["address"].string == "一组")
    }

    /// What its author has typed over himself meanwhile is no loss.
    @Test func whatAnOwnEditThatWaitsHasReplacedIsNotTold() throws {
        #expect(try b.run("edit", household, "address=六组").code == 0)
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try a.run("vanished", "retype", household).code == 0)
        try a.sync()
        for station in [b, a, b] { try station.sync() }
        #expect(try vanished(b).isEmpty)
        // Who typed it again had not seen it, and b had not seen that: a person decides, and both are there.
        let conflict = try server.command("conflicts").json["conflicts"][0]
        #expect(conflict["mine"].string == "六组" && conflict["theirs"].string == "二组")
    }

    /// One loss after the other: what is missing since the first is told after the second too, whatever changed between.
    @Test func whatVanishedFirstIsNotForgottenOverWhatVanishesThen() throws {
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        try loseTheDiskAndRestore()
        for station in [a, c] { try station.sync() }
        #expect(try c.run("edit", moved, "head=0190f0f0-0000-7000-8000-000000000001").code == 0)
        for station in [c, a] { try station.sync() }
        #expect(try vanished(a)[moved] == "fields")
        try loseTheDiskAndRestore()
        try a.sync()
        let fields = try a.run("vanished").json["records"].array.first { $0["id"].string == moved }?["fields"].array
        #expect(fields?.map { $0["field"].string } == ["address", "phones", "head"])
        for station in [c, a] { try station.sync() }
        let left = try a.run("vanished").json["records"].array.first { $0["id"].string == moved }?["fields"].array
        #expect(left?.map { $0["field"].string } == ["address", "phones"], "what c handed in again is back")
        #expect(try vanished(a).count == 4)
        #expect(try a.run("vanished", "retype", "--all").json["count"].int == 4)
        try a.sync()
        try expectAllBack([a, c])
    }

    /// Who comes late is not told that what was filled in since is lost, and cannot erase it.
    @Test func whatWasFilledInSinceTheRestoreIsNoLoss() throws {
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try server.command("edit", moved, "housing=1", "--reason", "核实").code == 0)
        #expect(try a.run("edit", moved, "remarks=新填的").code == 0)
        try a.sync()
        try c.sync()
        let fields = try c.run("vanished").json["records"].array.first { $0["id"].string == moved }?["fields"].array
        #expect(fields?.map { $0["field"].string } == ["address", "phones"])
        #expect(try c.run("vanished", "retype", "--all").code == 0)
        for station in [c, b, a] { try station.sync() }
        let record = try server.command("show", moved).json["fields"]
        #expect(
            record["housing"].string == "1" && record["remarks"].string == "新填的" && record["address"].string == "四组")
        try expectAllBack([a, b, c])
    }

    /// A retyped deletion that a person has to decide, or has decided, is not told any more.
    @Test func aDeletionThatIsBeforeAPersonIsNotTold() throws {
        try loseTheDiskAndRestore()
        try a.sync()
        let c = try server.station("c", village: "370404101201", staff: "丙")
        try c.sync()
        #expect(try c.run("edit", deleted, "address=九组").code == 0)
        try c.sync()
        #expect(try a.run("vanished", "retype", deleted).code == 0)
        for station in [a, c] { try station.sync() }
        #expect(try vanished(a)[deleted] == nil)
        let conflict = try #require(try server.command("conflicts").json["conflicts"][0]["id"].string)
        #expect(try server.command("resolve", conflict, "--take", "theirs", "--reason", "核实").code == 0)
        try a.sync()
        #expect(try vanished(a)[deleted] == nil)
        #expect(try a.show(deleted)["deleted"].bool == false)
    }

    /// What is kept aside outlives a damaged replica, and a second loss.
    @Test func whatVanishedIsStillToldAfterDamageAndASecondLoss() throws {
        try loseTheDiskAndRestore()
        try a.sync()
        let path = a.folder.appending(path: "replica.sqlite")
        var bytes = try Data(contentsOf: path)
        bytes.replaceSubrange(40..<60, with: Data(count: 20))
        try bytes.write(to: path)
        #expect(try a.run("doctor").code == 0)
        #expect(try vanished(a).count == 4)
        try loseTheDiskAndRestore()
        try a.sync()
        #expect(try vanished(a).count == 4)
        #expect(try a.run("vanished", "retype", "--all").code == 0)
        try a.sync()
        try expectAllBack([a])
    }

    /// Of an older backup than the newest: what the desk did in between is in no station's escrow any more.
    @Test func whatTheDeskDidIsToldTooAndIsTheDesksToDoAgain() throws {
        #expect(try server.command("villages", "370404101201=夏庄村").code == 0)
        try a.sync()
        #expect(try server.command("backup", folder.url.appending(path: "newer.backup").path).code == 0)
        try a.sync()
        try loseTheDiskAndRestore()
        try a.sync()
        let record = try #require(
            try a.run("vanished").json["records"].array.first { $0["kind"].string == "village" })
        let id = try #require(record["id"].string)
        #expect(record["lost"].string == "record" && record["retype"].bool == false)
        let refused = try a.run("vanished", "retype", household, id)
        #expect(refused.code == 65 && refused.json["error"]["code"].int == 2007)
        #expect(try vanished(a).count == 5)
        #expect(try a.run("vanished", "retype", "--all").json["count"].int == 4)
        try a.sync()
        #expect(try vanished(a) == [id: "record"])
        #expect(try server.command("villages", "370404101201=夏庄村").code == 0)
        try a.sync()
        try expectAllBack([a])
    }

    /// Of the newest backup the desk's acts come back from the stations, and are nothing to be told.
    @Test func whatTheDeskDidSinceTheNewestBackupIsNotTold() throws {
        #expect(try server.command("villages", "370404101201=夏庄村").code == 0)
        try a.sync()
        try loseTheDiskAndRestore()
        #expect(try a.run("sync").json["vanished"].int == 4)
        #expect(try vanished(a)[household] == "record")
    }
}

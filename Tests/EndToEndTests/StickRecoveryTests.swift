import Foundation
import ProgramRunner
import Testing

/// A restored township, a copied data folder, a rewritten history, met by stick alone.
@Suite struct StickRecoveryTests {
    private let village: StickVillage
    private static let code = "370404101201"

    init() throws { village = try StickVillage() }

    private var server: TownshipServer { village.server }
    private var backup: String { village.file("ruhu.backup") }

    private func station(_ name: String, village code: String = Self.code) throws -> VillageStation {
        try server.station(name, village: code, staff: name)
    }

    private func loseTheDiskAndRestore() throws {
        try FileManager.default.removeItem(at: server.folder)
        let restored = try server.command("restore", backup)
        try #require(restored.code == 0, "\(restored.text) \(restored.errors)")
    }

    // MARK: - A restored township

    @Test func whatTheBackupHadNotSeenComesBackByStick() throws {
        let (a, b) = (try station("a"), try station("b"))
        server.stop()
        let before = try a.new("household", "number=1", "address=一组")
        for station in [a, b] { #expect(try village.settle(station) == 1) }
        try #require(try server.command("backup", backup).code == 0)
        let afterwards = try b.new("household", "number=2", "address=二组")
        for station in [b, a] { try village.settle(station) }
        _ = try a.run("edit", before, "address=三组")
        _ = try a.run("edit", afterwards, "address=四组")
        for station in [a, b] { try village.settle(station) }
        try loseTheDiskAndRestore()
        // One round to learn of it, one to bring what is missing.
        #expect(try village.settle(a) == 2)
        #expect(try server.command("quarantine").json["sets"].array.count == 1, "it waits for b's record")
        #expect(try village.settle(b) == 2)
        try village.settle(a)
        #expect(try server.command("show", before).json["fields"]["address"].string == "三组")
        #expect(try server.command("show", afterwards).json["fields"]["address"].string == "四组")
        try village.expectEqual([a, b])
    }

    @Test func whatOnlyALostLaptopHadHandedInIsToldAndTypedAgainByStick() throws {
        let (a, b) = (try station("a"), try station("b"))
        server.stop()
        for station in [a, b] { try village.settle(station) }
        try #require(try server.command("backup", backup).code == 0)
        let lost = try b.new("household", "number=2", "address=二组")
        for station in [b, a] { try village.settle(station) }
        try loseTheDiskAndRestore()
        try village.settle(a)
        #expect(try a.run("status").json["vanished"].int == 1)
        #expect(try a.run("vanished", "retype", lost).json["count"].int == 1)
        try village.settle(a)
        #expect(try a.run("status").json["vanished"].int == 0)
        #expect(try server.command("show", lost).json["fields"]["address"].string == "二组")
        try village.expectEqual([a])
    }

    @Test func theDesksActsAndRevocationsComeBackByStick() throws {
        let (a, b, c) = (try station("a"), try station("b"), try station("c", village: "370404101202"))
        server.stop()
        let id = try a.new("household", "number=1", "address=一组")
        for station in [a, b, c] { try village.settle(station) }
        try #require(try server.command("backup", backup).code == 0)
        _ = try a.run("edit", id, "head=0190f0f0-0000-7000-8000-000000000001")
        _ = try b.run("edit", id, "head=0190f0f0-0000-7000-8000-000000000002")
        for station in [a, b] { try village.settle(station) }
        let conflict = try #require(try server.command("conflicts").json["conflicts"][0]["id"].string)
        #expect(try server.command("resolve", conflict, "--take", "mine", "--reason", "入户核实").code == 0)
        let revoked = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", revoked, "--reason", "离职").code == 0)
        try village.settle(c)
        try loseTheDiskAndRestore()
        // c holds nothing of that village, but what the desk did.
        #expect(try village.settle(c) == 2)
        #expect(try server.command("devices").json["devices"].array.filter { $0["revoked"].bool == true }.count == 1)
        let refused = try village.carry(b)
        #expect(refused.township.code == 77 && refused.township.json["error"]["code"].int == 3005)
        try village.settle(a)
        let history = try server.command("history", id).json["entries"].array
        #expect(history.contains { $0["reason"].string == "入户核实" })
        try village.settle(c)
        try village.expectEqual([a, c])
        // Taken back, and held anew: a second loss is no worse.
        try loseTheDiskAndRestore()
        for station in [c, a, c] { try village.settle(station) }
        #expect(try server.command("history", id).json["entries"].array.contains { $0["reason"].string == "入户核实" })
        try village.expectEqual([a, c])
    }

    @Test func aStationThatTheBackupDoesNotKnowIsTakenBackByStick() throws {
        let a = try station("a")
        try #require(try server.command("backup", backup).code == 0)
        let b = try station("b", village: "370404101202")
        server.stop()
        let id = try b.new("household", "number=9")
        try village.settle(b)
        try village.settle(a)
        try loseTheDiskAndRestore()
        try village.settle(b)
        #expect(try server.command("show", id).json["fields"]["number"].string == "9")
        try village.settle(a)
        try village.expectEqual([a, b])
        // Revoked at a township that does not know it again: kept out, and listed.
        let revoked = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", revoked, "--reason", "离职").code == 0)
        try village.settle(a)
        try loseTheDiskAndRestore()
        try village.settle(a)
        let again = try village.carry(b)
        #expect(again.township.code == 77 && again.township.json["error"]["code"].int == 3005)
        let listed = try server.command("devices").json["devices"].array.filter { $0["revoked"].bool == true }
        #expect(listed.map { $0["device"].string } == [revoked])
        let brought = try server.command("show", id).json["fields"]["number"].string
        #expect(brought == "9", "its work came with its revocation")
        // A stranger's certificate is none.
        let elsewhere = VillageStation(in: village.folder.url, name: "elsewhere")
        try FileManager.default.copyItem(at: b.folder, to: elsewhere.folder)
        try Data((0..<32).map { UInt8($0) }).write(to: elsewhere.folder.appending(path: "signing.key"))
        try loseTheDiskAndRestore()
        let refused = try village.carry(elsewhere)
        #expect(refused.township.code == 77 && refused.township.json["error"]["code"].int == 3004)
    }

    // MARK: - Copies

    @Test func bothCopiesOfAFolderGoOnByStickAndKeepAllTheyTyped() throws {
        let a = try station("a")
        server.stop()
        let shared = try a.new("household", "number=1")
        try village.settle(a)
        _ = try a.new("household", "number=2")
        let b = try village.copy(a, as: "b")
        _ = try a.new("household", "number=3")
        _ = try b.new("household", "number=4")
        _ = try b.run("edit", shared, "address=乙")
        let device = try a.run("status").json["device"].string
        #expect(try village.settle(a) == 1)
        #expect(try village.settle(b) == 3, "noticed, named, brought")
        #expect(try a.run("status").json["device"].string == device)
        #expect(try b.run("status").json["device"].string != device)
        for station in [a, b] { #expect(try village.settle(station) == 1) }
        #expect(try village.numbers() == ["1", "2", "3", "4"])
        #expect(try server.command("show", shared).json["fields"]["address"].string == "乙")
        #expect(try server.command("conflicts").json["conflicts"].array.isEmpty, "its own past counts as seen")
        try village.expectEqual([a, b])
        // A copy of the copy, and the folder put back from before.
        let c = try village.copy(b, as: "c")
        _ = try b.new("household", "number=5")
        _ = try c.new("household", "number=6")
        for station in [b, c, a, b] { try village.settle(station) }
        #expect(try village.numbers() == ["1", "2", "3", "4", "5", "6"])
        for station in [a, b, c] { try village.settle(station) }
        try village.expectEqual([a, b, c])
    }

    @Test func anAnswerForOneCopyGivesAnotherNothing() throws {
        let a = try station("a")
        server.stop()
        _ = try a.new("household", "number=1")
        try village.settle(a)
        let (b, c) = (try village.copy(a, as: "b"), try village.copy(a, as: "c"))
        for (station, number) in [(a, 2), (b, 3), (c, 4)] { _ = try station.new("household", "number=\(number)") }
        try village.settle(a)
        for station in [b, c] { #expect(try village.carry(station).imported.json["mended"].string == "fork") }
        // Both ask; each reads the other's answer first.
        for station in [b, c] {
            let asked = try station.run("bundle", "export", village.file("\(station.name).ask"))
            #expect(asked.json["asksForIdentity"].bool == true && asked.json["sets"].int == 0)
            #expect(
                try server.command(
                    "bundle", "import", village.file("\(station.name).ask"), "--reply",
                    village.file("\(station.name).named")
                ).code == 0)
        }
        for (station, other) in [(b, "c"), (c, "b"), (a, "b")] {
            let refused = try station.run("bundle", "import", village.file("\(other).named"))
            #expect(refused.code == 77 && refused.json["error"]["code"].int == 1013, "\(refused.text)")
        }
        for station in [b, c] {
            #expect(try station.run("bundle", "import", village.file("\(station.name).named")).code == 0)
            try village.settle(station)
        }
        for station in [a, b, c] { try village.settle(station) }
        #expect(try village.numbers() == ["1", "2", "3", "4"])
        try village.expectEqual([a, b, c])
    }

    @Test func aCopyNoticedByStickMayEndOverTheNetwork() throws {
        let a = try station("a")
        _ = try a.new("household", "number=1")
        try a.sync()
        let b = try village.copy(a, as: "b")
        _ = try a.new("household", "number=2")
        _ = try b.new("household", "number=3")
        try a.sync()
        #expect(try village.carry(b).imported.json["mended"].string == "fork")
        let late = try b.run("bundle", "export", village.file("late"))
        #expect(late.json["asksForIdentity"].bool == true)
        try b.sync()
        #expect(try server.command("bundle", "import", village.file("late"), "--reply", village.file("back")).code == 0)
        #expect(try b.run("bundle", "import", village.file("back")).code == 77)
        for station in [a, b] { try station.sync() }
        #expect(try village.settle(b) == 1)
        #expect(try village.numbers() == ["1", "2", "3"])
        try village.settle(a)
        try village.expectEqual([a, b])
    }

    // MARK: - Histories

    @Test func aDatabaseCopiedBackIsNoticedByTheStick() throws {
        let a = try station("a")
        server.stop()
        _ = try a.new("household", "number=1")
        try village.settle(a)
        let before = village.folder.url.appending(path: "before")
        try FileManager.default.copyItem(at: server.folder, to: before)
        _ = try a.new("household", "number=2")
        try village.settle(a)
        let epoch = try server.command("status").json["epoch"].string
        try village.lose(andPutBack: before)
        #expect(try server.command("status").json["epoch"].string == epoch, "nothing beside the database tells")
        _ = try a.new("household", "number=3")
        #expect(try village.settle(a) == 2)
        #expect(try server.command("status").json["epoch"].string != epoch)
        #expect(try village.numbers() == ["1", "2", "3"])
        try village.expectEqual([a])
    }

    @Test func aDatabaseFromBeforeARestoreIsNoticedOnceByTheStick() throws {
        let a = try station("a")
        server.stop()
        _ = try a.new("household", "number=1")
        try village.settle(a)
        let before = village.folder.url.appending(path: "before")
        try FileManager.default.copyItem(at: server.folder, to: before)
        try #require(try server.command("backup", backup).code == 0)
        try loseTheDiskAndRestore()
        _ = try a.new("household", "number=2")
        try village.settle(a)
        try village.lose(andPutBack: before)
        #expect(try a.run("bundle", "export", village.file("early")).code == 0)
        #expect(try village.settle(a) == 2)
        let epoch = try server.command("status").json["epoch"].string
        // An older stick shows the same heads again, and nothing new begins.
        _ = try server.command("bundle", "import", village.file("early"), "--reply", village.file("late"))
        #expect(try a.run("bundle", "import", village.file("late")).code == 0)
        #expect(try server.command("status").json["epoch"].string == epoch)
        #expect(try village.numbers() == ["1", "2"])
        try village.settle(a)
        try village.expectEqual([a])
    }
}

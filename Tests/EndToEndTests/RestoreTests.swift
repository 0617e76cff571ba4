import Foundation
import ProgramRunner
import Testing

/// A township that lost its disk: what the backup had not seen comes back from the villages.
@Suite struct RestoreTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private var backup: String { folder.url.appending(path: "ruhu.backup").path }

    /// Stops the server, throws its folder away and brings the backup back in its place.
    private func loseTheDiskAndRestore() throws -> JSON {
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        let restored = try server.command("restore", backup)
        try #require(restored.code == 0, "\(restored.text) \(restored.errors)")
        try server.start()
        return restored.json
    }

    @Test func whatTheBackupHadNotSeenComesBackFromTheStations() throws {
        let (a, b) = (
            try server.station("a", village: "370404101201", staff: "甲"),
            try server.station("b", village: "370404101201", staff: "乙")
        )
        let before = try a.new("household", "number=1", "address=一组")
        try a.sync()
        try b.sync()
        let made = try server.command("backup", backup)
        try #require(made.code == 0, "\(made.text) \(made.errors)")
        let afterwards = try b.new("household", "number=2", "address=二组")
        try b.sync()
        try a.sync()
        _ = try a.run("edit", before, "address=三组")
        _ = try a.run("edit", afterwards, "address=四组")
        try a.sync()
        try b.sync()
        let epoch = try a.run("status").json["epoch"].string

        let restored = try loseTheDiskAndRestore()
        #expect(restored["parent"].string == epoch)
        // An edit of a record whose creator has not come back yet waits for it.
        try a.sync()
        #expect(try server.command("quarantine").json["sets"].array.count == 1)
        try b.sync()
        #expect(try server.command("quarantine").json["sets"].array.isEmpty)
        try a.sync()
        #expect(try server.command("show", before).json["fields"]["address"].string == "三组")
        #expect(try server.command("show", afterwards).json["fields"]["address"].string == "四组")
        try expectEqual([a, b])
        #expect(try a.run("status").json["epoch"].string == restored["epoch"].string)
    }

    @Test func aRevokedStationThatTheBackupDoesNotKnowIsKeptOutAndListed() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        let b = try server.station("b", village: "370404101201", staff: "乙")
        try b.sync()
        let revoked = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", revoked, "--reason", "离职").code == 0)
        try a.sync()
        _ = try loseTheDiskAndRestore()
        try a.sync()
        #expect(try revokedStations() == [revoked], "the revocation is back, whether the station comes or not")
        var leader = try ConsoleBrowser.signedIn(server, "zhang", role: "leader")
        #expect(try leader.get("/stations").words.contains("恢复后的登记册里没有"))
        #expect(try leader.json("/stations")["stations"].array.contains { $0["device"].string == revoked })
        let table = folder.url.appending(path: "devices.json").path
        #expect(try server.command("export", "devices", table).code == 0)
        let exported = try String(contentsOf: URL(filePath: table), encoding: .utf8)
        #expect(exported.contains(revoked) && !exported.contains("1970"))
        _ = try b.new("household", "number=2", "address=二组")
        for _ in 0..<2 { #expect(try b.run("sync").code == 77) }
        #expect(try revokedStations() == [revoked], "whom the township keeps out, it names")
        #expect(try server.command("list", "household").json["records"].array.isEmpty)
        #expect(try server.command("revoke", revoked, "--reason", "离职").code == 0, "revoked already")
    }

    /// A lost laptop cannot hand its work in again, and no other station has it as it was signed: its revocation brings it.
    @Test(arguments: [true, false])
    func whatARevokedStationHadHandedInComesBackWithItsRevocation(isInTheBackup: Bool) throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        func join() throws -> VillageStation { try server.station("b", village: "370404101201", staff: "乙") }
        let early = isInTheBackup ? try join() : nil
        for station in [a, early].compactMap(\.self) { try station.sync() }
        try #require(try server.command("backup", backup).code == 0)
        let b = try early ?? join()
        let household = try b.new("household", "number=002", "address=二组")
        let member = try b.new("member", "household=\(household)", "name=张三")
        try b.sync()
        _ = try b.run("edit", household, "address=四组")
        try b.sync()
        try a.sync()
        _ = try a.run("edit", household, "address=三组")
        try a.sync()
        let revoked = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", revoked, "--reason", "被盗").code == 0)
        try a.sync()
        for loss in 1...2 {
            _ = try loseTheDiskAndRestore()
            try a.sync()
            #expect(try server.command("show", household).json["fields"]["address"].string == "三组", "loss \(loss)")
            #expect(try a.show(household)["fields"]["address"].string == "三组")
            #expect(try a.show(member)["fields"]["name"].string == "张三")
            let history = try server.command("history", household).json["entries"].array
            #expect(history.map { $0["author"].string } == ["乙", "乙", "甲"])
            #expect(history.first?["device"].string == revoked, "it is told as its own")
            #expect(try server.command("quarantine").json["sets"].array.isEmpty)
            // The edit that waited for the record comes in between the two: a person looks at it, and both are there.
            let conflicts = try server.command("conflicts").json["conflicts"].array
            #expect(conflicts.map { $0["field"].string } == ["address"])
            #expect(try server.command("audit", "verify").code == 0)
            #expect(try revokedStations() == [revoked])
            #expect(try b.run("sync").code == 77)
        }
        try expectEqual([a])
    }

    /// The clerk revoked it by hand before a station brought its work back.
    @Test func aRevocationByHandDoesNotKeepTheWorkOut() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        let b = try server.station("b", village: "370404101201", staff: "乙")
        let household = try b.new("household", "number=002", "address=二组")
        try b.sync()
        let stolen = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", stolen, "--reason", "被盗").code == 0)
        try a.sync()
        _ = try loseTheDiskAndRestore()
        #expect(try server.command("revoke", stolen, "--reason", "被盗").code == 0)
        #expect(try b.run("sync").code == 77)
        try a.sync()
        #expect(try server.command("show", household).json["fields"]["address"].string == "二组")
        #expect(try a.show(household)["fields"]["address"].string == "二组")
        #expect(try revokedStations() == [stolen])
        #expect(try b.run("sync").code == 77)
        #expect(try server.command("audit", "verify").code == 0)
        try expectEqual([a])
    }

    private func revokedStations() throws -> [String?] {
        let devices = try server.command("devices").json["devices"].array
        return devices.filter { $0["revoked"].bool == true }.map { $0["device"].string }
    }

    /// Before another station has brought the revocation back, the clerk who knows of it says it again.
    @Test func aStationThatARestoredTownshipDoesNotKnowCanBeRevoked() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        let b = try server.station("b", village: "370404101201", staff: "乙")
        let stolen = try #require(try b.run("status").json["device"].string)
        let stranger = "01890000-0000-7000-8000-000000000000"
        #expect(try server.command("revoke", stranger).code == 65, "nothing was restored: a slip")
        #expect(try server.command("revoke", stolen, "--reason", "被盗").code == 0)
        _ = try loseTheDiskAndRestore()
        #expect(try server.command("revoke", stolen, "--reason", "被盗").code == 0)
        #expect(try revokedStations() == [stolen])
        _ = try b.new("household", "number=2", "address=二组")
        #expect(try b.run("sync").code == 77)
        try a.sync()
        #expect(try revokedStations() == [stolen])
        #expect(try server.command("list", "household").json["records"].array.isEmpty)
        #expect(try server.command("audit", "verify").code == 0)
    }

    @Test func theDesksActsAndRevocationsComeBackTooAndNoStationCanReadThem() throws {
        let (a, b, c) = (
            try server.station("a", village: "370404101201", staff: "甲"),
            try server.station("b", village: "370404101201", staff: "乙"),
            try server.station("c", village: "370404101202", staff: "丙")
        )
        let id = try a.new("household", "number=1", "address=一组")
        try a.sync()
        try b.sync()
        try c.sync()
        try #require(try server.command("backup", backup).code == 0)
        _ = try a.run("edit", id, "head=0190f0f0-0000-7000-8000-000000000001")
        _ = try b.run("edit", id, "head=0190f0f0-0000-7000-8000-000000000002")
        try a.sync()
        try b.sync()
        let conflict = try #require(try server.command("conflicts").json["conflicts"][0]["id"].string)
        let resolved = try server.command("resolve", conflict, "--take", "mine", "--reason", "入户核实-秘密")
        #expect(resolved.code == 0)
        let revoked = try #require(try b.run("status").json["device"].string)
        #expect(try server.command("revoke", revoked, "--reason", "离职").code == 0)
        try c.sync()
        // What c holds for the township is sealed: the reason is nowhere in its database.
        let held = try Data(contentsOf: c.folder.appending(path: "replica.sqlite"))
        let log = (try? Data(contentsOf: c.folder.appending(path: "replica.sqlite-wal"))) ?? Data()
        #expect((held + log).range(of: Data("入户核实-秘密".utf8)) == nil)

        _ = try loseTheDiskAndRestore()
        try c.sync()
        #expect(try server.command("devices").json["devices"].array.filter { $0["revoked"].bool == true }.count == 1)
        #expect(try b.run("sync").code == 77, "a revoked station stays out")
        try a.sync()
        let history = try server.command("history", id).json["entries"].array
        #expect(history.contains { $0["reason"].string == "入户核实-秘密" })
        try expectEqual([a, c])
    }

    @Test func aStationThatTheBackupDoesNotKnowIsTakenBack() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        let b = try server.station("b", village: "370404101202", staff: "乙")
        let id = try b.new("household", "number=9")
        try b.sync()
        _ = try loseTheDiskAndRestore()
        try b.sync()
        #expect(try server.command("show", id).json["fields"]["number"].string == "9")
        try expectEqual([a, b])
    }

    @Test func photosAreInTheBackupToo() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        let id = try a.new("household", "number=1")
        let photo = folder.url.appending(path: "photo.jpg")
        try Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: photo)
        #expect(try a.run("attach", id, photo.path, "--kind", "photo").code == 0)
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        _ = try loseTheDiskAndRestore()
        let b = try server.station("b", village: "370404101201", staff: "乙")
        try b.sync()
        let fetched = try b.run("attachments", id, "--fetch").json["attachments"][0]
        #expect(try Data(contentsOf: URL(filePath: #require(fetched["path"].string))) == Data(contentsOf: photo))
    }

    /// The desk's word that a photo has arrived comes back from the stations, and the photo does not.
    @Test func aPhotoThatCameAfterTheBackupIsBroughtAgain() throws {
        let (a, b) = (
            try server.station("a", village: "370404101201", staff: "甲"),
            try server.station("b", village: "370404101201", staff: "乙")
        )
        let id = try a.new("household", "number=1")
        for station in [a, b] { try station.sync() }
        func attach(_ factor: Int) throws {
            let photo = folder.url.appending(path: "photo-\(factor).jpg")
            try Data((0..<50_000).map { UInt8(truncatingIfNeeded: ($0 &* factor) >> 3) }).write(to: photo)
            #expect(try a.run("attach", id, photo.path, "--kind", "photo").code == 0)
        }
        // Of one photo the backup has the record, of the other nothing.
        try attach(29)
        let stick = folder.url.appending(path: "stick").path
        #expect(try a.run("bundle", "export", stick, "--photos", "0").code == 0)
        #expect(try server.command("bundle", "import", stick).code == 0)
        try #require(try server.command("backup", backup).code == 0)
        try attach(31)
        for station in [a, b] { try station.sync() }
        _ = try loseTheDiskAndRestore()
        for _ in 0..<2 { try a.sync() }
        try b.sync()
        let fetched = try b.run("attachments", id, "--fetch").json["attachments"].array
        #expect(fetched.count == 2)
        #expect(fetched.allSatisfy { $0["path"].string != nil }, "\(fetched)")
        try expectEqual([a, b])
    }

    @Test func aBackupTakenBetweenAPhotosLastByteAndItsMarkIsWhole() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        let id = try a.new("household", "number=1")
        let photo = folder.url.appending(path: "photo.jpg")
        try Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }).write(to: photo)
        let made = try a.run("attach", id, photo.path, "--kind", "photo").json
        let stick = folder.url.appending(path: "stick").path
        #expect(try a.run("bundle", "export", stick, "--photos", "0").code == 0)
        #expect(try server.command("bundle", "import", stick).code == 0)
        let name = try #require(made["sha256"].string)
        let place = server.folder.appending(path: "blobs/\(name.prefix(2))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: photo, to: place.appending(path: name))
        try #require(try server.command("backup", backup).code == 0)
        _ = try loseTheDiskAndRestore()
        try a.sync()
        let attachment = try #require(made["id"].string)
        #expect(try a.show(attachment)["fields"]["arrived_at"].string != nil)
        try expectEqual([a])
    }

    @Test func aBackupThatHasNoPlaceSaysSo() throws {
        let refused = try server.command("backup", folder.url.path + "/nowhere/ruhu.backup")
        #expect(refused.code == 73)
        #expect(refused.json["error"]["code"].int == 5003)
    }

    @Test(arguments: ["authority.sqlite", "desk.key", "later.backup"])
    func aBackupIsNeverKeptInTheTownshipsFolder(name: String) throws {
        let path = server.folder.appending(path: name).path
        let before = try? Data(contentsOf: URL(filePath: path))
        let refused = try server.command("backup", path)
        #expect(refused.code == 73)
        #expect(try server.command("audit", "verify").code == 0)
        if name == "desk.key" { #expect(try Data(contentsOf: URL(filePath: path)) == before) }
    }

    @Test func aBackupIsWrittenOverAnOlderBackupAndOverNothingElse() throws {
        let photo = folder.url.appending(path: "photo.jpg")
        try Data("a photo".utf8).write(to: photo)
        let refused = try server.command("backup", photo.path)
        #expect(refused.code == 73)
        #expect(refused.json["error"]["code"].int == 5003)
        #expect(try Data(contentsOf: photo) == Data("a photo".utf8))
        let bystander = URL(filePath: backup + ".new")
        try Data("mine".utf8).write(to: bystander)
        for _ in 0..<2 { #expect(try server.command("backup", backup).code == 0) }
        #expect(try Data(contentsOf: bystander) == Data("mine".utf8))
    }

    @Test func aBackupWhoseListLiesIsRefused() throws {
        let entry = #"{"name":"a","size":9223372036854775807,"sha256":"\#(String(repeating: "0", count: 64))"}"#
        let list =
            #"{"name":"镇","region":"370404101","epoch":"e","seq":1,"createdAt":"t","entries":[\#(entry),\#(entry)]}"#
        let length = withUnsafeBytes(of: UInt64(list.utf8.count).bigEndian) { Array($0) }
        let file = folder.url.appending(path: "lies")
        try Data(Array("RUHU-BACKUP-1\n".utf8) + length + Array(list.utf8)).write(to: file)
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        let refused = try server.command("restore", file.path)
        #expect(refused.code == 65)
        #expect(refused.json["error"]["code"].int == 1012)
    }

    @Test func openInvitationsAreVoidAndSerialsGoOn() throws {
        let code = try server.invite(village: "370404101203", staff: "丁")
        try #require(try server.command("backup", backup).code == 0)
        _ = try loseTheDiskAndRestore()
        let late = VillageStation(in: folder.url, name: "late")
        let joined = try late.run("join", server.url, code)
        #expect(joined.code == 65)
        #expect(joined.json["error"]["code"].int == 3008)
    }

    @Test func aDamagedBackupIsRefusedAndNothingIsLeftBehind() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        try #require(try server.command("backup", backup).code == 0)
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        let whole = try Data(contentsOf: URL(filePath: backup))
        let cuts = [0, 5, 20, whole.count / 3, whole.count - 1]
        let flips = stride(from: 3, to: whole.count, by: max(1, whole.count / 20))
        for cut in cuts { try expectRefused(whole.prefix(cut)) }
        for position in flips {
            var flipped = whole
            flipped[position] ^= 0x10
            try expectRefused(flipped)
        }
        #expect(!FileManager.default.fileExists(atPath: server.folder.path))
        try whole.write(to: URL(filePath: backup))
        #expect(try server.command("restore", backup).code == 0)
    }

    private func expectRefused(_ bytes: Data, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try bytes.write(to: URL(filePath: backup))
        let refused = try server.command("restore", backup)
        #expect(refused.code == 65, "\(refused.text)", sourceLocation: sourceLocation)
        #expect(refused.json["error"]["code"].int == 1012, sourceLocation: sourceLocation)
    }

    private func expectEqual(_ stations: [VillageStation]) throws {
        for station in stations {
            try station.sync()
            let status = try station.run("status").json
            let scopes = try server.command("status").json["scopes"].array
            for own in status["scopes"].array {
                let theirs = scopes.first { $0["scope"].string == own["scope"].string }
                #expect(own["digest"].string == theirs?["digest"].string ?? String(repeating: "0", count: 64))
            }
            #expect(status["pendingSets"].int == 0)
        }
        #expect(try server.command("nightly").json["sound"].bool == true)
    }
}
